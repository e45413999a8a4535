"""What a caller may know about a schema's resolvers that cannot be seen in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import GraphQLField, GraphQLResolveInfo

Call = Callable[[Any], Any]


class Direct(NamedTuple):
    """A shorter way to the same answer as a field's resolver.

    `prepare(info, arguments)` returns the call that answers for one source. With `shares_info` it is made once for
    all sources of a step, and its info has no path: give it only where neither `prepare` nor the call reads the path.
    """

    prepare: Callable[[GraphQLResolveInfo[Any], dict[str, Any]], Call]
    shares_info: bool


def _unknown(_field: GraphQLField) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Asked once for each field of an operation when it is compiled.

    `attribute` names the attribute that a field's resolver reads with `getattr` and does nothing else; `direct` gives
    a shorter way to what the resolver does. Both answer None for all others.
    """

    attribute: Callable[[GraphQLField], str | None] = _unknown
    direct: Callable[[GraphQLField], Direct | None] = _unknown
