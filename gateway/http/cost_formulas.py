"""Costs as formulas of the variables of an operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.paging import MAX_SIZE


@dataclass(frozen=True, slots=True)
class Cost:
    """Rows: a fixed number, and parts that depend on variables."""

    fixed: int = 0
    parts: "tuple[Pages | Dearest, ...]" = ()

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the rows with these variables."""
        return self.fixed + sum(part.of(variables) for part in self.parts)


Size = int | tuple[str, int | None]
"""A number of rows, or the variable that holds it, with its default; a list has as many rows as items."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows, each with those below it.

    `sizes` are the numbers that the document gives, in `first` and `last`: the largest counts, because only one of them
    can be valid. `default` is the number if none is given.
    """

    sizes: tuple[Size, ...]
    default: int
    below: Cost

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the rows with these variables."""
        given = [one if isinstance(one, int) else _number(variables.get(one[0]), one[1]) for one in self.sizes]
        times = max((one for one in given if one is not None), default=self.default)
        # If a number is larger than a page, the field itself refuses it later.
        return min(times, MAX_SIZE) * (1 + self.below.of(variables))


@dataclass(frozen=True, slots=True)
class Dearest:
    """Rows of an object that has one of several types."""

    options: tuple[Cost, ...]

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the rows of the type that has the most with these variables."""
        return max(option.of(variables) for option in self.options)


def _number(value: Any, default: int | None) -> int | None:
    """Return the number of rows that the value of a variable asks for; the default if the value is refused later."""
    if isinstance(value, list):
        return len(value)
    # GraphQL accepts 100.0 for an Int, too.
    return int(min(value, MAX_SIZE)) if isinstance(value, int | float) and value >= 1 else default
