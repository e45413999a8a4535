"""Days are those of UTC, whatever time zones the process and the database have."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from db.contracts import due_terms
from db.core.database import Database
from domain.money import prorated
from resolvers.contracts.calendar import run_calendar
from tests.support.calendar import CALENDAR, days_of_terms, forget, run_on, subscription
from tests.support.database import fetch_rows
from tests.support.deals import codes, new_deal
from tests.support.orders import order
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.sync_gateway import SyncGateway, sync_gateway
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

# At any hour, the day of one of the first two is not that of UTC. The others change their clocks in spring and autumn.
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "America/New_York")


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of this process."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.fixture
async def zoned(own_world: World, zone: str) -> AsyncIterator[World]:
    """A world whose database has this time zone for all new sessions, and nothing due."""
    [(name,)] = await fetch_rows(own_world.database, "select current_database()")
    await forget(own_world)
    await fetch_rows(own_world.database, f"alter database {name} set timezone to '{zone}'")
    opened = Database(own_world.database.url)
    yield World(own_world.engine, opened)
    await opened.close()
    await fetch_rows(own_world.database, f"alter database {name} reset timezone")


async def test_the_day_of_the_zones_is_another_one_at_this_moment() -> None:
    now = datetime.now(UTC)
    assert any(now.astimezone(ZoneInfo(name)).date() != now.date() for name in ZONES[:2])


async def test_the_calendar_goes_by_the_day_of_utc(zoned: World) -> None:
    today, tomorrow = [
        await subscription(zoned, str(day(-30)), str(day(ends)), months=1, price=3_000) for ends in (0, 1)
    ]
    async with zoned.database.connection() as connection:
        assert await due_terms.today(connection) == day(0)
    await run_calendar(workspace(zoned.database), CALENDAR)
    assert [len(await days_of_terms(zoned, one)) for one in (today, tomorrow)] == [2, 1]


async def test_months_and_days_of_payment_cross_the_change_of_the_clocks(zoned: World) -> None:
    """The clocks change on 8 March and 1 November in New York, and on 29 March and 25 October in Berlin."""
    made = await subscription(zoned, "2026-01-31", "2026-02-27", months=1, price=3_000)
    await run_on(zoned, "2026-11-30")
    days = await days_of_terms(zoned, made)
    assert [starts for starts, _ in days[1:4]] == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert [starts for starts, _ in days[9:]] == ["2026-10-31", "2026-11-30"]
    contract = await make_contract(zoned, made.team)
    bought = await make_subscription(zoned, contract, made.team, (date(2026, 3, 2), date(2026, 12, 31)))
    for on, due in ((date(2026, 3, 2), date(2026, 4, 1)), (date(2026, 10, 20), date(2026, 11, 19))):
        placed = await order(zoned, bought, on=on)
        query = "select issued_on, due_on from invoices where id = $1"
        assert await fetch_rows(zoned.database, query, placed.invoice_id) == [(on, due)]


def amend(ready: SyncGateway) -> list[tuple[date, date, int]]:
    """Add a seat to a subscription of 200 days that ends today, and to one of which 100 days are left."""

    async def added() -> list[tuple[date, date, int]]:
        lines = []
        for ends in (0, 99):
            deal = await new_deal(ready.client, ready.world, (day(ends - 199), day(ends)))
            assert codes(await deal.amend("addSeats", seats=1)) == []
            lines += [(line.starts_on, line.ends_on, line.amount) for line in await deal.lines()]
        return lines

    return ready.run(added())


def test_new_seats_are_paid_from_the_day_of_utc(zone: str, own_database: Database) -> None:
    with sync_gateway(own_database.url) as ready:
        found = amend(ready)
    assert time.tzname != ("UTC", "UTC"), zone
    whole = 29_900, 1
    assert found == [(day(0), day(0), prorated(*whole, 1, 200)), (day(0), day(99), prorated(*whole, 100, 200))]
