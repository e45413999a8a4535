"""`python -m bench.web` (or `make bench-web`): measure the console against its goals, and write bench/WEB.md.

`--smoke` loads each screen once. It prints the report and writes no file.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright
from rich.console import Console

from bench import node
from bench.node import Node, NodeMissing
from bench.report import keep_findings
from bench.web import company, interactions, loads, ratings, report, sizes, starts
from bench.web.report import Measured
from db.embedded import server as embedded
from tests.conftest import new_database
from tests.support import site
from tests.support.process import free_port, running
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.world import world_of

FILE = Path(__file__).parents[1] / "WEB.md"
STDERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the bench of the console."""
    parser = argparse.ArgumentParser(prog="bench.web", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one load of each screen, no file written")
    smoke = parser.parse_args().smoke
    if site.WHOLE is None:
        sys.exit("There is no Chromium: install it (Debian: apt-get install chromium).")
    try:
        node_ = node.find()
        node_.install(ratings.FOLDER)
    except NodeMissing as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as folder:
        written = report.text(asyncio.run(_measured(node_, Path(folder), 1 if smoke else loads.REPETITIONS)))
    if smoke:
        sys.stdout.write(written)
        return
    FILE.write_text(keep_findings(written, FILE), encoding="utf-8")
    STDERR.print(f"The report is in {FILE.relative_to(Path.cwd())}.")


async def _measured(node_: Node, folder: Path, repetitions: int) -> Measured:
    """Start everything, and measure one thing after the other."""
    STDERR.print("1 of 4: `make run` on a new machine, and again")
    started = starts.measured(folder)
    debugging = int(free_port())
    with embedded.throwaway() as server:
        url = await new_database(server.url)
        served = running(folder, DATABASE_URL=url, USHER_ONLY_TRUSTED_DOCUMENTS="true", USHER_SECRET=OPERATORS_SECRET)
        with served as usher:
            async with world_of(url) as world:
                firm = await company.found(world)
            async with async_playwright() as playwright:
                arguments = ["--no-sandbox", f"--remote-debugging-port={debugging}"]
                browser = await playwright.chromium.launch(executable_path=site.WHOLE, args=arguments)
                STDERR.print("2 of 4: loads of each screen")
                loaded = await loads.measured(browser, usher.address, firm, repetitions)
                STDERR.print("3 of 4: clicks and keys")
                answers = await interactions.measured(browser, usher.address, firm, repetitions)
                STDERR.print("4 of 4: Lighthouse")
                rated = await asyncio.to_thread(ratings.measured, node_, debugging, usher.address, firm)
                version = browser.version
                await browser.close()
    return Measured(sizes.measured(node_), loaded, answers, rated, started, version)


if __name__ == "__main__":
    main()
