"""The embedded PostgreSQL: a real server in a folder of the project, which needs no installation.

The folder holds `data` (the cluster), `run` (the unix socket), `postgres.log` and two lock files. Connections need no
password, because `run` has the mode 0700 and the server opens no TCP port. `start.lock` is held while a server starts
or stops. `owner.lock` is held by the process that may stop the server, as long as that process lives. If that process
is killed (kill -9), the server continues and the lock is free; the next `start` adopts the server and may stop it.

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

from db.embedded import cluster, pidfile
from db.embedded.cluster import EmbeddedPostgresError

__all__ = ["EmbeddedPostgresError", "RunningServer", "start", "throwaway"]

READY_SECONDS = 60.0
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))  # fast, then immediate shutdown
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # bytes: macOS allows 103, Linux 107
SOCKET_PREFIX = "usher-socket-"
THROWAWAY_PREFIX = "usher-throwaway-"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "jit": "off",  # to compile takes longer than to run our short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class RunningServer:
    """A server that accepts connections at `url`, a SQLAlchemy URL for asyncpg."""

    url: str
    pid: int
    folder: Path
    socket_dir: Path
    _owner_lock: int | None
    _child: subprocess.Popen[bytes] | None

    @property
    def is_owner(self) -> bool:
        """Return whether `stop` stops the server: this process started it, or adopted it from a process that died."""
        return self._owner_lock is not None

    def stop(self) -> None:
        """Shut the server down and wait until it has ended. Does nothing if another living process owns the server.

        Raises EmbeddedPostgresError if the server still runs after the fast and the immediate shutdown.
        """
        if self._owner_lock is None:
            return
        with _os_errors_explained(self.folder), _start_lock(self.folder):
            self._shut_down()
            _remove_socket_dir(self.socket_dir)
            os.close(self._owner_lock)
            self._owner_lock = None

    def _shut_down(self) -> None:
        for number, seconds in STOP_STEPS:
            deadline = time.monotonic() + seconds
            if self._alive():
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)
            while self._alive() and time.monotonic() < deadline:
                time.sleep(0.01)
        if self._alive():
            raise EmbeddedPostgresError(f"The embedded PostgreSQL (process {self.pid}) does not stop; kill it.")

    def _alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return pidfile.is_running(self.pid, self.folder / "data")


def start(folder: Path, *, fast: bool = False) -> RunningServer:
    """Start the server of `folder`, or adopt the one that runs there. Blocks until it is ready.

    The first start creates the cluster. With `fast`, a crash of the machine can destroy the data; use it for temporary
    clusters. The server has its own session: Ctrl-C in a terminal reaches only Usher, which then stops the server in
    order. Raises EmbeddedPostgresError.
    """
    folder = folder.resolve()
    with _os_errors_explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _start_lock(folder):
            owner_lock = _owner_lock(folder)
            try:
                return _adopt(folder, owner_lock) or _launch(folder, owner_lock, fast=fast)
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


def _running_server(
    folder: Path, state: pidfile.Postmaster, owner_lock: int | None, child: subprocess.Popen[bytes] | None
) -> RunningServer:
    socket_dir = state.socket_dir or folder / "run"
    name = cluster.NAME
    url = URL.create("postgresql+asyncpg", username=name, database=name, query={"host": str(socket_dir)})
    return RunningServer(url.render_as_string(), state.pid, folder, socket_dir, owner_lock, child)


def _adopt(folder: Path, owner_lock: int | None) -> RunningServer | None:
    """Return the server that already runs, or None if no server runs or it ends."""
    data = folder / "data"
    deadline = time.monotonic() + READY_SECONDS
    while (state := pidfile.read(data)) is not None and pidfile.is_running(state.pid, data):
        if state.status == "ready":
            return _running_server(folder, state, owner_lock, None)
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL (process {state.pid}) does not get ready: "
                f"see {folder / 'postgres.log'}, {cluster.OTHER_SERVER_HINT}."
            )
        time.sleep(0.01)
    return None


def _launch(folder: Path, owner_lock: int | None, *, fast: bool) -> RunningServer:
    if owner_lock is None:
        raise EmbeddedPostgresError(
            f"Another Usher holds {folder}, but its PostgreSQL does not run here (in another container?): "
            f"stop that Usher, choose another folder, {cluster.OTHER_SERVER_HINT}."
        )
    data, log = folder / "data", folder / "postgres.log"
    account = cluster.choose_account(folder)
    if not data.exists():
        cluster.create(folder, account, log, fast=fast)
    stale = pidfile.read(data)
    _remove_socket_dir(stale.socket_dir if stale is not None else None)
    socket_dir = _socket_dir(folder, account)
    settings = SETTINGS | {"unix_socket_directories": str(socket_dir)} | (FAST_SETTINGS if fast else {})
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    postgres = [cluster.binary("postgres"), "-D", str(data), *options]
    descriptor = cluster.open_owned(log)
    try:
        offset = os.fstat(descriptor).st_size
        child = _spawn(cluster.as_account(account, [data, socket_dir], postgres), descriptor, stale)
    finally:
        os.close(descriptor)
    try:
        return _running_server(folder, _wait_until_ready(child, data, log, offset), owner_lock, child)
    except BaseException:
        child.send_signal(signal.SIGQUIT)
        child.wait()
        _remove_socket_dir(socket_dir)
        raise


def _spawn(command: list[str], log: int, stale: pidfile.Postmaster | None) -> subprocess.Popen[bytes]:
    """Start the server in the background.

    PostgreSQL refuses to start if the number in a stale `postmaster.pid` belongs to any living process of its user. It
    ignores the number of its grandparent, so we pass the stale number as the grandparent's. To remove the file instead
    would skip the check that no process still uses the shared memory of the data.
    """
    grandparent = {"PG_GRANDPARENT_PID": str(stale.pid)} if stale is not None else {}
    return subprocess.Popen(  # noqa: S603 - our own arguments, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        cwd="/",
        env=cluster.environment() | grandparent,
    )


def _wait_until_ready(child: subprocess.Popen[bytes], data: Path, log: Path, offset: int) -> pidfile.Postmaster:
    deadline = time.monotonic() + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        state = pidfile.read(data)
        if state is not None and state.pid == child.pid and state.status == "ready":
            return state
        time.sleep(0.005)
    raise cluster.start_error(log, offset)


def _socket_dir(folder: Path, account: cluster.Account | None) -> Path:
    """Create and return `run` in the folder, or a temporary folder if that path is too long or has a comma or colon."""
    path = folder / "run"
    if len(os.fsencode(path / SOCKET_NAME)) > SOCKET_PATH_LIMIT or set(",:") & set(str(path)):
        path = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
    cluster.make_private(path, account)
    return path


def _remove_socket_dir(path: Path | None) -> None:
    """Remove the socket folder of a server that has ended, if it is a temporary folder that Usher made."""
    if path is not None and path.parent == Path(tempfile.gettempdir()) and path.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(path, ignore_errors=True)
