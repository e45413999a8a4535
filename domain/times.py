"""Moments and days as clients write them: the `date-time` and the `full-date` of RFC 3339, section 5.6.

Python's own functions read more forms of ISO 8601. Some of them are unclear: a time without an offset is another moment
in each time zone, and a week or the day of a year is easily taken for a month.
"""

import re
from datetime import UTC, date, datetime

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_MOMENT = (
    "This is not a moment. Send a day, a time and its offset from UTC, as RFC 3339 writes them: "
    "2026-12-31T23:59:59Z or 2026-12-31T23:59:59+01:00."
)
NO_DAY = "This is not a day. Send it as RFC 3339 writes it: 2026-12-31."


def moment(text: str) -> datetime:
    """Return the moment in UTC. Raises ValueError for another form, and outside of the years 1 to 9999 in UTC."""
    if not MOMENT.fullmatch(text):
        raise ValueError(NO_MOMENT)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(NO_MOMENT) from None


def day(text: str) -> date:
    """Return the day. Raises ValueError for another form, and if there is no such day."""
    if not DAY.fullmatch(text):
        raise ValueError(NO_DAY)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(NO_DAY) from None
