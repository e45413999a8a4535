"""A proxy that reads PostgreSQL's protocol and counts the statements of a contender in any language.

It is only for counting: no contender is timed through it.
"""

import asyncio
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

SOCKET = ".s.PGSQL.5432"
ENCRYPTION_REQUESTS = frozenset({80877103, 80877104})
"""Codes of requests for encryption. The start-up message follows them."""
CONTROL = ("begin", "commit", "rollback", "savepoint", "release", "start transaction")


@dataclass
class Meter:
    """The counts of all connections together. `url` is the address of the database through the proxy.

    `control` counts statements that only begin or end transactions and savepoints; `statements` counts all others.
    """

    url: str
    statements: int = 0
    control: int = 0
    _prepared: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    _portals: dict[tuple[int, bytes], bytes] = field(default_factory=dict)

    def reset(self) -> None:
        """Count from zero."""
        self.statements = self.control = 0

    def count_message(self, connection: int, kind: bytes, payload: bytes) -> None:
        """Read a message of a client, and count it if it runs a statement."""
        if kind == b"P":
            name, text, _ = payload.split(b"\0", 2)
            self._prepared[connection, name] = text
        elif kind == b"B":
            portal, name, _ = payload.split(b"\0", 2)
            self._portals[connection, portal] = self._prepared.get((connection, name), b"")
        elif kind == b"E":
            self._count(self._portals.get((connection, payload.split(b"\0", 1)[0]), b""))
        elif kind == b"Q":
            self._count(payload)

    def _count(self, text: bytes) -> None:
        if text.decode(errors="replace").lstrip().lower().startswith(CONTROL):
            self.control += 1
        else:
            self.statements += 1


@contextmanager
def metered(url: str) -> Iterator[Meter]:
    """Run a proxy in front of the database at this address, with its own event loop in its own thread."""
    target = Path(str(make_url(url).query["host"]))
    with tempfile.TemporaryDirectory(prefix="usher-meter-") as folder:
        through = make_url(url).set(query={"host": folder}).render_as_string(hide_password=False)
        meter = Meter(through)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(_listen(meter, Path(folder, SOCKET), target / SOCKET), loop).result()
            yield meter
        finally:
            asyncio.run_coroutine_threadsafe(_end(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _listen(meter: Meter, socket: Path, target: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(target)
        requests = _forward(meter, id(writer), reader, server_writer)
        with suppress(ConnectionError):
            await asyncio.gather(requests, _forward_answers(server_reader, writer))

    await asyncio.start_unix_server(connected, socket)


async def _end() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _forward(meter: Meter, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError):
        code = next(iter(ENCRYPTION_REQUESTS))
        while code in ENCRYPTION_REQUESTS:
            head = await reader.readexactly(8)
            size, code = struct.unpack("!II", head)
            writer.write(head + await reader.readexactly(size - 8))
        while True:
            head = await reader.readexactly(5)
            payload = await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            meter.count_message(connection, head[:1], payload)
            writer.write(head + payload)
    writer.close()


async def _forward_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
