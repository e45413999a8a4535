"""Random operations over Usher's own schema and the demo company have the same result with both executors."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import DocumentNode, parse
from sqlalchemy import text
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from db.core.database import Database
from db.demo import company as demo
from domain.actions import Scope
from domain.credentials import parse as credential
from gateway.http.costs import Estimate
from policies.engine.policy import Policy
from resolvers.access import passwords
from resolvers.core.context import Context
from schema.build import build
from schema.core.shortcuts import Execution
from tests.support.database import committed, noted
from tests.support.execution.both_executors import IGNORE_UNAWAITED, comparable_result, run
from tests.support.execution.generated_operations import Generator
from tests.support.world import World

pytestmark = [pytest.mark.slow, *IGNORE_UNAWAITED]

POLICY = Policy.load(Path("policy.polar"))
USHER = build(POLICY)
SCHEMA = USHER.graphql
EXECUTORS = (StrawberryGraphQLCoreExecutionContext, Execution)
DOCUMENTS = 150
# What has another result each time: the options contain a random challenge.
RANDOM = {"passkeyOptions"}


@pytest.fixture(scope="module")
async def company(own_world: World) -> World:
    """Load the demo company into a database of its own."""
    await committed(own_world.database, lambda connection: demo.load(connection, passwords.hash_password))
    return own_world


@pytest.fixture(scope="module")
async def ids(company: World) -> list[str]:
    """Some ids of each table, as literals. There are more team ids, because most arguments need one."""
    tables = ("users", "teams", "products", "seats", "groups")
    union = " union all ".join(f"(select id from {table} order by id limit 4)" for table in tables)
    async with company.engine.connect() as connection:
        found = [f'"{id_}"' for (id_,) in await connection.execute(text(union))]
    return found + 8 * [id_ for id_ in found if id_.startswith('"team_')]


@pytest.fixture(scope="module")
async def secrets(company: World) -> list[str]:
    """A session of each person in the demo company who can sign in, and partner tokens with different scopes."""
    chance = random.Random(0)  # noqa: S311 - repeatable, not secret
    async with company.engine.connect() as connection:
        query = text("select id from users where password_hash is not null order by id")
        people = list((await connection.execute(query)).scalars())
        members = "select team_id, user_id from memberships where accepted_at is not null and role <> 'user'"
        grantors = list(await connection.execute(text(f"{members} order by team_id, user_id limit 6")))
    drawn = [list(Scope), *(chance.sample(list(Scope), 12) for _ in grantors[1:])]
    tokens = [await company.token(*grantor, *scopes) for grantor, scopes in zip(grantors, drawn, strict=True)]
    found = [*[await company.session(id_) for id_ in people], *(secret for _, secret in tokens)]
    # A use is written only if the last one is some minutes ago. So none is written between two runs to compare.
    async with company.engine.begin() as connection:
        for table in ("sessions", "partner_tokens"):
            await connection.execute(text(f"update {table} set last_used_at = now() + interval '1 day'"))
    return found


def estimate(document: DocumentNode) -> int:
    """Estimate the cost of the only operation in a document."""
    operation: Any = document.definitions[0]
    return Estimate(SCHEMA, document, operation).rows({"size": 2})


def context(database: Database, secret: str) -> Context:
    """Make the context of one operation of this session or token."""
    return Context(database, POLICY, credential(secret), "test", "", False, set())


@pytest.mark.parametrize("seed", range(8))
async def test_random_reads_have_the_same_result_with_no_more_statements(
    company: World, ids: list[str], secrets: list[str], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    literals = {
        "ID": ids,
        "Int": ["1", "3", "50"],
        "String": ["null"],
        "Date": ['"2026-02-03"'],
        "DateTime": ['"2026-02-03T04:05:06Z"', "null"],
    }
    generator = Generator(SCHEMA, chance, errors=0, depth=5, literals=literals, without=RANDOM)
    for _ in range(DOCUMENTS):
        source = generator.document()
        document, secret, results, counts = parse(source), chance.choice(secrets), [], []
        for executor in EXECUTORS:
            operation_context = context(company.database, secret)
            await operation_context.identify()
            with noted(company.database) as sent:
                results.append(
                    await run(
                        executor,
                        SCHEMA,
                        document,
                        variable_values={"size": 2},
                        context_value=operation_context,
                        is_awaitable=optimized_is_awaitable,
                        operation_extensions=None,
                    )
                )
            counts.append(len(sent))
            await operation_context.end()
        assert comparable_result(results[1]) == comparable_result(results[0]), source
        assert counts[1] <= counts[0] or results[0].errors, source


@pytest.mark.parametrize("seed", range(8))
async def test_random_reads_have_the_same_result_in_one_statement_and_level_by_level(
    company: World, ids: list[str], secrets: list[str], seed: int
) -> None:
    chance = random.Random(1_000 + seed)  # noqa: S311 - repeatable, not secret
    literals = {
        "ID": ids,
        "Int": ["1", "3", "50"],
        "String": ["null"],
        "Date": ['"2026-02-03"'],
        "DateTime": ['"2026-02-03T04:05:06Z"', "null"],
    }
    generator = Generator(SCHEMA, chance, errors=0, depth=5, literals=literals, without=RANDOM)
    in_one, candidates, defects = 0, 0, []
    for _ in range(DOCUMENTS):
        source = generator.document()
        document, secret, results, counts, rows = parse(source), chance.choice(secrets), [], [], []
        # The second run at once finds the plan of the first one.
        for at_once in (False, True, True):
            operation_context = context(company.database, secret)
            if not at_once:
                await operation_context.identify()
            with noted(company.database) as sent:
                results.append(
                    await USHER.run(
                        document,
                        {"size": 2},
                        operation_context,
                        None,
                        lambda _, error: defects.append(error) if error is not None else None,
                    )
                )
            counts.append(len(sent))
            rows.append(operation_context.rows)
            await operation_context.end()
        assert comparable_result(results[1]) == comparable_result(results[0]), source
        assert comparable_result(results[2]) == comparable_result(results[0]), source
        assert max(rows) <= estimate(document), source
        # A person gets an error for the first one, and a token reads it by a statement of its own. The others are for
        # the vendor's staff.
        candidates += re.search(r"\b(viewerToken|companies|company)\b", source) is None
        in_one += counts[2] == 1 and not results[2].errors
    assert not defects
    assert in_one > candidates // 10
