"""Counts the statements a contender sends, whatever it is written in: a proxy that reads PostgreSQL's protocol.

Only for counting: no contender is timed through it.
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
UNTYPED = frozenset({80877103, 80877104})
"""Requests for encryption: the start-up message still comes after them."""
CONTROL = ("begin", "commit", "rollback", "savepoint", "release", "start transaction")


@dataclass
class Meter:
    """`url` is the database's address through the proxy; the counts are of all connections together."""

    url: str
    statements: int = 0
    control: int = 0
    _prepared: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    _portals: dict[tuple[int, bytes], bytes] = field(default_factory=dict)

    def reset(self) -> None:
        """Count from zero."""
        self.statements = self.control = 0

    def see(self, connection: int, kind: bytes, payload: bytes) -> None:
        """A message of a client."""
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
    """A proxy before the database of this address, on a loop and a thread of its own."""
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
        forth = _forward(meter, id(writer), reader, server_writer)
        with suppress(ConnectionError):
            await asyncio.gather(forth, _back(server_reader, writer))

    await asyncio.start_unix_server(connected, socket)


async def _end() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _forward(meter: Meter, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError):
        code = next(iter(UNTYPED))
        while code in UNTYPED:
            head = await reader.readexactly(8)
            size, code = struct.unpack("!II", head)
            writer.write(head + await reader.readexactly(size - 8))
        while True:
            head = await reader.readexactly(5)
            payload = await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            meter.see(connection, head[:1], payload)
            writer.write(head + payload)
    writer.close()


async def _back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
