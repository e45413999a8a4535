"""Whether fields with the same response name can be merged: one rule of validation, in time that grows with the fields.

GraphQL's own rule compares each two fields with the same response name. A page of many components repeats `id` and
`__typename` in the fragment of each component, so it would take the time that a hostile document takes. Here, the
fields that an object may answer together are one group, and each is compared with the first of its group. That finds a
conflict exactly if a comparison of all pairs does (GraphQL, 5.3.2 "Field Selection Merging").
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    print_ast,
)

from gateway.http.limits import MAX_DEPTH, OperationTooLarge

MAX_READ = 10_000
"""How many selections are read, and fields compared.

Only fragments on many types inside each other, and fields that many types share, make it more than the document has.
"""


class Selected(NamedTuple):
    """A field that is selected on a type, with its definition."""

    node: FieldNode
    parent: GraphQLCompositeType
    field: GraphQLField


Level = list[tuple[GraphQLCompositeType, SelectionSetNode]]


def conflicts(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Return an error for each operation with fields that cannot be merged.

    What is invalid by another rule is left out. Raises OperationTooLarge if it takes too long to find out.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    merging = _Merging(schema, fragments)
    found = []
    for node in document.definitions:
        root = schema.get_root_type(node.operation) if isinstance(node, OperationDefinitionNode) else None
        if root is not None and isinstance(node, OperationDefinitionNode):
            try:
                merging.check([(root, node.selection_set)])
            except GraphQLError as error:
                found.append(error)
    return found


class _Merging:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema, self._fragments = schema, fragments
        self._arguments: dict[int, tuple[Any, ...]] = {}
        self._read = 0

    def check(self, level: Level) -> None:
        """Raise a GraphQLError for the first two fields that conflict."""
        levels = [(1, level)]
        while levels:
            depth, now = levels.pop()
            for name, group in self._groups(now).items():
                answered = self._answered_together(group)
                for together in answered:
                    self._check_equal(name, together)
                    levels += _below(depth, together)
                if len(answered) > 1:
                    self._check_shapes(depth, name, group)

    def _groups(self, level: Level) -> dict[str, list[Selected]]:
        """Return the fields of a level by their response names."""
        groups: dict[str, list[Selected]] = {}
        leaves = set[tuple[str, str, str]]()
        open_, spread = list(level), set[str]()
        while open_:
            parent, selections = open_.pop()
            self._count(len(selections.selections))
            for node in selections.selections:
                if isinstance(node, FieldNode):
                    field = self._schema.get_field(parent, node.name.value)
                    name = (node.alias or node.name).value
                    if field is not None and not _is_known(name, node, parent, leaves):
                        groups.setdefault(name, []).append(Selected(node, parent, field))
                elif isinstance(node, FragmentSpreadNode):
                    if node.name.value not in spread and node.name.value in self._fragments:
                        open_ += self._inside(parent, self._fragments[node.name.value])
                    spread.add(node.name.value)
                elif isinstance(node, InlineFragmentNode):
                    open_ += self._inside(parent, node)
        return groups

    def _answered_together(self, group: list[Selected]) -> list[list[Selected]]:
        """Return the fields that one object may answer: those on its own type, and all on an interface or a union."""
        by_type: dict[str, list[Selected]] = {}
        shared = []
        for one in group:
            if isinstance(one.parent, GraphQLObjectType):
                by_type.setdefault(one.parent.name, []).append(one)
            else:
                shared.append(one)
        self._count(len(shared) * max(0, len(by_type) - 1))
        return [shared + own for own in by_type.values()] or [shared]

    def _count(self, number: int) -> None:
        self._read += number
        if self._read > MAX_READ:
            raise OperationTooLarge("The document has too many fields to merge. Ask for less at a time.")

    def _inside(self, parent: GraphQLCompositeType, fragment: FragmentDefinitionNode | InlineFragmentNode) -> Level:
        condition = fragment.type_condition
        type_ = self._schema.type_map.get(condition.name.value) if condition else parent
        return [(type_, fragment.selection_set)] if is_composite_type(type_) else []

    def _check_equal(self, name: str, together: list[Selected]) -> None:
        first = together[0]
        for other in together[1:]:
            names = first.node.name.value, other.node.name.value
            if names[0] != names[1]:
                raise _conflict(name, f"'{names[0]}' and '{names[1]}' are different fields", first, other)
            if self._arguments_of(first.node) != self._arguments_of(other.node):
                raise _conflict(name, "they have differing arguments", first, other)
            _check_shape(name, first, other)

    def _check_shapes(self, depth: int, name: str, group: list[Selected]) -> None:
        """Check that these fields have the same form in the answer at all levels, whatever their parents are."""
        waiting = [(depth, {name: group})]
        while waiting:
            depth, groups = waiting.pop()
            for name_, same in groups.items():
                for other in same[1:]:
                    _check_shape(name_, same[0], other)
                waiting += [(inner, self._groups(level)) for inner, level in _below(depth, same)]

    def _arguments_of(self, node: FieldNode) -> tuple[Any, ...]:
        if not node.arguments:
            return ()
        known = self._arguments.get(id(node))
        if known is None:
            known = self._arguments[id(node)] = _by_name((one.name.value, one.value) for one in node.arguments)
        return known


def _by_name(values: Iterable[tuple[str, ValueNode]]) -> tuple[Any, ...]:
    return tuple(sorted(((name, _comparable(value)) for name, value in values), key=itemgetter(0)))


def _comparable(value: ValueNode) -> Any:
    """Return what two literals have in common if they are equal. The order of an object's fields does not count."""
    if isinstance(value, ObjectValueNode):
        return _by_name((one.name.value, one.value) for one in value.fields)
    if isinstance(value, ListValueNode):
        return [_comparable(one) for one in value.values]
    return print_ast(value)


