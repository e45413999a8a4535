"""The database of a command or a server: the one that a setting names, or an embedded one that is started for it."""

import _thread
import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import make_url

from db.core.connection import DatabaseError
from db.core.database import Database
from db.embedded import server as embedded
from db.embedded.watch import Watch
from domain.failures import Failure
from gateway.runtime.settings import Settings
from gateway.runtime.stopping import STOP_SIGNALS


class StartupError(Failure):
    """Usher cannot start. The message says why in one sentence."""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Yield the URL of the database: DATABASE_URL, or that of the embedded PostgreSQL, which is stopped at the end.

    If the embedded PostgreSQL ends during the block, it is started again. If that fails, this process gets a SIGTERM,
    and the end of the block raises PostgresGivenUp. Raises EmbeddedPostgresError.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with ExitStack() as stack:
        with _signals_deferred():
            server = embedded.start(settings.data / "postgres")
            stack.callback(_signals_deferred()(server.stop))
            # Runs the handler of SIGTERM in the main thread. Commands without one end by themselves: their next
            # statement fails.
            watch = Watch(server, lambda: _thread.interrupt_main(signal.SIGTERM))
            stack.callback(_signals_deferred()(watch.stop))
        yield server.url


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Delay Ctrl-C and SIGTERM until the end of the block.

    Their exception could be raised after a process has started and before it is registered for the stop. The
    process would then keep running.
    """
    received: list[int] = []
    before = {number: signal.signal(number, lambda number, _: received.append(number)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


@contextmanager
def opened_database(settings: Settings) -> Iterator[tuple[asyncio.Runner, Database]]:
    """Yield an event loop and the database, for one command. Raises StartupError."""
    with database(settings) as url, asyncio.Runner() as runner:
        opened = Database(url)
        try:
            runner.run(check_reachable(opened))
            yield runner, opened
        finally:
            runner.run(opened.close())


async def check_reachable(opened: Database) -> None:
    """Raise StartupError if no connection to the database can be made."""
    try:
        async with opened.connection():
            pass
    except (DatabaseError, OSError) as error:
        url = make_url(opened.url).render_as_string()
        raise StartupError(f"The database at {url} cannot be reached. Start it, or correct DATABASE_URL.") from error
