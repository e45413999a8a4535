"""The calendar goes on after a deadlock, and after a pool that it cannot handle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from resolvers.contracts.calendar import CalendarFailed, CalendarReport
from resolvers.core.retries import ATTEMPTS
from tests.conftest import Client
from tests.resolvers.seats.test_terms import rows, run, seats_of, set_term, with_holders
from tests.support.mutations import Caller, audit_rows
from tests.support.world import World

pytestmark = pytest.mark.slow

# A sequence counts on when a transaction is rolled back.
FAILING = """
create sequence failed_seats;
create function fail_seats() returns trigger language plpgsql as $$ begin
    if nextval('failed_seats') <= {times} then
        raise exception 'a row of %', new.team_id using errcode = '{state}';
    end if;
    return new;
end $$;
create trigger fail_seats before update on seats for each row
    when (new.team_id = '{team}') execute function fail_seats()
"""
ENDING = "drop trigger fail_seats on seats; drop function fail_seats; drop sequence failed_seats"
ALWAYS = 1_000


@pytest.fixture(autouse=True)
async def nothing_due(world: World) -> None:
    """Other tests may have left pools in which something is due."""
    await run(world)


@asynccontextmanager
async def failing(caller: Caller, state: str, times: int) -> AsyncIterator[None]:
    """The database refuses this many changes of the team's seats with this SQLSTATE."""
    await execute(caller.world, FAILING.format(team=caller.team, state=state, times=times))
    try:
        yield
    finally:
        await execute(caller.world, ENDING)


async def execute(world: World, statements: str) -> None:
    async with world.engine.begin() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(statements)


async def with_ended_term(client: Client, world: World) -> tuple[Caller, list[str]]:
    """A caller whose team has a holder, and a subscription that ended yesterday."""
    caller, people = await with_holders(client, world, 1)
    [seat] = await seats_of(caller)
    await set_term(caller, seat, -9, -1)
    return caller, people


async def test_a_deadlock_is_tried_again(client: Client, world: World) -> None:
    caller, _ = await with_ended_term(client, world)
    async with failing(caller, "40P01", ATTEMPTS - 1):
        assert await run(world) == CalendarReport(waiting=1)
    assert await caller.holders() == []
    assert len([one for one in await audit_rows(world, caller.team) if one.actor_kind == "system"]) == 1


@pytest.mark.parametrize(("state", "attempts"), [("40P01", ATTEMPTS), ("23514", 1), ("P0001", 1)])
async def test_a_pool_that_fails_leaves_the_others_alone(
    client: Client, world: World, state: str, attempts: int
) -> None:
    teams = [await with_ended_term(client, world) for _ in range(3)]
    teams.sort(key=lambda one: one[0].team)
    broken, [holder] = teams[0]
    async with failing(broken, state, ALWAYS):
        with pytest.raises(CalendarFailed) as failed:
            await run(world)
        assert await rows(broken, "select last_value from failed_seats where :team <> ''") == [(attempts,)]
    assert failed.value.report == CalendarReport(waiting=2)
    assert str(failed.value) == (
        f"Pools and subscriptions that failed: 1, namely {broken.team} {broken.product} (DatabaseError {state}). "
        "All others are done."
    )
    assert failed.value.__cause__ is None, "the text of the database must not be logged"
    assert await broken.holders() == [holder]
    assert [await caller.holders() for caller, _ in teams[1:]] == [[], []]
    assert await run(world) == CalendarReport(waiting=1), "the next hour"
