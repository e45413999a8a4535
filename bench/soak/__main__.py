"""`python -m bench.soak` (or `make soak`): kill and flood Usher while people use it, and write bench/SOAK.md.

It exits with 1 if an invariant did not hold. `--short` tells each story once and small, prints the report and writes no
file.
"""

import argparse
import asyncio
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.soak import company, report, soak
from bench.soak.stories import FULL, SHORT

FILE = Path(__file__).parents[1] / "SOAK.md"
STDERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the soak."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the stories are repeated (default: 10)")
    parser.add_argument("--short", action="store_true", help="each story once and small, no file written")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    _allow_many_connections()
    started = time.monotonic()

    def show(step: str) -> None:
        STDERR.print(f"[{time.monotonic() - started:6.1f} s] {step}")

    # The path of the database's socket must be short.
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        sizes, seconds = (SHORT, 0.0) if arguments.short else (FULL, arguments.minutes * 60)
        told = report.new()
        try:
            asyncio.run(soak.tell(told, Path(folder), sizes, seconds, show))
        except subprocess.TimeoutExpired:  # what was measured is still true
            show("usher run or usher worker did not stop in time, and was killed")
    text = report.text(told, time.monotonic() - started, company.TEAMS)
    if arguments.short:
        sys.stdout.write(text)
    else:
        FILE.write_text(text, encoding="utf-8")
    if report.any_broken(told):
        sys.exit("An invariant did not hold.")


def _allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
