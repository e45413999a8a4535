"""The calendar carries out scheduled changes of the number of seats when their term begins."""

import asyncio
from datetime import date, timedelta

import pytest

from db.seats import assignments, retired
from db.seats.retired import Owner
from domain.seats import DIRECT
from resolvers.contracts.calendar import CalendarReport
from tests.support.calendar import (
    CHANGES,
    HOLDERS,
    ORDERS,
    TERMS,
    VERSION,
    WAITS,
    execute,
    forget,
    hold,
    read,
    report_on,
    run_on,
    seats_and_changes,
    subscription,
    wait,
)
from tests.support.locks import lock, unlocked, waiting
from tests.support.mutations import audit_rows
from tests.support.subscriptions import Made, make_subscription, schedule
from tests.support.world import World

pytestmark = pytest.mark.slow

STATE = "select state, ended_by from scheduled_changes where team_id = :team"
RETIRED = "select id from seats where team_id = :team and subscription_id = :id and retired_at is not null order by id"
PERIODS = "select seat_id, holder_id, ended_by from seat_history where team_id = :team order by id"
SOURCES = "select holder_id, kind from seat_sources where team_id = :team order by id"
CONTRACT = "select contract_id from subscriptions where team_id = :team and id = :id"
SECOND = date(2031, 3, 1)
EVERY_DAY = [str(date(2031, 2, 25) + timedelta(day)) for day in range(10)]


@pytest.fixture(autouse=True)
async def nothing_due(own_world: World) -> None:
    """Other tests may have left subscriptions for which something is due."""
    await forget(own_world)


async def february(world: World, seats: int, **values: object) -> Made:
    """A subscription of February 2031 that renews itself each month."""
    return await subscription(world, "2031-02-01", "2031-02-28", seats, months=1, price=1_000, **values)


async def test_free_seats_are_retired_first_and_the_renewal_is_for_the_others(own_world: World) -> None:
    made = await february(own_world, 5)
    holders = await hold(own_world, made, 2)
    await schedule(own_world, made, 3, effective_on=SECOND)
    assert await report_on(own_world, "2031-02-28") == CalendarReport(renewed=1)
    assert [row[3] for row in await read(own_world, ORDERS, made)] == [3]
    assert await seats_and_changes(own_world, made) == (5, 5)
    assert await report_on(own_world, "2031-03-01") == CalendarReport(changed=1)
    assert await seats_and_changes(own_world, made) == (3, 3)
    assert [id_ for (id_,) in await read(own_world, RETIRED, made)] == sorted(made.seats)[3:]
    assert [who for who, _ in await read(own_world, HOLDERS, made)] == sorted(holders)
    assert (await read(own_world, CHANGES, made))[1:] == [(2, SECOND, -2, 2)]
    assert await read(own_world, STATE, made) == [("applied", "job calendar")]
    assert await read(own_world, VERSION, made) == [(3,)]
    row = (await audit_rows(own_world, made.team))[-1]
    assert (row.action, row.target_id, row.before) == ("subscriptions:renew", made.id, {"seats": 5})
    assert row.after == {"product": made.product, "seats": 3, "effective": "2031-03-01"}


