"""The contender "Usher on graphql-core's executor" differs from Usher only in its executor."""

from graphql import parse
from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from bench.contenders.usher_on_graphql_core import StockExecutor, on_graphql_core
from execution.executor import BreadthFirst
from gateway import app
from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy
from resolvers.core.context import Context
from schema.build import build


def test_the_gateway_builds_its_schema_with_the_function_that_the_contender_replaces() -> None:
    assert vars(app)["build"] is build


def test_the_contender_has_strawberrys_own_executor_and_usher_has_another() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    executor = on_graphql_core(rules).execution_context_class
    assert executor is StockExecutor
    assert StockExecutor.__bases__ == (StrawberryGraphQLCoreExecutionContext,)
    assert [name for name in vars(StockExecutor) if not name.startswith("__")] == ["build"]
    assert build(rules).execution_context_class is not StrawberryGraphQLCoreExecutionContext
    assert not issubclass(StockExecutor, BreadthFirst)


async def test_the_contender_runs_an_operation_as_the_gateway_does(engine: AsyncEngine) -> None:
    rules = Policy.load(ROOT / "policy.polar")
    context = Context(engine, rules, None, "test", "", preflighted=False, stored_policy_hashes=set())
    result = await on_graphql_core(rules).run(parse("{ __typename }"), {}, context, None)
    assert (result.data, result.errors) == ({"__typename": "Query"}, None)


def test_the_contender_publishes_the_same_schema() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    assert on_graphql_core(rules).as_str() == build(rules).as_str()
