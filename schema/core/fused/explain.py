"""Shows how an operation is read: with one statement, which one, and the code that makes the response of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationType

from db.core.fusion import fused
from domain.credentials import CredentialKind
from execution.plan import NeedsFallback
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.fact_rows import actor_query
from resolvers.core.relations import Sketch
from schema.core.fused.plan import operation_name
from schema.core.fused.planner import Planner
from schema.core.fused.reads import FusedRead
from schema.core.shortcuts import Execution


def explained(
    schema: GraphQLSchema, policy: Policy, document: DocumentNode, variables: Mapping[str, Any], operation: str | None
) -> str:
    """Return the plan of an operation as a text: its statement and its code, or why it has several statements.

    Nothing is read. Raises GraphQLError if the variables do not fit.
    """
    executor: Any = Execution.build(schema, document, raw_variable_values=dict(variables), operation_name=operation)
    if isinstance(executor, list):
        raise executor[0]
    try:
        selection = executor.find_plan()
    except NeedsFallback as fallback:
        return f"graphql-core's executor runs it: {fallback.reason.value}.\n"
    if executor.operation.operation is not OperationType.QUERY:
        return "A mutation makes its change in a transaction. Its payload is read level by level.\n"
    sketch = Sketch(policy, facts.Person, datetime.now(UTC).date())
    planner = Planner(executor, Execution.shortcuts, sketch)
    plan = planner.plan(selection)
    if plan is None and not planner.reasons:
        return "Nothing is read.\n"
    if plan is None:
        # The last reason ended the planning. Those before it would have kept only their own fields out.
        return f"A statement for each level, in one snapshot, because of:\n{_lines(planner.reasons[-1:])}"
    name = operation_name(executor)
    read = FusedRead(name, plan)
    levels, _ = read.bind(executor, sketch)
    statement = fused(name).find((actor_query(policy, CredentialKind.SESSION), b"", *levels)).sql.text
    count = f"{len(levels)} level{'' if len(levels) == 1 else 's'}"
    parts = [f"One statement reads the actor and {count}, without a transaction."]
    parts += [f"After it, the walk resolves:\n{_lines(planner.reasons)}"] if planner.reasons else []
    return "\n\n".join([*parts, statement, read.code.source])


def _lines(reasons: Sequence[tuple[str, str]]) -> str:
    return "".join(f"  {field}: {reason}\n" for field, reason in reasons)
