"""Terms of subscriptions: months that never drift, and the status that follows from the days."""

import calendar
from datetime import MAXYEAR, date, timedelta
from typing import NamedTuple

from domain.described import DescribedText

EXPIRING_DAYS = 90
"""A subscription is expiring from this number of days before its last day."""
EXPIRED_DAYS = 15
"""After its last day, a subscription is expired for this number of days, and then suspended until it has ended."""
MAX_GRACE_DAYS = 90
"""The most days after the last day for which holders may keep their seats."""
MAX_MONTHS = 120
"""The most months of one term."""
YEAR_DAYS = 365.2425


class SubscriptionStatus(DescribedText):
    """What a subscription gives today. It follows from the days of its terms, and is never stored."""

    UPCOMING = "upcoming", "Its first day has not come yet; its seats cannot be assigned."
    ACTIVE = "active", "Its seats can be assigned."
    EXPIRING = "expiring", "Its seats can be assigned; its last day comes within 90 days."
    EXPIRED = "expired", "Its last day was at most 15 days ago: it gives no new seat, and holders keep theirs."
    SUSPENDED = "suspended", "Its last day was more than 15 days ago; holders keep their seats until it has ended."
    ENDED = "ended", "Its days of grace are over. Its seats count no more, and the calendar frees them."


def status(starts_on: date, ends_on: date, grace_days: int, today: date) -> SubscriptionStatus:
    """The status of a subscription on a day (UTC). `starts_on` and `ends_on` are included in its terms."""
    past = (today - ends_on).days
    if today < starts_on:
        return SubscriptionStatus.UPCOMING
    if past <= 0:
        return SubscriptionStatus.EXPIRING if past >= -EXPIRING_DAYS else SubscriptionStatus.ACTIVE
    if past > grace_days:
        return SubscriptionStatus.ENDED
    return SubscriptionStatus.EXPIRED if past <= EXPIRED_DAYS else SubscriptionStatus.SUSPENDED


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day if it is shorter. Count from the first day, so nothing drifts."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day(anchor: date, step: int, months: int) -> date:
    """The last day of the term that begins `step` months after `anchor` and has this number of months."""
    return add_months(anchor, step + months) - timedelta(1)


def months_between(starts_on: date, ends_on: date) -> int | None:
    """The number of whole months of a term; None if it is no number of whole months, or ends in the last year."""
    if ends_on.year == MAXYEAR:
        return None
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    possible = [one for one in (months, months + 1) if 0 < one <= MAX_MONTHS]
    return next((one for one in possible if last_day(starts_on, 0, one) == ends_on), None)


def nearest_months(starts_on: date, ends_on: date) -> int:
    """The number of months that comes nearest to a term that is no number of whole months."""
    days = (ends_on - starts_on).days + 1
    return min(max(round(days * 12 / YEAR_DAYS), 1), MAX_MONTHS)


class Term(NamedTuple):
    """A term: its first and last day. It begins `step` months after `anchor_on`, and lasts `months`.

    `months` is None if the first term of a subscription is no number of whole months.
    """

    starts_on: date
    ends_on: date
    anchor_on: date
    step: int
    months: int | None

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.ends_on - self.starts_on).days + 1


def next_term(term: Term, months: int) -> Term:
    """The term of this number of months that begins on the day after another one.

    As long as the number of months stays the same, all terms are counted from the same first day, so that the 31st
    comes back after a short month. Otherwise they are counted anew.
    """
    if term.months == months:
        anchor, step = term.anchor_on, term.step + months
    else:
        anchor, step = term.ends_on + timedelta(1), 0
    return Term(add_months(anchor, step), last_day(anchor, step, months), anchor, step, months)
