"""Resolvers that fail at random. Their outcomes depend on a seed, the path and the arguments."""

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
class Behaviour:
    """The context of an operation: how often resolvers fail and wait, and the paths of their calls."""

    seed: int
    failing: float
    waiting: float
    suspending: bool
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def draw(self, *key: object) -> random.Random:
        """Return a random generator that depends only on the seed and the key."""
        return random.Random(f"{self.seed} {key}")  # noqa: S311 - repeatable, not secret


class Thing:
    """A source. Its attributes are random, and depend on its token."""

    def __init__(self, kind: str, token: str, behaviour: Behaviour) -> None:
        self.kind, self.token, self.behaviour = kind, token, behaviour

    def __repr__(self) -> str:
        return f"<{self.kind} {self.token}>"

    @property
    def plain(self) -> Any:
        """An attribute that is sometimes wrong or fails."""
        chance = self.behaviour.draw("plain", self.token)
        if chance.random() < self.behaviour.failing / 3:
            raise AttributeError(f"no plain in {self.token}") if chance.random() < 0.5 else ValueError("plain")
        return chance.choice([1, 2, 3, None, 2**40] if chance.random() < self.behaviour.failing else [1, 2, 3])

    tag = "tagged"

    def method(self, info: GraphQLResolveInfo[Any], n: int = 0) -> Any:
        """An attribute that can be called."""
        return random_resolver(self, info, n=n)


class Awaited:
    """An awaitable that is neither a coroutine nor a future."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        if isinstance(self.outcome, Raised):
            raise self.outcome.error
        return self.outcome


@dataclass(frozen=True)
class Raised:
    """An outcome that is an error to raise."""

    error: Exception


def random_resolver(_source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """The resolver of nearly all fields. It returns or raises a random outcome."""
    behaviour: Behaviour = info.context
    path = tuple(info.path.as_list())
    behaviour.calls.append(path)
    chance = behaviour.draw(path, sorted(arguments.items(), key=str), info.field_name, info.parent_type.name)
    if chance.random() < behaviour.failing / 2:
        outcome: Any = Raised(_error(chance, path))
    else:
        outcome = _value(behaviour, chance, info.return_type, path)
    return _deliver(behaviour, chance, outcome)


def _error(chance: random.Random, path: tuple[Any, ...]) -> Exception:
    kind: Any = chance.choice([ValueError, KeyError, GraphQLError, StopIteration])
    error: Exception = kind(f"failed at {path}")
    return error


def _deliver(behaviour: Behaviour, chance: random.Random, outcome: Any) -> Any:
    if chance.random() >= behaviour.waiting:
        if isinstance(outcome, Raised):
            raise outcome.error
        return outcome
    if isinstance(outcome, Raised) and isinstance(outcome.error, StopIteration):
        outcome = Raised(LookupError("a coroutine cannot raise StopIteration"))
    if not behaviour.suspending:
        return Awaited(outcome) if chance.random() < 0.3 else later(outcome, 0)
    return asyncio.ensure_future(later(outcome, 1)) if chance.random() < 0.3 else later(outcome, chance.randrange(4))


async def later(outcome: Any, ticks: int) -> Any:
    """Return or raise the outcome after this number of turns of the event loop."""
    for _ in range(ticks):
        await asyncio.sleep(0)
    if isinstance(outcome, Raised):
        raise outcome.error
    return outcome


def _value(behaviour: Behaviour, chance: random.Random, type_: Any, path: tuple[Any, ...]) -> Any:
    if chance.random() < behaviour.failing:
        return chance.choice([None, None, Undefined, ValueError(f"returned at {path}"), Plain(), "wrong", {"wrong": 1}])
    inner = get_nullable_type(type_)
    if is_list_type(inner):
        items = [_value(behaviour, chance, inner.of_type, (*path, index)) for index in range(chance.randrange(4))]
        return _as_iterable(behaviour, chance, items)
    return random_value(behaviour, chance, get_named_type(inner).name, path)


def _as_iterable(behaviour: Behaviour, chance: random.Random, items: list[Any]) -> Any:
    way = chance.random()
    if way < behaviour.failing / 2:
        return _failing_iterator(items)
    if way < behaviour.waiting / 4 and items:
        items[-1] = _deliver(behaviour, chance, items[-1])
        return items
    return chance.choice(
        [items, items, items, tuple(items), iter(items), _stream(items) if behaviour.waiting else items]
    )


def _failing_iterator(items: list[Any]) -> Iterator[Any]:
    yield from items
    raise ValueError("the iterator broke")


async def _stream(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def random_value(behaviour: Behaviour, chance: random.Random, name: str, path: tuple[Any, ...]) -> Any:
    """Return a random value, in most cases one of this type."""
    leaves: dict[str, list[Any]] = {
        "Int": [1, -5, True, "7", 2.0],
        "String": ["a", "ö", 5, True, 1.5],
        "Float": [1.5, 2, "2.5"],
        "Boolean": [True, False, 0, 1.0],
        "ID": ["x", 7],
        "Color": ["RED", "GREEN", "BLUE"],
        "Odd": [1, 3, 5, 2] if behaviour.failing else [1, 3, 5],
    }
    if name in leaves:
        return chance.choice(leaves[name])
    kind = name if name in OBJECTS and chance.random() >= behaviour.failing else chance.choice(OBJECTS)
    if name == "Tagged" and chance.random() >= behaviour.failing:
        kind = chance.choice(["Ant", "Bee"])
    token = ".".join(map(str, path))
    if chance.random() < 0.2:
        return {"__typename": kind, "kind": kind, "token": token, "plain": 4, "tag": None, "method": "m"}
    return Thing(kind, token, behaviour)


class Plain:
    """An object that no type can show."""

    def __repr__(self) -> str:
        return "<Plain>"
