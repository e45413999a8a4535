"""Members of teams, and how they are taken out of one."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import strawberry

from db.core.paging import Listing
from db.people import members
from db.people.members import MemberFilter, MemberOrder, MemberReach, MemberRow
from db.people.teams import TeamRow
from db.seats import allocation, seat_requests
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.members import MemberStatus
from domain.paging import DEFAULT_SIZE, Page, page
from domain.problems import BadInput, Forbidden, UserError, UserErrorCode
from domain.roles import Role
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.member_lists import NO_MEMBER, PeopleInput, listed, rows
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.node_kinds import Abilities, NodeKind, readable
from resolvers.core.relay import ConnectionRow, connecting, read
from resolvers.people.teams import OF_NEW_MEMBERS, TEAM

MAX_SEARCH = 100
# How many parts the sort key of each order has.
WIDTHS = {MemberOrder.NAME: 3, MemberOrder.EMAIL: 2, MemberOrder.JOINED: 1}
OF_INVITATIONS = (Action.INVITATIONS_RESEND, Action.INVITATIONS_REVOKE)
LAST = "A team keeps at least one contract manager; make somebody else one first."


@dataclass
class MembersFilter:
    """Which members to list; every condition given must hold."""

    search: str | None = None
    role: Role | None = None
    status: MemberStatus | None = None
    product_id: strawberry.ID | None = None
    group_id: strawberry.ID | None = None


@dataclass
class MembersOrder:
    """What to order members by, and in which direction."""

    field: MemberOrder = MemberOrder.NAME
    descending: bool = False


class RemoveMembersInput(PeopleInput):
    """Whom to take out of the team."""


@dataclass
class RemoveMembersPayload:
    """The people who are no longer members, in the order asked for; `errors` say why others still are."""

    removed_user_ids: list[strawberry.ID] = field(default_factory=list)
    promoted: list[SeatRow] = field(
        default_factory=list, metadata={"description": "The freed seats that went to people on the waiting list."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.MEMBERS_READ)
@of_each("id")
def team_members(
    context: Context,
    filter: MembersFilter | None = None,
    order_by: MembersOrder | None = None,
    first: int = DEFAULT_SIZE,
    after: str | None = None,
) -> Loading[ConnectionRow[MemberRow]]:
    """The team's members, and who is invited to be one; a plain user sees only themselves.

    `filter.search` finds part of a name, or of an e-mail address where you may read those; `filter.productId` finds
    who holds a seat of it, where you may read seats; `filter.groupId` who is in a group, where you may read groups.
    Ordering by e-mail address needs the right to read those (FORBIDDEN).
    """
    which, by = filter or MembersFilter(), order_by or MembersOrder()
    if which.search is not None and len(which.search) > MAX_SEARCH:
        raise BadInput(f"`search` must have at most {MAX_SEARCH} characters.")
    order = f"{by.field.value}{'-' if by.descending else ''}"
    chosen = MemberFilter(which.search, which.role, which.status, which.product_id, which.group_id)
    asked = page(first, after, order, WIDTHS[by.field])
    if by.field is MemberOrder.EMAIL:
        return context.loading(_by_address, asked, order, (chosen, by.field, by.descending))
    return connecting(context, _listed, asked, order, chosen, by.field, by.descending)


@of_each("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team."""
    return context.loading(TEAM.find)


@mutation(Action.MEMBERS_REMOVE)
async def remove_members(change: Change, input: RemoveMembersInput) -> RemoveMembersPayload:
    """Take these people out of the team.

    Their seats in it go to those who wait for one, or back to their pools. Their rights in it end with the next
    request, those of tokens they granted too; accounts and history stay. DUPLICATE, NOT_FOUND and
    LAST_CONTRACT_MANAGER stop everything under ALL_OR_NOTHING, and only their own row under BEST_EFFORT.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    payload = RemoveMembersPayload()
    asked = listed(input, payload.errors)
    # Refused before anybody is looked at: what a refusal says, or a lock, must not tell who has which role.
    change.require(_facts(change, team.id, one, None) for one in asked or [""])
    # Whoever acts is locked with the others and looked at again: two who remove each other must not both succeed.
    acting = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team.id, [*asked, *([acting] if acting else [])])
    await change.look_again()
    await change.decide(*(_facts(change, team.id, one, known.get(one)) for one in asked or [""]))
    payload.errors += rows(asked, asked.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    going = [user_id for user_id in asked if user_id in known]
    staying = await members.last_managers(change.connection, team.id, going)
    payload.errors += rows(asked, staying, UserErrorCode.LAST_CONTRACT_MANAGER, LAST)
    going = [user_id for user_id in going if user_id not in staying]
    if not going or (payload.errors and input.mode is BulkMode.ALL_OR_NOTHING):
        return payload
    taken = await allocation.end(change.connection, team.id, None, going, None, change.by)
    asked_for = await seat_requests.leave(change.connection, team.id, going)
    await members.remove(change.connection, team.id, going)
    before = {"members": {user_id: known[user_id] for user_id in going}}
    after: dict[str, Any] = {"removed": going, "freed": {one.seat_id: one.user_id for one in taken.ended}}
    if taken.promoted:
        after["promoted"] = {seat.id: seat.holder_id for seat in taken.promoted}
    if asked_for:
        after["requests"] = asked_for
    await change.record(team.id, team.id, before, after)
    payload.removed_user_ids, payload.promoted = cast("list[strawberry.ID]", going), taken.promoted
    return payload


def _facts(change: Change, team_id: str, user_id: str, role: Role | None) -> facts.Member:
    return facts.member(change.actor, team_id, user_id, contract_manager=role is Role.CONTRACT_MANAGER)


async def _by_address(
    context: Context, team_ids: Sequence[str], page: Page, order: str, args: tuple[Hashable, ...]
) -> Mapping[str, ConnectionRow[MemberRow] | Forbidden]:
    """The pages of the teams whose members' e-mail addresses may be read: their order tells something of them."""
    readable = context.reach(Action.EMAILS_READ).teams
    refused = {id_: context.refused_in(Action.EMAILS_READ, id_) for id_ in team_ids if id_ not in readable}
    return await read(context, [id_ for id_ in team_ids if id_ in readable], _listed, page, order, args) | refused


def _listed(context: Context, which: MemberFilter, order: MemberOrder, descending: bool) -> Listing[MemberRow]:
    read = (Action.MEMBERS_READ, Action.EMAILS_READ, Action.SEATS_READ, Action.GROUPS_READ)
    return members.listed(MemberReach(*map(context.reach, read)), which, order, descending)


def _abilities(policy: Policy, actor: Actor, row: MemberRow) -> Abilities:
    manager = row.role is Role.CONTRACT_MANAGER
    receives, team = facts.seat(actor, row.team_id, row.user.id), facts.team(actor, row.team_id)
    known = policy.abilities(actor, facts.member(actor, row.team_id, row.user.id, contract_manager=manager))
    none = OF_NEW_MEMBERS if row.status is MemberStatus.PENDING else OF_NEW_MEMBERS + OF_INVITATIONS
    return {
        **{action: known[action] for action in known if action not in none},
        Action.GROUPS_UPDATE: policy.explain(actor, Action.GROUPS_UPDATE, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, receives),
        Action.SEATS_UNASSIGN: policy.explain(actor, Action.SEATS_UNASSIGN, receives),
    }


MEMBER = NodeKind("member", MemberRow, readable(members.by_ids, Action.MEMBERS_READ), _abilities, explained=True)
