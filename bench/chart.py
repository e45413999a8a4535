"""The chart: a panel of bars for each view, as SVG for light and dark pages."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from bench.checks import ABILITIES, COUNTS, MEMBER_PAGE, NESTED, VIEWER
from bench.report import CONTENDERS, format_number
from bench.results import Results, median_load
from bench.services import USHER
from bench.targets import CONNECTIONS

WIDTH, MARGIN, LABELS, VALUES = 780, 24, 240, 90
BAR, GAP, TITLE, SPACE = 16, 8, 30, 20

STYLE = """
  .page { fill: #ffffff; stroke: #d0d7de; }
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .bar { fill: #8c959f; }
  .own { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #30363d; }
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .own { fill: #4493f8; }
  }
"""

LOADS = {
    VIEWER: "(a) viewer with own seats",
    NESTED: "(b) 50 members × seats × product × usage",
    COUNTS: "(c) 100 members with counts",
}
PAGES = {
    MEMBER_PAGE: "(f) member page: 50 members × seats, pools, groups",
    ABILITIES: "(f) member page with viewerCan",
}

Panel = tuple[str, dict[str, float]]


def draw(results: Results) -> str:
    """Return the SVG for the results of a run."""
    return draw_panels(_panels(results))


def draw_panels(panels: Sequence[Panel]) -> str:
    """Return an SVG with one panel below the other. Each panel has its own scale, from zero."""
    parts: list[str] = []
    y = MARGIN
    for title, values in panels:
        parts.append(f'<text class="title" x="{MARGIN}" y="{y + 14}">{escape(title)}</text>')
        y += TITLE
        most = max(values.values())
        for name, value in values.items():
            parts += _bar(name, value, value / most, y)
            y += BAR + GAP
        y += SPACE
    height = y - SPACE + MARGIN - GAP
    frame = f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    label = 'role="img" aria-label="Requests a second of every contender, by view">'
    return "\n".join([f"{head} {label}", f"<style>{STYLE}</style>", frame, *parts, "</svg>", ""])


def _bar(name: str, value: float, share: float, y: int) -> list[str]:
    left, room = MARGIN + LABELS, WIDTH - 2 * MARGIN - LABELS - VALUES
    width = max(1, round(room * share))
    kind = "bar own" if name == USHER else "bar"
    return [
        f'<text x="{left - 10}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
        f'<rect class="{kind}" x="{left}" y="{y}" width="{width}" height="{BAR}" rx="2"/>',
        f'<text x="{left + width + 8}" y="{y + 13}">{format_number(value)}</text>',
    ]


def _panels(results: Results) -> list[Panel]:
    walks = {name: 1 / statistics.median(results.walks[name]) for name in CONTENDERS if name in results.walks}
    return [
        *_load_panels(results, LOADS),
        ("(d) the page walk: walks a second, one client", walks),
        *_load_panels(results, PAGES),
    ]


def _load_panels(results: Results, titles: Mapping[str, str]) -> Iterator[Panel]:
    for view, title in titles.items():
        found = {name: results.loads.get((view, CONNECTIONS, name)) for name in CONTENDERS}
        values = {name: median_load(runs).rate for name, runs in found.items() if runs}
        if values:
            yield f"{title}: requests a second, {CONNECTIONS} connections", values
