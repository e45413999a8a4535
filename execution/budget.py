"""The size of an answer in bytes of JSON, counted while the answer is built, so that a large one is never built."""

from collections.abc import Sequence
from typing import Any

import orjson
from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLInt, GraphQLLeafType

CHUNK = 64
"""How many values are measured at once. Only their JSON is in memory at a time."""
PUNCTUATION = 4
"""The bytes around a key: two quotes, a colon and a comma."""
NULL = 4
MAX_CHARACTER = 6
"""The most bytes of a character in JSON: `\\u0001`."""
_BOUNDED = {GraphQLBoolean: 5, GraphQLInt: 11, GraphQLFloat: 24}


class AnswerTooLarge(Exception):
    """The answer would have more bytes than it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The answer has over {limit} bytes.")
        self.limit = limit


class Budget:
    """The bytes that an answer may have. Without a limit, nothing is counted."""

    __slots__ = ("limit", "used")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.used = 0

    @property
    def is_spent(self) -> bool:
        """Whether more was used than the limit."""
        return self.limit is not None and self.used > self.limit

    def spend(self, number: int) -> None:
        """Count bytes. Raises AnswerTooLarge if the answer has more than it may have."""
        self.used += number
        if self.limit is not None and self.used > self.limit:
            raise AnswerTooLarge(self.limit)

    def spend_on(self, values: Sequence[Any]) -> None:
        """Count the JSON of these values, a part of them at a time. Raises AnswerTooLarge."""
        if self.limit is None:
            return
        for start in range(0, len(values), CHUNK):
            self.spend(size_of(values[start : start + CHUNK]))


def size_of(values: Sequence[Any]) -> int:
    """Return the bytes of these values as JSON, with what separates them."""
    return len(orjson.dumps(values, default=str))


def most_bytes(leaf: GraphQLLeafType) -> int | None:
    """Return the most bytes that a value of this type has in JSON; None if the type sets no bound."""
    if isinstance(leaf, GraphQLEnumType):
        return max(map(len, leaf.values)) + 2
    return _BOUNDED.get(leaf)
