"""The waiting list keeps the order in which people joined it, also when that is not the order of their ids."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core.engine import commit, transaction
from db.seats import allocation, waiting_list
from db.seats.allocation import Given, Taken
from db.tables.seats import Wait
from domain.bulk import BulkMode
from domain.seats import DEFAULT, DIRECT, Source
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World

LINE = text("select user_id from waits where team_id = :team and product_id = :product order by id")
REASONS = text("select kind from seat_sources where team_id = :team and holder_id = :holder order by id")


@dataclass(frozen=True)
class Full:
    """A team with a pool whose only seat is held, and members against the order of their ids."""

    engine: AsyncEngine
    team: str
    product: str
    holder: str
    people: list[str]

    async def queue(self, people: Sequence[str], source: Source = DIRECT) -> Given:
        """Let these people wait for a seat."""
        async with transaction(self.engine) as connection:
            pool = (self.team, self.product)
            given = await allocation.give(connection, *pool, people, source, "giver", mode=BulkMode.WAITLIST)
            await commit(connection)
        return given

    async def free(self) -> Taken:
        """Take the seat from its holder."""
        async with transaction(self.engine) as connection:
            taken = await allocation.end(connection, self.team, self.product, [self.holder], DIRECT, "taker")
            await commit(connection)
        return taken

    async def ask(self, query: object, **values: str) -> list[str]:
        """The values of the team that are committed."""
        async with transaction(self.engine) as connection:
            found = await connection.execute(query, {"team": self.team, **values})  # type: ignore[call-overload]
            return list(found.scalars())


@pytest.fixture
async def full(world: World) -> Full:
    team = await world.team()
    product = await world.pool(team, 1)
    holder, *people = sorted(await world.members(team, 4), reverse=True)
    await world.hold(team, product, holder)
    return Full(world.engine, team, product, holder, people)


async def test_people_join_in_the_order_of_the_list(full: Full) -> None:
    given = await full.queue(full.people)
    assert [(wait.position, wait.user_id) for wait in given.waiting] == list(enumerate(full.people, 1))
    assert await full.ask(LINE, product=full.product) == full.people


async def test_a_position_counts_those_who_joined_before(full: Full) -> None:
    positions = [(await full.queue([user_id])).waiting[0].position for user_id in full.people]
    assert positions == [1, 2, 3]


async def test_the_first_who_joined_is_served_first(full: Full) -> None:
    for user_id in full.people:
        await full.queue([user_id])
    assert [seat.holder_id for seat in (await full.free()).promoted] == full.people[:1]


async def test_a_second_reason_neither_costs_nor_gains_a_place(full: Full) -> None:
    ada, bob = full.people[:2]
    await full.queue([ada, bob])
    given = await full.queue([bob, ada], DEFAULT)
    assert [(wait.position, wait.user_id) for wait in given.waiting] == [(2, bob), (1, ada)]
    assert [seat.holder_id for seat in (await full.free()).promoted] == [ada]


async def test_reasons_to_wait_become_sources_in_the_same_order(full: Full) -> None:
    ada = full.people[0]
    await full.queue([ada])
    await full.queue([ada], DEFAULT)
    await full.free()
    assert await full.ask(REASONS, holder=ada) == [DIRECT.kind, DEFAULT.kind]


Locking = Callable[[AsyncConnection, str], Coroutine[Any, Any, None]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (waiting_list.freeing, waiting_list.queueing),
        (waiting_list.queueing, waiting_list.freeing),
        (waiting_list.queueing, waiting_list.queueing),
    ],
    ids=["queueing-after-freeing", "freeing-after-queueing", "queueing-after-queueing"],
)
async def test_freeing_seats_and_joining_the_line_wait_for_each_other(
    full: Full, first: Locking, second: Locking
) -> None:
    async with transaction(full.engine) as one, transaction(full.engine) as other:
        await first(one, full.team)
        async with waiting(one, second(other, full.team)) as work:
            await commit(one)
            await work


async def test_many_free_seats_at_the_same_time(full: Full) -> None:
    async with transaction(full.engine) as one, transaction(full.engine) as other:
        await waiting_list.freeing(one, full.team)
        await waiting_list.freeing(other, full.team)


async def test_teams_do_not_wait_for_each_other(full: Full, world: World) -> None:
    async with transaction(full.engine) as one, transaction(full.engine) as other:
        await waiting_list.queueing(one, full.team)
        await waiting_list.queueing(other, await world.team())


@pytest.mark.parametrize("whole", [False, True], ids=["people", "line"])
async def test_a_line_is_locked_from_its_head(full: Full, whole: bool) -> None:
    await full.queue(full.people)
    numbers = await unlocked(full.engine, "waits", full.team)
    async with transaction(full.engine) as one, transaction(full.engine) as other:
        await lock(one, "waits", full.team, "user_id", full.people[0])
        pool = (full.team, full.product)
        locking = waiting_list.lock_line(other, *pool) if whole else waiting_list.lock(other, *pool, full.people)
        async with waiting(one, locking) as work:
            assert await unlocked(full.engine, "waits", full.team) == numbers[1:]
            await commit(one)
            await work
            assert await unlocked(full.engine, "waits", full.team) == []


async def test_lines_come_in_the_order_of_their_products(full: Full, world: World) -> None:
    other = await world.pool(full.team, 0)
    products = sorted([full.product, other])
    for product in reversed(products):
        wait = {"team_id": full.team, "kind": "direct", "queued_by": "giver", "user_id": full.people[0]}
        await world.insert(Wait, wait | {"product_id": product})
    async with transaction(full.engine) as connection:
        await waiting_list.freeing(connection, full.team)
        assert await waiting_list.lines(connection, full.team, None, full.people) == products
