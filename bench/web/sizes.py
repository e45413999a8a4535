"""How much JavaScript the browser loads, compressed, as the check of the budget counts it."""

import re
import subprocess
from typing import NamedTuple

from bench.node import Node
from gateway.runtime.settings import ROOT

LINE = re.compile(r"([\d.]+) kB\s+(.+)")


class Sizes(NamedTuple):
    """The scripts of the first screen, and of the largest further part, in kB."""

    first: float
    further: float


def measured(node_: Node) -> Sizes:
    """Ask the check of the budget, which `make check` runs, too."""
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        [node_.program, "build/budget.mjs"], cwd=ROOT / "web", stdout=subprocess.PIPE, text=True, check=False
    )
    found = {name: float(size) for size, name in LINE.findall(done.stdout)}
    first = found.pop("first screen")
    del found["start"]
    return Sizes(first, max(found.values()))
