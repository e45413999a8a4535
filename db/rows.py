"""Rows as the driver read them, made into the rows that the rest of Usher knows."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

R = TypeVar("R")
T = TypeVar("T", bound=tuple[Any, ...])

Make = Callable[[Iterable[Iterable[Any]]], list[R]]
"""Makes rows of the values of many."""

FIRST = itemgetter(0)


def making(row: type[T]) -> Make[T]:
    """What makes named tuples of rows' values, as `_make` does but without a call in Python for each row.

    Nothing counts the values: the columns that are read are declared beside the row, and are as many.
    """
    make: Callable[[Iterable[Any]], T] = partial(tuple.__new__, row)
    return lambda rows: list(map(make, rows))


def by_first(make: Make[R], rows: Sequence[Any]) -> dict[str, R]:
    """The rows by their first value, an id."""
    return dict(zip(map(FIRST, rows), make(rows), strict=True))
