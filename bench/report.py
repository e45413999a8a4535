"""The report: what was measured, against the targets, and how."""

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine, views
from bench.generator import Load
from bench.measure import PGBENCH, Bench
from bench.node import Node
from bench.results import Results, middle
from bench.services import FLOOR, MERCURIUS, STOCK, STRAWBERRY, USHER
from bench.targets import NESTED, judged

FINDINGS = "<!-- What stands below this line is written by hand; a new run keeps it. -->"
ORDER = (USHER, STOCK, STRAWBERRY, MERCURIUS, FLOOR)
TITLES = {
    "viewer": "(a) The viewer with their own seats",
    NESTED: "(b) A page of 50 members × seats × product × usage of 30 days",
    "counts": f"(c) {views.COUNTED} members with the number of their seats",
}


def written(bench: Bench, node_: Node | None) -> str:
    """The whole report."""
    results = bench.results
    parts = [_head(bench, node_), judged(results)]
    parts += [_loads(results, view) for view in TITLES if any(key[0] == view for key in results.loads)]
    parts += [_walks(bench), _assigns(bench), _statements(results), _memory(results), _method(bench)]
    return "\n".join("\n".join(part) for part in parts) + "\n"


def keep_findings(text: str, file: Path) -> str:
    """The report with what people wrote below an earlier one."""
    earlier = file.read_text(encoding="utf-8") if file.exists() else ""
    return f"{text}\n{FINDINGS}\n{earlier.partition(FINDINGS)[2].strip()}".rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown, with all but its first column to the right."""
    lines = [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _head(bench: Bench, node_: Node | None) -> list[str]:
    versions = ", ".join(machine.versions(node_, bench.cast.postgres))
    sizes = bench.plan.sizes
    return [
        "# The bench",
        "",
        f"`make bench` on {datetime.now(UTC).date().isoformat()}: {machine.described()}; {versions}.",
        f"{sizes.teams:,} teams, {sizes.users:,} users, {sizes.seats:,} seats, {sizes.usage_days} days of usage.",
        "",
        "![Requests a second of every contender, by view](results.svg)",
        "",
    ]


def _loads(results: Results, view: str) -> list[str]:
    levels = sorted({level for name, level, _ in results.loads if name == view})
    head = ["", *(f"{level} conn. {what}" for level in levels for what in ("req/s", "p50 ms", "p99 ms"))]
    rows = []
    for name in ORDER:
        loads = [middle(runs) for level in levels if (runs := results.loads.get((view, level, name)))]
        if loads:
            rows.append([name, *(cell for load in loads for cell in _cells(load))])
    return [f"## {TITLES[view]}", "", *table(head, rows)]


def _cells(load: Load) -> Iterator[str]:
    yield number(load.rate)
    for value in (load.p50, load.p99):
        yield "–" if math.isnan(value) else number(value)


def number(value: float) -> str:
    """Three digits that say something, or all before the point."""
    if value >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def _walks(bench: Bench) -> list[str]:
    results, plan = bench.results, bench.plan
    read = min(plan.members[-1], bench.cast.large_members)
    rows = [[name, f"{statistics.median(results.walks[name]) * 1_000:,.1f}"] for name in ORDER if name in results.walks]
    sizes = sorted({members for _, members in results.growth})
    growth = [
        [name, *(f"{statistics.median(results.growth[name, members]):.3f}" for members in sizes)]
        for name in ORDER
        if (name, sizes[0]) in results.growth
    ]
    return [
        f"## (d) {read:,} members, page by page",
        "",
        f"One client, pages of {views.WALKED} by cursor, in a team of {bench.cast.large_members:,}.",
        "",
        *table(["", "ms a walk"], rows),
        "Growth: the same walk with all of view (b) below each member; milliseconds a member by the number read.",
        "",
        *table(["", *(f"{members:,}" for members in sizes)], growth),
    ]


def _assigns(bench: Bench) -> list[str]:
    results = bench.results
    levels = sorted({level for level, _ in results.assigns})
    head = ["", *(f"{level} conn. {what}" for level in levels for what in ("pairs/s", "p50 ms", "p99 ms"))]
    rows = [
        [name, *(cell for level in levels for cell in _cells(middle(results.assigns[level, name])))]
        for name in (USHER, FLOOR, PGBENCH)
        if levels
    ]
    bulk = [[name, f"{statistics.median(results.bulk[name]) * 1_000:,.1f}"] for name in (USHER, FLOOR)]
    return [
        "## (e) Assigning seats",
        "",
        "A pair is assigning a seat and taking it back, each a transaction with its audit row and event; p50 and p99",
        "are of the assignment. pgbench runs the statements that Usher sends, prepared, with as many clients. Left",
        "out: the other executor, which makes no difference here, and the other contenders, which only read.",
        "",
        *(table(head, rows) if rows else ["Not driven: there was no Node.js.", ""]),
        *table([f"{bench.plan.bulk:,} seats in one request", "ms"], bulk),
    ]


def _statements(results: Results) -> list[str]:
    names = [name for name in ORDER if name in results.statements]
    views_ = list(results.statements[USHER])
    rows = []
    for view in views_:
        counts = (results.statements[name].get(view) for name in names)
        rows.append([view, *("–" if count is None else f"{count[0]} + {count[1]}" for count in counts)])
    return [
        "## Statements",
        "",
        "SQL statements an operation, and those that only begin and end transactions.",
        "",
        *table(["", *names], rows),
    ]


def _memory(results: Results) -> list[str]:
    rows = [[n, *(f"{mib:.0f}" for mib in results.memory[n])] for n in ORDER if n in results.memory]
    lines = ["## Memory", "", "Resident memory of a worker in MiB.", "", *table(["", "ready", "at the end"], rows)]
    if results.soak:
        lines += ["Usher over many requests:", ""]
        lines += table(["requests", "MiB"], [[f"{sent:,}", f"{mib:.1f}"] for sent, mib in results.soak])
    return lines


def _method(bench: Bench) -> list[str]:
    plan = bench.plan
    return [
        "## How it is measured",
        "",
        "- All contenders run at once, one worker process each, on one embedded PostgreSQL, and wait while another one",
        f"  is driven. Every figure is the median of {plan.repetitions} runs of {plan.seconds:g} s, after a warm-up of",
        f"  {plan.warm_up:g} s; in each repetition every contender has its turn, and the order turns too.",
        "- Before and after, all contenders are asked everything, and must answer the same but for cursors and the",
        "  form of times and numbers. They get the same GraphQL documents; the floor goes by the operation's name.",
        "- Each reads the signed-in actor by a session token in every request and checks the role in the team. Usher",
        "  also decides by policy, reads in one snapshot and writes a log line; the others do not.",
        "- The load generator keeps so many connections busy, each with one request at a time, and shares the",
        "  machine's cores with the contender and the database.",
        "- The soak mixes views (a), (b) and (c) 18 : 1 : 1.",
        "",
    ]
