"""The targets, and whether the results meet them. Targets are fixed: if one is missed, RESULTS.md explains why."""

import statistics
from collections.abc import Iterator

from bench.checks import ABILITIES, COUNTS, MEMBER_PAGE, NESTED, VIEWER
from bench.measure import PGBENCH
from bench.results import Results, median_load
from bench.services import FLOOR, MERCURIUS, STRAWBERRY, USHER

CONNECTIONS = 8
NAMES = {
    VIEWER: "(a)",
    NESTED: "(b)",
    COUNTS: "(c)",
    MEMBER_PAGE: "(f)",
    ABILITIES: "(f) with `viewerCan`",
}
RATIOS = (
    (VIEWER, 8, MERCURIUS, 1.0),
    (VIEWER, 32, MERCURIUS, 1.0),
    (COUNTS, 8, MERCURIUS, 1.0),
    (COUNTS, 32, MERCURIUS, 1.0),
    (NESTED, 8, MERCURIUS, 1.6),
    (NESTED, 8, STRAWBERRY, 20.0),
    (NESTED, 8, FLOOR, 0.75),
    (MEMBER_PAGE, 8, MERCURIUS, 1.0),
)
"""The view, the number of connections, a contender, and how many times its requests a second Usher answers."""
WALK_RATIO = 1.0
PGBENCH_SHARE = 0.6
BULK_RATIO = 1.2
TAIL_RATIO = 3.0
FLAT_RATIO = 1.2
"""How many times the first figure the last one may be if the target is "flat". Repeated runs differ by less."""
MEMORY = 160.0

Row = tuple[str, str, str, bool]


def targets_table(results: Results) -> list[str]:
    """Return the lines of the table of targets."""
    lines = ["## Targets", "", "| | target | result | met |", "|---|---:|---:|---|"]
    judges = (_ratios, _walk, _assign, _bulk, _tails, _growth, _statements, _memory)
    for judge in judges:
        rows = judge(results)
        lines += [f"| {what} | {bound} | {found} | {'yes' if met else '**no**'} |" for what, bound, found, met in rows]
    return [*lines, ""]


def _ratios(results: Results) -> Iterator[Row]:
    for view, level, name, bound in RATIOS:
        own, peer = results.loads.get((view, level, USHER)), results.loads.get((view, level, name))
        if own and peer:
            ratio = median_load(own).rate / median_load(peer).rate
            what = f"{NAMES[view]} at {level} connections, requests a second against {name}"
            yield what, f"≥ {bound:g}×", f"{ratio:.2f}×", ratio >= bound


def _walk(results: Results) -> Iterator[Row]:
    if MERCURIUS in results.walks:
        ratio = statistics.median(results.walks[MERCURIUS]) / statistics.median(results.walks[USHER])
        yield f"(d) walks a second against {MERCURIUS}", f"≥ {WALK_RATIO:g}×", f"{ratio:.2f}×", ratio >= WALK_RATIO


def _assign(results: Results) -> Iterator[Row]:
    for level in sorted({level for level, _ in results.assigns}):
        share = median_load(results.assigns[level, USHER]).rate / median_load(results.assigns[level, PGBENCH]).rate
        what = f"(e) one seat against pgbench, {level} connection{'s' if level > 1 else ''}"
        yield what, f"≥ {PGBENCH_SHARE:g}×", f"{share:.2f}×", share >= PGBENCH_SHARE


def _bulk(results: Results) -> Iterator[Row]:
    if results.bulk:
        ratio = statistics.median(results.bulk[USHER]) / statistics.median(results.bulk[FLOOR])
        what = f"(e) time of many seats in one request against {FLOOR}"
        yield what, f"≤ {BULK_RATIO:g}×", f"{ratio:.2f}×", ratio <= BULK_RATIO


def _tails(results: Results) -> Iterator[Row]:
    """Judge each view at the number of connections where p99 is the furthest from p50."""
    for view, title in NAMES.items():
        tails = [
            (load.p99 / load.p50, level)
            for (measured, level, name), runs in results.loads.items()
            if (measured, name) == (view, USHER) and (load := median_load(runs))
        ]
        if tails:
            worst, level = max(tails)
            what = f"{title} p99 against p50, the worst of all numbers of connections"
            yield what, f"≤ {TAIL_RATIO:g}×", f"{worst:.2f}× ({level})", worst <= TAIL_RATIO


def _growth(results: Results) -> Iterator[Row]:
    costs = {members: statistics.median(times) for (name, members), times in results.growth.items() if name == USHER}
    few, many = min(costs), max(costs)
    ratio = costs[many] / costs[few]
    what = f"(b) time a member, {many:,} against {few:,} members"
    yield what, f"flat (≤ {FLAT_RATIO:g}×)", f"{ratio:.2f}×", ratio <= FLAT_RATIO


def _statements(results: Results) -> Iterator[Row]:
    for title, ending in (("(b)", " members"), ("(f)", " on the member page")):
        counts = [count for view, count in results.statements[USHER].items() if view.endswith(ending)]
        if counts:
            numbers = ", ".join(str(statements) for statements, _ in counts)
            yield f"{title} statements for each page size", "constant", numbers, len(set(counts)) == 1


def _memory(results: Results) -> Iterator[Row]:
    if not results.soak:
        return
    sent, end = results.soak[-1]
    yield f"memory of a worker after {sent:,} requests", f"< {MEMORY:g} MiB", f"{end:.0f} MiB", end < MEMORY
    _, early = results.soak[1]
    what = "growth of this memory over the last nine tenths of the requests"
    yield what, f"flat (≤ {FLAT_RATIO:g}×)", f"{end / early:.3f}×", end / early <= FLAT_RATIO
