"""What all amendments of subscriptions share: they are decided for the home team, and optimistic.

An amendment is made only if the subscription is as the caller saw it. The row of the subscription stays locked until
the transaction ends, so what `begin` read cannot be amended meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import anyio
import strawberry

from db.billing import orders
from db.billing.orders import NewLine, PlacedOrder
from db.catalogue.products import ProductRow
from db.contracts import amendments, renewals, scheduled_changes, seat_changes
from db.contracts.renewals import TermRow
from db.contracts.scheduled_changes import PendingChange
from db.contracts.subscriptions import SubscriptionRow
from db.core import ids
from db.seats import waiting_list
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.orders import OrderKind
from domain.problems import NotFound, UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from policies import facts
from resolvers.contracts import confirmations, withdrawals
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, require_row

CHANGED = "Somebody has amended the subscription meanwhile, or it was renewed. Load it again, and then amend it."
ENDED = "The subscription has ended. The vendor can add a new one."
EXPIRED = "The last day of the subscription has passed. Renew it first."
PENDING = "Another number of seats is scheduled for the next term. Cancel that change first, or wait for its day."
SEATS_RULE = f"A subscription has 1 to {MAX_SEATS:,} seats."
SUBSCRIPTION = {"description": "The subscription as it is now; null if it could not be amended."}


@dataclass
class AmendmentInput(MutationInput):
    """The subscription to amend, and its `version` as the caller saw it."""

    subscription_id: strawberry.ID
    version: int


class Amendment(NamedTuple):
    """A subscription that is being amended: locked, with what the amendment needs to know.

    `terms` are those that have not ended, and always the last one. `seats` is the number of seats now. `begin` locks
    the product, too, so that nobody withdraws it meanwhile.
    """

    subscription: SubscriptionRow
    product: ProductRow
    terms: list[TermRow]
    seats: int
    pending: PendingChange | None

    def has_expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.subscription.ends_on


async def begin(change: Change, input: AmendmentInput, to_team_id: str | None = None) -> Amendment | UserError:
    """Decide on an amendment, and lock the subscription and the waiting lists of its team.

    `to_team_id` is another team that is to get seats: the policy must allow the amendment in both teams, too.
    Returns SUBSCRIPTION_CHANGED or SUBSCRIPTION_ENDED. Raises NotFound, Forbidden.
    """
    connection, id_ = change.connection, str(input.subscription_id)
    found = await amendments.by_ids(connection, change.reach(Action.CONTRACTS_READ), [id_])
    subscription = require_row(found, id_, "subscription")
    team_id, home_team_id = subscription.team_id, subscription.home_team_id
    team_ids = [team_id] if to_team_id is None else sorted({team_id, to_team_id})
    deciding = sorted({home_team_id} if to_team_id is None else {home_team_id, *team_ids})
    # Refuse before anything is locked, and decide with the locks: the actor may lose the role while this waits.
    change.require([facts.team(change.actor, one) for one in deciding])
    await waiting_list.LOCK_FOR_FREEING.rows(connection, team_ids)
    product = await withdrawals.lock_for_sale(change, subscription.product_id)
    locked = await amendments.lock(connection, team_id, id_)
    await change.reload_actor()
    await change.decide(*(facts.team(change.actor, one) for one in deciding))
    if locked.version != input.version:
        return UserError(UserErrorCode.SUBSCRIPTION_CHANGED, CHANGED, ["version"])
    if (change.context.today - locked.ends_on).days > locked.grace_days:
        return UserError(UserErrorCode.SUBSCRIPTION_ENDED, ENDED, ["subscriptionId"])
    return await read(change, locked, product)


async def read(change: Change, locked: SubscriptionRow, product: ProductRow) -> Amendment:
    """What an amendment needs to know about a locked subscription and its product."""
    unfinished = await renewals.unfinished(change.connection, locked.team_id, locked.id, change.context.today)
    seats = await seat_changes.count(change.connection, locked.team_id, locked.id)
    return Amendment(locked, product, unfinished, seats, await scheduled_changes.pending(change.connection, locked))


async def amended(change: Change, amendment: Amendment) -> SubscriptionRow:
    """Count the amendment, and return the subscription as it is now."""
    row = await amendments.bump(change.connection, amendment.subscription)
    if row is None:
        raise AssertionError("the subscription is locked")
    return row


async def add_seats(change: Change, subscription: SubscriptionRow, number: int) -> list[SeatRow]:
    """Add new seats to a locked subscription, and serve the waiting list. Returns the seats that people got."""
    # In a thread: to make the ids of the largest subscription takes 0.2 s.
    seat_ids = await anyio.to_thread.run_sync(lambda: [ids.new("seat") for _ in range(number)])
    await seat_changes.add(change.connection, subscription, seat_ids)
    return await waiting_list.promote(change.connection, subscription.team_id, subscription.product_id)


async def place(change: Change, contract_id: str, kind: OrderKind, lines: Sequence[NewLine]) -> PlacedOrder:
    """Place an order today, and lock the counter of all invoices. Raises NotFound for the contract."""
    contract = await orders.billed(change.connection, contract_id)
    if contract is None:
        raise NotFound("contract")
    return await confirmations.place(change, contract, kind, change.context.today, lines)


def lines_from(
    subscription: SubscriptionRow,
    terms: Sequence[TermRow],
    quantity: int,
    today: date,
    *,
    unit_price: int | None = None,
) -> list[NewLine]:
    """A line for each term: the rest of a running one, with the day of the change, and all of one that comes.

    `unit_price` replaces the price of the terms.
    """
    return [
        NewLine(
            subscription.team_id,
            subscription.id,
            one.n,
            quantity,
            one.unit_price if unit_price is None else unit_price,
            max(today, one.starts_on),
            one.ends_on,
            one.term.days,
        )
        for one in terms
    ]


def renews_on(subscription: SubscriptionRow) -> date | None:
    """The day after the last day of a subscription; None if the calendar has no such day."""
    return None if subscription.ends_on == date.max else subscription.ends_on + timedelta(1)


async def record(
    change: Change,
    amendment: Amendment,
    before: Mapping[str, object],
    after: Mapping[str, object],
    promoted: Sequence[SeatRow] = (),
) -> None:
    """Record an amendment in the home team, and who got seats in the team that they are in."""
    team_id, id_ = amendment.subscription.home_team_id, amendment.subscription.id
    got = {seat.id: seat.holder_id for seat in promoted}
    elsewhere = promoted and promoted[0].team_id != team_id
    known = {**after, "promoted": got} if promoted and not elsewhere else dict(after)
    await change.record(team_id, id_, dict(before), known)
    if elsewhere:
        await change.record(promoted[0].team_id, id_, {}, {"promoted": got})
