"""Terms follow each other without a gap, months never drift, and the status follows from the days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import terms
from domain.terms import SubscriptionStatus, Term, next_term

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, terms.MAX_MONTHS)
TODAY = date(2026, 6, 15)


def first_term(starts_on: date, months: int) -> Term:
    """The first term of this number of months from a day."""
    return Term(starts_on, terms.last_day(starts_on, 0, months), starts_on, 0, months)


def test_the_31st_comes_back_after_a_short_month() -> None:
    term, found = first_term(date(2026, 1, 31), 1), []
    for _ in range(4):
        found.append(term.starts_on)
        term = next_term(term, 1)
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_leap_day_comes_back_after_four_years() -> None:
    term, found = first_term(date(2028, 2, 29), 12), []
    for _ in range(5):
        found.append(term.starts_on)
        term = next_term(term, 12)
    assert found == [date(2028, 2, 29), *(date(year, 2, 28) for year in (2029, 2030, 2031)), date(2032, 2, 29)]


@given(DAYS, st.lists(MONTHS, min_size=1, max_size=6))
def test_terms_follow_each_other_without_gap_or_overlap(starts_on: date, lengths: list[int]) -> None:
    term = first_term(starts_on, lengths[0])
    for months in lengths[1:]:
        following = next_term(term, months)
        assert following.starts_on == term.ends_on + timedelta(1)
        assert following.starts_on <= following.ends_on
        term = following


@given(DAYS, MONTHS)
def test_a_term_of_whole_months_is_known_by_its_days(starts_on: date, months: int) -> None:
    ends_on = terms.last_day(starts_on, 0, months)
    found = terms.months_between(starts_on, ends_on)
    assert found is not None
    assert terms.last_day(starts_on, 0, found) == ends_on


def test_a_term_that_is_no_number_of_whole_months_is_followed_by_whole_months() -> None:
    term = next_term(Term(date(2026, 1, 10), date(2026, 1, 30), date(2026, 1, 10), 0, None), 1)
    assert [term.starts_on, term.ends_on] == [date(2026, 1, 31), date(2026, 2, 27)]
    assert next_term(term, 1).starts_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("past", "grace_days", "status"),
    [
        (-91, 0, SubscriptionStatus.ACTIVE),
        (-90, 0, SubscriptionStatus.EXPIRING),
        (0, 0, SubscriptionStatus.EXPIRING),
        (1, 0, SubscriptionStatus.ENDED),
        (1, 30, SubscriptionStatus.EXPIRED),
        (15, 30, SubscriptionStatus.EXPIRED),
        (16, 30, SubscriptionStatus.SUSPENDED),
        (30, 30, SubscriptionStatus.SUSPENDED),
        (31, 30, SubscriptionStatus.ENDED),
        (5, 5, SubscriptionStatus.EXPIRED),
        (6, 5, SubscriptionStatus.ENDED),
    ],
)
def test_the_status_follows_from_the_days(past: int, grace_days: int, status: SubscriptionStatus) -> None:
    assert terms.status(date(2020, 1, 1), TODAY - timedelta(past), grace_days, TODAY) is status


def test_a_subscription_that_has_not_begun_is_upcoming() -> None:
    tomorrow = TODAY + timedelta(1)
    assert terms.status(tomorrow, tomorrow, 0, TODAY) is SubscriptionStatus.UPCOMING


@pytest.mark.parametrize(("days", "months"), [(1, 1), (45, 1), (46, 2), (730, 24), (36_525, terms.MAX_MONTHS)])
def test_the_nearest_number_of_months_is_at_least_one(days: int, months: int) -> None:
    assert terms.nearest_months(TODAY, TODAY + timedelta(days - 1)) == months


def test_the_last_year_of_the_calendar_has_no_whole_months() -> None:
    assert terms.months_between(date(9999, 1, 1), date(9999, 12, 31)) is None
