"""A moment names its offset and a day is a day of a month; every other form is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import day, moment

NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Not the first and the last day, because some of their moments have no place in UTC.
LOCAL = st.datetimes(NOON.replace(year=2, tzinfo=None), NOON.replace(year=9998, tzinfo=None))


@given(LOCAL, OFFSETS)
def test_a_time_with_an_offset_is_that_moment_in_utc(local: datetime, offset: timezone) -> None:
    read = moment(local.replace(tzinfo=offset).isoformat())
    assert (read, read.tzinfo) == (local.replace(tzinfo=offset), UTC)


@given(LOCAL)
def test_a_time_without_an_offset_is_refused(local: datetime) -> None:
    for form in (local.isoformat(), local.isoformat(" "), local.date().isoformat(), local.strftime("%Y%m%dT%H%M%SZ")):
        with pytest.raises(ValueError, match="its offset from UTC"):
            moment(form)


@given(st.text() | st.from_regex(r"[0-9TZ:.+W-]{0,30}"))
def test_any_text_is_a_moment_or_refused_with_what_to_send(text: str) -> None:
    try:
        assert moment(text).tzinfo is UTC
    except ValueError as error:
        assert "2026-12-31T23:59:59Z" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31T12:00:00Z",
        "2026-12-31t12:00:00z",
        "2026-12-31T12:00:00-00:00",
        "2026-12-31T13:00:00.000+01:00",
        "2026-12-31T12:00:00.0000000001Z",
    ],
)
def test_the_forms_of_rfc_3339_are_read(text: str) -> None:
    assert moment(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31T12:00Z",
        "2026-12-31T12Z",
        "2026-12-31 12:00:00Z",
        "2026-12-31T12:00:00+0100",
        "2026-12-31T12:00:00+01:00:30",
        "2026-12-31T12:00:00,5Z",
        "2026-12-31T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-02-29T12:00:00Z",
        "2026-W53-4T12:00:00Z",
        "2026-365T12:00:00Z",
        "２０２６-12-31T12:00:00Z",
        "2026-12-31T12:00:00Z\n",
        "1798718400",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01",
    ],
)
def test_other_forms_of_a_moment_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as RFC 3339 writes them"):
        moment(text)


@given(st.dates().map(lambda one: (one, one.isoformat())))
def test_a_day_of_a_month_is_read(pair: tuple[object, str]) -> None:
    assert day(pair[1]) == pair[0]


@pytest.mark.parametrize("text", ["20261231", "2026-W53-4", "2026-365", "2026-02-29", "2026-12-31T00:00:00Z", ""])
def test_other_forms_of_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as RFC 3339 writes it"):
        day(text)
