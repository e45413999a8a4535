"""Operations drawn over Usher's own schema and the demo company, in-process, through both executors."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from db.core import migrate
from db.core.engine import connect
from db.demo import company as demo
from domain.credentials import parse as credential
from policies.engine.policy import Policy
from resolvers.access import passwords
from resolvers.core.context import Context
from schema.build import build
from schema.core.shortcuts import Execution
from tests.support.execution.both_executors import UNTIDY, run, settled
from tests.support.execution.generated_operations import Generator
from tests.support.world import World

pytestmark = UNTIDY

POLICY = Policy.load(Path("policy.polar"))
SCHEMA = build(POLICY)._schema
EXECUTORS = (StrawberryGraphQLCoreExecutionContext, Execution)
DOCUMENTS = 150


@pytest.fixture(scope="module")
async def company(database: str) -> AsyncIterator[AsyncEngine]:
    """The demo company, in a database of its own."""
    engine = connect(database)
    await migrate.upgrade(engine)
    await demo.load(engine, passwords.hashed)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="module")
async def ids(company: AsyncEngine) -> list[str]:
    """Some of everything that has an id, as literals; more teams, because that is what most arguments want."""
    tables = ("users", "teams", "products", "seats", "groups")
    union = " union all ".join(f"(select id from {table} order by id limit 4)" for table in tables)
    async with company.connect() as connection:
        found = [f'"{id_}"' for (id_,) in await connection.execute(text(union))]
    return found + 8 * [id_ for id_ in found if id_.startswith('"team_')]


@pytest.fixture(scope="module")
async def secrets(company: AsyncEngine) -> list[str]:
    """A session of each person of the demo who can sign in."""
    async with company.connect() as connection:
        found = await connection.execute(text("select id from users where password_hash is not null order by id"))
        people = [id_ for (id_,) in found]
    return [await World(company).session(id_) for id_ in people]


@pytest.fixture
def sent(company: AsyncEngine) -> Iterator[list[str]]:
    """The SQL statements that are sent."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(company.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(company.sync_engine, "before_cursor_execute", note)


def context(engine: AsyncEngine, secret: str) -> Context:
    """The context of one operation of this session."""
    return Context(engine, POLICY, credential(secret), "test", "", False, set())


@pytest.mark.parametrize("seed", range(8))
async def test_drawn_reads_give_the_same_with_no_more_statements(
    company: AsyncEngine, ids: list[str], secrets: list[str], sent: list[str], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    literals = {"ID": ids, "Int": ["1", "3", "50"], "String": ["null"], "Date": ['"2026-02-03"'], "DateTime": ["null"]}
    generator = Generator(SCHEMA, chance, errors=0, depth=5, literals=literals)
    for _ in range(DOCUMENTS):
        source = generator.document()
        document, secret, results, counts = parse(source), chance.choice(secrets), [], []
        for executor in EXECUTORS:
            asking = context(company, secret)
            await asking.identify()
            sent.clear()
            results.append(
                await run(
                    executor,
                    SCHEMA,
                    document,
                    variable_values={"size": 2},
                    context_value=asking,
                    is_awaitable=optimized_is_awaitable,
                    operation_extensions=None,
                )
            )
            counts.append(len(sent))
            await asking.end()
        assert settled(results[1]) == settled(results[0]), source
        assert counts[1] <= counts[0] or results[0].errors, source
