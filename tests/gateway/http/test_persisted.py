"""Documents by hash, queries by GET, and the cost of an operation."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import application
from gateway.http.manifest import BadManifest
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.world import World

QUERY = "query Mine($first: Int!) { viewer { name seats(first: $first) { nodes { id } } } }"
MUTATION = "mutation { signOut(input: {}) { signedOut } }"
# The links of Apollo and urql compare this message.
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
MISS = json.loads(
    '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": '
    '"0000000000000000000000000000000000000000000000000000000000000000"}}}'
)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}


def address(content: dict[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in content.items()}


async def get(client: Client, secret: str | None, **content: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return await client.http.get("/graphql", params=address(content), headers=headers)


async def test_a_document_is_sent_once_and_then_found_by_its_hash(client: Client, world: World) -> None:
    me = await world.person()
    query = QUERY + " # for this test alone"
    request_body = {"extensions": persisted(query), "variables": {"first": 5}}
    headers = {"authorization": f"Bearer {me.secret}"}
    unknown = await get(client, me.secret, **request_body)
    assert unknown.status_code == 400
    assert unknown.json() == {"errors": [NOT_FOUND]}
    assert "errors" not in (await client.post({"query": query, **request_body}, headers)).content
    for answer in (
        await get(client, me.secret, **request_body),
        await client.http.post("/graphql", json=request_body, headers=headers),
    ):
        assert answer.json()["data"] == {"viewer": {"name": "Ada Byron", "seats": {"nodes": []}}}
    by_id = {"documentId": f"sha256:{sha256(query)}", "variables": {"first": 1}}
    assert (await client.post(by_id, headers)).data["viewer"]["name"] == "Ada Byron"


@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400), ("*/*", 400)]
)
async def test_a_document_that_is_not_known_is_answered_as_the_links_of_clients_expect(
    client: Client, accept: str, status: int
) -> None:
    for body in (MISS, {"documentId": "sha256:" + "0" * 64}, {"documentId": "an id of something else"}):
        answer = await client.post(body, {"accept": accept})
        assert (answer.status, answer.content) == (status, {"errors": [NOT_FOUND]})


SPELLINGS = [str, str.upper, lambda hash_: f"sha256:{hash_}", lambda hash_: f"SHA256:{hash_.upper()}"]


@pytest.mark.parametrize("spell", SPELLINGS)
async def test_a_hash_may_be_in_upper_case_and_have_its_prefix(
    client: Client, world: World, spell: Callable[[str], str]
) -> None:
    query = f"{{ viewer {{ id }} }} # {spell('a')}"
    me, hash_ = await world.person(), spell(sha256(query))
    apollo = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_}}}
    headers = {"authorization": f"Bearer {me.secret}"}
    for request_body in (apollo, {"documentId": hash_}):
        for body in ({"query": query, **request_body}, request_body, {"query": "", **request_body}):
            assert (await client.post(body, headers)).data == {"viewer": {"id": me.id}}
        assert (await get(client, me.secret, **request_body)).json()["data"] == {"viewer": {"id": me.id}}


@pytest.mark.parametrize("version", [2, 0, "1", None, [1]])
async def test_another_version_of_persisted_queries_is_refused(client: Client, version: object) -> None:
    extensions = {"persistedQuery": {"version": version, "sha256Hash": sha256("{ __typename }")}}
    answer = await client.post({"query": "{ __typename }", "extensions": extensions})
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


async def test_a_get_changes_nothing(client: Client, world: World) -> None:
    me = await world.person()
    before = await world.fingerprint()
    refused = await get(client, me.secret, query=MUTATION)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert await world.fingerprint() == before


async def test_a_get_with_a_cookie_alone_is_refused(client: Client, world: World) -> None:
    me = await world.person()
    cookie = {"cookie": f"usher_session={me.secret}"}
    refused = await client.http.get("/graphql", params={"query": "{ viewer { name } }"}, headers=cookie)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "PREFLIGHT_REQUIRED")


@pytest.mark.parametrize(
    "content",
    [
        {"query": "{ viewer { name } }", "variables": "{"},
        {"query": "{ viewer { name } }", "variables": "[]"},
        {"query": " ", "variables": "{}"},
        {"query": "{ viewer { name } }", "extensions": "1"},
        {"extensions": '{"persistedQuery": 1}'},
        {"extensions": '{"persistedQuery": {"version": 1}}'},
        {"operationName": "a"},
        {"query": "{ viewer { name } }", "extensions": json.dumps(persisted("{ another }"))},
        {"query": '{ node(id: "\\u0000") { id } }'},
        {"query": "{ viewer { name } }\0"},
    ],
)
async def test_a_malformed_get_is_bad_user_input(client: Client, content: dict[str, str]) -> None:
    answer = await client.http.get("/graphql", params=content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_answer_has_the_estimated_and_the_actual_cost(client: Client, world: World) -> None:
    team = await world.team()
    me = await world.member(team)
    product = await world.pool(team, 1)
    await world.give_seat(team, product, me.id)
    answer = await client("{ viewer { name seats(first: 7) { nodes { id product { name } } } } }", me.secret)
    assert answer.content["extensions"]["cost"] == {"estimate": 15, "used": 2, "limit": 50_000}


async def test_an_operation_that_costs_too_much_does_not_start(
    client: Client, world: World, statements: list[str]
) -> None:
    me = await world.person()
    seats = "user { seats(first: 100) { nodes { id } } }"
    wide = "{ teams(first: 100) { nodes { members(first: 100) { nodes { " + seats + " } } } } }"
    answer = await client(wide, me.secret)
    assert answer.codes == ["OPERATION_TOO_LARGE"]
    assert answer.content["errors"][0]["extensions"]["cost"]["limit"] == 50_000
    assert len(statements) == 1


async def test_only_trusted_documents_can_be_allowed(postgres: str, world: World, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({f"sha256:{sha256(QUERY).upper()}": QUERY}), encoding="utf-8")
    app = application(Settings(database_url=postgres, trusted_documents=path, only_trusted_documents=True))
    me = await world.person()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        client = Client(http)
        headers = {"authorization": f"Bearer {me.secret}"}
        request_body = {"documentId": sha256(QUERY), "variables": {"first": 1}}
        assert (await client.post(request_body, headers)).data["viewer"]["name"] == "Ada Byron"
        refused = await client.post({"query": "{ viewer { name } }"}, headers)
        assert (refused.status, refused.codes) == (400, ["UNTRUSTED_DOCUMENT"])


def test_a_manifest_that_does_not_fit_the_schema_stops_the_start(postgres: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({sha256("{ nothing }"): "{ nothing }"}), encoding="utf-8")
    with pytest.raises(BadManifest, match="is invalid"):
        application(Settings(database_url=postgres, trusted_documents=path))
