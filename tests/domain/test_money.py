"""Money is prorated by day and rounded once, half up, and what is divided adds up again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import money

AMOUNTS = st.lists(st.integers(0, 10**13), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("price", "seats", "days", "term_days", "amount"),
    [
        (29_900, 5, 290, 365, 118_781),
        (29_900, 5, 290, 366, 118_456),
        (29_900, 5, 365, 365, 149_500),
        (29_900, 5, 1, 365, 410),
        (2_000, 3, 14, 28, 3_000),
        (80_000, 1, 932, 1_096, 68_029),
        (1, 1, 15, 30, 1),
        (505, 1, 15, 30, 253),
        (15, 1, 183, 366, 8),
        (29_900, 100_000, 290, 365, 2_375_616_438),
        (29_900, 2, 290, 365, 47_512),
        (29_900, 3, 290, 365, 71_268),
        (0, 5, 290, 365, 0),
    ],
)
def test_a_line_is_prorated_by_day_and_rounded_once(
    price: int, seats: int, days: int, term_days: int, amount: int
) -> None:
    assert money.prorated(price, seats, days, term_days) == amount


def test_tax_is_rounded_once_an_invoice_and_spread_over_its_lines() -> None:
    lines = [6_833, 6_833, 5_750, 8_500]
    tax = money.tax(sum(lines), 2_000)
    assert (tax, money.spread(tax, lines)) == (5_583, [1_367, 1_366, 1_150, 1_700])


def test_nothing_is_spread_over_lines_that_cost_nothing() -> None:
    assert money.spread(0, [0, 0]) == [0, 0]


@given(AMOUNTS, st.integers(0, money.WHOLE_RATE))
def test_the_parts_of_a_tax_add_up_and_differ_from_the_exact_part_by_less_than_one(
    amounts: list[int], rate: int
) -> None:
    total = money.tax(sum(amounts), rate)
    parts = money.spread(total, amounts)
    assert sum(parts) == total
    assert all(
        abs(part * sum(amounts) - total * amount) < sum(amounts)
        for part, amount in zip(parts, amounts, strict=True)
        if sum(amounts)
    )
