"""Real clients against a real server: the audits of graphql-http, persisted queries of Apollo and urql, and curl."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.demo.company import SIGN_INS
from gateway.app import application
from gateway.http.manifest import BadManifest, read_manifest
from gateway.runtime.settings import ROOT, Settings
from tests.conftest import Client
from tests.support import node
from tests.support.process import Run, running
from tests.support.world import World

AUDITS = 61
BROKEN = {"query": "{"}
GRAPHQL = "application/graphql-response+json"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A server with a demo company."""
    with running(tmp_path_factory.mktemp("audited")) as run:
        yield run


@pytest.fixture(scope="module")
def audits(server: Run) -> list[Any]:
    """The result of each audit."""
    lines = node.run("audits.mjs", f"{server.address}/graphql")
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.slow
def test_every_audit_passes(audits: list[Any]) -> None:
    failed = [f"{audit['id']} {audit['name']}: {audit['reason']}" for audit in audits if audit["status"] != "ok"]
    assert failed == []
    assert len({audit["id"] for audit in audits}) == AUDITS


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        (GRAPHQL, 400, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json;q=0.9", 400, GRAPHQL),
        (f"application/json, {GRAPHQL}", 400, GRAPHQL),
        ("application/json", 200, "application/json"),
        ("Application/JSON; q=1.000, */*", 200, "application/json"),
        (f"{GRAPHQL};q=0.5, application/json", 200, "application/json"),
        (f"{GRAPHQL};q=0, */*", 400, "application/json"),
        (f"{GRAPHQL};q=high", 400, "application/json"),
        ("*/*", 400, "application/json"),
        ("", 400, "application/json"),
        (",;,", 400, "application/json"),
    ],
)
async def test_the_client_chooses_the_media_type(client: Client, accept: str, status: int, media_type: str) -> None:
    for request in (BROKEN, {"query": "{ nothing }"}, {"query": "query($a: Int!) { a: __typename @skip(if: $a) }"}):
        answer = await client.post(request, {"accept": accept})
        assert (answer.status, answer.headers["content-type"]) == (status, media_type)
        assert answer.content["errors"]
        assert "data" not in answer.content


@pytest.mark.parametrize("accept", [GRAPHQL, "application/json", "*/*"])
async def test_a_refusal_keeps_its_status_with_each_media_type(client: Client, accept: str) -> None:
    answer = await client.post({"query": "{ viewer { id } }"}, {"accept": accept, "authorization": "Bearer unknown"})
    assert answer.status == 401
    assert answer.headers["content-type"] == ("application/json" if accept == "*/*" else accept)


async def test_a_browser_never_guesses_the_type_of_an_answer(client: Client) -> None:
    answer = await client.post({"query": "{ __typename }"})
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_the_links_of_apollo_and_urql_find_a_document_by_its_hash(server: Run) -> None:
    account = SIGN_INS[0]
    given = {"email": account.email, "password": account.password}
    query = "mutation($i: SignInInput!) { signIn(input: $i) { token } }"
    signed_in = httpx.post(f"{server.address}/graphql", json={"query": query, "variables": {"i": given}}, timeout=30)
    token = signed_in.json()["data"]["signIn"]["token"]
    lines = node.run("persisted.mjs", f"{server.address}/graphql", token).splitlines()
    assert len(lines) == 4
    for line in lines:
        told = json.loads(line)
        by_hash = {"method": "GET" if told["byGet"] else "POST", "text": False}
        first, second = told["first"]["requests"], told["second"]["requests"]
        assert [request["text"] for request in first] == [False, True], line
        assert first[0] == {**by_hash, "status": 400}, line
        assert second == [{**by_hash, "status": 200}], line
        for answer in (told["first"], told["second"]):
            assert answer["data"]["viewer"]["email"] == account.email


def curl(server: Run, *words: str) -> bytes:
    """Send a request with curl. Returns what it prints."""
    url = f"{server.address}/graphql"
    sent = ["curl", "--silent", "--fail-with-body", "--max-time", "30", *words, url]
    return subprocess.check_output(sent)  # noqa: S603 - the tests' own arguments, no shell


@pytest.mark.slow
def test_curl_sends_and_gets_compressed_bodies(server: Run, tmp_path: Path) -> None:
    packed = tmp_path / "body.gz"
    packed.write_bytes(gzip.compress(b'{"query": "{ __schema { types { name description } } }"}'))
    sent = ["-H", "Content-Type: application/json", "-H", "Content-Encoding: gzip", "--data-binary", f"@{packed}"]
    plain = curl(server, *sent)
    assert len(json.loads(plain)["data"]["__schema"]["types"]) > 100
    assert curl(server, *sent, "--compressed") == plain
    answer = curl(server, *sent, "-H", "Accept-Encoding: gzip")
    assert gzip.decompress(answer) == plain
    assert len(answer) < len(plain) / 3


@pytest.mark.slow
def test_curl_asks_for_the_headers_alone(server: Run) -> None:
    got = curl(server, "--get", "--data-urlencode", "query={ __typename }", "--head").decode().lower()
    assert got.startswith("http/1.1 200")
    assert got.rstrip().count("\r\n\r\n") == 0
    assert "content-type: application/json" in got


@pytest.mark.slow
async def test_the_manifest_of_codegen_is_taken_as_it_is(postgres: str, world: World, tmp_path: Path) -> None:
    operation = "query Mine($first: Int!) { viewer { email seats(first: $first) { nodes { id } } } }"
    schema, path = str(ROOT / "schema.graphql"), tmp_path / "persisted-documents.json"
    me = await world.person()
    path.write_text(node.run("codegen.mjs", schema, operation), encoding="utf-8")
    [key] = json.loads(path.read_text(encoding="utf-8"))
    assert key.startswith("sha256:")
    app = application(Settings(database_url=postgres, trusted_documents=path, only_trusted_documents=True))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        headers = {"authorization": f"Bearer {me.secret}"}
        for id_ in (key, key.removeprefix("sha256:"), key.upper()):
            answer = await Client(http).post({"documentId": id_, "variables": {"first": 1}}, headers)
            assert answer.data["viewer"]["seats"] == {"nodes": []}
    path.write_text(node.run("codegen.mjs", schema, operation, "sha1"), encoding="utf-8")
    with pytest.raises(BadManifest, match="set `hashAlgorithm` to `sha256`"):
        read_manifest(path)
