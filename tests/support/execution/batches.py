"""Resolvers that load by a key, for one object or for a whole step at once. They fail in the same way in both cases."""

import asyncio
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from graphql import GraphQLField, GraphQLResolveInfo, Undefined

from execution.shortcuts import Batched
from tests.support.execution.failing_resolvers import Behaviour, Plain, random_value


def batched(declared: GraphQLField) -> Batched | None:
    """Return the shortcut for the fields `far` and `sum`."""
    name: str | None = declared.extensions.get("batched")
    return None if name is None else Batched(lambda info, given, _: Batch(info.context, name, **given), _key)


class Batch:
    """Loads `far` or `sum` for many sources. It can fail as a whole, for some sources, or when it is made."""

    def __init__(self, behaviour: Behaviour, name: str, n: int | None) -> None:
        self.behaviour, self.name, self.n = behaviour, name, n
        self.wanted: set[str] = set()
        if behaviour.draw("making", name, n).random() < behaviour.failing / 4:
            raise ValueError(f"no batch for {n}")

    def want(self, keys: Sequence[str]) -> None:
        """Add the keys to the wanted keys."""
        self.wanted.update(keys)

    async def settle(self) -> None:
        """Wait if the behaviour says so, then fail sometimes."""
        if self.behaviour.suspending:
            await asyncio.sleep(0)
        self.check()

    def check(self) -> None:
        """Fail sometimes."""
        if self.behaviour.draw("settling", self.name, self.n).random() < self.behaviour.failing:
            raise ValueError(f"all of {self.n} failed")

    def values(self, keys: Sequence[str]) -> list[Any]:
        """Return the random value of each key."""
        assert set(keys) <= self.wanted
        return [self.value(key) for key in keys]

    def value(self, key: str) -> Any:
        """Return the random value of one key."""
        chance = self.behaviour.draw(self.name, key, self.n)
        if chance.random() < self.behaviour.failing / 2:
            return ValueError(f"failed at {key}")
        if chance.random() < self.behaviour.failing:
            return chance.choice([None, Undefined, Plain(), "wrong", 2.5])
        return random_value(self.behaviour, chance, {"far": "Pet", "sum": "Int"}[self.name], (key, self.name, self.n))


def single_resolver(name: str) -> Any:
    """Return a resolver that loads for one source the value that the batch loads for many."""

    def resolve(source: Any, info: GraphQLResolveInfo[Any], n: int | None = None) -> Any:
        batch, key = Batch(info.context, name, n), _key(source)

        async def load() -> Any:
            await batch.settle()
            value = batch.value(key)
            if isinstance(value, Exception):
                raise value
            return value

        return None if key is None else load()

    return resolve


def _key(source: Any) -> Any:
    token: str = source["token"] if isinstance(source, dict) else source.token
    return token if crc32(token.encode()) % 4 else None
