"""The feed of events misses no event and never changes its order, even if a transaction commits late."""

import asyncio
import itertools
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.audit import audit_log, events
from db.audit.events import EventRow, Position
from db.core.engine import commit, rollback, rollback_to_savepoint, savepoint, snapshot, transaction
from domain.reach import NOWHERE, Reach
from gateway.runtime.settings import ROOT

TEAM = "team_1"
REACH = Reach((TEAM,))
WRITERS, TRANSACTIONS = 8, 15
SECONDS = 10
# Fewer events than many transactions write, so that pages end in the middle of a transaction.
PAGE = 3

pytestmark = pytest.mark.usefixtures("clean_engine")


async def read(engine: AsyncEngine, after: Position | None = None, limit: int = 100) -> list[EventRow]:
    """A page of the feed, read in a new snapshot."""
    async with snapshot(engine) as connection:
        return await events.feed(connection, REACH, after, limit)


async def kinds_in_feed(engine: AsyncEngine) -> list[str]:
    """The kinds of all events that the feed shows now, in order."""
    return [one.kind for one in await read(engine)]


async def stored(engine: AsyncEngine) -> list[Position]:
    """The positions of all events in the table, in the order of positions."""
    async with snapshot(engine) as connection:
        query = text("select transaction_id, id from events order by transaction_id, id")
        return [Position(*row) for row in await connection.execute(query)]


async def write(connection: AsyncConnection, kind: str) -> None:
    """Write an event of the team."""
    await audit_log.add_event(connection, TEAM, kind, {})


async def assign_transaction_id(connection: AsyncConnection) -> None:
    """Make PostgreSQL assign an id to this transaction, as it does when a transaction writes its first row."""
    await connection.execute(text("select pg_current_xact_id()"))


@dataclass
class Follower:
    """Reads the feed page by page, each time after the last event that it has seen."""

    engine: AsyncEngine
    seen: list[Position] = field(default_factory=list)

    async def read_page(self) -> bool:
        """Read the next page. Returns whether it has events."""
        new = await read(self.engine, self.seen[-1] if self.seen else None, PAGE)
        self.seen += [one.position for one in new]
        return bool(new)

    async def follow(self, writing: asyncio.Event) -> None:
        """Read until the writers are done, then read all events that are left."""
        while True:
            ended = not writing.is_set()
            if await self.read_page():
                continue
            if ended:
                return
            await asyncio.sleep(0.002)


class Writer:
    """Writes events in transactions that pause between their statements. Some of them roll back."""

    def __init__(self, engine: AsyncEngine, seed: int) -> None:
        self.engine = engine
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    async def run(self) -> int:
        """Run all transactions. Returns the number of events that were committed."""
        return sum([await self._run_transaction() for _ in range(TRANSACTIONS)])

    async def _run_transaction(self) -> int:
        async with transaction(self.engine) as connection:
            if self.chance.random() < 0.3:
                await assign_transaction_id(connection)
                await self._pause()
            count = self.chance.randint(1, 4)
            for _ in range(count):
                await write(connection, "kept")
                await self._pause()
            if self.chance.random() < 0.3:
                await savepoint(connection)
                await write(connection, "undone")
                await rollback_to_savepoint(connection)
            if self.chance.random() < 0.2:
                return 0
            await commit(connection)
            return count

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.choice((0, 0.001, 0.005, 0.02)))


async def test_the_feed_equals_the_table_while_eight_writers_commit_late(clean_engine: AsyncEngine) -> None:
    writing = asyncio.Event()
    writing.set()
    first, late = Follower(clean_engine), Follower(clean_engine)

    async def join_later() -> None:
        await asyncio.sleep(0.2)
        await late.follow(writing)

    async with asyncio.timeout(SECONDS):
        readers = [asyncio.create_task(first.follow(writing)), asyncio.create_task(join_later())]
        committed = sum(await asyncio.gather(*(Writer(clean_engine, seed).run() for seed in range(WRITERS))))
        writing.clear()
        await asyncio.gather(*readers)

    rows = await stored(clean_engine)
    assert len(rows) == committed
    assert first.seen == late.seen == rows
    # The order of ids must differ. Otherwise this test would not show that ids are not enough.
    assert [position.id for position in rows] != sorted(position.id for position in rows)
    for at, position in enumerate(rows):
        page = [one.position for one in await read(clean_engine, position, PAGE)]
        assert page == rows[at + 1 : at + 1 + PAGE]


@dataclass
class Pair:
    """Two transactions that are open at the same time. `older` has the lower transaction id."""

    older: AsyncConnection
    newer: AsyncConnection


@pytest.fixture
async def pair(clean_engine: AsyncEngine) -> AsyncIterator[Pair]:
    """Two open transactions that have their ids."""
    async with transaction(clean_engine) as older, transaction(clean_engine) as newer:
        await assign_transaction_id(older)
        await assign_transaction_id(newer)
        yield Pair(older, newer)


async def test_the_feed_stops_at_the_oldest_open_transaction(clean_engine: AsyncEngine, pair: Pair) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await commit(pair.newer)
    assert await kinds_in_feed(clean_engine) == []
    await commit(pair.older)
    assert await kinds_in_feed(clean_engine) == ["older", "newer"]


