"""The mutations that schedule fewer seats for the next term of a subscription, and cancel what is scheduled."""

from dataclasses import dataclass, field

import strawberry

from db.contracts import amendments as stored_amendments
from db.contracts import scheduled_changes
from db.contracts.scheduled_changes import PendingChange
from db.contracts.subscriptions import SubscriptionRow
from db.core import ids
from domain.actions import Action
from domain.problems import NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.contracts import amendments
from resolvers.contracts.amendments import EXPIRED, PENDING, SUBSCRIPTION, Amendment, AmendmentInput
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, require_row

NOT_FEWER = "A reduction leaves at least 1 seat, and fewer than there are now."
TOO_MANY_CHOSEN = "You chose more seats than the reduction gives up."
NOBODYS = "Nobody holds this seat. Free seats are given up anyway."
NO_NEXT_TERM = "After the last day of this subscription, the calendar has no days left."
CANNOT_CANCEL = "The change was carried out or cancelled already, or its day has come."
ORDERED = "The next term has been ordered for this number of seats. Ask the vendor for a correction."


@dataclass
class ReduceSeatsInput(AmendmentInput):
    """The subscription with its `version`, how many seats it is to have, and who is to lose theirs."""

    seats: int
    seat_ids: list[strawberry.ID] | None = None


@dataclass
class ReduceSeatsPayload:
    """The subscription with its scheduled change. `errors` say why none was scheduled."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class CancelScheduledChangeInput(MutationInput):
    """The scheduled change to cancel."""

    change_id: strawberry.ID


@dataclass
class CancelScheduledChangePayload:
    """The subscription without the change. `errors` say why it could not be cancelled."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.CONTRACTS_AMEND)
async def reduce_seats(change: Change, input: ReduceSeatsInput) -> ReduceSeatsPayload:
    """Schedule fewer seats for the next term of a subscription. Until then, everybody keeps their seat.

    On the day after the last day, the seats that you chose are given up, then free ones, and then those that were
    assigned last. A dry run shows who would lose their seat, if this day was today. If the subscription is not renewed,
    nothing happens. SEATS_INVALID: not fewer than now, or none, or more seats chosen than there are to give up.
    CHANGE_PENDING: another change is scheduled. SEAT_CHANGED: nobody holds the chosen seat. TERM_INVALID,
    SUBSCRIPTION_EXPIRED, SUBSCRIPTION_ENDED. SUBSCRIPTION_CHANGED: its version is another one; load it again.
    Raises NOT_FOUND for the subscription or a seat, FORBIDDEN.
    """
    amendment = await amendments.begin(change, input)
    if isinstance(amendment, UserError):
        return ReduceSeatsPayload(errors=[amendment])
    subscription, chosen = amendment.subscription, list(dict.fromkeys(map(str, input.seat_ids or ())))
    effective_on = amendments.renews_on(subscription)
    errors = _refusals(change, amendment, input.seats, len(chosen)) or await _not_held(change, subscription, chosen)
    if effective_on is None:
        errors.append(UserError(UserErrorCode.TERM_INVALID, NO_NEXT_TERM, ["subscriptionId"]))
    if errors or effective_on is None:
        return ReduceSeatsPayload(errors=errors)
    scheduled = PendingChange(ids.new("change"), effective_on, input.seats)
    await scheduled_changes.schedule(change.connection, subscription, scheduled, chosen, change.by)
    after = {"change": scheduled.id, "seats": input.seats, "from": effective_on.isoformat()}
    if chosen:
        after["giveUp"] = chosen
    await amendments.record(change, amendment, {"seats": amendment.seats}, after)
    return ReduceSeatsPayload(await amendments.amended(change, amendment))


@mutation(Action.CONTRACTS_AMEND)
async def cancel_scheduled_change(change: Change, input: CancelScheduledChangeInput) -> CancelScheduledChangePayload:
    """Cancel a scheduled change of the number of seats, before its day.

    CHANGE_ENDED: it was carried out or cancelled already, or its day has come. ALREADY_RENEWED: the next term has been
    ordered for this number of seats. Raises NOT_FOUND for the change, FORBIDDEN.
    """
    connection, reach = change.connection, change.reach(Action.CONTRACTS_READ)
    found = require_row(await scheduled_changes.by_ids(connection, reach, [input.change_id]), input.change_id, "change")
    change.require([facts.team(change.actor, found.home_team_id)])
    locked = await stored_amendments.lock(connection, found.team_id, found.subscription_id)
    # Decide again with the lock: the actor may have lost the role while this waited.
    await change.reload_actor()
    await change.decide(facts.team(change.actor, found.home_team_id))
    amendment = await amendments.read(change, locked, await change.product(locked.product_id))
    pending = amendment.pending
    if pending is not None and pending.id == found.id and pending.effective_on <= locked.ends_on:
        error = UserError(UserErrorCode.ALREADY_RENEWED, ORDERED, ["changeId"])
        return CancelScheduledChangePayload(errors=[error])
    if not await scheduled_changes.cancel(connection, found.team_id, found.id, change.by, change.context.today):
        return CancelScheduledChangePayload(errors=[UserError(UserErrorCode.CHANGE_ENDED, CANNOT_CANCEL, ["changeId"])])
    before = {"change": found.id, "seats": pending.seats if pending is not None else None}
    await amendments.record(change, amendment, before, {"seats": amendment.seats})
    return CancelScheduledChangePayload(await amendments.amended(change, amendment))


def _refusals(change: Change, amendment: Amendment, seats: int, chosen: int) -> list[UserError]:
    """Why this number of seats cannot be scheduled, if `chosen` seats are to be given up first."""
    if amendment.has_expired(change.context.today):
        return [UserError(UserErrorCode.SUBSCRIPTION_EXPIRED, EXPIRED, ["subscriptionId"])]
    if amendment.pending is not None:
        return [UserError(UserErrorCode.CHANGE_PENDING, PENDING, ["subscriptionId"])]
    if not 1 <= seats < amendment.seats:
        return [UserError(UserErrorCode.SEATS_INVALID, NOT_FEWER, ["seats"])]
    if chosen > amendment.seats - seats:
        return [UserError(UserErrorCode.SEATS_INVALID, TOO_MANY_CHOSEN, ["seatIds"])]
    return []


async def _not_held(change: Change, subscription: SubscriptionRow, seat_ids: list[str]) -> list[UserError]:
    """An error for each of these seats that nobody holds.

    Raises NotFound if the subscription does not have it, and if the actor may not see who holds seats of the team.
    """
    sees = change.reach(Action.SEATS_READ).has(subscription.team_id)
    held = await scheduled_changes.chosen(change.connection, subscription, seat_ids) if seat_ids and sees else {}
    if held.keys() != set(seat_ids):
        raise NotFound("seat")
    return [
        UserError(UserErrorCode.SEAT_CHANGED, NOBODYS, ["seatIds"], row)
        for row, id_ in enumerate(seat_ids)
        if not held[id_]
    ]
