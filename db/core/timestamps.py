"""Times that are only shown. They are read as JSON texts: to make datetimes of them took four times as long."""

from typing import Any, NewType

from sqlalchemy import ColumnElement, Text, cast, func

JsonTime = NewType("JsonTime", str)
"""A time in UTC as a JSON text, with its quotation marks."""


def json_time(moment: Any) -> ColumnElement[Any]:
    """Return an expression that reads a column of times as `JsonTime`."""
    return cast(func.to_json(moment), Text)
