"""Usher as its users have it: the command line, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from db.embedded import pidfile
from gateway.runtime.settings import ROOT

READY_SECONDS = 60
OURS = ("USHER_", "PORT", "HOST", "DATABASE_URL", "PG", "SMTP_URL", "MAIL_FROM")


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def environment(given: dict[str, str]) -> dict[str, str]:
    """This process's environment without any setting of Usher's, and the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | given


def usher(*words: str, data: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "gateway", *words],
        cwd=ROOT,
        env=environment({"USHER_DATA": str(data)} | given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_SECONDS,
    )


def free_port() -> str:
    """A port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


@dataclass(frozen=True)
class Run:
    """A process of `usher run`, or another command that stays, with what it prints going to files."""

    process: subprocess.Popen[bytes]
    port: str
    data: Path
    out: Path
    err: Path

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def healthy(self) -> bool:
        """Whether it answers, and reaches its database."""
        connection = HTTPConnection("127.0.0.1", int(self.port), timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    @property
    def postgres(self) -> int | None:
        """The process of its embedded PostgreSQL; None when none runs."""
        data = (self.data / "postgres" / "data").resolve()
        state = pidfile.read(data)
        return state.pid if state and pidfile.running(state.pid, data) else None

    @property
    def workers(self) -> list[int]:
        """Its worker processes, when it has several."""
        return [pid for pid, parent, command in processes() if parent == self.process.pid and "spawn_main" in command]

    def wait_healthy(self) -> None:
        """Wait until it serves."""

        def serves() -> bool:
            assert self.process.poll() is None, self.err.read_text()
            return self.healthy

        wait_for(serves)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, and tell the exit code."""
        self.process.send_signal(number)
        return self.process.wait(READY_SECONDS)


@contextmanager
def launched(data: Path, command: str = "run", **given: str) -> Iterator[Run]:
    """`usher run` (or another command), started and not waited for; ended afterwards if it still runs."""
    data.mkdir(exist_ok=True)
    given = {"USHER_DATA": str(data), "PORT": free_port()} | given
    out, err = data / "stdout", data / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own words, no shell
            [sys.executable, "-m", "gateway", command],
            cwd=ROOT,
            env=environment(given),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    run = Run(process, given["PORT"], data, out, err)
    try:
        yield run
    finally:
        try:
            run.end()
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextmanager
def running(data: Path, **given: str) -> Iterator[Run]:
    """`usher run`, once it serves."""
    with launched(data, **given) as run:
        run.wait_healthy()
        yield run


def processes() -> Iterator[tuple[int, int, str]]:
    """Every process: its number, its parent's, and its command line."""
    listing = subprocess.check_output(["ps", "-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "args="], text=True)  # noqa: S607
    for line in listing.splitlines():
        pid, parent, *command = line.split(maxsplit=2)
        yield int(pid), int(parent), "".join(command)
