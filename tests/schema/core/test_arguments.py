"""Arguments are what Strawberry makes of them, whatever was given."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    is_list_type,
    is_non_null_type,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy
from schema.build import build
from schema.core import arguments

SCHEMA = build(Policy.load(ROOT / "policy.polar"))
FIELDS = {
    f"{type_.name}.{name}": field
    for type_ in SCHEMA.graphql.type_map.values()
    for name, field in getattr(type_, "fields", {}).items()
    if isinstance(field, GraphQLField) and field.args and not type_.name.startswith("__")
}


class Asked:
    """As much of graphql-core's info as making arguments looks at."""

    schema = SCHEMA.graphql


def values(type_: GraphQLInputType) -> st.SearchStrategy[Any]:
    """What graphql-core hands on for this type, nulls where they may be."""
    if is_non_null_type(type_):
        return present(type_.of_type)
    return st.none() | present(type_)


def present(type_: Any) -> st.SearchStrategy[Any]:
    """The same, without null."""
    if is_list_type(type_):
        return st.lists(values(type_.of_type), max_size=3)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from([value.value for value in type_.values.values()])
    if isinstance(type_, GraphQLInputObjectType):
        required = {name: values(one.type) for name, one in type_.fields.items() if is_non_null_type(one.type)}
        optional = {name: values(one.type) for name, one in type_.fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    return {"Int": st.integers(), "Boolean": st.booleans(), "Date": st.dates(), "DateTime": st.datetimes()}.get(
        type_.name, st.text(max_size=5)
    )


@pytest.mark.parametrize("name", sorted(FIELDS))
@settings(max_examples=30)
@given(data=st.data())
def test_arguments_are_made_as_by_strawberry(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    asked = data.draw(
        st.fixed_dictionaries(
            {arg: values(one.type) for arg, one in field.args.items() if is_non_null_type(one.type)},
            optional={arg: values(one.type) for arg, one in field.args.items() if not is_non_null_type(one.type)},
        )
    )
    info: Any = Asked()
    expected = arguments.by_strawberry(declared, info, asked)
    made = arguments.conversion(declared)(info, asked)
    for one in (expected, made):
        for taken in ("info", "root"):
            one.pop(taken, None)
    assert made == expected
    assert {key: type(value) for key, value in made.items()} == {key: type(value) for key, value in expected.items()}


def test_no_argument_of_the_schema_needs_strawberry_in_each_request() -> None:
    config = SCHEMA.config
    for name, field in FIELDS.items():
        declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        unknown = [one.python_name for one in declared.arguments if arguments.maker(one.type, config) is None]
        # A file is checked by its own scalar.
        assert unknown == [] or name == "Mutation.importMembers", (name, unknown)
