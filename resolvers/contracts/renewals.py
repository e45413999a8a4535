"""The mutations that renew a subscription, and that let it renew itself."""

from dataclasses import dataclass, field
from datetime import MAXYEAR

import strawberry

from db.contracts import amendments as stored_amendments
from db.contracts import renewals, scheduled_changes
from db.contracts.renewals import TermRow
from db.contracts.scheduled_changes import PendingChange
from db.contracts.subscriptions import SubscriptionRow
from db.core import ids
from db.seats import waiting_list
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.orders import MAX_PRICE, OrderKind, next_price
from domain.problems import UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_MONTHS, next_term
from resolvers.contracts import amendments, confirmations, withdrawals
from resolvers.contracts.amendments import PENDING, SEATS_RULE, SUBSCRIPTION, Amendment, AmendmentInput
from resolvers.core.changed_lists import SeatLists
from resolvers.core.mutations import Change, mutation

NOT_BEGUN = "The last term of the subscription has not begun yet. Renew it when that has begun."
MONTHS_RULE = f"A term has 1 to {MAX_MONTHS} months, and the calendar ends with the year {MAXYEAR}."
PRICE_RULE = f"A seat costs 0 to {MAX_PRICE:,} minor units for a term; so long a term would cost more."


@dataclass
class SetAutoRenewInput(AmendmentInput):
    """The subscription with its `version`, and whether it renews itself."""

    auto_renew: bool


@dataclass
class SetAutoRenewPayload:
    """The subscription as it is now. `errors` say why it was not changed."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RenewSubscriptionInput(AmendmentInput):
    """The subscription with its `version`, and the length and the number of seats of its next term."""

    months: int | None = None
    seats: int | None = None


@dataclass
class RenewSubscriptionPayload(SeatLists):
    """The subscription with its next term, and the order. `errors` say why it was not renewed."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    order_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.CONTRACTS_AMEND)
async def set_auto_renew(change: Change, input: SetAutoRenewInput) -> SetAutoRenewPayload:
    """Let a subscription renew itself after its last day, or not. If it does already, nothing changes.

    PRODUCT_NOT_SOLD: the next term would begin after the last day on which the product is sold.
    SUBSCRIPTION_ENDED. SUBSCRIPTION_CHANGED: its version is another one; load it again.
    Raises NOT_FOUND for the subscription, FORBIDDEN.
    """
    amendment = await amendments.begin(change, input)
    if isinstance(amendment, UserError):
        return SetAutoRenewPayload(errors=[amendment])
    before = amendment.subscription
    if before.auto_renew is input.auto_renew:
        return SetAutoRenewPayload(before)
    if input.auto_renew and not amendment.product.is_sold_after(before.ends_on):
        return SetAutoRenewPayload(errors=[withdrawals.not_sold(amendment.product, ["autoRenew"])])
    await stored_amendments.set_auto_renew(change.connection, before._replace(auto_renew=input.auto_renew))
    renewed = {"autoRenew": before.auto_renew}, {"autoRenew": input.auto_renew}
    await amendments.record(change, amendment, *renewed)
    after = await amendments.amended(change, amendment)
    await confirmations.tell_renewal(change, after)
    return SetAutoRenewPayload(after)


