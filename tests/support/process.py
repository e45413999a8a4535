"""Runs Usher's command line in a process of its own, as users do."""

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
from uuid import uuid4

from db.embedded import pidfile
from gateway.runtime.settings import ROOT

READY_SECONDS = 60
# Each setting of Usher has one of these names, or begins with one.
SETTING_NAMES = ("USHER_", "PORT", "HOST", "DATABASE_URL", "PG", "SMTP_URL", "MAIL_FROM")


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true, at most a minute."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def environment(given: dict[str, str]) -> dict[str, str]:
    """The environment of this process without any setting of Usher, and with the given variables."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(SETTING_NAMES)}
    return others | given


def usher(*words: str, data: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run one command until it exits."""
    return subprocess.run(  # noqa: S603 - the tests' own arguments, no shell
        [sys.executable, "-m", "gateway", *words],
        cwd=ROOT,
        env=environment({"USHER_DATA": str(data)} | given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_SECONDS,
    )


def printed(program: str) -> str:
    """What a program in Python prints, in a process of its own."""
    return subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=environment({}), text=True)  # noqa: S603


def free_port() -> str:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


@dataclass(frozen=True)
class Run:
    """A process of `usher run`, or of another command that keeps running. It prints to the files `out` and `err`."""

    process: subprocess.Popen[bytes]
    port: str
    data: Path
    out: Path
    err: Path

    @property
    def address(self) -> str:
        """The address at which it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def healthy(self) -> bool:
        """Whether it answers and can reach its database."""
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
        """The process id of its embedded PostgreSQL; None if that does not run."""
        data = (self.data / "postgres" / "data").resolve()
        state = pidfile.read(data)
        return state.pid if state and pidfile.is_running(state.pid, data) else None

    @property
    def workers(self) -> list[int]:
        """The process ids of its workers; empty if it has only one."""
        return [pid for pid, parent, command in processes() if parent == self.process.pid and "spawn_main" in command]

    def written_log(self) -> str:
        """All that it logged until now, in its one worker. Log lines wait in memory for a moment.

        It logs a request after it answered it, so a marker of its own stands behind all lines before.
        """
        marker = f"marker-{uuid4().hex}"
        connection = HTTPConnection("127.0.0.1", int(self.port), timeout=READY_SECONDS)
        headers = {"content-type": "application/json", "x-request-id": marker}
        connection.request("POST", "/graphql", b'{"query": "{ __typename }"}', headers)
        connection.getresponse().read()
        connection.close()
        wait_for(lambda: marker in self.err.read_text())
        return "".join(line for line in self.err.read_text().splitlines(keepends=True) if "marker-" not in line)

    def wait_healthy(self) -> None:
        """Wait until it serves."""

        def serves() -> bool:
            assert self.process.poll() is None, self.err.read_text()
            return self.healthy

        wait_for(serves)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait until the process has exited. Returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(READY_SECONDS)


@contextmanager
def launched(data: Path, command: str = "run", **given: str) -> Iterator[Run]:
    """Start `usher run`, or another command, without waiting until it serves. Stop it at the end if it still runs."""
    data.mkdir(exist_ok=True)
    given = {"USHER_DATA": str(data), "PORT": free_port()} | given
    out, err = data / "stdout", data / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - the tests' own arguments, no shell
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
            run.stop()
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextmanager
def running(data: Path, **given: str) -> Iterator[Run]:
    """Start `usher run` and wait until it serves. Stop it at the end."""
    with launched(data, **given) as run:
        run.wait_healthy()
        yield run


def processes() -> Iterator[tuple[int, int, str]]:
    """Every process of the machine: its id, its parent's id, and its command line."""
    listing = subprocess.check_output(["ps", "-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "args="], text=True)  # noqa: S607
    for line in listing.splitlines():
        pid, parent, *command = line.split(maxsplit=2)
        yield int(pid), int(parent), "".join(command)
