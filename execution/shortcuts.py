"""What a caller may know about a schema's resolvers that cannot be seen in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLField, GraphQLLeafType, GraphQLObjectType, GraphQLResolveInfo

Call = Callable[[Any], Any]


class Direct(NamedTuple):
    """A shorter way to the same answer as a field's resolver.

    `prepare(info, arguments)` returns the call that answers for one source. With `shares_info` it is made once for
    all sources of a step, and its info has no path: give it only where neither `prepare` nor the call reads the path.
    """

    prepare: Callable[[GraphQLResolveInfo[Any], dict[str, Any]], Call]
    shares_info: bool


class Batch(Protocol):
    """What gives the values of many keys at once; several fields of a level may share one."""

    def want(self, keys: Sequence[Any]) -> None:
        """Ask for these keys too, with the next `settle`."""

    async def settle(self) -> None:
        """Find the values of all keys wanted so far. What it raises is the error of each of them."""

    def values(self, keys: Sequence[Any]) -> list[Any]:
        """The value of each key, once settled; an exception stands for the error of its key."""


class Batched(NamedTuple):
    """A way to the values of all objects of a step at once, instead of an awaitable for each.

    `prepare(info, arguments, selected)` returns the batch, and `key(source)` tells what to ask it for; no key, no
    value. It is made once for all sources of a step: its info has no path. `selected` are the names of the fields
    below, for a batch that has less to find when less is asked for.
    """

    prepare: Callable[[GraphQLResolveInfo[Any], dict[str, Any], frozenset[str]], Batch]
    key: Callable[[Any], Any]


Shown = Callable[[list[Any], set[type]], list[Any] | None]
"""Makes a column of values, whose types are given, what coercing each for output would; None for what it cannot."""


def _unknown(_asked: GraphQLField | GraphQLObjectType | GraphQLLeafType) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Asked once for each field of an operation when it is compiled.

    `attribute` names the attribute that a field's resolver reads with `getattr` and does nothing else; `direct` gives
    a shorter way to what the resolver does, `batched` one for all objects of a step. `instances` names the class of
    which a type's `is_type_of` looks for instances, and does nothing else; `shown` coerces whole columns of a scalar.
    They answer None for all others.
    """

    attribute: Callable[[GraphQLField], str | None] = _unknown
    direct: Callable[[GraphQLField], Direct | None] = _unknown
    batched: Callable[[GraphQLField], Batched | None] = _unknown
    instances: Callable[[GraphQLObjectType], type | None] = _unknown
    shown: Callable[[GraphQLLeafType], Shown | None] = _unknown
