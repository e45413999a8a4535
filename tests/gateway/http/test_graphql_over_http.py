"""The audits of graphql-http against a real server: it follows the specification "GraphQL over HTTP"."""

import json
from typing import Any

import pytest

from tests.conftest import Client
from tests.support import node
from tests.support.process import running

AUDITS = 61
BROKEN = {"query": "{"}
GRAPHQL = "application/graphql-response+json"


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The result of each audit."""
    with running(tmp_path_factory.mktemp("audited")) as server:
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
