"""The teams whose billing screens are compared differ only in the number of their orders."""

from collections import Counter
from datetime import date

import pytest

from bench import billing, report
from bench.results import Results

ORDERS = (5, 50, 500)


@pytest.mark.parametrize("today", [date(2026, 1, 31), date(2026, 3, 1)], ids=str)
def test_only_the_number_of_orders_differs(today: date) -> None:
    generated = billing.generate(ORDERS, today)
    found = {table: Counter(row[0] for row in generated.records(table)) for table in ("orders", "subscriptions")}
    assert sorted(found["orders"].values()) == list(ORDERS)
    assert list(found["subscriptions"].values()) == [billing.SUBSCRIPTIONS] * len(ORDERS)


def test_the_documents_are_those_of_the_console() -> None:
    found = billing.documents()
    assert "upcomingPayments" in found[billing.OVERVIEW].document
    assert "orders(first: $first" in found[billing.ORDERS].document


def test_a_screen_must_take_the_same_statements_for_any_number_of_orders() -> None:
    billing.check_equal("page", {5: (1, 0), 500: (1, 0)})
    with pytest.raises(AssertionError, match="page"):
        billing.check_equal("page", {5: (1, 0), 500: (2, 0)})


def test_times_are_compared_with_those_of_the_fewest_orders() -> None:
    results = Results(billing_statements={billing.OVERVIEW: {5: (1, 0), 500: (1, 0)}})
    results.billing[billing.OVERVIEW, 5] += [4.0, 2.0, 1.0]
    results.billing[billing.OVERVIEW, 500] += [3.0]
    assert "| billing overview, 500 orders | 3.00 | 1.50× | 1 + 0 |" in report.billing_lines(results)
