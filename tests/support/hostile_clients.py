"""Clients that attack a server over real sockets: silent, slow, endless, and deaf ones.

Each function takes the server's address, such as `http://127.0.0.1:8000`, and returns what the server did about it.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

BLOCK = b"a" * 65_536
LOOPBACK = ("127.0.0.1",)
PATIENCE = 60.0
"""How long a client waits for the server to end its connection, in seconds."""


@dataclass(frozen=True)
class Outcome:
    """The end of one connection: the statuses of all answers, whether the server ended it, and how long it lived.

    `sent` counts the bytes that the client could send. `answer` has the first bytes of the answers.
    """

    statuses: tuple[int, ...]
    ended: bool
    sent: int
    seconds: float
    answer: bytes

    @property
    def status(self) -> int | None:
        """The status of the only answer; None if there was none."""
        return self.statuses[0] if self.statuses else None


async def silent_connections(
    address: str, count: int, *, sources: Sequence[str] = LOOPBACK, patience: float = PATIENCE
) -> list[Outcome]:
    """Open connections that send nothing, from these addresses in turn. Wait until the server has ended all."""
    clients = (_silent(address, sources[number % len(sources)], patience) for number in range(count))
    return list(await asyncio.gather(*clients))


async def endless_header(address: str, size: int, *, patience: float = PATIENCE) -> Outcome:
    """Send a header with a value of this many bytes."""
    return await _send(address, _stream(b"GET /healthz HTTP/1.1\r\nHost: usher\r\nx-long: ", size), patience)


async def endless_name(address: str, size: int, *, patience: float = PATIENCE) -> Outcome:
    """Send a header with a name of this many bytes."""
    return await _send(address, _stream(b"GET /healthz HTTP/1.1\r\nHost: usher\r\n", size, b": 1\r\n\r\n"), patience)


async def endless_target(address: str, size: int, *, patience: float = PATIENCE) -> Outcome:
    """Send a request line with a target of this many bytes."""
    return await _send(address, _stream(b"GET /", size, b" HTTP/1.1\r\nHost: usher\r\n\r\n"), patience)


async def endless_trailer(address: str, size: int, *, patience: float = PATIENCE) -> Outcome:
    """Send a body in chunks, and after it a trailer with a value of this many bytes."""
    head = b"POST /graphql HTTP/1.1\r\nHost: usher\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    return await _send(address, _stream(head + b"\r\n2\r\n{}\r\n0\r\nx-long: ", size), patience)


async def many_headers(address: str, count: int, *, patience: float = PATIENCE) -> Outcome:
    """Send this many short headers."""
    lines = b"".join(b"x%d: 1\r\n" % number for number in range(count))
    return await _send(address, _once(b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\n"), patience)


async def many_requests(address: str, count: int, *, patience: float = PATIENCE) -> Outcome:
    """Send this many requests over one connection before reading any answer."""
    return await _send(address, _once(b"GET /healthz HTTP/1.1\r\nHost: usher\r\n\r\n" * count), patience)


async def slow_header(address: str, *, pause: float = 0.2, patience: float = PATIENCE) -> Outcome:
    """Send a header byte by byte, with a pause after each, and never end it."""
    return await _send(address, _trickle(b"GET /healthz HTTP/1.1\r\nHost: usher\r\nx-slow: ", pause), patience)


async def slow_body(address: str, *, length: int = 100_000, pause: float = 0.2, patience: float = PATIENCE) -> Outcome:
    """Announce a body of this many bytes, and send it byte by byte, with a pause after each."""
    head = b"POST /graphql HTTP/1.1\r\nHost: usher\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return await _send(address, _trickle(head % length, pause), patience)


async def idle_connection(address: str, *, patience: float = PATIENCE) -> Outcome:
    """Send one request, read its answer, and keep the connection without a further request."""
    return await _send(address, _once(b"GET /healthz HTTP/1.1\r\nHost: usher\r\n\r\n"), patience)


async def deaf_client(
    address: str, request: bytes, *, times: int = 1, patience: float = PATIENCE, receive_buffer: int = 4096
) -> Outcome:
    """Send a request a number of times over one connection and read nothing until the server ends the connection."""
    connection = _socket(LOOPBACK[0])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    loop, started, sent, ended = asyncio.get_running_loop(), time.monotonic(), 0, False
    with contextlib.closing(connection):
        await loop.sock_connect(connection, _place(address))
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(patience):
                for _ in range(times):
                    await loop.sock_sendall(connection, request)
                    sent += len(request)
        while not ended and time.monotonic() - started < patience:
            ended = _is_reset(connection)
            await asyncio.sleep(0.05)
    return Outcome((), ended, sent, time.monotonic() - started, b"")


def _is_reset(connection: socket.socket) -> bool:
    """Whether the server has reset the connection. It takes no byte out of the buffer."""
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0 or _tcp_state(connection) in {7, 8}


def _tcp_state(connection: socket.socket) -> int:
    """Return the state of the connection: 1 is established, 7 is closed, 8 is ended by the server."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def _silent(address: str, source: str, patience: float) -> Outcome:
    return await _send(address, _once(b""), patience, source)


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return parts.hostname or LOOPBACK[0], parts.port or 80


def _socket(source: str) -> socket.socket:
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setblocking(False)
    if source != LOOPBACK[0]:
        connection.bind((source, 0))
    return connection


async def _send(address: str, content: AsyncIterator[bytes], patience: float, source: str = LOOPBACK[0]) -> Outcome:
    """Send the content while the server takes it. Read all answers until the server ends the connection."""
    loop, started, sent = asyncio.get_running_loop(), time.monotonic(), 0
    with contextlib.closing(_socket(source)) as connection:
        with contextlib.suppress(OSError):
            await loop.sock_connect(connection, _place(address))
        answered: list[bytes] = []
        reading = asyncio.create_task(_read(connection, answered))
        try:
            async with asyncio.timeout(patience):
                with contextlib.suppress(OSError):
                    async for block in content:
                        if reading.done():
                            break
                        await loop.sock_sendall(connection, block)
                        sent += len(block)
                await reading
        except TimeoutError:
            pass
        ended = reading.done() and not reading.cancelled()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    answer = b"".join(answered)
    return Outcome(tuple(_statuses(answer)), ended, sent, time.monotonic() - started, answer)


async def _read(connection: socket.socket, answered: list[bytes]) -> None:
    """Read until the server ends the connection."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        while block := await loop.sock_recv(connection, 65_536):
            answered.append(block)


def _statuses(answer: bytes) -> Iterator[int]:
    for part in answer.split(b"HTTP/1.1 ")[1:]:
        yield int(part[:3])


async def _once(content: bytes) -> AsyncIterator[bytes]:
    if content:
        yield content


async def _stream(before: bytes, size: int, after: bytes = b"\r\n\r\n") -> AsyncIterator[bytes]:
    yield before
    for _ in range(size // len(BLOCK)):
        yield BLOCK
    yield BLOCK[: size % len(BLOCK)] + after


async def _trickle(before: bytes, pause: float) -> AsyncIterator[bytes]:
    yield before
    while True:
        yield b"a"
        await asyncio.sleep(pause)
