"""The scalar for times: datetimes, and those that the database wrote already."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any

import orjson
import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition


def shown(value: datetime | str) -> str:
    """A time as the response shows it; those of answers that were kept long ago have no quotation marks."""
    return value.strip('"') if isinstance(value, str) else value.isoformat()


def all_shown(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    """A whole column of them at once, datetimes by way of JSON in a sixth of the time; None for a mixed one."""
    if kinds <= {str, NoneType}:
        return [value and value.strip('"') for value in values]
    if kinds <= {datetime, NoneType} and {value.tzinfo for value in values if value is not None} == {UTC}:
        return list(orjson.loads(orjson.dumps(values)))
    return None


TIME = strawberry.scalar(
    name="DateTime",
    description=DateTimeDefinition.description,
    serialize=shown,
    parse_value=DateTimeDefinition.parse_value,
)
