"""Read PostgreSQL's `postmaster.pid`, and check whether its process runs."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Postmaster:
    """The lines of `postmaster.pid` that Usher uses (see PostgreSQL, src/include/utils/pidfile.h)."""

    pid: int
    socket_dir: Path | None
    status: str


def read(data: Path) -> Postmaster | None:
    """Return the contents of `data`/postmaster.pid, or None if there is no such file or it is incomplete."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    padded = [line.strip() for line in lines] + [""] * 8
    return Postmaster(int(padded[0]), Path(padded[4]) if padded[4] else None, padded[7])


def is_running(pid: int, data: Path) -> bool:
    """Return whether process `pid` is a PostgreSQL on `data`. Another process may have got the number."""
    return f" -D {data} " in f"{_command(pid)} "


def _command(pid: int) -> str:
    """Return the command line of a process. It is empty if the process has ended or is a zombie."""
    process = Path("/proc") / str(pid)
    if Path("/proc/self/cmdline").exists():
        try:
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "surrogateescape")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
