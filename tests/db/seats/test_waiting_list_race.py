"""Seats freed while people are put into the line: at no moment is a seat available that somebody waits for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core import ids
from db.core.engine import commit, rollback, snapshot, transaction
from db.people import members
from db.seats import allocation as sources
from db.seats import assignments
from db.seats.seats import SeatRow
from db.tables.people import Membership
from domain.bulk import BulkMode
from domain.roles import Role
from domain.seats import DEFAULT, DIRECT, Source, SourceKind
from tests.support.world import World

PEOPLE, SEATS, WORKERS, STEPS = 10, 3, 12, 15

OVERLOOKED = text("""
    select w.product_id from waits w
    join seats s on s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id is null
    where w.team_id = :team
""")
# What must never be: somebody who waits and holds, a seat without a reason, a history that tells otherwise.
WRONG = text("""
    select 'waits and holds', w.user_id from waits w
    join seats s on s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id = w.user_id
    where w.team_id = :team
    union all
    select 'held for no reason', s.id from seats s
    where s.team_id = :team and s.holder_id is not null
      and not exists (select from seat_sources r where r.team_id = s.team_id and r.seat_id = s.id)
    union all
    select 'history', s.id from seats s
    where s.team_id = :team and s.holder_id is distinct from (
        select h.holder_id from seat_history h where h.team_id = s.team_id and h.seat_id = s.id and h.ended_at is null)
""")
DEADLOCKS = text("select deadlocks from pg_stat_database where datname = current_database()")
BEGUN = text("""
    select holder_id from seat_history where team_id = :team and started_by = 'queuer' order by started_at
