"""The waiting list keeps the order in which people joined it, even if that is not the order of their ids."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from db.core.connection import Connection
from db.core.database import Database
from db.seats import allocation, waiting_list
from db.seats.allocation import Allocated, Unassigned
from db.tables.seats import Wait
from domain.bulk import BulkMode
from domain.seats import DEFAULT, DIRECT, Source
from tests.support.database import fetch_rows
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World

WAITING_LIST = "select user_id from waits where team_id = $1 and product_id = $2 order by id"
SOURCE_KINDS = "select kind from seat_sources where team_id = $1 and holder_id = $2 order by id"


@dataclass(frozen=True)
class FullPool:
    """A team with a pool whose only seat is held, and members in the reverse order of their ids."""

    database: Database
    team: str
    product: str
    holder: str
    people: list[str]

    async def join(self, people: Sequence[str], source: Source = DIRECT) -> Allocated:
        """Put these people on the waiting list, and commit."""
        async with self.database.transaction() as connection:
            pool = (self.team, self.product)
            given = await allocation.give(connection, *pool, people, source, "giver", mode=BulkMode.WAITLIST)
            await connection.commit()
        return given

    async def free(self) -> Unassigned:
        """Take the seat from its holder, and commit."""
        async with self.database.transaction() as connection:
            unassigned = await allocation.end(connection, self.team, self.product, [self.holder], DIRECT, "taker")
            await connection.commit()
        return unassigned

    async def read(self, query: str, value: str) -> list[str]:
        """The values that a query finds in the team's committed rows."""
        return [row[0] for row in await fetch_rows(self.database, query, self.team, value)]


@pytest.fixture
async def full_pool(world: World) -> FullPool:
    team = await world.team()
    product = await world.pool(team, 1)
    holder, *people = sorted(await world.members(team, 4), reverse=True)
    await world.give_seat(team, product, holder)
    return FullPool(world.database, team, product, holder, people)


async def test_people_join_in_the_order_of_the_list(full_pool: FullPool) -> None:
    given = await full_pool.join(full_pool.people)
    assert [(wait.position, wait.user_id) for wait in given.waiting] == list(enumerate(full_pool.people, 1))
    assert await full_pool.read(WAITING_LIST, full_pool.product) == full_pool.people


async def test_a_position_counts_the_people_who_joined_before(full_pool: FullPool) -> None:
    positions = [(await full_pool.join([user_id])).waiting[0].position for user_id in full_pool.people]
    assert positions == [1, 2, 3]


async def test_the_first_person_who_joined_is_served_first(full_pool: FullPool) -> None:
    for user_id in full_pool.people:
        await full_pool.join([user_id])
    assert [seat.holder_id for seat in (await full_pool.free()).promoted] == full_pool.people[:1]


async def test_a_second_source_does_not_change_the_position(full_pool: FullPool) -> None:
    ada, bob = full_pool.people[:2]
    await full_pool.join([ada, bob])
    given = await full_pool.join([bob, ada], DEFAULT)
    assert [(wait.position, wait.user_id) for wait in given.waiting] == [(2, bob), (1, ada)]
    assert [seat.holder_id for seat in (await full_pool.free()).promoted] == [ada]


async def test_waits_become_sources_in_the_same_order(full_pool: FullPool) -> None:
    ada = full_pool.people[0]
    await full_pool.join([ada])
    await full_pool.join([ada], DEFAULT)
    await full_pool.free()
    assert await full_pool.read(SOURCE_KINDS, ada) == [DIRECT.kind, DEFAULT.kind]


TakeLock = Callable[[Connection, str], Coroutine[Any, Any, None]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (waiting_list.lock_for_freeing, waiting_list.lock_for_joining),
        (waiting_list.lock_for_joining, waiting_list.lock_for_freeing),
        (waiting_list.lock_for_joining, waiting_list.lock_for_joining),
    ],
    ids=["joining-after-freeing", "freeing-after-joining", "joining-after-joining"],
)
async def test_freeing_seats_and_joining_the_waiting_list_wait_for_each_other(
    full_pool: FullPool, first: TakeLock, second: TakeLock
) -> None:
    async with full_pool.database.transaction() as one, full_pool.database.transaction() as other:
        await first(one, full_pool.team)
        async with waiting(one, second(other, full_pool.team)) as work:
            await one.commit()
            await work


async def test_two_transactions_can_free_seats_at_the_same_time(full_pool: FullPool) -> None:
    async with full_pool.database.transaction() as one, full_pool.database.transaction() as other:
        await waiting_list.lock_for_freeing(one, full_pool.team)
        await waiting_list.lock_for_freeing(other, full_pool.team)


async def test_teams_do_not_wait_for_each_other(full_pool: FullPool, world: World) -> None:
    async with full_pool.database.transaction() as one, full_pool.database.transaction() as other:
        await waiting_list.lock_for_joining(one, full_pool.team)
        await waiting_list.lock_for_joining(other, await world.team())


@pytest.mark.parametrize("whole", [False, True], ids=["people", "list"])
async def test_a_waiting_list_is_locked_from_its_head(full_pool: FullPool, whole: bool) -> None:
    await full_pool.join(full_pool.people)
    numbers = await unlocked(full_pool.database, "waits", full_pool.team)
    async with full_pool.database.transaction() as one, full_pool.database.transaction() as other:
        await lock(one, "waits", full_pool.team, "user_id", full_pool.people[0])
        pool = (full_pool.team, full_pool.product)
        people = full_pool.people
        locking = waiting_list.lock_list(other, *pool) if whole else waiting_list.lock_waits(other, *pool, people)
        async with waiting(one, locking) as work:
            assert await unlocked(full_pool.database, "waits", full_pool.team) == numbers[1:]
            await one.commit()
            await work
            assert await unlocked(full_pool.database, "waits", full_pool.team) == []


async def test_waiting_lists_are_returned_in_the_order_of_their_products(full_pool: FullPool, world: World) -> None:
    other = await world.pool(full_pool.team, 0)
    products = sorted([full_pool.product, other])
    for product in reversed(products):
        wait = {"team_id": full_pool.team, "kind": "direct", "queued_by": "giver", "user_id": full_pool.people[0]}
        await world.insert(Wait, wait | {"product_id": product})
    async with full_pool.database.transaction() as connection:
        await waiting_list.lock_for_freeing(connection, full_pool.team)
        assert await waiting_list.products_to_serve(connection, full_pool.team, None, full_pool.people) == products
