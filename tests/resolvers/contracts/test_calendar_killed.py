"""A calendar that is killed, at whatever write, and runs again ends in the same rows as one that nothing disturbed."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.roles import Role
from gateway.runtime.settings import ROOT
from resolvers.contracts.calendar import CalendarFailed
from tests.support.calendar import (
    CHANGES,
    HOLDERS,
    ORDERS,
    SEATS,
    TERMS,
    VERSION,
    WAITS,
    execute,
    forget,
    hold,
    read,
    run_on,
    subscription,
    wait,
)
from tests.support.database import fetch, fetch_rows
from tests.support.locks import WAITING
from tests.support.process import environment
from tests.support.subscriptions import Made, day, schedule
from tests.support.world import World

pytestmark = pytest.mark.slow

SCHEDULED = "select seats, effective_on, state from scheduled_changes where team_id = :team"
SCHEDULED += " and subscription_id = :id"
PERIODS = "select holder_id, seat_id, ended_by from seat_history where team_id = :team order by holder_id, id"
AUDITED = "select action, actor_id from audit_events where team_id = :team order by id"
EVENTS = "select kind from events where team_id = :team order by id"
TOLD = "select user_id, kind, mail_state from notices where team_id = :team order by user_id"
QUEUED = "select count(*) from jobs.pgqueuer where strpos(convert_from(payload, 'UTF8'), :team) > 0"
COMPARED = (TERMS, ORDERS, CHANGES, HOLDERS, WAITS, SEATS, VERSION, SCHEDULED, PERIODS, AUDITED, EVENTS, TOLD, QUEUED)
NUMBERS = "select count(*), count(distinct number), coalesce(max(number), 0) from invoices"
TABLES = """
select relid::regclass::text from pg_stat_user_tables
where schemaname in ('public', 'jobs') and relname <> 'alembic_version'
"""
# From the write 0 on, each statement that writes ends its connection, as if the process were gone.
KILLING = (
    "create sequence writes minvalue -1000000",
    """
create function kill_calendar() returns trigger language plpgsql as $$ begin
    if nextval('writes') >= 0 then
        perform pg_terminate_backend(pg_backend_pid());
    end if;
    return null;
end $$
""",
)
KILLER = "create trigger kill_calendar before insert or update or delete on {table} execute function kill_calendar()"
SPARED = ("drop function kill_calendar cascade", "drop sequence writes")
# An order waits for this lock when it is about to get its invoice.
HELD = 1_611
HOLDING = (
    f"""
create function hold_calendar() returns trigger language plpgsql as $$ begin
    perform pg_advisory_xact_lock({HELD});
    return null;
