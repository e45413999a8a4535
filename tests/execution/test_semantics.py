"""The semantics of execution, case by case: clients get the same result as from graphql-core's executor."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from graphql import GraphQLError, Undefined, build_schema

from tests.support.execution.both_executors import IGNORE_UNAWAITED, assert_same_result

pytestmark = IGNORE_UNAWAITED


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def broken() -> Iterator[int]:
    yield 1
    raise ValueError("broke")


async def stream() -> AsyncIterator[int]:
    yield 1
    yield 2


def raises(_info: object) -> None:
    raise ValueError("raised")


VALUES: dict[str, Callable[[], Any]] = {
    "a list": lambda: [1, 2],
    "an empty list": list,
    "a tuple": lambda: (1, 2),
    "a set": lambda: {1},
    "a generator": lambda: (number for number in (1, 2)),
    "an async iterable": stream,
    "a list with null": lambda: [1, None, 2],
    "a list with Undefined": lambda: [1, Undefined],
    "a list with an error": lambda: [1, ValueError("in a list"), 2],
    "a list with awaitables": lambda: [later(1), 2, later(None)],
    "a list with an awaitable that fails": lambda: [1, later(ValueError("later"))],
    "a list with a value that is not a number": lambda: [1, "x", 2],
    "an iterator that breaks": broken,
    "a text": lambda: "text",
    "a dictionary": lambda: {"a": 1},
    "a number": lambda: 1,
    "null": lambda: None,
    "Undefined": lambda: Undefined,
    "an error": lambda: ValueError("returned"),
    "a GraphQLError": lambda: GraphQLError("said", extensions={"code": "SAID"}),
    "an awaitable list": lambda: later([1, None]),
    "an awaitable null": lambda: later(None),
    "an awaitable error": lambda: later(ValueError("later")),
    "a resolver that raises": lambda: raises,
}
TYPES = ["[Int]", "[Int!]", "[Int]!", "[Int!]!"]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("name", VALUES)
async def test_lists_have_the_same_result(type_: str, name: str) -> None:
    schema = build_schema(f"type Query {{ inner: Query before: Int list: {type_} after: Int }}")

    def root() -> dict[str, Any]:
        inner = {"before": 1, "list": VALUES[name](), "after": 2}
        return {"before": 3, "list": VALUES[name](), "after": lambda _info: later(4), "inner": inner}

    await assert_same_result(schema, "{ before list after }", root)
    await assert_same_result(schema, "{ after inner { before list after } }", root)


@pytest.mark.parametrize("type_", ["[[Int]]", "[[Int!]!]!", "[[Int!]]", "[[[Int]!]]"])
@pytest.mark.parametrize(
    "value",
    [
        [[1], [], [2, 3]],
        [[1, None], None],
        None,
        [None, [None]],
        [1, [2]],
        [[[1]], [[None], None]],
        [(1, 2), {3}],
        ["ab"],
        [[ValueError("deep")]],
    ],
)
async def test_lists_of_lists_have_the_same_result(type_: str, value: Any) -> None:
    schema = build_schema(f"type Query {{ list: {type_} }}")
    await assert_same_result(schema, "{ list }", lambda: {"list": value})


async def test_iterators_within_lists_have_the_same_result() -> None:
    schema = build_schema("type Query { list: [[Int]] }")
    await assert_same_result(schema, "{ list }", lambda: {"list": iter([iter([1, 2]), broken(), [3]])})


NULLS = build_schema(
    "type Query { sync: Int syncNonNull: Int! async: Int asyncNonNull: Int! nest: Query nestNonNull: Query!"
    " nests: [Query] nestsNonNull: [Query!]! }"
)
NULL_QUERIES = [
    "{ sync async }",
    "{ syncNonNull async }",
    "{ async syncNonNull }",
    "{ asyncNonNull sync }",
    "{ nest { sync nest { syncNonNull async } } async }",
    "{ nestNonNull { nestNonNull { asyncNonNull } } sync }",
    "{ nest { nestNonNull { nestNonNull { syncNonNull } } } async }",
    "{ nests { async nestsNonNull { sync } } }",
    "{ nest { nestsNonNull { nestsNonNull { asyncNonNull } } } sync }",
    "{ a: nest { sync } b: nest { syncNonNull } c: nest { async } }",
]


class Source:
    """A source whose fields all return the same value. Each read of an asynchronous field makes a new awaitable."""

    def __init__(self, value: Any, depth: int = 4) -> None:
        self.value = value
        self.depth = depth

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name.startswith("nests"):
            return [Source(self.value, self.depth - 1), Source(1, self.depth - 1)]
        if name.startswith("nest"):
            return Source(self.value, self.depth - 1)
        if name.startswith("async"):
            return lambda _info: later(self.value)
        if isinstance(self.value, ValueError):
            return raises
        return self.value


@pytest.mark.parametrize("value", [1, None, ValueError("no"), "x"], ids=["fine", "null", "raises", "wrong"])
@pytest.mark.parametrize("query", NULL_QUERIES)
async def test_nulls_propagate_to_the_next_nullable_field(query: str, value: Any) -> None:
    await assert_same_result(NULLS, query, lambda: Source(value))


async def test_only_the_first_error_below_a_null_is_reported() -> None:
    result = await assert_same_result(NULLS, "{ nest { a: syncNonNull b: syncNonNull } sync }", lambda: Source(None))
    assert [error.path for error in result.errors or ()] == [["nest", "a"]]


LEAVES: list[Any] = [1, -1.5, 2.0, 2**31, float("nan"), float("inf"), True, "", "1", "RED", ["RED"], b"x", {}]


@pytest.mark.parametrize("type_", ["Int", "Float", "String", "Boolean", "ID", "Color!", "[Color]"])
@pytest.mark.parametrize("value", LEAVES, ids=repr)
async def test_leaves_are_coerced_as_in_graphql_core(type_: str, value: Any) -> None:
    schema = build_schema(f"enum Color {{ RED }} type Query {{ leaf: {type_} leaves: [{type_}] }}")
    await assert_same_result(schema, "{ leaf leaves }", lambda: {"leaf": value, "leaves": [value, None, value]})


@pytest.mark.parametrize("type_", ["String", "ID!", "[String]", "Box", "[Box]"])
async def test_an_exception_as_a_value_is_reported_at_its_field(type_: str) -> None:
    schema = build_schema(f"type Box {{ args: String }} type Query {{ a: String value: {type_} b: String }}")
    selected = "value { args }" if "Box" in type_ else "value"
    values = [ValueError("returned"), [ValueError("in a list"), ValueError("and another")]]
    for root in ({"a": "a", "value": value, "b": "b"} for value in values):
        await assert_same_result(schema, f"{{ a {selected} b }}", lambda root=root: root)  # type: ignore[misc]


@pytest.mark.parametrize("number", [2**31 - 1, -(2**31), 2**31, -(2**31) - 1])
async def test_the_limits_of_int_are_kept(number: int) -> None:
    schema = build_schema("type Query { all: [Int] }")
    await assert_same_result(schema, "{ all }", lambda: {"all": [0, number]})
