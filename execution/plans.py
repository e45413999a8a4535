"""Compiled operations, kept as long as their document."""

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

from execution.plan import Selection, Unusual, compile_root
from execution.reasons import Reason
from execution.shortcuts import Shortcuts

# Of one document: each set of its `@skip` and `@include` variables selects other fields.
MAX_VARIANTS = 16

_CONDITIONS = frozenset({"skip", "include"})
_INCREMENTAL = frozenset({"defer", "stream"})


class _Outline:
    """What of a document decides how it is compiled: the variables of its conditions, and what is not compiled."""

    def __init__(self, document: DocumentNode, forget: Callable[[Any], None]) -> None:
        self.document = ref(document, forget)
        directives = [found for definition in document.definitions for found in _directives(definition)]
        self.unsupported = _unsupported(document, directives)
        self.conditions = sorted({name for directive in directives for name in _variables(directive)})
        self.variants: dict[tuple[Any, ...], tuple[GraphQLSchema, OperationDefinitionNode, Selection]] = {}


class Plans:
    """Finds the plan of an operation, or compiles it.

    There is one entry for each document that is alive, so whoever caches documents bounds this too.
    """

    def __init__(self, shortcuts: Shortcuts) -> None:
        self.shortcuts = shortcuts
        self._outlines: dict[int, _Outline] = {}

    def find(self, executor: Executor[Any], document: DocumentNode) -> Selection:
        """The root's steps. Raises Unusual when graphql-core's executor has to run this operation, or as it does."""
        outline = self._outlines.get(id(document)) or self._outline(document)
        if outline.unsupported is not None:
            raise Unusual(outline.unsupported)
        schema, operation = executor.schema, executor.operation
        given = executor.variable_values.coerced
        # The schema and the operation stay referred to by the entry, so that their ids cannot come to mean others.
        key = (id(schema), id(operation), *map(given.get, outline.conditions))
        known = outline.variants.get(key)
        if known is None:
            known = schema, operation, compile_root(executor, self.shortcuts)
        if len(outline.variants) >= MAX_VARIANTS:
            outline.variants.clear()
        outline.variants[key] = known
        return known[2]

    def _outline(self, document: DocumentNode) -> _Outline:
        key = id(document)

        def forget(_: object) -> None:
            self._outlines.pop(key, None)

        outline = self._outlines[key] = _Outline(document, forget)
        return outline


def _unsupported(document: DocumentNode, directives: list[DirectiveNode]) -> Reason | None:
    """What of a document is not compiled, if anything."""
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
