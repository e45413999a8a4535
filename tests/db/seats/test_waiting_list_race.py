"""While seats are freed and people join the waiting list, no seat is ever available that somebody waits for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core import ids
from db.core.connection import Connection
from db.core.database import Database
from db.people import members
from db.seats import allocation, assignments
from db.seats.seats import SeatRow
from db.tables.people import Membership
from domain.bulk import BulkMode
from domain.roles import Role
from domain.seats import DEFAULT, DIRECT, Source, SourceKind
from tests.support.database import fetch, fetch_rows
from tests.support.world import World

pytestmark = pytest.mark.slow

PEOPLE, SEATS, WORKERS, STEPS = 10, 3, 12, 15

AVAILABLE_BUT_WAITED_FOR = """
    select w.product_id from waits w
    join seats s on s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id is null
    where w.team_id = $1
"""
# What must never happen: a person who waits for a seat and holds one, a held seat without a source, or a wrong history.
CONTRADICTIONS = """
    select 'waits and holds', w.user_id from waits w
    join seats s on s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id = w.user_id
    where w.team_id = $1
    union all
    select 'held without a source', s.id from seats s
    where s.team_id = $1 and s.holder_id is not null
      and not exists (select from seat_sources r where r.team_id = s.team_id and r.seat_id = s.id)
    union all
    select 'wrong history', s.id from seats s
    where s.team_id = $1 and s.holder_id is distinct from (
        select h.holder_id from seat_history h where h.team_id = s.team_id and h.seat_id = s.id and h.ended_at is null)
"""
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database() and $1::text is not null"
HOLDERS_FROM_THE_LIST = """
    select holder_id from seat_history where team_id = $1 and started_by = 'joiner' order by started_at
"""


@dataclass(frozen=True)
class RaceTeam:
    """A team with two pools, a group and more people than seats."""

    engine: AsyncEngine
    database: Database
    team: str
    products: list[str]
    people: list[str]
    sources: list[Source]

    @asynccontextmanager
    async def change(self, people: Sequence[str]) -> AsyncIterator[tuple[Connection, list[str]]]:
        """A transaction that has locked the memberships of these people, and those who are members.

        The block must commit it.
        """
        async with self.database.transaction() as connection:
            known = await members.lock(connection, self.team, people)
            yield connection, [user_id for user_id in people if user_id in known]

    async def rejoin(self, people: list[str]) -> None:
        """Make those of these people members again who are not members."""
        rows = [
            {"team_id": self.team, "user_id": one, "id": ids.new("member"), "role": Role.USER} for one in sorted(people)
        ]
        async with self.engine.begin() as connection:
            await connection.execute(upsert(Membership).on_conflict_do_nothing(), rows)

    async def give(self, random: Random, connection: Connection, people: list[str]) -> None:
        """Give these people seats of one product, or of both."""
        mode, source = random.choice([*BulkMode, BulkMode.WAITLIST]), random.choice(self.sources)
        for product in sorted(random.sample(self.products, random.randint(1, 2))):
            await allocation.give(connection, self.team, product, people, source, "giver", mode=mode)

    async def end(self, random: Random, connection: Connection, people: list[str]) -> None:
        """Take seats of one product, or of both, from these people."""
        source = random.choice([*self.sources, None])
        await allocation.end(connection, self.team, random.choice([*self.products, None]), people, source, "taker")

    async def remove(self, _: Random, connection: Connection, people: list[str]) -> None:
        """Remove these people from the team."""
        await allocation.end(connection, self.team, None, people, None, "remover")
        await members.remove(connection, self.team, people)

    async def move(self, _: Random, connection: Connection, people: list[str]) -> None:
        """Move a seat from the first person to the second, if the first one holds a seat."""
        find = "select id, team_id, product_id, holder_id from seats where team_id = $1 and holder_id = $2 limit 1"
        rows = await fetch(connection, find, self.team, people[0])
        if rows and len(people) > 1:
            id_, team_id, product_id, holder_id = rows[0]
            seat = SeatRow(id_, team_id, product_id, holder_id, None)
            await allocation.move(connection, seat, people[0], people[1], "mover")

    async def fill(self, *holders: str) -> None:
        """Give the seats of the first product to these holders, and the remaining seats to the last of the people."""
        async with self.change(self.people) as (connection, _):
            rest = self.people[len(holders) - SEATS :] if len(holders) < SEATS else []
            givers = dict.fromkeys([*holders, *rest], "giver")
            await assignments.assign(connection, self.team, self.products[0], givers, DIRECT, all_or_nothing=True)
            await connection.commit()

    async def join(self, user_id: str) -> None:
        """Put a person on the waiting list of the first product."""
        async with self.change([user_id]) as (connection, _):
            pool = (self.team, self.products[0])
            await allocation.give(connection, *pool, [user_id], DIRECT, "joiner", mode=BulkMode.WAITLIST)
            await connection.commit()

    async def read(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds in the team."""
        return await fetch_rows(self.database, query, self.team)


