"""The contender on the other executor differs from Usher only there, and the statements of the floor do not change."""

import hashlib

import pytest
from graphql import parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from bench.contenders.floor import statements
from bench.contenders.usher_on_graphql_core import StockExecutor, on_graphql_core
from db.core.database import Database
from domain import credentials
from execution.executor import BreadthFirst
from gateway import app
from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy
from resolvers.core.context import Context
from schema.build import build
from schema.core.shortcuts import Execution
from tests.support.world import World

FLOOR = {
    statements.TAKE: "3cad99e80d38a7060f4cdc7aadce9aabba62708105d8e62261eaed0fbbf51e4b",
    statements.FREE: "00da5e12b780c98197f679c5d0304b6eb611b2913da42166d1d5af75dd5893df",
}
"""The SHA-256 of the statements that Usher sent at commit 6ea10f5. Another denominator would be another measurement."""


def test_the_gateway_builds_its_schema_with_the_function_that_the_contender_replaces() -> None:
    assert vars(app)["build"] is build


def test_the_contender_has_strawberrys_own_executor_and_usher_has_another() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    executor = on_graphql_core(rules).execution_context_class
    assert executor is StockExecutor
    assert StockExecutor.__bases__ == (StrawberryGraphQLCoreExecutionContext,)
    assert [name for name in vars(StockExecutor) if not name.startswith("__")] == [
        "build",
        "read_at_once",
        "loads_actor",
    ]
    assert build(rules).execution_context_class is not StrawberryGraphQLCoreExecutionContext
    assert not issubclass(StockExecutor, BreadthFirst)


async def test_the_contender_answers_a_signed_in_person_without_the_breadth_first_executor(
    usher_database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(BreadthFirst, "build")
    monkeypatch.delattr(BreadthFirst, "execute_operation")
    monkeypatch.delattr(Execution, "read_at_once")
    rules, person = Policy.load(ROOT / "policy.polar"), await world.person()
    credential = credentials.parse(person.secret)
    context = Context(usher_database, rules, credential, "test", "", preflighted=False, stored_policy_hashes=set())
    result = await on_graphql_core(rules).run(parse("{ viewer { email } }"), {}, context, None)
    await context.end()
    assert (result.data, result.errors) == ({"viewer": {"email": person.email}}, None)


def test_the_contender_publishes_the_same_schema() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    assert on_graphql_core(rules).as_str() == build(rules).as_str()


@pytest.mark.parametrize(("statement", "digest"), FLOOR.items(), ids=["take", "free"])
def test_the_floor_assigns_seats_with_the_statements_of_the_first_measurement(statement: str, digest: str) -> None:
    assert hashlib.sha256(statement.encode()).hexdigest() == digest
