"""The measurements. Contenders take turns in every repetition, in an order that turns too: drift hits all alike."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import pgbench, views
from bench.checks import asked
from bench.client import Client
from bench.dataset import Cast
from bench.generator import Generator, Load
from bench.meter import Meter
from bench.plan import Plan
from bench.results import Results
from bench.services import FLOOR, USHER, Service
from bench.walks import walk

PGBENCH = "pgbench"
SOAKS = 10
"""How often memory is looked at on the way."""
SOAKED = 8
MIX = (18, 1, 1)
"""How often a turn of the soak asks for the viewer, for a page of members, for counts."""
SETTLED = 5
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a measurement needs; `tell` says on the terminal what goes on."""

    plan: Plan
    cast: Cast
    services: Mapping[str, Service]
    results: Results
    tell: Tell

    def rounds(self, names: Sequence[str]) -> Iterator[str]:
        """Each of these once in every repetition; each repetition begins with another one."""
        for n in range(self.plan.repetitions):
            shift = n % len(names)
            yield from (*names[shift:], *names[:shift])

    def loads(self, generator: Generator) -> None:
        """The views (a) to (c) under load."""
        bodies = asked(self.cast, (views.PAGE,))
        for view, (token, body) in bodies.items():
            for level in self.plan.levels:
                self.tell(f"{view}, {level} connections")
                for service in self.services.values():
                    generator.drive(service, token, [[body]], level, self.plan.warm_up)
                for name in self.rounds(list(self.services)):
                    load = generator.drive(self.services[name], token, [[body]], level, self.plan.seconds)
                    self.results.loads[view, level, name].append(load)

    def walks(self) -> None:
        """The walk (d), and how the nested view grows with the number of members read."""
        self.tell("page walk and growth")
        read = min(self.plan.members[-1], self.cast.large_members)
        for name in self.rounds(list(self.services)):
            service = self.services[name]
            for _ in range(self.plan.walks):
                self.results.walks[name].append(walk(service, self.cast, views.WALK, read)[0])
            for members in self.plan.members:
                took, pages = walk(service, self.cast, views.MEMBERS, members)
                found = sum(len(page["team"]["members"]["nodes"]) for page in pages)
                self.results.growth[name, members].append(took * 1_000 / found)

    def assigns(self, generator: Generator, recording: Sequence[str], url: str, folder: Path) -> None:
        """Assigning one seat and taking it back (e), and the same statements by pgbench."""
        cast, levels = self.cast, [level for level in self.plan.levels if level <= len(self.cast.people)]
        for level in levels:
            self.tell(f"assign one seat, {level} connections")
            people = cast.people[:level]
            turns = [assign_turn(cast, [person]) for person in people]
            file = folder / f"assign-{level}.sql"
            file.write_text(pgbench.script(recording, cast.people[0], people), encoding="utf-8")
            for name in (USHER, FLOOR):
                generator.drive(self.services[name], cast.large_coordinator, turns, level, self.plan.warm_up)
                self.take_back(people)
            for name in self.rounds([USHER, FLOOR, PGBENCH]):
                if name == PGBENCH:
                    load = Load(pgbench.run(url, file, level, self.plan.seconds), math.nan, math.nan)
                else:
                    service = self.services[name]
                    load = generator.drive(service, cast.large_coordinator, turns, level, self.plan.seconds)
                    self.take_back(people)
                self.results.assigns[level, name].append(load)

    def bulk(self) -> None:
        """Assigning many seats at once (e)."""
        self.tell(f"assign {self.plan.bulk} seats at once")
        assign, unassign = assign_turn(self.cast, self.cast.people)
        for name in self.rounds([USHER, FLOOR]):
            with Client(self.services[name].port, self.cast.large_coordinator) as client:
                took, data = client.timed(assign)
                if len(data["assignSeats"]["seats"]) != len(self.cast.people):
                    raise AssertionError(f"{name} did not assign all seats")
                client.data(unassign)
            self.results.bulk[name].append(took)

    def soak(self, generator: Generator) -> None:
        """Usher's memory over many requests."""
        self.tell(f"{self.plan.soak} requests to one worker")
        service, bodies = self.services[USHER], list(asked(self.cast, (views.PAGE,)).values())
        turn = [body for (_, body), often in zip(bodies, MIX, strict=True) for _ in range(often)]
        part = self.plan.soak // SOAKS
        self.results.soak.append((0, service.memory()))
        for n in range(1, SOAKS + 1):
            generator.send(service, self.cast.coordinator, turn, SOAKED, part)
            self.results.soak.append((n * part, service.memory()))

    def statements(self, through: Mapping[str, Service], meter: Meter) -> None:
        """How many statements each view takes, counted on contenders that reach the database through the meter."""
        self.tell("statements")
        for name, service in through.items():
            counted = self.results.statements[name]
            for view, (token, body) in asked(self.cast, self.plan.pages).items():
                counted[view] = _counted(meter, service, token, body, None)
        assign, unassign = assign_turn(self.cast, self.cast.people[:1])
        for name in (USHER, FLOOR):
            counted = self.results.statements[name]
            counted["assign one seat"] = _counted(meter, through[name], self.cast.large_coordinator, assign, unassign)

    def take_back(self, people: Sequence[str]) -> None:
        """Leave nobody with a seat: load ends at any point of a turn, and an earlier run may have been stopped."""
        with Client(self.services[USHER].port, self.cast.large_coordinator) as client:
            client.post(assign_turn(self.cast, people)[1])


def variables(cast: Cast, people: Sequence[str]) -> dict[str, Any]:
    """What names these people and the seats they get."""
    return {"input": {"teamId": cast.large, "productId": cast.product, "userIds": list(people)}}


def assign_turn(cast: Cast, people: Sequence[str]) -> list[bytes]:
    """Give these people a seat, and take it back."""
    given = variables(cast, people)
    return [views.ASSIGN.body(**given), views.UNASSIGN.body(**given)]


def _counted(meter: Meter, service: Service, token: str, body: bytes, undo: bytes | None) -> tuple[int, int]:
    """Statements, and those that only begin and end transactions; the least of a few, as new connections add some."""
    counts = []
    with Client(service.port, token) as client:
        for _ in range(SETTLED):
            meter.reset()
            client.data(body)
            counts.append((meter.statements, meter.control))
            if undo is not None:
                client.data(undo)
    return min(counts)
