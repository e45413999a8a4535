"""Trailers, which may follow a body in chunks, are not headers. Over a real socket to uvicorn with Usher's protocol."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.http.connections import Connections, Limits
from gateway.http.protocol import MAX_HEADERS, LimitedProtocol

LIMITS = Limits(connections=10, connections_per_address=10, header=10, body=10, answer=10, proxies="127.0.0.1")
HEAD = b"POST / HTTP/1.1\r\nHost: usher\r\nX-Forwarded-For: 192.0.2.7\r\nTransfer-Encoding: chunked\r\n\r\n"
HEADERS = {"host": "usher", "x-forwarded-for": "192.0.2.7", "transfer-encoding": "chunked"}
NEXT = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
TRAILERS = (
    b"Authorization: Bearer x",
    b"Cookie: usher_session=x; usher_device=x",
    b"X-Request-Id: forged",
    b"X-Forwarded-For: 203.0.113.9",
    b"X-Forwarded-Proto: https",
    b"Usher-Require-Preflight: 1",
    b"Content-Type: application/json",
    b"Expect: 100-continue",
)


async def shown(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what a request says about itself, after its body, so that all trailers have arrived."""
    request = Request(scope, receive)
    body = await request.body()
    content = {"headers": dict(request.headers), "address": scope["client"][0], "body": body.decode()}
    await JSONResponse(content | {"scheme": scope["scheme"]})(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(shown, forwarded_allow_ips="127.0.0.1", log_config=None)
    config.load()
    protocol = partial(LimitedProtocol, Connections(LIMITS), config, ServerState(), {})
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]


def chunked(*trailers: bytes) -> bytes:
    return HEAD + b"2\r\nab\r\n0\r\n" + b"".join(line + b"\r\n" for line in trailers) + b"\r\n"


async def answers(port: int, *segments: bytes) -> list[bytes]:
    """Send the segments, the last with another request after it, and return the answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        for segment in segments:
            writer.write(segment)
            await writer.drain()
            await asyncio.sleep(0.05)
        return (await reader.read()).split(b"HTTP/1.1 ")[1:]


def content(answer: bytes) -> Any:
    return orjson.loads(answer.split(b"\r\n\r\n", maxsplit=1)[1])


@pytest.mark.parametrize("trailers", [(one,) for one in TRAILERS] + [TRAILERS], ids=str)
@pytest.mark.parametrize("at", [None, len(HEAD), -12], ids=["one segment", "after the headers", "in the trailers"])
async def test_a_trailer_is_no_credential_no_address_and_no_request_id(
    port: int, trailers: tuple[bytes, ...], at: int | None
) -> None:
    whole = chunked(*trailers) + NEXT
    [first, second] = await answers(port, *([whole] if at is None else [whole[:at], whole[at:]]))
    assert content(first) == {"headers": HEADERS, "address": "192.0.2.7", "body": "ab", "scheme": "http"}
    # The next request of a connection that a proxy shares between its clients does not have them either.
    assert content(second)["headers"] == {"connection": "close"}


async def test_trailers_count_to_the_limit_of_headers(port: int) -> None:
    lines = [b"x%d: 1" % number for number in range(10 * MAX_HEADERS)]
    room = MAX_HEADERS - len(HEADERS)
    # Both requests of a connection have the whole limit.
    allowed = await answers(port, chunked(*lines[:room]) + chunked(*lines[:room]) + NEXT)
    assert [one[:3] for one in allowed] == [b"200"] * 3
    for count in (room + 1, len(lines)):
        [answer] = await answers(port, chunked(*lines[:count]) + NEXT)
        assert answer[:3] == b"431"
        assert content(answer)["errors"][0]["extensions"]["code"] == "HEADER_TOO_LARGE"
