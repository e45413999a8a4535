"""The mutation that moves free seats to another team of the same contract."""

from dataclasses import dataclass, field

import strawberry

from db.contracts import amendments as stored_amendments
from db.contracts import contracts, renewals, seat_changes, seat_moves
from db.contracts.subscriptions import SubscriptionRow
from domain.actions import Action
from domain.orders import OrderKind
from domain.problems import UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from resolvers.contracts import amendments
from resolvers.contracts.amendments import EXPIRED, PENDING, SEATS_RULE, SUBSCRIPTION, Amendment, AmendmentInput
from resolvers.core.changed_lists import SeatLists
from resolvers.core.mutations import Change, mutation

KEEP_ONE = "Move at least 1 seat, and leave at least 1."
NOT_SERVED = "Name another team that the contract of this subscription serves."


@dataclass
class MoveSeatsInput(AmendmentInput):
    """The subscription with its `version`, the team that gets seats, and how many."""

    to_team_id: strawberry.ID
    seats: int


@dataclass
class MoveSeatsPayload(SeatLists):
    """Both subscriptions with their seats, and the order. `errors` say why no seat moved."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    target: SubscriptionRow | None = field(
        default=None, metadata={"description": "The subscription that got the seats; null if no seat moved."}
    )
    order_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.CONTRACTS_AMEND)
async def move_seats(change: Change, input: MoveSeatsInput) -> MoveSeatsPayload:
    """Move free seats to another team that the contract serves. You must be a contract manager of both teams.

    They join a subscription there that has the same product, terms, prices and renewal, or else a new one. People on
    the waiting list there get them at once, in order. It costs nothing. SEATS_HELD: fewer seats are free.
    SEATS_INVALID: no seat, or all, or too many there. TEAM_NOT_SERVED. CHANGE_PENDING: another number of seats is
    scheduled. SUBSCRIPTION_EXPIRED, SUBSCRIPTION_ENDED. SUBSCRIPTION_CHANGED: its version is another one; load it
    again. Raises NOT_FOUND for the subscription or the team, FORBIDDEN.
    """
    team = await change.team(input.to_team_id)
    amendment = await amendments.begin(change, input, team.id)
    if isinstance(amendment, UserError):
        return MoveSeatsPayload(errors=[amendment])
    subscription, connection, today = amendment.subscription, change.connection, change.context.today
    error = await _refusal(change, amendment, team.id, input.seats)
    if error is not None:
        return MoveSeatsPayload(errors=[error])
    found = await seat_moves.lock_matching(connection, subscription, team.id, today)
    there = 0 if found is None else await seat_changes.count(connection, team.id, found)
    if there + input.seats > MAX_SEATS:
        return MoveSeatsPayload(errors=[UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, ["seats"])])
    if not await seat_changes.retire_free(connection, subscription, input.seats):
        free = await seat_changes.count_free(connection, subscription)
        message = f"Only {free:,} seats of the subscription are free. Unassign some first."
        return MoveSeatsPayload(errors=[UserError(UserErrorCode.SEATS_HELD, message, ["seats"])])
    return await _moved(change, amendment, team.id, found, input.seats)


async def _refusal(change: Change, amendment: Amendment, to_team_id: str, seats: int) -> UserError | None:
    """Why these seats cannot move, whatever person holds them; None if they can."""
    subscription = amendment.subscription
    if amendment.has_expired(change.context.today):
        return UserError(UserErrorCode.SUBSCRIPTION_EXPIRED, EXPIRED, ["subscriptionId"])
    served = await contracts.serving(change.connection, subscription.contract_id, to_team_id)
    if served is None or to_team_id == subscription.team_id:
        return UserError(UserErrorCode.TEAM_NOT_SERVED, NOT_SERVED, ["toTeamId"])
    if amendment.pending is not None:
        return UserError(UserErrorCode.CHANGE_PENDING, PENDING, ["subscriptionId"])
    if not 1 <= seats < amendment.seats:
        return UserError(UserErrorCode.SEATS_INVALID, KEEP_ONE, ["seats"])
    return None


async def _moved(
    change: Change, amendment: Amendment, to_team_id: str, found: str | None, seats: int
) -> MoveSeatsPayload:
    """Add the seats to the subscription that was found, or else to a new one; they are retired here already."""
    connection, today, subscription = change.connection, change.context.today, amendment.subscription
    target_id = found or await seat_moves.copy(connection, subscription, to_team_id, today)
    target = await stored_amendments.lock(connection, to_team_id, target_id)
    there = await renewals.unfinished(connection, to_team_id, target_id, today)
    promoted = await amendments.add_seats(change, target, seats)
    if found is not None:
        target = await stored_amendments.bump(connection, target) or target
    payload = MoveSeatsPayload(await amendments.amended(change, amendment), target)
    payload.note_seats(to_team_id, promoted=promoted)
    for team_id in (subscription.team_id, to_team_id):
        payload.note_pool(team_id, subscription.product_id)
    away = amendments.lines_from(subscription, amendment.terms[:1], -seats, today, unit_price=0)
    here = amendments.lines_from(target, there[:1], seats, today, unit_price=0)
    order = await amendments.place(change, subscription.contract_id, OrderKind.MOVE, [*away, *here])
    await seat_changes.record(connection, subscription.team_id, subscription.id, today, -seats, order.id)
    await seat_changes.record(connection, to_team_id, target.id, today, seats, order.id)
    moved = {"to": target.id, "toTeam": to_team_id, "moved": seats, "order": order.id}
    after = {"seats": amendment.seats - seats, **moved}
    await amendments.record(change, amendment, {"seats": amendment.seats}, after, promoted)
    payload.order_id = order.id
    return payload
