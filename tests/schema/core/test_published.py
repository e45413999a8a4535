"""The published schema: schema.graphql equals the served schema, and describes its types, fields and enum values."""

from pathlib import Path

import pytest
from graphql import (
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    StringValueNode,
    build_schema,
    get_named_type,
    parse,
    print_ast,
)
from strawberry.schema import Schema

from domain.actions import Action
from policies.engine.policy import Policy

SDL = (Path(__file__).parents[3] / "schema.graphql").read_text()
PUBLISHED: GraphQLSchema = build_schema(SDL)
TYPES: dict[str, GraphQLNamedType] = {
    name: type_
    for name, type_ in PUBLISHED.type_map.items()
    if not name.startswith("__") and name not in {"String", "Int", "Float", "Boolean", "ID"}
}


def test_the_published_schema_is_the_served_one(schema: Schema) -> None:
    assert SDL.rstrip("\n") == schema.as_str().rstrip("\n")


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_described(name: str) -> None:
    assert TYPES[name].description


def parts_of(type_: GraphQLNamedType) -> dict[str, str | None]:
    """The description of each field, argument, input field and enum value of a type, by its name in the type."""
    if isinstance(type_, GraphQLEnumType):
        return {name: value.description for name, value in type_.values.items()}
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        return {}
    parts = {name: field.description for name, field in type_.fields.items()}
    if not isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items():
            parts |= {f"{name}({argument}:)": given.description for argument, given in field.args.items()}
    return parts


def test_every_field_argument_input_field_and_enum_value_is_described() -> None:
    described = {f"{type_}.{part}": text for type_ in TYPES.values() for part, text in parts_of(type_).items()}
    assert len(described) > 600
    assert [part for part, text in described.items() if not text] == []


@pytest.mark.parametrize("name", TYPES)
def test_each_description_is_a_sentence(name: str) -> None:
    for part, text in parts_of(TYPES[name]).items():
        assert text
        assert text[0] in "`1" or text[0].isupper(), (part, text)
        assert text.rstrip().endswith("."), (part, text)


def root_fields() -> dict[str, list[str]]:
    """Each field of Query and Mutation with the actions in its directives."""
    found: dict[str, list[str]] = {}
    for definition in parse(SDL).definitions:
        if isinstance(definition, ObjectTypeDefinitionNode) and definition.name.value in {"Query", "Mutation"}:
            for field in definition.fields or ():
                found[f"{definition.name.value}.{field.name.value}"] = actions_of(field)
    return found


def actions_of(field: FieldDefinitionNode) -> list[str]:
    """The actions that a field's directives name."""
    return [
        argument.value.value
        for directive in field.directives or ()
        if directive.name.value == "policy"
        for argument in directive.arguments or ()
        if argument.name.value == "action" and isinstance(argument.value, StringValueNode)
    ]


@pytest.mark.parametrize("name", root_fields())
def test_every_root_field_names_one_action_that_the_policy_decides(name: str, policy: Policy) -> None:
    [action] = root_fields()[name]
    assert Action(action) in policy.kinds


def test_the_test_above_covers_every_root_field() -> None:
    query, mutation = PUBLISHED.query_type, PUBLISHED.mutation_type
    assert query is not None
    assert mutation is not None
    assert len(root_fields()) == len(query.fields) + len(mutation.fields)


def printed(value: GraphQLInputField | GraphQLArgument) -> str:
    """An argument or a field of an input as the published schema has it, without its description."""
    assert value.ast_node is not None
    return print_ast(value.ast_node).splitlines()[-1]


MUTATIONS = PUBLISHED.mutation_type.fields if PUBLISHED.mutation_type else {}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_takes_one_input_and_answers_with_its_errors(name: str) -> None:
    field = MUTATIONS[name]
    assert list(field.args) == ["input"]
    taken, payload = get_named_type(field.args["input"].type), get_named_type(field.type)
    assert isinstance(taken, GraphQLInputObjectType)
    assert isinstance(payload, GraphQLObjectType)
    assert printed(taken.fields["idempotencyKey"]) == "idempotencyKey: String = null"
    assert printed(taken.fields["dryRun"]) == "dryRun: Boolean! = false"
    assert str(payload.fields["errors"].type) == "[UserError!]!"


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_refused_mutation_does_not_hide_the_answers_of_others(name: str) -> None:
    assert not isinstance(MUTATIONS[name].type, GraphQLNonNull)


def test_page_info_has_the_fields_that_relay_needs() -> None:
    page = TYPES["PageInfo"]
    assert isinstance(page, GraphQLObjectType)
    assert {name: str(field.type) for name, field in page.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_every_connection_has_the_same_paging_arguments() -> None:
    connections = [type_ for name, type_ in TYPES.items() if name.endswith("Connection")]
    assert len(connections) >= 5
    for type_ in TYPES.values():
        if not isinstance(type_, GraphQLObjectType):
            continue
        for field in type_.fields.values():
            if get_named_type(field.type) in connections:
                for size in ("first", "last"):
                    assert "1 to 100" in (field.args[size].description or "")
                    assert printed(field.args[size]) == f"{size}: Int = null"
                for cursor in ("after", "before"):
                    assert printed(field.args[cursor]) == f"{cursor}: String = null"


@pytest.mark.parametrize("name", [name for name, type_ in TYPES.items() if isinstance(type_, GraphQLEnumType)])
def test_enum_values_are_in_capitals(name: str) -> None:
    type_ = TYPES[name]
    assert isinstance(type_, GraphQLEnumType)
    assert [value for value in type_.values if value != value.upper()] == []
