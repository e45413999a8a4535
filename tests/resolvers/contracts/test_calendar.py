"""The calendar renews subscriptions, once each, whenever and however often it runs."""

import asyncio
from calendar import monthrange
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from domain.actions import Action
from resolvers.contracts.calendar import CalendarFailed, CalendarReport, run_calendar
from tests.support.calendar import (
    CALENDAR,
    HOLDERS,
    ORDERS,
    TERMS,
    VERSION,
    WAITS,
    days_of_terms,
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
from tests.support.mutations import audit_rows
from tests.support.subscriptions import make_contract, make_subscription
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

# It ends the connection of the calendar while it orders the renewal of this subscription.
KILLING = """
create function kill_calendar() returns trigger language plpgsql as $$ begin
    perform pg_terminate_backend(pg_backend_pid());
    return new;
end $$
"""
KILLER = """
create trigger kill_calendar after insert on order_lines for each row
    when (new.subscription_id = '{id}') execute function kill_calendar()
"""
# A credit note over all of the only invoice of a team.
REFUND = """
with refunded as (update invoices set credited = total where team_id = :team returning team_id, id, total)
insert into credit_notes (team_id, id, number, invoice_id, amount, issued_on, reason, issued_by)
select team_id, 'credit_' || id, 1 + (select count(*) from credit_notes), id, total, '2031-02-27', 'Wrong', 'x'
from refunded
"""
SPARED = ("drop trigger kill_calendar on order_lines", "drop function kill_calendar")


@pytest.fixture(autouse=True)
async def nothing_due(own_world: World) -> None:
    """Other tests may have left subscriptions for which something is due."""
    await forget(own_world)


async def test_a_term_is_appended_and_ordered_on_the_last_day_of_the_one_before(own_world: World) -> None:
    made = await subscription(own_world, "2030-02-01", "2031-01-31", seats=3, price=29_900)
    assert await report_on(own_world, "2031-01-30") == CalendarReport()
    assert await report_on(own_world, "2031-01-31") == CalendarReport(renewed=1)
    assert await report_on(own_world, "2031-01-31") == CalendarReport()
    first = date(2031, 2, 1)
    assert await read(own_world, TERMS, made) == [
        (1, date(2030, 2, 1), date(2031, 1, 31), 29_900),
        (2, first, date(2032, 1, 31), 29_900),
    ]
    assert await read(own_world, ORDERS, made) == [("renewal", first, 2, 3, 89_700, first, 106_743)]
    assert await read(own_world, VERSION, made) == [(2,)]
    [row] = await audit_rows(own_world, made.team)
    assert (row.action, row.actor_id, row.target_id) == ("subscriptions:renew", "job calendar", made.id)
    assert row.before == {"term": 1, "ends": "2031-01-31"}
    days = {"starts": "2031-02-01", "ends": "2032-01-31"}
    assert row.after == {"product": made.product, "term": 2, **days, "seats": 3, "order": row.after["order"]}
    assert row.after["order"].startswith("order_")


async def test_a_subscription_that_does_not_renew_itself_ends(own_world: World) -> None:
    made = await subscription(own_world, "2030-02-01", "2031-01-31", auto_renew=False)
    await run_on(own_world, "2031-01-31", "2031-02-01", "2031-03-01")
    assert len(await read(own_world, TERMS, made)) == 1
    assert await read(own_world, ORDERS, made) == []


async def test_months_are_counted_from_the_first_day(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", months=1)
    await run_on(own_world, "2031-04-29")
    assert await days_of_terms(own_world, made) == [
        ("2031-01-31", "2031-02-27"),
        ("2031-02-28", "2031-03-30"),
        ("2031-03-31", "2031-04-29"),
        ("2031-04-30", "2031-05-30"),
    ]


async def test_years_from_a_leap_day_come_back_to_it(own_world: World) -> None:
    made = await subscription(own_world, "2028-02-29", "2029-02-27", months=12)
    await run_on(own_world, "2031-06-01")
    assert [starts for starts, _ in await days_of_terms(own_world, made)] == [
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
    ]
    await run_on(own_world, "2032-02-28")
    assert (await days_of_terms(own_world, made))[-1] == ("2032-02-29", "2033-02-27")


@pytest.mark.parametrize("first", [28, 29, 30, 31])
async def test_each_month_is_billed_once_also_after_february(own_world: World, first: int) -> None:
    last = date(2030, 2, min(first, 28)) - timedelta(1)
    made = await subscription(own_world, f"2030-01-{first}", str(last), seats=2, months=1, price=1_999)
    runs = ["2030-02-28", "2030-03-01", "2030-03-31", "2030-12-31", "2032-02-29", "2032-03-31"]
    await run_on(own_world, *runs, runs[-1])
    months = [(year, month) for year in (2030, 2031, 2032) for month in range(1, 13)][1:27]
    days = [date(*one, min(first, monthrange(*one)[1])) for one in months]
    orders = await read(own_world, ORDERS, made)
    assert [row[1] for row in orders] == [row[5] for row in orders] == [one for one in days if one <= date(2032, 4, 1)]
    assert {(row[0], row[3], row[4]) for row in orders} == {("renewal", 2, 3_998)}


async def test_a_refunded_term_is_not_billed_again(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", seats=2, months=1, price=1_999)
    await run_on(own_world, "2031-02-27")
    orders = await read(own_world, ORDERS, made)
    await execute(own_world, REFUND, team=made.team)
    assert await run_on(own_world, "2031-02-27", "2031-02-28", "2031-03-29") == []
    assert await read(own_world, ORDERS, made) == orders
    assert await report_on(own_world, "2031-03-30") == CalendarReport(renewed=1)
    assert [row[2] for row in await read(own_world, ORDERS, made)] == [2, 3]


async def test_after_a_term_of_no_whole_months_the_next_ones_begin_anew(own_world: World) -> None:
    made = await subscription(own_world, "2031-03-17", "2031-12-31", months=12, price=23_756)
    await run_on(own_world, "2031-12-31", "2032-12-31")
    assert [str(row[2]) for row in await read(own_world, TERMS, made)] == ["2031-12-31", "2032-12-31", "2033-12-31"]
    prices = [row[3] for row in await read(own_world, TERMS, made)]
    assert prices == [23_756, 29_982, 29_982], "a day costs the same: 290 days, then the 366 of 2032"


async def test_other_months_are_counted_anew_and_a_month_costs_the_same(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2032-01-30", months=1, price=12_000)
    await run_on(own_world, "2032-02-28")
    assert [(str(row[1]), row[3]) for row in await read(own_world, TERMS, made)] == [
        ("2031-01-31", 12_000),
        ("2032-01-31", 1_000),
        ("2032-02-29", 1_000),
    ]


async def test_ten_days_off_end_in_the_same_rows_as_a_run_each_day(own_world: World) -> None:
    values = {"seats": 4, "months": 1, "price": 1_999}
    daily = await subscription(own_world, "2031-01-31", "2031-02-27", **values)
    days = [str(date(2031, 2, 20) + timedelta(day)) for day in range(100)]
    await run_on(own_world, *days)
    late = await subscription(own_world, "2031-01-31", "2031-02-27", **values)
    await run_on(own_world, *days[::10], days[-1])
    for query in (TERMS, ORDERS, VERSION):
        rows = await read(own_world, query, daily)
        assert await read(own_world, query, late) == rows
    assert len(await read(own_world, TERMS, late)) == 5


async def test_a_clock_that_goes_back_does_nothing(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", months=1)
    await hold(own_world, made, 2)
    await run_on(own_world, "2031-04-15")
    before = await own_world.fingerprint()
    assert await run_on(own_world, "2031-04-15", "2031-04-14", "2031-03-01", "2030-01-01") == []
    assert await own_world.fingerprint() == before


async def test_workers_at_the_same_time_renew_once(own_world: World) -> None:
    made = [await subscription(own_world, "2031-01-31", "2031-02-27", months=1) for _ in range(3)]
    await asyncio.gather(*(run_on(own_world, "2031-04-01") for _ in range(6)))
    for one in made:
        assert [row[0] for row in await read(own_world, TERMS, one)] == [1, 2, 3]
        assert [row[2] for row in await read(own_world, ORDERS, one)] == [2, 3]
        assert await read(own_world, VERSION, one) == [(3,)]
        assert len(await audit_rows(own_world, one.team)) == 2


async def test_a_calendar_that_is_killed_leaves_nothing_half_done(own_world: World) -> None:
    made = [await subscription(own_world, "2031-01-31", "2031-02-27", months=1) for _ in range(3)]
    made.sort(key=lambda one: one.team)
    await execute(own_world, KILLING)
    await execute(own_world, KILLER.format(id=made[1].id))
    try:
        with pytest.raises(CalendarFailed, match=made[1].id) as failed:
            await run_on(own_world, "2031-03-30")
    finally:
        for statement in SPARED:
            await execute(own_world, statement)
    assert failed.value.report == CalendarReport(renewed=4)
    assert [len(await read(own_world, TERMS, one)) for one in made] == [3, 1, 3]
    assert await read(own_world, VERSION, made[1]) == [(1,)]
    assert await report_on(own_world, "2031-03-30") == CalendarReport(renewed=2)
    rows = await read(own_world, ORDERS, made[0])
    assert await read(own_world, ORDERS, made[1]) == rows
    numbers = "select number from invoices order by number"
    async with own_world.engine.connect() as connection:
        found = list((await connection.execute(text(numbers))).scalars())
    assert found == list(range(found[0], found[0] + len(found))), "the killed one left no gap"


async def test_holders_keep_their_seats_if_the_renewal_fails(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", months=1)
    holders = await hold(own_world, made, 2)
    await execute(own_world, KILLING)
    await execute(own_world, KILLER.format(id=made.id))
    try:
        with pytest.raises(CalendarFailed):
            await run_on(own_world, "2031-03-05")
    finally:
        for statement in SPARED:
            await execute(own_world, statement)
    assert [who for who, _ in await read(own_world, HOLDERS, made)] == sorted(holders)


async def test_a_subscription_without_seats_is_renewed_without_an_order(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", seats=0, months=1)
    assert await report_on(own_world, "2031-02-27") == CalendarReport(renewed=1)
    assert await read(own_world, ORDERS, made) == []


async def test_a_price_of_0_is_renewed_with_an_order_and_without_an_invoice(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-31", "2031-02-27", seats=2, months=1, price=0)
    await run_on(own_world, "2031-02-27")
    first = date(2031, 2, 28)
    assert await read(own_world, ORDERS, made) == [("renewal", first, 2, 2, 0, None, None)]


async def test_the_order_is_that_of_the_home_team(own_world: World) -> None:
    home, other = await own_world.team(), await own_world.team()
    contract = await make_contract(own_world, home, other)
    term = (date(2031, 1, 31), date(2031, 2, 27))
    made = await make_subscription(own_world, contract, other, term, months=1, auto_renew=True)
    await run_on(own_world, "2031-02-27")
    query = "select o.team_id from orders o join order_lines l on l.order_id = o.id where l.subscription_id = :id"
    assert await read(own_world, query, made) == [(home,)]
    assert [row.action for row in await audit_rows(own_world, other)] == [Action.SUBSCRIPTIONS_RENEW]


async def test_holders_keep_their_seats_until_the_days_of_grace_are_over(own_world: World) -> None:
    made = await subscription(own_world, "2031-01-01", "2031-06-30", seats=2, grace_days=30, auto_renew=False)
    holders = await hold(own_world, made, 1)
    [waiting] = await own_world.members(made.team, 1)
    await wait(own_world, made, [waiting])
    assert await run_on(own_world, "2031-07-01", "2031-07-15", "2031-07-16", "2031-07-30") == []
    assert [who for who, _ in await read(own_world, HOLDERS, made)] == holders
    assert await report_on(own_world, "2031-07-31") == CalendarReport(waiting=1)
    assert await read(own_world, HOLDERS, made) == []
    assert await read(own_world, WAITS, made) == [(waiting,), (holders[0],)]
    assert await seats_and_changes(own_world, made) == (2, 2)


async def test_the_job_goes_by_the_day_of_the_database(own_world: World) -> None:
    today = date.today()  # noqa: DTZ011 - only the order of the days matters
    made = await subscription(own_world, str(today - timedelta(40)), str(today - timedelta(3)), months=1)
    done = await run_calendar(workspace(own_world.database), CALENDAR)
    assert done.renewed >= 1
    assert len(await read(own_world, TERMS, made)) == 2
