"""Teams, their members and their pools."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import strawberry

from db import products, seats, teams, tokens
from db.paging import Listing
from db.products import PoolRow
from db.seats import SeatRow
from db.teams import MemberFilter, MemberOrder, MemberRow, TeamRow
from db.tokens import TokenRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from domain.problems import BadInput, Forbidden
from domain.roles import Role
from policies import facts
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, connect, listed
from resolvers.context import Context, Info
from resolvers.nodes import by_id, found

MAX_SEARCH = 100
# How many parts the sort key of each order has.
WIDTHS = {MemberOrder.NAME: 3, MemberOrder.EMAIL: 2, MemberOrder.JOINED: 1}


@dataclass
class MembersFilter:
    """Which members to list; every condition given must hold."""

    search: str | None = None
    role: Role | None = None
    product_id: strawberry.ID | None = None


@dataclass
class MembersOrder:
    """What to order members by, and in which direction."""

    field: MemberOrder = MemberOrder.NAME
    descending: bool = False


@performs(Action.TEAMS_READ)
async def team(info: Info, id: strawberry.ID) -> TeamRow:
    """A team you belong to. Raises NOT_FOUND for any other."""
    row: TeamRow = await found(info.context, id, "team")
    return row


@performs(Action.TEAMS_READ)
def all_teams(
    info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[TeamRow] | None]":
    """The teams you belong to, in the order in which they were made; for a partner token, its one team."""
    return listed(info.context, _teams, first, after)


def viewer_role(root: TeamRow, info: Info) -> Role | None:
    """Your own role in this team; for a partner token, its grantor's."""
    return facts.roles(info.context.actor).get(root.id)


@performs(Action.MEMBERS_READ)
def members(
    root: TeamRow,
    info: Info,
    filter: MembersFilter | None = None,
    order_by: MembersOrder | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> "asyncio.Future[ConnectionRow[MemberRow] | None]":
    """The team's members; a plain user sees only themselves.

    `filter.search` finds part of a name, or of an e-mail address where you may read those; `filter.productId` finds
    who holds a seat of it, where you may read seats. Ordering by e-mail address needs the right to read those
    (FORBIDDEN).
    """
    context, which, by = info.context, filter or MembersFilter(), order_by or MembersOrder()
    if by.field is MemberOrder.EMAIL and root.id not in context.reach(Action.EMAILS_READ).teams:
        raise context.refused_in(Action.EMAILS_READ, root.id)
    if which.search is not None and len(which.search) > MAX_SEARCH:
        raise BadInput(f"`search` must have at most {MAX_SEARCH} characters.")
    order = f"{by.field.value}{'-' if by.descending else ''}"
    chosen = MemberFilter(which.search, which.role, which.product_id)
    asked = page(first, after, order, WIDTHS[by.field])
    return connect(context, _members, root.id, asked, order, chosen, by.field, by.descending)


@performs(Action.SEATS_READ)
def team_seats(
    root: TeamRow,
    info: Info,
    product_id: strawberry.ID | None = None,
    assigned: bool | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> "asyncio.Future[ConnectionRow[SeatRow] | None]":
    """The team's seats: of one product or of all; `assigned` true for held, false for available ones.

    A plain user sees only their own.
    """
    return listed(info.context, _seats, first, after, product_id, assigned, parent=root.id)


@performs(Action.POOLS_READ)
def pools(root: TeamRow, info: Info) -> "asyncio.Future[list[PoolRow] | None]":
    """The team's seats counted by product; FORBIDDEN for a plain user."""
    return info.context.load(pools_of, root.id)


@performs(Action.TOKENS_READ)
def team_tokens(
    root: TeamRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[TokenRow] | None]":
    """The team's partner tokens, revoked and expired ones too; FORBIDDEN for a plain user and for a partner."""
    info.context.require(Action.TOKENS_READ, facts.token(info.context.actor, root.id))
    return listed(info.context, _tokens, first, after, parent=root.id)


def member_team(root: MemberRow, info: Info) -> "asyncio.Future[TeamRow | None]":
    """The team."""
    return info.context.load(by_id, root.team_id, "team")


async def pools_of(context: Context, team_ids: Sequence[str]) -> Mapping[str, list[PoolRow] | Forbidden]:
    """The pools of teams, or why not; a batch for `Context.load`."""
    reach = context.reach(Action.POOLS_READ)
    async with context.reading() as connection:
        pools = await products.pools(connection, reach, team_ids)
    return {
        id_: pools.get(id_, []) if id_ in reach.teams else context.refused_in(Action.POOLS_READ, id_)
        for id_ in team_ids
    }


def _teams(context: Context) -> Listing[TeamRow]:
    return teams.listed(context.reach(Action.TEAMS_READ))


def _members(context: Context, which: MemberFilter, order: MemberOrder, descending: bool) -> Listing[MemberRow]:
    emails, seats_seen = context.reach(Action.EMAILS_READ), context.reach(Action.SEATS_READ)
    return teams.members(context.reach(Action.MEMBERS_READ), emails, seats_seen, which, order, descending)


def _seats(context: Context, product_id: str | None, assigned: bool | None) -> Listing[SeatRow]:
    return seats.listed(context.reach(Action.SEATS_READ), product_id, assigned)


def _tokens(context: Context) -> Listing[TokenRow]:
    return tokens.listed(context.reach(Action.TOKENS_READ))
