"""Thousands of drawn operations over misbehaving resolvers, through both executors."""

import asyncio
import random
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, parse, print_ast

from tests.support.execution import failing_schema
from tests.support.execution.both_executors import UNTIDY, Ours, Stock, run, settled, told
from tests.support.execution.failing_resolvers import World
from tests.support.execution.generated_operations import Generator

pytestmark = UNTIDY

SCHEMA = failing_schema.schema()
SEEDS, DOCUMENTS, WORLDS = 50, 100, 4
"""50 × 100 × 4 = 20,000 operations."""


def world(seed: int) -> World:
    """How the resolvers of this seed behave: a quarter well, a third at once."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return World(seed, chance.choice([0, 0.01, 0.05, 0.2]), chance.choice([0, 0.1, 0.5]), chance.random() < 0.4)


async def compare(seed: int, document: DocumentNode, variables: dict[str, Any]) -> None:
    """Fails, with all that is needed to run it again, when the executors differ or a resolver is asked twice."""
    results, asked = [], []
    for executor in (Stock, Ours):
        context = world(seed)
        results.append(await run(executor, SCHEMA, document, variable_values=variables, context_value=context))
        asked.append(context.asked)
    theirs, ours = results
    view = settled if world(seed).suspending and world(seed).waiting else told
    assert view(ours) == view(theirs), _where(seed, document, variables)
    assert len(asked[1]) == len(set(asked[1])), _where(seed, document, variables)
    assert set(asked[0]) <= set(asked[1]) or world(seed).waiting, _where(seed, document, variables)


def _where(seed: int, document: DocumentNode, variables: dict[str, Any]) -> str:
    return f"seed {seed}, variables {variables}\n{print_ast(document)}"


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_drawn_operations_give_the_same(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    generator = Generator(SCHEMA, chance)
    for number in range(DOCUMENTS):
        kind = "mutation" if number % 5 == 0 else "query"
        document = parse(generator.document(kind))
        for turn in range(WORLDS):
            await compare((seed * DOCUMENTS + number) * WORLDS + turn, document, generator.variables())
    await asyncio.sleep(0)


async def test_well_behaved_operations_never_need_the_other_executor() -> None:
    generator = Generator(SCHEMA, random.Random(1), errors=0)  # noqa: S311 - repeatable, not secret
    before, clean = Ours.taken_over, 0
    for number in range(300):
        document, variables = parse(generator.document()), {"size": 1}
        result: ExecutionResult = await run(
            Ours, SCHEMA, document, variable_values=variables, context_value=World(number, 0, 0, False)
        )
        clean += result.errors is None
    assert clean > 150
    assert Ours.taken_over - before == 300 - clean
