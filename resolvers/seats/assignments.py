"""The mutations that assign and unassign seats."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import strawberry

from db.core.fusion import KEYS
from db.groups import groups
from db.seats import allocation, at_once, waiting_list
from db.seats.allocation import Unassigned
from db.seats.assignments import Ended
from db.seats.at_once import TooFewSeats
from db.seats.pools import PoolRow
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.ids import pool_id
from domain.problems import UserError, UserErrorCode
from domain.seats import DIRECT
from policies import facts
from resolvers.core.changed_lists import SeatLists
from resolvers.core.context import Info
from resolvers.core.fact_rows import Fact, pool_fact
from resolvers.core.member_lists import (
    PeopleInput,
    Place,
    error_in_row,
    errors_in_rows,
    listed_people,
    lock_fact,
    lock_members,
    lookup_facts,
)
from resolvers.core.mutations import Change, StartOver, mutation
from resolvers.core.prior_states import may_tell, told_in_rows
from resolvers.seats.pools import POOL

# The team of the locked members, locked as `waiting_list.lock_for_freeing` does.
_TEAM_OF_LOCKED = Fact(waiting_list.LOCK_FOR_FREEING, (KEYS,), key="team_id")


@dataclass(kw_only=True)
class PoolInput(PeopleInput):
    """A product of a team, and 1 to 5,000 of its members, by user id, e-mail address or external id, or by a filter."""

    product_id: strawberry.ID


class AssignSeatsInput(PoolInput):
    """The people who are to get a seat."""

    GIVES: ClassVar[bool] = True


class UnassignSeatsInput(PoolInput):
    """The people whose seats are to be taken back."""


@dataclass(kw_only=True)
class AssignSeatsPayload(SeatLists):
    """The seats that people got, in the order of the list. `errors` say why other people got none."""

    seats: list[SeatRow] = field(
        default_factory=list, metadata={"description": "The seats that people got, in list order."}
    )
    already_held: list[SeatRow] = field(
        default_factory=list,
        metadata={"description": "The seats that listed people already held, in list order. Nothing changed for them."},
    )
    waits: list[WaitRow] = field(
        default_factory=list,
        metadata={"description": "The places on the waiting list of the people who got no seat, in list order."},
    )
    errors: list[UserError] = field(default_factory=list)
    team_id: strawberry.Private[str]
    product_id: strawberry.Private[str]


@dataclass(kw_only=True)
class UnassignSeatsPayload(SeatLists):
    """The seats that were freed. `errors` say why other seats were not."""

    seats: list[SeatRow] = field(
        default_factory=list, metadata={"description": "The seats that were freed, as they are now."}
    )
    promoted: list[SeatRow] = field(
        default_factory=list, metadata={"description": "Those of these seats that went to people on the waiting list."}
    )
    errors: list[UserError] = field(default_factory=list)
    team_id: strawberry.Private[str]
    product_id: strawberry.Private[str]


def _assign_facts(input: AssignSeatsInput) -> list[Fact[Any]]:
    return [*_pool_facts(input), lock_fact(input, Action.SEATS_ASSIGN)]


def _unassign_facts(input: UnassignSeatsInput) -> list[Fact[Any]]:
    return [*_pool_facts(input), lock_fact(input, Action.SEATS_UNASSIGN), _TEAM_OF_LOCKED]


def _pool_facts(input: PoolInput) -> list[Fact[Any]]:
    return [pool_fact(input.team_id, input.product_id), *lookup_facts(input, input.team_id)]


@mutation(Action.SEATS_ASSIGN, _assign_facts)
async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload:
    """Give each of these people a seat of the product.

    You can repeat it: a person who already holds a seat keeps it (ALREADY_ASSIGNED, which is information), and
    `alreadyHeld` has the seat.
    NO_SEAT_LEFT, DUPLICATE and NOT_FOUND (no member of the team) stop everything under ALL_OR_NOTHING; otherwise they
    stop only their own row. Under WAITLIST, if no seat is left, the person joins the waiting list (WAITING, which is
    information).
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    payload = AssignSeatsPayload(team_id=input.team_id, product_id=input.product_id)
    people = await _decided_members(change, input, payload.errors)
    if not people:
        return payload
    given_at_once = await _give_at_once(change, input, list(people))
    if given_at_once is not None:
        payload.seats = given_at_once
        payload.note_seats(input.team_id, given=given_at_once)
        return payload
    pool = (input.team_id, input.product_id)
    given = await allocation.give(change.connection, *pool, list(people), DIRECT, change.by, mode=input.mode)
    payload.errors += errors_in_rows(
        people, given.unserved, UserErrorCode.NO_SEAT_LEFT, "No seat of this product is left."
    )
    message = "This person already holds a seat of this product."
    about = (change, input.team_id, people, {seat.holder_id or "" for seat in given.already_held})
    payload.errors += told_in_rows(*about, UserErrorCode.ALREADY_ASSIGNED, message)
    payload.errors += [_waiting(wait, people[wait.user_id]) for wait in given.waiting]
    payload.seats, payload.already_held, payload.waits = given.seats, given.already_held, given.waiting
    payload.note_given(*pool, given)
    await _record(
        change,
        input,
        **allocation.assigned_or_kept(given.seats, given.kept),
        waiting=[wait.user_id for wait in given.waiting],
        promoted=_holders_by_seat(given.promoted),
    )
    return payload


