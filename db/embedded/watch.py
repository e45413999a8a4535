"""Start the embedded PostgreSQL again when it ends while it is in use.

Every process that uses the server watches it. The one with the owner's lock starts it again, and the others wait. If
the owner has ended, too, another process gets its lock and starts the server.
"""

import threading
import time
from collections.abc import Callable

import structlog

from db.embedded.cluster import EmbeddedPostgresError
from db.embedded.server import DataGone, RunningServer

POLL_SECONDS = 0.2
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
"""The pause before each try, in seconds. Together they are longer than any statement may run (30 s)."""

TRIES = len(PAUSES)
"""How many tries in a row fail before the watch gives up. It counts a server that ended at once as a failed try."""

STEADY_SECONDS = 10.0
"""How long a server must have run after a start, so that the start counts as a success."""

GIVEN_UP_EXIT_CODE = 3
"""The exit code if the embedded PostgreSQL ended and could not be started again. Every other failure exits with 1."""

log = structlog.get_logger()


class PostgresGivenUp(EmbeddedPostgresError):
    """The embedded PostgreSQL ended, and it cannot be started again. The message says why."""

    exit_code = GIVEN_UP_EXIT_CODE


class Watch:
    """Watches a server in a thread, from its creation to `stop`. If it gives up, it calls `gave_up` in that thread."""

    def __init__(self, server: RunningServer, gave_up: Callable[[], None]) -> None:
        """Start to watch."""
        self._server = server
        self._gave_up = gave_up
        self._stopping = threading.Event()
        self._failure: PostgresGivenUp | None = None
        self._failed_tries = 0
        self._thread = threading.Thread(target=self._run, name="postgres-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer. A start that is running is finished first. Raises PostgresGivenUp if the watch gave up."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        started = time.monotonic()
        try:
            while not self._stopping.wait(POLL_SECONDS):
                if not self._server.is_alive:
                    if time.monotonic() - started > STEADY_SECONDS:
                        self._failed_tries = 0
                    self._start_again()
                    started = time.monotonic()
        except PostgresGivenUp as failure:
            log.error("database_given_up", reason=str(failure))  # noqa: TRY400 - the reason is the whole story
            self._failure = failure
            self._gave_up()

    def _start_again(self) -> None:
        died, reason, awaited = time.monotonic(), "it ended soon after each start.", False
        log.error("database_died", pid=self._server.pid)
        while self._failed_tries < TRIES:
            if self._stopping.wait(POLL_SECONDS if awaited else PAUSES[self._failed_tries]):
                return
            try:
                awaited = not self._server.start_again()
            except DataGone as error:
                raise PostgresGivenUp(str(error)) from error
            except EmbeddedPostgresError as error:
                awaited, reason = False, str(error)
                self._failed_tries += 1
                log.error("database_not_restarted", tries=self._failed_tries, of=TRIES, reason=reason)  # noqa: TRY400
                continue
            if not awaited:
                self._failed_tries += 1  # forgotten when the server has run for a while
                log.warning("database_restarted", pid=self._server.pid, seconds=round(time.monotonic() - died, 2))
                return
        raise PostgresGivenUp(f"The embedded PostgreSQL ended, and {TRIES} tries to start it again failed: {reason}")
