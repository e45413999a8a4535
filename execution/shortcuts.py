"""Shortcuts: what a caller knows about the resolvers of a schema, but the executor cannot see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLField, GraphQLLeafType, GraphQLObjectType, GraphQLResolveInfo

Call = Callable[[Any], Any]


class Direct(NamedTuple):
    """A shorter way to the same value as the resolver of a field.

    `prepare(info, arguments)` returns a call that resolves the field for one source. With `shares_info`, `prepare` is
    called once for all sources of a step, and its info has no path. Set it only if neither `prepare` nor the call reads
    the path.
    """

    prepare: Callable[[GraphQLResolveInfo[Any], dict[str, Any]], Call]
    shares_info: bool


class Batch(Protocol):
    """Loads the values of many keys at once. Several fields of a level may share a batch."""

    def want(self, keys: Sequence[Any]) -> None:
        """Add these keys to the ones that the next `settle` loads."""

    async def settle(self) -> None:
        """Load the values of all keys wanted so far. If it raises an error, that is the error of each key."""

    def values(self, keys: Sequence[Any]) -> list[Any]:
        """Return the value of each key after `settle`. An exception in place of a value is the error of its key."""


class Batched(NamedTuple):
    """A way to load the values of all objects of a step at once, instead of one awaitable for each object.

    `prepare(info, arguments, selected)` returns the batch; it is called once for all sources of a step, so its info has
    no path. `selected` are the names of the fields below, so that a batch can load less if less is selected.
    `key(source)` returns the key of a source. If the key is None, the value is null.
    """

    prepare: Callable[[GraphQLResolveInfo[Any], dict[str, Any], frozenset[str]], Batch]
    key: Callable[[Any], Any]


CoerceColumn = Callable[[list[Any], set[type]], list[Any] | None]
"""Coerces a column of values for output, given the set of their types. Returns None if it cannot."""


def _unknown(_declared: GraphQLField | GraphQLObjectType | GraphQLLeafType) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Functions that are called once for each field of an operation when it is compiled. They return None if unknown.

    - `attribute` returns the name of an attribute, if the resolver of the field only reads it with `getattr`.
    - `direct` returns a shorter way to do what the resolver does.
    - `batched` returns a way to load the values of all objects of a step at once.
    - `of_source` returns the function of a resolver that takes nothing but the source.
    - `instances` returns a class, if the type's `is_type_of` only checks that the value is an instance of it.
    - `coerce_column` returns a function that coerces whole columns of a scalar.
    - `most_bytes` returns the most bytes that a value of a scalar of the schema has in JSON.
    """

    attribute: Callable[[GraphQLField], str | None] = _unknown
    direct: Callable[[GraphQLField], Direct | None] = _unknown
    batched: Callable[[GraphQLField], Batched | None] = _unknown
    of_source: Callable[[GraphQLField], Call | None] = _unknown
    instances: Callable[[GraphQLObjectType], type | None] = _unknown
    coerce_column: Callable[[GraphQLLeafType], CoerceColumn | None] = _unknown
    most_bytes: Callable[[GraphQLLeafType], int | None] = _unknown
