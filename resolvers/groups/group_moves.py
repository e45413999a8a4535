"""The mutation that moves people from one group to another, with what this does to their seats."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats import moved_waits, waiting_list
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import BadInput, NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.core.changed_lists import GroupMemberLists, SeatLists
from resolvers.core.member_lists import (
    NO_MEMBER,
    PeopleLists,
    errors_in_rows,
    listed_people,
    require_same_people,
)
from resolvers.core.mutations import Change, mutation
from resolvers.core.prior_states import told_in_rows
from resolvers.groups.groups import locked_group
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    GivenProduct,
    Outcome,
    by_product,
    give,
    group_source,
    may_give,
    may_take,
    require_giving,
    require_taking,
    take,
    with_rows,
)

SAME_GROUP = "`fromGroupId` and `toGroupId` name the same group; name two groups of one team."
NOT_THERE = "This person is not in the group that people leave, so they cannot be moved out of it."
THERE = "This person is already in the group to which people move, and not in the other one."


@dataclass(kw_only=True)
class MoveGroupMembersInput(PeopleLists):
    """Two groups of one team, and the people who leave the first and join the second.

    Name each person by user id, by e-mail address or by external id, or find them by a filter.
    """

    GIVES: ClassVar[bool] = True

    from_group_id: strawberry.ID
    to_group_id: strawberry.ID


@dataclass
class MoveGroupMembersPayload(SeatLists, GroupMemberLists):
    """Both groups, and the seats that people got or lost by moving. `errors` say who did not move, and why."""

    from_group: GroupRow = field(metadata={"description": "The group that the people left."})
    to_group: GroupRow = field(metadata={"description": "The group that the people joined."})
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@dataclass(frozen=True)
class Move:
    """The people who leave a group and join another one of the same team, in the order of the list.

    `joining` are those who are not in the other group yet. `losing` are those who hold, or wait for, a seat because of
    the group that they leave. `receiving` are those who may get a seat from the actor.
    """

    team_id: str
    left: str
    joined: str
    people: Sequence[str]
    joining: Sequence[str]
    losing: Sequence[str]
    receiving: Sequence[str]
    products: Sequence[str]


@mutation(Action.GROUPS_UPDATE)
async def move_group_members(change: Change, input: MoveGroupMembersInput) -> MoveGroupMembersPayload:
    """Move people from one group of a team to another, in one step. Invited people can be moved too.

    If both groups give a product, each person keeps their seat of it, or their place on its waiting list: at no moment
    can it go to somebody else. They get a seat of each product that only the new group gives, and lose those that only
    the old group gives; these go to the waiting list, or back to the pool. DUPLICATE, NOT_FOUND (no member of the
    team), NOT_IN_GROUP and NO_SEAT_LEFT stop everything under ALL_OR_NOTHING. Otherwise they stop only their own row or
    seat: a person who gets no seat still moves, and under WAITLIST also joins the waiting list (WAITING, which is
    information). You can repeat it: a person who has moved already is reported (ALREADY_IN_GROUP, which is
    information). In a team with separation of duties you get no seat yourself, and lose one that you hold only because
    of the old group (SEPARATION_OF_DUTIES, which is information). If you may not read members, NOT_IN_GROUP is not
    reported and stops nothing. You also need `seats:assign` if the new group gives products, and `seats:unassign` if
    the old one does, also if nobody moves. Raises NOT_FOUND for a group, also if it is of another team; FORBIDDEN.
    """
    source, target, products = await _groups(change, input)
    payload = MoveGroupMembersPayload(source, target)
    anybody = facts.team(change.actor, source.team_id)
    asked = await listed_people(change, input, source.team_id, anybody, payload.errors)
    there = set(await groups.member_ids(change.connection, source.team_id, target.id))
    here = set(await groups.member_ids(change.connection, source.team_id, source.id))
    known = await members.lock(change.connection, source.team_id, sorted(asked))
    people = [user_id for user_id in asked if user_id in known and user_id in here]
    move = await _planned(change, source, target, people, there, products)
    await change.decide(anybody)
    await require_same_people(change, input, source.team_id, asked)
    about, others = (change, source.team_id, asked), known.keys() - here
    payload.errors += errors_in_rows(asked, asked.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    payload.errors += told_in_rows(*about, others - there, UserErrorCode.NOT_IN_GROUP, NOT_THERE)
    stopped = bool(payload.errors) and input.mode is BulkMode.ALL_OR_NOTHING
    payload.errors += told_in_rows(*about, others & there, UserErrorCode.ALREADY_IN_GROUP, THERE)
    if stopped or not people:
        return payload
    outcome = await _move(change, move, input.mode)
    payload.errors += with_rows(outcome.errors, asked)
    if not outcome.shortage:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        payload.freed, payload.promoted = outcome.freed, outcome.promoted
        outcome.note_in(payload, source.team_id)
        payload.note_members(source.team_id, target.id, move.joining, move.people)
    return payload


async def _groups(change: Change, input: MoveGroupMembersInput) -> tuple[GroupRow, GroupRow, list[str]]:
    """The group that people leave, the one that they join, and the ids of the products that the latter gives.

    Raises BadInput and NotFound, and Forbidden also if the actor may not give or take the seats of these groups.
    """
    if input.from_group_id == input.to_group_id:
        raise BadInput(SAME_GROUP)
    source = await locked_group(change, input.from_group_id)
    found = await groups.by_ids(change.connection, change.reach(Action.GROUPS_READ), [input.to_group_id])
    target = found.get(input.to_group_id)
    if target is None or target.team_id != source.team_id:
        raise NotFound("group")
    products = await require_giving(change, source.team_id, target.id)
    await require_taking(change, source.team_id, source.id)
    return source, target, products


async def _planned(
    change: Change,
    source: GroupRow,
    target: GroupRow,
    people: Sequence[str],
    there: set[str],
    products: Sequence[str],
) -> Move:
    """What the move of these people does. Raises Forbidden if the actor may not give or take the seats."""
    team_id, connection = source.team_id, change.connection
    affected = await given_products.people_with_source(connection, team_id, None, group_source(source.id))
    losing = [user_id for user_id in people if user_id in set(affected)]
    receiving = may_give(change, team_id, people) if people and products else []
    if losing:
        may_take(change, team_id, losing)
    joining = [user_id for user_id in people if user_id not in there]
    return Move(team_id, source.id, target.id, people, joining, losing, receiving, products)


async def _move(change: Change, move: Move, mode: BulkMode) -> Outcome:
    """Carry out a move. If the outcome has a shortage, everything is undone.

    A seat gets its new source before it loses the old one, so it is never free. That holds also for the seat of a
    person who was in both groups, and got it because of the old one only.
    """
    outcome, connection, team_id = Outcome(), change.connection, move.team_id
    savepoint = await connection.savepoint()
    await waiting_list.lock_for_joining(connection, team_id)
    await groups.add_members(connection, team_id, {user_id: [move.joined] for user_id in move.joining})
    kept = await moved_waits.change_group(connection, team_id, move.receiving, move.left, move.joined)
    new = group_source(move.joined)
    given = [GivenProduct(one, new, await _lacking(change, move, one)) for one in move.products]
    await give(change, team_id, given, mode, outcome)
    if outcome.shortage:
        await savepoint.rollback()
        return outcome
    if move.losing:
        await take(change, team_id, None, move.losing, group_source(move.left), outcome)
    await groups.remove_members(connection, team_id, move.left, move.people)
    after = {"group": move.joined, "moved": move.people, **outcome.audit_values()}
    if kept:
        places = {user_id: place for place, user_id in enumerate(move.people)}
        kept.sort(key=lambda one: places[one.user_id])
        after["keptPlaces"] = by_product((one.product_id, one.user_id) for one in kept)
    await change.record(team_id, move.left, {"group": move.left}, after)
    return outcome


async def _lacking(change: Change, move: Move, product_id: str) -> list[str]:
    """Those who are to get a seat of this product because of the new group, or to keep theirs because of it.

    Of those who were in the new group before, these are the ones who hold a seat because of the old group.
    """
    connection, team_id = change.connection, move.team_id
    due = set(move.joining)
    if not due.issuperset(move.losing):
        old = group_source(move.left)
        due.update(await given_products.people_with_source(connection, team_id, product_id, old))
    people = [user_id for user_id in move.people if user_id in due]
    return await given_products.people_without_source(
        connection, team_id, product_id, group_source(move.joined), people
    )
