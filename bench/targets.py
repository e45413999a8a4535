"""The targets, and whether they are met. They are fixed; what misses one is explained, not moved."""

import statistics
from collections.abc import Iterator

from bench.measure import PGBENCH
from bench.results import Results, middle
from bench.services import FLOOR, MERCURIUS, STRAWBERRY, USHER
from bench.views import PAGE

NESTED = f"{PAGE} members"
CONNECTIONS = 8
RATIOS = {STRAWBERRY: 15.0, MERCURIUS: 1.3, FLOOR: 0.75}
TAIL = 3.0
FLAT = 1.2
"""How much dearer than the first a later figure may be where the target says flat: more than what repeats differ by."""
MEMORY = 200.0
PGBENCH_SHARE = 0.5

Row = tuple[str, str, str, bool]


def judged(results: Results) -> list[str]:
    """The table of targets."""
    lines = ["## Targets", "", "| | target | measured | met |", "|---|---:|---:|---|"]
    judges = (_ratios(results), _peers(results), _tails(results), _growth(results), _memory(results), _assign(results))
    for judge in judges:
        lines += [f"| {what} | {bound} | {found} | {'yes' if met else '**no**'} |" for what, bound, found, met in judge]
    return [*lines, ""]


def _ratios(results: Results) -> Iterator[Row]:
    for name, bound in RATIOS.items():
        peer = results.loads.get((NESTED, CONNECTIONS, name))
        if peer:
            ratio = middle(results.loads[NESTED, CONNECTIONS, USHER]).rate / middle(peer).rate
            what = f"(b) at {CONNECTIONS} connections, requests a second against {name}"
            yield what, f"≥ {bound:g}×", f"{ratio:.2f}×", ratio >= bound


def _peers(results: Results) -> Iterator[Row]:
    """Ahead of both peers on every view: the least of all ratios says it."""
    ratios = [
        (middle(results.loads[view, level, USHER]).rate / middle(runs).rate, view, level, name)
        for (view, level, name), runs in results.loads.items()
        if name in {STRAWBERRY, MERCURIUS}
    ]
    walk = {name: statistics.median(times) for name, times in results.walks.items()}
    ratios += [(walk[name] / walk[USHER], "walk", 1, name) for name in (STRAWBERRY, MERCURIUS) if name in walk]
    least, view, level, name = min(ratios)
    yield "every view against both peers, the least ratio", "> 1×", f"{least:.2f}× ({view}, {level}, {name})", least > 1


def _tails(results: Results) -> Iterator[Row]:
    tails = [
        (load.p99 / load.p50, view, level)
        for (view, level, name), runs in results.loads.items()
        if name == USHER and (load := middle(runs))
    ]
    if tails:
        worst, view, level = max(tails)
        at = f"{worst:.2f}× ({view}, {level} connections)"
        yield "p99 against p50, the worst of all views", f"≤ {TAIL:g}×", at, worst <= TAIL


def _growth(results: Results) -> Iterator[Row]:
    costs = {members: statistics.median(times) for (name, members), times in results.growth.items() if name == USHER}
    few, many = min(costs), max(costs)
    ratio = costs[many] / costs[few]
    what = f"(b) time a member, {many:,} against {few:,} members"
    yield what, f"flat (≤ {FLAT:g}×)", f"{ratio:.2f}×", ratio <= FLAT
    counts = [count for view, count in results.statements[USHER].items() if view.endswith("members")]
    told = ", ".join(str(one) for one, _ in counts)
    yield "(b) statements by the size of the page", "constant", told, len(set(counts)) == 1


def _memory(results: Results) -> Iterator[Row]:
    if not results.soak:
        return
    sent, end = results.soak[-1]
    yield f"memory of a worker after {sent:,} requests", f"< {MEMORY:g} MiB", f"{end:.0f} MiB", end < MEMORY
    _, early = results.soak[1]
    what = "its growth over the last nine tenths of them"
    yield what, f"flat (≤ {FLAT:g}×)", f"{end / early:.3f}×", end / early <= FLAT


def _assign(results: Results) -> Iterator[Row]:
    for level in sorted({level for level, _ in results.assigns}):
        share = middle(results.assigns[level, USHER]).rate / middle(results.assigns[level, PGBENCH]).rate
        what = f"(e) one seat against pgbench, {level} connection{'s' if level > 1 else ''}"
        yield what, f"≥ {PGBENCH_SHARE:g}×", f"{share:.2f}×", share >= PGBENCH_SHARE
