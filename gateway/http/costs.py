"""The cost of an operation in rows, estimated before it runs from the page sizes that it asks for.

A field with a `first` argument multiplies the cost below it by that number; another list multiplies it by ten. A
field that returns objects costs one row for each. A leaf costs nothing, because its row is already loaded and the leaf
is short. JSON may be long, so it costs as much as many rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import IntValueNode, VariableNode

from domain.paging import MAX_SIZE

MAX_COST = 50_000
LIST_LENGTH = 10
JSON_ROWS = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a field. `first` is a number, or the name of the variable that holds it with its default."""

    first: int | tuple[str, int]
    below: "tuple[Cost, ...]"

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the rows of this field and of the fields below it, with these variables."""
        if isinstance(self.first, int):
            times = self.first
        else:
            name, default = self.first
            given = variables.get(name)
            # GraphQL accepts 100.0 for an Int, too.
            times = int(given) if isinstance(given, int | float) and given >= 1 else default
        # If `first` is larger than a page, the field itself refuses it later.
        times = min(times, MAX_SIZE)
        return times * (1 + sum(cost.of(variables) for cost in self.below))


def costs(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> tuple[Cost, ...]:
    """Return the cost of a valid operation as a formula of its variables, one part per root field."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    }
    root = schema.get_root_type(operation.operation)
    if root is None:
        return ()
    return tuple(_Formula(schema, fragments, defaults).of(root, operation.selection_set, paged=False))


@dataclass(frozen=True, slots=True)
class _Formula:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    defaults: Mapping[str, int]

    def of(self, type_: GraphQLCompositeType, selections: SelectionSetNode, *, paged: bool) -> Iterator[Cost]:
        """Yield the costs below a type. With `paged`, its lists are the page that `first` has already counted."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield from self._field(type_, node, paged=paged)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fragment(type_, self.fragments[node.name.value], paged=paged)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fragment(type_, node, paged=paged)

    def _fragment(
        self, type_: GraphQLCompositeType, node: FragmentDefinitionNode | InlineFragmentNode, *, paged: bool
    ) -> Iterator[Cost]:
        named = self.schema.type_map.get(node.type_condition.name.value) if node.type_condition else type_
        yield from self.of(named if is_composite_type(named) else type_, node.selection_set, paged=paged)

    def _field(self, type_: GraphQLCompositeType, node: FieldNode, *, paged: bool) -> Iterator[Cost]:
        field = self._definition(type_, node.name.value)
        below = field and get_named_type(field.type)
        if isinstance(below, GraphQLScalarType) and below.name == "JSON":
            yield Cost(JSON_ROWS, ())
        if field is None or not is_composite_type(below) or node.selection_set is None:
            return
        if "first" in field.args:
            yield Cost(self._first(field, node), tuple(self.of(below, node.selection_set, paged=True)))
        elif paged:
            yield from self.of(below, node.selection_set, paged=False)
        else:
            times = LIST_LENGTH if _is_list(field) else 1
            yield Cost(times, tuple(self.of(below, node.selection_set, paged=False)))

    @staticmethod
    def _definition(type_: GraphQLCompositeType, name: str) -> GraphQLField | None:
        fields = type_.fields if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}
        return fields.get(name)

    def _first(self, field: GraphQLField, node: FieldNode) -> int | tuple[str, int]:
        default = _default(field.args["first"])
        for argument in node.arguments or ():
            if argument.name.value == "first" and isinstance(argument.value, IntValueNode):
                return max(1, int(argument.value.value))
            if argument.name.value == "first" and isinstance(argument.value, VariableNode):
                name = argument.value.name.value
                return name, self.defaults.get(name, default)
        return default


def _default(argument: GraphQLArgument) -> int:
    """Return the default of an argument. graphql-core stores it as a value or, if parsed from a text, as a literal."""
    literal = argument.default.literal if argument.default else None
    if isinstance(literal, IntValueNode):
        return int(literal.value)
    return argument.default_value if isinstance(argument.default_value, int) else 1


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)
