"""Products that are sold no more: how they are withdrawn, and what is refused then."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from db.audit import audit_log
from db.audit.audit_log import TargetChange
from db.catalogue import products
from db.catalogue.products import ProductRow
from db.contracts import withdrawals
from domain.problems import NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.contracts import confirmations
from resolvers.core.mutations import Change


class Withdrawal(NamedTuple):
    """The product as it is now, and how many subscriptions do not renew themselves any more."""

    product: ProductRow
    stopped: int


async def withdraw(change: Change, product_id: str, last: date | None) -> Withdrawal:
    """Set the last day (UTC) on which a product is sold; None if it is sold again without one.

    Subscriptions whose next term would begin later do not renew themselves any more, and their contract managers are
    told. Nothing switches the renewal on again. Raises NotFound.
    """
    await change.decide(facts.GATEWAY)
    before = await products.lock_for_withdrawal(change.connection, product_id)
    if before is None:
        raise NotFound("product")
    if before.sold_until == last:
        return Withdrawal(before, 0)
    await products.set_sold_until(change.connection, before.id, last)
    await change.record(None, before.id, {"soldUntil": _iso(before.sold_until)}, {"soldUntil": _iso(last)})
    stopped = [] if last is None else await withdrawals.stop_renewals(change.connection, before.id, last)
    for team_id, rows in groupby(stopped, key=attrgetter("home_team_id")):
        changes = [TargetChange(one.id, {"autoRenew": True}, {"autoRenew": False}) for one in rows]
        await audit_log.record_each(change.connection, await change.audit_row(team_id, None, {}, {}), changes)
    await confirmations.tell_renewal(change, *stopped)
    return Withdrawal(before._replace(sold_until=last), len(stopped))


async def lock_for_sale(change: Change, product_id: str) -> ProductRow:
    """The product, which nobody withdraws until the transaction ends. Raises NotFound."""
    product = await products.lock_for_sale(change.connection, product_id)
    if product is None:
        raise NotFound("product")
    return product


def not_sold(product: ProductRow, path: Sequence[str]) -> UserError:
    """The error that says until when a product is sold, for one that has a last day."""
    message = (
        f"The last day on which this product is sold is {_iso(product.sold_until)} (UTC). What the team has stays "
        "until its term ends. Ask the vendor for another product."
    )
    return UserError(UserErrorCode.PRODUCT_NOT_SOLD, message, list(path))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