async def test_the_chosen_seats_are_given_up_and_their_holders_get_free_ones(own_world: World) -> None:
    made = await february(own_world, 4)
    holders = await hold(own_world, made, 2)
    seat = dict(await read(own_world, HOLDERS, made))[holders[0]]
    await schedule(own_world, made, 3, [seat], effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    assert await report_on(own_world, "2031-03-01") == CalendarReport(moved=1, changed=1)
    held = dict(await read(own_world, HOLDERS, made))
    assert held.keys() == set(holders)
    assert held[holders[0]] != seat
    assert await read(own_world, RETIRED, made) == [(seat,)]
    assert await read(own_world, SOURCES, made) == [(holders[1], "direct"), (holders[0], "direct")]
    row = (await audit_rows(own_world, made.team))[-1]
    assert row.before == {"seats": 4, "holders": {seat: holders[0]}}
    assert row.after["moved"] == {held[holders[0]]: holders[0]}


async def test_then_the_latest_assigned_lose_theirs_and_wait_in_the_order_of_assignment(own_world: World) -> None:
    made = await february(own_world, 4)
    holders = await hold(own_world, made, 4)
    [other] = await own_world.members(made.team, 1)
    await wait(own_world, made, [other])
    await schedule(own_world, made, 2, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    assert await report_on(own_world, "2031-03-01") == CalendarReport(waiting=2, changed=1)
    assert [who for who, _ in await read(own_world, HOLDERS, made)] == sorted(holders[:2])
    assert await read(own_world, WAITS, made) == [(other,), (holders[2],), (holders[3],)]
    ended = [who for _, who, by in await read(own_world, PERIODS, made) if by == "job calendar"]
    assert sorted(ended) == sorted(holders[2:])
    assert await seats_and_changes(own_world, made) == (2, 2)


async def test_holders_get_a_seat_of_another_subscription_of_the_pool(own_world: World) -> None:
    made = await february(own_world, 2)
    holders = await hold(own_world, made, 2)
    [(contract,)] = await read(own_world, CONTRACT, made)
    term = (date(2031, 1, 1), date(2031, 12, 31))
    other = await make_subscription(own_world, contract, made.team, term, 2, product_id=made.product)
    await schedule(own_world, made, 1, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    assert await report_on(own_world, "2031-03-01") == CalendarReport(moved=1, changed=1)
    held = dict(await read(own_world, HOLDERS, made))
    assert held[holders[1]] in other.seats
    assert held.keys() == set(holders)


async def test_seats_are_added_and_serve_the_waiting_list(own_world: World) -> None:
    made = await february(own_world, 1)
    await hold(own_world, made, 1)
    people = await own_world.members(made.team, 2)
    await wait(own_world, made, people)
    await schedule(own_world, made, 2, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    assert await report_on(own_world, "2031-03-01") == CalendarReport(promoted=1, changed=1)
    assert await seats_and_changes(own_world, made) == (2, 2)
    assert await read(own_world, WAITS, made) == [(people[1],)]
    assert [row[3] for row in await read(own_world, ORDERS, made)] == [2]


async def test_a_change_to_the_same_number_is_applied_and_counts_nothing(own_world: World) -> None:
    made = await february(own_world, 2)
    await schedule(own_world, made, 2, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    assert await report_on(own_world, "2031-03-01") == CalendarReport(changed=1)
    assert len(await read(own_world, CHANGES, made)) == 1


async def test_a_change_of_a_subscription_that_ended_is_left(own_world: World) -> None:
    made = await february(own_world, 2, auto_renew=False)
    await schedule(own_world, made, 1, effective_on=SECOND)
    assert await run_on(own_world, *EVERY_DAY) == []
    assert await read(own_world, STATE, made) == [("pending", None)]
    assert await seats_and_changes(own_world, made) == (2, 2)


async def test_two_workers_apply_a_change_once(own_world: World) -> None:
    made = await february(own_world, 6)
    await hold(own_world, made, 6)
    await schedule(own_world, made, 2, effective_on=SECOND)
    steps = await asyncio.gather(*(run_on(own_world, "2031-03-01") for _ in range(4)))
    assert sum(step.report.changed for one in steps for step in one) == 1
    assert sum(step.report.waiting for one in steps for step in one) == 4
    assert await seats_and_changes(own_world, made) == (2, 2)
    assert len(await read(own_world, CHANGES, made)) == 2


async def test_days_off_end_in_the_same_rows(own_world: World) -> None:
    made = [await february(own_world, 5) for _ in range(2)]
    for one in made:
        await schedule(own_world, one, 3, effective_on=SECOND)
    await execute(own_world, "update subscriptions set auto_renew = false where id = :id", id=made[1].id)
    await run_on(own_world, *EVERY_DAY)
    await execute(own_world, "update subscriptions set auto_renew = true where id = :id", id=made[1].id)
    await run_on(own_world, EVERY_DAY[-1])
    for query in (TERMS, ORDERS, CHANGES, SEATS_LEFT, VERSION):
        assert await read(own_world, query, made[0]) == await read(own_world, query, made[1])


SEATS_LEFT = "select count(*) from seats where team_id = :team and retired_at is null"


async def test_a_seat_that_is_being_assigned_meanwhile_is_not_lost(own_world: World) -> None:
    made = await february(own_world, 2)
    people = await own_world.members(made.team, 2)
    await schedule(own_world, made, 1, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    async with own_world.database.transaction() as first:
        givers, pool = dict.fromkeys(people, "giver"), (made.team, made.product)
        given = await assignments.assign(first, *pool, givers, DIRECT, all_or_nothing=True, today=SECOND)
        async with waiting(first, report_on(own_world, "2031-03-01")) as work:
            locked = list[str]()
            own_world.database.observers.append(
                lambda sql, values: locked.append(str(values)) if "memberships" in sql and " UPDATE" in sql else None
            )
            await first.commit()
            assert await work == CalendarReport(waiting=1, changed=1)
            own_world.database.observers.pop()
    assert any(people[1] in values for values in locked), "it began again, and locked the membership of the holder"
    assert [seat.holder_id for seat in given.seats] == people
    assert [who for who, _ in await read(own_world, HOLDERS, made)] == people[:1]
    assert await seats_and_changes(own_world, made) == (1, 1)


async def test_a_subscription_is_locked_before_its_change(own_world: World) -> None:
    made = await february(own_world, 2)
    change = await schedule(own_world, made, 1, effective_on=SECOND)
    await run_on(own_world, "2031-02-28")
    async with own_world.database.transaction() as first:
        await lock(first, "subscriptions", made.team, "id", made.id)
        async with waiting(first, report_on(own_world, "2031-03-01")) as work:
            assert await unlocked(own_world.database, "scheduled_changes", made.team) == [change]
            await first.commit()
            assert await work == CalendarReport(changed=1)


async def test_seats_are_locked_in_the_order_of_their_ids(own_world: World) -> None:
    made = await february(own_world, 3)
    owner, seats = Owner(made.team, made.product, made.id), sorted(made.seats)
    async with own_world.database.transaction() as first, own_world.database.transaction() as second:
        await lock(first, "seats", made.team, "id", seats[0])
        async with waiting(first, retired.pick(second, owner, 3, [], lock=True)) as work:
            assert await unlocked(own_world.database, "seats", made.team) == seats[1:]
            await first.commit()
            assert [seat.id for seat in await work] == seats
