"""Documents are found by their hash, refused early if they are too large, and measured before they run."""

import hashlib
import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query
from prometheus_client import REGISTRY

from domain.problems import BadInput
from gateway.http import documents
from gateway.http.documents import Documents, UnknownDocument, UntrustedDocument, selected_operation
from gateway.http.limits import SIGNED_IN, OperationTooLarge
from gateway.http.manifest import BadManifest, read_manifest, sha256

SCHEMA = """
type Query { me: User, users(first: Int! = 20, after: String): UserConnection! }
type UserConnection { nodes: [User!]!, edges: [UserEdge!]!, totalCount: Int! }
type UserEdge { node: User! }
type User { name: String!, boss: User, tags: [Tag!]!, seats(first: Int! = 20): SeatConnection! }
type SeatConnection { nodes: [Seat!]! }
type Seat { id: ID!, product: Product! }
type Product { name: String! }
type Tag { name: String! }
"""
DOUBLING = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(15))
WIDE = "fragment f on User { " + "boss { name tags { name } " * 17 + "name " + "} " * 17 + "}"
VARIABLES = "fragment f on Query {" + "users(first: $v) { totalCount } " * 101 + "}"
LARGE = {
    "tokens": "{" + "me { name } " * 3_000 + "}",
    "levels of fields": "{ me { " + "boss { " * 20 + "name" + " }" * 22,
    "selections": "query {...f0}" + DOUBLING + "fragment f15 on Query { me { name } }",
    "fields": "{" + "".join(f"a{n}: me {{ ...f }} " for n in range(30)) + "}" + WIDE,
    "aliases": "{ me {" + "".join(f"a{n}: name " for n in range(201)) + "} }",
    "root fields": "{" + "".join(f"a{n}: me {{ name }} " for n in range(31)) + "}",
    "directives": "{ me { name " + "@include(if: true) " * 101 + "} }",
    "operations": "".join(f"query a{n} {{ me {{ name }} }}" for n in range(51)),
    "fragments": "{ me { name } }" + "".join(f"fragment f{n} on User {{ name }}" for n in range(201)),
    "uses of variables": "".join(f"query a{n}($v: Int!) {{ ...f }} " for n in range(20)) + VARIABLES,
    "characters in a name": "{ me { " + "n" * 201 + " } }",
    "brackets inside brackets": "{ me(a: " + "[" * 80 + "]" * 80 + ") { name } }",
    "nestings": "{" + "... { " * 45 + "me { name }" + " }" * 46,
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA)


def refusal(schema: GraphQLSchema, text: str) -> str:
    known = Documents(schema)
    try:
        document = known.find(text, None, SIGNED_IN)
    except OperationTooLarge as problem:
        return str(problem)
    return document.errors[0].message if document.errors else ""


@pytest.mark.parametrize("limit", LARGE)
def test_a_large_document_is_refused_with_the_name_of_its_limit(schema: GraphQLSchema, limit: str) -> None:
    assert f" {limit}" in refusal(schema, LARGE[limit])


def test_introspection_is_within_every_limit(schema: GraphQLSchema) -> None:
    assert refusal(schema, get_introspection_query(input_value_deprecation=True)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ me { ...a } } fragment a on User { boss { ...a } }",
        "{ me { ...a } } fragment a on User { name b: boss { ...c } } fragment c on User { boss { ...a name } }",
    ],
)
def test_a_fragment_that_spreads_itself_is_left_to_validation(schema: GraphQLSchema, text: str) -> None:
    assert "Cannot spread fragment" in refusal(schema, text)


@pytest.mark.parametrize(
    ("query", "variables", "rows"),
    [
        ("{ me { name } }", {}, 1),
        ("{ me { name tags { name } boss { name } } }", {}, 12),
        ("{ users { nodes { name } } }", {}, 20),
        ("{ users(first: 50) { totalCount nodes { seats(first: 5) { nodes { product { name } } } } } }", {}, 551),
        ("{ users(first: 50) { edges { node { name } } } }", {}, 50),
        ("query($n: Int!) { users(first: $n) { nodes { name } } }", {"n": 7}, 7),
        ("query($n: Int!) { users(first: $n) { nodes { name } } }", {"n": 70.0}, 70),
        ("query($n: Int! = 9) { users(first: $n) { nodes { name } } }", {}, 9),
        ("query { ...a ...a } fragment a on Query { me { name } }", {}, 1),
        ("{ ... on Query { users(first: 3) { nodes { ... { boss { name } } } } } }", {}, 6),
    ],
)
def test_the_cost_is_the_number_of_rows_that_may_be_read(
    schema: GraphQLSchema, query: str, variables: dict[str, object], rows: int
) -> None:
    assert selected_operation(Documents(schema).find(query, None), None).cost(variables) == rows


def test_too_many_rows_are_refused_also_if_a_variable_has_the_number(schema: GraphQLSchema) -> None:
    seats = "seats(first: $n) { nodes { product { name } } }"
    below = f"{seats} boss {{ {seats} boss {{ {seats} }} }}"
    query = f"query($n: Int!) {{ users(first: $n) {{ nodes {{ {below} }} }} }}"
    operation = selected_operation(Documents(schema).find(query, None), None)
    assert operation.cost({"n": 50}) == 15_150
    with pytest.raises(OperationTooLarge, match="may read 60300 rows"):
        operation.cost({"n": 100})
    assert (
        selected_operation(Documents(schema).find("{ users(first: 5000) { nodes { name } } }", None), None).cost({})
        == 100
    )


