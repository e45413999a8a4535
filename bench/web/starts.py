"""How long `make run` takes on a new machine, and when it runs again: a clone of the last commit, in a new folder."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from gateway.runtime.settings import ROOT
from tests.support.process import environment, free_port

LIMIT_SECONDS = 600
ADDRESS = b"http://127.0.0.1:"


class Starts(NamedTuple):
    """The seconds until `make run` prints its address: on a new machine, and the second time."""

    new: float
    again: float


def measured(folder: Path) -> Starts:
    """Clone, and run twice. The packages come from their registries, or from the caches of pip and npm."""
    clone = folder / "clone"
    git = shutil.which("git") or "git"
    subprocess.run([git, "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603 - fixed arguments
    return Starts(_until_served(clone), _until_served(clone))


def _until_served(clone: Path) -> float:
    """Start `make run` in a folder, and stop it as soon as it has printed its address."""
    begin = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - fixed arguments
        [shutil.which("make") or "make", "run"],
        cwd=clone,
        env=environment({"PORT": free_port()}),
        stdin=subprocess.DEVNULL,
        stdout=(log := (clone / "bench.log")).open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while ADDRESS not in log.read_bytes():
            if process.poll() is not None or time.monotonic() - begin > LIMIT_SECONDS:
                raise RuntimeError(f"`make run` did not serve: {log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.05)
        return time.monotonic() - begin
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
