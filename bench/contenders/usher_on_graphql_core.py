"""Usher with all it does, but graphql-core's executor in the place of its own."""

from starlette.applications import Starlette
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway import app
from policies.engine.policy import Policy
from schema.build import Schema, build


def create() -> Starlette:
    """The application of one worker process, as `gateway.app.create` makes it."""
    app.build = on_graphql_core  # type: ignore[attr-defined] # the product has no switch for it, and needs none
    return app.create()


def on_graphql_core(rules: Policy) -> Schema:
    """The whole schema with the executor that Strawberry uses when it is told of no other."""
    schema = build(rules)
    schema.execution_context_class = StrawberryGraphQLCoreExecutionContext
    return schema
