"""Where the time of view (b) goes: `python -m bench.profile` draws a flame graph of Usher's worker, bench/profile.svg.

py-spy looks at the worker from outside a hundred times a second while the load generator keeps eight connections busy.
It notes who holds the interpreter: otherwise it takes a waiting thread of the pool for a busy one.
"""

import asyncio
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

from bench import dataset, generator, node, services, views
from bench.checks import asked
from bench.plan import FULL, Plan
from bench.services import USHER

SECONDS = 15
WARM_UP = 3.0
MARGIN = 3
"""How much longer the load lasts than the profile, which begins a little after it."""


def main() -> None:
    """Write bench/profile.svg."""
    if not _py_spy().exists():
        sys.exit("Install the extra `bench`: there is no py-spy.")
    draw(FULL, Path(__file__).parent / "profile.svg", SECONDS)


def draw(plan: Plan, file: Path, seconds: int) -> None:
    """Draw a flame graph of so many seconds. Raises NodeMissing, and CalledProcessError when py-spy may not look."""
    found = node.find()
    found.install()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usher-bench-")))
        url = stack.enter_context(dataset.database(plan))
        cast = asyncio.run(dataset.prepare(url, plan))
        command = {USHER: services.commands(None)[USHER]}
        service = stack.enter_context(services.running(command, url, cast.viewer, folder))[USHER]
        cannon = stack.enter_context(generator.started(found))
        token, body = asked(cast, (views.PAGE,))[f"{views.PAGE} members"]
        cannon.drive(service, token, [[body]], 8, WARM_UP)
        load = Thread(target=cannon.drive, args=(service, token, [[body]], 8, seconds + MARGIN))
        load.start()
        # py-spy writes its own words into the picture: they name no path of this machine.
        words = ["py-spy", "record", "--pid", str(service.process.pid), "--output", file.name]
        words += ["--duration", str(seconds), "--rate", "100", "--function", "--gil"]
        try:
            subprocess.run(  # noqa: S603 - our own words, no shell
                words, executable=_py_spy(), cwd=file.parent, check=True, stdout=subprocess.DEVNULL
            )
        finally:
            load.join()


def _py_spy() -> Path:
    return Path(sys.executable).with_name("py-spy")


if __name__ == "__main__":
    main()
