"""The whole of Usher, but with graphql-core's executor instead of its own."""

from typing import Any

from starlette.applications import Starlette
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway import app
from policies.engine.policy import Policy
from schema.build import Schema, build


class StockExecutor(StrawberryGraphQLCoreExecutionContext):
    """The executor that Strawberry uses by default, with the methods that Usher's schema calls."""

    @classmethod
    def build(cls, *args: Any, report_fallback: object = None, max_bytes: object = None, **kwargs: Any) -> Any:  # noqa: ARG003
        """Build the executor as graphql-core does. It reports no fallback, because there is none, and has no limit."""
        return super().build(*args, **kwargs)

    async def read_at_once(self) -> None:
        """Return None: no operation is read with one statement, so this executor runs all of them."""

    def loads_actor(self) -> bool:
        """Return False: the actor is loaded before the mutation runs."""
        return False


def create() -> Starlette:
    """Return the application of one worker process, as `gateway.app.create` creates it."""
    app.build = on_graphql_core  # type: ignore[attr-defined] # Usher has no setting for this, and needs none
    return app.create()


def on_graphql_core(rules: Policy, *, max_answer_bytes: int | None = None, suggests: bool = True) -> Schema:
    """Return the whole schema with the executor that Strawberry uses by default."""
    schema = build(rules, max_answer_bytes=max_answer_bytes, suggests=suggests)
    schema.execution_context_class = StockExecutor
    return schema
