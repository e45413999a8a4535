"""What a document may cost before anybody has signed in, what stays in memory, and what messages repeat."""

import json
from typing import Any

import pytest
from graphql import GraphQLSchema, get_introspection_query

from domain.problems import BadInput
from gateway.http import documents
from gateway.http.documents import Documents, UnknownDocument
from gateway.http.limits import SIGNED_IN, OperationTooLarge, SignInForLarge
from gateway.http.manifest import sha256
from gateway.runtime import errors
from gateway.runtime.settings import Settings
from policies.engine.live import LivePolicy
from schema.build import build
from tests.conftest import Client
from tests.support.world import World

COMPLETE = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)
HEAD, FRAGMENTS = COMPLETE.split("fragment FullType", maxsplit=1)
INNER = HEAD[HEAD.index("__schema") : HEAD.rindex("}")]
LONG = {
    "a text": '{ node(id: "%s") { id } }' % ("a" * 1_000_000),
    "escapes": '{ node(id: "%s") { id } }' % ("\\n" * 500_000),
    "a block text": '{ node(id: """%s""") { id } }' % ("a\n" * 500_000),
    "a comment": "{ viewer { id } } #" + "a" * 1_000_000,
    "spaces": "{ viewer { id } }" + " ," * 500_000,
    "names": "{ " + " ".join(chr(97 + n) * 50_000 for n in range(20)) + " }",
    "17 KB": "{ viewer { id } } #" + "a" * 17_000,
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    settings = Settings()
    return build(LivePolicy(settings.policy, None, lambda _: None).current()).graphql


def aliased(number: int) -> str:
    return "{ " + " ".join(f"a{n}: {INNER}" for n in range(number)) + " } fragment FullType" + FRAGMENTS


@pytest.mark.parametrize("name", LONG)
def test_a_long_document_is_refused_before_a_token_is_read(schema: GraphQLSchema, lexed: list[int], name: str) -> None:
    with pytest.raises(OperationTooLarge):
        Documents(schema).find(LONG[name], None)
    # The schema's own introspection query is read at the start of `Documents`.
    assert len(lexed) < 300


def test_the_bounds_are_wider_for_people_who_have_signed_in(schema: GraphQLSchema, lexed: list[int]) -> None:
    known = Documents(schema)
    many = "{ viewer { " + "".join(f"a{n}: id " for n in range(199)) + "} }"
    lexed.clear()
    with pytest.raises(SignInForLarge, match="500 tokens"):
        known.find(many, None)
    assert lexed == []
    assert not known.find(many, None, SIGNED_IN).errors


async def test_a_large_document_is_parsed_after_its_sender_is_known(
    client: Client, world: World, statements: list[str]
) -> None:
    me = await world.person()
    query = "{ viewer { " + "".join(f"a{n}: id " for n in range(198)) + "} }"
    for secret, code in ((None, "OPERATION_TOO_LARGE"), (me.secret[:-1] + "_", "UNAUTHENTICATED")):
        assert (await client(query, secret)).codes == [code]
    statements.clear()
    for number in (2, 1):
        assert (await client(query, me.secret)).data["viewer"]["a0"] == me.id
        assert len(statements) == number
        statements.clear()


def test_one_complete_introspection_is_allowed_and_two_are_not(schema: GraphQLSchema) -> None:
    known = Documents(schema)
    assert not known.find(COMPLETE, None).errors
    for number in (2, 4):
        with pytest.raises(OperationTooLarge, match="complete introspection"):
            known.find(aliased(number), None, SIGNED_IN)
    nested = (
        "{ __schema { types { "
        + "".join(f"a{n}: fields {{ type {{ fields {{ name }} }} }} " for n in range(20))
        + "} } }"
    )
    with pytest.raises(OperationTooLarge, match="complete introspection"):
        known.find(nested, None)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("{ viewer { id " + "@skip(if: false) " * 10 + "} }", 1),
        ("{ " + "nothing " * 9 + "}", 1),
        ("{ viewer { " + " ".join(f"unknown{n}" for n in range(50)) + " } }", documents.MAX_ERRORS + 1),
    ],
)
def test_errors_with_the_same_message_are_one_error(schema: GraphQLSchema, text: str, messages: int) -> None:
    found = Documents(schema).find(text, None).errors
    assert len(found) == len({error.message for error in found}) == messages
    assert all(len(error.locations or ()) <= documents.MAX_LOCATIONS for error in found)


def test_anonymous_documents_do_not_push_out_what_others_use(schema: GraphQLSchema) -> None:
    known = Documents(schema)
    used = [f"{{ viewer {{ id }} }} # {n}" for n in range(50)]
    for text in used:
        known.keep(known.find(text, None))
    for number in range(100):
        assert not known.find("{ viewer { id } } #" + f"{number} ".ljust(16_000, "a"), None).errors
    assert not any(known.find(None, sha256(text)).errors for text in used)
    with pytest.raises(UnknownDocument):
        known.find(None, sha256("{ viewer { id } } #" + "0 ".ljust(16_000, "a")))


