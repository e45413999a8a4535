"""uvicorn's HTTP protocol with limits: the size of a header, the time of each step, and the number of connections."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.utils import get_remote_addr
from uvicorn.server import ServerState

from domain.problems import Problem, Unavailable
from gateway.http.connections import MIN_RATE, Connections
from gateway.runtime import errors, metrics

MAX_HEAD = 65_536
"""The largest header in bytes, with its request line. The same for what follows a body or stands between its chunks."""

MAX_HEADERS = 100
"""How many headers a request may have, with the trailers after its body."""

MAX_PIPELINED = 100
"""How many requests of a connection may wait for the answer to the one before them."""

SLICE = 8_192
"""How many bytes the parser gets at a time, so that it never collects more than MAX_HEAD."""

REFUSED_SECONDS = 2.0
"""How long a refused client has to read the answer. Closed at once, with bytes unread, the answer could be lost."""

MAX_DISCARDED = 262_144
RESET = struct.pack("ii", 1, 0)
"""The value of SO_LINGER with which closing a connection drops what was not sent."""

MANY_HEADERS = f"A request may have {MAX_HEADERS} headers."
RETRY_AFTER = b"retry-after: 5\r\n"


class HeaderTooLarge(Problem):
    """The header of the request is over a limit."""

    code = "HEADER_TOO_LARGE"


class TooSlow(Problem):
    """The request did not arrive in time."""

    code = "REQUEST_TIMEOUT"


Refusal = HeaderTooLarge | TooSlow | Unavailable
STATUS = {HeaderTooLarge: 431, TooSlow: 408, Unavailable: 503}
REASON = {HeaderTooLarge: "header", TooSlow: "slow", Unavailable: "connections"}


class LimitedProtocol(HttpToolsProtocol):
    """One connection. uvicorn parses and answers; this class decides how much and for how long.

    The parser collects each header until it is complete. Its memory and its time would grow with a header that never
    ends, so the bytes are counted before it gets them.
    """

    def __init__(
        self,
        shared: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """`shared` has the limits and the other connections of this process; the rest is uvicorn's."""
        super().__init__(config, server_state, app_state, _loop)
        self._shared = shared
        self._place: str | None = None
        # A request is in its header, or in its body. `_since` is the tick at which that began.
        self._in_header = True
        self._since = shared.now
        # The bytes since a header was complete, or since the last byte of a body.
        self._uncounted = 0
        self._advanced = False
        self._body_size = 0
        self._trailers = 0
        # The bytes of answers that the client had not read at the tick `_unread_since`.
        self._unread = self._unread_since = 0
        self._is_refused = False
        self._discarded = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, or refuse it without reading anything."""
        client = get_remote_addr(transport)
        self._place = self._shared.admit(self, client[0] if client else "")
        if self._place is not None:
            super().connection_made(transport)
            return
        self.transport = transport
        self._refuse(Unavailable("There are too many connections. Try again in a moment."))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place of the connection to others."""
        self._shared.release(self, self._place)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass the bytes to the parser, slice by slice, while they stay within the limits."""
        if self._is_refused:
            self._discard(len(data))
            return
        if self._in_header and not self._uncounted and self.cycle is not None:
            self._since = self._shared.now
        start = 0
        while start < len(data):
            part = data[start : start + min(SLICE, MAX_HEAD - self._uncounted)]
            if not part:
                self._refuse(HeaderTooLarge(f"The header of a request may have {MAX_HEAD} bytes in all."))
                return
            start += len(part)
            self._advanced = False
            super().data_received(part)
            if self._is_refused or self.transport.is_closing():
                return
            self._uncounted = 0 if self._advanced else self._uncounted + len(part)
            if len(self.pipeline) > MAX_PIPELINED:
                self._drop("pipelined")
                return

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and drop a trailer. Raises HeaderTooLarge if there are too many trailers.

        The parser gives the trailers of a body in chunks to the same function, and they could arrive before anything
        reads the headers. Proxies check and replace headers only, so a trailer must not count as one (RFC 9110, 6.5.1).
        """
        if self._in_header:
            super().on_header(name, value)
        else:
            self._trailers += 1
            self._check_number()

    def on_headers_complete(self) -> None:
        """Begin the request. Raises HeaderTooLarge if it has too many headers; MAX_HEAD bounds them until then."""
        self._check_number()
        super().on_headers_complete()
        self._in_header, self._advanced = False, True
        self._since, self._body_size = self._shared.now, 0

    def on_body(self, body: bytes) -> None:
        """Count the body. What comes after the answer is not read, and earns no further time."""
        super().on_body(body)
        self._advanced = True
        if not self.cycle.response_complete:
            self._body_size += len(body)

    def on_message_complete(self) -> None:
        """Wait for the next header."""
        super().on_message_complete()
        self._in_header = self._advanced = True
        self._trailers = 0

    def on_response_complete(self) -> None:
        """Measure the next answer from its own beginning: it is only sent if the client has read the one before."""
        self._unread = 0
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that cannot be parsed, or that has too many headers."""
        if self._has_too_many_headers():
            self._refuse(HeaderTooLarge(MANY_HEADERS))
        else:
            super().send_400_response(msg)

    def _check_number(self) -> None:
        if self._has_too_many_headers():
            raise HeaderTooLarge(MANY_HEADERS)

    def _has_too_many_headers(self) -> bool:
        return len(self.headers or ()) + self._trailers > MAX_HEADERS

    def check_time(self) -> None:
        """End the connection if the client is too slow. It is called at each tick."""
        shared, waited = self._shared, self._shared.now - self._since
        if self._is_refused:
            if waited >= shared.ticks(REFUSED_SECONDS):
                self.transport.abort()
            return
        self._check_answer()
        if self.transport.is_closing():
            return
        if self.flow.read_paused:  # the client waits for Usher
            self._since = shared.now
        elif not self._in_header:
            if waited >= shared.body + shared.ticks_of(self._body_size):
                self._refuse(TooSlow("The body of the request did not arrive in time."))
        elif waited >= shared.header and (self._uncounted or self.cycle is None):
            self._end_header()

    def _end_header(self) -> None:
        if self._uncounted:
            self._refuse(TooSlow("The header of the request did not arrive in time."))
        else:  # the client has sent nothing, so it expects no answer
            self._drop("silent")

    def _drop(self, reason: str) -> None:
        metrics.REFUSED.labels(reason).inc()
        self.transport.close()

    def _check_answer(self) -> None:
        """Drop the connection, and the answers that it holds in memory, if the client does not read them."""
        unread, now = self.transport.get_write_buffer_size(), self._shared.now
        if not unread or not self._unread:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since >= self._shared.answer:
            if self._unread - unread < MIN_RATE * self._shared.limits.answer:
                metrics.REFUSED.labels("unread").inc()
                # Without this option, the system would go on to keep what it has taken over of the answer.
                with suppress(OSError):  # the connection may be lost already
                    self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                self.transport.abort()
            self._unread, self._unread_since = unread, now

    def _refuse(self, problem: Refusal) -> None:
        """Answer with the problem if no answer has begun, and end the connection."""
        metrics.REFUSED.labels(REASON[type(problem)]).inc()
        self._unset_keepalive_if_required()
        if not self._may_answer():
            self.transport.close()
            return
        self.transport.write(_answer(problem))
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._is_refused, self._since = True, self._shared.now
        self.connections.discard(self)
        self._shared.release(self, self._place)
        self._place = None
        if self._shared.linger(self):
            self.transport.write_eof()
        else:
            self.transport.close()

    def _may_answer(self) -> bool:
        """Whether the client expects an answer, and no part of another one would be in its way."""
        if self.pipeline:
            return False
        if self._in_header:
            return self.cycle is None or self.cycle.response_complete
        return not self.cycle.response_started

    def _discard(self, size: int) -> None:
        """Read a little more of a refused request: closing with bytes unread would take the answer from the client."""
        self._discarded += size
        if self._discarded > MAX_DISCARDED:
            self.transport.pause_reading()


def _answer(problem: Refusal) -> bytes:
    content = orjson.dumps(errors.body(problem))
    retry = RETRY_AFTER if isinstance(problem, Unavailable) else b""
    head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n" % len(content)
    return STATUS_LINE[STATUS[type(problem)]] + head + retry + b"\r\n" + content
