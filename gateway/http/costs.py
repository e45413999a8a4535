"""The cost of an operation in rows, estimated before it runs from the page sizes that it asks for.

The estimate follows execution. Fields with the same response name are one field, whichever fragments select them. A
selection that the variables skip costs nothing. If an object may have several types, the dearest of them counts.

A field with the arguments `first` and `last` multiplies the cost below it by that number; another list multiplies it by
ten, or by the number of `actions` that it is asked for. A field that returns objects costs one row for each. A leaf
costs nothing, because its row is already loaded and the leaf is short. JSON may be long, so it costs as much as many
rows, and the number of all rows of a list takes one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import EnumValueNode, IntValueNode, ListValueNode, VariableNode

from domain.paging import DEFAULT_SIZE
from gateway.http.cost_formulas import Cost, Dearest, Pages, Size

MAX_COST = 50_000
LIST_LENGTH = 10
JSON_ROWS = 20
TOTAL = "totalCount"
# The most formulas of one operation: each combination of its `@skip` and `@include` variables selects other fields.
MAX_FORMULAS = 16


class Estimate:
    """The estimated cost of a valid operation, as a formula of its variables.

    Conditions decide which fields are merged, so there is a formula for each combination of the Boolean variables. It
    is made when a request first has this combination.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        defined = operation.variable_definitions or ()
        defaults = {one.variable.name.value: one.default_value for one in defined}
        self._root, self._selections = schema.get_root_type(operation.operation), operation.selection_set
        self._schema = schema
        self._fragments = {one.name.value: one for one in document.definitions if _is_fragment(one)}
        self._sizes = {name: size for name, one in defaults.items() if (size := _size_of(one)) is not None}
        self._switches = {
            one.variable.name.value: one.default_value.value
            if isinstance(one.default_value, BooleanValueNode)
            else None
            for one in defined
            if _is_boolean(one.type)
        }
        self._formulas: dict[tuple[bool | None, ...], Cost] = {}

    def rows(self, variables: Mapping[str, Any]) -> int:
        """Return how many rows the operation may read with these variables.

        A condition on a variable that has no valid value skips nothing.
        """
        given = [variables.get(name, default) for name, default in self._switches.items()]
        key = tuple(value if isinstance(value, bool) else None for value in given)
        formula = self._formulas.get(key)
        if formula is None:
            if len(self._formulas) >= MAX_FORMULAS:
                self._formulas.clear()
            formula = self._formulas[key] = self._formula(dict(zip(self._switches, key, strict=True)))
        return formula.of(variables)

    def _formula(self, switches: Mapping[str, bool | None]) -> Cost:
        if self._root is None:
            return Cost()
        return _Formula(self._schema, self._fragments, self._sizes, switches).of(self._root, [self._selections])


