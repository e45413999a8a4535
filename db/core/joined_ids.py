"""Ids of objects that have no row of their own, such as pools: a prefix, and the ids of their parts with dots between.

`domain.ids` makes the same ids in Python.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from db.tables.types import ID
from domain.ids import SEPARATOR


def joined(prefix: str, *parts: Any) -> ColumnElement[str]:
    """Return the id that is made of these ids."""
    made: Any = literal_column(f"'{prefix}_'", ID)
    for number, part in enumerate(parts):
        made = made.concat(part) if number == 0 else made.concat(literal_column(f"'{SEPARATOR}'", ID)).concat(part)
    return made  # type: ignore[no-any-return]


def part_of(id_: ColumnElement[str], prefix: str, number: int) -> ColumnElement[str]:
    """Return one of the ids of which an id is made, by its number from 1; an empty text if there is none."""
    parts = func.substr(id_, len(prefix) + 2, type_=ID)
    return func.split_part(parts, SEPARATOR, number, type_=ID)


def distinct(ids: Any) -> Any:
    """Return a table with each of these ids once, in the column `id`."""
    return select(func.unnest(ids, type_=ID).label("id")).distinct().subquery("named")
