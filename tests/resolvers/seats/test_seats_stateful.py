"""Seats under any sequence of mutations behave like a plain Python model of the rules."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import connect
from db.tables.seats import Seat, SeatPeriod, SeatSource
from domain.roles import Role
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.mutations import Desk, desk_of
from tests.support.seat_model import DIRECT, Model, Pool
from tests.support.world import Someone, World

T = TypeVar("T")
MEMBERS, SEATS = 5, (3, 2)
POOLS = "query ($id: ID!) { team(id: $id) { pools { product { id } total assigned available } } }"

person = st.integers(0, MEMBERS)  # the last one never joins
people = st.lists(person, max_size=MEMBERS + 2)
product = st.integers(0, len(SEATS) - 1)
group = st.integers(0, 1)
best_effort, dry = st.booleans(), st.sampled_from([False, False, True])


@dataclass(frozen=True)
class Ground:
    """A gateway and a world on an event loop of their own: hypothesis calls rules, it does not await them."""

    loop: asyncio.AbstractEventLoop
    client: Client
    world: World

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for the end of it."""
        return self.loop.run_until_complete(work)


@contextmanager
def ground(url: str) -> Iterator[Ground]:
    """A ground over the tests' database."""
    loop, engine = asyncio.new_event_loop(), connect(url)
    app = application(Settings(database_url=url))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test")
    yield Ground(loop, Client(http), World(engine))
    for closing in (http.aclose(), app.state.engine.dispose(), engine.dispose(), loop.shutdown_asyncgens()):
        loop.run_until_complete(closing)
    loop.close()