@mutation(Action.SEATS_UNASSIGN, _unassign_facts)
async def unassign_seats(change: Change, input: UnassignSeatsInput) -> UnassignSeatsPayload:
    """Take the product's seat back from each of these people.

    It ends the direct reason to hold the seat, or to wait for one. The first person on the waiting list gets a freed
    seat. NOT_ASSIGNED: the person neither holds a seat nor waits for one. SOURCE_REMAINS: the person keeps the seat,
    because a group or the team still gives it; the message names the group. Both are information. DUPLICATE and
    NOT_FOUND (no member of the team) stop everything under ALL_OR_NOTHING; under BEST_EFFORT they stop only their own
    row.
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    payload = UnassignSeatsPayload(team_id=input.team_id, product_id=input.product_id)
    people = await _decided_members(change, input, payload.errors)
    if not people:
        return payload
    ended, withdrawn, promoted = await _end(change, input, list(people))
    waited = {one.user_id for one in withdrawn}
    without = set(people) - {one.user_id for one in ended} - waited
    about = (change, input.team_id, people, without)
    payload.errors += told_in_rows(*about, UserErrorCode.NOT_ASSIGNED, "This person holds no seat of this product.")
    remaining = [one for one in ended if not one.freed]
    payload.errors += await _source_remains(change, input.team_id, people, remaining)
    now = {seat.id: seat for seat in promoted}
    freed = [SeatRow(one.seat_id, input.team_id, one.product_id, None, None) for one in ended if one.freed]
    payload.seats, payload.promoted = [now.get(seat.id, seat) for seat in freed], promoted
    payload.note_ended(input.team_id, Unassigned(ended, withdrawn, promoted))
    return payload


async def pool(root: AssignSeatsPayload | UnassignSeatsPayload, info: Info) -> PoolRow | None:
    """The team's pool of the product after the change; null if the team has no seats of it now.

    In a dry run, it is also null if you may not read seats.
    """
    refused = info.context.refusal_in_team(Action.POOLS_READ, root.team_id)
    if refused is not None:
        raise refused
    return await info.context.load(POOL.find, pool_id(root.team_id, root.product_id))


async def _decided_members(change: Change, input: PoolInput, errors: list[UserError]) -> dict[str, Place]:
    """Decide about the seat of each listed person, and lock the members. Returns them as `lock_members` does."""
    await change.require_pool(input.team_id, input.product_id)
    # A seat that nobody holds. If nobody is listed, the decision is about it: the actor may be refused then too.
    anybody = facts.seat(change.actor, input.team_id, None)
    people = await listed_people(change, input, input.team_id, anybody, errors)
    await change.decide(*([facts.seat(change.actor, input.team_id, one) for one in people] or [anybody]))
    return await lock_members(change, input, people, errors)


async def _give_at_once(change: Change, input: AssignSeatsInput, user_ids: list[str]) -> list[SeatRow] | None:
    """Give each of these people a seat, and write the audit row. Returns None, and does nothing, in unusual cases.

    Raises StartOver if there seem to be too few seats.
    """
    if input.mode is BulkMode.WAITLIST or not change.quick:
        return None
    row = await change.audit_row(input.team_id, input.product_id, {}, {})
    try:
        return await at_once.assign(change.connection, input.product_id, user_ids, DIRECT, change.by, row)
    except TooFewSeats as error:
        raise StartOver from error


async def _end(change: Change, input: UnassignSeatsInput, user_ids: list[str]) -> Unassigned:
    """End the direct source of the seats and the waits of these people, and write the audit row."""
    if not change.known.of(_TEAM_OF_LOCKED):
        await waiting_list.lock_for_freeing(change.connection, input.team_id)
    row = await change.audit_row(input.team_id, input.product_id, {}, {})
    ended = await at_once.free(change.connection, input.product_id, user_ids, DIRECT, change.by, row)
    if ended:
        return Unassigned(ended, [], [])
    pool = (input.team_id, input.product_id)
    result = await allocation.end(change.connection, *pool, user_ids, DIRECT, change.by)
    waited = {one.user_id for one in result.withdrawn}
    await _record(
        change,
        input,
        **allocation.freed_or_kept(result.ended),
        withdrawn=[user_id for user_id in user_ids if user_id in waited],
        promoted=_holders_by_seat(result.promoted),
    )
    return result


async def _source_remains(
    change: Change, team_id: str, people: dict[str, Place], remaining: Sequence[Ended]
) -> list[UserError]:
    """One SOURCE_REMAINS error for each of these seats that the actor may read, in the order of the people."""
    told = [one for one in remaining if may_tell(change, UserErrorCode.SOURCE_REMAINS, team_id, one.user_id)]
    if not told:
        return []
    ids = sorted({group_id for one in told for group_id in one.group_ids})
    known = await groups.by_ids(change.connection, change.reach(Action.GROUPS_READ), ids) if ids else {}
    # The name of a group would tell that the person is in it.
    read = change.reach(Action.MEMBERS_READ)
    errors = []
    for one in sorted(told, key=lambda one: people[one.user_id]):
        named = known if read.has(team_id, one.user_id) else {}
        names = ", ".join(f"“{named[id_].name}”" if id_ in named else "a group" for id_ in one.group_ids)
        message = f"This person keeps the seat, because it is still given by {names or 'the team to everybody'}."
        errors.append(error_in_row(people[one.user_id], UserErrorCode.SOURCE_REMAINS, message))
    return errors


def _waiting(wait: WaitRow, place: Place) -> UserError:
    message = f"No seat of this product is left; this person is on the waiting list, at position {wait.position}."
    return error_in_row(place, UserErrorCode.WAITING, message)


def _holders_by_seat(seats: Sequence[SeatRow]) -> dict[str, str | None]:
    return {seat.id: seat.holder_id for seat in seats}


async def _record(change: Change, input: PoolInput, **changed: Any) -> None:
    """Write an audit row with those of these values that are not empty; write none if all are empty."""
    after = {what: found for what, found in changed.items() if found}
    if after:
        await change.record(input.team_id, input.product_id, {}, {"product": input.product_id, **after})
