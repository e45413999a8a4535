"""The targets, and whether the results meet them. Targets are fixed: if one is missed, RESULTS.md explains why."""

import statistics
from collections.abc import Iterator

from bench.measure import PGBENCH
from bench.results import Results, median_load
from bench.services import FLOOR, MERCURIUS, STRAWBERRY, USHER
from bench.views import PAGE

NESTED = f"{PAGE} members"
CONNECTIONS = 8
RATIOS = {STRAWBERRY: 15.0, MERCURIUS: 1.3, FLOOR: 0.75}
TAIL_RATIO = 3.0
FLAT_RATIO = 1.2
"""How many times the first figure the last one may be if the target is "flat". Repeated runs differ by less."""
MEMORY = 200.0
PGBENCH_SHARE = 0.5

Row = tuple[str, str, str, bool]


def targets_table(results: Results) -> list[str]:
    """Return the lines of the table of targets."""
    lines = ["## Targets", "", "| | target | result | met |", "|---|---:|---:|---|"]
    judges = (_ratios(results), _peers(results), _tails(results), _growth(results), _memory(results), _assign(results))
    for judge in judges:
        lines += [f"| {what} | {bound} | {found} | {'yes' if met else '**no**'} |" for what, bound, found, met in judge]
    return [*lines, ""]


def _ratios(results: Results) -> Iterator[Row]:
    for name, bound in RATIOS.items():
        peer = results.loads.get((NESTED, CONNECTIONS, name))
        if peer:
            ratio = median_load(results.loads[NESTED, CONNECTIONS, USHER]).rate / median_load(peer).rate
            what = f"(b) at {CONNECTIONS} connections, requests a second against {name}"
            yield what, f"≥ {bound:g}×", f"{ratio:.2f}×", ratio >= bound


def _peers(results: Results) -> Iterator[Row]:
    """Compare Usher with both peers on every view, by the lowest of all ratios."""
    ratios = [
        (median_load(results.loads[view, level, USHER]).rate / median_load(runs).rate, view, level, name)
        for (view, level, name), runs in results.loads.items()
        if name in {STRAWBERRY, MERCURIUS}
    ]
    walk = {name: statistics.median(times) for name, times in results.walks.items()}
    ratios += [(walk[name] / walk[USHER], "walk", 1, name) for name in (STRAWBERRY, MERCURIUS) if name in walk]
    least, view, level, name = min(ratios)
    yield (
        "every view against both peers, the lowest ratio",
        "> 1×",
        f"{least:.2f}× ({view}, {level}, {name})",
        least > 1,
    )


def _tails(results: Results) -> Iterator[Row]:
    tails = [
        (load.p99 / load.p50, view, level)
        for (view, level, name), runs in results.loads.items()
        if name == USHER and (load := median_load(runs))
    ]
    if tails:
        worst, view, level = max(tails)
        at = f"{worst:.2f}× ({view}, {level} connections)"
        yield "p99 against p50, the worst of all views", f"≤ {TAIL_RATIO:g}×", at, worst <= TAIL_RATIO


def _growth(results: Results) -> Iterator[Row]:
    costs = {members: statistics.median(times) for (name, members), times in results.growth.items() if name == USHER}
    few, many = min(costs), max(costs)
    ratio = costs[many] / costs[few]
    what = f"(b) time a member, {many:,} against {few:,} members"
    yield what, f"flat (≤ {FLAT_RATIO:g}×)", f"{ratio:.2f}×", ratio <= FLAT_RATIO
    counts = [count for view, count in results.statements[USHER].items() if view.endswith("members")]
    numbers = ", ".join(str(statements) for statements, _ in counts)
    yield "(b) statements for each page size", "constant", numbers, len(set(counts)) == 1


def _memory(results: Results) -> Iterator[Row]:
    if not results.soak:
        return
    sent, end = results.soak[-1]
    yield f"memory of a worker after {sent:,} requests", f"< {MEMORY:g} MiB", f"{end:.0f} MiB", end < MEMORY
    _, early = results.soak[1]
    what = "growth of this memory over the last nine tenths of the requests"
    yield what, f"flat (≤ {FLAT_RATIO:g}×)", f"{end / early:.3f}×", end / early <= FLAT_RATIO


def _assign(results: Results) -> Iterator[Row]:
    for level in sorted({level for level, _ in results.assigns}):
        share = median_load(results.assigns[level, USHER]).rate / median_load(results.assigns[level, PGBENCH]).rate
        what = f"(e) one seat against pgbench, {level} connection{'s' if level > 1 else ''}"
        yield what, f"≥ {PGBENCH_SHARE:g}×", f"{share:.2f}×", share >= PGBENCH_SHARE
