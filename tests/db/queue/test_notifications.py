"""An idle lane gets one notification of many changes, and a busy lane gets one of each change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from db.core.database import Database
from db.queue.notifications import LaneDriver

CHANGE = '{"type":"table_changed_event"}'
OTHER = '{"type":"health_check_event"}'
END = '{"type":"end"}'


@asynccontextmanager
async def driver(database: Database) -> AsyncIterator[LaneDriver]:
    """Open a driver on a connection of its own."""
    connection = await database.open_alone()
    try:
        yield LaneDriver(connection)
    finally:
        await connection.close()


async def heard(lane: LaneDriver, *sent: str) -> list[str]:
    """Send notifications one after the other, and return those that a listener gets until the last one is sent."""
    payloads: list[str] = []
    ended = asyncio.Event()

    def listen(payload: str | bytes | bytearray) -> None:
        payloads.append(str(payload))
        if payload == END:
            ended.set()

    await lane.add_listener("test_lane", listen)
    for payload in (*sent, END):
        await lane.execute("select pg_notify('test_lane', $1)", payload)
    await ended.wait()
    return payloads[:-1]


async def test_an_idle_lane_is_not_notified_of_each_change(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queue.notifications.PAUSE_SECONDS", 30.0)
    async with driver(own_database) as lane:
        assert await heard(lane, *[CHANGE] * 5) == []


async def test_an_idle_lane_is_notified_of_a_change_after_a_pause(own_database: Database) -> None:
    async with driver(own_database) as lane, asyncio.timeout(20):
        payloads = asyncio.Queue[str | bytes | bytearray]()
        await lane.add_listener("test_lane", payloads.put_nowait)
        for _ in range(5):
            await lane.execute("select pg_notify('test_lane', $1)", CHANGE)
        assert await payloads.get() == CHANGE


async def test_a_busy_lane_is_notified_of_each_change(own_database: Database) -> None:
    async with driver(own_database) as lane:
        lane.stay_awake()
        assert await heard(lane, *[CHANGE] * 5) == [CHANGE] * 5


async def test_a_notification_that_is_not_about_a_change_is_passed_on_at_once(own_database: Database) -> None:
    async with driver(own_database) as lane:
        assert await heard(lane, OTHER, OTHER) == [OTHER, OTHER]
