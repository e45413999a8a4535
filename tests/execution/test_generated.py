"""Thousands of random operations over failing resolvers have the same result with both executors."""

import asyncio
import random
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, parse, print_ast

from tests.support.execution import failing_schema
from tests.support.execution.both_executors import (
    IGNORE_UNAWAITED,
    BreadthFirstExecutor,
    CoreExecutor,
    comparable_result,
    run,
    visible_result,
)
from tests.support.execution.failing_resolvers import Behaviour
from tests.support.execution.generated_operations import Generator

pytestmark = [pytest.mark.slow, *IGNORE_UNAWAITED]

SCHEMA = failing_schema.schema()
SEEDS, DOCUMENTS, WORLDS = 50, 100, 4
"""50 × 100 × 4 = 20,000 operations."""


def behaviour(seed: int) -> Behaviour:
    """Return the behaviour for a seed. For a quarter of the seeds nothing fails; for a third nothing waits."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return Behaviour(seed, chance.choice([0, 0.01, 0.05, 0.2]), chance.choice([0, 0.1, 0.5]), chance.random() < 0.4)


async def compare(seed: int, document: DocumentNode, variables: dict[str, Any]) -> None:
    """Fail if the executors differ or a resolver is called twice. The failure has all that is needed to repeat it."""
    results, calls = [], []
    for executor in (CoreExecutor, BreadthFirstExecutor):
        context = behaviour(seed)
        results.append(await run(executor, SCHEMA, document, variable_values=variables, context_value=context))
        calls.append(context.calls)
    theirs, ours = results
    view = comparable_result if behaviour(seed).suspending and behaviour(seed).waiting else visible_result
    assert view(ours) == view(theirs), _reproduction(seed, document, variables)
    assert len(calls[1]) == len(set(calls[1])), _reproduction(seed, document, variables)
    assert set(calls[0]) <= set(calls[1]) or behaviour(seed).waiting, _reproduction(seed, document, variables)


def _reproduction(seed: int, document: DocumentNode, variables: dict[str, Any]) -> str:
    return f"seed {seed}, variables {variables}\n{print_ast(document)}"


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_random_operations_have_the_same_result_with_both_executors(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    generator = Generator(SCHEMA, chance)
    for number in range(DOCUMENTS):
        kind = "mutation" if number % 5 == 0 else "query"
        document = parse(generator.document(kind))
        for turn in range(WORLDS):
            await compare((seed * DOCUMENTS + number) * WORLDS + turn, document, generator.variables())
    await asyncio.sleep(0)


async def test_operations_without_errors_never_need_graphql_cores_executor() -> None:
    generator = Generator(SCHEMA, random.Random(1), errors=0)  # noqa: S311 - repeatable, not secret
    before, clean = BreadthFirstExecutor.fallbacks, 0
    for number in range(300):
        document, variables = parse(generator.document()), {"size": 1}
        result: ExecutionResult = await run(
            BreadthFirstExecutor,
            SCHEMA,
            document,
            variable_values=variables,
            context_value=Behaviour(number, 0, 0, False),
        )
        clean += result.errors is None
    assert clean > 150
    assert BreadthFirstExecutor.fallbacks - before == 300 - clean
