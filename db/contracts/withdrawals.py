"""Switches the automatic renewal off when the product of a subscription is sold no more."""

from datetime import date

from sqlalchemy import Date, bindparam, update

from db.contracts.subscriptions import SUBSCRIPTIONS, SubscriptionRow
from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.seats import Subscription
from db.tables.types import ID

STOP_RENEWALS = Statement(
    "stop_renewals",
    SubscriptionRow,
    update(Subscription)
    .where(
        Subscription.product_id == bindparam("product", type_=ID),
        Subscription.auto_renew,
        Subscription.ends_on >= bindparam("last", type_=Date()),
    )
    .values(auto_renew=False, version=Subscription.version + 1)
    .returning(*SUBSCRIPTIONS),
)


async def stop_renewals(connection: Connection, product_id: str, last: date) -> list[SubscriptionRow]:
    """Switch the automatic renewal off where the next term would begin after the last day of sale.

    The product must be locked for the withdrawal. Returns these subscriptions as they are now, by home team and id.
    """
    rows = await STOP_RENEWALS.rows(connection, product=product_id, last=last)
    return sorted(rows, key=lambda row: (row.home_team_id, row.id))
