"""The results of a run, in the units of the report."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.generator import Load


@dataclass
class Results:
    """All results.

    `loads`: one load for each repetition, by (view, connections, contender). `assigns`: the same for pairs of assigning
    one seat and taking it back, by (connections, contender). `mix`: the same for reads and changes together, by the
    kind of request. `quiet`: ms of each request of a quiet person, alone and beside a loud one, whose loads are `loud`.
    `walks`: seconds of each page walk through the large team,
    by contender. `growth`: milliseconds a member, by (contender, members read). `teams`: milliseconds a member in a
    database, by (teams, members of each). `billing`: milliseconds of a screen, by (operation, orders of the team), and
    `billing_statements`: statements as in `statements`, by operation and orders. `bulk`: seconds to assign many seats
    with one request, by contender. `statements`: by contender and view, the number of statements, and the number of
    those that only begin and end transactions. `memory`: MiB of each worker when it was ready and at the end. `soak`:
    (requests answered, MiB) of Usher's worker.
    """

    loads: defaultdict[tuple[str, int, str], list[Load]] = field(default_factory=lambda: defaultdict(list))
    assigns: defaultdict[tuple[int, str], list[Load]] = field(default_factory=lambda: defaultdict(list))
    mix: defaultdict[str, list[Load]] = field(default_factory=lambda: defaultdict(list))
    quiet: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    loud: list[Load] = field(default_factory=list)
    walks: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    growth: defaultdict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    teams: defaultdict[tuple[int, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    billing: defaultdict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    billing_statements: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)
    bulk: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: defaultdict[str, dict[str, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    soak: list[tuple[int, float]] = field(default_factory=list)


def median_load(runs: Sequence[Load]) -> Load:
    """Return the median of each figure over the repetitions."""
    return Load(*(statistics.median(values) for values in zip(*((r.rate, r.p50, r.p99) for r in runs), strict=True)))
