"""Serving: the socket first, then the database, then the workers; and everything down again in the other order."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import uvicorn
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from uvicorn.supervisors import Multiprocess

from db.audit import events
from db.core import migrate
from db.core.engine import connect
from db.demo import company
from db.embedded import server as embedded
from gateway.runtime import metrics
from gateway.runtime.settings import Settings
from policies.engine.live import Live
from resolvers.access import passwords
from schema.build import build

APP = "gateway.app:create"
STOPPING = (signal.SIGINT, signal.SIGTERM)


class Unstartable(Exception):
    """Why Usher cannot start, in one sentence."""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database: DATABASE_URL, or the embedded PostgreSQL, which is stopped at the end.

    Raises EmbeddedPostgresError.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with ExitStack() as stack:
        with _undisturbed():
            server = embedded.start(settings.data / "postgres")
            stack.callback(_undisturbed()(server.stop))
        yield server.url


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Ctrl-C and SIGTERM off until the end of the block.

    Their exception could come between the start of a process and the note that it runs, and leave it behind.
    """
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def engine(settings: Settings) -> Iterator[tuple[asyncio.Runner, AsyncEngine]]:
    """An engine on the database and the loop it lives on, for one command. Raises Unstartable."""
    with database(settings) as url, asyncio.Runner() as runner:
        opened = connect(url)
        try:
            runner.run(_reachable(opened))
            yield runner, opened
        finally:
            runner.run(opened.dispose())


def listen(settings: Settings) -> socket.socket:
    """The listening socket; taken before anything is started. Raises Unstartable when the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise Unstartable(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}); stop what uses it, or set PORT."
        ) from error
    return listener


def prepare(url: str, *, demo_allowed: bool) -> bool:
    """Migrate, and load the demo company into an empty database if allowed; whether the demo is there.

    Its passwords are public, so it is only for a gateway that nobody but this machine reaches. Raises Unstartable.
    """

    async def work(opened: AsyncEngine) -> bool:
        await _reachable(opened)
        await migrate.upgrade(opened)
        if demo_allowed:
            await company.load(opened, passwords.hashed)
        async with opened.connect() as connection:
            there = await company.open_to_all(connection)
            foreign = await events.are_foreign(connection)
        if there and not demo_allowed:
            raise Unstartable(
                "The database holds the demo company, whose passwords are public: serve it on HOST=127.0.0.1 only, "
                "or empty the database with `usher db reset`."
            )
        if foreign:
            raise Unstartable(
                "The table `events` was restored from a server that has given out more transaction ids than this one: "
                'new events would be put before those that were read. Follow "Backups" in docs/operators.md.'
            )
        return there

    with asyncio.Runner() as runner:
        opened = connect(url)
        try:
            return runner.run(work(opened))
        finally:
            runner.run(opened.dispose())


def check(settings: Settings) -> None:
    """Refuse a policy or a schema that no worker could start with. Raises PolicyRefused, UnguardedField."""
    build(Live(settings.policy, settings.shadow_policy).current())


def serve(settings: Settings, url: str, listener: socket.socket) -> None:
    """Serve until a signal."""
    os.environ["DATABASE_URL"] = url
    config = uvicorn.Config(
        APP,
        factory=True,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        # Without a proxy named, whoever connects could make an address up, and with it fool the brake on sign-ins.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        with metrics.shared():
            Multiprocess(config, sockets=[listener]).run()


def stop_on_signals() -> None:
    """Make SIGTERM and Ctrl-C end the process in order, at any moment: by an exception that passes every `finally`."""
    for number in STOPPING:
        signal.signal(number, lambda *_: sys.exit(0))


def end_with_parent() -> None:
    """End this worker when the process that started it is killed: it would keep the port from the next start."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


async def _reachable(opened: AsyncEngine) -> None:
    try:
        async with opened.connect():
            pass
    except (DBAPIError, OSError) as error:
        url = opened.url.render_as_string(hide_password=True)
        raise Unstartable(f"The database at {url} cannot be reached; start it, or mend DATABASE_URL.") from error
