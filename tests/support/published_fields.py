"""Queries for all there is below a type, made from the published schema: what a new field shows cannot be forgotten."""

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
Object = GraphQLObjectType | GraphQLInterfaceType


def action(of: GraphQLField) -> str | None:
    """The action that a field names."""
    for one in (of.ast_node and of.ast_node.directives) or ():
        for argument in one.arguments or ():
            if one.name.value == "policy" and isinstance(argument.value, StringValueNode):
                return argument.value.value
    return None


def guarded() -> set[tuple[str, str]]:
    """Every field that names an action, of every type that can be read: type and name."""
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
            if action(one) is not None:
                found.add((type_.name, name))
            todo.append(get_named_type(one.type))
    return found


@dataclass
class Asking:
    """Writes queries; `values` are the arguments that must be given, by name, and `visited` the fields asked for."""

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
            shown = self._field(type_, name, one, DEPTH)
            yield f'{{ node(id: "{id_}") {{ __typename ... on {type_.name} {{ {shown} }} }} }}'

    def _field(self, parent: Object, name: str, one: GraphQLField, depth: int) -> str:
        self.visited.add((parent.name, name))
        given = [f"{key}: {self.values[key]}" for key, arg in one.args.items() if self._needs(key, arg)]
        arguments = f"({', '.join(given)})" if given else ""
        type_ = get_named_type(one.type)
        return f"{name}{arguments}" if is_leaf_type(type_) else f"{name}{arguments} {{ {self._below(type_, depth)} }}"

    def _needs(self, key: str, argument: GraphQLArgument) -> bool:
        return key == "first" or is_required_argument(argument)

    def _below(self, type_: Any, depth: int) -> str:
        if type_.name.endswith("Connection"):
            nodes = get_named_type(type_.fields["nodes"].type)
            return f"totalCount nodes {{ {self._below(nodes, depth)} }}"
        shown = ["__typename"]
        for name, one in type_.fields.items():
            below = get_named_type(one.type)
            if is_leaf_type(below) or (depth and (depth == DEPTH or name != "viewerCan")):
                shown.append(self._field(type_, name, one, depth - 1))
        return " ".join(shown)


def texts() -> set[str]:
    """The names of all published fields of objects that show a text."""
    objects = [type_ for type_ in PUBLISHED.type_map.values() if isinstance(type_, GraphQLObjectType)]
    return {
        name
        for type_ in objects
        if not type_.name.startswith("__")
        for name, one in type_.fields.items()
        if get_named_type(one.type) is GraphQLString
    }


def nodes() -> dict[str, GraphQLObjectType]:
    """Every type that has an id."""
    node = PUBLISHED.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    return {type_.name: type_ for type_ in PUBLISHED.get_possible_types(node)}


def leaves(type_: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each path to a value below an input type, such as `people.0.email`, and the name of the value's type."""
    if isinstance(type_, GraphQLNonNull):
        yield from leaves(type_.of_type, path)
    elif isinstance(type_, GraphQLList):
        yield from leaves(type_.of_type, f"{path}.0")
    elif isinstance(type_, GraphQLInputObjectType):
        for name, one in type_.fields.items():
            yield from leaves(one.type, f"{path}.{name}".removeprefix("."))
    else:
        yield path, type_.name


def input_values(mutation: str) -> dict[str, str]:
    """Each path to a value in the input of a mutation, with the name of its type."""
    assert PUBLISHED.mutation_type is not None
    return dict(leaves(PUBLISHED.mutation_type.fields[mutation].args["input"].type))


def payload(mutation: str) -> GraphQLObjectType:
    """The type of a mutation's answer."""
    assert PUBLISHED.mutation_type is not None
    type_ = get_named_type(PUBLISHED.mutation_type.fields[mutation].type)
    assert isinstance(type_, GraphQLObjectType)
    return type_


def mutations() -> dict[str, str]:
    """Every mutation with its action."""
    assert PUBLISHED.mutation_type is not None
    found = {name: action(one) for name, one in PUBLISHED.mutation_type.fields.items()}
    return {name: named for name, named in found.items() if named is not None}
