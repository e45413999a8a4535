"""Times that are only shown. They are read as JSON texts: to make datetimes of them took four times as long."""

from typing import Any, NewType

from sqlalchemy import Cast, ColumnElement, Function, Label, Text, cast, func

JsonTime = NewType("JsonTime", str)
"""A time in UTC as a JSON text, with its quotation marks."""


def json_time(moment: Any) -> ColumnElement[Any]:
    """Return an expression that reads a column of times as `JsonTime`."""
    return cast(func.to_json(moment), Text)


def moment_of(expression: Any) -> ColumnElement[Any] | None:
    """Return the column of times that an expression of `json_time` shows, also with labels; None for any other."""
    while isinstance(expression, Label):
        expression = expression.element
    shown: Any = expression.clause if isinstance(expression, Cast) else None
    if not isinstance(shown, Function) or shown.name != "to_json":
        return None
    [moment] = shown.clauses
    return moment
