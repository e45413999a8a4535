"""After any sequence of mutations, the seats are those of a model of the rules in plain Python."""

from collections import Counter
from copy import deepcopy
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from db.tables.seats import Seat, SeatPeriod, SeatSource
from domain.roles import Role
from tests.support.mutations import Caller, new_caller
from tests.support.seat_model import DIRECT, Model, Pool
from tests.support.sync_gateway import SyncGateway, sync_gateway
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

T = TypeVar("T")
MEMBERS, SEATS = 5, (3, 2)
POOLS = "query ($id: ID!) { team(id: $id) { pools { product { id } total assigned available } } }"

person = st.integers(0, MEMBERS)  # the last one never joins
people = st.lists(person, max_size=MEMBERS + 2)
product = st.integers(0, len(SEATS) - 1)
group = st.integers(0, 1)
best_effort, dry = st.booleans(), st.sampled_from([False, False, True])


class Seats(RuleBasedStateMachine):
    """One team with two products, a coordinator who sends mutations, and a model of the team."""

    gateway: ClassVar[SyncGateway]

    @property
    def world(self) -> World:
        """The world, which inserts rows."""
        return self.gateway.world

    @initialize()
    def begin(self) -> None:
        """Create the team. Its members hold no seats; one pool also has an expired subscription."""
        self.caller: Caller = self.gateway.run(new_caller(self.gateway.client, self.world, seats=SEATS[0]))
        team = self.caller.team
        self.products = [self.caller.product, self.gateway.run(self.world.pool(team, SEATS[1]))]
        pools = {product: Pool(dict.fromkeys(self.seats(product))) for product in self.products}
        self.gateway.run(self.world.pool(team, 1, self.caller.product, ends=-1))
        self.people = [*self.gateway.run(self.caller.members(MEMBERS)), self.gateway.run(self.world.person()).id]
        self.groups = [self.gateway.run(self.world.group(team)) for _ in range(2)]
        self.model = Model({*self.people[:-1], self.caller.who.id}, pools)

    @rule(product=product, people=people, best_effort=best_effort, dry=dry)
    def assign(self, product: int, people: list[int], best_effort: bool, dry: bool) -> None:
        """Assign seats."""
        after, asked = deepcopy(self.model), self.input_for(people, best_effort, dry)
        given, errors = after.assign(self.products[product], asked["userIds"], best_effort)
        payload = self.mutate("assignSeats", productId=self.products[product], **asked)
        assert [(seat["id"], seat["holder"]["id"]) for seat in payload["seats"]] == given
        self.compare_errors(payload, errors, after, dry)
        assert self.counts(payload["pool"]) == self.expected_counts(after, self.products[product])

    @rule(product=product, people=people, best_effort=best_effort, dry=dry)
    def unassign(self, product: int, people: list[int], best_effort: bool, dry: bool) -> None:
        """Unassign seats."""
        after, asked = deepcopy(self.model), self.input_for(people, best_effort, dry)
        freed, errors = after.unassign(self.products[product], asked["userIds"], best_effort)
        payload = self.mutate("unassignSeats", productId=self.products[product], **asked)
        assert [(seat["id"], seat["holder"]) for seat in payload["seats"]] == [(seat, None) for seat in freed]
        self.compare_errors(payload, errors, after, dry)
        assert self.counts(payload["pool"]) == self.expected_counts(after, self.products[product])

    @rule(product=product, place=st.integers(0, max(SEATS) - 1), giver=person, receiver=person, dry=dry)
    def reassign(self, product: int, place: int, giver: int, receiver: int, dry: bool) -> None:
        """Reassign a seat, from its holder or from another person, who does not hold it."""
        after, pool = deepcopy(self.model), self.model.pools[self.products[product]]
        seat = sorted(pool.seats)[place % len(pool.seats)]
        holder = pool.seats[seat]
        from_id = holder if holder is not None and giver % 2 else self.people[giver]
        to_id = self.people[receiver]
        now, errors = after.reassign(self.products[product], seat, from_id, to_id)
        payload = self.send("reassignSeat", seatId=seat, fromUserId=from_id, toUserId=to_id, dryRun=dry)
        assert (payload["seat"] and payload["seat"]["holder"]["id"]) == now
        self.compare_errors(payload, errors, after, dry)

    @rule(people=st.lists(person, max_size=2), best_effort=best_effort, dry=dry)
    def remove(self, people: list[int], best_effort: bool, dry: bool) -> None:
        """Remove people from the team."""
        after, asked = deepcopy(self.model), self.input_for(people, best_effort, dry)
        gone, errors = after.remove(asked["userIds"], best_effort)
        payload = self.mutate("removeMembers", **asked)
        assert payload["removedUserIds"] == gone
        self.compare_errors(payload, errors, after, dry)

    @rule(who=st.integers(0, MEMBERS - 1))
    def join(self, who: int) -> None:
        """Make a removed person a member again."""
        id_ = self.people[who]
        if id_ not in self.model.members:
            self.gateway.run(self.world.member(self.caller.team, Role.USER, Account(id_, "", "")))
            self.model.members.add(id_)

    @rule(product=product, who=person, group=group)
    def give_by_group(self, product: int, who: int, group: int) -> None:
        """Give a member a seat because of a group, or add the group as a source to the seat that they hold."""
        id_, name, pool = self.people[who], self.products[product], self.model.pools[self.products[product]]
        held = id_ in pool.reasons
        if id_ not in self.model.members or not (held or pool.free()):
            return
        if not held:
            self.gateway.run(self.world.give_seat(self.caller.team, name, id_, "group", self.groups[group]))
        elif self.groups[group] not in pool.reasons[id_]:
            self.gateway.run(self.world.add_seat_source(self.caller.team, pool.seat_of(id_), id_, self.groups[group]))
        pool.add_reason(id_, self.groups[group])

    @invariant()
    def rows_equal_the_model(self) -> None:
        """Compares the holders, sources and history in the tables with the model."""
        for product, pool in self.model.pools.items():
            seats, sources, periods = self.gateway.run(self.rows(product))
            held = {seat: holder for seat, holder in seats if holder is not None}
            assert len(set(held.values())) == len(held) <= len(pool.seats), "two seats for one, or more than owned"
            assert held == {seat: holder for seat, holder in pool.seats.items() if holder is not None}
            assert sorted(sources) == sorted(
                (pool.seat_of(holder), reason) for holder, reasons in pool.reasons.items() for reason in reasons
            )
            assert sorted(period[:2] for period in periods if period[2]) == sorted(held.items())
            assert Counter(period[:2] for period in periods if not period[2]) == pool.ended

    @invariant()
    def pools_equal_the_model(self) -> None:
        """Compares the numbers of the graph with the model."""
        answer = self.gateway.run(self.gateway.client(POOLS, self.caller.secret, id=self.caller.team))
        counted = {pool["product"]["id"]: self.counts(pool) for pool in answer.data["team"]["pools"]}
        assert counted == {product: self.expected_counts(self.model, product) for product in self.products}

    def input_for(self, people: list[int], best_effort: bool, dry: bool) -> dict[str, Any]:
        """The input of a mutation about these people."""
        mode = "BEST_EFFORT" if best_effort else "ALL_OR_NOTHING"
        return {"userIds": [self.people[one] for one in people], "mode": mode, "dryRun": dry}

    def mutate(self, mutation: str, **input: object) -> dict[str, Any]:
        """The payload of a mutation in the team."""
        return self.send(mutation, teamId=self.caller.team, **input)

    def send(self, mutation: str, **input: object) -> dict[str, Any]:
        """The payload of a mutation."""
        return self.gateway.run(self.caller.mutate(mutation, **input)).content

    def compare_errors(
        self, payload: dict[str, Any], errors: list[tuple[str, int | None]], after: Model, dry: bool
    ) -> None:
        """Compare the errors with those of the model; then, unless it was a dry run, go on with the changed model."""
        assert [(error["code"], error["row"]) for error in payload["errors"]] == errors
        if not dry:
            self.model = after

    def seats(self, product: str) -> list[str]:
        """The ids of the seats of a pool."""
        return [row[0] for row in self.gateway.run(self.rows(product))[0]]

    async def rows(self, product: str) -> tuple[list[Any], list[Any], list[Any]]:
        """The rows of a pool: (seat, holder), (seat, source), and (seat, holder, whether they hold it now)."""
        mine = (Seat.team_id == self.caller.team, Seat.product_id == product)
        seats = select(Seat.id, Seat.holder_id).where(*mine)
        sources = select(SeatSource.seat_id, SeatSource.kind, SeatSource.group_id)
        sources = sources.join(Seat, (Seat.id == SeatSource.seat_id) & (Seat.holder_id == SeatSource.holder_id))
        periods = select(SeatPeriod.seat_id, SeatPeriod.holder_id, SeatPeriod.ended_at.is_(None))
        periods = periods.where(SeatPeriod.team_id == self.caller.team, SeatPeriod.product_id == product)
        async with self.world.engine.connect() as connection:
            return (
                [tuple(row) for row in await connection.execute(seats)],
                [(seat, group or DIRECT) for seat, _, group in await connection.execute(sources.where(*mine))],
                [tuple(row) for row in await connection.execute(periods)],
            )

    @staticmethod
    def counts(pool: dict[str, int]) -> tuple[int, int, int]:
        """The numbers of total, assigned and available seats that the graph shows."""
        return pool["total"], pool["assigned"], pool["available"]

    @staticmethod
    def expected_counts(model: Model, product: str) -> tuple[int, int, int]:
        """The numbers of total, assigned and available seats in the model."""
        pool = model.pools[product]
        return len(pool.seats), len(pool.reasons), len(pool.free())


@pytest.mark.usefixtures("engine")
def test_after_any_sequence_of_mutations_the_rows_equal_the_model(postgres: str) -> None:
    chosen = settings(max_examples=40, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow])
    with sync_gateway(postgres) as ready:
        run_state_machine_as_test(type("SeatsHere", (Seats,), {"gateway": ready}), settings=chosen)
