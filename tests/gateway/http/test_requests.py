"""A faulty HTTP request or GraphQL document is refused with a clear message before anything runs."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Client
from tests.gateway.conftest import Company

pytestmark = pytest.mark.usefixtures("unchanged")

JSON = "application/json"
QUERY = json.dumps({"query": "{ __typename }"}).encode()
LIMIT = 1_048_576


def query(document: str, **rest: object) -> bytes:
    """Return the body of a request for this document."""
    return json.dumps({"query": document, **rest}).encode()


async def send(
    client: Client, body: bytes | AsyncIterator[bytes], media_type: str | None = JSON, secret: str | None = None
) -> tuple[int, list[str], str]:
    """Send a body. Return the status, the error codes and the text of the answer, which must be a GraphQL answer."""
    headers = {} if media_type is None else {"content-type": media_type}
    if secret is not None:
        headers["authorization"] = f"Bearer {secret}"
    response = await client.http.post("/graphql", content=body, headers=headers)
    assert response.headers["content-type"] == JSON
    codes = [error["extensions"]["code"] for error in response.json().get("errors", [])]
    return response.status_code, codes, response.text


def deep(name: str) -> bytes:
    """Return a body in which this parameter contains an object in an object, 1,000 levels deep."""
    return b'{"query": "{ __typename }", "%s": %s1%s}' % (name.encode(), b'{"a":' * 1000, b"}" * 1000)


BODIES = {
    "empty": b"",
    "cut off": b'{"query": "{ __type',
    "malformed": b"{query: x}",
    "two objects": QUERY + QUERY,
    "nested lists": b"[" * 10_000 + b"]" * 10_000,
    "nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "nested variables": b'{"query": "{ __typename }", "variables": {"a": %s%s}}' % (b"[" * 10_000, b"]" * 10_000),
    "objects nested 1,000 deep in the variables": deep("variables"),
    "objects nested 1,000 deep in the extensions": deep("extensions"),
    "lists nested 1,000 deep in the variables": b'{"query": "{ __typename }", "variables": {"a": %s%s}}'
    % (b"[" * 1000, b"]" * 1000),
    "invalid UTF-8": b'{"query": "{ __typename } # \xff"}',
    "UTF-16": QUERY.decode().encode("utf-16"),
    "a lone surrogate": rb'{"query": "{ __typename } # \ud800"}',
    "a lone surrogate in a variable": rb'{"query": "{ __typename }", "variables": {"a": "\udfff"}}',
    "not a number": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "a list": b"[" + QUERY + b"]",
    "a text": b'"{ __typename }"',
    "a number": b"7",
    "null": b"null",
    "no query": b"{}",
    "null for a query": b'{"query": null}',
    "an empty query": b'{"query": "  "}',
    "a number for a query": b'{"query": 7}',
    "a number for a name": query("{ __typename }", operationName=7),
    "a list for variables": query("{ __typename }", variables=[1]),
    "a text for variables": query("{ __typename }", variables="{}"),
    "an unknown operation": query("query A { __typename }", operationName="B"),
    "several operations and no name": query("query A { __typename } query B { __typename }"),
    "no operation": query("fragment F on Query { __typename }"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_bad_body_is_bad_user_input(client: Client, body: bytes) -> None:
    status, codes, text = await send(client, body)
    assert (status, codes) in [(400, ["BAD_USER_INPUT"]), (400, ["GRAPHQL_VALIDATION_FAILED"])]
    assert "Traceback" not in text


DOCUMENTS = {
    "no GraphQL": query("hello"),
    "an unknown field": query("{ nothing }"),
    "an unknown argument": query('{ team(name: "a") { id } }'),
    "a missing argument": query("{ team { id } }"),
    "a subscription": query("subscription { viewer { id } }"),
    "a fragment in a circle": query("{ viewer { ...A } } fragment A on User { ...B } fragment B on User { ...A }"),
    "an undeclared variable": query("{ team(id: $id) { id } }", variables={"id": "team_1"}),
    "a missing variable": query("query($id: ID!) { team(id: $id) { id } }"),
    "null for a variable": query("query($id: ID!) { team(id: $id) { id } }", variables={"id": None}),
    "a wrong variable": query("query($n: Int!) { products(first: $n) { totalCount } }", variables={"n": "ten"}),
    "a number too large": query("query($n: Int!) { products(first: $n) { totalCount } }", variables={"n": 2**31}),
    "a number beyond all": query("query($n: Int!) { products(first: $n) { totalCount } }", variables={"n": 10**400}),
    "a fraction": query("query($n: Int!) { products(first: $n) { totalCount } }", variables={"n": 1.5}),
    "a list for an id": query("query($id: ID!) { team(id: $id) { id } }", variables={"id": ["a"]}),
    "an unknown input field": query(
        "mutation($i: SignOutInput!) { signOut(input: $i) { signedOut } }", variables={"i": {"x": 1}}
    ),
    "an unknown enum value": query("{ viewer { memberships { nodes { team { members(filter: {role: KING}) { x }}}}}}"),
    "no day": query('{ viewer { seats { nodes { usage(since: "2026-02-30") { hours } } } } }'),
    "a lone surrogate": query('{ team(id: "\\uD800") { id } }'),
    "nested 100 deep": query("{ viewer " + "{ seats " * 100 + "}" * 101),
    "nested 400 deep": query("{ viewer " + "{ seats " * 400 + "}" * 401),
    "nested 900 deep": query("{a" * 900 + "}" * 900),
    "nested 3,000 deep": query("{a" * 3000 + "}" * 3000),
    "a list nested 900 deep": query("{ team(id: " + "[" * 900 + "]" * 900 + ") { id } }"),
    "a type nested 900 deep": query("query($a: " + "[" * 900 + "Int" + "]" * 900 + ") { __typename }"),
    "2,001 tokens": query("{ __typename " + " ".join(f"a{n}: __typename" for n in range(666)) + "}"),
}


@pytest.mark.parametrize("body", DOCUMENTS.values(), ids=DOCUMENTS.keys())
async def test_a_bad_document_is_not_executed(client: Client, ours: Company, body: bytes) -> None:
    status, codes, text = await send(client, body, secret=ours.coordinator.secret)
    assert status == 400
    assert set(codes) <= {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "OPERATION_TOO_LARGE"}
    assert codes
    assert '"data"' not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(("values", "message"), [(1_330, "Unknown directive"), (1_333, "over 4000 tokens")])
async def test_people_who_have_signed_in_may_send_4000_tokens(
    client: Client, ours: Company, values: int, message: str
) -> None:
    # Each field has three tokens. They are equal, so they are one field for the other limits.
    body = query("{ " + "a: __typename " * values + "__typename @unknown }")
    _, _, text = await send(client, body, secret=ours.coordinator.secret)
    assert message in text


NULS = {
    "the character": rb"\u0000",
    "an escape": rb"\\u0000",
    "a backslash by its number": rb"\u005cu0000",
    "a u by its number": rb"\\\u00750000",
    "a digit by its number": rb"\\u\u0030000",
    "braces": rb"\\u{0}",
    "braces by their numbers": rb"\u005cu\u007b000\u007d",
    "after a backslash": rb"\\\\\u005cu0000",
}


@pytest.mark.parametrize("nul", NULS.values(), ids=NULS.keys())
async def test_a_nul_in_the_document_is_refused_however_json_writes_it(
    client: Client, ours: Company, nul: bytes
) -> None:
    body = rb'{"query": "{ node(id: \"a%s\") { id } }"}' % nul
    status, codes, text = await send(client, body, secret=ours.coordinator.secret)
    assert (status, codes) == (400, ["BAD_USER_INPUT"])
    assert "NUL" in text


@pytest.mark.parametrize(
    "value", [rb'"\u0000"', rb'["a", ["\u0000"]]', rb'{"\u0000": 1}', rb'{"a": [{"b": "x\u0000"}]}']
)
@pytest.mark.parametrize("name", [b"variables", b"extensions"])
async def test_a_nul_in_any_value_is_refused(client: Client, name: bytes, value: bytes) -> None:
    body = rb'{"query": "{ __typename }", "%s": {"a": %s}}' % (name, value)
    assert (await send(client, body))[:2] == (400, ["BAD_USER_INPUT"])


async def test_a_text_about_a_nul_is_no_nul(client: Client, ours: Company) -> None:
    body = rb'{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "\\u0000"}}'
    assert (await send(client, body, secret=ours.coordinator.secret))[:2] == (200, ["NOT_FOUND"])
    body = rb'{"query": "{ node(id: \"\\\\u0000\") { id } }"}'
    assert (await send(client, body, secret=ours.coordinator.secret))[:2] == (200, ["NOT_FOUND"])


async def test_undeclared_variables_are_ignored(client: Client) -> None:
    assert (await send(client, query("{ __typename }", variables={"nobody": 1})))[:2] == (200, [])


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x; charset=latin-1",
        "multipart/mixed; boundary=x",
        "application/graphql",
        "application/jsonp",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "text/plain; application/json",
    ],
)
async def test_another_media_type_is_refused(client: Client, media_type: str | None) -> None:
    assert (await send(client, QUERY, media_type))[:2] == (415, ["UNSUPPORTED_MEDIA_TYPE"])


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"'],
)
async def test_json_in_utf_8_is_accepted(client: Client, media_type: str) -> None:
    assert (await send(client, QUERY, media_type))[:2] == (200, [])


async def chunks(size: int) -> AsyncIterator[bytes]:
    """Yield a query and spaces after it, `size` bytes in all, without a Content-Length."""
    yield QUERY
    left = size - len(QUERY)
    while left > 0:
        yield b" " * min(left, 65_536)
        left -= 65_536


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused(client: Client, chunked: bool) -> None:
    body = chunks(LIMIT + 1) if chunked else QUERY.ljust(LIMIT + 1)
    assert (await send(client, body))[:2] == (413, ["PAYLOAD_TOO_LARGE"])


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_at_the_limit_is_accepted(client: Client, chunked: bool) -> None:
    body = chunks(LIMIT) if chunked else QUERY.ljust(LIMIT)
    assert (await send(client, body))[:2] == (200, [])
