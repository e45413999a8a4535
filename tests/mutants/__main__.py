"""`python -m tests.mutants` (or `make mutants`): put each fault of the catalogue into a copy of the project.

The tests of a mutant must fail in its copy; then it is killed. The exit code is 1 if a mutant survives, or if the tests
do not pass without a fault. With words, only the mutants whose name or file contains one of them are run.
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

AT_ONCE = 2
MINUTES = 5
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", ".usher", ".hypothesis", ".*_cache", "*.egg-info", "build")
OUTCOMES: dict[int, str] = {pytest.ExitCode.OK: "SURVIVED", pytest.ExitCode.TESTS_FAILED: "killed"}
OUT = Console(highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the mutants."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("word", nargs="*", help="run only the mutants whose name or file contains it")
    words = parser.parse_args().word
    chosen = [one for one in MUTANTS if not words or any(word in one.name or word in one.file for word in words)]
    if not chosen:
        sys.exit("No mutant has such a name or file.")
    sys.exit(asyncio.run(_run(chosen)))


async def _run(mutants: Sequence[Mutant]) -> int:
    """Run these mutants and tell of each; the exit code."""
    OUT.print(f"Running the tests of {len(mutants)} mutants without a fault …")
    code, output = await _tested(None, dict.fromkeys(test for one in mutants for test in one.tests))
    if code != pytest.ExitCode.OK:
        OUT.print(output, "These tests must pass without a fault; otherwise their failure proves nothing.")
        return 1
    turns, done = asyncio.Semaphore(AT_ONCE), count(1)

    async def killed(mutant: Mutant) -> bool:
        async with turns:
            began = time.monotonic()
            code, output = await _tested(mutant, mutant.tests)
        outcome = OUTCOMES.get(code, "NOT TESTED")
        OUT.print(f"{next(done):3}/{len(mutants)}  {outcome:8}  {time.monotonic() - began:5.1f} s  {mutant.name}")
        if outcome == "NOT TESTED":
            OUT.print(output)
        return outcome == "killed"

    results = await asyncio.gather(*map(killed, mutants))
    left = [mutant for mutant, is_killed in zip(mutants, results, strict=True) if not is_killed]
    OUT.print(f"{len(mutants) - len(left)} of {len(mutants)} mutants are killed.")
    for mutant in left:
        OUT.print(f"Not killed: {mutant.name} ({mutant.file}), by {', '.join(mutant.tests)}")
    return 1 if left else 0


async def _tested(mutant: Mutant | None, tests: Iterable[str]) -> tuple[int, str]:
    """Run tests in a copy of the project that has this fault; pytest's exit code and what it said."""
    with tempfile.TemporaryDirectory(prefix="usher-mutant-") as folder:
        copy = Path(folder) / "usher"
        await asyncio.to_thread(shutil.copytree, ROOT, copy, ignore=LEFT_BEHIND)
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
        finished, _ = await asyncio.wait([output], timeout=60 * MINUTES)
        if not finished:
            process.send_signal(signal.SIGINT)  # pytest stops its PostgreSQL then, and ends as interrupted
        said, _ = await output
        return process.returncode or 0, said.decode(errors="replace")


if __name__ == "__main__":
    main()
