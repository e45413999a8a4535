"""What a new schema takes away from the clients of a released one."""

from collections.abc import Collection
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    GraphQLSchema,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    find_breaking_changes,
    parse,
    visit,
)


def broken_promises(released: str, present: GraphQLSchema) -> list[str]:
    """Return what breaks operations of the released schema, except for what the released schema deprecates already.

    A type may go too if the released schema leads to it only by what it deprecates.
    """
    document = parse(released)
    lasting = visit(document, _WithoutDeprecated())
    lasting = visit(lasting, _WithoutTypes(_left_alone(document, lasting)))
    return [change.description for change in find_breaking_changes(_schema(lasting), present)]


class _WithoutDeprecated(Visitor):
    """Removes the fields, arguments and enum values that are deprecated."""

    def enter(self, node: Any, *_: Any) -> Any:
        directives = getattr(node, "directives", None) or ()
        return REMOVE if any(one.name.value == "deprecated" for one in directives) else None


class _WithoutTypes(Visitor):
    """Removes the definitions of these types."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self._names = names

    def enter(self, node: Any, *_: Any) -> Any:
        return REMOVE if isinstance(node, TypeDefinitionNode) and node.name.value in self._names else None


def _left_alone(document: DocumentNode, lasting: DocumentNode) -> set[str]:
    """The types to which only deprecated parts of the document lead."""
    whole, rest = _schema(document), _schema(lasting)
    # Nothing leads to these but an interface, so no deprecated part does.
    apart = whole.type_map.keys() - _reached(whole, ())
    return whole.type_map.keys() - _reached(rest, apart)


def _reached(schema: GraphQLSchema, also: Collection[str]) -> set[str]:
    """The types to which the roots, the directives and these types lead."""
    types = [schema.type_map[name] for name in also]
    return set(
        GraphQLSchema(schema.query_type, schema.mutation_type, directives=schema.directives, types=types).type_map
    )


def _schema(document: DocumentNode) -> GraphQLSchema:
    # Without the deprecated fields, a type may have none.
    return build_ast_schema(document, assume_valid=True)