async def test_twenty_anonymous_documents_leave_the_persisted_ones(client: Client, world: World) -> None:
    me = await world.person()
    query = "{ viewer { id } } # persisted by somebody who has signed in"
    assert (await client(query, me.secret)).data
    for number in range(100):
        assert (await client("{ viewer { id } } #" + f"{number} ".ljust(16_000, "a"))).status == 200
    answer = await client.post({"documentId": sha256(query)}, {"authorization": f"Bearer {me.secret}"})
    assert answer.data["viewer"]["id"] == me.id


@pytest.mark.parametrize(
    "content",
    [
        {"query": "{ viewer { id } }", "operationName": "n" * 100_000},
        {"query": "{ " + "n" * 190 + " }"},
        {"query": '{ node(id: 1, first: "' + "v" * 10_000 + '") { id } }'},
        {"query": "query ($n: Int!) { products(first: $n) { totalCount } }", "variables": {"n": "v" * 500_000}},
        {"query": "query ($i: SignOutInput!) { viewer { id } }", "variables": {"i": {"v" * 500_000: 1}}},
        {
            "query": "mutation ($i: SignOutInput!) { signOut(input: $i) { signedOut } }",
            "variables": {"i": {"v" * 9_999: 1}},
        },
        {"query": "{ products(first: [" + "1 " * 200 + "]) { totalCount } }"},
    ],
)
async def test_a_message_cuts_what_the_client_has_sent(client: Client, content: dict[str, Any]) -> None:
    answer = await client.post(content)
    assert answer.codes
    assert all(len(error["message"]) <= errors.MAX_MESSAGE for error in answer.content["errors"])
    assert not any("v" * 130 in error["message"] or "n" * 130 in error["message"] for error in answer.content["errors"])


def test_a_short_message_is_not_cut() -> None:
    assert errors.shortened("The name " + "a" * 100) == "The name " + "a" * 100
    assert errors.shortened("The name " + "a" * 121 + " is too long.") == "The name " + "a" * 60 + "…a is too long."


@pytest.mark.parametrize("depth", [60, 100, 330, 480, 980, 1_020, 5_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("place", ["variable", "variables", "extensions", "documentId", "operationName", "body"])
async def test_deep_json_is_answered_with_a_code(
    client: Client, depth: int, opening: str, closing: str, place: str
) -> None:
    deep = opening * depth + "1" + closing * depth
    body = {
        "variable": '{"query": "query ($a: ID!) { node(id: $a) { id } }", "variables": {"a": %s}}',
        "body": "%s",
    }.get(place, f'{{"query": "{{ __typename }}", "{place}": %s}}')
    answer = await client.http.post("/graphql", content=body % deep, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} <= {"BAD_USER_INPUT"}


@pytest.mark.parametrize("depth", [30, 60, 70, 200, 490])
@pytest.mark.parametrize(
    "text",
    [
        "{{ node(id: {open}1{close}) {{ id }} }}",
        "query ($a: {open}Int{close}) {{ viewer {{ id }} }}",
        "query ($a: Int = {open}1{close}) {{ viewer {{ id }} }}",
        "{{ viewer @include(if: {open}1{close}) {{ id }} }}",
        "mutation {{ signOut(input: {{a: {open}1{close}}}) {{ signedOut }} }}",
    ],
)
def test_a_deep_literal_or_type_is_invalid_or_too_large(schema: GraphQLSchema, depth: int, text: str) -> None:
    known = Documents(schema)
    deep = text.format(open="[" * depth, close="]" * depth)
    try:
        assert known.find(deep, None, SIGNED_IN).errors
    except OperationTooLarge:
        assert depth >= 60


async def test_a_deep_map_of_files_is_bad_user_input(client: Client) -> None:
    for deep in ("[" * 980 + "]" * 980, '{"f": ["variables' + ".a" * 980 + '"]}', '{"f":' * 980 + "1" + "}" * 980):
        parts: Any = {
            "operations": (None, json.dumps({"query": "{ __typename }"})),
            "map": (None, deep),
            "f": ("a", "b"),
        }
        answer = await client.http.post("/graphql", files=parts, headers={"usher-require-preflight": "1"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, BadInput.code)


async def test_many_values_are_refused(client: Client) -> None:
    many = [[1] * 9_999] * 11
    answer = await client.post({"query": "query ($a: [[Int]]) { __typename }", "variables": {"a": many}})
    assert (answer.status, answer.codes) == (400, [BadInput.code])
