"""Writes queries for all fields of a type from the published schema, so that no test can forget a new field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    StringValueNode,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.runtime.settings import ROOT

PUBLISHED: GraphQLSchema = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
DEPTH = 2
SEAT_TYPES = {"Seat", "Wait"}
Object = GraphQLObjectType | GraphQLInterfaceType


def action_of(field_: GraphQLField) -> str | None:
    """The action in the field's `@policy` directive, if it has one."""
    for one in (field_.ast_node and field_.ast_node.directives) or ():
        for argument in one.arguments or ():
            if one.name.value == "policy" and isinstance(argument.value, StringValueNode):
                return argument.value.value
    return None


def guarded_fields() -> set[tuple[str, str]]:
    """Each field that names an action, as type and name, of all types that a query can reach."""
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    assert PUBLISHED.query_type is not None
    todo: list[Any] = [PUBLISHED.query_type]
    while todo:
        type_ = todo.pop()
        if type_.name in seen or not isinstance(type_, Object):
            continue
        seen.add(type_.name)
        todo += PUBLISHED.get_possible_types(type_) if isinstance(type_, GraphQLInterfaceType) else ()
        for name, one in type_.fields.items():
            if action_of(one) is not None:
                found.add((type_.name, name))
            todo.append(get_named_type(one.type))
    return found


@dataclass
class QueryWriter:
    """Writes queries.

    `values` has a value for each required argument, by name. `visited` gets each field that a query selects, as type
    and name.
    """

    values: dict[str, str]
    visited: set[tuple[str, str]] = field(default_factory=set)

    def root(self) -> Iterator[str]:
        """A query for each field of Query."""
        assert PUBLISHED.query_type is not None
        for name, one in PUBLISHED.query_type.fields.items():
            yield f"{{ {self._field(PUBLISHED.query_type, name, one, DEPTH)} }}"

    def node(self, type_: GraphQLObjectType, id_: str) -> Iterator[str]:
        """A query for each field of an object."""
        for name, one in type_.fields.items():
            selected = self._field(type_, name, one, DEPTH)
            yield f'{{ node(id: "{id_}") {{ __typename ... on {type_.name} {{ {selected} }} }} }}'

    def _field(self, parent: Object, name: str, one: GraphQLField, depth: int) -> str:
        self.visited.add((parent.name, name))
        values = [f"{key}: {self.values[key]}" for key, arg in one.args.items() if self._has_value(key, arg)]
        arguments = f"({', '.join(values)})" if values else ""
        type_ = get_named_type(one.type)
        return (
            f"{name}{arguments}" if is_leaf_type(type_) else f"{name}{arguments} {{ {self._selection(type_, depth)} }}"
        )

    def _has_value(self, key: str, argument: GraphQLArgument) -> bool:
        return key == "first" or is_required_argument(argument)

    def _selection(self, type_: Any, depth: int) -> str:
        if type_.name.endswith("Connection"):
            nodes = get_named_type(type_.fields["nodes"].type)
            return f"totalCount nodes {{ {self._selection(nodes, depth)} }}"
        selected = ["__typename"]
        for name, one in type_.fields.items():
            below = get_named_type(one.type)
            if is_leaf_type(below) or (depth and (depth == DEPTH or name != "viewerCan")):
                selected.append(self._field(type_, name, one, depth - 1))
        return " ".join(selected)


def text_field_names() -> set[str]:
    """The names of all published object fields whose type is String."""
    objects = [type_ for type_ in PUBLISHED.type_map.values() if isinstance(type_, GraphQLObjectType)]
    return {
        name
        for type_ in objects
        if not type_.name.startswith("__")
        for name, one in type_.fields.items()
        if get_named_type(one.type) is GraphQLString
    }


def node_types() -> dict[str, GraphQLObjectType]:
    """Each type that has an id, by name."""
    node = PUBLISHED.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    return {type_.name: type_ for type_ in PUBLISHED.get_possible_types(node)}


def input_paths(type_: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each path to a value below an input type, such as `people.0.email`, and the name of the value's type."""
    if isinstance(type_, GraphQLNonNull):
        yield from input_paths(type_.of_type, path)
    elif isinstance(type_, GraphQLList):
        yield from input_paths(type_.of_type, f"{path}.0")
    elif isinstance(type_, GraphQLInputObjectType):
        for name, one in type_.fields.items():
            yield from input_paths(one.type, f"{path}.{name}".removeprefix("."))
    else:
        yield path, type_.name


def input_values(mutation: str) -> dict[str, str]:
    """Each path to a value in the input of a mutation, with the name of its type."""
    assert PUBLISHED.mutation_type is not None
    return dict(input_paths(PUBLISHED.mutation_type.fields[mutation].args["input"].type))


def payload_type(mutation: str) -> GraphQLObjectType:
    """The payload type of a mutation."""
    assert PUBLISHED.mutation_type is not None
    type_ = get_named_type(PUBLISHED.mutation_type.fields[mutation].type)
    assert isinstance(type_, GraphQLObjectType)
    return type_


def told_fields(mutation: str) -> set[str]:
    """The fields of a mutation's payload that tell of lists: edges and deleted ids."""
    names = payload_type(mutation).fields
    return {one for one in names if one.endswith("Edges") or (one.startswith("deleted") and one.endswith("Ids"))}


def seat_fields(mutation: str) -> set[str]:
    """The fields of a mutation's payload that show seats or waits."""
    return {name for name, one in payload_type(mutation).fields.items() if get_named_type(one.type).name in SEAT_TYPES}


def mutation_actions() -> dict[str, str]:
    """The action of each mutation, by the mutation's name."""
    assert PUBLISHED.mutation_type is not None
    found = {name: action_of(one) for name, one in PUBLISHED.mutation_type.fields.items()}
    return {name: action for name, action in found.items() if action is not None}
