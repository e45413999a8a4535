"""The people and the seats of the graph, written as Strawberry's documentation recommends.

Types have async resolvers and permissions.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self, cast

import strawberry
from sqlalchemy import select
from strawberry.permission import BasePermission

from bench.contenders.strawberry_docs.loaders import Loaders, Sessions
from db.tables import catalogue as catalogue_tables
from db.tables import people as people_tables
from db.tables import seats as seat_tables

ADMINS = frozenset({"software_coordinator", "contract_manager"})


@dataclass
class Context:
    """The context of a request: the signed-in person, their role in each team, and the loaders."""

    user_id: str
    roles: dict[str, str]
    sessions: Sessions
    loaders: Loaders

    def is_admin(self, team_id: str) -> bool:
        """Return whether the actor coordinates or manages the team."""
        return self.roles.get(team_id) in ADMINS


Info = strawberry.Info[Context, None]


class IsAdmin(BasePermission):
    """Allows a field if the actor coordinates or manages the team."""

    message = "Only coordinators and contract managers may see this."

    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        """Check the role in the team to which the object belongs."""
        return info.context.is_admin(source.team_id)


class IsAdminOrSelf(IsAdmin):
    """Allows a field if the object is the actor's own, or if the actor coordinates or manages the team."""

    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        """Check the owner first, then the role."""
        return source.owner_id == info.context.user_id or info.context.is_admin(source.team_id)


@strawberry.type
class Product:
    """A piece of software."""

    id: strawberry.ID
    name: str


@strawberry.type
class Usage:
    """How much a seat was used."""

    hours: float
    sessions: int
    last_used_at: datetime | None


@strawberry.type
class Seat:
    """A seat that somebody holds."""

    id: strawberry.ID
    assigned_at: datetime | None
    team_id: strawberry.Private[str]
    owner_id: strawberry.Private[str | None]
    product_id: strawberry.Private[str]

    @classmethod
    def from_row(cls, row: seat_tables.Seat) -> Self:
        """Return the seat for a row of the ORM."""
        return cls(
            id=strawberry.ID(row.id),
            assigned_at=row.assigned_at,
            team_id=row.team_id,
            owner_id=row.holder_id,
            product_id=row.product_id,
        )

    @strawberry.field
    async def product(self, info: Info) -> Product:
        """The product."""
        row = cast("catalogue_tables.Product", await info.context.loaders.products.load(self.product_id))
        return Product(id=strawberry.ID(row.id), name=row.name)

    @strawberry.field(permission_classes=[IsAdminOrSelf])  # type: ignore[untyped-decorator]
    async def usage(self, info: Info, since: date, until: date) -> Usage | None:
        """The sums over these days."""
        minutes, sessions, last = await info.context.loaders.usage.load((self.id, since, until))
        return Usage(hours=minutes / 60, sessions=sessions, last_used_at=cast("datetime | None", last))


@strawberry.type
class SeatConnection:
    """A person's seats."""

    team_id: strawberry.Private[str | None]
    owner_id: strawberry.Private[str]
    first: strawberry.Private[int]

    @strawberry.field
    async def nodes(self, info: Info) -> list[Seat]:
        """The first seats."""
        if self.team_id is not None:
            rows = await info.context.loaders.seats.load((self.team_id, self.owner_id))
            return [Seat.from_row(row) for row in rows[: self.first]]
        query = (
            select(seat_tables.Seat).where(seat_tables.Seat.holder_id == self.owner_id).order_by(seat_tables.Seat.id)
        )
        async with info.context.sessions() as session:
            return [Seat.from_row(row) for row in await session.scalars(query.limit(self.first))]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """The number of seats."""
        return await info.context.loaders.seat_counts.load((self.team_id or "", self.owner_id))


@strawberry.type
class User:
    """A person, as they are shown in a team."""

    id: strawberry.ID
    first_name: strawberry.Private[str]
    last_name: strawberry.Private[str]
    address: strawberry.Private[str]
    team_id: strawberry.Private[str]

    @classmethod
    def from_row(cls, row: people_tables.User, team_id: str) -> Self:
        """Return the user for a row of the ORM."""
        return cls(
            id=strawberry.ID(row.id),
            first_name=row.first_name,
            last_name=row.last_name,
            address=row.email,
            team_id=team_id,
        )

    @property
    def owner_id(self) -> str:
        """The id of the person who may see all fields."""
        return self.id

    @strawberry.field
    async def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @strawberry.field(permission_classes=[IsAdminOrSelf])  # type: ignore[untyped-decorator]
    async def email(self) -> str:
        """The e-mail address."""
        return self.address

    @strawberry.field(permission_classes=[IsAdminOrSelf])  # type: ignore[untyped-decorator]
    async def seats(self, team_id: strawberry.ID | None = None, first: int = 20) -> SeatConnection:
        """The seats that this person holds."""
        return SeatConnection(team_id=team_id, owner_id=self.id, first=first)
