"""The report: the results, the targets, and how it is measured."""

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import billing, fairness, large_teams, machine, method, mix, views
from bench.checks import ABILITIES, COUNTS, MEMBER_PAGE, NESTED, VIEWER
from bench.generator import ALL, Load
from bench.measure import PGBENCH, Bench
from bench.node import Node
from bench.python312 import Python
from bench.results import Results, median_load
from bench.services import FLOOR, MERCURIUS, PYTHON312, STOCK, STRAWBERRY, USHER
from bench.targets import targets_table

FINDINGS = "<!-- The text below this line is written by hand. A new run keeps it. -->"
CONTENDERS = (USHER, PYTHON312, STOCK, STRAWBERRY, MERCURIUS, FLOOR)
TITLES = {
    VIEWER: "(a) The viewer with their own seats",
    NESTED: "(b) A page of 50 members × seats × product × usage of 30 days",
    COUNTS: f"(c) {views.COUNTED} members with the number of their seats",
    MEMBER_PAGE: f"(f) The member page: {views.PAGE} members × their seats, the pools without them, and their groups",
    ABILITIES: "(f) The member page with what the viewer can do to each member",
}
NOT_MEASURED = ["Not measured: there was no Node.js.", ""]
PAGES = (MEMBER_PAGE, ABILITIES)
"""The views that the report shows after (d) and (e)."""


def report_text(bench: Bench, node_: Node | None, python312: Python | None) -> str:
    """Return the whole report as Markdown, without the findings."""
    results = bench.results
    parts = [_head(bench, node_, python312), targets_table(results)]
    loads = {view: _loads(results, view) for view in TITLES if any(key[0] == view for key in results.loads)}
    parts += [part for view, part in loads.items() if view not in PAGES]
    parts += [_walks(bench), _assigns(bench), *(part for view, part in loads.items() if view in PAGES)]
    parts += [
        _mix(results),
        _large_teams(bench),
        _fairness(results),
        billing_lines(results),
        _statements(results),
        _memory(results),
        method.lines(bench),
    ]
    return "\n".join("\n".join(part) for part in parts) + "\n"