end $$
""",
    "create trigger hold_calendar before insert on invoices execute function hold_calendar()",
)
RELEASED = "drop function hold_calendar cascade"


@dataclass(frozen=True)
class Scene:
    """Subscriptions for which all that the calendar does is due on a day. `names` has a name for each id."""

    made: list[Made]
    names: dict[str, str]

    async def rows(self, world: World) -> list[list[list[tuple[Any, ...]]]]:
        """All that the calendar may write about each subscription, with names for ids."""
        return [[self._named(await read(world, query, made)) for query in COMPARED] for made in self.made]

    def _named(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(self.names.get(value, value) for value in row) for row in rows]


async def scene(world: World, today: date) -> Scene:
    """A renewal with a reduction that is ten days late, an end, and a beginning, with holders and people who wait."""
    begins = today - timedelta(10)
    renewing = await subscription(world, str(today - timedelta(40)), str(begins - timedelta(1)), 3, months=1)
    ended = await subscription(world, str(today - timedelta(90)), str(today - timedelta(5)), 2, auto_renew=False)
    coming = await subscription(world, str(today - timedelta(3)), str(today + timedelta(90)), 1, auto_renew=False)
    await schedule(world, renewing, 2, effective_on=begins)
    names = dict[str, str]()
    for made, holders, line in ((renewing, 3, 1), (ended, 1, 1), (coming, 0, 2)):
        manager = await world.member(made.team, Role.CONTRACT_MANAGER)
        waiting = await world.members(made.team, line)
        await wait(world, made, waiting)
        people = [manager.id, *waiting, *await hold(world, made, holders)]
        names |= {one: f"person {number}" for number, one in enumerate(people)}
        names |= {one: f"seat {number}" for number, one in enumerate(made.seats)}
    return Scene([renewing, ended, coming], names)


@pytest.fixture(autouse=True)
async def nothing_due(own_world: World) -> None:
    """Other tests may have left subscriptions for which something is due."""
    await forget(own_world)


@pytest.fixture
async def killing(own_world: World) -> AsyncIterator[None]:
    """Let the writes of Usher be counted, so that one of them can be the last."""
    tables = [name for (name,) in await fetch_rows(own_world.database, TABLES)]
    for statement in (*KILLING, *(KILLER.format(table=table) for table in tables)):
        await execute(own_world, statement)
    yield
    for statement in SPARED:
        await execute(own_world, statement)


@pytest.fixture
async def holding(own_world: World) -> AsyncIterator[None]:
    """Let an invoice wait for a lock."""
    for statement in HOLDING:
        await execute(own_world, statement)
    yield
    await execute(own_world, RELEASED)


async def expected(world: World, today: date) -> list[list[list[tuple[Any, ...]]]]:
    """The rows of a scene after one calendar that nothing disturbed. Each of its subscriptions has changed."""
    undisturbed = await scene(world, today)
    before = await undisturbed.rows(world)
    await run_on(world, str(today))
    rows = await undisturbed.rows(world)
    assert all(one != other for one, other in zip(before, rows, strict=True))
    return rows


async def check_numbers(world: World) -> None:
    """The numbers of the invoices have no gap, and none is used twice."""
    [(rows, different, last)] = await fetch_rows(world.database, NUMBERS)
    assert rows == different == last


@pytest.mark.usefixtures("killing")
async def test_killed_at_each_of_its_writes_it_ends_in_the_same_rows(own_world: World) -> None:
    today = date(2031, 3, 11)
    await execute(own_world, "select setval('writes', -1000000)")
    rows, disturbed = await expected(own_world, today), await scene(own_world, today)
    write, kills, steps = 1, 0, 0
    while True:
        await execute(own_world, f"select setval('writes', -{write})")
        try:
            steps += len(await run_on(own_world, str(today)))
            break
        except CalendarFailed as failed:
            # Once a step is done, the first write of the next one is the last, then its second one, and so on.
            kills, steps = kills + 1, steps + len(failed.steps)
            write = 1 if failed.steps else write + 1
        finally:
            await execute(own_world, "select setval('writes', -1000000)")
    assert (steps, await disturbed.rows(own_world)) == (4, rows)
    assert kills > 4 * steps
    assert await run_on(own_world, str(today)) == []
    await check_numbers(own_world)


@pytest.mark.usefixtures("holding")
async def test_a_killed_process_and_then_two_workers_at_once_end_in_the_same_rows(
    own_world: World, tmp_path: Path
) -> None:
    rows, disturbed = await expected(own_world, day(0)), await scene(own_world, day(0))
    before = await disturbed.rows(own_world)
    settings = {"DATABASE_URL": own_world.database.url, "USHER_DATA": str(tmp_path)}
    async with own_world.database.transaction() as holder:
        await fetch(holder, "select pg_advisory_xact_lock($1)", HELD)
        process = subprocess.Popen(  # noqa: ASYNC220 - the tests' own arguments
            [sys.executable, "-m", "gateway", "calendar", "run"], cwd=ROOT, env=environment(settings)
        )
        try:
            async with asyncio.timeout(30):
                while not await fetch(holder, WAITING):
                    assert process.poll() is None, "it did not wait for the lock"
                    await asyncio.sleep(0.02)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert process.returncode == -signal.SIGKILL
    assert await disturbed.rows(own_world) == before
    await asyncio.gather(*(run_on(own_world, str(day(0))) for _ in range(2)))
    assert await disturbed.rows(own_world) == rows
    await check_numbers(own_world)
