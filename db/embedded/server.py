"""The embedded PostgreSQL: a real server in a folder of the project, which needs no installation.

The folder holds `data` (the cluster), `run` (the unix socket), `postgres.log` and two lock files. Connections need no
password, because `run` has the mode 0700 and the server opens no TCP port. `start.lock` is held while a server starts
or stops. `owner.lock` is held by the process that may start and stop the server, as long as that process lives. If that
process is killed (kill -9), the server continues and the lock is free; the next `start` adopts the server and may stop
it. If the server is killed, `RunningServer.start_again` starts it again (see `watch`).

If Usher runs as root, the server runs as the folder's owner; if that is root too, it runs as another existing account
(see `cluster` and `run_as`). Nothing outside the folder changes, with one exception: if the path is not usable for a
unix socket, the socket lies in a short folder in the system's temporary folder.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from db.embedded import cluster, launcher, pidfile
from db.embedded.cluster import EmbeddedPostgresError
from db.embedded.launcher import Launched

__all__ = ["DataGone", "EmbeddedPostgresError", "RunningServer", "start", "throwaway"]

STOP_STEPS = ((signal.SIGINT, 30.0), (cluster.IMMEDIATE_SHUTDOWN, 10.0))  # fast, then immediate shutdown
OWNER_SECONDS = 10.0
"""How long a start waits for another Usher that has the owner's lock, and may be starting a killed server again."""

THROWAWAY_PREFIX = "usher-throwaway-"


class DataGone(EmbeddedPostgresError):
    """The data of a server that ran has been removed or replaced. To start again would begin with an empty database."""


@dataclass
class RunningServer:
    """A server that accepts connections at `url`, a SQLAlchemy URL for asyncpg."""

    url: str
    pid: int
    folder: Path
    socket_dir: Path
    _fast: bool
    _data: tuple[int, int]
    _owner_lock: int | None
    _child: subprocess.Popen[bytes] | None

    @property
    def is_owner(self) -> bool:
        """Return whether `stop` stops the server: this process started it, or adopted it from a process that died."""
        return self._owner_lock is not None

    @property
    def is_alive(self) -> bool:
        """Return whether the first process of the server lives."""
        if self._child is not None:
            return self._child.poll() is None
        return pidfile.is_running(self.pid, self.folder / "data")

    def start_again(self) -> bool:
        """Start the server after it has ended, or adopt it if another process has done so. Blocks until it is ready.

        Returns False if another living process has the owner's lock: that process must start it. Raises DataGone if
        the cluster was removed, and EmbeddedPostgresError if the server does not start.
        """
        data = self.folder / "data"
        with _os_errors_explained(self.folder):
            if not data.exists() or _identity(data) != self._data:
                raise DataGone(
                    f"The embedded PostgreSQL has ended, and its data in {data} was removed or replaced. Restore it "
                    "from a backup and start Usher. Without the data, Usher begins with an empty database."
                )
            with _start_lock(self.folder):
                if self._owner_lock is None:
                    self._owner_lock = _owner_lock(self.folder)
                found = launcher.find_running(self.folder)
                if found is None and self._owner_lock is None:
                    return False
                self._use(found or launcher.launch(self.folder, fast=self._fast, socket_dir=self.socket_dir))
                return True

    def stop(self) -> None:
        """Shut the server down and wait until it has ended. Does nothing if another living process owns the server.

        A `fast` server is shut down immediately: to write everything from its memory to the disk before its folder is
        removed could take half a minute.
        Raises EmbeddedPostgresError if the server still runs after the fast and the immediate shutdown.
        """
        if self._owner_lock is None:
            return
        with _os_errors_explained(self.folder), _start_lock(self.folder):
            self._shut_down()
            launcher.remove_socket_dir(self.socket_dir)
            os.close(self._owner_lock)
            self._owner_lock = None

    def _use(self, launched: Launched) -> None:
        self.pid, self._child = launched.pid, launched.child
        if launched.socket_dir != self.socket_dir:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL now has its socket in {launched.socket_dir}. Start this Usher again."
            )

    def _shut_down(self) -> None:
        for number, seconds in STOP_STEPS[1:] if self._fast else STOP_STEPS:
            deadline = time.monotonic() + seconds
            if self.is_alive:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)
            while self.is_alive and time.monotonic() < deadline:
                time.sleep(0.01)
        if self.is_alive:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL (process {self.pid}) does not stop; kill it.")


def start(folder: Path, *, fast: bool = False) -> RunningServer:
    """Start the server of `folder`, or adopt the one that runs there. Blocks until it is ready.

    The first start creates the cluster. With `fast`, a crash of the machine can destroy the data; use it for temporary
    clusters. The server has its own session: Ctrl-C in a terminal reaches only Usher, which then stops the server in
    order. Raises EmbeddedPostgresError.
    """
    folder = folder.resolve()
    deadline = time.monotonic() + OWNER_SECONDS
    with _os_errors_explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            with _start_lock(folder):
                if (server := _start_or_adopt(folder, fast=fast)) is not None:
                    return server
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"Another Usher holds {folder}, but its PostgreSQL does not run here (in another container?): "
                    f"stop that Usher, choose another folder, {cluster.OTHER_SERVER_HINT}."
                )
            time.sleep(0.1)


def _start_or_adopt(folder: Path, *, fast: bool) -> RunningServer | None:
    """Return the running server, or None if it does not run and another living process may start it."""
    owner_lock = _owner_lock(folder)
    try:
        found = launcher.find_running(folder)
        if found is None and owner_lock is None:
            return None
        if not (folder / "data").exists():
            cluster.create(folder, cluster.choose_account(folder), folder / "postgres.log", fast=fast)
        launched = found or launcher.launch(folder, fast=fast)
        name, query = cluster.NAME, {"host": str(launched.socket_dir)}
        url = URL.create("postgresql+asyncpg", username=name, database=name, query=query).render_as_string()
        identity = _identity(folder / "data")
        return RunningServer(url, launched.pid, folder, launched.socket_dir, fast, identity, owner_lock, launched.child)
    except BaseException:
        if owner_lock is not None:
            os.close(owner_lock)
        raise


@contextmanager
def throwaway() -> Iterator[RunningServer]:
    """Start a fast server in a temporary folder. Both are removed when the block ends.

    First it removes those of earlier processes that were killed, because no other process would adopt them.
    """
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=THROWAWAY_PREFIX) as parent:
        server = start(Path(parent) / "postgres", fast=True)
        try:
            yield server
        finally:
            server.stop()


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{THROWAWAY_PREFIX}*/postgres"):
        with suppress(EmbeddedPostgresError, OSError):
            if folder.parent.stat().st_uid == os.geteuid() and pidfile.read(folder / "data") is not None:
                server = start(folder, fast=True)
                if server.is_owner:
                    server.stop()
                    shutil.rmtree(folder.parent)


@contextmanager
def _os_errors_explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL cannot use {error.filename or folder}: {error.strerror or error}. "
            f"Run Usher as the folder's owner, choose another folder, {cluster.OTHER_SERVER_HINT}."
        ) from error


@contextmanager
def _start_lock(folder: Path) -> Iterator[None]:
    descriptor = cluster.open_owned(folder / "start.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _owner_lock(folder: Path) -> int | None:
    descriptor = cluster.open_owned(folder / "owner.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _identity(data: Path) -> tuple[int, int]:
    """Return what tells a folder from another one at the same path."""
    found = data.stat()
    return found.st_dev, found.st_ino
