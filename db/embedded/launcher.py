"""Start the PostgreSQL of a folder as a process, after clearing what a server that was killed has left behind.

The caller holds the folder's locks, so that no other process starts or stops the server at the same time.
"""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from db.embedded import cluster, leftovers, pidfile
from db.embedded.cluster import EmbeddedPostgresError

READY_SECONDS = 60.0
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # bytes: macOS allows 103, Linux 107
SOCKET_PREFIX = "usher-socket-"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "jit": "off",  # to compile takes longer than to run our short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Launched:
    """A server that accepts connections in `socket_dir`. `child` is its process, if this process started it."""

    pid: int
    socket_dir: Path
    child: subprocess.Popen[bytes] | None


def find_running(folder: Path) -> Launched | None:
    """Return the server that already runs, when it is ready; or None if no server runs, or if it ends.

    Raises EmbeddedPostgresError if it does not get ready.
    """
    data = folder / "data"
    deadline = time.monotonic() + READY_SECONDS
    while (state := pidfile.read(data)) is not None and pidfile.is_running(state.pid, data):
        if state.status == "ready":
            return Launched(state.pid, state.socket_dir or folder / "run", None)
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL (process {state.pid}) does not get ready: "
                f"see {folder / 'postgres.log'}, {cluster.OTHER_SERVER_HINT}."
            )
        time.sleep(0.01)
    return None


def launch(folder: Path, *, fast: bool, socket_dir: Path | None = None) -> Launched:
    """Start the server on the existing cluster in `folder`, and wait until it is ready. It recovers from a crash.

    Without `socket_dir`, it uses the folder of the server before, or else makes one. Raises EmbeddedPostgresError.
    """
    data, log = folder / "data", folder / "postgres.log"
    account = cluster.choose_account(folder)
    stale = pidfile.read(data)
    socket_dir = _socket_dir(folder, account, socket_dir or (stale.socket_dir if stale else None))
    leftovers.clear(data, socket_dir / SOCKET_NAME)
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
        _wait_until_ready(child, data, log, offset)
    except BaseException:
        if child.poll() is None:
            child.send_signal(cluster.IMMEDIATE_SHUTDOWN)
        child.wait()
        remove_socket_dir(socket_dir)
        raise
    return Launched(child.pid, socket_dir, child)


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


def _wait_until_ready(child: subprocess.Popen[bytes], data: Path, log: Path, offset: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        state = pidfile.read(data)
        if state is not None and state.pid == child.pid and state.status == "ready":
            return
        time.sleep(0.005)
    raise cluster.start_error(log, offset)


def _socket_dir(folder: Path, account: cluster.Account | None, known: Path | None) -> Path:
    """Create and return `run` in the folder, or a temporary folder if that path is too long or has a comma or colon.

    Other processes know the temporary folder of the server before, so it is used again if it belongs to the account.
    """
    path = folder / "run"
    if len(os.fsencode(path / SOCKET_NAME)) > SOCKET_PATH_LIMIT or set(",:") & set(str(path)):
        if known is not None and _is_temporary(known) and _belongs_to(known, account):
            return known
        path = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
    cluster.make_private(path, account)
    return path


def _belongs_to(path: Path, account: cluster.Account | None) -> bool:
    """Return whether the folder is the account's own. In the system's temporary folder another user may have made it.

    If the folder is missing, it is created, because other processes look for the socket there.
    """
    if not os.path.lexists(path):
        cluster.make_private(path, account)
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == (os.geteuid() if account is None else account[0])


def _is_temporary(path: Path) -> bool:
    return path.parent == Path(tempfile.gettempdir()) and path.name.startswith(SOCKET_PREFIX)


def remove_socket_dir(path: Path) -> None:
    """Remove the socket folder of a server that has ended, if it is a temporary folder that Usher made."""
    if _is_temporary(path):
        shutil.rmtree(path, ignore_errors=True)
