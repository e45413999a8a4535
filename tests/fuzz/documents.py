"""Turns a random document of schemathesis into one about rows that exist."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    ArgumentNode,
    ConstObjectFieldNode,
    ConstObjectValueNode,
    DocumentNode,
    FieldNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLSchema,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    ast_from_value,
    get_named_type,
    get_nullable_type,
    parse,
    parse_value,
    print_ast,
    visit,
)
from graphql.language import REMOVE

# How likely an id is replaced by one of a row that exists.
KNOWN = 0.9
# The most rows of a level. A random document may be six levels deep, and its cost must stay below the limit.
FIRST = 2
FROM_THE_START = {"after", "before", "last", "search"}
"""The arguments that are left out, so that a page begins with the first row and is not empty."""
OUTCOME = "errors { code isInformation }"

Ids = Mapping[str, Sequence[str]]
"""Ids of rows that exist: by the name of an argument or an input field, and all of them as `id`."""


def with_running_ids(text: str, schema: GraphQLSchema, ids: Ids, random: Random) -> str:
    """Replace most ids by ids of rows that exist. All other values stay as they were generated."""

    def known(name: str, type_: GraphQLInputType, value: ValueNode) -> Any:
        if get_named_type(type_) is not GraphQLID or random.random() > KNOWN:
            return value
        found = ids.get(name.removesuffix("s")) or ids["id"]
        is_list = isinstance(get_nullable_type(type_), GraphQLList)
        return _node([random.choice(found) for _ in range(2)] if is_list else random.choice(found), type_)

    return print_ast(visit(parse(text), TypeInfoVisitor(info := TypeInfo(schema), _Values(info, known))))


def meant_to_succeed(
    text: str, schema: GraphQLSchema, arguments: Mapping[str, Any], ids: Ids, hidden: set[str], random: Random
) -> str:
    """Give the operation these arguments, and make everything that it selects readable.

    Switches and enum values of its input stay as they were generated, unless `arguments` has them. Fields in `hidden`
    are left out. Pages are small and start at the beginning.
    """

    def valid(name: str, type_: GraphQLInputType, value: ValueNode) -> Any:
        if name == "first":
            return _node(random.randint(1, FIRST), type_)
        if get_named_type(type_) is GraphQLID and ids.get(name):
            return _node(random.choice(ids[name]), type_)
        return NullValueNode() if name in FROM_THE_START else value

    info = TypeInfo(schema)
    document = visit(parse(text), TypeInfoVisitor(info, _Values(info, valid, hidden)))
    return print_ast(_with_arguments(document, schema, arguments))


def reporting_errors(text: str) -> str:
    """Let a mutation select its expected errors, so that its outcome is known."""
    document = parse(text)
    field = _only_field(document)
    outcome = parse(f"{{ outcome: {OUTCOME} }}").definitions[0].selection_set.selections  # type: ignore[attr-defined]
    assert field.selection_set is not None
    more = SelectionSetNode(selections=(*field.selection_set.selections, *outcome))
    return print_ast(_replaced(document, field, selection_set=more))


def json_node(value: object) -> ValueNode:
    """The literal of a JSON value whose keys are names of GraphQL. graphql-core writes no objects of scalars."""
    return parse_value(re.sub(r'"(\w+)": ', r"\1: ", json.dumps(value)))


class _Values(Visitor):
    """Replaces the value of each argument and input field, and leaves out hidden fields."""

    def __init__(
        self,
        info: TypeInfo,
        change: Callable[[str, GraphQLInputType, ValueNode], Any],
        hidden: set[str] | None = None,
    ) -> None:
        super().__init__()
        self._info, self._change, self._hidden = info, change, hidden or set()

    def enter_field(self, node: FieldNode, *_: object) -> object:
        return REMOVE if node.name.value in self._hidden else None

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> object:
        if node.selections:
            return None
        return SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),))

    def leave_argument(self, node: ArgumentNode, *_: object) -> object:
        return self._with_value(node)

    def leave_object_field(self, node: ObjectFieldNode, *_: object) -> object:
        return self._with_value(node)

    def _with_value(self, node: Any) -> object:
        type_ = self._info.get_input_type()
        if type_ is None or isinstance(get_named_type(type_), GraphQLInputObjectType):
            return None
        return type(node)(name=node.name, value=self._change(node.name.value, type_, node.value))


def _with_arguments(document: DocumentNode, schema: GraphQLSchema, values: Mapping[str, Any]) -> DocumentNode:
    field = _only_field(document)
    roots = (schema.query_type, schema.mutation_type)
    [defined] = [root.fields[field.name.value] for root in roots if root and field.name.value in root.fields]
    given = {one.name.value: one.value for one in field.arguments or ()}
    for name, value in values.items():
        type_ = defined.args[name].type
        named = get_named_type(type_)
        if isinstance(named, GraphQLInputObjectType):
            given[name] = _input(named, value, given.get(name))
        else:
            given[name] = _node(value, type_)
    arguments = tuple(ArgumentNode(name=NameNode(value=name), value=value) for name, value in given.items())
    return _replaced(document, field, arguments=arguments)


def _input(type_: GraphQLInputObjectType, values: Mapping[str, Any], generated: ValueNode | None) -> ValueNode:
    nodes = {name: _node(value, type_.fields[name].type) for name, value in values.items()}
    for field in generated.fields if isinstance(generated, ObjectValueNode) else ():
        name = field.name.value
        kind = get_named_type(type_.fields[name].type)
        if name not in nodes and (kind is GraphQLBoolean or isinstance(kind, GraphQLEnumType)):
            nodes[name] = field.value
    fields = (ConstObjectFieldNode(name=NameNode(value=name), value=node) for name, node in nodes.items())
    return ConstObjectValueNode(fields=tuple(fields))


def _node(value: object, type_: GraphQLInputType) -> Any:
    if get_named_type(type_).name == "JSON":
        return json_node(value)
    return ast_from_value(value, type_) or NullValueNode()


def _only_field(document: DocumentNode) -> FieldNode:
    [operation] = document.definitions
    [field] = operation.selection_set.selections  # type: ignore[attr-defined]
    assert isinstance(field, FieldNode)
    return field


def _replaced(document: DocumentNode, field: FieldNode, **changed: Any) -> DocumentNode:
    class Only(Visitor):
        def leave_field(self, node: FieldNode, *_: object) -> object:
            if node is not field:
                return None
            parts = {"alias": node.alias, "name": node.name, "arguments": node.arguments}
            return FieldNode(**{**parts, "selection_set": node.selection_set, **changed})

    result: DocumentNode = visit(document, Only())
    return result
