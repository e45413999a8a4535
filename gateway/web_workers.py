"""The web workers of `usher run`: each that dies is replaced, unless new ones keep dying."""

import time
from collections import deque
from socket import socket

import structlog
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

MAX_DEATHS, WINDOW_SECONDS = 10, 60.0
"""If so many workers die in this time, no new one is started: they would die for the same reason."""

log = structlog.get_logger()


class WebWorkers(Multiprocess):
    """Starts the workers and replaces each that dies. `gave_up` says that it stopped because too many died."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.gave_up = False
        self._deaths: deque[float] = deque()

    def keep_subprocess_alive(self) -> None:
        """Replace the workers that died, and stop all if too many did."""
        known = list(self.processes)
        for process in known:
            # Only the worker needs its end of the pipe. As long as this process has it open, too, the death of a worker
            # that was just asked for a sign of life shows only when the time for the answer is over.
            process.child_conn.close()
        super().keep_subprocess_alive()
        now = time.monotonic()
        for old, new in zip(known, self.processes, strict=True):
            if old is not new:
                log.error("web_worker_died", pid=old.pid, exit_code=old.exitcode)
                self._deaths.append(now)
        while self._deaths and self._deaths[0] < now - WINDOW_SECONDS:
            self._deaths.popleft()
        if len(self._deaths) >= MAX_DEATHS and not self.should_exit.is_set():
            self.gave_up = True
            self.should_exit.set()
