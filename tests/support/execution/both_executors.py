"""Run one operation with graphql-core's executor and with the breadth-first executor, and compare the results."""

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

# If graphql-core cancels a task before its start, it drops the coroutines below the task without awaiting them.
IGNORE_UNAWAITED = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class CoreExecutor(IncrementalExecutor):
    """graphql-core's own executor."""


class BreadthFirstExecutor(BreadthFirst, IncrementalExecutor):
    """The executor under test. `fallbacks` counts how often graphql-core's executor took over."""

    shortcuts = Shortcuts(failing_schema.attribute, failing_schema.direct, batches.batched)
    fallbacks = 0

    def _fall_back(self, *args: Any) -> Any:
        BreadthFirstExecutor.fallbacks += 1
        return super()._fall_back(*args)


async def run(executor: type[IncrementalExecutor], schema: GraphQLSchema, document: DocumentNode, **given: Any) -> Any:
    """Return the result of an operation with this executor."""
    result: Any = execute(schema, document, executor_class=executor, **given)
    return await result if inspect.isawaitable(result) else result


async def assert_same_result(
    schema: GraphQLSchema, query: str, root: Callable[[], Any] = lambda: None, **given: Any
) -> ExecutionResult:
    """Assert that both executors have the same result, with the same errors, and return it. Each gets its own root."""
    document = parse(query)
    theirs = await run(CoreExecutor, schema, document, root_value=root(), **given)
    ours: ExecutionResult = await run(BreadthFirstExecutor, schema, document, root_value=root(), **given)
    assert visible_result(ours) == visible_result(theirs)
    await asyncio.sleep(0)
    return ours


def visible_result(result: ExecutionResult) -> tuple[Any, Any]:
    """Return everything that a client can see of a result, with the keys in their order."""
    return _with_types(result.data), [_error_fields(error) for error in result.errors or ()]


def comparable_result(result: ExecutionResult) -> tuple[Any, Any]:
    """Return the part of a result that does not depend on which of several awaitables fails first.

    Below a null that an error caused, the clock decides which other errors are reported.
    """
    at: dict[tuple[Any, ...], Any] = {}
    for error in result.errors or ():
        path = tuple(error.path or ())
        null = _path_of_null(result.data, path)
        at[null] = _error_fields(error) if null == path else "below"
    return _with_types(result.data), sorted(at.items(), key=str)


def _path_of_null(data: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    for depth, key in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[key]
    return path


def _with_types(data: Any) -> Any:
    if isinstance(data, dict):
        return [(key, _with_types(value)) for key, value in data.items()]
    if isinstance(data, list):
        return ["list", *map(_with_types, data)]
    return type(data).__name__, data


def _error_fields(error: GraphQLError) -> tuple[Any, ...]:
    cause = None if error.original_error is None else (type(error.original_error).__name__, str(error.original_error))
    return error.message, error.path, error.locations, error.extensions, cause
