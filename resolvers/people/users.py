"""Accounts: the viewer, and the memberships, teams and seats of a person."""

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
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relay import ConnectionRow, listing


@performs(Action.VIEWER_READ)
def viewer(info: Info) -> UserRow | None:
    """The person who is signed in. FORBIDDEN for a partner token, which is not a person; it can use `teams`."""
    info.context.require(Action.VIEWER_READ, facts.GATEWAY)
    return info.context.account


def name(root: UserRow) -> str:
    """First name and last name."""
    return f"{root.first_name} {root.last_name}".strip()


@performs(Action.EMAILS_READ)
@loaded_by("id", "email")
def email(context: Context) -> Loading[str]:
    """The e-mail address. FORBIDDEN unless you are this person or may read the e-mail addresses of their team."""
    return context.loading(_emails)


@performs(Action.MEMBERS_READ)
@loaded_by("id")
def memberships(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[MemberRow]]:
    """The memberships of this person that you may see, with their role in each team, in the order of joining."""
    return listing(context, _memberships, first, after)


@performs(Action.MEMBERS_READ)
@loaded_by("id")
def teams_of(context: Context, first: int = DEFAULT_SIZE, after: str | None = None) -> Loading[ConnectionRow[TeamRow]]:
    """The teams of this person that you may see, in the order in which they were created. You see all of your own.

    Use it for a team switch: the fields below a team contain data of that team only.
    """
    return listing(context, _teams, first, after)


@performs(Action.SEATS_READ)
@loaded_by("id")
def held_seats(
    context: Context,
    team_id: strawberry.ID | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> Loading[ConnectionRow[SeatRow]]:
    """The seats of this person that you may see, in one team or in all teams."""
    return listing(context, _held_seats, first, after, team_id)


def account_reach(context: Context, action: Action) -> Reach:
    """The reach of this action over accounts: that over members, and a person's own account even without a team."""
    reach = context.reach(action)
    if context.policy.decide(context.actor, Action.VIEWER_READ, facts.GATEWAY).allowed:
        return replace(reach, me=facts.acts_for(context.actor))
    return reach


def _teams(context: Context) -> Listing[TeamRow]:
    return teams.of_user(context.reach(Action.MEMBERS_READ))


def _memberships(context: Context) -> Listing[MemberRow]:
    return members.memberships(context.reach(Action.MEMBERS_READ))


def _held_seats(context: Context, team_id: str | None) -> Listing[SeatRow]:
    return seats.held(context.reach(Action.SEATS_READ), team_id)


async def _emails(context: Context, people: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str | Forbidden]:
    """The e-mail address of each person, given by id and e-mail address, or Forbidden."""
    reach = account_reach(context, Action.EMAILS_READ)
    if reach.covers(account_reach(context, Action.MEMBERS_READ)):
        # The actor may read the address of every person that they can see, and it was read with the person.
        return {person: person[1] for person in people}
    async with context.reading() as connection:
        readable = await users.emails(connection, reach, [id_ for id_, _ in people])
    refused = context.refused_in(Action.EMAILS_READ)
    return {person: readable.get(person[0], refused) for person in people}


async def _by_ids(context: Context, ids: Sequence[str]) -> Mapping[str, UserRow]:
    reach = account_reach(context, Action.MEMBERS_READ)
    async with context.reading() as connection:
        return await users.by_ids(connection, reach, ids)


def _abilities(_policy: Policy, _actor: Actor, _row: UserRow) -> Abilities:
    """No actions: what an actor may do with a person is explained on the `Member`."""
    return {}


USER = NodeKind("user", UserRow, _by_ids, _abilities)
