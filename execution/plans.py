"""A cache of compiled operations. A plan is stored as long as its document exists."""

from collections.abc import Callable
from typing import Any
from weakref import ref

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
)
from graphql.execution import Executor

from execution.plan import NeedsFallback, Selection, compile_root
from execution.reasons import Reason
from execution.shortcuts import Shortcuts

# The most plans of one document: each combination of its `@skip` and `@include` variables selects other fields.
MAX_VARIANTS = 16

_CONDITIONS = frozenset({"skip", "include"})
_INCREMENTAL = frozenset({"defer", "stream"})


class _DocumentPlans:
    """The plans of one document, with the variables of its conditions, and the reason if it cannot be compiled."""

    def __init__(self, document: DocumentNode, forget: Callable[[Any], None]) -> None:
        self.document = ref(document, forget)
        directives = [found for definition in document.definitions for found in _directives(definition)]
        self.unsupported = _unsupported(document, directives)
        self.conditions = sorted({name for directive in directives for name in _variables(directive)})
        self.variants: dict[tuple[Any, ...], tuple[GraphQLSchema, OperationDefinitionNode, Selection]] = {}


class Plans:
    """Finds the plan of an operation, or compiles it.

    There is one entry for each document that exists, so a limit on cached documents limits this cache too.
    """

    def __init__(self, shortcuts: Shortcuts) -> None:
        self.shortcuts = shortcuts
        self._by_document: dict[int, _DocumentPlans] = {}

    def find(self, executor: Executor[Any], document: DocumentNode) -> Selection:
        """Return the steps of the root type.

        Raises NeedsFallback if graphql-core's executor must run this operation, and the errors of graphql-core.
        """
        plans = self._by_document.get(id(document)) or self._add(document)
        if plans.unsupported is not None:
            raise NeedsFallback(plans.unsupported)
        schema, operation = executor.schema, executor.operation
        given = executor.variable_values.coerced
        # The entry refers to the schema and the operation, so that no other object can get their ids.
        key = (id(schema), id(operation), *map(given.get, plans.conditions))
        known = plans.variants.get(key)
        if known is None:
            if len(plans.variants) >= MAX_VARIANTS:
                plans.variants.clear()
            known = plans.variants[key] = schema, operation, compile_root(executor, self.shortcuts)
        return known[2]

    def _add(self, document: DocumentNode) -> _DocumentPlans:
        key = id(document)

        def forget(_: object) -> None:
            self._by_document.pop(key, None)

        plans = self._by_document[key] = _DocumentPlans(document, forget)
        return plans


def _unsupported(document: DocumentNode, directives: list[DirectiveNode]) -> Reason | None:
    """Return the reason why a document cannot be compiled, or None."""
    if any(one.name.value in _INCREMENTAL for one in directives):
        return Reason.INCREMENTAL
    if any(isinstance(one, FragmentDefinitionNode) and one.variable_definitions for one in document.definitions):
        return Reason.FRAGMENT_VARIABLES
    return None


def _directives(definition: Any) -> list[DirectiveNode]:
    found: list[DirectiveNode] = []
    waiting = [definition]
    while waiting:
        node = waiting.pop()
        found.extend(getattr(node, "directives", None) or ())
        selected = getattr(node, "selection_set", None)
        if selected is not None:
            waiting.extend(selected.selections)
    return found


def _variables(directive: DirectiveNode) -> list[str]:
    if directive.name.value not in _CONDITIONS:
        return []
    return [one.value.name.value for one in directive.arguments or () if isinstance(one.value, VariableNode)]
