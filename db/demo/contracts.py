"""Generated contracts: subscriptions with their chains of terms, and the orders, invoices and payments of a past."""

import json
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from db.billing.orders import NewLine
from db.demo.rows import Row, Rows, Subscription
from domain import money
from domain.orders import PAYMENT_DAYS, OrderKind
from domain.terms import Term, last_day, next_term

PAID_AFTER = timedelta(days=12)
JOB = "job calendar"


class Agreed(NamedTuple):
    """A contract: its home team, its settings, and how its invoices call the customer."""

    team_id: str
    id: str
    currency: str
    tax_rate: int
    grace_days: int
    customer: str


class Deal(NamedTuple):
    """What a subscription costs a seat and term, in minor units, how many months a term has, and whether it renews."""

    unit_price: int
    months: int = 12
    auto_renew: bool = True


class Bought(NamedTuple):
    """A subscription with its contract and its terms."""

    contract: Agreed
    deal: Deal
    terms: list[Term]
    by: str


class Contracts:
    """Adds contracts and what follows from them to generated rows. Call `bill` when all seats are there."""

    def __init__(self, rows: Rows, today: date) -> None:
        """Start without a contract."""
        self.rows, self.today = rows, today
        self._bought: dict[Subscription, Bought] = {}

    def contract(
        self,
        team_id: str,
        customer: str,
        at: datetime,
        *,
        tax_rate: int = 0,
        grace_days: int = 0,
        contact: str | None = None,
        also: Collection[str] = (),
    ) -> Agreed:
        """Add a contract in euros that serves its home team, and the teams in `also`."""
        agreed = Agreed(team_id, self.rows.id("contract", at), "EUR", tax_rate, grace_days, customer)
        number = self.rows.count("contracts") + 1
        settings = (agreed.currency, contact, grace_days, tax_rate)
        self.rows.tables["contracts"].append((team_id, agreed.id, number, *settings, at))
        self.rows.tables["contract_teams"].extend((served, agreed.id) for served in (team_id, *also))
        return agreed

    def subscription(
        self, contract: Agreed, team_id: str, product_id: str, starts_on: date, deal: Deal, by: str
    ) -> Subscription:
        """Add a subscription without seats. It was renewed until its last term ends today or later."""
        terms = [Term(starts_on, last_day(starts_on, 0, deal.months), starts_on, 0, deal.months)]
        while terms[-1].ends_on < self.today:
            terms.append(next_term(terms[-1], deal.months))
        starts_at = _midnight(starts_on)
        subscription = Subscription(team_id, product_id, self.rows.id("sub", starts_at), starts_at)
        owner = (team_id, subscription.id)
        settings = (contract.id, contract.currency, contract.grace_days)
        chain = (starts_on, len(terms), terms[-1].ends_on, deal.months, deal.auto_renew, len(terms))
        self.rows.tables["subscriptions"].append((*owner, product_id, *settings, *chain))
        before = None
        for n, term in enumerate(terms, 1):
            days = (term.starts_on, term.ends_on, before)
            row = (*owner, n, *days, term.anchor_on, term.step, term.months, deal.unit_price)
            self.rows.tables["subscription_terms"].append(row)
            before = term.ends_on
        self._bought[subscription] = Bought(contract, deal, terms, by)
        return subscription

    def reduce(self, subscription: Subscription, seats: int, by: str, at: datetime) -> None:
        """Let a subscription have fewer seats from its next term on."""
        row = (subscription.team_id, self.rows.id("change", at), subscription.id)
        effective_on = self._bought[subscription].terms[-1].ends_on + timedelta(1)
        changed: Row = (effective_on, seats, [], "pending", by, at, None, None)
        self.rows.tables["scheduled_changes"].append((*row, *changed))

    def bill(self, unpaid: Collection[Subscription] = ()) -> None:
        """Add an order with its invoice for each term, and the payments that were due before today.

        Of the subscriptions in `unpaid`, the newest invoice whose due day has passed was paid by half.
        """
        ordered = [
            (term.starts_on, subscription, n)
            for subscription, bought in self._bought.items()
            for n, term in enumerate(bought.terms, 1)
            if self.rows.bought[subscription]
        ]
        for _, subscription, n in sorted(ordered, key=lambda one: (one[0], one[1].id)):
            order_id = self._order(subscription, n)
            if n == 1:
                self._change(subscription, order_id)
            late = subscription in unpaid and self._is_late(subscription, n)
            self._invoice(subscription, n, order_id, half_paid=late)
        if last := self.rows.count("invoices"):
            self.rows.tables["document_counters"].append(("invoice", last))

    def _is_late(self, subscription: Subscription, n: int) -> bool:
        """Whether the invoice of a term is the newest of its subscription that should have been paid."""
        due = [term.starts_on + timedelta(PAYMENT_DAYS) for term in self._bought[subscription].terms]
        return due[n - 1] < self.today and (n == len(due) or due[n] >= self.today)

    def _line(self, subscription: Subscription, n: int) -> NewLine:
        bought, seats = self._bought[subscription], self.rows.bought[subscription]
        term = bought.terms[n - 1]
        owner = (subscription.team_id, subscription.id, n)
        return NewLine(*owner, seats, bought.deal.unit_price, term.starts_on, term.ends_on, term.days)

    def _order(self, subscription: Subscription, n: int) -> str:
        bought, line = self._bought[subscription], self._line(subscription, n)
        contract, at = bought.contract, _midnight(line.starts_on)
        kind, by = (OrderKind.PURCHASE, bought.by) if n == 1 else (OrderKind.RENEWAL, JOB)
        order_id, number = self.rows.id("order", at), self.rows.count("orders") + 1
        order = (contract.team_id, order_id, number, contract.id, contract.currency, kind, line.starts_on, by, at)
        self.rows.tables["orders"].append(order)
        tax = money.tax(line.amount, contract.tax_rate)
        self.rows.tables["order_lines"].append((contract.team_id, order_id, 1, kind, *line, line.amount, tax))
        return order_id

    def _change(self, subscription: Subscription, order_id: str) -> None:
        row = (subscription.team_id, subscription.id, 1, subscription.starts_at.date())
        seats, at = self.rows.bought[subscription], subscription.starts_at
        self.rows.tables["seat_changes"].append((*row, seats, order_id, at))

    def _invoice(self, subscription: Subscription, n: int, order_id: str, *, half_paid: bool) -> None:
        contract, line = self._bought[subscription].contract, self._line(subscription, n)
        if line.amount == 0:
            return
        at, due_on = _midnight(line.starts_on), line.starts_on + timedelta(PAYMENT_DAYS)
        invoice_id, number = self.rows.id("invoice", at), self.rows.count("invoices") + 1
        tax = money.tax(line.amount, contract.tax_rate)
        total = line.amount + tax
        paid = 0 if due_on >= self.today else total // 2 if half_paid else total
        owner: Row = (contract.team_id, invoice_id, number, order_id, contract.id, contract.currency)
        days: Row = (line.starts_on, due_on, json.dumps({"team": contract.customer}), contract.tax_rate)
        self.rows.tables["invoices"].append((*owner, *days, line.amount, tax, total, paid, 0, at))
        if paid:
            received = at + PAID_AFTER
            payment = (contract.team_id, self.rows.id("payment", received), invoice_id, paid, received.date())
            self.rows.tables["payments"].append((*payment, f"Transfer {number}", JOB, received))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
