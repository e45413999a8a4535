"""A reach as SQL. The text is the same for any number of teams, because both lists are passed as arrays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, CollectionAggregate, ColumnElement, any_, bindparam, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from db.tables.types import ID
from domain.reach import Reach

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def within(reach: Reach, team_id: Column, owner_id: Column | None = None) -> ColumnElement[bool]:
    """Return the condition that a row lies within `reach`. `owner_id` is the column with the id of the row's owner.

    Without `owner_id` nobody owns a row, so `reach.own_teams` adds no rows.
    """
    condition: ColumnElement[bool] = team_id == any_of(reach.teams)
    if owner_id is not None:
        condition = or_(condition, (team_id == any_of(reach.own_teams)) & is_own(reach, owner_id))
    return condition.is_(true())


def is_own(reach: Reach, owner_id: Column) -> ColumnElement[bool]:
    """Return the condition that `reach.me` owns a row. If `reach.me` is None, no row meets it.

    `me` is a parameter, never `== None`: SQLAlchemy would turn that into IS NULL, which every row without an owner
    meets.
    """
    me = reach.me if isinstance(reach.me, ColumnElement) else bindparam(None, reach.me, ID, unique=True)
    return owner_id == me


def any_of(ids: Sequence[str] | ColumnElement[Any]) -> CollectionAggregate[bool]:
    """Return `ANY(:ids)`. The text of the statement, and so its prepared form, is the same for any number of ids."""
    return any_(ids if isinstance(ids, ColumnElement) else bindparam(None, list(ids), ARRAY(ID), unique=True))