""")


@dataclass(frozen=True)
class Field:
    """A team with two pools, a group and more people than seats."""

    engine: AsyncEngine
    team: str
    products: list[str]
    people: list[str]
    sources: list[Source]

    @asynccontextmanager
    async def change(self, people: Sequence[str]) -> AsyncIterator[tuple[AsyncConnection, list[str]]]:
        """A transaction that has locked those of these people who are members; it is for its block to commit."""
        async with transaction(self.engine) as connection:
            known = await members.lock(connection, self.team, people)
            yield connection, [user_id for user_id in people if user_id in known]

    async def come_back(self, people: list[str]) -> None:
        """Make members again of those of these people who are none any more."""
        rows = [
            {"team_id": self.team, "user_id": one, "id": ids.new("member"), "role": Role.USER} for one in sorted(people)
        ]
        async with self.engine.begin() as connection:
            await connection.execute(upsert(Membership).on_conflict_do_nothing(), rows)

    async def give(self, random: Random, connection: AsyncConnection, people: list[str]) -> None:
        """Give seats of one product, or of both."""
        mode, source = random.choice([*BulkMode, BulkMode.WAITLIST]), random.choice(self.sources)
        for product in sorted(random.sample(self.products, random.randint(1, 2))):
            await sources.give(connection, self.team, product, people, source, "giver", mode=mode)

    async def end(self, random: Random, connection: AsyncConnection, people: list[str]) -> None:
        """Take seats back, of one product or of both."""
        source = random.choice([*self.sources, None])
        await sources.end(connection, self.team, random.choice([*self.products, None]), people, source, "taker")

    async def remove(self, _: Random, connection: AsyncConnection, people: list[str]) -> None:
        """Take people out of the team."""
        await sources.end(connection, self.team, None, people, None, "remover")
        await members.remove(connection, self.team, people)

    async def move(self, _: Random, connection: AsyncConnection, people: list[str]) -> None:
        """Move a seat from one to another."""
        find = text("select * from seats where team_id = :team and holder_id = :who limit 1")
        row = (await connection.execute(find, {"team": self.team, "who": people[0]})).one_or_none()
        if row is not None and len(people) > 1:
            seat = SeatRow(row.id, row.team_id, row.product_id, row.holder_id, None)
            await sources.move(connection, seat, people[0], people[1], "mover")

    async def fill(self, *holders: str) -> None:
        """Give away all seats of the first product; those of no holder to whoever is last in the team."""
        async with self.change(self.people) as (connection, _):
            rest = self.people[len(holders) - SEATS :] if len(holders) < SEATS else []
            givers = dict.fromkeys([*holders, *rest], "giver")
            await assignments.assign(connection, self.team, self.products[0], givers, DIRECT, all_or_nothing=True)
            await commit(connection)

    async def queue(self, user_id: str) -> None:
        """Let somebody wait for the first product."""
        async with self.change([user_id]) as (connection, _):
            pool = (self.team, self.products[0])
            await sources.give(connection, *pool, [user_id], DIRECT, "queuer", mode=BulkMode.WAITLIST)
            await commit(connection)

    async def ask(self, query: object) -> list[tuple[str, ...]]:
        """Rows of the team at one moment."""
        async with snapshot(self.engine) as connection:
            return [tuple(row) for row in await connection.execute(query, {"team": self.team})]  # type: ignore[call-overload]


@pytest.fixture
async def field(world: World) -> Field:
    team = await world.team()
    reasons = [DIRECT, DIRECT, DEFAULT, Source(SourceKind.GROUP, await world.group(team))]
    products = [await world.pool(team, SEATS) for _ in range(2)]
    return Field(world.engine, team, products, await world.members(team, PEOPLE), reasons)


@pytest.mark.parametrize("seed", range(6))
async def test_no_seat_is_available_while_somebody_waits(field: Field, seed: int) -> None:
    working = True
    deadlocks = await field.ask(DEADLOCKS)

    async def work(random: Random) -> None:
        deeds: list[Callable[[Random, AsyncConnection, list[str]], Awaitable[None]]]
        deeds = [field.give, field.give, field.end, field.end, field.remove, field.move]
        for _ in range(STEPS):
            people = random.sample(field.people, random.randint(2, 4))
            async with field.change(people) as (connection, known):
                if known:
                    await random.choice(deeds)(random, connection, known)
                # What is taken back as a dry run is, or goes wrong, must not have misled anybody.
                await (commit(connection) if random.random() < 0.8 else rollback(connection))
            await field.come_back(people)

    async def watch() -> int:
        moments = 0
        while working:
            assert await field.ask(OVERLOOKED) == []
            assert await field.ask(WRONG) == []
            moments += 1
        return moments

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(work(Random(100 * seed + number)) for number in range(WORKERS)))  # noqa: S311
    working = False
    assert await watching > 0
    assert await field.ask(OVERLOOKED) == await field.ask(WRONG) == []
    assert await field.ask(DEADLOCKS) == deadlocks


async def blocked(work: asyncio.Task[Any]) -> None:
    """See that it waits for somebody."""
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert not work.done()


async def test_who_gives_a_seat_waits_for_who_serves_the_receiver(field: Field) -> None:
    ada, bob = field.people[:2]
    pool = (field.team, field.products[0])
    await field.fill(ada)
    await field.queue(bob)
    async with field.change([ada]) as (freeing, _), field.change([bob]) as (giving, _):
        taken = await sources.end(freeing, *pool, [ada], DIRECT, "taker")
        assert [seat.holder_id for seat in taken.promoted] == [bob]
        work = asyncio.create_task(sources.give(giving, *pool, [bob], DIRECT, "giver", mode=BulkMode.BEST_EFFORT))
        await blocked(work)
        await commit(freeing)
        given = await work
    assert (given.seats, given.settled, given.short) == ([], [bob], [])


@pytest.mark.parametrize("queueing", [False, True], ids=["freeing", "queueing"])
async def test_who_serves_the_line_waits_for_who_gives_to_somebody_in_it(
    field: Field, world: World, queueing: bool
) -> None:
    ada, bob, cy, dan = field.people[:4]
    pool = (field.team, field.products[0])
    await field.fill(ada)
    for user_id in (bob, cy):
        await field.queue(user_id)
    # A subscription that begins: these seats have not been offered to the line as yet.
    await world.pool(field.team, 2, field.products[0])
    async with field.change([bob]) as (giving, _), field.change([ada, dan]) as (serving, _):
        given = await sources.give(giving, *pool, [bob], DEFAULT, "giver", mode=BulkMode.BEST_EFFORT)
        assert [seat.holder_id for seat in given.seats] == [bob]
        work: asyncio.Task[Any] = asyncio.create_task(
            sources.give(serving, *pool, [dan], DIRECT, "giver", mode=BulkMode.WAITLIST)
            if queueing
            else sources.end(serving, *pool, [ada], DIRECT, "taker")
        )
        await blocked(work)
        await commit(giving)
        done = await work
        await commit(serving)
    assert [seat.holder_id for seat in done.promoted] == [cy]
    assert await field.ask(WRONG) == []


async def test_the_line_is_served_in_order_however_many_free_at_once(field: Field) -> None:
    product, holders, line = field.products[0], field.people[:SEATS], field.people[SEATS:]
    await field.fill(*holders)

    async def free(user_id: str) -> None:
        async with field.change([user_id]) as (connection, _):
            await sources.end(connection, field.team, product, [user_id], DIRECT, "taker")
            await commit(connection)

    for user_id in line[:SEATS]:
        await field.queue(user_id)
    # These come while the seats of the first are being freed, so that nobody knows who of them is first.
    await asyncio.gather(*map(free, holders), *map(field.queue, line[SEATS:]))
    served = [row[0] for row in await field.ask(BEGUN)]
    assert served == line[:SEATS]
    assert await field.ask(OVERLOOKED) == []
