"""The scalar for times. Its values are datetimes, or texts that the database has already written as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any

import orjson
import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition

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


TIME = strawberry.scalar(
    name="DateTime",
    description=DateTimeDefinition.description,
    serialize=time_text,
    parse_value=DateTimeDefinition.parse_value,
)
