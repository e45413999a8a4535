"""The feed of events misses no event and never changes its order, even if a transaction commits late."""

import asyncio
import itertools
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
import pytest

from db.audit import events
from db.audit.events import EventRow, Position
from db.core.connection import Connection
from db.core.database import Database
from db.tables.types import Json
from domain.reach import NOWHERE, Reach
from gateway.runtime.settings import ROOT
from tests.support.database import fetch, fetch_rows, noted

TEAM = "team_1"
REACH = Reach((TEAM,))
WRITERS, TRANSACTIONS = 8, 15
SECONDS = 10
# Fewer events than many transactions write, so that pages end in the middle of a transaction.
PAGE = 3

pytestmark = pytest.mark.usefixtures("clean_database")


async def read(database: Database, after: Position | None = None, limit: int = 100) -> list[EventRow]:
    """A page of the feed, read in a new snapshot."""
    async with database.snapshot() as connection:
        return await events.feed(connection, REACH, after, limit)


async def kinds_in_feed(database: Database) -> list[str]:
    """The kinds of all events that the feed shows now, in order."""
    return [one.kind for one in await read(database)]


async def stored(database: Database) -> list[Position]:
    """The positions of all events in the table, in the order of positions."""
    async with database.snapshot() as connection:
        query = "select transaction_id::text::bigint, id from events order by transaction_id, id"
        return [Position(*record) for record in await fetch(connection, query)]


async def add_event(connection: Connection, team_id: str | None, kind: str, payload: Json) -> None:
    """Write an event."""
    values = (team_id, kind, orjson.dumps(payload).decode())
    await fetch(connection, "insert into events (team_id, kind, payload) values ($1, $2, $3)", *values)


async def write(connection: Connection, kind: str) -> None:
    """Write an event of the team."""
    await add_event(connection, TEAM, kind, {})


async def assign_transaction_id(connection: Connection) -> None:
    """Make PostgreSQL assign an id to this transaction, as it does when a transaction writes its first row."""
    await fetch(connection, "select pg_current_xact_id()")


@dataclass
class Follower:
    """Reads the feed page by page, each time after the last event that it has seen."""

    database: Database
    seen: list[Position] = field(default_factory=list)

    async def read_page(self) -> bool:
        """Read the next page. Returns whether it has events."""
        new = await read(self.database, self.seen[-1] if self.seen else None, PAGE)
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

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    async def run(self) -> int:
        """Run all transactions. Returns the number of events that were committed."""
        return sum([await self._run_transaction() for _ in range(TRANSACTIONS)])

    async def _run_transaction(self) -> int:
        async with self.database.transaction() as connection:
            if self.chance.random() < 0.3:
                await assign_transaction_id(connection)
                await self._pause()
            count = self.chance.randint(1, 4)
            for _ in range(count):
                await write(connection, "kept")
                await self._pause()
            if self.chance.random() < 0.3:
                savepoint = await connection.savepoint()
                await write(connection, "undone")
                await savepoint.rollback()
            if self.chance.random() < 0.2:
                return 0
            await connection.commit()
            return count

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.choice((0, 0.001, 0.005, 0.02)))


async def test_the_feed_equals_the_table_while_eight_writers_commit_late(clean_database: Database) -> None:
    writing = asyncio.Event()
    writing.set()
    first, late = Follower(clean_database), Follower(clean_database)

    async def join_later() -> None:
        await asyncio.sleep(0.2)
        await late.follow(writing)

    async with asyncio.timeout(SECONDS):
        readers = [asyncio.create_task(first.follow(writing)), asyncio.create_task(join_later())]
        committed = sum(await asyncio.gather(*(Writer(clean_database, seed).run() for seed in range(WRITERS))))
        writing.clear()
        await asyncio.gather(*readers)

    rows = await stored(clean_database)
    assert len(rows) == committed
    assert first.seen == late.seen == rows
    # The order of ids must differ. Otherwise this test would not show that ids are not enough.
    assert [position.id for position in rows] != sorted(position.id for position in rows)
    for at, position in enumerate(rows):
        page = [one.position for one in await read(clean_database, position, PAGE)]
        assert page == rows[at + 1 : at + 1 + PAGE]


@dataclass
class Pair:
    """Two transactions that are open at the same time. `older` has the lower transaction id."""

    older: Connection
    newer: Connection


@pytest.fixture
async def pair(clean_database: Database) -> AsyncIterator[Pair]:
    """Two open transactions that have their ids."""
    async with clean_database.transaction() as older, clean_database.transaction() as newer:
        await assign_transaction_id(older)
        await assign_transaction_id(newer)
        yield Pair(older, newer)


async def test_the_feed_stops_at_the_oldest_open_transaction(clean_database: Database, pair: Pair) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await pair.newer.commit()
    assert await kinds_in_feed(clean_database) == []
    await pair.older.commit()
    assert await kinds_in_feed(clean_database) == ["older", "newer"]


