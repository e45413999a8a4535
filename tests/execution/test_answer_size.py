"""The size of an answer is counted while it is built, and nothing is built after the limit."""

import asyncio
import inspect
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from graphql import (
    DocumentNode,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    execute,
    parse,
)
from graphql.execution import Executor

from execution.budget import AnswerTooLarge
from execution.counted import Counted
from execution.executor import BreadthFirst

LIMIT = 100_000
LONG = {"text": "é" * 5_000}


class BreadthFirstExecutor(BreadthFirst, Executor[Any]):
    """The breadth-first executor."""


class CoreExecutor(BreadthFirst, Executor[Any]):
    """graphql-core's executor, which takes over from the start."""

    def _is_plain(self) -> bool:
        return False


EXECUTORS = (BreadthFirstExecutor, CoreExecutor)


class Resolved:
    """Counts the calls of resolvers by the name of their field."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}

    def field(self, name: str, type_: Any, value: Callable[[], Any]) -> GraphQLField:
        """Return a field whose resolver returns this value."""

        def resolve(_source: Any, _info: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            return value()

        return GraphQLField(type_, resolve=resolve)


def fail() -> Any:
    raise ValueError("x" * 200)


async def later() -> str:
    await asyncio.sleep(0)
    return "later"


def schema_of(resolved: Resolved) -> GraphQLSchema:
    leaf = GraphQLObjectType("Leaf", {"name": resolved.field("name", GraphQLString, lambda: 'a "name"\n')})
    row = GraphQLObjectType(
        "Row",
        {
            "number": resolved.field("number", GraphQLNonNull(GraphQLInt), lambda: 7),
            "text": resolved.field("text", GraphQLString, lambda: "a" * 1_000),
            "json": resolved.field("json", GraphQLScalarType("JSON"), lambda: LONG),
            "numbers": resolved.field("numbers", GraphQLList(GraphQLInt), lambda: [1] * 500),
            "texts": resolved.field("texts", GraphQLList(GraphQLString), lambda: ["text", None] * 50),
            "leaf": resolved.field("leaf", leaf, dict),
            "none": resolved.field("none", leaf, lambda: None),
            "later": resolved.field("later", GraphQLString, later),
            "fails": resolved.field("fails", GraphQLString, fail),
        },
    )
    rows = resolved.field("rows", GraphQLNonNull(GraphQLList(GraphQLNonNull(row))), lambda: [{}] * 100)
    return GraphQLSchema(GraphQLObjectType("Query", {"rows": rows}))


async def run(
    executor: type[Counted], schema: GraphQLSchema, document: DocumentNode, limit: int | None = LIMIT
) -> tuple[Any, Any]:
    built: Any = executor.build(schema, document, max_bytes=limit)
    result = built.execute_operation()
    result = await result if inspect.isawaitable(result) else result
    return result.data, [error.formatted for error in result.errors or ()]


def aliases(field: str, number: int) -> str:
    return "{ rows { " + " ".join(f"a{n}: {field}" for n in range(number)) + " } }"


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    "field", ["number", "text", "json", "numbers", "texts", "leaf { name }", "none { name }", "later", "__typename"]
)
async def test_the_limit_is_the_size_of_the_json(executor: type[Counted], field: str) -> None:
    schema, document = schema_of(Resolved()), parse(aliases(field, 3))
    whole = len(orjson.dumps((await run(executor, schema, document, None))[0]))
    # Values of a type with a largest value count with the largest, and every object with its brackets.
    assert await run(executor, schema, document, 10 * whole)
    with pytest.raises(AnswerTooLarge, match=f"over {whole - 1} bytes"):
        await run(executor, schema, document, whole - 1)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("field", ["text", "json", "numbers", "later", "leaf { name }"])
async def test_nothing_is_resolved_after_the_limit(executor: type[Counted], field: str) -> None:
    resolved = Resolved()
    with pytest.raises(AnswerTooLarge):
        await run(executor, schema_of(resolved), parse(aliases(field, 195)))
    name = field.split(" ", maxsplit=1)[0]
    shown = {"text": 1_000, "json": 10_000, "numbers": 1_000, "later": 0, "leaf": 0}[name]
    # The keys of the level alone are over the limit, or a few columns of 100 values are.
    assert resolved.calls.get(name, 0) <= (LIMIT // shown + 100 if shown else 10_000)


async def test_errors_count() -> None:
    with pytest.raises(AnswerTooLarge):
        await run(BreadthFirstExecutor, schema_of(Resolved()), parse(aliases("fails", 5)))
    _, errors = await run(BreadthFirstExecutor, schema_of(Resolved()), parse("{ rows { fails } }"))
    assert len(errors) == 100


@pytest.mark.parametrize("executor", EXECUTORS)
async def test_the_peak_of_the_memory_does_not_grow_with_the_aliases(executor: type[Counted]) -> None:
    schema = schema_of(Resolved())
    peaks = []
    for number in (20, 200):
        document = parse(aliases("json", number))
        tracemalloc.start()
        with pytest.raises(AnswerTooLarge):
            await run(executor, schema, document)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # 200 aliases of 100 values with 10 KB each would be 200 MB.
    assert max(peaks) < 40 * LIMIT


async def test_without_a_limit_nothing_is_counted() -> None:
    document = parse(aliases("json", 20))
    ours = await run(BreadthFirstExecutor, schema_of(Resolved()), document, None)
    theirs: Any = execute(schema_of(Resolved()), document)
    assert ours == (theirs.data, [])
