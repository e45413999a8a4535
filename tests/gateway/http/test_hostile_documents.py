"""A hostile document is refused by little work: most before they are parsed, and all others before validation."""

import json
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from gateway.http import documents, limits
from gateway.http.documents import Documents
from gateway.http.limits import MAX_ALIASES, MAX_FIELDS, MAX_SELECTIONS, SIGNED_IN, OperationTooLarge
from gateway.runtime.settings import ROOT
from tests.conftest import Client

TEAM = '{ team(id: "t") { %s } }'
BOMB = "".join(f"fragment f{n} on Team {{ ...f{n + 1} ...f{n + 1} }} " for n in range(150))
NEXT = "a{m}: memberships {{ nodes {{ user {{ ...f{n} }} }} }}"
LEVELS = "".join(
    f"fragment f{n} on User {{ {' '.join(NEXT.format(m=m, n=n + 1) for m in range(4))} }} " for n in range(5)
)
TWICE = " ".join(f"a{m}: memberships {{ nodes {{ user {{ ...f }} }} }}" for m in range(3))
FIELDS = """id name email firstName lastName createdAt
  teams {
    nodes { id name separationOfDuties viewerRole } totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id name viewerRole separationOfDuties pools { total available assigned } } }
  }
  memberships { nodes { id role status joinedAt } totalCount } seats { totalCount nodes { id assignedAt } }"""
UNPARSED = {
    "1 MB of fields": TEAM % ("name " * 200_000),
    "1 MB of aliases": TEAM % "".join(f"a{n}: name " for n in range(90_000)),
    "1 MB of arguments": TEAM % ("members(first: 1) { totalCount } " * 32_000),
    "30 KB of fields": TEAM % ("name " * 6_000),
    "30 KB of aliases": TEAM % "".join(f"a{n}: name " for n in range(2_500)),
    "30 KB of overlapping fields": TEAM % "".join(f"members(first: {n}) {{ totalCount }} " for n in range(900)),
    "30 KB of spreads": TEAM % ("...f " * 6_000) + " fragment f on Team { name }",
    "30 KB of fragments": TEAM % "...f0 " + "".join(f"fragment f{n} on Team {{ name }} " for n in range(900)),
    "30 KB of operations": "".join(f"query q{n} {{ viewer {{ id }} }} " for n in range(900)),
    "30 KB of brackets": TEAM % ("members(a: " + "[" * 15_000 + "]" * 15_000 + ") { totalCount }"),
    "30 KB of levels": "{ viewer " + "{ teams { nodes " * 1_500 + "{ id }" + "} } " * 1_500 + "}",
    "30 KB of inline fragments": TEAM % ("... { " * 2_400 + "name" + " }" * 2_400),
    "30 KB of directives": TEAM % ("name " + "@include(if: true) " * 800),
    "a bomb of fragments": TEAM % "...f0" + BOMB + "fragment f150 on Team { name }",
    "a bomb of levels": "{ viewer { ...f0 } }" + LEVELS + "fragment f5 on User { name email }",
    "nested inline fragments in many places": "{ viewer { %s } }" % ("...f " * 190)
    + "fragment f on User { "
    + "... { " * 37
    + "name"
    + " }" * 37
    + " }",
    "variables in many operations": "".join(f"query q{n}($n: Int!) {{ viewer {{ ...f }} }} " for n in range(40))
    + "fragment f on User {"
    + "teams(first: $n) { totalCount } " * 60
    + "}",
}
UNVALIDATED = {
    "30 KB of long aliases": TEAM % "".join(f"{'a' * 140}{n}: name " for n in range(201)),
    "many fields of many aliases": "{" + " ".join(f"a{n}: viewer {{ ...f }}" for n in range(30)) + "}"
    f"fragment f on User {{ {FIELDS} }}",
    "a fragment that spreads itself three times": f"{{ viewer {{ ...f }} }} fragment f on User {{ {TWICE} }}",
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", UNPARSED)
def test_a_hostile_document_is_refused_before_it_is_parsed(schema: GraphQLSchema, lexed: list[int], name: str) -> None:
    known = Documents(schema)
    lexed.clear()
    with pytest.raises(OperationTooLarge):
        known.find(UNPARSED[name], None, SIGNED_IN)
    assert lexed == []


@pytest.mark.parametrize("name", UNVALIDATED)
def test_other_hostile_documents_are_refused_before_they_are_validated(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read: list[int] = []
    original = limits._selections

    def counted(*given: Any) -> Any:
        for node in original(*given):
            read.append(1)
            yield node

    monkeypatch.setattr(limits, "_selections", counted)
    monkeypatch.setattr(documents, "validate", None)
    with pytest.raises(OperationTooLarge, match=f"{MAX_FIELDS} fields|{MAX_ALIASES} aliases"):
        Documents(schema).find(UNVALIDATED[name], None, SIGNED_IN)
    assert len(read) <= MAX_SELECTIONS + 1


OVERLAPPING = {
    "different arguments": [f"members(first: {n % 100 + 1}) {{ totalCount }}" for n in range(350)],
    "different arguments in levels": [
        f"members {{ nodes {{ seats(first: {n % 2 + 1}) {{ totalCount }} }} }}" for n in range(250)
    ],
    "different fields": ["a: name", "a: viewerRole"] * 400,
}


@pytest.mark.parametrize("name", OVERLAPPING)
def test_fields_that_cannot_be_merged_are_refused_before_the_other_rules(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(documents, "validate", None)
    [error] = Documents(schema).find(TEAM % " ".join(OVERLAPPING[name]), None, SIGNED_IN).errors
    assert "conflict because" in error.message


async def test_a_fragment_below_a_field_of_itself_is_answered(client: Client) -> None:
    """The way of its fields has no end."""
    text = "{ viewer { ...a } } fragment a on User { memberships { nodes { user { ...a } } } }"
    answer = await client(text)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert "Cannot spread fragment" in json.dumps(answer.content)
