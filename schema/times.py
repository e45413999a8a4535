"""The scalar for times: datetimes, and those that the database wrote already."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any

import orjson
import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition


def shown(value: datetime | str) -> str:
    """A time as the response shows it."""
    return str(orjson.loads(value)) if isinstance(value, str) else value.isoformat()


def all_shown(values: Sequence[Any], kinds: set[type]) -> list[Any] | None:
    """A whole column of them at once, by way of JSON, which takes a fraction of the time; None for a mixed one."""
    if kinds <= {str, NoneType}:
        texts = [value or "null" for value in values] if NoneType in kinds else values
        return list(orjson.loads(f"[{','.join(texts)}]"))
    if kinds <= {datetime, NoneType} and {value.tzinfo for value in values if value is not None} == {UTC}:
        return list(orjson.loads(orjson.dumps(values)))
    return None


TIME = strawberry.scalar(
    name="DateTime",
    description=DateTimeDefinition.description,
    serialize=shown,
    parse_value=DateTimeDefinition.parse_value,
)
