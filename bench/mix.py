"""The mix (g): reads and changes at the same time, on an Usher of two workers."""

from collections.abc import Sequence
from pathlib import Path

from bench import services, views
from bench.checks import COUNTS, NESTED, VIEWER
from bench.dataset import BenchData
from bench.generator import Generator
from bench.measure import Bench, assign_turn
from bench.services import USHER

WORKERS = 2
CONNECTIONS = 32
CHANGE = "one seat"
"""The kind of a request that assigns one seat or takes it back."""
READS = (VIEWER, NESTED, VIEWER, COUNTS)
TURN = (*READS, CHANGE) * 2
"""The kinds of the requests of a turn: of ten, eight read and two change."""


def measure(bench: Bench, generator: Generator, url: str, folder: Path) -> None:
    """Measure the mix. Each connection assigns a seat to its own person in each turn, and takes it back."""
    bench.show_progress(f"reads and changes together, {CONNECTIONS} connections")
    people = bench.data.people[:CONNECTIONS]
    turns, token = [_turn(bench.data, [person]) for person in people], bench.data.large_coordinator
    command = {USHER: services.commands()[USHER]}
    with services.running(command, url, bench.data.viewer, folder, WORKERS) as started:
        generator.drive_mix(started[USHER], token, turns, TURN, CONNECTIONS, bench.plan.warm_up)
        bench.unassign_all(people)
        for _ in range(bench.plan.repetitions):
            loads = generator.drive_mix(started[USHER], token, turns, TURN, CONNECTIONS, bench.plan.mix)
            for kind, load in loads.items():
                bench.results.mix[kind].append(load)
            bench.unassign_all(people)


def _turn(bench_data: BenchData, people: Sequence[str]) -> list[bytes]:
    team, changes = bench_data.large, iter(assign_turn(bench_data, people))
    reads = {
        VIEWER: views.VIEWER.body(),
        NESTED: views.MEMBERS.body(team=team, first=views.PAGE, since=bench_data.since, until=bench_data.until),
        COUNTS: views.COUNTS.body(team=team, first=views.COUNTED),
    }
    return [next(changes) if kind == CHANGE else reads[kind] for kind in TURN]
