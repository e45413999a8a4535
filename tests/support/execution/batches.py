"""Resolvers that load by a key, one object at a time or all of a step at once, and misbehave alike in both ways."""

import asyncio
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from graphql import GraphQLField, GraphQLResolveInfo, Undefined

from execution.shortcuts import Batched
from tests.support.execution.failing_resolvers import Plain, World, single


def batched(declared: GraphQLField) -> Batched | None:
    """The shortcut for `far` and `sum`."""
    name: str | None = declared.extensions.get("batched")
    return None if name is None else Batched(lambda info, given, _: Batch(info.context, name, **given), _key)


class Batch:
    """What `far` or `sum` gives for many sources; it fails as a whole, for some of them, or when it is made."""

    def __init__(self, world: World, name: str, n: int | None) -> None:
        self.world, self.name, self.n = world, name, n
        self.wanted: set[str] = set()
        if world.draw("making", name, n).random() < world.failing / 4:
            raise ValueError(f"no batch for {n}")

    def want(self, keys: Sequence[str]) -> None:
        """Remember them."""
        self.wanted.update(keys)

    async def settle(self) -> None:
        """Fail, at times, and take a while."""
        if self.world.suspending:
            await asyncio.sleep(0)
        self.check()

    def check(self) -> None:
        """Fail, at times."""
        if self.world.draw("settling", self.name, self.n).random() < self.world.failing:
            raise ValueError(f"all of {self.n} failed")

    def values(self, keys: Sequence[str]) -> list[Any]:
        """What was drawn for each."""
        assert set(keys) <= self.wanted
        return [self.value(key) for key in keys]

    def value(self, key: str) -> Any:
        """What was drawn for one."""
        chance = self.world.draw(self.name, key, self.n)
        if chance.random() < self.world.failing / 2:
            return ValueError(f"failed at {key}")
        if chance.random() < self.world.failing:
            return chance.choice([None, Undefined, Plain(), "wrong", 2.5])
        return single(self.world, chance, {"far": "Pet", "sum": "Int"}[self.name], (key, self.name, self.n))


def alone(name: str) -> Any:
    """The resolver that gives for one source what the batch gives for many."""

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
