"""Misbehaving resolvers: outcomes are drawn by seed, path and arguments."""

import asyncio
import random
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

OBJECTS = ("Ant", "Bee", "Cat")


@dataclass
class World:
    """How badly resolvers behave, and which of them were asked; the context of an operation."""

    seed: int
    failing: float
    waiting: float
    suspending: bool
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def draw(self, *key: object) -> random.Random:
        """Chances that depend on the seed and the key alone."""
        return random.Random(f"{self.seed} {key}")  # noqa: S311 - repeatable, not secret


class Thing:
    """A source; its attributes are drawn by its token."""

    def __init__(self, kind: str, token: str, world: World) -> None:
        self.kind, self.token, self.world = kind, token, world

    def __repr__(self) -> str:
        return f"<{self.kind} {self.token}>"

    @property
    def plain(self) -> Any:
        """An attribute that is at times wrong, or fails."""
        chance = self.world.draw("plain", self.token)
        if chance.random() < self.world.failing / 3:
            raise AttributeError(f"no plain in {self.token}") if chance.random() < 0.5 else ValueError("plain")
        return chance.choice([1, 2, 3, None, 2**40] if chance.random() < self.world.failing else [1, 2, 3])

    tag = "tagged"

    def method(self, info: GraphQLResolveInfo[Any], n: int = 0) -> Any:
        """An attribute that can be called."""
        return drawn(self, info, n=n)


class Awaited:
    """Something to await that is neither a coroutine nor a future."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        if isinstance(self.outcome, Raised):
            raise self.outcome.error
        return self.outcome


@dataclass(frozen=True)
class Raised:
    """An outcome that is raised."""

    error: Exception


def drawn(_source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """The resolver of nearly all fields."""
    world: World = info.context
    path = tuple(info.path.as_list())
    world.asked.append(path)
    chance = world.draw(path, sorted(arguments.items(), key=str), info.field_name, info.parent_type.name)
    if chance.random() < world.failing / 2:
        outcome: Any = Raised(_error(chance, path))
    else:
        outcome = _value(world, chance, info.return_type, path)
    return _given(world, chance, outcome)


def _error(chance: random.Random, path: tuple[Any, ...]) -> Exception:
    kind: Any = chance.choice([ValueError, KeyError, GraphQLError, StopIteration])
    error: Exception = kind(f"failed at {path}")
    return error


def _given(world: World, chance: random.Random, outcome: Any) -> Any:
    if chance.random() >= world.waiting:
        if isinstance(outcome, Raised):
            raise outcome.error
        return outcome
    if isinstance(outcome, Raised) and isinstance(outcome.error, StopIteration):
        outcome = Raised(LookupError("a coroutine cannot raise StopIteration"))
    if not world.suspending:
        return Awaited(outcome) if chance.random() < 0.3 else later(outcome, 0)
    return asyncio.ensure_future(later(outcome, 1)) if chance.random() < 0.3 else later(outcome, chance.randrange(4))


async def later(outcome: Any, ticks: int) -> Any:
    """The outcome, after so many turns of the loop."""
    for _ in range(ticks):
        await asyncio.sleep(0)
    if isinstance(outcome, Raised):
        raise outcome.error
    return outcome


def _value(world: World, chance: random.Random, type_: Any, path: tuple[Any, ...]) -> Any:
    if chance.random() < world.failing:
        return chance.choice([None, None, Undefined, ValueError(f"returned at {path}"), Plain(), "wrong", {"wrong": 1}])
    inner = get_nullable_type(type_)
    if is_list_type(inner):
        items = [_value(world, chance, inner.of_type, (*path, index)) for index in range(chance.randrange(4))]
        return _listed(world, chance, items)
    return single(world, chance, get_named_type(inner).name, path)


def _listed(world: World, chance: random.Random, items: list[Any]) -> Any:
    way = chance.random()
    if way < world.failing / 2:
        return _broken(items)
    if way < world.waiting / 4 and items:
        items[-1] = _given(world, chance, items[-1])
        return items
    return chance.choice([items, items, items, tuple(items), iter(items), _stream(items) if world.waiting else items])


def _broken(items: list[Any]) -> Iterator[Any]:
    yield from items
    raise ValueError("the iterator broke")


async def _stream(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def single(world: World, chance: random.Random, name: str, path: tuple[Any, ...]) -> Any:
    """A value of this type, most of the time."""
    leaves: dict[str, list[Any]] = {
        "Int": [1, -5, True, "7", 2.0],
        "String": ["a", "ö", 5, True, 1.5],
        "Float": [1.5, 2, "2.5"],
        "Boolean": [True, False, 0, 1.0],
        "ID": ["x", 7],
        "Color": ["RED", "GREEN", "BLUE"],
        "Odd": [1, 3, 5, 2] if world.failing else [1, 3, 5],
    }
    if name in leaves:
        return chance.choice(leaves[name])
    kind = name if name in OBJECTS and chance.random() >= world.failing else chance.choice(OBJECTS)
    if name == "Tagged" and chance.random() >= world.failing:
        kind = chance.choice(["Ant", "Bee"])
    token = ".".join(map(str, path))
    if chance.random() < 0.2:
        return {"__typename": kind, "kind": kind, "token": token, "plain": 4, "tag": None, "method": "m"}
    return Thing(kind, token, world)


class Plain:
    """Nothing that any type shows."""

    def __repr__(self) -> str:
        return "<Plain>"
