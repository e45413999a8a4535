"""Loading by key: each key is loaded once in an operation, and keys that are asked for together share one call."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from aiodataloader import DataLoader

from domain.problems import Forbidden

V = TypeVar("V")
Find = Callable[[list[Any]], Awaitable[Mapping[Any, V | Forbidden]]]


class Loading(Generic[V]):
    """Loads values by key with `find`, in one operation of one actor. A Forbidden is the error of its key only.

    Use `load` for one key. Use `want`, `settle` and `values` for a whole level: that needs no future for each row.
    """

    __slots__ = ("_find", "_found", "_loader", "_wanted")

    _loader: DataLoader[Hashable, V | Forbidden | None]

    def __init__(self, find: Find[V]) -> None:
        """Store `find`; nothing is loaded yet."""
        self._find = find
        self._found: dict[Hashable, V | Forbidden | None] = {}
        self._wanted: dict[Hashable, None] = {}

    def narrowed(self, _selected: frozenset[str]) -> "Loading[V]":
        """The `Loading` to use if only these fields of the values are selected."""
        return self

    def load(self, key: Hashable) -> "asyncio.Future[V | None]":
        """A future of the value of this key; all keys that are asked for in one turn of the event loop share a call."""
        try:
            loader = self._loader
        except AttributeError:  # made only here, because most fields are loaded for whole levels
            loader = self._loader = DataLoader(self._load)
        # Callers of the same key share a future, and the executor cancels what it does not need any more.
        return asyncio.shield(loader.load(key))  # type: ignore[arg-type] # a Forbidden is raised, not returned

    async def load_all(self, keys: Sequence[Hashable]) -> list[V]:
        """The values of these keys, without those that have none. Raises the error of a key."""
        found = await asyncio.gather(*map(self.load, keys))
        return [value for value in found if value is not None]

    def want(self, keys: Sequence[Hashable]) -> None:
        """Let the next `settle` load these keys too."""
        wanted = dict.fromkeys(keys)
        self._wanted = self._wanted | wanted if self._wanted else wanted

    async def settle(self) -> None:
        """Load all wanted keys that are not loaded yet, in one call."""
        fresh = [key for key in self._wanted if key not in self._found] if self._found else list(self._wanted)
        self._wanted = {}
        if fresh:
            found = await self._find(fresh)
            self._found.update(found if len(found) == len(fresh) else zip(fresh, map(found.get, fresh), strict=True))

    def forget(self) -> None:
        """Drop all values and the references to itself, so that the rows are freed without the garbage collector."""
        self._found.clear()
        self._find = _find_nothing
        if hasattr(self, "_loader"):
            del self._loader

    def values(self, keys: Sequence[Hashable]) -> list[V | Forbidden | None]:
        """The loaded value of each of these keys; None if there is none, or after `forget`."""
        return list(map(self._found.get, keys))

    async def _load(self, keys: list[Hashable]) -> list[V | Forbidden | None]:
        self.want(keys)
        await self.settle()
        return self.values(keys)


class GuardedLoading(Generic[V]):
    """A `Loading` for keys that are pairs of a key and a team id.

    `refusal` returns the error for a key of this team, or None if the actor may load it.
    """

    __slots__ = ("_loading", "_refusal")

    def __init__(self, loading: Loading[V], refusal: Callable[[str], Forbidden | None]) -> None:
        self._loading = loading
        self._refusal = refusal

    def narrowed(self, selected: frozenset[str]) -> "GuardedLoading[V]":
        """The loading to use if only these fields of the values are selected."""
        return GuardedLoading(self._loading.narrowed(selected), self._refusal)

    def load(self, key: tuple[Hashable, str]) -> "asyncio.Future[V | None]":
        """A future of the value of this key. Raises Forbidden."""
        refused = self._refusal(key[1])
        if refused is not None:
            raise refused
        return self._loading.load(key[0])

    def want(self, keys: Sequence[tuple[Hashable, str]]) -> None:
        """Let the next `settle` load these keys too, except the refused ones."""
        self._loading.want([key for key, team_id in keys if self._refusal(team_id) is None])

    async def settle(self) -> None:
        """Load all wanted keys that are not loaded yet, in one call."""
        await self._loading.settle()

    def values(self, keys: Sequence[tuple[Hashable, str]]) -> list[V | Forbidden | None]:
        """The loaded value of each of these keys; its error in place of a refused one."""
        values = self._loading.values([key for key, _ in keys])
        refused = [self._refusal(team_id) for _, team_id in keys]
        return [value if error is None else error for value, error in zip(values, refused, strict=True)]


async def _find_nothing(_: list[Any]) -> dict[Any, Any]:
    return {}


def row_count(values: Collection[Any]) -> int:
    """How many rows these loaded values hold: a list holds its items, and a value that is a tuple is one row."""
    kinds: set[type] = set(map(type, values))
    lists = {kind for kind in kinds if hasattr(kind, "__len__") and not issubclass(kind, (str, tuple))}
    if not lists:
        return len(values)
    if lists == kinds:
        return sum(map(len, values))
    return sum(len(value) if type(value) in lists else 1 for value in values)