@mutation(Action.CONTRACTS_AMEND)
async def renew_subscription(change: Change, input: RenewSubscriptionInput) -> RenewSubscriptionPayload:
    """Order the next term of a subscription. It begins on the day after the last day, also if that has passed.

    A month costs the same as in the last term. `seats` is the number of seats from the first day of the new term; the
    default is the number now, or the number that is scheduled. TERM_INVALID, SEATS_INVALID. PRICE_INVALID: a seat would
    cost too much. ALREADY_RENEWED: the last term has not begun yet. CHANGE_PENDING: another number is scheduled.
    PRODUCT_NOT_SOLD: the term would begin after the last day on which the product is sold. If the term after it would,
    the automatic renewal is switched off.
    SUBSCRIPTION_ENDED. SUBSCRIPTION_CHANGED: its version is another one; load it again.
    Raises NOT_FOUND for the subscription, FORBIDDEN.
    """
    amendment = await amendments.begin(change, input)
    if isinstance(amendment, UserError):
        return RenewSubscriptionPayload(errors=[amendment])
    subscription, pending = amendment.subscription, amendment.pending
    seats = input.seats if input.seats is not None else amendment.seats if pending is None else pending.seats
    errors = _refusals(change, amendment, seats)
    added = _following(amendment, subscription.months if input.months is None else input.months)
    if isinstance(added, UserError):
        return RenewSubscriptionPayload(errors=errors or [added])
    if errors:
        return RenewSubscriptionPayload(errors=errors)
    await renewals.append(change.connection, subscription.team_id, subscription.id, added)
    if seats != amendment.seats and pending is None:
        scheduled = PendingChange(ids.new("change"), added.starts_on, seats)
        await scheduled_changes.schedule(change.connection, subscription, scheduled, [], change.by)
    stopped = subscription.auto_renew and not amendment.product.is_sold_after(added.ends_on)
    payload = RenewSubscriptionPayload(await _renewed(change, amendment, stops=stopped))
    promoted = await _promote(change, amendment, payload)
    lines = amendments.lines_from(subscription, [added], seats, added.starts_on)
    order = await amendments.place(change, subscription.contract_id, OrderKind.RENEWAL, lines)
    term = {"starts": added.starts_on.isoformat(), "ends": added.ends_on.isoformat()}
    before, stop = ({"autoRenew": True}, {"autoRenew": False}) if stopped else ({}, {})
    known = {"term": term, "seats": seats, "order": order.id, **stop}
    await amendments.record(change, amendment, before, known, promoted)
    payload.order_id = order.id
    return payload


async def _promote(change: Change, amendment: Amendment, payload: RenewSubscriptionPayload) -> list[SeatRow]:
    """If the subscription had expired, its seats can be assigned again: serve the waiting list, and tell of it."""
    team_id, product_id = amendment.subscription.team_id, amendment.subscription.product_id
    if not amendment.has_expired(change.context.today):
        return []
    promoted = await waiting_list.promote(change.connection, team_id, product_id)
    payload.note_seats(team_id, promoted=promoted)
    payload.note_pool(team_id, product_id)
    return promoted


async def _renewed(change: Change, amendment: Amendment, *, stops: bool) -> SubscriptionRow:
    """Count the amendment; if it `stops` the automatic renewal, switch that off and tell. Returns the subscription."""
    if stops:
        await stored_amendments.set_auto_renew(change.connection, amendment.subscription._replace(auto_renew=False))
    after = await amendments.amended(change, amendment)
    if stops:
        await confirmations.tell_renewal(change, after)
    return after


def _refusals(change: Change, amendment: Amendment, seats: int) -> list[UserError]:
    """Why a subscription cannot be renewed for this number of seats."""
    if not amendment.product.is_sold_after(amendment.subscription.ends_on):
        return [withdrawals.not_sold(amendment.product, ["subscriptionId"])]
    if amendment.terms[-1].starts_on > change.context.today:
        return [UserError(UserErrorCode.ALREADY_RENEWED, NOT_BEGUN, ["subscriptionId"])]
    if not 1 <= seats <= MAX_SEATS:
        return [UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, ["seats"])]
    if amendment.pending is not None and amendment.pending.seats != seats:
        return [UserError(UserErrorCode.CHANGE_PENDING, PENDING, ["seats"])]
    return []


def _following(amendment: Amendment, months: int) -> TermRow | UserError:
    """The term that follows the last one, or why there is none."""
    last = amendment.terms[-1]
    # Counted up, so that the last year of the calendar is never left.
    if not 1 <= months <= MAX_MONTHS or last.ends_on.year + months // 12 + 1 >= MAXYEAR:
        return UserError(UserErrorCode.TERM_INVALID, MONTHS_RULE, ["months"])
    term = next_term(last.term, months)
    price = next_price(last.unit_price, last.term, term)
    if price > MAX_PRICE:
        return UserError(UserErrorCode.PRICE_INVALID, PRICE_RULE, ["months"])
    return TermRow(last.n + 1, *term, price)
