"""What an order shows multiplies out and adds up, and the database computes each amount as the code does."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import money
from domain.orders import MAX_PRICE
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_MONTHS
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.deals import codes, new_deal
from tests.support.subscriptions import add_term, day
from tests.support.sync_gateway import SyncGateway, sync_gateway
from tests.support.world import World

pytestmark = pytest.mark.slow

ORDERS = """
query ($id: ID!) { team(id: $id) { orders { nodes {
  subtotal { amount } tax { amount } total { amount } invoice { total { amount } subtotal { amount } tax { amount } }
  lines { quantity days termDays startsOn endsOn unitPrice { amount } amount { amount } tax { amount } }
} } } }
"""
RULE = "select pg_get_constraintdef(oid) from pg_constraint where conname = $1"
LINES = """
select bool_and(right_one), bool_or(too_low), bool_or(too_high) from (
    select {rule}, {low}, {high} from (
        select *, date '2026-01-01' as starts_on, date '2026-01-01' + days - 1 as ends_on
        from unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::bigint[])
             as line (unit_price, quantity, days, term_days, amount)
    ) order_lines
) found (right_one, too_low, too_high)
"""
TAXES = """
select bool_and(right_one), bool_or(too_low), bool_or(too_high) from (
    select {rule}, {low}, {high}
    from unnest($1::bigint[], $2::int[], $3::bigint[]) as invoices (subtotal, tax_rate, tax)
) found (right_one, too_low, too_high)
"""
MOST_DAYS = 31 * MAX_MONTHS
# Any lines, dear ones, whose amounts a float does not hold, and those whose amounts end with a half.
some_days = st.tuples(st.integers(1, MOST_DAYS), st.integers(1, MOST_DAYS)).map(sorted)
any_line = st.builds(
    lambda price, seats, days: (price, seats, *days), st.integers(0, MAX_PRICE), st.integers(1, MAX_SEATS), some_days
)
dear = st.builds(lambda less, days: (MAX_PRICE - less, MAX_SEATS, *days), st.integers(0, 9_999), some_days)
half = st.builds(
    lambda price, days: (2 * price + 1, 1, days, 2 * days), st.integers(0, 1_000), st.integers(1, MOST_DAYS // 2)
)
lines = any_line | dear | half
taxed = st.tuples(st.integers(1, 10**15), st.integers(0, money.WHOLE_RATE)) | st.tuples(
    st.integers(1, 100).map(lambda odd: 10 * odd), st.sampled_from([500, 1_500, 1_900, 2_500])
)


def whole(shown: dict[str, Any]) -> int:
    """An amount in minor units."""
    return int(shown["amount"])


@pytest.mark.parametrize(("seats", "price", "left", "term"), [(2, 29_900, 290, 365), (7, 505, 42, 91), (3, 1, 1, 30)])
async def test_each_line_multiplies_out_and_the_lines_add_up(
    client: Client, world: World, seats: int, price: int, left: int, term: int
) -> None:
    deal = await new_deal(client, world, (day(left - term), day(left - 1)), price=price)
    await add_term(world, deal.made, 2, 12, 1_999)
    assert codes(await deal.amend("addSeats", seats=seats)) == []
    answer = await client(ORDERS, deal.manager.secret, id=deal.manager.team)
    [order] = answer.data["team"]["orders"]["nodes"]
    assert len(order["lines"]) == 2
    assert order["lines"][0]["days"] == left
    for line in order["lines"]:
        exact = Fraction(line["quantity"] * whole(line["unitPrice"]) * line["days"], line["termDays"])
        assert whole(line["amount"]) == (2 * exact + 1) // 2
    for column, name in (("amount", "subtotal"), ("tax", "tax")):
        assert sum(whole(line[column]) for line in order["lines"]) == whole(order[name])
    assert whole(order["subtotal"]) + whole(order["tax"]) == whole(order["total"])
    assert order["invoice"] == {name: order[name] for name in ("subtotal", "tax", "total")}


@given(st.lists(lines, min_size=20, max_size=50), st.lists(taxed, min_size=20, max_size=50))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def check_amounts(
    ready: SyncGateway, rules: list[str], sold: list[tuple[int, int, int, int]], taxes: list[tuple[int, int]]
) -> None:
    """The checks of the database accept the amounts of the code, and none that is a minor unit lower or higher."""
    amounts = [money.prorated(*line) for line in sold]
    parts = [money.tax(*one) for one in taxes]
    for query, rule, name, columns in (
        (LINES, rules[0], "amount", [*zip(*sold, strict=True), amounts]),
        (TAXES, rules[1], "tax", [*zip(*taxes, strict=True), parts]),
    ):
        low, high = (rule.replace(f"({name})", f"({name} {change})") for change in ("- 1", "+ 1"))
        assert low != rule
        statement = query.format(rule=rule, low=low, high=high)
        found = ready.run(fetch_rows(ready.world.database, statement, *map(list, columns)))
        assert found == [(True, False, False)]


@pytest.mark.usefixtures("engine")
def test_the_database_computes_amounts_and_taxes_as_the_code_does(postgres: str) -> None:
    with sync_gateway(postgres) as ready:
        rules = []
        for name in ("ck_order_lines_amount", "ck_invoices_tax"):
            [(text,)] = ready.run(fetch_rows(ready.world.database, RULE, name))
            rules.append(text.removeprefix("CHECK "))
        check_amounts(ready, rules)
