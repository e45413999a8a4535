"""What is loaded by key: once in an operation, for all who ask together."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from aiodataloader import DataLoader

from domain.problems import Forbidden

V = TypeVar("V")
Find = Callable[[list[Any]], Awaitable[Mapping[Any, V | Forbidden]]]


class Loading(Generic[V]):
    """What `find` finds for keys, in one operation of one actor; a Forbidden is the error of its key alone.

    Who has one key loads it and gets a future. Who has all keys of a level wants them, settles, and takes the values:
    that costs no future a row.
    """

    __slots__ = ("_find", "_found", "_loader", "_wanted")

    _loader: DataLoader[Hashable, V | Forbidden | None]

    def __init__(self, find: Find[V]) -> None:
        """Nothing is found yet."""
        self._find = find
        self._found: dict[Hashable, V | Forbidden | None] = {}
        self._wanted: dict[Hashable, None] = {}

    def narrowed(self, _selected: frozenset[str]) -> "Loading[V]":
        """The one to use when only these fields of its values are looked at."""
        return self

    def load(self, key: Hashable) -> "asyncio.Future[V | None]":
        """What there is for this key, with all others that are asked for now."""
        try:
            loader = self._loader
        except AttributeError:  # most are only asked for whole levels
            loader = self._loader = DataLoader(self._load)
        return loader.load(key)  # type: ignore[return-value] # a Forbidden is raised, not returned

    def want(self, keys: Sequence[Hashable]) -> None:
        """Ask for these keys too, with the next `settle`."""
        wanted = dict.fromkeys(keys)
        self._wanted = self._wanted | wanted if self._wanted else wanted

    async def settle(self) -> None:
        """Find what was wanted and is not known yet, all of it together."""
        fresh = [key for key in self._wanted if key not in self._found] if self._found else list(self._wanted)
        self._wanted = {}
        if fresh:
            found = await self._find(fresh)
            self._found.update(found if len(found) == len(fresh) else zip(fresh, map(found.get, fresh), strict=True))

    def forget(self) -> None:
        """Let go of all that was found, and of itself: an operation's rows should not wait for the collector."""
        self._found.clear()
        self._find = _forgotten
        if hasattr(self, "_loader"):
            del self._loader

    def values(self, keys: Sequence[Hashable]) -> list[V | Forbidden | None]:
        """What was found for each of these keys; nothing, once the operation is over."""
        return list(map(self._found.get, keys))

    async def _load(self, keys: list[Hashable]) -> list[V | Forbidden | None]:
        self.want(keys)
        await self.settle()
        return self.values(keys)


async def _forgotten(_: list[Any]) -> dict[Any, Any]:
    return {}