@pytest.fixture
async def race_team(world: World) -> RaceTeam:
    team = await world.team()
    reasons = [DIRECT, DIRECT, DEFAULT, Source(SourceKind.GROUP, await world.group(team))]
    products = [await world.pool(team, SEATS) for _ in range(2)]
    return RaceTeam(world.engine, world.database, team, products, await world.members(team, PEOPLE), reasons)


@pytest.mark.parametrize("seed", range(6))
async def test_no_seat_is_available_while_somebody_waits(race_team: RaceTeam, seed: int) -> None:
    working = True
    deadlocks = await race_team.read(DEADLOCKS)

    async def work(random: Random) -> None:
        actions: list[Callable[[Random, Connection, list[str]], Awaitable[None]]]
        actions = [race_team.give, race_team.give, race_team.end, race_team.end, race_team.remove, race_team.move]
        for _ in range(STEPS):
            people = random.sample(race_team.people, random.randint(2, 4))
            async with race_team.change(people) as (connection, known):
                if known:
                    await random.choice(actions)(random, connection, known)
                # Some transactions are rolled back, as after a dry run or an error. They must not affect the others.
                await (connection.commit() if random.random() < 0.8 else connection.rollback())
            await race_team.rejoin(people)

    async def watch() -> int:
        moments = 0
        while working:
            assert await race_team.read(AVAILABLE_BUT_WAITED_FOR) == []
            assert await race_team.read(CONTRADICTIONS) == []
            moments += 1
        return moments

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(work(Random(100 * seed + number)) for number in range(WORKERS)))  # noqa: S311
    working = False
    assert await watching > 0
    assert await race_team.read(AVAILABLE_BUT_WAITED_FOR) == await race_team.read(CONTRADICTIONS) == []
    assert await race_team.read(DEADLOCKS) == deadlocks


async def assert_blocked(work: asyncio.Task[Any]) -> None:
    """Assert that the task waits for a lock."""
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert not work.done()


async def test_giving_a_seat_waits_for_a_transaction_that_serves_the_receiver(race_team: RaceTeam) -> None:
    ada, bob = race_team.people[:2]
    pool = (race_team.team, race_team.products[0])
    await race_team.fill(ada)
    await race_team.join(bob)
    async with race_team.change([ada]) as (freeing, _), race_team.change([bob]) as (giving, _):
        unassigned = await allocation.end(freeing, *pool, [ada], DIRECT, "taker")
        assert [seat.holder_id for seat in unassigned.promoted] == [bob]
        work = asyncio.create_task(allocation.give(giving, *pool, [bob], DIRECT, "giver", mode=BulkMode.BEST_EFFORT))
        await assert_blocked(work)
        await freeing.commit()
        given = await work
    assert (given.seats, [seat.holder_id for seat in given.already_held], given.unserved) == ([], [bob], [])


@pytest.mark.parametrize("joining", [False, True], ids=["freeing", "joining"])
async def test_serving_waits_for_a_transaction_that_gives_a_seat_to_somebody_on_the_list(
    race_team: RaceTeam, world: World, joining: bool
) -> None:
    ada, bob, cy, dan = race_team.people[:4]
    pool = (race_team.team, race_team.products[0])
    await race_team.fill(ada)
    for user_id in (bob, cy):
        await race_team.join(user_id)
    # A new subscription: its seats have not yet been offered to the waiting list.
    await world.pool(race_team.team, 2, race_team.products[0])
    async with race_team.change([bob]) as (giving, _), race_team.change([ada, dan]) as (serving, _):
        given = await allocation.give(giving, *pool, [bob], DEFAULT, "giver", mode=BulkMode.BEST_EFFORT)
        assert [seat.holder_id for seat in given.seats] == [bob]
        work: asyncio.Task[Any] = asyncio.create_task(
            allocation.give(serving, *pool, [dan], DIRECT, "giver", mode=BulkMode.WAITLIST)
            if joining
            else allocation.end(serving, *pool, [ada], DIRECT, "taker")
        )
        await assert_blocked(work)
        await giving.commit()
        done = await work
        await serving.commit()
    assert [seat.holder_id for seat in done.promoted] == [cy]
    assert await race_team.read(CONTRADICTIONS) == []


async def test_the_waiting_list_is_served_in_order_however_many_free_seats_at_once(race_team: RaceTeam) -> None:
    product, holders, waiting = race_team.products[0], race_team.people[:SEATS], race_team.people[SEATS:]
    await race_team.fill(*holders)

    async def free(user_id: str) -> None:
        async with race_team.change([user_id]) as (connection, _):
            await allocation.end(connection, race_team.team, product, [user_id], DIRECT, "taker")
            await connection.commit()

    for user_id in waiting[:SEATS]:
        await race_team.join(user_id)
    # The others join while the seats are being freed, so their order is not known.
    await asyncio.gather(*map(free, holders), *map(race_team.join, waiting[SEATS:]))
    served = [row[0] for row in await race_team.read(HOLDERS_FROM_THE_LIST)]
    assert served == waiting[:SEATS]
    assert await race_team.read(AVAILABLE_BUT_WAITED_FOR) == []
