"""How types are declared: from rows, with checked attributes, descriptions, and the type of each row."""

from dataclasses import dataclass
from typing import NamedTuple

import pytest
import strawberry
from graphql import GraphQLInputObjectType

from domain.described import Described
from resolvers.core.mutation_types import MutationInput
from schema.core.fields import expose, publish_enum, publish_input, shows


class Row(NamedTuple):
    """A row."""

    name: str
    number: int


class Other(NamedTuple):
    """Another row with the same columns."""

    name: str
    number: int


@dataclass(frozen=True)
class Computed:
    """A row with a property."""

    first: str

    @property
    def name(self) -> str:
        """A name that is computed."""
        return self.first * 2


def doubled(root: Row) -> int:
    """Twice the number."""
    return root.number * 2


@strawberry.interface
class Named:
    """An object that has a name."""

    name: str


@shows(Row)
class Shown(Named):
    """Shows rows."""

    number: int
    doubled: int = expose(doubled, int)


@shows(Other)
class Also(Named):
    """Shows other rows."""

    number: int


@dataclass
class Wanted:
    """The row to return."""

    name: str = "a"
    dry_run: bool = False


class Colour(Described):
    """The colour of a row."""

    RED = "red", "Red like a rose."


publish_input(Wanted, name="The name of the row.")
publish_enum(Colour)


@strawberry.type
class Query:
    """Rows of two kinds behind one interface."""

    @strawberry.field
    def all(self, wanted: Wanted) -> list[Named]:
        """All of them."""
        return [Row(wanted.name, 1), Other("b", 2)]  # type: ignore[list-item]

    @strawberry.field
    def colour(self) -> Colour:
        """The colour."""
        return Colour.RED


schema = strawberry.Schema(query=Query, types=[Shown, Also])


def test_a_field_that_its_row_lacks_raises_an_error_at_import() -> None:
    with pytest.raises(TypeError, match=r"Broken\.colour is no attribute of Row"):

        @shows(Row)
        class Broken:
            """Shows an attribute that the row lacks."""

            name: str
            colour: str


def test_a_field_with_a_resolver_needs_no_attribute() -> None:
    @shows(Row)
    class Fine:
        """Shows the result of a resolver."""

        doubled: int = expose(doubled, int)

    assert Fine.is_type_of(Row("a", 1), None)  # type: ignore[attr-defined]


def test_a_property_of_a_row_counts_as_an_attribute() -> None:
    @shows(Computed)
    class Fine:
        """Shows a property."""

        name: str

    assert Fine.is_type_of(Computed("a"), None)  # type: ignore[attr-defined]


def test_a_row_returned_as_an_interface_has_the_type_that_shows_it() -> None:
    answer = schema.execute_sync("{ all(wanted: {}) { __typename name ... on Shown { doubled } } }")
    assert answer.errors is None
    assert answer.data == {
        "all": [{"__typename": "Shown", "name": "a", "doubled": 2}, {"__typename": "Also", "name": "b"}]
    }


def test_docstrings_and_given_texts_become_descriptions() -> None:
    sdl = schema.as_str()
    for text in ("Shows rows.", "Twice the number.", "The row to return.", "The colour of a row."):
        assert text in sdl
    for text in ("The name of the row.", "Red like a rose."):
        assert text in sdl


def test_a_description_of_an_unknown_field_raises_an_error_at_import() -> None:
    with pytest.raises(TypeError, match="Wanted has no size"):
        publish_input(Wanted, size="The size.")


def test_the_required_fields_of_an_input_come_first() -> None:
    @dataclass(kw_only=True)
    class More(Wanted):
        """An input with a required field."""

        number: int

    fields = publish_input(More).__strawberry_definition__.fields  # type: ignore[attr-defined]
    assert [field.python_name for field in fields] == ["number", "name", "dry_run"]


def test_the_fields_that_every_mutation_has_come_last() -> None:
    @dataclass
    class Rename(MutationInput):
        """A new name."""

        name: str
        note: str = ""

    fields = publish_input(Rename).__strawberry_definition__.fields  # type: ignore[attr-defined]
    assert [field.python_name for field in fields] == ["name", "note", "idempotency_key", "dry_run"]


def test_the_fields_that_every_mutation_has_are_described_everywhere() -> None:
    wanted = schema._schema.type_map["Wanted"]
    assert isinstance(wanted, GraphQLInputObjectType)
    assert wanted.fields["name"].description == "The name of the row."
    assert "roll the change back" in (wanted.fields["dryRun"].description or "")
