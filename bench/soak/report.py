"""The report of a soak: bench/SOAK.md."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import machine
from bench.soak import invariants
from bench.soak.load import CLIENTS_PER_TEAM, Counts
from bench.soak.stories import STORIES, Story


@dataclass
class Told:
    """All times that one story was told: the counts of requests, the seconds until healthy, and the broken rules."""

    story: Story
    counts: list[Counts] = field(default_factory=list)
    healthy: list[float] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    met: list[bool] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def any_broken(told: Sequence[Told]) -> bool:
    """Return whether a rule did not hold after some story."""
    return any(one.broken for one in told)


def text(told: Sequence[Told], seconds: float, teams: int) -> str:
    """Return the report as Markdown."""
    times = sum(len(one.healthy) for one in told)
    lines = [
        "# Soak",
        "",
        f"`make soak` ran {times} stories in {seconds / 60:.1f} minutes on {machine.description()},",
        "against `usher run` with two web workers and the embedded PostgreSQL, and `usher worker`. The clients ran on",
        f"the same machine. In each of {teams} teams, {CLIENTS_PER_TEAM} coordinators assign, unassign and reassign",
        "the same ten seats, queue people, and invite. They repeat a change that was not answered, with its",
        "idempotency key. All the time, a plain member tries to take a seat.",
        "",
        "| Story | Times | What was done | Succeeded | Refused | Failed | Healthy again: median, worst | Invariants |",
        "|---|---:|---|---:|---|---|---:|---|",
        *(_row(one) for one in told),
        "",
        "*Refused* requests got a typed error, such as `UNAVAILABLE` while the database was away. *Failed* ones got no",
        "answer, for example because their worker was killed. The time until healthy counts from the kill, or from the",
        "end of an attack, until all processes run and four health checks in a row succeed.",
        "",
        "## What else was measured",
        "",
        "| Story | Measured the last time | Target met |",
        "|---|---|---|",
        *(f"| {one.story.name} | {one.measured[-1]} | {_met(one)} |" for one in told if one.measured),
        "",
        "## Invariants",
        "",
        "After each story, SQL checks them for all teams:",
        "",
        *_rules(),
        *_violations(told),
    ]
    return "\n".join(lines) + "\n"


def _row(told: Told) -> str:
    succeeded = sum(one.succeeded for one in told.counts)
    refused = sum((one.refused for one in told.counts), Counter[str]())
    failed = sum((one.failed for one in told.counts), Counter[str]())
    healthy = f"{statistics.median(told.healthy):.1f} s, {max(told.healthy):.1f} s" if told.healthy else "never"
    held = "**broken**" if told.broken else "held"
    cells = (told.story.name, len(told.counts), told.story.what, f"{succeeded:,}", _counted(refused), _counted(failed))
    return "| " + " | ".join(map(str, (*cells, healthy, held))) + " |"


def _counted(counts: Counter[str]) -> str:
    if not counts:
        return "0"
    return f"{counts.total():,} ({', '.join(f'{what} {number:,}' for what, number in counts.most_common())})"


def _met(told: Told) -> str:
    if not told.met:
        return "–"
    return "yes" if all(told.met) else f"**no** ({sum(told.met)} of {len(told.met)} times)"


def _rules() -> list[str]:
    return [f"- {rule}" for rule in (*invariants.RULES, invariants.STORED_RULE, invariants.MAILED_RULE)]


def _violations(told: Sequence[Told]) -> list[str]:
    found = [f"- {one.story.name}: {rule}" for one in told for rule in one.broken]
    return ["", "**Broken:**", "", *found] if found else []


def new() -> list[Told]:
    """Return an empty record for each story."""
    return [Told(story) for story in STORIES]
