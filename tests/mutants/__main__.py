"""`python -m tests.mutants` (or `make mutants`): put each fault of the catalogue into a copy of the project.

A mutant is killed if its tests fail in its copy. The exit code is 1 if a mutant survives, or if the tests do not pass
without a fault. If words are given, only the mutants whose name or file contains one of them are run.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.sites import ROOT

PARALLEL = 2
TIMEOUT_MINUTES = 5
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".usher", ".hypothesis", ".*_cache", "*.egg-info", "build")
OUTCOMES: dict[int, str] = {pytest.ExitCode.OK: "SURVIVED", pytest.ExitCode.TESTS_FAILED: "killed"}
CONSOLE = Console(highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the mutants."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("word", nargs="*", help="run only the mutants whose name or file contains this word")
    words = parser.parse_args().word
    chosen = [one for one in MUTANTS if not words or any(word in one.name or word in one.file for word in words)]
    if not chosen:
        sys.exit("No mutant has such a word in its name or file.")
    sys.exit(asyncio.run(_run(chosen)))


async def _run(mutants: Sequence[Mutant]) -> int:
    """Run these mutants and print the outcome of each. Returns the exit code."""
    CONSOLE.print(f"Running the tests of {len(mutants)} mutants without a fault …")
    code, output = await _run_tests(None, dict.fromkeys(test for one in mutants for test in one.tests))
    if code != pytest.ExitCode.OK:
        CONSOLE.print(output, "These tests must pass without a fault. Otherwise their failure proves nothing.")
        return 1
    slots, done = asyncio.Semaphore(PARALLEL), count(1)

    async def is_killed(mutant: Mutant) -> bool:
        async with slots:
            began = time.monotonic()
            code, output = await _run_tests(mutant, mutant.tests)
        outcome = OUTCOMES.get(code, "NOT TESTED")
        CONSOLE.print(f"{next(done):3}/{len(mutants)}  {outcome:8}  {time.monotonic() - began:5.1f} s  {mutant.name}")
        if outcome == "NOT TESTED":
            CONSOLE.print(output)
        return outcome == "killed"

    results = await asyncio.gather(*map(is_killed, mutants))
    left = [mutant for mutant, killed in zip(mutants, results, strict=True) if not killed]
    CONSOLE.print(f"{len(mutants) - len(left)} of {len(mutants)} mutants are killed.")
    for mutant in left:
        CONSOLE.print(f"Not killed: {mutant.name} ({mutant.file}), by {', '.join(mutant.tests)}")
    return 1 if left else 0


async def _run_tests(mutant: Mutant | None, tests: Iterable[str]) -> tuple[int, str]:
    """Run tests in a copy of the project with this fault. Returns pytest's exit code and output."""
    with tempfile.TemporaryDirectory(prefix="usher-mutant-") as folder:
        copy = Path(folder) / "usher"
        await asyncio.to_thread(shutil.copytree, ROOT, copy, ignore=NOT_COPIED)
        if mutant is not None:
            source = copy / mutant.file
            source.write_text(mutant.applied(source.read_text()))
        # Python looks for the packages in the copy first, also in processes that a test starts.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", *tests),
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = asyncio.create_task(process.communicate())
        finished, _ = await asyncio.wait([output], timeout=60 * TIMEOUT_MINUTES)
        if not finished:
            process.send_signal(signal.SIGINT)  # then pytest stops its PostgreSQL and reports an interruption
        text, _ = await output
        return process.returncode or 0, text.decode(errors="replace")


if __name__ == "__main__":
    main()
