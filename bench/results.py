"""What was measured, in the units of the report."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.generator import Load


@dataclass
class Results:
    """Every list has one entry a repetition.

    `loads`: by (view, connections, contender). `assigns`: the same for pairs of assign and unassign of one seat, by
    (connections, contender). `walks`: seconds to page through the large team, `growth`: milliseconds a member by
    (contender, members read), `bulk`: seconds to assign many seats at once. `statements`: by contender and view, how
    many statements and how many more that only begin and end transactions. `memory`: MiB of each worker when it was
    ready and at the end; `soak`: (requests answered, MiB) of Usher's.
    """

    loads: defaultdict[tuple[str, int, str], list[Load]] = field(default_factory=lambda: defaultdict(list))
    assigns: defaultdict[tuple[int, str], list[Load]] = field(default_factory=lambda: defaultdict(list))
    walks: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    growth: defaultdict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    bulk: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: defaultdict[str, dict[str, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    soak: list[tuple[int, float]] = field(default_factory=list)


def middle(runs: Sequence[Load]) -> Load:
    """The median of each figure over the repetitions."""
    return Load(*(statistics.median(values) for values in zip(*((r.rate, r.p50, r.p99) for r in runs), strict=True)))
