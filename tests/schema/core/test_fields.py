"""How types are declared: what a row does not have is not shown, and what a row is, is known."""

from dataclasses import dataclass
from typing import NamedTuple

import pytest
import strawberry
from graphql import GraphQLInputObjectType

from domain.described import Described
from resolvers.core.mutations import MutationInput
from schema.core.fields import accepts, expose, names, shows


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
        """Not stored."""
        return self.first * 2


def doubled(root: Row) -> int:
    """Twice the number."""
    return root.number * 2


@strawberry.interface
class Named:
    """What has a name."""

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
    """What is wanted."""

    name: str = "a"
    dry_run: bool = False


class Colour(Described):
    """What it looks like."""

    RED = "red", "As a rose."


accepts(Wanted, name="What to call it.")
names(Colour)


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


def test_a_field_that_its_row_lacks_refuses_to_import() -> None:
    with pytest.raises(TypeError, match=r"Broken\.colour is no attribute of Row"):

        @shows(Row)
        class Broken:
            """Shows more than there is."""

            name: str
            colour: str


def test_a_resolver_stands_in_for_an_attribute() -> None:
    @shows(Row)
    class Fine:
        """Shows what a resolver makes."""

        doubled: int = expose(doubled, int)

    assert Fine.is_type_of(Row("a", 1), None)  # type: ignore[attr-defined]


def test_a_property_is_an_attribute() -> None:
    @shows(Computed)
    class Fine:
        """Shows a property."""

        name: str

    assert Fine.is_type_of(Computed("a"), None)  # type: ignore[attr-defined]


def test_a_row_behind_an_interface_is_of_the_type_that_shows_it() -> None:
    answer = schema.execute_sync("{ all(wanted: {}) { __typename name ... on Shown { doubled } } }")
    assert answer.errors is None
    assert answer.data == {
        "all": [{"__typename": "Shown", "name": "a", "doubled": 2}, {"__typename": "Also", "name": "b"}]
    }


def test_docstrings_and_meanings_become_descriptions() -> None:
    sdl = schema.as_str()
    for text in ("Shows rows.", "Twice the number.", "What is wanted.", "What it looks like.", "What to call it."):
        assert text in sdl
    assert "As a rose." in sdl


def test_a_meaning_of_nothing_refuses_to_import() -> None:
    with pytest.raises(TypeError, match="Wanted has no size"):
        accepts(Wanted, size="How large.")


def test_an_input_begins_with_what_must_be_given() -> None:
    @dataclass(kw_only=True)
    class More(Wanted):
        """More is wanted."""

        number: int

    fields = accepts(More).__strawberry_definition__.fields  # type: ignore[attr-defined]
    assert [field.python_name for field in fields] == ["number", "name", "dry_run"]


def test_the_fields_that_every_mutation_takes_come_last() -> None:
    @dataclass
    class Rename(MutationInput):
        """A new name."""

        name: str
        note: str = ""

    fields = accepts(Rename).__strawberry_definition__.fields  # type: ignore[attr-defined]
    assert [field.python_name for field in fields] == ["name", "note", "idempotency_key", "dry_run"]


def test_every_input_says_the_same_of_what_every_input_has() -> None:
    wanted = schema._schema.type_map["Wanted"]
    assert isinstance(wanted, GraphQLInputObjectType)
    assert wanted.fields["name"].description == "What to call it."
    assert "take it back" in (wanted.fields["dryRun"].description or "")
