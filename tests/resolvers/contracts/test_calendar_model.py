"""On any days on which the calendar runs, terms, orders with their money, seats, holders and waiting people are those
of a model.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.core.database import Database
from tests.support.calendar import (
    HOLDERS,
    ORDERS,
    WAITS,
    days_of_terms,
    execute,
    forget,
    hold,
    read,
    run_on,
    seats_and_changes,
    subscription,
    wait,
)
from tests.support.subscriptions import Made, schedule
from tests.support.sync_gateway import SyncGateway, sync_gateway

pytestmark = pytest.mark.slow

FIRST, PRICE = date(2031, 1, 31), 1_999
# This number of days from the first one is two whole months.
TWO_MONTHS = 59
TOGGLE = "update subscriptions set auto_renew = :on where id = :id"


class Plan(NamedTuple):
    """What is made: the days of the first term (None: whole months), the months of the next, grace, seats, people."""

    days: int | None
    months: int
    grace: int
    seats: int
    holders: int
    waiting: int
    scheduled: int | None


@dataclass
class Model:
    """The rules in plain Python. A term is its first and last day, and an order its first day and number of seats."""

    plan: Plan
    terms: list[tuple[date, date]]
    held: list[str]
    line: list[str]
    auto: bool = True
    seats: int = 0
    orders: list[tuple[date, int]] = field(default_factory=list)
    pending: tuple[date, int] | None = None

    def run(self, day: date) -> None:
        """What the calendar does on a day."""
        while self.auto and self.terms[-1][1] <= day:
            self.renew()
        if self.pending is not None and self.pending[0] <= min(day, self.terms[-1][1]):
            self.seats, self.pending = self.pending[1], None
            self.line += self.held[self.seats :]
            del self.held[self.seats :]
        starts, ends = self.terms[0][0], self.terms[-1][1]
        if not self.auto and ends + timedelta(self.plan.grace) < day:
            self.line += self.held
            self.held = []
        while starts <= day <= ends and self.line and len(self.held) < self.seats:
            self.held.append(self.line.pop(0))

    def renew(self) -> None:
        """Append a term and order it."""
        anchor, number = (FIRST, len(self.terms)) if self.plan.days is None else (self.terms[0][1], len(self.terms) - 1)
        anchor += timedelta(0 if self.plan.days is None else 1)
        starts = self.terms[-1][1] + timedelta(1)
        self.terms.append((starts, later(anchor, (number + 1) * self.plan.months) - timedelta(1)))
        changed = self.pending is not None and self.pending[0] <= starts
        self.orders.append((starts, self.pending[1] if changed and self.pending else self.seats))

    def paid(self) -> list[tuple[int, int]]:
        """What each order costs, without and with a tax of 19 %."""
        amounts = [rounded(self.price()) * seats for _, seats in self.orders]
        return [(amount, amount + rounded(Fraction(amount * 19, 100))) for amount in amounts]

    def price(self) -> Fraction:
        """The price of a seat for each term after the first. A month, or else a day, costs as much as in the first."""
        if self.plan.days is None:
            return Fraction(PRICE)
        if self.plan.days == TWO_MONTHS:
            return Fraction(PRICE * self.plan.months, 2)
        starts, ends = self.terms[1]
        return Fraction(PRICE * ((ends - starts).days + 1), self.plan.days)


def rounded(exact: Fraction) -> int:
    """The nearest whole number, half up."""
    return int((2 * exact + 1) // 2)


def later(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 0, -1):
        try:
            return date(day.year + year, month + 1, number)
        except ValueError:
            pass
    raise AssertionError


plans = st.builds(
    Plan,
    days=st.sampled_from([None, None, 5, 40, TWO_MONTHS]),
    months=st.integers(1, 3),
    grace=st.sampled_from([0, 0, 7, 45]),
    seats=st.integers(1, 4),
    holders=st.integers(0, 4),
    waiting=st.integers(0, 2),
    scheduled=st.none() | st.integers(1, 5),
)
switches = st.sampled_from([None, None, None, True, False])
later_days = st.tuples(st.just(False), st.integers(-20, 70), switches)
last_days = st.tuples(st.just(True), st.integers(-1, 1), switches)
runs = st.lists(later_days | last_days, max_size=7)


@given(plan=plans, runs=runs)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def check_days(ready: SyncGateway, plan: Plan, runs: list[tuple[bool, int, bool | None]]) -> None:
    """Each run is some days after the one before, or before it, or about the day on which holders lose their seats.

    Perhaps the renewal is switched on or off first.
    """
    ready.run(forget(ready.world))
    made, model = make(ready, plan)
    day = FIRST
    for at_end, gap, switch in runs:
        day = (model.terms[-1][1] + timedelta(plan.grace) if at_end else day) + timedelta(gap)
        if switch is not None:
            ready.run(execute(ready.world, TOGGLE, on=switch, id=made.id))
            model.auto = switch
        ready.run(run_on(ready.world, str(day)))
        model.run(day)
        compare(ready, made, model)


def make(ready: SyncGateway, plan: Plan) -> tuple[Made, Model]:
    """Make the subscription and its model."""
    world, held = ready.world, min(plan.holders, plan.seats)
    last = later(FIRST, plan.months) - timedelta(1) if plan.days is None else FIRST + timedelta(plan.days - 1)
    values = {"months": plan.months, "grace_days": plan.grace}
    made = ready.run(subscription(world, str(FIRST), str(last), plan.seats, price=PRICE, **values))
    holders, line = ready.run(hold(world, made, held)), list[str]()
    if held == plan.seats and plan.waiting:  # nobody waits while a seat is free
        line = ready.run(world.members(made.team, plan.waiting))
        ready.run(wait(world, made, line))
    model = Model(plan, [(FIRST, last)], holders, line, seats=plan.seats)
    if plan.scheduled is not None:
        begins = last + timedelta(1)
        ready.run(schedule(world, made, plan.scheduled, effective_on=begins))
        model.pending = begins, plan.scheduled
    return made, model


def compare(ready: SyncGateway, made: Made, model: Model) -> None:
    """The rows are those of the model."""
    world = ready.world
    assert ready.run(days_of_terms(world, made)) == [(str(first), str(last)) for first, last in model.terms]
    orders = ready.run(read(world, ORDERS, made))
    assert [(row[1], row[3]) for row in orders] == model.orders
    assert [(row[4], row[6]) for row in orders] == model.paid()
    assert ready.run(seats_and_changes(world, made)) == (model.seats, model.seats)
    assert [who for who, _ in ready.run(read(world, HOLDERS, made))] == sorted(model.held)
    assert [who for (who,) in ready.run(read(world, WAITS, made))] == model.line


def test_on_any_days_the_rows_are_those_of_a_model(own_database: Database) -> None:
    with sync_gateway(own_database.url) as ready:
        check_days(ready)
