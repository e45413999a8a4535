"""Rows for tests, made as small and as direct as a test needs them. Every call makes new ones: tests share no rows."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select, update

from db.access import actors, partner_tokens
from db.access.partner_tokens import TokenRow
from db.core import ids
from db.tables.access import PartnerToken
from db.tables.catalogue import Product, Release
from db.tables.groups import DefaultProduct, Group, GroupMember, GroupProduct
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.seats import Seat, SeatPeriod, SeatRequest, SeatSource, Subscription
from db.tables.usage import SeatUsage
from domain.actions import Scope
from domain.credentials import CredentialKind, issue
from domain.roles import Role
from tests.support.database import Looking

counter = itertools.count(1)


@dataclass(frozen=True)
class Someone:
    """A person and a session of theirs."""

    id: str
    email: str
    secret: str


@dataclass(frozen=True)
class World(Looking):
    """Makes rows in the tests' database, and looks at them behind the gateway's back."""

    async def insert(self, table: type, *rows: Mapping[str, object]) -> None:
        """Rows as they are."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(table), [dict(row) for row in rows])

    async def team(self, *, separation_of_duties: bool = False) -> str:
        """A team's id."""
        id_ = ids.new("team")
        row = {"id": id_, "name": f"Team {next(counter)}", "separation_of_duties": separation_of_duties}
        await self.insert(Team, row)
        return id_

    async def person(self, first: str = "Ada", last: str = "Byron", email: str | None = None) -> Someone:
        """An account with a session."""
        id_, email = ids.new("user"), email or f"person{next(counter)}@tests.example"
        await self.insert(User, {"id": id_, "email": email, "first_name": first, "last_name": last})
        return Someone(id_, email, await self.session(id_))

    async def session(self, user_id: str, expires_at: datetime | None = None) -> str:
        """A session token of an account."""
        secret, credential = issue(CredentialKind.SESSION)
        expires_at = expires_at or datetime.now(UTC) + timedelta(hours=1)
        async with self.engine.begin() as connection:
            await actors.open_session(connection, ids.new("session"), user_id, credential.token_hash, expires_at)
        return secret

    async def member(self, team_id: str, role: Role = Role.USER, someone: Someone | None = None) -> Someone:
        """A member of a team; a new person unless given."""
        someone = someone or await self.person()
        row = {"team_id": team_id, "user_id": someone.id, "id": ids.new("member"), "role": role}
        await self.insert(Membership, row)
        return someone

    async def invited(self, team_id: str, role: Role = Role.USER, someone: Someone | None = None) -> Someone:
        """Somebody who has not accepted as yet to be a member, invited as Grace Hopper; a new stub unless given."""
        someone = someone or await self.person("Grace", "Hopper")
        place = {"team_id": team_id, "user_id": someone.id, "role": role}
        await self.insert(Membership, {**place, "id": ids.new("member"), "accepted_at": None})
        names = {"email": someone.email, "first_name": "Grace", "last_name": "Hopper", "invited_by": "user_somebody"}
        expires = datetime.now(UTC) + timedelta(days=7)
        await self.insert(Invitation, {**place, **names, "id": ids.new("invite"), "expires_at": expires})
        return someone

    async def link(self, team_id: str, user_id: str) -> str:
        """The token in the link of somebody's open invitation, as if the mail had gone out."""
        token, credential = issue(CredentialKind.INVITATION)
        place = (Invitation.team_id == team_id, Invitation.user_id == user_id)
        async with self.engine.begin() as connection:
            sent = {"token_hash": credential.token_hash, "sent_at": func.now()}
            await connection.execute(update(Invitation).where(*place, Invitation.revoked_at.is_(None)).values(sent))
        return token

    async def invitation(self, team_id: str, user_id: str) -> str:
        """The id of somebody's open invitation."""
        place = (Invitation.team_id == team_id, Invitation.user_id == user_id, Invitation.revoked_at.is_(None))
        async with self.engine.connect() as connection:
            id_: str = (await connection.execute(select(Invitation.id).where(*place))).scalar_one()
        return id_

    async def join(self, team_id: str, user_id: str, role: Role) -> None:
        """Make an account a member of a team."""
        await self.insert(Membership, {"team_id": team_id, "user_id": user_id, "id": ids.new("member"), "role": role})

    async def members(self, team_id: str, number: int) -> list[str]:
        """So many plain users of a team, by id, without sessions."""
        users = [ids.new("user") for _ in range(number)]
        places = [next(counter) for _ in users]
        await self.insert(
            User,
            *(
                {"id": id_, "email": f"person{n}@tests.example", "first_name": f"First {n}", "last_name": f"Last {n}"}
                for id_, n in zip(users, places, strict=True)
            ),
        )
        await self.insert(
            Membership,
            *({"team_id": team_id, "user_id": id_, "id": ids.new("member"), "role": Role.USER} for id_ in users),
        )
        return users

    async def role(self, team_id: str, user_id: str, role: Role) -> None:
        """Change a member's role."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(Membership).where(Membership.team_id == team_id, Membership.user_id == user_id).values(role=role)
            )

    async def product(self, name: str | None = None) -> str:
        """A product with one release."""
        id_ = ids.new("product")
        await self.insert(Product, {"id": id_, "name": name or f"Product {next(counter)}", "description": "For tests"})
        release = {"id": ids.new("release"), "product_id": id_, "name": "1.0", "released_on": date(2026, 1, 1)}
        await self.insert(Release, release)
        return id_

    async def pool(self, team_id: str, seats: int, product_id: str | None = None, *, active: bool = True) -> str:
        """A pool of free seats in a subscription; the product's id."""
        product_id = product_id or await self.product()
        subscription, today = ids.new("sub"), datetime.now(UTC).date()
        ends = today + timedelta(days=90 if active else -1)
        await self.insert(
            Subscription,
            {
                "team_id": team_id,
                "id": subscription,
                "product_id": product_id,
                "starts_on": today - timedelta(days=90),
                "ends_on": ends,
            },
        )
        rows = (
            {"team_id": team_id, "id": ids.new("seat"), "product_id": product_id, "subscription_id": subscription}
            for _ in range(seats)
        )
        if seats:
            await self.insert(Seat, *rows)
        return product_id

    async def hold(
        self, team_id: str, product_id: str, user_id: str, kind: str = "direct", group_id: str | None = None
    ) -> str:
        """Give somebody a seat of a pool, for a reason; the seat's id."""
        async with self.engine.begin() as connection:
            free = select(Seat.id).where(
                Seat.team_id == team_id, Seat.product_id == product_id, Seat.holder_id.is_(None)
            )
            seat_id: str = (await connection.execute(free.order_by(Seat.id).limit(1))).scalar_one()
            await connection.execute(
                update(Seat).where(Seat.id == seat_id).values(holder_id=user_id, assigned_at=func.now())
            )
            source = {
                "team_id": team_id,
                "seat_id": seat_id,
                "holder_id": user_id,
                "kind": kind,
                "group_id": group_id,
            }
            await connection.execute(insert(SeatSource).values(source))
            period = {
                "team_id": team_id,
                "seat_id": seat_id,
                "product_id": product_id,
                "holder_id": user_id,
                "started_at": datetime.now(UTC),
                "started_by": user_id,
            }
            await connection.execute(insert(SeatPeriod).values(period))
        return seat_id

    async def group(self, team_id: str, name: str | None = None) -> str:
        """A group's id."""
        id_ = ids.new("group")
        await self.insert(Group, {"team_id": team_id, "id": id_, "name": name or f"Group {next(counter)}"})
        return id_

    async def enter(self, team_id: str, group_id: str, *user_ids: str) -> None:
        """Put members into a group; they get nothing of what it gives."""
        await self.insert(
            GroupMember, *({"team_id": team_id, "group_id": group_id, "user_id": user_id} for user_id in user_ids)
        )

    async def gives(self, team_id: str, group_id: str, product_id: str) -> None:
        """A group gives a product; nobody has got it as yet."""
        row = {"team_id": team_id, "group_id": group_id, "product_id": product_id, "given_by": "user_somebody"}
        await self.insert(GroupProduct, row)

    async def default(self, team_id: str, product_id: str, by: str = "user_somebody") -> None:
        """A team gives everybody a product; nobody has got it as yet."""
        await self.insert(DefaultProduct, {"team_id": team_id, "product_id": product_id, "set_by": by})

    async def source(self, team_id: str, seat_id: str, user_id: str, group_id: str) -> None:
        """One more reason to hold a seat: a group."""
        row = {"team_id": team_id, "seat_id": seat_id, "holder_id": user_id, "kind": "group", "group_id": group_id}
        await self.insert(SeatSource, row)

    async def request(self, team_id: str, product_id: str, user_id: str) -> str:
        """Somebody asks for a seat; the request's id."""
        id_ = ids.new("request")
        await self.insert(SeatRequest, {"team_id": team_id, "id": id_, "product_id": product_id, "user_id": user_id})
        return id_

    async def usage(self, team_id: str, seat_id: str, user_id: str, day: date, minutes: int = 90) -> None:
        """A day's usage of a seat."""
        row = {
            "team_id": team_id,
            "seat_id": seat_id,
            "user_id": user_id,
            "day": day,
            "minutes": minutes,
            "sessions": 2,
            "last_used_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        }
        await self.insert(SeatUsage, row)

    async def token(
        self, team_id: str, grantor_id: str, *scopes: Scope, expires_at: datetime | None = None
    ) -> tuple[str, str]:
        """A partner token's id and secret."""
        secret, credential = issue(CredentialKind.PARTNER)
        now = datetime.now(UTC)
        expires_at = expires_at or now + timedelta(hours=1)
        row = TokenRow(ids.new("token"), team_id, "Partner", list(scopes), grantor_id, now, expires_at, None, None)
        async with self.engine.begin() as connection:
            await partner_tokens.create(connection, row, credential.token_hash)
        return row.id, secret

    async def revoke(self, token_id: str) -> None:
        """Revoke a partner token."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(PartnerToken).where(PartnerToken.id == token_id).values(revoked_at=func.now())
            )
