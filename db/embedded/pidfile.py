"""What PostgreSQL says of itself in `postmaster.pid`, and whether that process really runs."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Postmaster:
    """The lines of `postmaster.pid` that matter here (PostgreSQL, src/include/utils/pidfile.h)."""

    pid: int
    socket_dir: Path | None
    status: str


def read(data: Path) -> Postmaster | None:
    """The postmaster that wrote `data`/postmaster.pid, or None if there is none or it is half written."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    padded = [line.strip() for line in lines] + [""] * 8
    return Postmaster(int(padded[0]), Path(padded[4]) if padded[4] else None, padded[7])


def running(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `data`: the number alone may have gone to another process."""
    return f" -D {data} " in f"{_command(pid)} "


def _command(pid: int) -> str:
    """The command line of a process; empty if it is gone, or a zombie."""
    process = Path("/proc") / str(pid)
    if Path("/proc/self/cmdline").exists():
        try:
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "surrogateescape")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
