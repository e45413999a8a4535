"""A schema of every shape with misbehaving resolvers: outcomes are drawn by seed, path and arguments."""

import asyncio
import random
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from execution.shortcuts import Batched, Direct

OBJECTS = ("Ant", "Bee", "Cat")
NAMED = ("Int", "String", "Float", "Boolean", "ID", "Color", "Odd", "Ant", "Bee", "Cat", "Node", "Tagged", "Pet")
SHAPES = ("{}", "{}!", "[{}]", "[{}!]!", "[[{}]]", "[[{}!]]!")
ARGUMENTS = "(n: Int = 3, color: Color, many: [Int!], box: Box, need: Boolean! = true)"


def _fields() -> str:
    lines = ["id: ID!", "peer: Node", "tag: String", "plain: Int", "method(n: Int): String", "quick: Int!", "near: Pet"]
    lines += [
        f"{name}{n}(n: Int = {n}): {type_}" for n in range(4) for name, type_ in (("far", "Pet"), ("sum", "Int!"))
    ]
    for position, name in enumerate(NAMED):
        for index, shape in enumerate(SHAPES):
            given = ARGUMENTS if (position + index) % 4 == 0 else ""
            lines.append(f"{name.lower()}{index}{given}: {shape.format(name)}")
    return "\n".join(lines)


SDL = f"""
    enum Color {{ RED GREEN BLUE }}
    scalar Odd
    input Box {{ size: Int! = 1, color: Color = RED, inner: Box }}
    interface Node {{ id: ID! peer: Node plain: Int }}
    interface Tagged {{ tag: String quick: Int! }}
    union Pet = Ant | Bee | Cat
    type Ant implements Node & Tagged {{ {_fields()} }}
    type Bee implements Node & Tagged {{ {_fields()} }}
    type Cat implements Node {{ {_fields()} }}
    type Query {{ {_fields()} }}
    type Mutation {{ {_fields()} }}
"""


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
        return Awaited(outcome) if chance.random() < 0.3 else _later(outcome, 0)
    return asyncio.ensure_future(_later(outcome, 1)) if chance.random() < 0.3 else _later(outcome, chance.randrange(4))


async def _later(outcome: Any, ticks: int) -> Any:
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
    return _single(world, chance, get_named_type(inner).name, path)


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


def _single(world: World, chance: random.Random, name: str, path: tuple[Any, ...]) -> Any:
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


def _kind(value: Any) -> Any:
    return value["kind"] if isinstance(value, dict) and "kind" in value else getattr(value, "kind", None)


def _node_type(value: Any, info: GraphQLResolveInfo[Any], _type: Any) -> Any:
    world: World = info.context
    if isinstance(value, Plain):
        return world.draw("type", info.path).choice([None, "Nowhere", "Color", "Query", 5])
    if world.draw("type", info.path).random() < world.waiting / 4:
        return _later(_kind(value), 0)
    return _kind(value)


def _is_cat(value: Any, info: GraphQLResolveInfo[Any]) -> Any:
    world: World = info.context
    if world.draw("cat", info.path).random() < world.failing / 4:
        raise ValueError("cannot tell whether this is a Cat")
    is_cat = _kind(value) == "Cat"
    return _later(is_cat, 0) if world.draw("cat?", info.path).random() < world.waiting / 4 else is_cat


def _odd(value: Any) -> Any:
    if not isinstance(value, int) or value % 2 == 0:
        raise ValueError(f"{value!r} is not odd")
    return {5: None}.get(value, f"odd {value}")


def attribute(declared: GraphQLField) -> str | None:
    """The shortcut for `quick`."""
    name: str | None = declared.extensions.get("attribute")
    return name


def direct(declared: GraphQLField) -> Direct | None:
    """The shortcut for `near`."""
    return (
        Direct(lambda info, given: lambda source: drawn(source, info, **given), False)
        if declared.extensions.get("direct")
        else None
    )


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
        return _single(self.world, chance, {"far": "Pet", "sum": "Int"}[self.name], (key, self.name, self.n))


def _alone(name: str) -> Any:
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


def schema() -> GraphQLSchema:
    """The torture schema."""
    made = build_schema(SDL)
    for name, type_ in made.type_map.items():
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__"):
            continue
        for key, declared in type_.fields.items():
            if key[:3] in {"far", "sum"} and name not in {"Query", "Mutation"}:
                declared.resolve = _alone(key[:3])
                declared.extensions["batched"] = key[:3]
            elif key == "quick":
                declared.resolve = lambda source, _info: source.plain
                declared.extensions["attribute"] = "plain"
            elif key not in {"plain", "tag", "method"} or name in {"Query", "Mutation"}:
                declared.resolve = drawn
                declared.extensions.update({"direct": True} if key == "near" else {})
    for name, check in {"Ant": lambda value, _: _kind(value) == "Ant", "Cat": _is_cat}.items():
        made.type_map[name].is_type_of = check  # type: ignore[attr-defined]
    for name in ("Node", "Pet"):
        made.type_map[name].resolve_type = _node_type  # type: ignore[attr-defined]
    made.type_map["Tagged"].resolve_type = lambda value, _info, _type: _kind(value)  # type: ignore[attr-defined]
    made.type_map["Odd"].coerce_output_value = _odd  # type: ignore[attr-defined]
    return made
