"""A dry run of the calendar shows what it would do on each day, and changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from db.core.database import Database
from db.notices.rehearsed_notices import RehearsedNotice
from domain.actions import Action
from resolvers.contracts.announcements import announce
from resolvers.contracts.calendar import CalendarFailed, Step, preview, run_day
from tests.support.calendar import CALENDAR, execute, forget, hold, run_on, subscription
from tests.support.database import fetch_rows
from tests.support.notices import agree
from tests.support.orders import order
from tests.support.subscriptions import Made, schedule
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

REFUSING = "alter table order_lines add constraint refused check (subscription_id <> '{id}') not valid"
ALLOWING = "alter table order_lines drop constraint refused"


@pytest.fixture(autouse=True)
async def nothing_due(own_world: World) -> None:
    """Other tests may have left subscriptions for which something is due."""
    await forget(own_world)


async def previewed(database: Database, until: date) -> list[tuple[date, Step | RehearsedNotice]]:
    """What the calendar would do on each day until this one, and of what it would tell people."""
    shown = list[tuple[date, Step | RehearsedNotice]]()
    await preview(workspace(database), CALENDAR, until, lambda day, step: shown.append((day, step)))
    return shown


async def steps(database: Database, until: date) -> list[tuple[date, Step]]:
    """What the calendar would do on each day until this one."""
    return [(day, step) for day, step in await previewed(database, until) if isinstance(step, Step)]


async def renewing(world: World, today: date, seats: int) -> Made:
    """A subscription that renews itself in five days, and has fewer seats from then on."""
    ends = today + timedelta(5)
    made = await subscription(world, str(today - timedelta(60)), str(ends), seats, months=1)
    await hold(world, made, seats)
    await schedule(world, made, 1, effective_on=ends + timedelta(1))
    return made


async def test_each_day_shows_what_the_real_days_do_later(own_world: World) -> None:
    today = datetime.now(UTC).date()
    made = [await renewing(own_world, today, 3), await renewing(own_world, today, 2)]
    ending = await subscription(own_world, str(today - timedelta(9)), str(today + timedelta(2)), auto_renew=False)
    await hold(own_world, ending, 1)
    before = await own_world.fingerprint()
    until = today + timedelta(45)
    shown = await steps(own_world.database, until)
    assert await own_world.fingerprint() == before
    days = [(day - today).days for day, _ in shown]
    assert days[:5] == [3, 5, 5, 6, 6]
    assert [shown[0][1].target.team_id, shown[0][1].report.waiting] == [ending.team, 1]
    assert {step.target.id for _, step in shown[1:3]} == {one.id for one in made}
    assert sorted(step.report.waiting for _, step in shown[3:5]) == [1, 2]
    assert len(days) >= 7, "the next month is renewed, too"
    real = list[tuple[date, Step]]()
    for gap in range(46):
        real += [(today + timedelta(gap), step) for step in await run_on(own_world, str(today + timedelta(gap)))]
    assert real == shown


async def test_each_day_shows_the_notices_that_the_real_days_send_later(own_world: World) -> None:
    today = datetime.now(UTC).date()
    agreed = await agree(own_world, starts=-200, ends=8)
    await fetch_rows(own_world.database, "update contracts set grace_days = 12 where id = $1", agreed.contract)
    # It is due in two days. Its number is counted, because the calendar counts on.
    await order(own_world, Made(agreed.subscription, agreed.team, "", []), on=today - timedelta(28))
    renewed = await agree(own_world, starts=-360, ends=5)
    await renewed.auto_renew(on=True)
    await fetch_rows(own_world.database, "update teams set last_seats_below = 4 where id = $1", renewed.team)
    before, until = await own_world.fingerprint(), today + timedelta(30)
    shown = [(day, one) for day, one in await previewed(own_world.database, until) if isinstance(one, RehearsedNotice)]
    assert await own_world.fingerprint() == before
    found = [((day - today).days, one.event_key.partition(":")[0]) for day, one in shown if one.team_id == agreed.team]
    expected = [(0, "expiry"), (1, "expiry"), (3, "payment_overdue"), (9, "expiry"), (13, "expiry")]
    assert found == [*expected, (17, "payment_overdue")]
    found = [((day - today).days, one.event_key.partition(":")[0]) for day, one in shown if one.team_id == renewed.team]
    assert found == [(0, "last_seats"), (0, "renewal"), (5, "order_confirmation")]
    assert {one.people for _, one in shown} == {1}
    real = list[tuple[int, str]]()
    for gap in range(31):
        day = today + timedelta(gap)
        await run_on(own_world, str(day))
        await announce(workspace(own_world.database), CALENDAR, day)
        query = "select event_key from notices where not event_key = any($1::text[])"
        new = await fetch_rows(own_world.database, query, [key for _, key in real])
        real += [(gap, key) for (key,) in new]
    # An order has another id each time.
    assert sorted((gap, plain(key)) for gap, key in real) == sorted(
        ((day - today).days, plain(one.event_key)) for day, one in shown
    )


def plain(key: str) -> str:
    """The key of an event without the id of an order."""
    return "order" if key.startswith("order_confirmation") else key


async def test_a_failure_is_undone_alone_and_raised_after_its_day(own_world: World) -> None:
    today = datetime.now(UTC).date()
    made = sorted([await renewing(own_world, today, 2) for _ in range(3)], key=lambda one: one.team)
    await execute(own_world, REFUSING.format(id=made[0].id))
    shown, before = list[tuple[date, Step | RehearsedNotice]](), await own_world.fingerprint()
    try:
        with pytest.raises(CalendarFailed, match=f"failed: 1, namely {made[0].team} {made[0].id}") as failed:
            await preview(workspace(own_world.database), CALENDAR, today + timedelta(9), lambda *one: shown.append(one))
    finally:
        await execute(own_world, ALLOWING)
    assert [step.target.id for step in failed.value.steps] == [one.id for one in made[1:]]
    assert shown == []
    assert await own_world.fingerprint() == before


async def test_a_change_without_a_decision_is_a_defect_in_a_rehearsal_too(own_world: World) -> None:
    async with workspace(own_world.database).rehearsal() as rehearsal:
        with pytest.raises(AssertionError, match="without a decision"):
            async with rehearsal.change(CALENDAR, Action.SUBSCRIPTIONS_RENEW, "run_x"):
                pass
        assert await run_day(rehearsal, CALENDAR) == [], "the transaction goes on"
