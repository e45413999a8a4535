"""Members of teams, and the mutation that removes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import strawberry

from db.access import partner_tokens
from db.core.paging import Listing
from db.people import members
from db.people.member_filters import MemberFilter
from db.people.members import MemberOrder, MemberRow, RemovedMember
from db.people.teams import TeamRow
from db.seats import allocation, seat_requests
from db.seats.allocation import Unassigned
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.members import MemberStatus
from domain.paging import Page, Paging, page
from domain.problems import Forbidden, UserError, UserErrorCode
from domain.roles import Role
from domain.subjects import Actor, Person
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import MemberLists, TeamLists, told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.member_filters import MembersFilter, conditions, reaches
from resolvers.core.member_lists import (
    NO_MEMBER,
    PeopleInput,
    errors_in_rows,
    listed_people,
    require_same_people,
)
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import one
from resolvers.core.relay import ConnectionRow, EdgeRow, connecting, edges_among, read
from resolvers.people.teams import NEW_MEMBER_ACTIONS, TEAM

# The number of parts in the sort key of each order.
KEY_LENGTHS = {
    MemberOrder.NAME: 2,
    MemberOrder.EMAIL: 2,
    MemberOrder.ROLE: 3,
    MemberOrder.STATUS: 3,
    MemberOrder.JOINED: 1,
    MemberOrder.LAST_USED: 2,
}
# An order shows something of the data that it is by, so it needs the right to read that.
ORDER_ACTIONS = {MemberOrder.EMAIL: Action.EMAILS_READ, MemberOrder.LAST_USED: Action.USAGE_READ}
# This action is decided on a member, but explained on the tokens that the member granted.
TOKEN_ACTIONS = (Action.TOKENS_ROTATE,)
INVITATION_ACTIONS = (Action.INVITATIONS_RESEND, Action.INVITATIONS_REVOKE)
_BY_NAME = (MemberFilter(), MemberOrder.NAME, False)
LAST_MANAGER = "A team must keep at least one contract manager. Make somebody else a contract manager first."


@dataclass
class MembersOrder:
    """What to order members by, and in which direction."""

    field: MemberOrder = MemberOrder.NAME
    descending: bool = False


class RemoveMembersInput(PeopleInput):
    """The people to remove from the team."""


@dataclass
class RemoveMembersPayload(TeamLists):
    """The people who were removed, in the order of the input. `errors` says why others were not removed."""

    removed_user_ids: list[strawberry.ID] = field(
        default_factory=list, metadata={"description": "The user ids of the people who were removed, in list order."}
    )
    promoted: list[SeatRow] = field(
        default_factory=list,
        metadata={"description": "The freed seats that were assigned to people on the waiting list."},
    )
    left_team_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


class EndedMemberships(NamedTuple):
    """What became of the seats of people who left a team, the memberships that ended, and the requests that did."""

    seats: Unassigned
    removed: list[RemovedMember]
    request_ids: list[str]


@performs(Action.MEMBERS_READ)
@loaded_by("id")
@paged
def team_members(
    context: Context,
    filter: MembersFilter | None = None,
    order_by: MembersOrder | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[MemberRow]]:
    """The members of the team, and the people who are invited to it. A plain user sees only themselves.

    `filter.search` finds people by words, in any order: each must be a part of a name, or of an e-mail address if you
    may read e-mail addresses. Case and accents do not matter. A search without a word finds everybody.
    A filter by seats, groups or usage finds people only if you may read those. To find invited people who got no
    mail, filter by `mailState: REFUSED`.
    Ordering by e-mail address requires the right to read e-mail addresses, and ordering by last use the right to read
    the usage of the team; else the error is FORBIDDEN.
    """
    which, by = conditions(filter or MembersFilter()), order_by or MembersOrder()
    order = f"{by.field.value}{'-' if by.descending else ''}"
    requested_page = page(paging, order, KEY_LENGTHS[by.field])
    if by.field in ORDER_ACTIONS:
        return context.loading(_ordered_by_data, requested_page, order, (which, by.field, by.descending))
    return connecting(context, _listed, requested_page, order, which, by.field, by.descending)


@loaded_by("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team."""
    return context.loading(TEAM.find)


