"""What contract managers are told in the transaction of an amendment: an order, and a change of the renewal."""

from collections.abc import Sequence
from datetime import date

from db.billing import orders
from db.billing.orders import BilledContract, NewLine, PlacedOrder
from db.contracts.subscriptions import SubscriptionRow
from db.notices import notices
from db.notices.notices import NewNotice
from domain.notices import NoticeKind
from domain.orders import OrderKind
from resolvers.core.mutations import Change


async def place(
    change: Change, contract: BilledContract, kind: OrderKind, on: date, lines: Sequence[NewLine]
) -> PlacedOrder:
    """Place an order on a day, and queue its confirmation; a move of seats is no purchase, and has none.

    It locks the counter of all invoices until the transaction ends.
    """
    placed = await orders.place(change.connection, contract, kind, on, change.by, lines)
    if kind is not OrderKind.MOVE:
        key = f"{NoticeKind.ORDER_CONFIRMATION}:{placed.id}"
        told = NewNotice(contract.team_id, contract.id, NoticeKind.ORDER_CONFIRMATION, key, {"orderId": placed.id})
        await notices.queue(change.connection, [told])
    return placed


async def tell_renewal(change: Change, *changed: SubscriptionRow) -> None:
    """Queue the notices that the automatic renewal of these subscriptions was switched on or off."""
    kind = NoticeKind.AUTO_RENEW_CHANGED
    told = [
        NewNotice(
            one.home_team_id,
            one.contract_id,
            kind,
            f"{kind}:{one.id}:{one.version}",
            {"subscriptionId": one.id, "term": one.last_term},
        )
        for one in changed
    ]
    await notices.queue(change.connection, told)
