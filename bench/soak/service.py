"""The processes of a soak: `usher run` with two web workers and the embedded PostgreSQL, and `usher worker`."""

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from db.embedded import leftovers
from tests.support.process import Run, launched

WEB_WORKERS = 2
HEALTHY_ANSWERS = 4
"""How many health checks in a row succeed before the service counts as healthy. Each may reach another web worker."""

HEALTHY_SECONDS = 300.0
DEFECTS = {"internal_error", "database_error", "worker_broken", "job_failed", "job_malformed", "database_given_up"}
"""The events in the log that no kill and no attack may cause."""


class NeverHealthy(Exception):
    """The service is not healthy after `HEALTHY_SECONDS`. The message says what is missing, or has the end of a log."""


@dataclass
class Service:
    """Usher on a data folder. `jobs` is the process of `usher worker`; a supervisor would start it again, as here."""

    run: Run
    jobs: Run
    _stack: ExitStack

    @property
    def address(self) -> str:
        """The address at which it serves."""
        return self.run.address

    @property
    def url(self) -> str:
        """The address of its database."""
        host = str((self.run.data / "postgres" / "run").resolve())
        return URL.create("postgresql", "usher", database="usher", query={"host": host}).render_as_string()

    @property
    def backends(self) -> list[int]:
        """The processes of PostgreSQL that serve connections of Usher."""
        data = (self.run.data / "postgres" / "data").resolve()
        return [pid for pid in leftovers.server_processes(data) if b"postgres: usher usher" in _command(pid)]

    def start_jobs(self) -> None:
        """Start `usher worker` again after it was killed."""
        self.jobs = self._stack.enter_context(_jobs(self.run.data))

    async def wait_healthy(self, killed: int | None) -> None:
        """Wait until all processes run, with another one instead of the killed one, and answer. Raises NeverHealthy."""
        started, in_a_row = time.monotonic(), 0
        while in_a_row < HEALTHY_ANSWERS:
            missing = await asyncio.to_thread(self._missing, killed)
            in_a_row = 0 if missing else in_a_row + 1
            if missing and time.monotonic() - started > HEALTHY_SECONDS:
                raise NeverHealthy(missing)
            await asyncio.sleep(0.02)

    def _missing(self, killed: int | None) -> str | None:
        workers = self.run.workers
        if len(workers) != WEB_WORKERS or killed in workers:
            return "a web worker"
        if self.run.postgres in (None, killed):
            return "PostgreSQL"
        if self.jobs.process.poll() is not None:
            return "the job worker"
        return None if self.run.healthy else "a good health check"

    def defects(self) -> Counter[str]:
        """Count the events in the logs that tell of a defect, and the tracebacks that are no event."""
        found: Counter[str] = Counter()
        for log in self.run.data.parent.rglob("stderr"):
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("Traceback"):
                    found["traceback"] += 1
                elif line.startswith("{") and (event := json.loads(line).get("event")) in DEFECTS:
                    found[str(event)] += 1
        return found


@contextmanager
def started(folder: Path) -> Iterator[Service]:
    """Start Usher with its own database in this folder. It trusts `X-Forwarded-For` of this machine."""
    with ExitStack() as stack:
        given = {"USHER_WORKERS": str(WEB_WORKERS), "FORWARDED_ALLOW_IPS": "127.0.0.1"}
        run = stack.enter_context(launched(folder / "usher", **given))
        _wait(run, lambda: run.healthy)
        yield Service(run, stack.enter_context(_jobs(run.data)), stack)


@contextmanager
def _jobs(data: Path) -> Iterator[Run]:
    folder = data.parent / f"jobs-{time.monotonic_ns()}"
    with launched(folder, "worker", USHER_DATA=str(data)) as jobs:
        _wait(jobs, lambda: "worker_started" in jobs.err.read_text())
        yield jobs


def _wait(run: Run, condition: Callable[[], bool]) -> None:
    """Wait until a process that was started has come so far. Raises NeverHealthy if it ends, or takes too long."""
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not condition():
        if run.process.poll() is not None or time.monotonic() > deadline:
            raise NeverHealthy(run.err.read_text(errors="replace")[-2_000:])
        time.sleep(0.05)


def kill(pid: int) -> int:
    """Kill a process with signal 9. Returns its id."""
    os.kill(pid, signal.SIGKILL)
    return pid


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
