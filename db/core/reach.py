"""A reach as SQL: one text whatever the number of teams, because both lists go in as arrays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, CollectionAggregate, ColumnElement, any_, bindparam, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from db.tables.types import ID
from domain.reach import Reach

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def within(reach: Reach, team_id: Column, owner_id: Column | None = None) -> ColumnElement[bool]:
    """The condition that a row lies within `reach`; `owner_id` is the column that makes a row one's own.

    Without such a column nobody owns a row, and `reach.own_teams` opens nothing.
    """
    whole: ColumnElement[bool] = team_id == any_of(reach.teams)
    if owner_id is not None:
        whole = or_(whole, (team_id == any_of(reach.own_teams)) & mine(reach, owner_id))
    return whole.is_(true())


def mine(reach: Reach, owner_id: Column) -> ColumnElement[bool]:
    """The condition that a row belongs to the one whose rows count as own; for nobody, none does.

    A parameter, never `== None`: SQLAlchemy would make that IS NULL, and open every row without an owner.
    """
    me = reach.me if isinstance(reach.me, BindParameter) else bindparam(None, reach.me, ID, unique=True)
    return owner_id == me


def any_of(ids: Sequence[str] | ColumnElement[Any]) -> CollectionAggregate[bool]:
    """`ANY(:ids)`: the statement's text, and so its prepared form, is the same for any number of ids."""
    return any_(ids if isinstance(ids, ColumnElement) else bindparam(None, list(ids), ARRAY(ID), unique=True))