def test_a_document_is_parsed_once(schema: GraphQLSchema) -> None:
    known, before = Documents(schema), looked_up()
    first = known.find("{ me { name } }", None)
    assert known.find("{ me { name } }", None) is first
    assert known.find(None, sha256("{ me { name } }")) is first
    assert [after - past for after, past in zip(looked_up(), before, strict=True)] == [2, 1]


def test_the_least_recently_used_document_is_removed_first(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{{ me {{ name }} }} # {n:02}" for n in range(21)]
    monkeypatch.setattr(documents, "MAX_NEW_BYTES", 20 * len(texts[0]) * documents.BYTES_A_CHARACTER)
    known = Documents(schema)
    for text in (*texts[:20], texts[0], texts[20]):
        known.find(text, None)
    assert known.find(None, sha256(texts[0]))
    with pytest.raises(UnknownDocument):
        known.find(None, sha256(texts[1]))


def test_a_document_that_would_push_out_others_is_not_stored(schema: GraphQLSchema) -> None:
    known, large = Documents(schema), "{ me { name } } #" + " " * 40_000
    document = known.find(large, None, SIGNED_IN)
    assert not document.errors
    known.keep(document)
    with pytest.raises(UnknownDocument):
        known.find(None, sha256(large))


def test_a_hash_that_does_not_match_the_text_is_refused(schema: GraphQLSchema) -> None:
    with pytest.raises(BadInput, match="not the SHA-256"):
        Documents(schema).find("{ me { name } }", sha256("{ me { boss { name } } }"))


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("query a { me { name } }", "b", 'Unknown operation named "b"'),
        ("query a { me { name } } query b { me { name } }", None, "Name one of the document's operations"),
        ("fragment a on Query { me { name } }", None, "is never used"),
    ],
)
def test_the_name_must_select_one_operation(schema: GraphQLSchema, query: str, name: str | None, message: str) -> None:
    document = Documents(schema).find(query, None)
    if document.errors:
        assert message in document.errors[0].message
        return
    with pytest.raises(BadInput, match=message):
        selected_operation(document, name)


def test_only_trusted_documents_can_be_allowed(schema: GraphQLSchema) -> None:
    text = "{ me { name } }"
    known = Documents(schema, {sha256(text): text}, only_trusted=True)
    assert not known.find(None, sha256(text)).errors
    assert not known.find(text, None).errors
    with pytest.raises(UntrustedDocument):
        known.find("{ me { boss { name } } }", None)


def test_trusted_documents_are_shared_only_with_the_same_rules(schema: GraphQLSchema) -> None:
    text = "{ __schema { queryType { name } } }"
    trusted = {sha256(text): text}
    one, other = Documents(schema, trusted), Documents(schema, trusted)
    assert one.find(text, None) is other.find(text, None)
    assert Documents(build_schema(SCHEMA), trusted).find(text, None) is not one.find(text, None)
    with pytest.raises(BadManifest, match="introspection"):
        Documents(schema, trusted, introspection=False)
    with pytest.raises(BadManifest, match="is invalid"):
        Documents(build_schema("type Query { you: Int }"), {sha256("{ me { name } }"): "{ me { name } }"})


def test_other_documents_are_not_shared(schema: GraphQLSchema) -> None:
    text = "{ me { name } }"
    Documents(schema).find(text, None)
    with pytest.raises(UnknownDocument):
        Documents(schema).find(None, sha256(text))


@pytest.mark.parametrize(
    ("text", "message"), [("{ you }", "is invalid"), (LARGE["aliases"], "aliases"), ("{", "is invalid")]
)
def test_a_manifest_that_does_not_fit_the_schema_is_refused(schema: GraphQLSchema, text: str, message: str) -> None:
    with pytest.raises(BadManifest, match=message):
        Documents(schema, {sha256(text): text})


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (None, "cannot be read"),
        ("{", "not JSON"),
        ("[]", "one JSON object"),
        ('{"a": 1}', "one JSON object"),
        ('{"abc": "{ me }"}', "'abc' is not the SHA-256"),
        (json.dumps({"sha256:" + "0" * 64: "{ me }"}), "is not the SHA-256"),
        (json.dumps({sha256("{ me }"): "{ me }", "sha256:" + sha256("{ me }"): "{ you }"}), "is not the SHA-256"),
        (json.dumps({hashlib.sha1(b"{ me }").hexdigest(): "{ me }"}), "hashAlgorithm"),  # noqa: S324 - as codegen does
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, write: str | None, message: str) -> None:
    path = tmp_path / "manifest.json"
    if write is not None:
        path.write_text(write, encoding="utf-8")
    with pytest.raises(BadManifest, match=message):
        read_manifest(path)


def test_a_manifest_is_an_object_of_hashes_and_documents(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    text = "{ me { name } }"
    for key in (sha256(text), sha256(text).upper(), f"sha256:{sha256(text)}"):
        for mark in ("", "\ufeff"):
            path.write_text(mark + json.dumps({key: text}), encoding="utf-8")
            assert read_manifest(path) == {sha256(text): text}


def looked_up() -> list[float]:
    return [REGISTRY.get_sample_value("usher_documents_total", {"known": known}) or 0 for known in ("yes", "no")]
