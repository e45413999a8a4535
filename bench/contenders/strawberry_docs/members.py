"""The teams of the graph and their members, written in the same way."""

import base64
import json
from datetime import datetime
from enum import Enum

import strawberry
from sqlalchemy import select, tuple_

from bench.contenders.strawberry_docs.types import Info, IsAdmin, IsAdminOrSelf, Product, SeatConnection, User
from db.tables import people as people_tables


@strawberry.enum
class Role(Enum):
    """A member's role."""

    USER = "user"
    SOFTWARE_COORDINATOR = "software_coordinator"
    CONTRACT_MANAGER = "contract_manager"


@strawberry.type
class Pool:
    """The seats of a product in a team, counted."""

    product: Product
    total: int
    available: int


@strawberry.type
class Group:
    """A set of members."""

    id: strawberry.ID
    name: str


@strawberry.type
class GroupConnection:
    """A person's groups in a team."""

    team_id: strawberry.Private[str]
    user_id: strawberry.Private[str]
    first: strawberry.Private[int]

    @strawberry.field
    async def nodes(self, info: Info) -> list[Group]:
        """The first groups."""
        rows = await info.context.loaders.groups.load((self.team_id, self.user_id))
        return [Group(id=strawberry.ID(row.id), name=row.name) for row in rows[: self.first]]


@strawberry.type
class Member:
    """A person in a team."""

    id: strawberry.ID
    role: Role
    joined_at: datetime
    user: User
    team_id: strawberry.Private[str]

    @property
    def owner_id(self) -> str:
        """The id of the person who may see all fields."""
        return self.user.id

    @strawberry.field(permission_classes=[IsAdminOrSelf])  # type: ignore[untyped-decorator]
    async def seats(self, first: int = 20) -> SeatConnection:
        """The seats that this person holds in the team."""
        return SeatConnection(team_id=self.team_id, owner_id=self.user.id, first=first)

    @strawberry.field(permission_classes=[IsAdmin])  # type: ignore[untyped-decorator]
    async def unassigned_products(self, info: Info) -> list[Pool] | None:
        """The team's pools of which this person holds no seat."""
        pools = await info.context.loaders.unassigned_pools.load((self.team_id, self.user.id))
        return [
            Pool(product=Product(id=strawberry.ID(row.id), name=row.name), total=total, available=available)
            for row, total, available in pools
        ]

    @strawberry.field(permission_classes=[IsAdmin])  # type: ignore[untyped-decorator]
    async def groups(self, first: int = 20) -> GroupConnection | None:
        """The groups of this person."""
        return GroupConnection(team_id=self.team_id, user_id=self.user.id, first=first)


@strawberry.type
class PageInfo:
    """Whether there is a next page, and its cursor."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class MemberConnection:
    """A page of members."""

    nodes: list[Member]
    page_info: PageInfo


ORDER = (people_tables.User.name_key, people_tables.Membership.id)


@strawberry.type
class Team:
    """A team."""

    id: strawberry.ID
    name: str

    @property
    def team_id(self) -> str:
        """The team id that permissions check."""
        return self.id

    @strawberry.field(permission_classes=[IsAdmin])  # type: ignore[untyped-decorator]
    async def members(self, info: Info, first: int = 20, after: str | None = None) -> MemberConnection:
        """The members of the team, ordered by name."""
        query = (
            select(people_tables.Membership, people_tables.User)
            .join(people_tables.User, people_tables.User.id == people_tables.Membership.user_id)
            .where(people_tables.Membership.team_id == self.id)
            .order_by(*ORDER)
        )
        if after is not None:
            query = query.where(tuple_(*ORDER) > tuple_(*json.loads(base64.b64decode(after))))
        async with info.context.sessions() as session:
            rows = (await session.execute(query.limit(first + 1))).all()
        nodes = [
            Member(
                id=strawberry.ID(member.id),
                role=Role(member.role),
                joined_at=member.created_at,
                user=User.from_row(user, self.id),
                team_id=self.id,
            )
            for member, user in rows[:first]
        ]
        end = None
        if nodes:
            member, user = rows[:first][-1]
            end = base64.b64encode(json.dumps([user.name_key, member.id]).encode()).decode()
        return MemberConnection(nodes=nodes, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end))
