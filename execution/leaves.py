"""Convert the scalars and enums of a whole column for the response."""

from enum import Enum
from math import isfinite
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.execution import Executor

from execution.plan import NeedsFallback
from execution.shortcuts import CoerceColumn
from execution.type_checks import inert

MAX_INT, MIN_INT = 2**31 - 1, -(2**31)

_OWN: dict[GraphQLLeafType, type] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLBoolean: bool,
    GraphQLInt: int,
    GraphQLFloat: float,
}
# All values of these types are valid in a response. Of the other types, only some values are valid.
_ANY = frozenset({str, bool})


def needs_no_coercion(leaf: GraphQLLeafType, values: list[Any], kinds: set[type], *, nullable: bool) -> bool:
    """Whether a column needs no coercion, because all its values are valid and of the leaf's own Python type."""
    own = _OWN.get(leaf)
    if kinds != {own}:
        return nullable and own in _ANY and kinds.issubset((own, NoneType))
    if own is int:
        return bool(min(values) >= MIN_INT and max(values) <= MAX_INT)
    return own in _ANY or all(map(isfinite, values))


def serialize(
    executor: Executor[Any],
    leaf: GraphQLLeafType,
    coerce_column: CoerceColumn | None,
    values: list[Any],
    kinds: set[type],
) -> list[Any]:
    """Return the column for the response; nulls do not change. `kinds` are the types of the values.

    Raises NeedsFallback if a value is not valid for the leaf type.
    """
    if needs_no_coercion(leaf, values, kinds, nullable=True):
        return values
    at_once = None if coerce_column is None else coerce_column(values, kinds)
    if at_once is not None:
        return at_once
    distinct = kinds - {NoneType}
    if isinstance(leaf, GraphQLEnumType) and len(distinct) == 1 and issubclass(next(iter(distinct)), Enum):
        names = {value: leaf.coerce_output_value(value) for value in {*values} - {None}}
        column = [None if value is None else names[value] for value in values]
    else:
        coerce = leaf.coerce_output_value
        column = [None if value is None else coerce(value) for value in values]
    _check(executor, values, column)
    return column


def _check(executor: Executor[Any], values: list[Any], column: list[Any]) -> None:
    kinds = set(map(type, column))
    if not inert(kinds):
        executor.track_async_work(column)
        raise NeedsFallback
    if kinds & {NoneType, type(Undefined)} and any(
        coerced is Undefined or (coerced is None and value is not None)
        for coerced, value in zip(column, values, strict=True)
    ):
        raise NeedsFallback
