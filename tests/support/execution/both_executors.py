"""One operation through graphql-core's executor and through the breadth-first one."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, execute, parse
from graphql.execution.incremental import IncrementalExecutor

from execution.executor import BreadthFirst
from execution.shortcuts import Shortcuts
from tests.support.execution import batches, failing_schema

# graphql-core itself drops what waits below a task that it cancels before its start.
UNTIDY = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Stock(IncrementalExecutor):
    """graphql-core's own."""


class Ours(BreadthFirst, IncrementalExecutor):
    """The executor under test. `taken_over` counts how often graphql-core's took over."""

    shortcuts = Shortcuts(failing_schema.attribute, failing_schema.direct, batches.batched)
    taken_over = 0

    def _hand_over(self, *args: Any) -> Any:
        Ours.taken_over += 1
        return super()._hand_over(*args)


async def run(executor: type[IncrementalExecutor], schema: GraphQLSchema, document: DocumentNode, **given: Any) -> Any:
    """The result of this executor."""
    result: Any = execute(schema, document, executor_class=executor, **given)
    return await result if inspect.isawaitable(result) else result


async def agree(
    schema: GraphQLSchema, query: str, root: Callable[[], Any] = lambda: None, **given: Any
) -> ExecutionResult:
    """The result, which is the same by both executors, errors and all. Each gets a root of its own."""
    document = parse(query)
    theirs = await run(Stock, schema, document, root_value=root(), **given)
    ours: ExecutionResult = await run(Ours, schema, document, root_value=root(), **given)
    assert told(ours) == told(theirs)
    await asyncio.sleep(0)
    return ours


def told(result: ExecutionResult) -> tuple[Any, Any]:
    """All that a client can see of a result, keys in their order."""
    return _ordered(result.data), [_error(error) for error in result.errors or ()]


def settled(result: ExecutionResult) -> tuple[Any, Any]:
    """What of a result does not depend on which of several awaitables is the first to fail.

    Below a null that an error has put there, it is up to the clock which other errors are reported.
    """
    at: dict[tuple[Any, ...], Any] = {}
    for error in result.errors or ():
        path = tuple(error.path or ())
        null = _present(result.data, path)
        at[null] = _error(error) if null == path else "below"
    return _ordered(result.data), sorted(at.items(), key=str)


def _present(data: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    for depth, key in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[key]
    return path


def _ordered(data: Any) -> Any:
    if isinstance(data, dict):
        return [(key, _ordered(value)) for key, value in data.items()]
    if isinstance(data, list):
        return ["list", *map(_ordered, data)]
    return type(data).__name__, data


def _error(error: GraphQLError) -> tuple[Any, ...]:
    cause = None if error.original_error is None else (type(error.original_error).__name__, str(error.original_error))
    return error.message, error.path, error.locations, error.extensions, cause
