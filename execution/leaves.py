"""Scalars and enums of a whole column, as the response shows them."""

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

from execution.plan import Unusual
from execution.shortcuts import Shown
from execution.type_checks import inert

MAX_INT, MIN_INT = 2**31 - 1, -(2**31)

_OWN: dict[GraphQLLeafType, type] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLBoolean: bool,
    GraphQLInt: int,
    GraphQLFloat: float,
}
# Every value of these is shown; of the others, only some are.
_ANY = frozenset({str, bool})


def is_shown_as_is(leaf: GraphQLLeafType, values: list[Any], kinds: set[type], *, nullable: bool) -> bool:
    """Whether a column needs no coercion: its values are plain ones of the leaf's own Python type."""
    own = _OWN.get(leaf)
    if kinds != {own}:
        return nullable and own in _ANY and kinds.issubset((own, NoneType))
    if own is int:
        return bool(min(values) >= MIN_INT and max(values) <= MAX_INT)
    return own in _ANY or all(map(isfinite, values))


def serialize(
    executor: Executor[Any], leaf: GraphQLLeafType, shown: Shown | None, values: list[Any], kinds: set[type]
) -> list[Any]:
    """The column in the response, nulls left as they are; `kinds` are the values' types. Raises Unusual for no leaf."""
    if is_shown_as_is(leaf, values, kinds, nullable=True):
        return values
    at_once = None if shown is None else shown(values, kinds)
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
        raise Unusual
    if kinds & {NoneType, type(Undefined)} and any(
        shown is Undefined or (shown is None and value is not None) for shown, value in zip(column, values, strict=True)
    ):
        raise Unusual
