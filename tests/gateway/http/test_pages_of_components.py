"""Ordinary pages pass. Compilers give each component its fragment, and add `id` and `__typename` to each object."""

import re
from collections import Counter
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    build_schema,
    parse,
    print_ast,
    visit,
)

from gateway.http.costs import MAX_COST
from gateway.http.documents import Documents, selected_operation
from gateway.http.limits import SIGNED_IN
from gateway.runtime.settings import ROOT
from tests.conftest import Client
from tests.support.mutations import new_caller
from tests.support.world import World

RELAY = (ROOT / "tests/support/documents/relay_page.graphql").read_text(encoding="utf-8")
PARTS = [
    "role status joinedAt user { name email }",
    "user { firstName lastName memberships(first: 2) { totalCount nodes { role team { name } } } }",
    "seats(first: 5) { nodes { assignedAt product { name } usage { hours } } pageInfo { hasNextPage } }",
    "groups(first: 5) { nodes { name } } viewerCan @include(if: $details) { action allowed }",
    "viewerCan { action allowed reason } waits { position product { name } }",
]


class WithTypenames(Visitor):
    """Adds `__typename` to each selection below the root, as Apollo's clients do."""

    def leave_selection_set(
        self, node: SelectionSetNode, _: object, parent: Any, *__: object
    ) -> SelectionSetNode | None:
        if isinstance(parent, OperationDefinitionNode):
            return None
        return SelectionSetNode(selections=(*node.selections, FieldNode(name=NameNode(value="__typename"))))


def apollo_page(components: int) -> str:
    """A page of components on a hundred members, of which each selects `id` and what it shows."""
    names = [f"Component{n}_member" for n in range(components)]
    page = " ".join(f"...{name}" for name in names)
    fragments = [f"fragment {name} on Member {{ id {PARTS[n % len(PARTS)]} }}" for n, name in enumerate(names)]
    members = f"members(first: 100) {{ totalCount nodes {{ {page} }} }}"
    query = f"query Page($id: ID!, $details: Boolean!) {{ team(id: $id) {{ id {members} }} }}"
    return print_ast(visit(parse("\n".join([query, *fragments])), WithTypenames()))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def test_the_pages_have_sixty_components_with_the_same_fields() -> None:
    for text, typename in ((RELAY, 0), (apollo_page(60), 60)):
        counts = Counter(re.findall(r"\w+", text))
        assert len(re.findall(r"^fragment ", text, re.MULTILINE)) == 60
        assert counts["id"] > 60
        assert counts["__typename"] >= typename


def test_a_page_of_sixty_components_costs_what_its_merged_fields_cost(schema: GraphQLSchema) -> None:
    known = Documents(schema)
    page = known.find(apollo_page(60), None, SIGNED_IN)
    assert page.errors == ()
    few = selected_operation(known.find(apollo_page(len(PARTS)), None, SIGNED_IN), None)
    for details in (True, False):
        given = {"id": "team", "details": details}
        assert selected_operation(page, None).cost(given) == few.cost(given) <= MAX_COST


def test_one_component_that_conflicts_with_the_others_is_found(schema: GraphQLSchema) -> None:
    text = apollo_page(60).replace("seats(first: 5)", "seats(first: 6)", 1)
    [error] = Documents(schema).find(text, None, SIGNED_IN).errors
    assert "Fields 'seats' conflict because they have differing arguments." in error.message


async def test_pages_of_sixty_components_are_answered(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=30)
    await caller.assign(await caller.members(30))
    for text, shown in ((RELAY, "edges"), (apollo_page(60), "nodes")):
        answer = await client(text, caller.secret, id=caller.team, details=True)
        assert answer.codes == []
        assert len(answer.data["team"]["members"][shown]) >= 25
        cost = answer.content["extensions"]["cost"]
        assert 0 < cost["used"] <= cost["estimate"] <= MAX_COST
