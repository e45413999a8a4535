"""Arguments are converted exactly as Strawberry converts them, for any values."""

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
from hypothesis import HealthCheck, given, settings
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
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "Int": st.integers(),
    "BigInt": st.integers(),
    "Boolean": st.booleans(),
    "Date": st.dates(),
    "DateTime": st.datetimes(),
    "JSON": st.dictionaries(st.text(max_size=5), st.lists(st.integers(), max_size=2), max_size=2),
}


class FakeInfo:
    """The part of graphql-core's info that the conversion of arguments reads."""

    schema = SCHEMA.graphql


def values(type_: GraphQLInputType) -> st.SearchStrategy[Any]:
    """The values that graphql-core passes on for this type, with null if the type allows it."""
    if is_non_null_type(type_):
        return present(type_.of_type)
    return st.none() | present(type_)


def present(type_: Any) -> st.SearchStrategy[Any]:
    """The values that graphql-core passes on for this type, without null."""
    if is_list_type(type_):
        return st.lists(values(type_.of_type), max_size=3)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from([value.value for value in type_.values.values()])
    if isinstance(type_, GraphQLInputObjectType):
        required = {name: values(one.type) for name, one in type_.fields.items() if is_non_null_type(one.type)}
        optional = {name: values(one.type) for name, one in type_.fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    return SCALARS.get(type_.name, st.text(max_size=5))


@pytest.mark.parametrize("name", sorted(FIELDS))
# The first text makes Hypothesis build its tables of characters, which takes seconds on a busy machine.
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arguments_are_converted_as_strawberry_converts_them(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    given = data.draw(
        st.fixed_dictionaries(
            {arg: values(one.type) for arg, one in field.args.items() if is_non_null_type(one.type)},
            optional={arg: values(one.type) for arg, one in field.args.items() if not is_non_null_type(one.type)},
        )
    )
    info: Any = FakeInfo()
    expected = arguments.strawberry_arguments(declared, info, given)
    made = arguments.argument_converter(declared)(info, given)
    for one in (expected, made):
        for name_of_other in ("info", "root"):
            one.pop(name_of_other, None)
    assert made == expected
    assert {key: type(value) for key, value in made.items()} == {key: type(value) for key, value in expected.items()}


def test_every_argument_of_the_schema_is_converted_without_strawberry() -> None:
    config = SCHEMA.config
    for name, field in FIELDS.items():
        declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        unknown = [one.python_name for one in declared.arguments if arguments.value_converter(one.type, config) is None]
        # Strawberry converts a file, because the scalar of files checks it.
        assert unknown == [] or name == "Mutation.importMembers", (name, unknown)
