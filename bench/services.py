"""The contenders as processes, each on its own port. All use one database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from bench import node, views
from bench.client import Client, Unexpected
from bench.node import Node
from bench.python312 import Python
from gateway.runtime.settings import ROOT

READY_SECONDS = 60
STOP_SECONDS = 15
USHER_VARIABLES = ("USHER_", "PORT", "HOST", "DATABASE_URL", "PG")

USHER = "Usher"
PYTHON312 = "Usher on Python 3.12"
STOCK = "Usher on graphql-core's executor"
STRAWBERRY = "Strawberry as documented"
MERCURIUS = "Mercurius + graphql-jit"
FLOOR = "the floor"
USHERS = (USHER, PYTHON312, STOCK)
"""The contenders that are Usher, and so can answer questions about its policy."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running contender."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """The address of its GraphQL endpoint."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def memory(self) -> float:
        """Return its resident memory in MiB."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.check_output(command, text=True)) / 1024  # noqa: S603 - fixed arguments

    def wait_ready(self, token: str) -> None:
        """Wait until it answers the viewer query. Raises Unexpected if it ends, takes too long, or answers wrongly."""
        deadline, problem = time.monotonic() + READY_SECONDS, "no answer"
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with Client(self.port, token) as client:
                    client.data(views.VIEWER.body())
            except OSError:
                time.sleep(0.1)
            except Unexpected as error:
                problem = str(error)
                break
            else:
                return
        end = self.log.read_text(errors="replace")[-2_000:]
        raise Unexpected(f"{self.name} is not ready: {problem}\n{end}")


def commands(node_: Node | None = None, python312: Python | None = None) -> dict[str, list[str]]:
    """Return the command that starts each contender, by name.

    Without Node.js, Mercurius is left out, and without Python 3.12, Usher on it.
    """
    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "--loop", "uvloop", "--http", "httptools"]
    uvicorn += ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    found = {
        USHER: [sys.executable, "-m", "gateway", "run"],
        STOCK: [*uvicorn, "bench.contenders.usher_on_graphql_core:create"],
        STRAWBERRY: [*uvicorn, "bench.contenders.strawberry_docs.app:create"],
        FLOOR: [*uvicorn, "bench.contenders.floor.app:create"],
    }
    if python312 is not None:
        found[PYTHON312] = [python312.program, "-m", "gateway", "run"]
    if node_ is not None:
        found[MERCURIUS] = [node_.program, str(node.MERCURIUS / "server.mjs")]
    return found


@contextmanager
def running(
    which: dict[str, list[str]], url: str, token: str, folder: Path, workers: int = 1
) -> Iterator[dict[str, Service]]:
    """Start these contenders, and yield them when all of them answer. Stop them afterwards.

    Usher starts this number of worker processes; each of the others is one process.
    """
    with ExitStack() as stack:
        services = {
            name: stack.enter_context(_started(name, words, _environment(url, workers), folder))
            for name, words in which.items()
        }
        for service in services.values():
            service.wait_ready(token)
        yield services


@contextmanager
def _started(name: str, words: list[str], environment: dict[str, str], folder: Path) -> Iterator[Service]:
    port = _free_port()
    if "uvicorn" in words:
        words = [*words, "--port", str(port)]
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
            words,
            cwd=ROOT,
            env=environment | {"PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches only the bench, which then stops the contenders in order
        )
    try:
        yield Service(name, port, process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(url: str, workers: int) -> dict[str, str]:
    """Return the environment of a contender, without the caller's settings that could influence it.

    The database is given as one address, and in parts for postgres.js.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(USHER_VARIABLES)}
    parts = make_url(url)
    plain = parts.set(drivername="postgresql").render_as_string(hide_password=False)
    named = {"PGHOST": str(parts.query["host"]), "PGUSER": parts.username or "", "PGDATABASE": parts.database or ""}
    return inherited | named | {"DATABASE_URL": plain, "USHER_WORKERS": str(workers), "NODE_ENV": "production"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
