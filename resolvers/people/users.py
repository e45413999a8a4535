"""Accounts: who I am, what somebody holds, and where they are a member."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import strawberry

from db.core.paging import Listing
from db.people import members, teams, users
from db.people.members import MemberRow
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats import seats
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE
from domain.problems import Forbidden
from domain.reach import Reach
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relay import ConnectionRow, listing


@performs(Action.VIEWER_READ)
def viewer(info: Info) -> UserRow | None:
    """Who is signed in. A partner token is nobody: it asks for `teams`."""
    info.context.require(Action.VIEWER_READ, facts.GATEWAY)
    return info.context.account


def name(root: UserRow) -> str:
    """First and last name."""
    return f"{root.first_name} {root.last_name}".strip()


@performs(Action.EMAILS_READ)
@of_each("id", "email")
def email(context: Context) -> Loading[str]:
    """The e-mail address; FORBIDDEN unless you are this person or may read e-mail addresses of their team."""
    return context.loading(_emails)


@performs(Action.MEMBERS_READ)
@of_each("id")
def memberships(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[MemberRow]]:
    """The teams this person belongs to with their role in each, as far as you may see; in order of joining."""
    return listing(context, _memberships, first, after)


@performs(Action.MEMBERS_READ)
@of_each("id")
def teams_of(context: Context, first: int = DEFAULT_SIZE, after: str | None = None) -> Loading[ConnectionRow[TeamRow]]:
    """The teams this person is in, as far as you may see, in the order in which they were made; your own are all there.

    For a team switch: what is asked of a team below it is of that team alone.
    """
    return listing(context, _teams, first, after)


@performs(Action.SEATS_READ)
@of_each("id")
def held_seats(
    context: Context,
    team_id: strawberry.ID | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> Loading[ConnectionRow[SeatRow]]:
    """The seats this person holds, in one team or in all, as far as you may see."""
    return listing(context, _held, first, after, team_id)


def accounts(context: Context, action: Action) -> Reach:
    """The accounts that can be read with this action: those of members, and one's own even without a team."""
    reach = context.reach(action)
    if context.policy.decide(context.actor, Action.VIEWER_READ, facts.GATEWAY).allowed:
        return replace(reach, me=facts.acts_for(context.actor))
    return reach


def _teams(context: Context) -> Listing[TeamRow]:
    return teams.of_user(context.reach(Action.MEMBERS_READ))


def _memberships(context: Context) -> Listing[MemberRow]:
    return members.memberships(context.reach(Action.MEMBERS_READ))


def _held(context: Context, team_id: str | None) -> Listing[SeatRow]:
    return seats.held(context.reach(Action.SEATS_READ), team_id)


async def _emails(context: Context, people: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str | Forbidden]:
    """By ids and addresses."""
    reach = accounts(context, Action.EMAILS_READ)
    if reach.covers(accounts(context, Action.MEMBERS_READ)):
        # Whoever the actor can see is one whose address they may read, and it has been read with them.
        return {person: person[1] for person in people}
    async with context.reading() as connection:
        readable = await users.emails(connection, reach, [id_ for id_, _ in people])
    refused = context.refused_in(Action.EMAILS_READ)
    return {person: readable.get(person[0], refused) for person in people}


async def _by_ids(context: Context, ids: Sequence[str]) -> Mapping[str, UserRow]:
    reach = accounts(context, Action.MEMBERS_READ)
    async with context.reading() as connection:
        return await users.by_ids(connection, reach, ids)


def _abilities(_policy: Policy, _actor: Actor, _row: UserRow) -> Abilities:
    """None: what may be done with a person is asked of the `Member`."""
    return {}


USER = NodeKind("user", UserRow, _by_ids, _abilities)