def keep_findings(text: str, file: Path) -> str:
    """Return the report with the findings that people wrote into the earlier report in this file."""
    earlier = file.read_text(encoding="utf-8") if file.exists() else ""
    return f"{text}\n{FINDINGS}\n{earlier.partition(FINDINGS)[2].strip()}".rstrip() + "\n"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown. All columns but the first are aligned to the right."""
    lines = [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _head(bench: Bench, node_: Node | None, python312: Python | None) -> list[str]:
    versions = ", ".join(machine.versions(node_, python312, bench.data.postgres))
    sizes = bench.plan.sizes
    return [
        "# The bench",
        "",
        f"`make bench` on {datetime.now(UTC).date().isoformat()}: {machine.description()}; {versions}.",
        f"{sizes.teams:,} teams, {sizes.users:,} users, {sizes.seats:,} seats, {sizes.usage_days} days of usage.",
        "",
        "![Requests a second of each contender, by view](results.svg)",
        "",
    ]


def _loads(results: Results, view: str) -> list[str]:
    levels = sorted({level for name, level, _ in results.loads if name == view})
    head = ["", *(f"{level} conn. {what}" for level in levels for what in ("req/s", "p50 ms", "p99 ms"))]
    rows = []
    for name in CONTENDERS:
        loads = [median_load(runs) for level in levels if (runs := results.loads.get((view, level, name)))]
        if loads:
            rows.append([name, *(cell for load in loads for cell in _cells(load))])
    return [f"## {TITLES[view]}", "", *markdown_table(head, rows)]


def _cells(load: Load) -> Iterator[str]:
    yield format_number(load.rate)
    for value in (load.p50, load.p99):
        yield "–" if math.isnan(value) else format_number(value)


def format_number(value: float) -> str:
    """Return the number with three significant digits, or with all digits before the point."""
    if value >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def _walks(bench: Bench) -> list[str]:
    results, plan = bench.results, bench.plan
    read = min(plan.members[-1], bench.data.large_members)
    rows = [
        [name, f"{statistics.median(results.walks[name]) * 1_000:,.1f}"] for name in CONTENDERS if name in results.walks
    ]
    sizes = sorted({members for _, members in results.growth})
    growth = [
        [name, *(f"{statistics.median(results.growth[name, members]):.3f}" for members in sizes)]
        for name in CONTENDERS
        if (name, sizes[0]) in results.growth
    ]
    return [
        f"## (d) {read:,} members, page by page",
        "",
        f"One client reads pages of {views.WALKED} by cursor, in a team of {bench.data.large_members:,}.",
        "",
        *markdown_table(["", "ms a walk"], rows),
        "Growth: the same walk with all fields of view (b) for each member; milliseconds a member, by the number of",
        "members read.",
        "",
        *markdown_table(["", *(f"{members:,}" for members in sizes)], growth),
    ]


def _assigns(bench: Bench) -> list[str]:
    results = bench.results
    levels = sorted({level for level, _ in results.assigns})
    head = ["", *(f"{level} conn. {what}" for level in levels for what in ("pairs/s", "p50 ms", "p99 ms"))]
    rows = [
        [name, *(cell for level in levels for cell in _cells(median_load(results.assigns[level, name])))]
        for name in (USHER, FLOOR, PGBENCH)
        if levels
    ]
    bulk = [[name, f"{statistics.median(results.bulk[name]) * 1_000:,.1f}"] for name in (USHER, FLOOR)]
    return [
        "## (e) Assigning seats",
        "",
        "A pair assigns a seat and takes it back. Each is a transaction with its audit row and event. p50 and p99 are",
        "those of the assignment. pgbench runs the statements that Usher sent at commit 43cee54, prepared, with the",
        "same number of clients. The table leaves out the other executor, which makes no difference here, and the",
        "other contenders, which only read.",
        "",
        *(markdown_table(head, rows) if rows else NOT_MEASURED),
        *markdown_table([f"{bench.plan.bulk:,} seats in one request", "ms"], bulk),
    ]


def _mix(results: Results) -> list[str]:
    kinds = {ALL: ALL, VIEWER: "view (a)", NESTED: "view (b)", COUNTS: "view (c)", mix.CHANGE: mix.CHANGE}
    rows = [[title, *_cells(median_load(results.mix[kind]))] for kind, title in kinds.items() if kind in results.mix]
    return [
        "## (g) Reads and changes together",
        "",
        f"Usher with {mix.WORKERS} workers and {mix.CONNECTIONS} connections. Of ten requests, four read view (a), two",
        "view (b) and two view (c), one assigns a seat, and one takes it back. No request failed: the bench would have",
        "ended.",
        "",
        *(markdown_table(["", "req/s", "p50 ms", "p99 ms"], rows) if rows else NOT_MEASURED),
    ]


def _large_teams(bench: Bench) -> list[str]:
    times = {
        sizes: statistics.median(bench.results.teams[sizes]) for sizes in (large_teams.SMALL, bench.plan.large_teams)
    }
    small = times[large_teams.SMALL]
    rows = [
        [f"{teams:,} × {members:,}", f"{time:.3f}", f"{time / small:.2f}×"] for (teams, members), time in times.items()
    ]
    return [
        "## (h) Large teams",
        "",
        "The walk with all fields of view (b) through all members of a team, in a database of many large teams and in",
        "one of a single small team; milliseconds a member.",
        "",
        *markdown_table(["teams × members", "ms a member", "ratio"], rows),
    ]


def _fairness(results: Results) -> list[str]:
    rows = [
        [kind, f"{len(took):,}", *(format_number(fairness.percentile(took, share)) for share in (0.5, 0.99))]
        for kind, took in results.quiet.items()
    ]
    loud = f", and answered {format_number(median_load(results.loud).rate)} requests a second of it" if rows else ""
    return [
        "## (i) A quiet person beside a loud one",
        "",
        "The quiet person reads view (a) over one connection, one request after the other. The loud person reads view",
        f"(b) over {fairness.CONNECTIONS} connections. Usher had one worker{loud}.",
        "",
        *(markdown_table(["", "requests", "p50 ms", "p99 ms"], rows) if rows else NOT_MEASURED),
    ]


def billing_lines(results: Results) -> list[str]:
    """Return the lines about the billing screens (j)."""
    rows = []
    for name, counts in results.billing_statements.items():
        times = {orders: statistics.median(results.billing[name, orders]) for orders in counts}
        few = times[min(times)]
        for orders, (statements, control) in counts.items():
            figures = (f"{times[orders]:.2f}", f"{times[orders] / few:.2f}×", f"{statements} + {control}")
            rows.append([f"{billing.SCREENS[name]}, {orders:,} orders", *figures])
    return [
        "## (j) Billing",
        "",
        "The documents of the console's billing overview and of its list of orders, for teams that differ only in the",
        "number of their orders. A page of 5 orders is shorter than one of 50. Statements are counted as below. The",
        "bench ends if one team takes more of them than another.",
        "",
        *markdown_table(["", "p50 ms", "ratio", "statements"], rows),
    ]


def _statements(results: Results) -> list[str]:
    names = [name for name in CONTENDERS if name in results.statements]
    views_ = list(results.statements[USHER])
    rows = []
    for view in views_:
        counts = (results.statements[name].get(view) for name in names)
        rows.append([view, *("–" if count is None else f"{count[0]} + {count[1]}" for count in counts)])
    return [
        "## Statements",
        "",
        "SQL statements of one operation, plus those that only begin and end transactions.",
        "",
        *markdown_table(["", *names], rows),
    ]


def _memory(results: Results) -> list[str]:
    rows = [[n, *(f"{mib:.0f}" for mib in results.memory[n])] for n in CONTENDERS if n in results.memory]
    lines = [
        "## Memory",
        "",
        "Resident memory of a worker in MiB.",
        "",
        *markdown_table(["", "ready", "at the end"], rows),
    ]
    if results.soak:
        lines += ["Usher over many requests:", ""]
        lines += markdown_table(["requests", "MiB"], [[f"{sent:,}", f"{mib:.1f}"] for sent, mib in results.soak])
    return lines
