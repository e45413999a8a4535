"""Start the socket, then the database, then the workers. Stop them in the reverse order."""

import asyncio
import os
import resource
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
import uvicorn

from db.audit import events
from db.core import migrate
from db.core.database import Database
from db.demo import company
from gateway.databases import StartupError, check_reachable
from gateway.demo import load_demo
from gateway.http import documents
from gateway.http.connections import RESERVED_FILES, Connections, Limits
from gateway.http.protocol import LimitedProtocol
from gateway.runtime import metrics
from gateway.runtime.provider_settings import provider_settings
from gateway.runtime.secret_file import kept_secret
from gateway.runtime.settings import Settings
from gateway.runtime.stopping import stoppable
from gateway.web_workers import MAX_DEATHS, WebWorkers
from policies.engine.live import LivePolicy
from policies.engine.policy import Policy
from resolvers.core.system import Workspace
from schema.build import build

log = structlog.get_logger()
APP = "gateway.__main__:create"
STOP_SECONDS = 35
"""How long requests have to finish when Usher stops. A statement may take 30 s."""
WORKER_SECONDS = 30
"""How long a worker may give no sign of life before it is started anew. It gives the first one after its imports, which
can take longer than uvicorn's default of 5 s on a small or busy machine: then no worker would ever come up."""
MIN_CONNECTIONS = 16
PROXIES = "FORWARDED_ALLOW_IPS"


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket, before anything else is started. Raises StartupError if the port is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartupError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
            "Stop the program that uses it, or set PORT."
        ) from error
    return listener


def prepare(url: str, policy: Callable[[], Policy], *, demo_allowed: bool) -> bool:
    """Migrate the database, and load the demo company into an empty one if `demo_allowed`.

    Returns whether the database holds the demo company.

    The demo passwords are public, so the demo is only for a gateway that other machines cannot reach. Raises
    StartupError.
    """

    async def work(opened: Database) -> bool:
        await check_reachable(opened)
        renewal = await migrate.upgrade(opened)
        if renewal.same_names:
            log.warning("same_names", ids=[one.id for one in renewal.same_names])
        if demo_allowed:
            await load_demo(Workspace(opened, policy), "run")
        async with opened.connection() as connection:
            there = await company.has_demo_account(connection)
            foreign = await events.has_foreign_transactions(connection)
        if there and not demo_allowed:
            raise StartupError(
                "The database holds the demo company, whose passwords are public. Serve it on HOST=127.0.0.1 only, "
                "or empty the database with `usher db reset`."
            )
        if foreign:
            raise StartupError(
                "The table `events` was restored from a server that has used more transaction ids than this one. "
                'New events would sort before events that were already read. Follow "Backups" in docs/operators.md.'
            )
        return there

    with asyncio.Runner() as runner:
        opened = Database(url)
        try:
            return runner.run(stoppable(work(opened)))
        except asyncio.CancelledError:
            sys.exit(0)
        finally:
            runner.run(opened.close())


def check(settings: Settings) -> LivePolicy:
    """Build the policy, the schema and the documents once, as each worker does.

    Raises PolicyRefused, UnguardedField, BadManifest, SettingsError.
    """
    live = LivePolicy(settings.policy, settings.shadow_policy)
    documents.load(build(live.current()).graphql, settings)
    provider_settings(settings)
    return live


def serve(settings: Settings, url: str, listener: socket.socket, *, demo: bool) -> None:
    """Serve until SIGINT or SIGTERM; `demo` says that the database holds the demo company. Raises StartupError."""
    os.environ["DATABASE_URL"] = url
    os.environ["USHER_DEMO"] = str(demo)
    os.environ["USHER_SECRET"] = settings.secret or _kept_secret(settings)
    protocol: Any = partial(LimitedProtocol, Connections(_limits(settings)))
    config = uvicorn.Config(
        APP,
        factory=True,
        http=protocol,
        # A connection that became a WebSocket would have no limits.
        ws="none",
        timeout_keep_alive=settings.idle_seconds,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        # If no proxy is named, a client could forge its address and so avoid the limit on sign-in attempts.
        proxy_headers=PROXIES in os.environ,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        with metrics.shared():
            workers = WebWorkers(config, [listener])
            workers.run()
        if workers.gave_up:
            raise StartupError(f"{MAX_DEATHS} workers died within a minute. The log says with which exit codes.")


def _limits(settings: Settings) -> Limits:
    """Return the limits of a worker. Its connections leave file descriptors for the database and for all others.

    Raises the process's limit of open files as far as it is needed and allowed. The workers inherit it.
    """
    connections = settings.max_connections
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed != resource.RLIM_INFINITY:
        wanted = connections + RESERVED_FILES
        if allowed < wanted:
            allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
        connections = min(connections, allowed - RESERVED_FILES)
    if connections < min(MIN_CONNECTIONS, settings.max_connections):
        raise StartupError(
            f"A process may open {allowed} files only, which leaves too few for connections. "
            f"Allow {MIN_CONNECTIONS + RESERVED_FILES} or more, as with `ulimit -n`."
        )
    return Limits(
        connections=connections,
        connections_per_address=settings.max_connections_per_address,
        header=settings.header_seconds,
        body=settings.body_seconds,
        answer=settings.answer_seconds,
        proxies=os.environ.get(PROXIES, ""),
    )


def _kept_secret(settings: Settings) -> str:
    try:
        return kept_secret(settings.data)
    except (OSError, ValueError) as error:
        raise StartupError(
            f"The file `secret` in {settings.data} cannot be used ({error}). Set USHER_SECRET."
        ) from error