async def test_the_feed_continues_after_the_oldest_transaction_rolls_back(
    clean_engine: AsyncEngine, pair: Pair
) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await commit(pair.newer)
    await rollback(pair.older)
    assert await kinds_in_feed(clean_engine) == ["newer"]


async def test_events_are_ordered_by_transaction_before_id(clean_engine: AsyncEngine, pair: Pair) -> None:
    await write(pair.newer, "newer")
    await write(pair.older, "older")
    await commit(pair.newer)
    await commit(pair.older)
    feed = await read(clean_engine)
    assert [one.kind for one in feed] == ["older", "newer"]
    assert feed[0].position.id > feed[1].position.id


async def test_a_transaction_that_only_reads_does_not_stop_the_feed(clean_engine: AsyncEngine) -> None:
    async with snapshot(clean_engine) as reading, transaction(clean_engine) as writing:
        await reading.execute(text("select from events"))
        await write(writing, "written")
        await commit(writing)
        assert await kinds_in_feed(clean_engine) == ["written"]


async def test_a_snapshot_always_shows_the_same_feed(clean_engine: AsyncEngine) -> None:
    async with snapshot(clean_engine) as old, transaction(clean_engine) as writing:
        assert await events.feed(old, REACH, None, 10) == []
        await write(writing, "written")
        await commit(writing)
        assert await events.feed(old, REACH, None, 10) == []
        assert await kinds_in_feed(clean_engine) == ["written"]


async def test_a_read_committed_transaction_sees_new_events(clean_engine: AsyncEngine) -> None:
    async with transaction(clean_engine) as reading, transaction(clean_engine) as writing:
        assert await events.feed(reading, REACH, None, 10) == []
        await write(writing, "written")
        await commit(writing)
        assert [one.kind for one in await events.feed(reading, REACH, None, 10)] == ["written"]


async def test_an_event_is_read_as_it_was_written_and_only_within_the_reach(clean_engine: AsyncEngine) -> None:
    async with transaction(clean_engine) as connection:
        await audit_log.add_event(connection, None, "nobody's", {})
        await audit_log.add_event(connection, "team_2", "foreign", {})
        await audit_log.add_event(connection, TEAM, "ours", {"seats": [1]})
        await commit(connection)
    (ours,) = await read(clean_engine)
    assert (ours.team_id, ours.kind, ours.payload) == (TEAM, "ours", {"seats": [1]})
    async with snapshot(clean_engine) as connection:
        assert await events.feed(connection, NOWHERE, None, 10) == []
        both = await events.feed(connection, Reach((TEAM, "team_2")), None, 10)
    assert [one.kind for one in both] == ["foreign", "ours"]


async def test_a_position_can_hold_64_bit_numbers(clean_engine: AsyncEngine) -> None:
    assert await read(clean_engine, Position(2**62, 2**62)) == []


async def test_a_page_is_read_from_the_index_without_a_sort(clean_engine: AsyncEngine) -> None:
    fill = "insert into events (team_id, kind, payload) select :team, 'many', '{}' from generate_series(1, 5000)"
    async with clean_engine.begin() as connection:
        await connection.execute(text(fill), {"team": TEAM})
        await connection.execute(text("analyze events"))
    sent: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    event.listen(clean_engine.sync_engine, "before_cursor_execute", note)
    await read(clean_engine, Position(5, 5), PAGE)
    event.remove(clean_engine.sync_engine, "before_cursor_execute", note)
    ((statement, values),) = [one for one in sent if "FROM events" in one[0]]
    async with clean_engine.connect() as connection:
        plan = "\n".join((await connection.exec_driver_sql(f"explain {statement}", values)).scalars())
    assert "Index Scan using ix_events_transaction_id_id" in plan, plan
    assert "Sort" not in plan, plan


def repair_statement() -> str:
    """The statement that operators.md says to run after a restore."""
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"```sql\n(update events [^`]*)```", page)
    return str(statement)


async def test_events_of_another_server_are_detected_and_repaired_in_their_order(clean_engine: AsyncEngine) -> None:
    async with transaction(clean_engine) as connection:
        for kind in ("first", "second", "third"):
            await write(connection, kind)
        await commit(connection)
    assert not await has_foreign_events(clean_engine)
    # As in a dump of a server that has assigned more ids. The order is third, first, second.
    moved = "update events set transaction_id = transaction_id + 10000000 - case kind when 'third' then 1 else 0 end"
    async with clean_engine.begin() as connection:
        await connection.execute(text(moved))
    assert await has_foreign_events(clean_engine)
    async with clean_engine.begin() as connection:
        await connection.execute(text(repair_statement()))
    assert not await has_foreign_events(clean_engine)
    async with transaction(clean_engine) as connection:
        await write(connection, "new")
        await commit(connection)
    feed = await read(clean_engine)
    assert [one.kind for one in feed] == ["third", "first", "second", "new"]
    assert all(one.position < two.position for one, two in itertools.pairwise(feed))


async def has_foreign_events(engine: AsyncEngine) -> bool:
    """Whether `are_foreign` finds events with transaction ids of another server."""
    async with snapshot(engine) as connection:
        return await events.are_foreign(connection)