async def test_the_feed_continues_after_the_oldest_transaction_rolls_back(clean_database: Database, pair: Pair) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await pair.newer.commit()
    await pair.older.rollback()
    assert await kinds_in_feed(clean_database) == ["newer"]


async def test_events_are_ordered_by_transaction_before_id(clean_database: Database, pair: Pair) -> None:
    await write(pair.newer, "newer")
    await write(pair.older, "older")
    await pair.newer.commit()
    await pair.older.commit()
    feed = await read(clean_database)
    assert [one.kind for one in feed] == ["older", "newer"]
    assert feed[0].position.id > feed[1].position.id


async def test_a_transaction_that_only_reads_does_not_stop_the_feed(clean_database: Database) -> None:
    async with clean_database.snapshot() as reading, clean_database.transaction() as writing:
        await fetch(reading, "select from events")
        await write(writing, "written")
        await writing.commit()
        assert await kinds_in_feed(clean_database) == ["written"]


async def test_a_snapshot_always_shows_the_same_feed(clean_database: Database) -> None:
    async with clean_database.snapshot() as old, clean_database.transaction() as writing:
        assert await events.feed(old, REACH, None, 10) == []
        await write(writing, "written")
        await writing.commit()
        assert await events.feed(old, REACH, None, 10) == []
        assert await kinds_in_feed(clean_database) == ["written"]


async def test_a_read_committed_transaction_sees_new_events(clean_database: Database) -> None:
    async with clean_database.transaction() as reading, clean_database.transaction() as writing:
        assert await events.feed(reading, REACH, None, 10) == []
        await write(writing, "written")
        await writing.commit()
        assert [one.kind for one in await events.feed(reading, REACH, None, 10)] == ["written"]


async def test_an_event_is_read_as_it_was_written_and_only_within_the_reach(clean_database: Database) -> None:
    async with clean_database.transaction() as connection:
        await add_event(connection, None, "nobody's", {})
        await add_event(connection, "team_2", "foreign", {})
        await add_event(connection, TEAM, "ours", {"seats": [1]})
        await connection.commit()
    (ours,) = await read(clean_database)
    assert (ours.team_id, ours.kind, ours.payload) == (TEAM, "ours", {"seats": [1]})
    async with clean_database.snapshot() as connection:
        assert await events.feed(connection, NOWHERE, None, 10) == []
        both = await events.feed(connection, Reach((TEAM, "team_2")), None, 10)
    assert [one.kind for one in both] == ["foreign", "ours"]


async def test_a_position_can_hold_64_bit_numbers(clean_database: Database) -> None:
    assert await read(clean_database, Position(2**62, 2**62)) == []


async def test_a_page_is_read_from_the_index_without_a_sort(clean_database: Database) -> None:
    fill = "insert into events (team_id, kind, payload) select $1, 'many', '{}' from generate_series(1, 5000)"
    await fetch_rows(clean_database, fill, TEAM)
    await fetch_rows(clean_database, "analyze events")
    with noted(clean_database) as sent:
        await read(clean_database, Position(5, 5), PAGE)
    ((statement, values),) = [one for one in sent if "FROM events" in one[0]]
    plan = "\n".join(line for (line,) in await fetch_rows(clean_database, f"explain {statement}", *values))
    assert "Index Scan using ix_events_transaction_id_id" in plan, plan
    assert "Sort" not in plan, plan


def repair_statement() -> str:
    """The statement that operators.md says to run after a restore."""
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"```sql\n(update events [^`]*)```", page)
    return str(statement)


async def test_events_of_another_server_are_detected_and_repaired_in_their_order(clean_database: Database) -> None:
    async with clean_database.transaction() as connection:
        for kind in ("first", "second", "third"):
            await write(connection, kind)
        await connection.commit()
    assert not await has_foreign_events(clean_database)
    # As in a dump of a server that has assigned more ids. The order is third, first, second.
    moved = "update events set transaction_id = transaction_id + 10000000 - case kind when 'third' then 1 else 0 end"
    await fetch_rows(clean_database, moved)
    assert await has_foreign_events(clean_database)
    await fetch_rows(clean_database, repair_statement())
    assert not await has_foreign_events(clean_database)
    async with clean_database.transaction() as connection:
        await write(connection, "new")
        await connection.commit()
    feed = await read(clean_database)
    assert [one.kind for one in feed] == ["third", "first", "second", "new"]
    assert all(one.position < two.position for one, two in itertools.pairwise(feed))


async def has_foreign_events(database: Database) -> bool:
    """Whether `has_foreign_transactions` finds events with transaction ids of another server."""
    async with database.snapshot() as connection:
        return await events.has_foreign_transactions(connection)
