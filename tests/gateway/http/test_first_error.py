"""A request with two faults is answered with the error of the check that comes first."""

import hashlib
import json
from typing import Any

import pytest

from domain.credentials import CredentialKind, issue
from tests.conftest import Client

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchanged")]

LIMIT = 1_048_576
QUERY = "{ __typename }"
MUTATION = "mutation { signOut(input: {}) { signedOut } }"
INVALID = "{ nothing }"
DEEP = "{ a " * 50 + "}" * 50
WIDE = (
    "query ($n: Int!) { teams(first: 100) { nodes { members(first: 100) { nodes { user { seats(first: 100) "
    "{ nodes { id } } } } } } } products(first: $n) { totalCount } }"
)
MALFORMED, UNKNOWN = "no token", issue(CredentialKind.SESSION)[0]
UNKNOWN_HASH = {"documentId": hashlib.sha256(b"a document that nobody sent").hexdigest()}
JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
COOKIE = {"cookie": f"usher_session={UNKNOWN}"}


def bearer(secret: str) -> dict[str, str]:
    """Return a header with this token."""
    return {"authorization": f"Bearer {secret}"}


def query(text: str, **more: object) -> dict[str, Any]:
    """Return a request with the text of a document."""
    return {"query": text, **more}


POSTS = {
    "media type before token": (b"x", {"content-type": "text/plain", **bearer(MALFORMED)}, "UNSUPPORTED_MEDIA_TYPE"),
    "media type before cookie": (b"x", {"content-type": "text/plain", **COOKIE}, "UNSUPPORTED_MEDIA_TYPE"),
    "form without its header before token": (b"x", {**FORM, **bearer(MALFORMED)}, "PREFLIGHT_REQUIRED"),
    "size before token": (b" " * (LIMIT + 1), {**JSON, **bearer(MALFORMED)}, "PAYLOAD_TOO_LARGE"),
    "size before JSON": (b"x" * (LIMIT + 1), JSON, "PAYLOAD_TOO_LARGE"),
    "JSON before token": (b"{", {**JSON, **bearer(MALFORMED)}, "BAD_USER_INPUT"),
    "JSON before cookie": (b"{", {**JSON, **COOKIE}, "BAD_USER_INPUT"),
    "variables before token": (query(QUERY, variables=1), {**JSON, **bearer(MALFORMED)}, "BAD_USER_INPUT"),
    "token before hash": (UNKNOWN_HASH, {**JSON, **bearer(MALFORMED)}, "UNAUTHENTICATED"),
    "cookie before hash": (UNKNOWN_HASH, {**JSON, **COOKIE}, "PREFLIGHT_REQUIRED"),
    "token before size of the document": (query(DEEP), {**JSON, **bearer(MALFORMED)}, "UNAUTHENTICATED"),
    "hash before session": (UNKNOWN_HASH, {**JSON, **bearer(UNKNOWN)}, "PERSISTED_QUERY_NOT_FOUND"),
    "size of the document before session": (query(DEEP), {**JSON, **bearer(UNKNOWN)}, "OPERATION_TOO_LARGE"),
    "session before document": (query(INVALID), {**JSON, **bearer(UNKNOWN)}, "UNAUTHENTICATED"),
    "session before name": (query(QUERY, operationName="A"), {**JSON, **bearer(UNKNOWN)}, "UNAUTHENTICATED"),
    "session before cost": (query(WIDE), {**JSON, **bearer(UNKNOWN)}, "UNAUTHENTICATED"),
    "document before name": (query(INVALID, operationName="A"), JSON, "GRAPHQL_VALIDATION_FAILED"),
    "name before cost": (query(WIDE, operationName="A"), JSON, "BAD_USER_INPUT"),
    "cost before variables": (query(WIDE), JSON, "OPERATION_TOO_LARGE"),
}
GETS: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "JSON before token": ({"query": QUERY, "variables": "{"}, bearer(MALFORMED), "BAD_USER_INPUT"),
    "token before method": ({"query": MUTATION}, bearer(MALFORMED), "UNAUTHENTICATED"),
    "session before method": ({"query": MUTATION}, bearer(UNKNOWN), "UNAUTHENTICATED"),
    "name before method": ({"query": MUTATION, "operationName": "A"}, {}, "BAD_USER_INPUT"),
    "document before method": ({"query": "mutation { nothing }"}, {}, "GRAPHQL_VALIDATION_FAILED"),
}


@pytest.mark.parametrize(("body", "headers", "code"), POSTS.values(), ids=POSTS.keys())
async def test_a_post_is_answered_with_the_first_error(
    client: Client, body: bytes | dict[str, Any], headers: dict[str, str], code: str
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await client.http.post("/graphql", content=content, headers=headers)
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]


@pytest.mark.parametrize(("parameters", "headers", "code"), GETS.values(), ids=GETS.keys())
async def test_a_get_is_answered_with_the_first_error(
    client: Client, parameters: dict[str, str], headers: dict[str, str], code: str
) -> None:
    response = await client.http.get("/graphql", params=parameters, headers=headers)
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]
