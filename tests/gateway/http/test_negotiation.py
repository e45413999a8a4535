"""The Accept header decides on the media type of the answer, and Accept-Encoding on its compression."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from gateway.http.negotiation import GRAPHQL, JSON, MAX_CHARACTERS, accept, accepts_gzip, media_type, prefers_page
from gateway.http.response import IN_THREAD
from tests.conftest import Client
from tests.gateway.conftest import Company

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
QUERY = {"query": "{ __typename }"}
INTROSPECTION = {"query": "{ __schema { types { name description } } }"}

# Accept, the media type of the answer, and the status of a broken document.
ANSWERED = [
    (GRAPHQL, GRAPHQL, 400),
    (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL, 400),
    (f"{JSON}, {GRAPHQL}", GRAPHQL, 400),
    (f"{JSON}, {GRAPHQL};q=0.9", JSON, 200),
    (JSON, JSON, 200),
    ("application/json; charset=utf-8", JSON, 200),
    ("application/*", JSON, 400),
    ("*/*", JSON, 400),
    (f"{GRAPHQL};q=0.5, */*", JSON, 400),
    (f"{GRAPHQL}, */*;q=0.1", GRAPHQL, 400),
    (f"*/*, {JSON};q=0", GRAPHQL, 400),
    # What clients send: Apollo, urql, Relay's examples, axios, and the fetch of browsers.
    ("application/graphql-response+json,application/json;q=0.9", GRAPHQL, 400),
    (
        f"{GRAPHQL}, application/graphql+json, application/json, text/event-stream, multipart/mixed",
        GRAPHQL,
        400,
    ),
    ("multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json", GRAPHQL, 400),
    ("application/json, text/plain, */*", JSON, 200),
]
REFUSED = [
    "text/html",
    "image/png, text/*",
    "application/xml",
    f"{JSON};q=0",
    "*/*;q=0",
    f"*/*, {JSON};q=0, {GRAPHQL};q=0.0",
    "application/graphql+json",
]


@pytest.mark.parametrize(("accept", "chosen", "status"), ANSWERED)
async def test_the_answer_has_the_media_type_that_the_client_prefers(
    client: Client, accept: str, chosen: str, status: int
) -> None:
    good = await client.post(QUERY, {"accept": accept})
    assert (good.status, good.headers["content-type"]) == (200, chosen)
    broken = await client.post({"query": "{nope}"}, {"accept": accept})
    assert (broken.status, broken.headers["content-type"], broken.codes) == (
        status,
        chosen,
        ["GRAPHQL_VALIDATION_FAILED"],
    )


@pytest.mark.parametrize("accept", REFUSED)
@pytest.mark.usefixtures("unchanged")
async def test_a_client_that_accepts_neither_media_type_gets_406_and_nothing_is_done(
    client: Client, ours: Company, accept: str
) -> None:
    sign_out = {"query": "mutation { signOut(input: {}) { signedOut } }"}
    answer = await client.post(sign_out, {"accept": accept, "authorization": f"Bearer {ours.coordinator.secret}"})
    assert (answer.status, answer.codes) == (406, ["NOT_ACCEPTABLE"])
    assert answer.headers["content-type"] == JSON


async def test_the_list_may_come_in_several_headers(client: Client) -> None:
    headers = [("accept", "text/plain"), ("accept", JSON), ("content-type", JSON)]
    response = await client.http.post("/graphql", json={"query": "{nope}"}, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, JSON)


RANGES = st.sampled_from([JSON, GRAPHQL, "application/*", "*/*", "text/html", "text/*", "application/xml"])
WEIGHTS = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")


@given(st.lists(st.tuples(RANGES, WEIGHTS), min_size=1, max_size=6, unique_by=lambda part: part[0]))
@settings(max_examples=60)
def test_no_other_media_type_has_a_higher_weight(parts: list[tuple[str, str]]) -> None:
    weights = {name: float(weight) for name, weight in parts}

    def weight(name: str) -> float:
        return next((weights[one] for one in (name, "application/*", "*/*") if one in weights), 0.0)

    chosen = media_type(", ".join(f"{name};q={weight}" for name, weight in parts))
    highest = max(weight(JSON), weight(GRAPHQL))
    if highest == 0:
        assert chosen is None
    else:
        assert chosen is not None
        assert weight(chosen.name) == highest
        assert chosen.is_named is (chosen.name in weights)


@given(st.text(max_size=60) | st.text(alphabet="apjson/*;q=0.1, \tutf-8charset", max_size=60))
@settings(max_examples=60)
def test_no_header_is_too_strange(header: str) -> None:
    chosen = media_type(header)
    assert chosen is None or chosen.name in {JSON, GRAPHQL}
    assert accepts_gzip(header) in {True, False}
    assert prefers_page(header) in {True, False}


@pytest.mark.parametrize(
    ("accept", "prefers"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html, */*; q=0.01", True),
        ("application/json, text/html", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_only_a_client_that_asks_for_html_prefers_a_page(accept: str, prefers: bool) -> None:
    assert prefers_page(accept) is prefers


async def raw(client: Client, body: Any, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """Send a request. Return the response, and its body as it came."""
    request = client.http.build_request("POST", "/graphql", json=body, headers=headers)
    if "accept-encoding" not in headers:
        del request.headers["accept-encoding"]
    response = await client.http.send(request, stream=True)
    return response, b"".join([chunk async for chunk in response.aiter_raw()])


@pytest.mark.parametrize(
    "accepted", ["gzip", "GZIP;q=0.5, br", "x-gzip", "deflate, *;q=0.1", "gzip, deflate, br, zstd"]
)
async def test_an_answer_is_compressed_where_the_client_asks(client: Client, accepted: str) -> None:
    plain, content = await raw(client, INTROSPECTION, {})
    assert "content-encoding" not in plain.headers
    packed, body = await raw(client, INTROSPECTION, {"accept-encoding": accepted})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(body))
    assert len(body) < len(content) / 3
    assert gzip.decompress(body) == content


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *"])
async def test_an_answer_is_not_compressed_for_a_client_that_does_not_ask(client: Client, accepted: str) -> None:
    response, _ = await raw(client, INTROSPECTION, {"accept-encoding": accepted})
    assert "content-encoding" not in response.headers


async def test_a_small_answer_is_not_compressed(client: Client) -> None:
    response, _ = await raw(client, QUERY, {"accept-encoding": "gzip"})
    assert "content-encoding" not in response.headers


async def test_a_large_answer_is_compressed_too(client: Client, ours: Company) -> None:
    query = {"query": get_introspection_query()}
    headers = {"accept-encoding": "gzip", "authorization": f"Bearer {ours.coordinator.secret}"}
    response, body = await raw(client, query, headers)
    assert response.headers["content-encoding"] == "gzip"
    assert len(gzip.decompress(body)) > IN_THREAD


async def test_an_answer_with_a_token_is_not_compressed(client: Client, ours: Company) -> None:
    filler = " ".join(f"e{number}: errors {{ message }}" for number in range(150))
    create = (
        'mutation($team: ID!) { createPartnerToken(input: {teamId: $team, name: "x", scopes: [SEATS_READ], '
        f'expiresAt: "{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}}) {{ secret {filler} }} }}'
    )
    headers = {"accept-encoding": "gzip", "authorization": f"Bearer {ours.coordinator.secret}"}
    response, body = await raw(client, {"query": create, "variables": {"team": ours.team}}, headers)
    assert "content-encoding" not in response.headers
    assert len(body) > 1_024
    assert b"usher_partner_" in body


def test_only_the_beginning_of_a_header_is_read() -> None:
    """A header may have 64 KiB. To read all its parts would take 40 ms of a worker for each request."""
    scope = {"type": "http", "headers": [(b"accept", b"a," * 30_000 + b"application/json;q=0.1")] * 2}
    assert accept(Request(scope)) == "a," * (MAX_CHARACTERS // 2)
