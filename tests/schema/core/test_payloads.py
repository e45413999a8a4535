"""How payloads are published: with the fields and the descriptions of the dataclass that a mutation returns."""

import inspect
from dataclasses import dataclass, field, fields
from typing import Any, get_args, get_type_hints

import pytest
import strawberry
from graphql import GraphQLObjectType, get_named_type
from strawberry.schema.config import StrawberryConfig
from strawberry.types.private import is_private

from db.groups.groups import GroupRow
from domain.problems import UserError, UserErrorCode
from schema.build import SCALARS, Schema
from schema.core.fields import OUTPUT_FIELDS, expose
from schema.core.payloads import payload
from schema.core.refs import TYPE_OF_ROW
from schema.core.shortcuts import instances

SEEN = " Only what you may see."


@dataclass(kw_only=True)
class SwapSeatsPayload:
    """The seats that were swapped."""

    groups: list[GroupRow] = field(default_factory=list, metadata={"description": "Both groups."})
    last: GroupRow | None = None
    team_id: strawberry.Private[str]
    swapped_id: strawberry.ID | None = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class CountPayload:
    """A count of seats."""

    size: int = 0


def team(root: SwapSeatsPayload) -> str:
    """The team of both seats."""
    return root.team_id.upper()


def twice(root: CountPayload) -> int:
    """Twice the count."""
    return root.size * 2


Swapped = payload(SwapSeatsPayload, team=expose(team, str))
Counted = payload(CountPayload, twice=expose(twice, int))


def swap() -> SwapSeatsPayload:
    """Swap two seats."""
    return SwapSeatsPayload(team_id="a", errors=[UserError(UserErrorCode.NOT_FOUND, "No.")])


def count() -> CountPayload:
    """Count seats."""
    return CountPayload(3)


@strawberry.type
class Query:
    """Fields that return payloads, as mutations do."""

    swap = expose(swap, Swapped)
    count = expose(count, Counted)


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))


def test_a_payload_is_published_with_the_fields_of_its_dataclass() -> None:
    assert '''
"""The seats that were swapped."""
type SwapSeatsPayload {
  """Both groups."""
  groups: [Group!]!
  last: Group

  """The team of both seats."""
  team: String!
  swappedId: ID

  """
  Why something was not done, or did not need to be done; empty if everything was done.
  """
  errors: [UserError!]!
}
''' in SCHEMA.as_str()


def test_resolved_fields_come_last_if_there_is_no_private_field() -> None:
    counted = SCHEMA._schema.type_map["CountPayload"]
    assert isinstance(counted, GraphQLObjectType)
    assert list(counted.fields) == ["size", "twice"]


def test_a_payload_shows_its_attributes_and_the_results_of_its_resolvers() -> None:
    answer = SCHEMA.execute_sync("{ swap { team last { id } swappedId errors { code } } count { size twice } }")
    assert answer.errors is None
    assert answer.data == {
        "swap": {"team": "A", "last": None, "swappedId": None, "errors": [{"code": "NOT_FOUND"}]},
        "count": {"size": 3, "twice": 6},
    }


def test_every_mutation_publishes_the_dataclass_that_it_returns(schema: Schema) -> None:
    mutations = schema.graphql.mutation_type
    assert mutations is not None
    for one in mutations.fields.values():
        returned = one.extensions["strawberry-definition"].base_resolver.wrapped_func.__annotations__["return"]
        type_ = get_named_type(one.type)
        assert isinstance(type_, GraphQLObjectType)
        assert instances(type_) is returned
        assert type_.description == inspect.getdoc(returned)
        assert plain(type_, returned) == described(returned)


def plain(type_: GraphQLObjectType, returned: Any) -> list[tuple[str, str]]:
    """The fields of a type that show fields of the dataclass, each with its description.

    Those with seats or waits show only what the actor may see, and say so.
    """
    names = {one.name for one in fields(returned)}
    found = []
    for field_ in type_.fields.values():
        one, description = field_.extensions["strawberry-definition"], field_.description or ""
        as_it_is = one.base_resolver is None and not isinstance(getattr(returned, one.python_name, None), property)
        if as_it_is or (one.python_name in names and description.endswith(SEEN)):
            found.append((one.python_name, description.removesuffix(SEEN)))
    return found


def described(returned: Any) -> list[tuple[str, str]]:
    """The fields of a dataclass that must be published, each with its description."""
    hints = get_type_hints(returned, include_extras=True)
    return [
        (one.name, one.metadata.get("description") or OUTPUT_FIELDS[one.name])
        for one in fields(returned)
        if not is_private(hints[one.name])
    ]


@pytest.mark.parametrize("row", TYPE_OF_ROW, ids=lambda row: row.__name__)
def test_every_row_class_has_the_graphql_type_that_shows_it(schema: Schema, row: type) -> None:
    name = get_args(TYPE_OF_ROW[row])[0].__forward_arg__
    type_ = schema.graphql.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    assert instances(type_) is row
