"""What a statement is expected to return, compared with PostgreSQL's own description of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin


class StatementMismatch(Exception):
    """The columns of a statement are not those of the row type that it is read into."""


class Column(NamedTuple):
    """A column that a statement must return: its name (None: any name), and the Python type of its values."""

    name: str | None
    hint: Any


@dataclass(slots=True, eq=False)
class Sql:
    """A statement as it goes to the server.

    `name` identifies it in errors. `text` is in the driver's form (`$1` for the first value). `columns` are the columns
    that it must return, in order; None if they are not known, as in a prompt. `checked` says whether the server's
    description was compared with them.
    """

    name: str
    text: str
    columns: Sequence[Column] | None
    checked: bool = False

    def check(self, attributes: Sequence[Any]) -> None:
        """Compare the columns with the driver's attributes. Raises StatementMismatch."""
        if self.columns is None:
            return
        expected = [column.name for column in self.columns]
        found = [attribute.name for attribute in attributes]
        if len(expected) != len(found) or any(
            name is not None and name != other for name, other in zip(expected, found, strict=True)
        ):
            raise StatementMismatch(f"{self.name} returns ({', '.join(found)}), not ({', '.join(map(str, expected))})")
        for column, attribute in zip(self.columns, attributes, strict=True):
            if not _fits(column.hint, attribute.type.name):
                raise StatementMismatch(
                    f"{self.name} returns {attribute.name} as {attribute.type.name}, which is not {column.hint}"
                )
        self.checked = True


# The types of PostgreSQL whose values the driver returns as this Python type.
_TYPES: dict[type, frozenset[str]] = {
    str: frozenset({"text", "varchar", "name"}),
    int: frozenset({"int2", "int4", "int8"}),
    float: frozenset({"float4", "float8"}),
    bool: frozenset({"bool"}),
    bytes: frozenset({"bytea"}),
    date: frozenset({"date"}),
    datetime: frozenset({"timestamptz"}),
}

_JSON_TYPES = frozenset({"json", "jsonb"})


def is_json(hint: Any) -> bool:
    """Whether values of this type are read from JSON: an object, or a list of objects. It arrives as a text."""
    kind = get_args(hint)[0] if get_origin(hint) is list else hint
    return (get_origin(kind) or kind) is dict


def _fits(hint: Any, type_name: str) -> bool:
    """Whether values of this type of PostgreSQL are read as this type of Python."""
    if hint is Any:
        return True
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) in {Union, UnionType}:
        return any(_fits(part, type_name) for part in get_args(hint) if part is not NoneType)
    if is_json(hint):
        return type_name in _JSON_TYPES
    if get_origin(hint) is list:
        return type_name.endswith("[]") and _fits(get_args(hint)[0], type_name.removesuffix("[]"))
    kind = get_origin(hint) or hint
    if isinstance(kind, type) and issubclass(kind, Enum):
        kind = type(next(iter(kind)).value)
    return type_name in _TYPES[kind]
