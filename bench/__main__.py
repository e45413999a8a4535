"""`python -m bench` (or `make bench`): build the data, start every contender, compare, measure, write RESULTS.md.

`--smoke` does the same on little data and in a moment, and only prints what it found.
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

from bench import chart, checks, dataset, generator, measure, meter, node, pgbench, report, services, views
from bench.measure import Bench
from bench.node import Node, NodeMissing
from bench.plan import FULL, SMOKE, Plan
from bench.results import Results

HERE = Path(__file__).parent
ERRORS = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="little data, one repetition, nothing written")
    plan = SMOKE if parser.parse_args().smoke else FULL
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        text, picture = _run(plan, _node(plan))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    if plan is SMOKE:
        sys.stdout.write(text)
        return
    results = HERE / "RESULTS.md"
    results.write_text(report.keep_findings(text, results), encoding="utf-8")
    (HERE / "results.svg").write_text(picture, encoding="utf-8")


def _stop(*_: object) -> None:
    """End in order, once: a second signal must not leave contenders or the database running behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _node(plan: Plan) -> Node | None:
    """Node.js with what is locked for it. A smoke run goes on without; a full run compares with nothing then."""
    try:
        found = node.find()
        found.install()
    except NodeMissing as missing:
        if plan is FULL:
            sys.exit(str(missing))
        ERRORS.print(f"Left out: {services.MERCURIUS}, and all load. {missing}")
        return None
    return found


def _run(plan: Plan, node_: Node | None) -> tuple[str, str]:
    """The report and the chart."""
    started = time.monotonic()

    def tell(what: str) -> None:
        ERRORS.print(f"[{time.monotonic() - started:6.1f} s] {what}")

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usher-bench-")))
        tell("database")
        url = stack.enter_context(dataset.database(plan))
        cast = asyncio.run(dataset.prepare(url, plan))
        tell("contenders")
        commands = services.commands(node_)
        running = stack.enter_context(services.running(commands, url, cast.viewer, folder))
        checks.same_answers(running, cast, plan.pages)
        tell("all contenders give the same answers")
        bench = Bench(plan, cast, running, Results(), tell)
        bench.take_back(cast.people)
        with meter.metered(url) as metered, services.running(commands, metered.url, cast.viewer, folder) as through:
            bench.statements(through, metered)
        _measure(bench, node_, url, folder)
        checks.same_answers(running, cast, plan.pages)
        tell("all contenders still give the same answers")
        return report.written(bench, node_), chart.drawn(bench.results)


def _measure(bench: Bench, node_: Node | None, url: str, folder: Path) -> None:
    memory = {name: service.memory() for name, service in bench.services.items()}
    bench.walks()
    bench.bulk()
    if node_ is not None:
        given = measure.variables(bench.cast, bench.cast.people[:1])
        turn = [(operation, given) for operation in (views.ASSIGN, views.UNASSIGN)]
        recording = asyncio.run(pgbench.recorded(url, bench.cast.large_coordinator, turn))
        with generator.started(node_) as cannon:
            bench.assigns(cannon, recording, url, folder)
            bench.loads(cannon)
            bench.soak(cannon)
    bench.results.memory = {name: (memory[name], service.memory()) for name, service in bench.services.items()}


if __name__ == "__main__":
    main()
