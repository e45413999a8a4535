"""What the daily job `calendar` does with a subscription that renews itself: it appends the next term."""

from datetime import date

from db.billing import orders
from db.billing.orders import NewLine
from db.contracts import amendments, due_terms, renewals
from db.contracts.due_terms import DueSubscription, RenewedSubscription
from db.contracts.renewals import TermRow
from domain.orders import OrderKind, next_price
from domain.problems import NotFound
from domain.terms import next_term
from policies import facts
from resolvers.contracts import confirmations, withdrawals
from resolvers.core.mutations import Change


async def renew(change: Change, due: DueSubscription, today: date) -> bool:
    """Append the next term of a subscription, and order it. Returns False if it is not due any more.

    The order has the day on which the term begins, so it is the same whenever the calendar runs. A subscription
    without seats gets the term and no order. If its product is not sold after the term, it does not renew itself again.
    """
    await change.decide(facts.subscription(change.actor, due.team_id))
    product = await withdrawals.lock_for_sale(change, await due_terms.product_of(change.connection, due))
    renewed = await due_terms.claim(change.connection, due, today)
    if renewed is None:
        return False
    last = renewed.last
    term = next_term(last.term, renewed.months)
    added = TermRow(last.n + 1, *term, next_price(last.unit_price, last.term, term))
    await renewals.append(change.connection, *due, added)
    stopped = not product.is_sold_after(added.ends_on)
    if stopped:
        await _stop(change, due)
    order_id = await _order(change, due, renewed, added) if renewed.seats else None
    before: dict[str, object] = {"term": last.n, "ends": last.ends_on.isoformat()}
    days = {"starts": term.starts_on.isoformat(), "ends": term.ends_on.isoformat()}
    after = {"product": renewed.product_id, "term": added.n, **days, "seats": renewed.seats, "order": order_id}
    if stopped:
        before["autoRenew"], after["autoRenew"] = True, False
    await change.record(due.team_id, due.id, before, after)
    return True


async def _stop(change: Change, due: DueSubscription) -> None:
    """Switch the automatic renewal of a claimed subscription off, and tell its contract managers."""
    stopped = (await amendments.lock(change.connection, *due))._replace(auto_renew=False)
    await amendments.set_auto_renew(change.connection, stopped)
    await confirmations.tell_renewal(change, stopped)


async def _order(change: Change, due: DueSubscription, renewed: RenewedSubscription, added: TermRow) -> str:
    """Order a term that was appended, for all seats. Returns the id of the order."""
    contract = await orders.billed(change.connection, renewed.contract_id)
    if contract is None:
        raise NotFound("contract")
    term, seats = added.term, (added.n, renewed.seats, added.unit_price)
    line = NewLine(due.team_id, due.id, *seats, term.starts_on, term.ends_on, term.days)
    return (await confirmations.place(change, contract, OrderKind.RENEWAL, term.starts_on, [line])).id
