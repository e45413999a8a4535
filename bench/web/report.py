"""The report of the bench of the console: bench/WEB.md."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench import machine, node
from bench.report import markdown_table
from bench.web import ratings
from bench.web.company import GROUPS, MEMBERS, PRODUCTS
from bench.web.interactions import SLOWED
from bench.web.loads import Load
from bench.web.ratings import CATEGORIES, Rating
from bench.web.sizes import Sizes
from bench.web.starts import Starts
from domain.roles import Role

LEAST_POINTS = {"performance": 95, "accessibility": 100, "best-practices": 100}


@dataclass(frozen=True)
class Measured:
    """Everything that a run measured. `browser` is the version of Chromium."""

    sizes: Sizes
    loads: Sequence[Load]
    interactions: dict[str, list[float]]
    ratings: Sequence[Rating]
    starts: Starts
    browser: str


@dataclass(frozen=True)
class Goal:
    """A goal, the number that it allows, and the number that was measured. `least` is for points: more is better."""

    name: str
    limit: float
    measured: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether what was measured is enough."""
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    @property
    def row(self) -> list[str]:
        """The row of the table."""
        limit = f"{'at least' if self.least else 'at most'} {self.limit:g}{self.unit}"
        return [self.name, limit, f"{round(self.measured, 1):g}{self.unit}", "yes" if self.met else "**no**"]


def text(measured: Measured) -> str:
    """Return the report as Markdown."""
    goals = [one.row for one in _goals(measured)]
    loads = [[name, *(f"{_p75(paints):.0f}" for paints in by_role)] for name, by_role in _paints(measured.loads)]
    answers = [[name, f"{_p75(times):.0f}", f"{max(times):.0f}"] for name, times in measured.interactions.items()]
    rated = [[one.screen, *(str(one.scores[name]) for name in CATEGORIES)] for one in measured.ratings]
    lines = [
        "# The console",
        "",
        f"`make bench-web` on {datetime.now(UTC):%Y-%m-%d}: {machine.description()},",
        f"Chromium {measured.browser}, Lighthouse {node.locked(ratings.FOLDER, 'lighthouse')} with its settings for a",
        "desktop. The browser, Usher and PostgreSQL share the machine.",
        f"The team has {MEMBERS} members, {PRODUCTS} products and {GROUPS} groups. Each load is made by a browser that",
        "has stored nothing but the session.",
        "",
        "## The goals",
        "",
        *markdown_table(["Goal", "Limit", "Measured", "Met"], goals),
        "## When the largest part of a screen is painted",
        "",
        f"Milliseconds from the request of the page (LCP), 75th percentile of {len(measured.loads[0].paints)} loads.",
        "",
        *markdown_table(["Screen", *(role.value.replace("_", " ").capitalize() for role in Role)], loads),
        "## How long a click or a key takes",
        "",
        f"Milliseconds until the next frame (INP), with a processor that is slowed down {SLOWED} times. The browser",
        "reports no interaction under 16 ms.",
        "",
        *markdown_table(["Interaction", "75th percentile", "Longest"], answers),
        "## Lighthouse",
        "",
        "Points of 100, as a contract manager sees the screens.",
        "",
        *markdown_table(["Screen", *CATEGORIES.values()], rated),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _goals(measured: Measured) -> Iterator[Goal]:
    sizes, starts, loads = measured.sizes, measured.starts, measured.loads
    points = ratings.lowest(measured.ratings)
    yield Goal("JavaScript of the first screen, gzip", 250, sizes.first, " kB")
    yield Goal("JavaScript of a further screen, gzip", 25, sizes.further, " kB")
    yield Goal("GraphQL requests of a screen", 1, max(number for load in loads for number in load.requests))
    yield Goal("Foreign hosts", 0, len({host for load in loads for host in load.foreign_hosts}))
    yield Goal("LCP of the slowest screen, 75th percentile", 800, max(_p75(load.paints) for load in loads), " ms")
    slowest = max(_p75(times) for times in measured.interactions.values())
    yield Goal(f"INP with a processor {SLOWED} times slower, 75th percentile", 150, slowest, " ms")
    for name, least in LEAST_POINTS.items():
        yield Goal(f"Lighthouse, {CATEGORIES[name].lower()}, lowest of all screens", least, points[name], least=True)
    yield Goal("`make run` on a new machine", 60, starts.new, " s")
    yield Goal("`make run` again", 5, starts.again, " s")


def _paints(loads: Sequence[Load]) -> Iterator[tuple[str, list[list[float]]]]:
    """The paints of each screen, for each role in the order of the roles."""
    for name in dict.fromkeys(load.screen for load in loads):
        by_role = {load.role: load.paints for load in loads if load.screen == name}
        yield name, [by_role[role] for role in Role]


def _p75(values: Sequence[float]) -> float:
    return values[0] if len(values) == 1 else statistics.quantiles(values, n=4, method="inclusive")[2]
