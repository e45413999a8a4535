"""Makes rows for tests directly in the database. Every call makes new rows, so tests share none."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from db.access import partner_tokens
from db.access.partner_tokens import TokenRow
from db.core import ids, text_keys
from db.core.database import Database
from db.tables.access import EmailChange, PartnerToken, PasswordReset, Session, SignUp, Vendor
from db.tables.catalogue import Product, Release
from db.tables.groups import DefaultProduct, Group, GroupMember, GroupProduct
from db.tables.identities import Identity
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.seats import Seat, SeatPeriod, SeatRequest, SeatSource, Subscription, Wait
from db.tables.second_factors import Authenticator, SignInChallenge
from db.tables.usage import SeatUsage
from domain.actions import Scope
from domain.credentials import CredentialKind, issue
from domain.ids import wait_id
from domain.roles import Role
from resolvers.access import one_time_codes, passwords
from resolvers.core.sealing import Seal
from tests.support import contracts
from tests.support.database import RowReader, direct_engine
from tests.support.second_factors import OPERATORS_SECRET

counter = itertools.count(1)


def keys_of(table: type, row: Mapping[str, Any]) -> dict[str, str]:
    """The stored keys of the names in a new row, as Usher would make them; empty for a table without names."""
    if table in {User, Invitation}:
        return text_keys.person_keys(row["first_name"], row["last_name"], row["email"])
    makers = {Team: text_keys.team_keys, Group: text_keys.group_keys, Product: text_keys.product_keys}
    return makers[table](row["name"]) if table in makers else {}


@dataclass(frozen=True)
class Account:
    """An account, and the token of a session of it."""

    id: str
    email: str
    secret: str


@dataclass(frozen=True)
class World(RowReader):
    """Makes rows in the tests' database and reads them, without the gateway."""

    database: Database

    async def insert(self, table: type, *rows: Mapping[str, object]) -> None:
        """Insert rows into a table."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(table), [{**keys_of(table, row), **row} for row in rows])

    async def team(self, *, separation_of_duties: bool = False, requires_second_factor: bool = False) -> str:
        """Make a team. Returns its id."""
        id_ = ids.new("team")
        settings = {"separation_of_duties": separation_of_duties, "requires_second_factor": requires_second_factor}
        await self.insert(Team, {"id": id_, "name": f"Team {next(counter)}", **settings})
        return id_

    async def person(self, first: str = "Ada", last: str = "Byron", email: str | None = None) -> Account:
        """Make a verified account with a session, and without a password."""
        id_, email = ids.new("user"), email or f"person{next(counter)}@tests.example"
        names = {"first_name": first, "last_name": last}
        await self.insert(User, {"id": id_, "email": email, **names, "email_verified_at": datetime.now(UTC)})
        return Account(id_, email, await self.session(id_))

    async def sign_up(self, email: str, password: str, first: str = "Ada", last: str = "Byron") -> str:
        """Make a sign-up whose mail was sent. Returns the token of its link."""
        token, credential = issue(CredentialKind.SIGN_UP)
        names = {"first_name": first, "last_name": last, "password_hash": passwords.HASHER.hash(password)}
        expires = datetime.now(UTC) + timedelta(days=1)
        row = {"id": ids.new("signup"), "email": email, **names, "expires_at": expires}
        await self.insert(SignUp, {**row, "token_hash": credential.token_hash})
        return token

    async def reset(self, user_id: str) -> str:
        """Make a link to set a new password. Returns its token."""
        token, credential = issue(CredentialKind.RESET)
        row = {"id": ids.new("reset"), "user_id": user_id, "expires_at": datetime.now(UTC) + timedelta(days=1)}
        await self.insert(PasswordReset, {**row, "token_hash": credential.token_hash})
        return token

    async def set_password(self, user_id: str, password: str) -> None:
        """Set the password of an account."""
        hash_ = passwords.HASHER.hash(password)
        async with self.engine.begin() as connection:
            await connection.execute(update(User).where(User.id == user_id).values(password_hash=hash_))

    async def email_change(self, account: Account, email: str) -> tuple[str, str]:
        """Begin a change of an address, whose mails were sent. Returns the tokens to confirm and to undo it."""
        token, credential = issue(CredentialKind.EMAIL_CHANGE)
        undo, undo_credential = issue(CredentialKind.EMAIL_UNDO)
        row = {"id": ids.new("change"), "user_id": account.id, "old_email": account.email, "new_email": email}
        hashes = {"token_hash": credential.token_hash, "undo_hash": undo_credential.token_hash}
        await self.insert(EmailChange, {**row, **hashes, "expires_at": datetime.now(UTC) + timedelta(days=1)})
        return token, undo

    async def grow_old(self, user_id: str) -> None:
        """Let the sessions of an account look as if the person had signed in 11 minutes ago."""
        age = func.now() - timedelta(minutes=11)
        async with self.engine.begin() as connection:
            await connection.execute(update(Session).where(Session.user_id == user_id).values(authenticated_at=age))

    async def verify(self, user_id: str) -> None:
        """Make the address of an account verified, as if its owner had opened a link."""
        async with self.engine.begin() as connection:
            await connection.execute(update(User).where(User.id == user_id).values(email_verified_at=func.now()))

    async def session(self, user_id: str, expires_at: datetime | None = None, *, second_factor: bool = False) -> str:
        """Open a session of an account, by default for an hour. Returns its token."""
        secret, credential = issue(CredentialKind.SESSION)
        expires_at = expires_at or datetime.now(UTC) + timedelta(hours=1)
        row = {"id": ids.new("session"), "user_id": user_id, "expires_at": expires_at}
        factor = datetime.now(UTC) if second_factor else None
        await self.insert(Session, {**row, "token_hash": credential.token_hash, "second_factor_at": factor})
        return secret

    async def prove(self, user_id: str) -> None:
        """Let the sessions of an account have given the second factor."""
        async with self.engine.begin() as connection:
            proven = update(Session).where(Session.user_id == user_id)
            await connection.execute(proven.values(second_factor_at=datetime.now(UTC)))

    async def sessions(self, user_id: str) -> list[str]:
        """The ids of the sessions of an account that have not ended, the oldest first."""
        query = select(Session.id).where(Session.user_id == user_id, Session.ended_at.is_(None)).order_by(Session.id)
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def authenticator(self, user_id: str, *, confirmed: bool = True) -> str:
        """Give an account an authenticator app. Returns its secret."""
        secret, now = one_time_codes.new_secret(), datetime.now(UTC)
        row = {"user_id": user_id, "secret": Seal(OPERATORS_SECRET).close(secret, user_id)}
        await self.insert(Authenticator, {**row, "confirmed_at": now if confirmed else None, "last_step": 0})
        return secret

    async def challenge(self, user_id: str, minutes: int = 10, delivery: str = "bearer") -> str:
        """Make a challenge of an account without a password. Returns its token."""
        token, credential = issue(CredentialKind.CHALLENGE)
        expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
        step = {"method": "password", "delivery": delivery, "expires_at": expires_at}
        row = {"id": ids.new("challenge"), "user_id": user_id, "token_hash": credential.token_hash, **step}
        await self.insert(SignInChallenge, row)
        return token

    async def managed_teams(self, user_id: str) -> list[str]:
        """The ids of the teams in which this person is a contract manager."""
        place = (Membership.user_id == user_id, Membership.role == Role.CONTRACT_MANAGER)
        async with self.engine.connect() as connection:
            return list((await connection.execute(select(Membership.team_id).where(*place))).scalars())

    async def identity(self, user_id: str, issuer: str = "https://provider.example") -> str:
        """Let a new person at a provider sign in to an account. Returns the id of the identity."""
        id_ = ids.new("identity")
        await self.insert(Identity, {"id": id_, "issuer": issuer, "subject": id_, "user_id": user_id})
        return id_

    async def make_vendor(self, user_id: str) -> None:
        """Give an account the role of the vendor's staff."""
        await self.insert(Vendor, {"user_id": user_id})

    async def remove_vendor(self, user_id: str) -> None:
        """Take the role of the vendor's staff away from an account."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(Vendor).where(Vendor.user_id == user_id))

    async def member(self, team_id: str, role: Role = Role.USER, account: Account | None = None) -> Account:
        """Make an account, by default a new one, a member of a team. Returns the account."""
        account = account or await self.person()
        row = {"team_id": team_id, "user_id": account.id, "id": ids.new("member"), "role": role}
        await self.insert(Membership, row)
        return account

    async def invited_member(self, team_id: str, role: Role = Role.USER, account: Account | None = None) -> Account:
        """Make an account, by default a new one, a member with an open invitation. Returns the account."""
        account = account or await self.person("Grace", "Hopper")
        place = {"team_id": team_id, "user_id": account.id, "role": role}
        await self.insert(Membership, {**place, "id": ids.new("member"), "accepted_at": None})
        names = {"email": account.email, "first_name": "Grace", "last_name": "Hopper", "invited_by": "user_somebody"}
        expires = datetime.now(UTC) + timedelta(days=7)
        await self.insert(Invitation, {**place, **names, "id": ids.new("invite"), "expires_at": expires})
        return account

    async def invitation_token(self, team_id: str, user_id: str) -> str:
        """Give a person's open invitation a token, as sending the mail does. Returns the token."""
        token, credential = issue(CredentialKind.INVITATION)
        place = (Invitation.team_id == team_id, Invitation.user_id == user_id)
        async with self.engine.begin() as connection:
            sent = {"token_hash": credential.token_hash, "sent_at": func.now(), "mail_state": "sent"}
            await connection.execute(update(Invitation).where(*place, Invitation.revoked_at.is_(None)).values(sent))
        return token

    async def invitation(self, team_id: str, user_id: str) -> str:
        """The id of a person's open invitation."""
        place = (Invitation.team_id == team_id, Invitation.user_id == user_id, Invitation.revoked_at.is_(None))
        async with self.engine.connect() as connection:
            id_: str = (await connection.execute(select(Invitation.id).where(*place))).scalar_one()
        return id_

    async def add_member(self, team_id: str, user_id: str, role: Role) -> None:
        """Make an account a member of a team, by its id."""
        await self.insert(Membership, {"team_id": team_id, "user_id": user_id, "id": ids.new("member"), "role": role})

    async def member_id(self, team_id: str, user_id: str) -> str:
        """The id of a person's membership."""
        place = (Membership.team_id == team_id, Membership.user_id == user_id)
        async with self.engine.connect() as connection:
            id_: str = (await connection.execute(select(Membership.id).where(*place))).scalar_one()
        return id_

    async def subscription_id(self, team_id: str, product_id: str) -> str:
        """The id of the newest subscription of a product in a team."""
        place = (Subscription.team_id == team_id, Subscription.product_id == product_id)
        async with self.engine.connect() as connection:
            newest = select(Subscription.id).where(*place).order_by(Subscription.id.desc()).limit(1)
            id_: str = (await connection.execute(newest)).scalar_one()
        return id_

    async def members(self, team_id: str, number: int) -> list[str]:
        """Add this number of plain users without sessions to a team. Returns their ids."""
        users = [ids.new("user") for _ in range(number)]
        places = [next(counter) for _ in users]
        await self.insert(
            User,
            *(
                {
                    "id": id_,
                    "email": f"person{n}@tests.example",
                    "first_name": f"First {n}",
                    "last_name": f"Last {n}",
                    "email_verified_at": datetime.now(UTC),
                }
                for id_, n in zip(users, places, strict=True)
            ),
        )
        await self.insert(
            Membership,
            *({"team_id": team_id, "user_id": id_, "id": ids.new("member"), "role": Role.USER} for id_ in users),
        )
        return users

    async def leave(self, team_id: str, user_id: str) -> None:
        """Delete a membership, without a mutation."""
        async with self.engine.begin() as connection:
            place = (Membership.team_id == team_id, Membership.user_id == user_id)
            await connection.execute(delete(Membership).where(*place))

    async def set_role(self, team_id: str, user_id: str, role: Role) -> None:
        """Change a member's role."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(Membership).where(Membership.team_id == team_id, Membership.user_id == user_id).values(role=role)
            )

    async def product(self, name: str | None = None) -> str:
        """Make a product with one release. Returns its id."""
        id_ = ids.new("product")
        await self.insert(Product, {"id": id_, "name": name or f"Product {next(counter)}", "description": "For tests"})
        release = {"id": ids.new("release"), "product_id": id_, "name": "1.0", "released_on": date(2026, 1, 1)}
        await self.insert(Release, release)
        return id_

    async def pool(
        self, team_id: str, seats: int, product_id: str | None = None, *, starts: int = -90, ends: int = 90
    ) -> str:
        """Make a subscription with this number of available seats. Returns the product's id.

        `starts` and `ends` are the first and the last day of its term, in days from today.
        """
        product_id = product_id or await self.product()
        subscription, today = ids.new("sub"), datetime.now(UTC).date()
        term = (today + timedelta(days=starts), today + timedelta(days=ends))
        async with self.engine.begin() as connection:
            await contracts.subscribe(connection, team_id, subscription, product_id, term, seats)
        rows = (
            {"team_id": team_id, "id": ids.new("seat"), "product_id": product_id, "subscription_id": subscription}
            for _ in range(seats)
        )
        if seats:
            await self.insert(Seat, *rows)
        return product_id

    async def give_seat(
        self, team_id: str, product_id: str, user_id: str, kind: str = "direct", group_id: str | None = None
    ) -> str:
        """Give a person the first available seat of a pool, with a source and an open period. Returns its id."""
        async with self.engine.begin() as connection:
            is_free = Seat.holder_id.is_(None) & Seat.retired_at.is_(None)
            free = select(Seat.id).where(Seat.team_id == team_id, Seat.product_id == product_id, is_free)
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
        """Make a group. Returns its id."""
        id_ = ids.new("group")
        await self.insert(Group, {"team_id": team_id, "id": id_, "name": name or f"Group {next(counter)}"})
        return id_

    async def add_to_group(self, team_id: str, group_id: str, *user_ids: str) -> None:
        """Put members into a group, without giving them seats of the group's products."""
        await self.insert(
            GroupMember, *({"team_id": team_id, "group_id": group_id, "user_id": user_id} for user_id in user_ids)
        )

    async def add_group_product(self, team_id: str, group_id: str, product_id: str) -> None:
        """Let a group give a product, without giving its members seats."""
        row = {"team_id": team_id, "group_id": group_id, "product_id": product_id, "given_by": "user_somebody"}
        await self.insert(GroupProduct, row)

    async def add_default_product(self, team_id: str, product_id: str, by: str = "user_somebody") -> None:
        """Make a product a default product of a team, without giving its members seats."""
        await self.insert(DefaultProduct, {"team_id": team_id, "product_id": product_id, "set_by": by})

    async def add_seat_source(self, team_id: str, seat_id: str, user_id: str, group_id: str) -> None:
        """Add a group as another source of a held seat."""
        row = {"team_id": team_id, "seat_id": seat_id, "holder_id": user_id, "kind": "group", "group_id": group_id}
        await self.insert(SeatSource, row)

    async def request(self, team_id: str, product_id: str, user_id: str) -> str:
        """Make an open request for a seat. Returns its id."""
        id_ = ids.new("request")
        await self.insert(SeatRequest, {"team_id": team_id, "id": id_, "product_id": product_id, "user_id": user_id})
        return id_

    async def wait(self, team_id: str, product_id: str, user_id: str, by: str | None = None) -> str:
        """Put a person on the waiting list of a pool. Returns the id of their place."""
        reason = {"team_id": team_id, "product_id": product_id, "user_id": user_id, "kind": "direct"}
        await self.insert(Wait, {**reason, "queued_by": by or user_id})
        return wait_id(team_id, product_id, user_id)

    async def add_usage(self, team_id: str, seat_id: str, user_id: str, day: date, minutes: int = 90) -> None:
        """Make a row for a day's usage of a seat."""
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
        """Make a partner token, by default for an hour. Returns its id and its secret."""
        secret, credential = issue(CredentialKind.PARTNER)
        now = datetime.now(UTC)
        expires_at = expires_at or now + timedelta(hours=1)
        row = TokenRow(ids.new("token"), team_id, "Partner", list(scopes), grantor_id, now, expires_at, None, None)
        async with self.database.connection() as connection:
            await partner_tokens.create(connection, row, credential.token_hash)
        return row.id, secret

    async def revoke(self, token_id: str) -> None:
        """Revoke a partner token."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(PartnerToken).where(PartnerToken.id == token_id).values(revoked_at=func.now())
            )


@asynccontextmanager
async def world_of(url: str) -> AsyncIterator[World]:
    """A world of the database at this address, until the block ends."""
    engine, database = direct_engine(url), Database(url)
    try:
        yield World(engine, database)
    finally:
        await database.close()
        await engine.dispose()
