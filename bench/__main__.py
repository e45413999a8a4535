"""`python -m bench` (or `make bench`): create the data, start, compare and measure all contenders, write RESULTS.md.

`--smoke` does the same with little data in a short time. It prints the report and writes no file.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bench import (
    billing,
    chart,
    checks,
    dataset,
    fairness,
    generator,
    large_teams,
    meter,
    mix,
    node,
    python312,
    report,
    services,
)
from bench.measure import Bench
from bench.node import Node, NodeMissing
from bench.plan import FULL, SMOKE, Plan
from bench.python312 import Python, PythonMissing
from bench.results import Results

FOLDER = Path(__file__).parent
STDERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="little data, one repetition, no file written")
    plan = SMOKE if parser.parse_args().smoke else FULL
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        text, picture = _run(plan, _node(plan), _python312())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    if plan is SMOKE:
        sys.stdout.write(text)
        return
    results = FOLDER / "RESULTS.md"
    results.write_text(report.keep_findings(text, results), encoding="utf-8")
    (FOLDER / "results.svg").write_text(picture, encoding="utf-8")


def _stop(*_: object) -> None:
    """Stop in order. A second signal is ignored: it must not leave contenders or the database running."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _node(plan: Plan) -> Node | None:
    """Return Node.js with its locked packages. Without it, a smoke run returns None, and a full run exits."""
    try:
        found = node.find()
        found.install(node.LOAD, node.MERCURIUS)
    except NodeMissing as missing:
        if plan is FULL:
            sys.exit(str(missing))
        STDERR.print(f"Left out: {services.MERCURIUS}, and all runs under load. {missing}")
        return None
    return found


def _python312() -> Python | None:
    """Return Python 3.12 with Usher's locked packages, or None if there is none."""
    try:
        return python312.find()
    except PythonMissing as missing:
        STDERR.print(f"Left out: {services.PYTHON312}. {missing}")
        return None


def _run(plan: Plan, node_: Node | None, python312_: Python | None) -> tuple[str, str]:
    """Run all measurements. Return the text of the report and the SVG of the chart."""
    started = time.monotonic()

    def show_progress(step: str) -> None:
        STDERR.print(f"[{time.monotonic() - started:6.1f} s] {step}")

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usher-bench-")))
        show_progress("database")
        url = stack.enter_context(dataset.database(plan))
        bench_data = asyncio.run(dataset.prepare(url, plan))
        show_progress("contenders")
        commands = services.commands(node_, python312_)
        running = stack.enter_context(services.running(commands, url, bench_data.viewer, folder))
        checks.same_answers(running, bench_data, plan.pages)
        show_progress("all contenders give the same answers")
        bench = Bench(plan, bench_data, running, Results(), show_progress)
        bench.unassign_all(bench_data.people)
        # Usher sends the same statements on each version of Python.
        counted = {name: command for name, command in commands.items() if name != services.PYTHON312}
        with (
            meter.metered(url) as metered,
            services.running(counted, metered.url, bench_data.viewer, folder) as metered_services,
        ):
            bench.statements(metered_services, metered)
        _measure(bench, node_, url, folder)
        large_teams.measure(bench, folder)
        billing.measure(bench, folder)
        checks.same_answers(running, bench_data, plan.pages)
        show_progress("all contenders still give the same answers")
        return report.report_text(bench, node_, python312_), chart.draw(bench.results)


def _measure(bench: Bench, node_: Node | None, url: str, folder: Path) -> None:
    memory = {name: service.memory() for name, service in bench.services.items()}
    bench.walks()
    bench.bulk()
    if node_ is not None:
        with generator.started(node_) as load_generator:
            bench.assigns(load_generator, url, folder)
            mix.measure(bench, load_generator, url, folder)
            fairness.measure(bench, load_generator)
            bench.loads(load_generator)
            bench.soak(load_generator)
    bench.results.memory = {name: (memory[name], service.memory()) for name, service in bench.services.items()}


if __name__ == "__main__":
    main()