def _is_known(name: str, node: FieldNode, parent: GraphQLCompositeType, leaves: set[tuple[str, str, str]]) -> bool:
    """Return whether a leaf is equal to one of these, so that it has the same conflicts. If not, it is added to them.

    A field with arguments or a selection is never equal.
    """
    if node.arguments or node.selection_set:
        return False
    leaf, number = (name, node.name.value, parent.name), len(leaves)
    leaves.add(leaf)
    return len(leaves) == number


def _below(depth: int, together: Iterable[Selected]) -> list[tuple[int, Level]]:
    """Return the level below these fields with its depth. There is none below the deepest level: a fragment may spread
    itself."""
    level = [
        (type_, one.node.selection_set)
        for one in together
        if one.node.selection_set and is_composite_type(type_ := get_named_type(one.field.type))
    ]
    return [(depth + 1, level)] if level and depth <= MAX_DEPTH else []


def _check_shape(name: str, first: Selected, other: Selected) -> None:
    if first.field is not other.field and not _same_shape(first.field.type, other.field.type):
        reason = f"they return conflicting types '{first.field.type}' and '{other.field.type}'"
        raise _conflict(name, reason, first, other)


def _same_shape(one: Any, other: Any) -> bool:
    """Return whether two types are lists at the same levels, are null at the same levels, and are the same leaf."""
    while is_list_type(one) or is_non_null_type(one):
        if is_list_type(one) is not is_list_type(other) or is_non_null_type(one) is not is_non_null_type(other):
            return False
        one, other = one.of_type, other.of_type
    if is_list_type(other) or is_non_null_type(other):
        return False
    return one is other or not (is_leaf_type(one) or is_leaf_type(other))


def _conflict(name: str, reason: str, one: Selected, other: Selected) -> GraphQLError:
    return GraphQLError(
        f"Fields '{name}' conflict because {reason}. Use different aliases on the fields to fetch both if this was "
        "intentional.",
        [one.node, other.node],
    )
