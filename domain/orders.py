"""The kinds and limits of orders and invoices."""

from datetime import date

from domain import money
from domain.described import DescribedText
from domain.terms import Term

PAYMENT_DAYS = 30
"""An invoice is due this number of days after its date."""
UPCOMING_DAYS = 90
"""What is to be paid soon is due within this number of days."""
MAX_PRICE = 10**12
"""The highest price of a seat for a term, in minor units: a limit against slips of the keyboard."""


class OrderKind(DescribedText):
    """Why an order was placed."""

    PURCHASE = "purchase", "A new subscription."
    SEATS = "seats", "More seats of a running subscription, prorated by day."
    RENEWAL = "renewal", "The next term of a subscription."
    MOVE = "move", "Seats that moved between teams of one contract; it costs nothing."


class InvoiceStatus(DescribedText):
    """Whether an invoice is paid. It follows from its amounts and days, and is never stored."""

    OPEN = "open", "It is not paid yet."
    OVERDUE = "overdue", "It is not paid, and its due day has passed."
    PAID = "paid", "Payments and credit notes cover it."


class UpcomingKind(DescribedText):
    """What is to be paid."""

    INVOICE = "invoice", "An invoice that is not paid yet: what is still owed of it."
    RENEWAL = "renewal", "The renewal of a subscription that renews itself: what it is expected to cost, with tax."


def next_price(unit_price: int, term: Term, following: Term) -> int:
    """The price of a seat for the following term, if this is its price for a term. A month costs the same in both.

    If the first one is no number of whole months, a day costs the same in both. The result may exceed MAX_PRICE.
    """
    if term.months is None or following.months is None:
        return money.prorated(unit_price, 1, following.days, term.days)
    return money.prorated(unit_price, 1, following.months, term.months)


def invoice_status(owed: int, due_on: date, today: date) -> InvoiceStatus:
    """The status of an invoice on a day (UTC). `owed` is what is still to be paid."""
    if owed <= 0:
        return InvoiceStatus.PAID
    return InvoiceStatus.OVERDUE if due_on < today else InvoiceStatus.OPEN
