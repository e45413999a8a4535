"""The shortcuts of the breadth-first executor: they cover every field of the schema, and give the same results."""

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType
from strawberry.extensions import FieldExtension

from schema.build import Schema
from schema.core.shortcuts import Execution, attribute, batched, direct


def declared(schema: strawberry.Schema) -> Iterator[tuple[str, GraphQLField]]:
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field


def test_fields_that_are_loaded_by_a_key_are_loaded_for_all_objects_at_once(schema: Schema) -> None:
    found = {name for name, field in declared(schema) if batched(field) is not None}
    assert {"User.seats", "Seat.product", "Seat.usage", "SeatConnection.totalCount", "Member.team"} <= found


def test_no_field_needs_strawberrys_wrapping(schema: Schema) -> None:
    wrapped = [name for name, field in declared(schema) if attribute(field) is None and direct(field) is None]
    assert wrapped == []


class Loud(FieldExtension):
    """Adds an exclamation mark."""

    def resolve(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        return f"{next_(source, info, **given)}!"


@strawberry.type
class Inner:
    """One field of every kind, each with a different result."""

    number: int
    aliased: int = strawberry.field(name="renamed")
    loud: str = strawberry.field(extensions=[Loud()])

    @strawberry.field
    def method(self) -> int:
        return self.number

    @strawberry.field
    def path(self, info: strawberry.Info) -> str:
        return f"{info.path.as_list()} {info.field_name}"

    @strawberry.field
    def rooted(root: "strawberry.Parent[Inner]", info: strawberry.Info[Any, None], add: int = 1) -> int:  # noqa: N805
        return root.number + add + int(info.context)

    @strawberry.field
    async def later(self, some_words: list[str]) -> str:
        return f"{self.number} {some_words}"

    @strawberry.field
    def fails(self) -> int:
        raise ValueError(f"failed at {self.number}")


def repeated(word: str = "hey") -> str:
    return word


@strawberry.type
class Query:
    """A list of objects, and a field with an extension."""

    @strawberry.field
    def all(self) -> list[Inner]:
        return [Inner(number=number, aliased=number, loud="hi") for number in range(3)]

    shout: str = strawberry.field(resolver=repeated, extensions=[Loud()])


EVERY_KIND = [
    '{ all { number renamed loud method path rooted a: rooted(add: 5) later(someWords: ["a", "b"]) } shout }',
    "{ all { number fails } }",
    '{ all { later(someWords: "one") } all { rooted(add: null) } }',
    '{ shout(word: "you") __typename }',
]


@pytest.mark.parametrize("query", EVERY_KIND)
async def test_every_kind_of_field_gives_the_same_result_without_the_wrapping(query: str) -> None:
    results = []
    for executor in (None, Execution):
        result = await strawberry.Schema(Query, execution_context_class=executor).execute(query, context_value="10")
        results.append((result.data, [error.formatted for error in result.errors or ()]))
    assert results[0] == results[1]


def test_fields_with_extensions_are_left_to_strawberry_and_path_readers_get_their_own_info() -> None:
    fields = dict(declared(strawberry.Schema(Query)))
    assert {name for name, field in fields.items() if attribute(field) is None and direct(field) is None} == {
        "Query.shout",
        "Inner.loud",
    }
    assert {name for name, field in fields.items() if (way := direct(field)) is not None and not way.shares_info} == {
        "Inner.path"
    }
