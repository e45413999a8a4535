"""What a PostgreSQL that was killed leaves behind: server processes, its pid file, and its socket.

If only the first process of the server was killed, its other processes notice it and end. One that computes notices it
late, and one that is suspended never does. As long as one of them lives, it uses the shared memory, and PostgreSQL
refuses to start. They are ended here, as PostgreSQL's own hint says.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from db.embedded import cluster, pidfile

PROCESSES = Path("/proc")
STEPS = ((cluster.IMMEDIATE_SHUTDOWN, 5.0), (signal.SIGKILL, 5.0))


def clear(data: Path, socket: Path) -> None:
    """Clear what hinders a start on `data`. The caller knows that the first process of the server has ended."""
    _end_processes(data)
    if pidfile.read(data) is None:
        # PostgreSQL refuses to start with a file that is empty or has no number, as after a full disk.
        (data / "postmaster.pid").unlink(missing_ok=True)
    # The lock of the socket names a process, too. If another program has its number now, PostgreSQL refuses to start.
    socket.unlink(missing_ok=True)
    socket.with_name(f"{socket.name}.lock").unlink(missing_ok=True)


def _end_processes(data: Path) -> None:
    for number, seconds in STEPS:
        for pid in server_processes(data):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while any(server_processes(data)) and time.monotonic() < deadline:
            time.sleep(0.02)


def server_processes(data: Path) -> Iterator[int]:
    """The processes that a server on `data` started and that still live: each works in that folder.

    There are none where the system does not tell the folder of a process: outside Linux, and for root in a container
    without CAP_SYS_PTRACE. There, PostgreSQL refuses to start until they have ended by themselves.
    """
    for process in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == data and (process / "cmdline").read_bytes().startswith(b"postgres: "):
                yield int(process.name)
