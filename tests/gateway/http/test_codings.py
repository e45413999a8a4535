"""Bodies that are compressed, begin with a byte order mark, or say nothing in some of their parameters."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.problems import BadInput
from gateway.http import bodies
from gateway.http.refusals import TooLarge
from tests.conftest import Answer, Client

pytestmark = pytest.mark.usefixtures("unchanged")

LIMIT = 1_048_576
QUERY = b'{"query":"{__typename}"}'
PACKED = gzip.compress(QUERY)
ANSWER = {"__typename": "Query"}
BOM = b"\xef\xbb\xbf"


async def send(client: Client, body: bytes | AsyncIterator[bytes], coding: str | list[str] | None = None) -> Answer:
    """Send a JSON body with these content codings, each in a header of its own."""
    codings = [coding] if isinstance(coding, str) else coding or []
    headers = [("content-type", "application/json"), *(("content-encoding", one) for one in codings)]
    response = await client.http.post("/graphql", content=body, headers=headers)
    return Answer(response.status_code, response.json(), response.headers)


@pytest.mark.parametrize("coding", ["gzip", "GZip", "x-gzip", " gzip ", ["gzip", ""], "gzip,"])
async def test_a_body_may_be_compressed_with_gzip(client: Client, coding: str | list[str]) -> None:
    assert (await send(client, PACKED, coding)).data == ANSWER


@pytest.mark.parametrize("coding", [None, "", "identity", "Identity"])
async def test_a_body_without_a_coding_is_taken_as_it_is(client: Client, coding: str | None) -> None:
    assert (await send(client, QUERY, coding)).data == ANSWER


@pytest.mark.parametrize(
    "coding",
    ["br", "deflate", "zstd", "compress", "aes128gcm", "gzip, gzip", "gzip, br", ["gzip", "gzip"], "identity, br"],
)
async def test_a_coding_that_is_not_understood_is_415_and_the_answer_names_gzip(
    client: Client, coding: str | list[str]
) -> None:
    answer = await send(client, PACKED, coding)
    assert (answer.status, answer.codes) == (415, ["UNSUPPORTED_MEDIA_TYPE"])
    assert answer.headers["accept-encoding"] == "gzip"


async def test_a_wrong_media_type_does_not_name_codings(client: Client) -> None:
    response = await client.http.post("/graphql", content=QUERY, headers={"content-type": "text/plain"})
    assert response.status_code == 415
    assert "accept-encoding" not in response.headers


BROKEN = {
    "a body that is not compressed": QUERY,
    "nothing": b"",
    "a body that is cut off": PACKED[:-9],
    "a wrong checksum": PACKED[:-8] + bytes(8),
    "bytes after the end": PACKED + b"x",
    "a second part": PACKED + PACKED,
    "zlib data": zlib.compress(QUERY),
    "no JSON": gzip.compress(b"{"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_a_body_that_is_no_gzip_data_is_bad_input(client: Client, body: bytes) -> None:
    answer = await send(client, body, "gzip")
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


async def test_a_body_is_bounded_as_it_comes_and_after_it_is_unpacked(client: Client) -> None:
    assert (await send(client, gzip.compress(QUERY.ljust(LIMIT)), "gzip")).data == ANSWER
    for body in (gzip.compress(QUERY.ljust(LIMIT + 1)), gzip.compress(bytes(100 * LIMIT)), PACKED.ljust(LIMIT + 1)):
        answer = await send(client, body, "gzip")
        assert (answer.status, answer.codes) in [(413, ["PAYLOAD_TOO_LARGE"]), (400, ["BAD_USER_INPUT"])]
    assert (await send(client, gzip.compress(bytes(100 * LIMIT)), "gzip")).status == 413


async def test_no_more_is_unpacked_than_a_body_may_have() -> None:
    body = gzip.compress(bytes(100 * LIMIT))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            async for _ in bodies.unpacked(chunked(body, []), LIMIT):
                pass
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMIT
    finally:
        tracemalloc.stop()


async def chunked(body: bytes, sizes: list[int]) -> AsyncGenerator[bytes, None]:
    """Yield a body in parts of these sizes, and then the rest of it."""
    for size in sizes:
        yield body[:size]
        body = body[size:]
    yield body


@given(st.binary(max_size=400), st.lists(st.integers(0, 40), max_size=8), st.integers(1, 400), st.integers(0, 9))
@settings(max_examples=80)
async def test_unpacking_gives_the_same_bytes_in_whatever_parts_they_come(
    content: bytes, sizes: list[int], limit: int, level: int
) -> None:
    parts = chunked(gzip.compress(content, level), sizes)
    received = bytearray()
    try:
        async for part in bodies.unpacked(parts, limit):
            received += part
    except TooLarge:
        assert len(content) > limit
        assert len(received) <= limit
    else:
        assert received == content
        assert len(content) <= limit


@given(st.binary(max_size=60))
@settings(max_examples=60)
async def test_no_bytes_break_the_unpacking(content: bytes) -> None:
    for body in (content, PACKED[:12] + content, gzip.compress(content)[:-1]):
        with pytest.raises(BadInput):
            async for _ in bodies.unpacked(chunked(body, [1, 3]), LIMIT):
                pass


async def test_a_form_may_be_compressed_too(client: Client) -> None:
    form = client.http.build_request(
        "POST", "/graphql", files=[("operations", (None, BOM + QUERY)), ("map", (None, b"{}"))]
    )
    headers = {"usher-require-preflight": "1", "content-type": form.headers["content-type"], "content-encoding": "gzip"}
    response = await client.http.post("/graphql", content=gzip.compress(form.read()), headers=headers)
    assert response.json()["data"] == ANSWER


async def test_a_byte_order_mark_is_skipped(client: Client) -> None:
    assert (await send(client, BOM + QUERY)).data == ANSWER
    assert (await send(client, gzip.compress(BOM + QUERY), "gzip")).data == ANSWER
    assert (await send(client, BOM + BOM + QUERY)).status == 400
    parameters = {"query": "{__typename}", "variables": "\ufeff{}", "extensions": "\ufeff{}"}
    assert (await client.http.get("/graphql", params=parameters)).json() == {
        "data": ANSWER,
        "extensions": {"cost": {"estimate": 0, "used": 0, "limit": 50_000}},
    }


EMPTY: list[Any] = ["", None, {}]


@pytest.mark.parametrize("variables", EMPTY)
@pytest.mark.parametrize("extensions", EMPTY)
async def test_empty_variables_and_extensions_equal_absent_ones(
    client: Client, variables: object, extensions: object
) -> None:
    content = {"query": "{__typename}", "variables": variables, "extensions": extensions, "operationName": ""}
    assert (await client.post(content)).data == ANSWER
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in content.items()}
    assert (await client.http.get("/graphql", params=texts)).json()["data"] == ANSWER


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_a_value_that_is_not_empty_must_still_be_an_object(client: Client, name: str) -> None:
    values: list[Any] = [" x", "{}", [], 0, False]
    for value in values:
        answer = await client.post({"query": "{__typename}", name: value})
        assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])
