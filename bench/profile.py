"""A profile of view (b): `python -m bench.profile` draws a flame graph of Usher's worker, bench/profile.svg.

py-spy samples the worker from outside a hundred times a second while the load generator keeps eight connections busy.
It samples only the thread that holds the interpreter lock. Otherwise it would count waiting threads as busy.
"""

import asyncio
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

from bench import dataset, generator, node, services, views
from bench.checks import NESTED, read_requests
from bench.plan import FULL, Plan
from bench.services import USHER

SECONDS = 15
WARM_UP = 3.0
MARGIN = 3
"""How many seconds longer the load lasts than the profile, because the profile begins a little later."""


def main() -> None:
    """Write bench/profile.svg."""
    if not _py_spy().exists():
        sys.exit("py-spy is missing. Install the extra `bench`.")
    draw(FULL, Path(__file__).parent / "profile.svg", SECONDS)


def draw(plan: Plan, file: Path, seconds: int) -> None:
    """Draw a flame graph of this number of seconds.

    Raises NodeMissing. Raises CalledProcessError if py-spy may not read the worker.
    """
    found = node.find()
    found.install(node.LOAD, node.MERCURIUS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usher-bench-")))
        url = stack.enter_context(dataset.database(plan))
        bench_data = asyncio.run(dataset.prepare(url, plan))
        command = {USHER: services.commands()[USHER]}
        service = stack.enter_context(services.running(command, url, bench_data.viewer, folder))[USHER]
        load_generator = stack.enter_context(generator.started(found))
        token, body = read_requests(bench_data, (views.PAGE,))[NESTED]
        load_generator.drive(service, token, [[body]], 8, WARM_UP)
        load = Thread(target=load_generator.drive, args=(service, token, [[body]], 8, seconds + MARGIN))
        load.start()
        # py-spy writes its arguments into the picture, so they contain no path of this machine.
        arguments = ["py-spy", "record", "--pid", str(service.process.pid), "--output", file.name]
        arguments += ["--duration", str(seconds), "--rate", "100", "--function", "--gil"]
        try:
            subprocess.run(  # noqa: S603 - fixed arguments, no shell
                arguments, executable=_py_spy(), cwd=file.parent, check=True, stdout=subprocess.DEVNULL
            )
        finally:
            load.join()


def _py_spy() -> Path:
    return Path(sys.executable).with_name("py-spy")


if __name__ == "__main__":
    main()