@mutation(Action.MEMBERS_REMOVE)
async def remove_members(change: Change, input: RemoveMembersInput) -> RemoveMembersPayload:
    """Remove people from the team.

    Their seats in the team are assigned to people on the waiting list, or go back to their pools. The partner tokens
    that they granted in the team are revoked, and stay so if they come back. From the next request on, these people
    have no rights in the team. Their accounts and the history stay. If there is a DUPLICATE, NOT_FOUND or
    LAST_CONTRACT_MANAGER error, ALL_OR_NOTHING removes nobody, and BEST_EFFORT skips only the row with the error.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    payload = RemoveMembersPayload(team_id=team.id)
    anybody = _target(change, team.id, "", None)
    requested = await listed_people(change, input, team.id, anybody, payload.errors)
    # Refuse before any membership is read or locked, because a refusal or a wait could reveal the role of a person.
    change.require(_target(change, team.id, one, None) for one in requested or [""])
    # Also lock the actor's membership and load the actor again: of two people who remove each other, one must fail.
    own_id = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team.id, [*requested, *([own_id] if own_id else [])])
    await change.reload_actor()
    await change.decide(*(_target(change, team.id, one, known.get(one)) for one in requested or [""]))
    await require_same_people(change, input, team.id, requested)
    payload.errors += errors_in_rows(requested, requested.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    leaving = [user_id for user_id in requested if user_id in known]
    last_managers = await members.last_managers(change.connection, team.id, leaving)
    payload.errors += errors_in_rows(requested, last_managers, UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER)
    leaving = [user_id for user_id in leaving if user_id not in last_managers]
    if not leaving or (payload.errors and input.mode is BulkMode.ALL_OR_NOTHING):
        return payload
    ended = await end_memberships(change, team.id, {user_id: known[user_id] for user_id in leaving})
    payload.removed_user_ids, payload.promoted = cast("list[strawberry.ID]", leaving), ended.seats.promoted
    payload.note_ended(team.id, ended.seats)
    payload.note_removed(ended.removed, ended.request_ids)
    if isinstance(change.actor, Person) and change.actor.user_id in leaving:
        payload.left_team_id = team.id
    return payload


async def end_memberships(change: Change, team_id: str, leaving: Mapping[str, Role]) -> EndedMemberships:
    """Remove these people, by user id, from the team. Returns what became of what they had there.

    The caller has locked the memberships, and has decided that these people may be removed.
    """
    user_ids = list(leaving)
    freed = await allocation.end(change.connection, team_id, None, user_ids, None, change.by)
    requests = await seat_requests.remove_open(change.connection, team_id, user_ids)
    also_ended = {
        "promoted": {seat.id: seat.holder_id for seat in freed.promoted},
        "requests": requests,
        "revokedTokens": await partner_tokens.revoke_granted(change.connection, team_id, user_ids),
    }
    removed = await members.remove(change.connection, team_id, user_ids)
    after: dict[str, Any] = {"removed": user_ids, "freed": {one.seat_id: one.user_id for one in freed.ended}}
    after |= {name: values for name, values in also_ended.items() if values}
    await change.record(team_id, team_id, {"members": leaving}, after)
    return EndedMemberships(freed, removed, requests)


@performs(Action.MEMBERS_READ)
@told
async def new_member_edges(root: MemberLists, info: Info) -> list[EdgeRow[MemberRow]]:
    """The new members, with their places in the default order of the team's list; only those that you may see."""
    if root.team_id is None:
        return []
    order = MemberOrder.NAME.value
    return await edges_among(info.context, _listed, order, root.team_id, root.new_member_ids, *_BY_NAME)


@told
async def left_team_ids(root: RemoveMembersPayload, _info: Info) -> list[strawberry.ID]:
    """The id of the team, if you left it yourself; else none. Remove its edge from the lists of your teams."""
    return [] if root.left_team_id is None else [strawberry.ID(root.left_team_id)]


async def members_among(context: Context, team_id: str, user_ids: Sequence[str]) -> list[MemberRow]:
    """Those of these people who are in a team or invited to it, in the order of their names.

    Only those that the actor may see.
    """
    order = MemberOrder.NAME.value
    edges = await edges_among(context, _listed, order, team_id, user_ids, *_BY_NAME, column="user_id")
    return [edge.node for edge in edges]


def _target(change: Change, team_id: str, user_id: str, role: Role | None) -> facts.Member:
    return facts.member(change.actor, team_id, user_id, contract_manager=role is Role.CONTRACT_MANAGER)


async def _ordered_by_data(
    context: Context,
    team_ids: Sequence[str],
    page: Page,
    order: str,
    args: tuple[MemberFilter, MemberOrder, bool],
) -> Mapping[str, ConnectionRow[MemberRow] | Forbidden]:
    """The page of each team in which the actor may read what the order is by, and Forbidden for the others."""
    action = ORDER_ACTIONS[args[1]]
    readable = context.reach(action).teams
    refused = {id_: context.refused_in(action, id_) for id_ in team_ids if id_ not in readable}
    return await read(context, [id_ for id_ in team_ids if id_ in readable], _listed, page, order, args) | refused


def _listed(context: Context, which: MemberFilter, order: MemberOrder, descending: bool) -> Listing[MemberRow]:
    return members.listed(reaches(context.reach), which, order, descending)


def _abilities(policy: Policy, actor: Actor, row: MemberRow) -> Abilities:
    manager = row.role is Role.CONTRACT_MANAGER
    receives, team = facts.seat(actor, row.team_id, row.user.id), facts.team(actor, row.team_id)
    known = policy.abilities(actor, facts.member(actor, row.team_id, row.user.id, contract_manager=manager))
    excluded = (
        *NEW_MEMBER_ACTIONS,
        *(() if row.status is MemberStatus.PENDING else INVITATION_ACTIONS),
        *TOKEN_ACTIONS,
    )
    return {
        **{action: known[action] for action in known if action not in excluded},
        Action.GROUPS_UPDATE: policy.explain(actor, Action.GROUPS_UPDATE, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, receives),
        Action.SEATS_UNASSIGN: policy.explain(actor, Action.SEATS_UNASSIGN, receives),
    }


MEMBER = NodeKind("member", MemberRow, one(members.BY_IDS, Action.MEMBERS_READ), _abilities, explained=True)
