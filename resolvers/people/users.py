"""Accounts: the viewer, and the memberships, teams and seats of a person."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.core.paging import Listing
from db.people import members, teams, users
from db.people.members import MemberRow
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats import seats
from db.seats.seats import SeatRow
from domain.actions import BUSINESS_ACTIONS, Action
from domain.paging import Paging
from domain.problems import Forbidden
from domain.subjects import Actor, Person
from domain.text import full_name
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import given, loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import OwnRow, OwnValue, Relation
from resolvers.core.relay import ConnectionRow, listing


def _sees_all_emails(context: Context) -> bool:
    return context.account_reach(Action.EMAILS_READ).covers(context.account_reach(Action.MEMBERS_READ))


async def _emails(context: Context, people: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str | Forbidden]:
    """The e-mail address of each person, given by id and e-mail address, or Forbidden."""
    reach = context.account_reach(Action.EMAILS_READ)
    async with context.reading() as connection:
        readable = await users.emails(connection, reach, [id_ for id_, _ in people])
    refused = context.refused_in(Action.EMAILS_READ)
    return {person: readable.get(person[0], refused) for person in people}


_EMAILS = OwnValue(_sees_all_emails, _emails)


def _account(context: Context) -> UserRow | None:
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    return context.account


@performs(Action.VIEWER_READ)
@given(UserRow, OwnRow.ACTOR, _account)
def viewer(info: Info) -> UserRow | None:
    """The person who is signed in. FORBIDDEN for a partner token, which is not a person; it can use `teams`."""
    return _account(info.context)


def name(root: UserRow) -> str:
    """First name and last name, or the only name."""
    return full_name(root.first_name, root.last_name)


@performs(Action.EMAILS_READ)
@loaded_by("id", "email")
def email(context: Context) -> Loading[str]:
    """The e-mail address. FORBIDDEN unless you are this person or may read the e-mail addresses of their team."""
    return context.loading(_EMAILS)


@performs(Action.MEMBERS_READ)
@loaded_by("id")
@paged
def memberships(
    context: Context,
    team_id: strawberry.ID | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[MemberRow]]:
    """The memberships of this person that you may see, with their role in each team, in the order of joining."""
    return listing(context, _memberships, paging, team_id)


@performs(Action.MEMBERS_READ)
@loaded_by("id")
@paged
def teams_of(context: Context, paging: Paging) -> Loading[ConnectionRow[TeamRow]]:
    """The teams of this person that you may see, in the order in which they were created. You see all of your own.

    Use it for a team switch: the fields below a team contain data of that team only.
    """
    return listing(context, _teams, paging)


@performs(Action.SEATS_READ)
@loaded_by("id")
@paged
def held_seats(
    context: Context,
    team_id: strawberry.ID | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[SeatRow]]:
    """The seats of this person that you may see, in one team or in all teams."""
    return listing(context, _held_seats, paging, team_id)


def _teams(context: Context) -> Listing[TeamRow]:
    return teams.of_user(context.reach(Action.MEMBERS_READ))


def _memberships(context: Context, team_id: str | None) -> Listing[MemberRow]:
    return members.memberships(context.reach(Action.MEMBERS_READ), team_id)


def _held_seats(context: Context, team_id: str | None) -> Listing[SeatRow]:
    return seats.held(context.reach(Action.SEATS_READ), team_id)


def _account_arguments(context: Context, keys: Any) -> tuple[Any, ...]:
    return (context.account_reach(Action.MEMBERS_READ), keys)


def _abilities(policy: Policy, actor: Actor, row: UserRow) -> Abilities:
    """What a person may do in the business of the vendor, on their own account only.

    What an actor may do with a person is explained on the `Member`.
    """
    if not isinstance(actor, Person) or actor.user_id != row.id:
        return {}
    business = facts.business(actor)
    return {action: policy.explain(actor, action, business) for action in BUSINESS_ACTIONS}


USER = NodeKind("user", UserRow, Relation(users.BY_IDS, users.USERS, _account_arguments), _abilities)
