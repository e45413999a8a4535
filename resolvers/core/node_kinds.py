"""What has an id: each area declares a `NodeKind` for each of its types, and `nodes` collects them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actions import Action
from domain.problems import NotFound
from domain.reach import Reach
from domain.subjects import Actor
from policies.engine.policy import Policy
from policies.explain import Explanation
from resolvers.core.context import Context
from resolvers.core.loaders import Loading

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Abilities = dict[Action, Explanation]
"""Each action that there is on an object, with what allows it or what would."""
FindReadable = Callable[[Context, Sequence[str]], Awaitable[Mapping[str, R]]]
"""Finds the rows of these ids that the actor may read; a batch for `Context.load`."""


class Finder(Protocol[R_co]):
    """Reads rows by id, those within a reach."""

    async def __call__(self, connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> Mapping[str, R_co]:
        """The rows by id."""


@dataclass(frozen=True, slots=True)
class NodeKind(Generic[R]):
    """One type that has an id.

    `prefix` is the part of its ids before the first `_`, and `row` is the class of its rows. `abilities` explains every
    action on a row for an actor. `explained` says whether the root field `explain` takes it; then a row has a team.
    """

    prefix: str
    row: type[R]
    find: FindReadable[R]
    abilities: Callable[[Policy, Actor, R], Abilities]
    explained: bool = False


def readable(find: Finder[R], action: Action) -> FindReadable[R]:
    """Finds the rows of these ids that the actor may read with this action."""

    async def by_ids(context: Context, ids: Sequence[str]) -> Mapping[str, R]:
        reach = context.reach(action)
        async with context.reading() as connection:
            return await find(connection, reach, ids)

    return by_ids


class Lookup(Generic[R]):
    """Looks for the object of one id, if it is of one of these kinds; `what` names them in an error.

    Use `load` for one field; use `want`, `settle` and `values` for a whole level, as with a `Loading`. An id of another
    form or kind, an unknown id, and an id that the actor may not read give the same NotFound.
    """

    def __init__(self, context: Context, id: str, kinds: Sequence[NodeKind[R]], what: str) -> None:
        """Raises Unauthenticated for nobody."""
        context.signed_in()
        prefix = id.partition("_")[0]
        finds = [kind.find for kind in kinds if kind.prefix == prefix]
        self._loading: Loading[R] | None = context.loading(finds[0]) if finds else None
        self._id, self._what = id, what

    async def load(self) -> R:
        """The object. Raises NotFound."""
        row = None if self._loading is None else await self._loading.load(self._id)
        if row is None:
            raise NotFound(self._what)
        return row

    def narrowed(self, _selected: frozenset[str]) -> "Lookup[R]":
        """The one to use when only these fields are looked at."""
        return self

    def want(self, _keys: Sequence[object]) -> None:
        """Ask for the object with the next `settle`."""
        if self._loading is not None:
            self._loading.want([self._id])

    async def settle(self) -> None:
        """Find all that is wanted."""
        if self._loading is not None:
            await self._loading.settle()

    def values(self, keys: Sequence[object]) -> list[object]:
        """The object, or NotFound, for each key."""
        row = None if self._loading is None else self._loading.values([self._id])[0]
        return [NotFound(self._what) if row is None else row] * len(keys)