class Seats(RuleBasedStateMachine):
    """One team with two products, a coordinator who sends mutations, and the model beside it."""

    ground: ClassVar[Ground]

    @property
    def world(self) -> World:
        """What makes rows."""
        return self.ground.world

    @initialize()
    def begin(self) -> None:
        """A team whose members hold nothing; one pool has an expired subscription too."""
        self.desk: Desk = self.ground.run(desk_of(self.ground.client, self.world, seats=SEATS[0]))
        team = self.desk.team
        self.products = [self.desk.product, self.ground.run(self.world.pool(team, SEATS[1]))]
        pools = {product: Pool(dict.fromkeys(self.seats(product))) for product in self.products}
        self.ground.run(self.world.pool(team, 1, self.desk.product, active=False))
        self.people = [*self.ground.run(self.desk.members(MEMBERS)), self.ground.run(self.world.person()).id]
        self.groups = [self.ground.run(self.world.group(team)) for _ in range(2)]
        self.model = Model({*self.people[:-1], self.desk.who.id}, pools)

    @rule(product=product, people=people, best_effort=best_effort, dry=dry)
    def assign(self, product: int, people: list[int], best_effort: bool, dry: bool) -> None:
        """Give seats."""
        after, asked = deepcopy(self.model), self.asked(people, best_effort, dry)
        given, said = after.assign(self.products[product], asked["userIds"], best_effort)
        told = self.tell("assignSeats", productId=self.products[product], **asked)
        assert [(seat["id"], seat["holder"]["id"]) for seat in told["seats"]] == given
        self.settle(told, said, after, dry)
        assert self.counts(told["pool"]) == self.expected_counts(after, self.products[product])

    @rule(product=product, people=people, best_effort=best_effort, dry=dry)
    def unassign(self, product: int, people: list[int], best_effort: bool, dry: bool) -> None:
        """Take seats back."""
        after, asked = deepcopy(self.model), self.asked(people, best_effort, dry)
        freed, said = after.unassign(self.products[product], asked["userIds"], best_effort)
        told = self.tell("unassignSeats", productId=self.products[product], **asked)
        assert [(seat["id"], seat["holder"]) for seat in told["seats"]] == [(seat, None) for seat in freed]
        self.settle(told, said, after, dry)
        assert self.counts(told["pool"]) == self.expected_counts(after, self.products[product])

    @rule(product=product, place=st.integers(0, max(SEATS) - 1), giver=person, receiver=person, dry=dry)
    def reassign(self, product: int, place: int, giver: int, receiver: int, dry: bool) -> None:
        """Move a seat, of its holder or of whom it is said to be."""
        after, pool = deepcopy(self.model), self.model.pools[self.products[product]]
        seat = sorted(pool.seats)[place % len(pool.seats)]
        holder = pool.seats[seat]
        from_id = holder if holder is not None and giver % 2 else self.people[giver]
        to_id = self.people[receiver]
        now, said = after.reassign(self.products[product], seat, from_id, to_id)
        told = self.send("reassignSeat", seatId=seat, fromUserId=from_id, toUserId=to_id, dryRun=dry)
        assert (told["seat"] and told["seat"]["holder"]["id"]) == now
        self.settle(told, said, after, dry)

    @rule(people=st.lists(person, max_size=2), best_effort=best_effort, dry=dry)
    def remove(self, people: list[int], best_effort: bool, dry: bool) -> None:
        """Take people out of the team."""
        after, asked = deepcopy(self.model), self.asked(people, best_effort, dry)
        gone, said = after.remove(asked["userIds"], best_effort)
        told = self.tell("removeMembers", **asked)
        assert told["removedUserIds"] == gone
        self.settle(told, said, after, dry)

    @rule(who=st.integers(0, MEMBERS - 1))
    def join(self, who: int) -> None:
        """Somebody who was removed comes back."""
        id_ = self.people[who]
        if id_ not in self.model.members:
            self.ground.run(self.world.member(self.desk.team, Role.USER, Someone(id_, "", "")))
            self.model.members.add(id_)

    @rule(product=product, who=person, group=group)
    def give_by_group(self, product: int, who: int, group: int) -> None:
        """A group gives a seat to a member, or is one more reason for the one they hold."""
        id_, name, pool = self.people[who], self.products[product], self.model.pools[self.products[product]]
        held = id_ in pool.reasons
        if id_ not in self.model.members or not (held or pool.free()):
            return
        if not held:
            self.ground.run(self.world.hold(self.desk.team, name, id_, "group", self.groups[group]))
        elif self.groups[group] not in pool.reasons[id_]:
            self.ground.run(self.world.source(self.desk.team, pool.seat_of(id_), id_, self.groups[group]))
        pool.give(id_, self.groups[group])

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        """Holders, reasons and history in the tables are those of the model."""
        for product, pool in self.model.pools.items():
            seats, sources, periods = self.ground.run(self.rows(product))
            held = {seat: holder for seat, holder in seats if holder is not None}
            assert len(set(held.values())) == len(held) <= len(pool.seats), "two seats for one, or more than owned"
            assert held == {seat: holder for seat, holder in pool.seats.items() if holder is not None}
            assert sorted(sources) == sorted(
                (pool.seat_of(holder), reason) for holder, reasons in pool.reasons.items() for reason in reasons
            )
            assert sorted(period[:2] for period in periods if period[2]) == sorted(held.items())
            assert Counter(period[:2] for period in periods if not period[2]) == pool.ended

    @invariant()
    def pools_are_as_the_model_says(self) -> None:
        """What the graph counts is what the model counts."""
        answer = self.ground.run(self.ground.client(POOLS, self.desk.secret, id=self.desk.team))
        counted = {pool["product"]["id"]: self.counts(pool) for pool in answer.data["team"]["pools"]}
        assert counted == {product: self.expected_counts(self.model, product) for product in self.products}

    def asked(self, people: list[int], best_effort: bool, dry: bool) -> dict[str, Any]:
        """The input of a mutation about these people."""
        mode = "BEST_EFFORT" if best_effort else "ALL_OR_NOTHING"
        return {"userIds": [self.people[one] for one in people], "mode": mode, "dryRun": dry}

    def tell(self, mutation: str, **input: object) -> dict[str, Any]:
        """The payload of a mutation in the team."""
        return self.send(mutation, teamId=self.desk.team, **input)

    def send(self, mutation: str, **input: object) -> dict[str, Any]:
        """The payload of a mutation."""
        return self.ground.run(self.desk.tell(mutation, **input)).content

    def settle(self, told: dict[str, Any], said: list[tuple[str, int | None]], after: Model, dry: bool) -> None:
        """What was said is what the model says, and what it did has happened, unless it was a dry run."""
        assert [(error["code"], error["row"]) for error in told["errors"]] == said
        if not dry:
            self.model = after

    def seats(self, product: str) -> list[str]:
        """The seats of a pool by id."""
        return [row[0] for row in self.ground.run(self.rows(product))[0]]

    async def rows(self, product: str) -> tuple[list[Any], list[Any], list[Any]]:
        """Seat and holder; seat and reason; seat, holder and whether they still hold it."""
        mine = (Seat.team_id == self.desk.team, Seat.product_id == product)
        seats = select(Seat.id, Seat.holder_id).where(*mine)
        sources = select(SeatSource.seat_id, SeatSource.kind, SeatSource.group_id)
        sources = sources.join(Seat, (Seat.id == SeatSource.seat_id) & (Seat.holder_id == SeatSource.holder_id))
        periods = select(SeatPeriod.seat_id, SeatPeriod.holder_id, SeatPeriod.ended_at.is_(None))
        periods = periods.where(SeatPeriod.team_id == self.desk.team, SeatPeriod.product_id == product)
        async with self.world.engine.connect() as connection:
            return (
                [tuple(row) for row in await connection.execute(seats)],
                [(seat, group or DIRECT) for seat, _, group in await connection.execute(sources.where(*mine))],
                [tuple(row) for row in await connection.execute(periods)],
            )

    @staticmethod
    def counts(pool: dict[str, int]) -> tuple[int, int, int]:
        """Total, assigned and available seats, as told."""
        return pool["total"], pool["assigned"], pool["available"]

    @staticmethod
    def expected_counts(model: Model, product: str) -> tuple[int, int, int]:
        """Total, assigned and available seats, as they should be."""
        pool = model.pools[product]
        return len(pool.seats), len(pool.reasons), len(pool.free())


def test_any_sequence_of_mutations_does_what_the_model_does(postgres: str, engine: AsyncEngine) -> None:
    assert engine.dialect.name == "postgresql"
    chosen = settings(
        max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    with ground(postgres) as ready:
        run_state_machine_as_test(type("SeatsHere", (Seats,), {"ground": ready}), settings=chosen)
