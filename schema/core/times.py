"""The scalars for moments and days.

The values of a moment are datetimes, or texts that the database has already written as JSON.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any

import orjson
import strawberry
from strawberry.exceptions import StrawberryInputCoercionError

from domain import times

MOST_BYTES = {"Date": len('"2026-01-31"'), "DateTime": len('"2026-01-31T12:00:00.000000+00:00:00.000000"')}
"""The most bytes of a value of each scalar for days and times in JSON."""


def time_text(value: datetime | str) -> str:
    """A time as the response shows it. A text may be in quotation marks; in old stored answers it is not."""
    return value.strip('"') if isinstance(value, str) else value.isoformat()


def time_texts(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    """The texts of a whole column of times; None if the column mixes types or has datetimes that are not in UTC.

    Datetimes are written as JSON and read back, which takes a sixth of the time of one call for each.
    """
    if kinds <= {str, NoneType}:
        return [value and value.strip('"') for value in values]
    if kinds <= {datetime, NoneType} and {value.tzinfo for value in values if value is not None} == {UTC}:
        return list(orjson.loads(orjson.dumps(values)))
    return None


def parser(parse: Callable[[str], date], otherwise: str) -> Callable[[object], date]:
    """A function that reads a client's value. It raises StrawberryInputCoercionError, which says what to send."""

    def read(value: object) -> date:
        try:
            return parse(value if isinstance(value, str) else "")
        except ValueError:
            raise StrawberryInputCoercionError(otherwise) from None

    return read


TIME = strawberry.scalar(
    name="DateTime",
    description=(
        "A moment: a day, a time and its offset from UTC, as RFC 3339 writes them, such as 2026-12-31T23:59:59Z. "
        "Answers use UTC. A time without an offset is refused, and so is a day without a time."
    ),
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    serialize=time_text,
    parse_value=parser(times.moment, times.NO_MOMENT),
)
DATE = strawberry.scalar(
    name="Date",
    description="A day as RFC 3339 writes it, for example 2026-12-31. It begins and ends at midnight UTC.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    serialize=date.isoformat,
    parse_value=parser(times.day, times.NO_DAY),
)