class _Formula:
    """Makes the formula of one operation with these values of its Boolean variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        sizes: Mapping[str, int],
        switches: Mapping[str, bool | None],
    ) -> None:
        self._schema, self._fragments, self._sizes, self._switches = schema, fragments, sizes, switches
        self._known: dict[tuple[Any, ...], Cost] = {}

    def of(self, type_: GraphQLCompositeType, parts: Iterable[SelectionSetNode]) -> Cost:
        """Return the cost below one object of a type, with all of these selections."""
        parts = list(parts)
        key = (type_.name, *map(id, parts))
        known = self._known.get(key)
        if known is None:
            types = [type_] if isinstance(type_, GraphQLObjectType) else self._schema.get_possible_types(type_)
            known = self._known[key] = _dearest([self._object(one, parts) for one in types])
        return known

    def _object(self, type_: GraphQLObjectType, parts: Iterable[SelectionSetNode]) -> Cost:
        return _sum(self._field(type_.fields.get(name), nodes) for name, nodes in self._fields(type_, parts))

    def _fields(
        self, type_: GraphQLObjectType, parts: Iterable[SelectionSetNode]
    ) -> Iterable[tuple[str, list[FieldNode]]]:
        """Return the fields of an object as execution merges them: the name, and all nodes with a response name."""
        fields: dict[str, list[FieldNode]] = {}
        open_, spread = list(parts), set[str]()
        while open_:
            for node in open_.pop().selections:
                if not self._is_included(node):
                    continue
                if isinstance(node, FieldNode):
                    fields.setdefault((node.alias or node.name).value, []).append(node)
                    continue
                fragment: Any = node
                if isinstance(node, FragmentSpreadNode):
                    if node.name.value in spread:
                        continue
                    spread.add(node.name.value)
                    fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition, type_):
                    open_.append(fragment.selection_set)
        return [(nodes[0].name.value, nodes) for nodes in fields.values()]

    def _is_included(self, node: SelectionNode) -> bool:
        return not any(
            (one.name.value == "skip" and self._switch(one) is True)
            or (one.name.value == "include" and self._switch(one) is False)
            for one in node.directives or ()
        )

    def _switch(self, directive: DirectiveNode) -> bool | None:
        for argument in directive.arguments or ():
            if isinstance(argument.value, BooleanValueNode):
                return argument.value.value
            if isinstance(argument.value, VariableNode):
                return self._switches.get(argument.value.name.value)
        return None

    def _applies(self, condition: NamedTypeNode | None, type_: GraphQLObjectType) -> bool:
        named = self._schema.type_map.get(condition.name.value) if condition else type_
        return named is type_ or (is_abstract_type(named) and self._schema.is_sub_type(named, type_))

    def _field(self, field: GraphQLField | None, nodes: list[FieldNode]) -> Cost:
        below = field and get_named_type(field.type)
        if field is None or not is_composite_type(below):
            return Cost(JSON_ROWS if isinstance(below, GraphQLScalarType) and below.name == "JSON" else 0)
        parts = _parts(nodes)
        if "first" in field.args and isinstance(below, GraphQLObjectType):
            sizes = self._given(nodes[0], "first", "last")
            return self._connection(below, parts, sizes, _default(field.args["first"]))
        if not _is_list(field):
            return _pages((), 1, self.of(below, parts))
        # A list that a client can limit to some items has at most those.
        return _pages(self._given(nodes[0], "actions"), LIST_LENGTH, self.of(below, parts))

    def _connection(
        self, type_: GraphQLObjectType, parts: Iterable[SelectionSetNode], sizes: tuple[Size, ...], default: int
    ) -> Cost:
        """Return the cost of a page and its fields. An edge is no row beside its node."""
        fields = self._fields(type_, parts)
        rows = _sum(self._in_page(type_.fields[name], nodes) for name, nodes in fields if name in type_.fields)
        return _sum([_pages(sizes, default, rows), Cost(sum(name == TOTAL for name, _ in fields))])

    def _in_page(self, field: GraphQLField, nodes: list[FieldNode]) -> Cost:
        below = get_named_type(field.type)
        if nodes[0].name.value != "edges" or not isinstance(below, GraphQLObjectType):
            return self.of(below, _parts(nodes)) if is_composite_type(below) else Cost()
        inside = self._fields(below, _parts(nodes))
        return _sum(self._in_page(below.fields[name], of_edge) for name, of_edge in inside if name in below.fields)

    def _given(self, node: FieldNode, *names: str) -> tuple[Size, ...]:
        """Return what these arguments say about the number of rows; nothing if they are not given."""
        sizes: list[Size] = []
        for argument in node.arguments or ():
            if argument.name.value not in names:
                continue
            if isinstance(argument.value, VariableNode):
                name = argument.value.name.value
                sizes.append((name, self._sizes.get(name)))
            elif (size := _size_of(argument.value)) is not None:
                sizes.append(size)
        return tuple(sizes)


def _parts(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    return [node.selection_set for node in nodes if node.selection_set]


def _sum(costs: Iterable[Cost]) -> Cost:
    costs = list(costs)
    return Cost(sum(cost.fixed for cost in costs), tuple(part for cost in costs for part in cost.parts))


def _pages(sizes: tuple[Size, ...], default: int, below: Cost) -> Cost:
    pages = Pages(sizes, default, below)
    is_fixed = not below.parts and all(isinstance(one, int) for one in sizes)
    return Cost(pages.of({})) if is_fixed else Cost(0, (pages,))


def _size_of(value: Any) -> int | None:
    """Return the number of rows that a literal asks for: a number, or a list with as many items."""
    if isinstance(value, IntValueNode):
        return max(1, int(value.value))
    if isinstance(value, EnumValueNode):
        return 1
    return len(value.values) if isinstance(value, ListValueNode) else None


def _dearest(options: list[Cost]) -> Cost:
    if any(option.parts for option in options):
        return Cost(0, (Dearest(tuple(dict.fromkeys(options))),))
    return Cost(max((option.fixed for option in options), default=0))


def _is_fragment(definition: Any) -> TypeGuard[FragmentDefinitionNode]:
    return isinstance(definition, FragmentDefinitionNode)


def _is_boolean(type_: TypeNode) -> bool:
    named = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return isinstance(named, NamedTypeNode) and named.name.value == "Boolean"


def _default(argument: GraphQLArgument) -> int:
    """Return the default of an argument, or else that of all pages. graphql-core stores it as a value or a literal."""
    literal = argument.default.literal if argument.default else None
    if isinstance(literal, IntValueNode):
        return int(literal.value)
    return argument.default_value if isinstance(argument.default_value, int) else DEFAULT_SIZE


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)
