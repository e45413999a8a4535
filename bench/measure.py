"""The measurements. Each repetition measures every contender, in another order, so drift affects all equally."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import pgbench, views
from bench.checks import COUNTS, NESTED, VIEWER, Request, read_requests, usher_requests
from bench.client import Client
from bench.dataset import BenchData
from bench.generator import Generator, Load
from bench.meter import Meter
from bench.plan import Plan
from bench.results import Results
from bench.services import FLOOR, USHER, USHERS, Service
from bench.walks import walk

PGBENCH = "pgbench"
MEMORY_SAMPLES = 10
"""How often the memory is read during the soak."""
SOAK_CONNECTIONS = 8
SOAK_MIX = {VIEWER: 18, NESTED: 1, COUNTS: 1}
"""How often a turn of the soak reads each view."""
STATEMENT_RUNS = 5
"""How often the statements of a view are counted."""
ShowProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a measurement needs. `show_progress` prints the current step on the terminal."""

    plan: Plan
    data: BenchData
    services: Mapping[str, Service]
    results: Results
    show_progress: ShowProgress

    def in_rotation(self, names: Sequence[str]) -> Iterator[str]:
        """Yield each name once in every repetition. Each repetition begins with another name."""
        for n in range(self.plan.repetitions):
            shift = n % len(names)
            yield from (*names[shift:], *names[:shift])

    def loads(self, generator: Generator) -> None:
        """Measure the views (a) to (c) and (f) under load."""
        for view, request in read_requests(self.data, (views.PAGE,)).items():
            self._load(generator, view, request, list(self.services))
        for view, request in usher_requests(self.data).items():
            self._load(generator, view, request, [name for name in USHERS if name in self.services])

    def _load(self, generator: Generator, view: str, request: Request, names: Sequence[str]) -> None:
        token, body = request
        for level in self.plan.levels:
            self.show_progress(f"{view}, {level} connections")
            for name in names:
                generator.drive(self.services[name], token, [[body]], level, self.plan.warm_up)
            for name in self.in_rotation(names):
                load = generator.drive(self.services[name], token, [[body]], level, self.plan.seconds)
                self.results.loads[view, level, name].append(load)

    def walks(self) -> None:
        """Measure the walk (d), and how the time of the nested view grows with the number of members."""
        self.show_progress("page walk and growth")
        read = min(self.plan.members[-1], self.data.large_members)
        for name in self.in_rotation(list(self.services)):
            service = self.services[name]
            for _ in range(self.plan.walks):
                self.results.walks[name].append(walk(service, self.data.walked, views.WALK, read)[0])
            for members in self.plan.members:
                took, pages = walk(service, self.data.walked, views.MEMBERS, members)
                found = sum(len(page["team"]["members"]["nodes"]) for page in pages)
                self.results.growth[name, members].append(took * 1_000 / found)

    def assigns(self, generator: Generator, url: str, folder: Path) -> None:
        """Measure assigning one seat and taking it back (e), and pgbench with the statements of the same."""
        bench_data, levels = self.data, [level for level in self.plan.levels if level <= len(self.data.people)]
        for level in levels:
            self.show_progress(f"assign one seat, {level} connections")
            people = bench_data.people[:level]
            turns = [assign_turn(bench_data, [person]) for person in people]
            file = folder / f"assign-{level}.sql"
            file.write_text(pgbench.script(bench_data, people), encoding="utf-8")
            for name in (USHER, FLOOR):
                generator.drive(self.services[name], bench_data.large_coordinator, turns, level, self.plan.warm_up)
                self.unassign_all(people)
            for name in self.in_rotation([USHER, FLOOR, PGBENCH]):
                if name == PGBENCH:
                    load = Load(pgbench.run(url, file, level, self.plan.seconds), math.nan, math.nan)
                else:
                    service = self.services[name]
                    load = generator.drive(service, bench_data.large_coordinator, turns, level, self.plan.seconds)
                    self.unassign_all(people)
                self.results.assigns[level, name].append(load)

    def bulk(self) -> None:
        """Measure assigning many seats with one request (e). Raises AssertionError if a seat is missing."""
        self.show_progress(f"assign {self.plan.bulk} seats at once")
        assign, unassign = assign_turn(self.data, self.data.people)
        for name in self.in_rotation([USHER, FLOOR]):
            with Client(self.services[name].port, self.data.large_coordinator) as client:
                took, data = client.timed(assign)
                if len(data["assignSeats"]["seats"]) != len(self.data.people):
                    raise AssertionError(f"{name} did not assign all seats")
                client.data(unassign)
            self.results.bulk[name].append(took)

    def soak(self, generator: Generator) -> None:
        """Record Usher's memory over many requests."""
        self.show_progress(f"{self.plan.soak} requests to one worker")
        service, requests = self.services[USHER], read_requests(self.data, (views.PAGE,))
        turn = [requests[view][1] for view, often in SOAK_MIX.items() for _ in range(often)]
        part = self.plan.soak // MEMORY_SAMPLES
        self.results.soak.append((0, service.memory()))
        for n in range(1, MEMORY_SAMPLES + 1):
            generator.send(service, self.data.coordinator, turn, SOAK_CONNECTIONS, part)
            self.results.soak.append((n * part, service.memory()))

    def statements(self, metered_services: Mapping[str, Service], meter: Meter) -> None:
        """Count the statements of each view, on contenders that are connected to the database through the meter."""
        self.show_progress("statements")
        for name, service in metered_services.items():
            counted = self.results.statements[name]
            requests = read_requests(self.data, self.plan.pages)
            requests |= usher_requests(self.data) if name in USHERS else {}
            for view, (token, body) in requests.items():
                counted[view] = count_statements(meter, service, token, body, None)
        assign, unassign = assign_turn(self.data, self.data.people[:1])
        for name in (USHER, FLOOR):
            counted = self.results.statements[name]
            counted["assign one seat"] = count_statements(
                meter, metered_services[name], self.data.large_coordinator, assign, unassign
            )

    def unassign_all(self, people: Sequence[str]) -> None:
        """Take back all seats of these people.

        A run under load may end in the middle of a turn, and an earlier bench may have been stopped.
        """
        with Client(self.services[USHER].port, self.data.large_coordinator) as client:
            client.post(assign_turn(self.data, people)[1])


def assign_turn(bench_data: BenchData, people: Sequence[str]) -> list[bytes]:
    """Return the bodies of two requests: assign a seat to each of these people, and take the seats back."""
    values = {"teamId": bench_data.large, "productId": bench_data.product, "userIds": list(people)}
    return [views.ASSIGN.body(input=values), views.UNASSIGN.body(input=values)]


def count_statements(meter: Meter, service: Service, token: str, body: bytes, undo: bytes | None) -> tuple[int, int]:
    """Return the number of statements, and of those that only begin and end transactions.

    The request is sent several times, and the lowest counts are returned, because new connections add statements.
    """
    counts = []
    with Client(service.port, token) as client:
        for _ in range(STATEMENT_RUNS):
            meter.reset()
            client.data(body)
            counts.append((meter.statements, meter.control))
            if undo is not None:
                client.data(undo)
    return min(counts)
