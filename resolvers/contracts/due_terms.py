"""What the daily job `calendar` does with a subscription that renews itself: it appends the next term."""

from datetime import date

from db.billing import orders
from db.billing.orders import NewLine
from db.contracts import due_terms
from db.contracts.due_terms import DueSubscription, LastTerm
from domain.orders import OrderKind
from domain.problems import NotFound
from domain.terms import Term, next_term
from policies import facts
from resolvers.core.mutations import Change


async def renew(change: Change, due: DueSubscription, today: date) -> bool:
    """Append the next term of a subscription, and order it. Returns False if it is not due any more.

    The order has the day on which the term begins, so it is the same whenever the calendar runs. A subscription
    without seats gets the term and no order.
    """
    await change.decide(facts.subscription(change.actor, due.team_id))
    await due_terms.lock(change.connection, *due)
    last = await due_terms.last(change.connection, due, today)
    if last is None:
        return False
    term = next_term(last.term, last.months)
    n = await due_terms.append(change.connection, due, last.n, term, last.unit_price)
    if n is None:
        return False
    order_id = await _order(change, due, last, term, n) if last.seats else None
    before = {"term": last.n, "ends": last.ends_on.isoformat()}
    days = {"starts": term.starts_on.isoformat(), "ends": term.ends_on.isoformat()}
    after = {"product": last.product_id, "term": n, **days, "seats": last.seats, "order": order_id}
    await change.record(due.team_id, due.id, before, after)
    return True


async def _order(change: Change, due: DueSubscription, last: LastTerm, term: Term, n: int) -> str:
    """Order the `n`-th term for all seats, at the price of the term before. Returns the id of the order."""
    contract = await orders.billed(change.connection, last.contract_id)
    if contract is None:
        raise NotFound("contract")
    seats = (due.team_id, due.id, n, last.seats, last.unit_price)
    line = NewLine(*seats, term.starts_on, term.ends_on, term.days)
    placed = await orders.place(change.connection, contract, OrderKind.RENEWAL, term.starts_on, change.by, [line])
    return placed.id
