"""After any sequence of amendments, seats, terms and money are those of a model of the rules in plain Python."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.roles import Role
from domain.terms import Term, last_day, next_term
from tests.support.deals import Deal, codes, new_deal
from tests.support.subscriptions import day
from tests.support.sync_gateway import SyncGateway, sync_gateway

pytestmark = pytest.mark.slow

PRICE, SEATS, TODAY = 29_900, 5, day(0)
STARTS = day(-100)
ORDERED = """
select sum(l.amount), sum(l.tax), (select sum(total) from invoices where contract_id = :id)
from orders o join order_lines l on l.order_id = o.id where o.contract_id = :id
"""
HELD = "select coalesce(sum(delta), 0) from seat_changes where team_id = :id"

dry = st.sampled_from([False, False, True])
numbers = st.integers(-1, 7)


def rounded(exact: Fraction) -> int:
    """The nearest whole number, half up."""
    return int((2 * exact + 1) // 2)


@dataclass
class Model:
    """What the rules say about one subscription. `pending` are the seats from the next term on, and its first day."""

    seats: int = SEATS
    moved: int = 0
    version: int = 1
    auto_renew: bool = False
    pending: tuple[int, date] | None = None
    terms: list[tuple[Term, int]] = field(
        default_factory=lambda: [(Term(STARTS, last_day(STARTS, 0, 12), STARTS, 0, 12), PRICE)]
    )
    invoices: list[int] = field(default_factory=list)

    @property
    def ends_on(self) -> date:
        """The last day of the last term."""
        return self.terms[-1][0].ends_on

    def add(self, seats: int) -> list[str]:
        """Add seats at once."""
        if seats < 1:
            return ["SEATS_INVALID"]
        parts = [Fraction(price * seats * self.left(term), term.days) for term, price in self.terms]
        self.invoices.append(sum(map(rounded, parts)))
        if self.pending is not None and self.pending[1] <= self.ends_on:
            self.pending = self.pending[0] + seats, self.pending[1]
        self.seats += seats
        return self.done()

    def reduce(self, seats: int) -> list[str]:
        """Schedule fewer seats."""
        if self.pending is not None:
            return ["CHANGE_PENDING"]
        if not 1 <= seats < self.seats:
            return ["SEATS_INVALID"]
        self.pending = seats, self.ends_on + timedelta(1)
        return self.done()

    def cancel(self) -> list[str]:
        """Cancel what is scheduled."""
        if self.pending is None:
            return ["CHANGE_ENDED"]
        if self.pending[1] <= self.ends_on:
            return ["ALREADY_RENEWED"]
        self.pending = None
        return self.done()

    def renew(self, months: int, seats: int | None) -> list[str]:
        """Order the next term."""
        last, price = self.terms[-1]
        after = seats if seats is not None else self.pending[0] if self.pending is not None else self.seats
        if last.starts_on > TODAY:
            return ["ALREADY_RENEWED"]
        if after < 1:
            return ["SEATS_INVALID"]
        if self.pending is not None and self.pending[0] != after:
            return ["CHANGE_PENDING"]
        following = next_term(last, months)
        self.terms.append((following, rounded(Fraction(price * months, 12))))
        if after != self.seats and self.pending is None:
            self.pending = after, following.starts_on
        self.invoices.append(self.terms[-1][1] * after)
        return self.done()

    def move(self, seats: int) -> list[str]:
        """Move seats away; nobody holds any."""
        if self.pending is not None:
            return ["CHANGE_PENDING"]
        if not 1 <= seats < self.seats:
            return ["SEATS_INVALID"]
        self.seats, self.moved = self.seats - seats, self.moved + seats
        return self.done()

    def set_auto_renew(self, value: bool) -> list[str]:
        """Let it renew itself or not."""
        return [] if self.auto_renew is value else self.renewing(value)

    def renewing(self, value: bool) -> list[str]:
        """Store whether it renews itself."""
        self.auto_renew = value
        return self.done()

    def left(self, term: Term) -> int:
        """How many days of a term are left, today among them."""
        return (term.ends_on - max(TODAY, term.starts_on)).days + 1

    def done(self) -> list[str]:
        """Count the amendment."""
        self.version += 1
        return []


class Amendments(RuleBasedStateMachine):
    """One subscription, a contract manager of both teams of its contract, and a model of it."""

    gateway: ClassVar[SyncGateway]

    @initialize()
    def begin(self) -> None:
        """Make the subscription, and the other team."""
        world, term = self.gateway.world, (STARTS, last_day(STARTS, 0, 12))
        self.deal: Deal = self.gateway.run(new_deal(self.gateway.client, world, term, seats=SEATS, price=PRICE))
        self.other: str = self.gateway.run(world.team())
        self.gateway.run(world.member(self.other, Role.CONTRACT_MANAGER, self.deal.manager.who))
        served = "insert into contract_teams (team_id, contract_id) values (:team, :id)"
        self.gateway.run(self.deal.run(served, team=self.other, id=self.deal.contract))
        self.model, self.change = Model(), "change_unknown"

    @rule(seats=numbers, dry=dry, late=dry)
    def add(self, seats: int, dry: bool, late: bool) -> None:
        """Add seats, perhaps in a version of before."""
        self.amend("addSeats", self.copied().add(seats), dry, late, seats=seats)

    @rule(seats=numbers, dry=dry)
    def reduce(self, seats: int, dry: bool) -> None:
        """Schedule fewer seats."""
        self.amend("reduceSeats", self.copied().reduce(seats), dry, seats=seats)

    @rule(months=st.sampled_from([12, 12, 1, 24]), seats=st.none() | numbers, dry=dry)
    def renew(self, months: int, seats: int | None, dry: bool) -> None:
        """Order the next term."""
        self.amend("renewSubscription", self.copied().renew(months, seats), dry, months=months, seats=seats)

    @rule(seats=numbers, dry=dry)
    def move(self, seats: int, dry: bool) -> None:
        """Move free seats to the other team."""
        self.amend("moveSeats", self.copied().move(seats), dry, toTeamId=self.other, seats=seats)

    @rule(value=st.booleans(), dry=dry)
    def renew_itself(self, value: bool, dry: bool) -> None:
        """Let it renew itself or not."""
        self.amend("setAutoRenew", self.copied().set_auto_renew(value), dry, autoRenew=value)

    @rule(dry=dry)
    def cancel(self, dry: bool) -> None:
        """Cancel the last change that was scheduled."""
        found = self.gateway.run(
            self.deal.run(
                "select id from scheduled_changes where subscription_id = :id order by id", id=self.deal.made.id
            )
        )
        if found:
            expected = self.copied().cancel()
            payload = self.gateway.run(
                self.deal.manager.mutate("cancelScheduledChange", changeId=found[-1][0], dryRun=dry)
            )
            self.compare(codes(payload), expected, dry)

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        """Compare seats, terms and money with the model."""
        if not hasattr(self, "model"):
            return
        state, pending = self.gateway.run(self.deal.state()), self.gateway.run(self.deal.pending())
        model = self.model
        assert (state.seats, state.changes, state.version) == (model.seats, model.seats, model.version)
        assert (state.auto_renew, state.ends_on, state.last_term) == (model.auto_renew, model.ends_on, len(model.terms))
        assert (pending and (pending.seats, pending.effective_on)) == model.pending
        [(moved,)] = self.gateway.run(self.deal.run(HELD, id=self.other))
        assert moved == model.moved
        [sums] = self.gateway.run(self.deal.run(ORDERED, id=self.deal.contract))
        subtotal = sum(model.invoices)
        taxes = sum(rounded(Fraction(one * 1_900, 10_000)) for one in model.invoices)
        assert [one or 0 for one in sums] == [subtotal, taxes, subtotal + taxes]

    def copied(self) -> Model:
        """A copy of the model, which `compare` keeps if the amendment was made."""
        self.after = deepcopy(self.model)
        return self.after

    def amend(self, mutation: str, expected: list[str], dry: bool, late: bool = False, **values: object) -> None:
        """Send an amendment, in the version of the model or in one of before, and compare its errors."""
        version = self.model.version - late
        sent = self.deal.amend(mutation, version=version, dryRun=dry, **values)
        self.compare(codes(self.gateway.run(sent)), ["SUBSCRIPTION_CHANGED"] if late else expected, dry)

    def compare(self, found: list[str], expected: list[str], dry: bool) -> None:
        """Compare the errors, and go on with the new model if the amendment was made."""
        assert found == expected
        if not found and not dry:
            self.model = self.after


@pytest.mark.usefixtures("engine")
def test_after_any_sequence_of_amendments_the_rows_equal_the_model(postgres: str) -> None:
    chosen = settings(max_examples=25, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow])
    with sync_gateway(postgres) as ready:
        run_state_machine_as_test(type("AmendmentsHere", (Amendments,), {"gateway": ready}), settings=chosen)
