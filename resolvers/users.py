"""Accounts: who I am, what somebody holds, and where they are a member."""

import asyncio
from collections.abc import Mapping, Sequence

import strawberry

from db import members, seats, users
from db.members import MemberRow
from db.paging import Listing
from db.seats import SeatRow
from db.users import UserRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE
from domain.problems import Forbidden
from policies import facts
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, listed
from resolvers.context import Context, Info
from resolvers.nodes import accounts, found


@performs(Action.VIEWER_READ)
async def viewer(info: Info) -> UserRow:
    """Who is signed in. A partner token is nobody: it asks for `teams`."""
    context = info.context
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    row: UserRow = await found(context, facts.acts_for(context.actor) or "", "user")
    return row


def name(root: UserRow) -> str:
    """First and last name."""
    return f"{root.first_name} {root.last_name}".strip()


@performs(Action.EMAILS_READ)
def email(root: UserRow, info: Info) -> "asyncio.Future[str | None]":
    """The e-mail address; FORBIDDEN unless you are this person or may read e-mail addresses of their team."""
    return info.context.load(_emails, root.id)


@performs(Action.MEMBERS_READ)
def memberships(
    root: UserRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[MemberRow] | None]":
    """The teams this person belongs to with their role in each, as far as you may see; in order of joining."""
    return listed(info.context, _memberships, first, after, parent=root.id)


@performs(Action.SEATS_READ)
def held_seats(
    root: UserRow,
    info: Info,
    team_id: strawberry.ID | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> "asyncio.Future[ConnectionRow[SeatRow] | None]":
    """The seats this person holds, in one team or in all, as far as you may see."""
    return listed(info.context, _held, first, after, team_id, parent=root.id)


def _memberships(context: Context) -> Listing[MemberRow]:
    return members.memberships(context.reach(Action.MEMBERS_READ))


def _held(context: Context, team_id: str | None) -> Listing[SeatRow]:
    return seats.held(context.reach(Action.SEATS_READ), team_id)


async def _emails(context: Context, ids: Sequence[str]) -> Mapping[str, str | Forbidden]:
    reach = accounts(context, Action.EMAILS_READ)
    async with context.reading() as connection:
        readable = await users.emails(connection, reach, ids)
    refused = context.refused_in(Action.EMAILS_READ)
    return {id_: readable.get(id_, refused) for id_ in ids}
