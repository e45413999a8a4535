"""Starts, kills and asks embedded servers in tests."""

import os
import signal
import subprocess
from pathlib import Path

from db.embedded import cluster, leftovers
from db.embedded import server as embedded


def start(folder: Path) -> embedded.RunningServer:
    """Start a server without waiting for the disk."""
    return embedded.start(folder, fast=True)


def query(server: embedded.RunningServer, statement: str) -> str:
    """Return the result of a statement that PostgreSQL's own client sends over the socket."""
    psql = [cluster.binary("psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAt", "-h", str(server.socket_dir)]
    return subprocess.check_output([*psql, "-U", "usher", "-c", statement, "usher"], text=True).strip()  # noqa: S603


def kill(server: embedded.RunningServer) -> None:
    """Kill the first process of a server, and wait until all of its processes have ended."""
    os.kill(server.pid, signal.SIGKILL)
    server._shut_down()
    while any(leftovers.server_processes(server.folder / "data")):
        pass


def kill_with_owner(server: embedded.RunningServer) -> None:
    """Kill the server, and release its owner's lock as if the owner was killed too: nothing is cleaned up."""
    os.killpg(server.pid, signal.SIGKILL)
    server._shut_down()
    if server._owner_lock is not None:
        os.close(server._owner_lock)
