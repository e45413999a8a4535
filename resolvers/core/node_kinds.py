"""Types whose objects have an id: each area declares a `NodeKind` for each of them, and `nodes` collects them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.actions import Action
from domain.problems import NotFound
from domain.subjects import Actor
from policies.engine.policy import Policy
from policies.explain import Explanation
from resolvers.core.context import Context
from resolvers.core.loaders import Loading

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Abilities = dict[Action, Explanation]
"""Each action on an object, with the rule that allows it or the change that would allow it."""
FindReadable = Callable[[Context, Sequence[str]], Awaitable[Mapping[str, R]]]
"""Finds the rows with these ids that the actor may read; a batch function for `Context.load`."""


@dataclass(frozen=True, slots=True)
class NodeKind(Generic[R]):
    """One type whose objects have an id.

    `prefix` is the part of its ids before the first `_`, and `row` is the class of its rows. `abilities` explains every
    action on a row for an actor. `explained` says whether the root field `explain` accepts its objects; if so, a row
    is a team or has a `team_id`.
    """

    prefix: str
    row: type[R]
    find: FindReadable[R]
    abilities: Callable[[Policy, Actor, R], Abilities]
    explained: bool = False


class Lookup(Generic[R]):
    """Looks up the object with one id, if it is of one of these kinds; `what` names them in the error.

    Use `load` for one field; use `want`, `settle` and `values` for a whole level, as with a `Loading`. A malformed id,
    an id of another kind, an unknown id, and an id that the actor may not read give the same NotFound.
    """

    def __init__(self, context: Context, id: str, kinds: Sequence[NodeKind[R]], what: str) -> None:
        """Choose the kind by the prefix of the id. Raises Unauthenticated if nobody is signed in."""
        context.signed_in()
        prefix = id.partition("_")[0]
        finds = [kind.find for kind in kinds if kind.prefix == prefix]
        self._loading: Loading[R] | None = context.loading(finds[0]) if finds else None
        self._id, self._what = id, what

    async def load(self) -> R:
        """Load the object. Raises NotFound."""
        row = None if self._loading is None else await self._loading.load(self._id)
        if row is None:
            raise NotFound(self._what)
        return row

    @property
    def loaded(self) -> Any:
        """What loads the object; None if no kind has ids like this one."""
        return self._loading

    def narrowed(self, _selected: frozenset[str]) -> "Lookup[R]":
        """The look-up to use if only these fields are selected."""
        return self

    def want(self, _keys: Sequence[object]) -> None:
        """Let the next `settle` load the object."""
        if self._loading is not None:
            self._loading.want([self._id])

    async def settle(self) -> None:
        """Load everything that is wanted."""
        if self._loading is not None:
            await self._loading.settle()

    def values(self, keys: Sequence[object]) -> list[object]:
        """The object, or a NotFound, once for each key."""
        row = None if self._loading is None else self._loading.values([self._id])[0]
        return [NotFound(self._what) if row is None else row] * len(keys)
