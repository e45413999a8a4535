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

    def __init__(self, find: Find[V]) -> None:
        """Nothing is found yet."""
        self._find = find
        self._found: dict[Hashable, V | Forbidden | None] = {}
        self._wanted: dict[Hashable, None] = {}
        self._loader: DataLoader[Hashable, V | Forbidden | None] = DataLoader(self._load)

    def narrowed(self, _selected: frozenset[str]) -> "Loading[V]":
        """The one to use when only these fields of its values are looked at."""
        return self

    def load(self, key: Hashable) -> "asyncio.Future[V | None]":
        """What there is for this key, with all others that are asked for now."""
        return self._loader.load(key)  # type: ignore[return-value] # a Forbidden is raised, not returned

    def want(self, keys: Sequence[Hashable]) -> None:
        """Ask for these keys too, with the next `settle`."""
        self._wanted.update(dict.fromkeys(keys))

    async def settle(self) -> None:
        """Find what was wanted and is not known yet, all of it together."""
        fresh = [key for key in self._wanted if key not in self._found]
        self._wanted.clear()
        if fresh:
            found = await self._find(fresh)
            self._found.update((key, found.get(key)) for key in fresh)

    def values(self, keys: Sequence[Hashable]) -> list[V | Forbidden | None]:
        """What was found for each of these keys."""
        return list(map(self._found.__getitem__, keys))

    async def _load(self, keys: list[Hashable]) -> list[V | Forbidden | None]:
        self.want(keys)
        await self.settle()
        return self.values(keys)
