"""The contender that is Usher on another executor is that, and nothing else."""

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from bench.contenders.usher_on_graphql_core import on_graphql_core
from gateway import app
from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy
from schema.build import build


def test_it_replaces_what_the_gateway_builds_its_schema_with() -> None:
    assert vars(app)["build"] is build


def test_it_has_the_stock_executor_and_usher_has_not() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    assert on_graphql_core(rules).execution_context_class is StrawberryGraphQLCoreExecutionContext
    assert build(rules).execution_context_class is not StrawberryGraphQLCoreExecutionContext


def test_it_publishes_the_same_schema() -> None:
    rules = Policy.load(ROOT / "policy.polar")
    assert on_graphql_core(rules).as_str() == build(rules).as_str()
