"""Seats are assigned in the order of the list and of their ids, even if another transaction changes them meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.core.connection import Connection
from db.core.database import Database
from db.seats import assignments, reassignments
from db.seats.assignments import Assigned, Ended
from domain.seats import DEFAULT, DIRECT
from tests.support.calendar import execute
from tests.support.database import fetch
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World

GIVERS = "select started_by from seat_history where team_id = $1 and ended_at is null order by seat_id"


@dataclass(frozen=True)
class Pool:
    """A pool of three seats, in the order of their ids, and four members, in the reverse order of their ids."""

    database: Database
    team: str
    product: str
    seats: list[str]
    people: list[str]

    async def assign(self, connection: Connection, people: Sequence[str]) -> Assigned:
        """Give seats to these people. Each seat has another giver."""
        givers = {user_id: f"giver {place}" for place, user_id in enumerate(people)}
        return await assignments.assign(connection, self.team, self.product, givers, DIRECT, all_or_nothing=False)


@pytest.fixture
async def pool(world: World) -> Pool:
    team = await world.team()
    product = await world.pool(team, 3)
    seats = sorted(await world.free_seats(team, product))
    return Pool(world.database, team, product, seats, sorted(await world.members(team, 4), reverse=True))


async def test_the_first_person_gets_the_seat_with_the_lowest_id(pool: Pool) -> None:
    async with pool.database.transaction() as connection:
        assigned = await pool.assign(connection, pool.people[:2])
        assert [(seat.id, seat.holder_id) for seat in assigned.seats] == list(
            zip(pool.seats, pool.people[:2], strict=False)
        )
        givers = [record[0] for record in await fetch(connection, GIVERS, pool.team)]
    assert givers == ["giver 0", "giver 1"]


async def test_the_last_people_of_the_list_get_no_seat(pool: Pool) -> None:
    async with pool.database.transaction() as connection:
        assigned = await pool.assign(connection, pool.people)
    assert [seat.holder_id for seat in assigned.seats] == pool.people[:3]
    assert assigned.unserved == pool.people[3:]


async def test_a_seat_that_another_transaction_has_locked_is_skipped(pool: Pool) -> None:
    async with pool.database.transaction() as first, pool.database.transaction() as second:
        await pool.assign(first, pool.people[:1])
        assigned = await pool.assign(second, pool.people[1:2])
    assert [seat.id for seat in assigned.seats] == pool.seats[1:2]


async def test_the_last_seat_is_waited_for_and_assigned_once(pool: Pool) -> None:
    async with pool.database.transaction() as first, pool.database.transaction() as second:
        await pool.assign(first, pool.people[:3])
        async with waiting(first, pool.assign(second, pool.people[3:])) as work:
            await first.commit()
            assigned = await work
    assert (assigned.seats, assigned.unserved) == ([], pool.people[3:])


async def test_while_it_waits_for_a_seat_it_has_locked_none_with_a_higher_id(pool: Pool) -> None:
    async with pool.database.transaction() as first, pool.database.transaction() as second:
        await lock(first, "seats", pool.team, "id", pool.seats[0])
        async with waiting(first, pool.assign(second, pool.people[:3])) as work:
            assert await unlocked(pool.database, "seats", pool.team) == pool.seats[1:]
            await first.commit()
            await work


async def test_the_subscription_that_ends_last_gives_its_seats_first(pool: Pool, world: World) -> None:
    await world.pool(pool.team, 2, pool.product, ends=91)
    await world.pool(pool.team, 1, pool.product, ends=90)
    await world.pool(pool.team, 1, pool.product, starts=1, ends=99)
    seats = await subscriptions_of(world, pool)
    async with pool.database.transaction() as connection:
        assigned = await pool.assign(connection, [*pool.people, *await world.members(pool.team, 3)])
    # Of two that end on the same day, the one with the lower id comes first.
    places = [(-seats[seat.id][0], seats[seat.id][1], seat.id) for seat in assigned.seats]
    assert [place[0] for place in places] == [-91, -91, -90, -90, -90, -90]
    assert places == sorted(places)
    assert len(assigned.unserved) == 1


async def test_no_seat_is_locked_in_a_subscription_that_is_not_needed(pool: Pool, world: World) -> None:
    await world.pool(pool.team, 2, pool.product, ends=91)
    seats = await subscriptions_of(world, pool)
    async with pool.database.transaction() as connection:
        await pool.assign(connection, pool.people[:2])
        assert await unlocked(pool.database, "seats", pool.team) == [id_ for id_ in seats if seats[id_][0] == 90]


async def test_a_retired_seat_is_never_given(pool: Pool, world: World) -> None:
    await execute(world, "update seats set retired_at = now() where id = :id", id=pool.seats[0])
    async with pool.database.transaction() as connection:
        assigned = await pool.assign(connection, pool.people)
    assert [seat.id for seat in assigned.seats] == pool.seats[1:]
    assert assigned.unserved == pool.people[2:]


@pytest.mark.parametrize(("day", "number"), [(-91, 0), (-90, 3), (90, 3), (91, 0)])
async def test_the_subscription_is_active_on_the_day_of_the_caller(pool: Pool, day: int, number: int) -> None:
    today = datetime.now(UTC).date() + timedelta(day)
    givers = dict.fromkeys(pool.people, "giver")
    async with pool.database.transaction() as connection:
        pair = (pool.team, pool.product)
        given = await assignments.assign(connection, *pair, givers, DIRECT, all_or_nothing=False, today=today)
    assert len(given.seats) == number


async def test_seats_to_be_freed_are_locked_in_the_order_of_their_ids(pool: Pool) -> None:
    async with pool.database.transaction() as first, pool.database.transaction() as second:
        await pool.assign(second, pool.people[:3])
        await second.commit()
        await lock(first, "seats", pool.team, "id", pool.seats[0])
        async with waiting(first, _free_and_roll_back(pool, pool.people)) as work:
            assert await unlocked(pool.database, "seats", pool.team) == pool.seats[1:]
            await first.commit()
            assert [one.seat_id for one in await work] == pool.seats


async def test_a_seat_that_moves_meanwhile_is_not_freed(pool: Pool, world: World) -> None:
    ada, bob = pool.people[:2]
    seat = await world.give_seat(pool.team, pool.product, ada)
    async with pool.database.transaction() as first:
        assert await reassignments.move(first, pool.team, seat, ada, bob, "mover")
        async with waiting(first, _free_and_roll_back(pool, [ada])) as work:
            await first.commit()
            assert await work == []
    assert await world.holders(pool.team, pool.product) == [bob]


async def test_the_groups_that_still_give_a_seat_are_returned_in_the_order_of_their_ids(
    pool: Pool, world: World
) -> None:
    ada = pool.people[0]
    groups = sorted([await world.group(pool.team) for _ in range(3)])
    seat = await world.give_seat(pool.team, pool.product, ada)
    for group in (groups[1], groups[2], groups[0]):
        await world.add_seat_source(pool.team, seat, ada, group)
    [ended] = await _free_and_roll_back(pool, [ada])
    assert (ended.ended, ended.freed, ended.group_ids) == (True, False, groups)


async def test_a_source_is_added_to_a_seat_only_once(pool: Pool) -> None:
    async with pool.database.transaction() as connection:
        assigned = await pool.assign(connection, pool.people[:3])
        pair = (pool.team, pool.product, pool.people)
        added = await assignments.add_source(connection, *pair, DEFAULT)
        assert {seat.id for seat in added} == {seat.id for seat in assigned.seats}
        assert await assignments.add_source(connection, *pair, DEFAULT) == []


async def subscriptions_of(world: World, pool: Pool) -> dict[str, tuple[int, str]]:
    """The last day, from today, and the id of the subscription of each seat, in the order of the ids of the seats."""
    query = """
        select s.id, p.ends_on - current_date, p.id from seats s join subscriptions p on p.id = s.subscription_id
        where s.team_id = :team order by s.id
    """
    async with world.engine.connect() as connection:
        found = (await connection.execute(text(query), {"team": pool.team})).all()
    return {row[0]: (row[1], row[2]) for row in found}


async def _free_and_roll_back(pool: Pool, people: Sequence[str]) -> list[Ended]:
    """Free the seats of these people in a new transaction, which is rolled back."""
    async with pool.database.transaction() as connection:
        pair = (pool.team, pool.product)
        return await assignments.free(connection, *pair, people, DIRECT, "taker")
