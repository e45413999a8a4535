"""What the next term costs if its number of months differs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders import MAX_PRICE, next_price
from domain.terms import MAX_MONTHS, Term, last_day, next_term


def term_of(months: int | None, days: tuple[date, date] | None = None) -> Term:
    """A term from 1 January 2026, or with these days if it is no number of whole months."""
    starts_on = date(2026, 1, 1)
    if months is None:
        assert days is not None
        return Term(*days, days[0], 0, None)
    return Term(starts_on, last_day(starts_on, 0, months), starts_on, 0, months)


@pytest.mark.parametrize(("months", "price"), [(12, 29_900), (24, 59_800), (1, 2_492), (6, 14_950), (36, 89_700)])
def test_a_month_costs_the_same_in_the_next_term(months: int, price: int) -> None:
    term = term_of(12)
    assert next_price(29_900, term, next_term(term, months)) == price


def test_a_day_costs_the_same_after_a_term_of_no_whole_months() -> None:
    term = term_of(None, (date(2026, 3, 17), date(2026, 12, 31)))
    assert next_price(23_756, term, next_term(term, 12)) == 29_900


@given(st.integers(0, MAX_PRICE), st.integers(1, MAX_MONTHS))
def test_the_price_stays_as_long_as_the_months_stay(price: int, months: int) -> None:
    term = term_of(months)
    assert next_price(price, term, next_term(term, months)) == price
