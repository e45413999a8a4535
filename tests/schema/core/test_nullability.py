"""A field is nullable only if it can be null, and then its description says when."""

import re

import pytest
from graphql import GraphQLField, GraphQLObjectType, is_list_type, is_non_null_type

from tests.support.published_fields import PUBLISHED

OBJECTS = [
    type_
    for type_ in PUBLISHED.type_map.values()
    if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
]
FIELDS = {(type_.name, name): field for type_ in OBJECTS for name, field in type_.fields.items()}
# A refusal is an error with a null. It must not reach the object above, whose other fields were not refused.
REFUSED = re.compile(r"\bFORBIDDEN\b|\bNOT_FOUND\b")
NULL = re.compile(r"\bnull\b", re.IGNORECASE)


# The description of the type Mutation says when its fields are null.
NULLABLE = [key for key, one in FIELDS.items() if not is_non_null_type(one.type) and key[0] != "Mutation"]


@pytest.mark.parametrize("field", NULLABLE, ids=".".join)
def test_the_description_of_a_nullable_field_says_when_it_is_null(field: tuple[str, str]) -> None:
    text = FIELDS[field].description or ""
    assert NULL.search(text) or REFUSED.search(text), text


def test_a_mutation_is_null_only_with_an_error() -> None:
    assert PUBLISHED.mutation_type is not None
    assert "null" in (PUBLISHED.mutation_type.description or "")
    assert not any(is_non_null_type(one.type) for one in PUBLISHED.mutation_type.fields.values())


def items_may_be_null(field: GraphQLField) -> bool:
    """Whether the field is a list with nulls in it."""
    inner = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(inner) and not is_non_null_type(inner.of_type)


def test_no_list_has_nulls_in_it() -> None:
    assert [key for key, field in FIELDS.items() if items_may_be_null(field)] == []


@pytest.mark.parametrize(
    ("type_", "field", "shown"),
    [
        ("RenameGroupPayload", "group", "Group!"),
        ("RevokePartnerTokenPayload", "partnerToken", "PartnerToken!"),
        ("Team", "viewerRole", "Role!"),
        ("Team", "members", "MemberConnection!"),
        ("AssignSeatsPayload", "pools", "[Pool!]!"),
        ("Query", "viewer", "User"),
        ("Team", "groups", "GroupConnection"),
    ],
)
def test_a_field_is_nullable_only_if_it_can_be_null(type_: str, field: str, shown: str) -> None:
    assert str(FIELDS[type_, field].type) == shown
