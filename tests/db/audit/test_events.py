"""The feed of events: nothing is missed, and its order never changes, however late a transaction commits."""

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
from db.core.engine import commit, rollback, savepoint, snapshot, transaction, undo
from domain.reach import NOWHERE, Reach
from gateway.runtime.settings import ROOT

TEAM = "team_1"
REACH = Reach((TEAM,))
WRITERS, TURNS = 8, 15
SECONDS = 10
# A page of three: less than what many transactions write, so that pages end within them.
PAGE = 3

pytestmark = pytest.mark.usefixtures("idle")


async def read(engine: AsyncEngine, after: Position | None = None, limit: int = 100) -> list[EventRow]:
    """A page of the feed, in a snapshot of its own."""
    async with snapshot(engine) as connection:
        return await events.feed(connection, REACH, after, limit)


async def told(engine: AsyncEngine) -> list[str]:
    """The kinds of all events that the feed shows now."""
    return [one.kind for one in await read(engine)]


async def stored(engine: AsyncEngine) -> list[Position]:
    """The positions of all events in the table, in their order."""
    async with snapshot(engine) as connection:
        query = text("select transaction_id, id from events order by transaction_id, id")
        return [Position(*row) for row in await connection.execute(query)]


async def write(connection: AsyncConnection, kind: str) -> None:
    """An event of the team."""
    await audit_log.tell(connection, TEAM, kind, {})


async def number(connection: AsyncConnection) -> None:
    """Make PostgreSQL give this transaction its id, as the first row that it writes does."""
    await connection.execute(text("select pg_current_xact_id()"))


@dataclass
class Follower:
    """Reads the feed page by page, each time behind the last event that it has seen."""

    engine: AsyncEngine
    seen: list[Position] = field(default_factory=list)

    async def page(self) -> bool:
        """Whether there was another page."""
        new = await read(self.engine, self.seen[-1] if self.seen else None, PAGE)
        self.seen += [one.position for one in new]
        return bool(new)

    async def follow(self, writing: asyncio.Event) -> None:
        """Read until the writers are done, and then all that is left."""
        while True:
            ended = not writing.is_set()
            if await self.page():
                continue
            if ended:
                return
            await asyncio.sleep(0.002)


class Writer:
    """Writes events in transactions that pause between inserting and ending; some of them roll back."""

    def __init__(self, engine: AsyncEngine, seed: int) -> None:
        self.engine = engine
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    async def run(self) -> int:
        """How many events were committed."""
        return sum([await self._turn() for _ in range(TURNS)])

    async def _turn(self) -> int:
        async with transaction(self.engine) as connection:
            if self.chance.random() < 0.3:
                await number(connection)
                await self._pause()
            count = self.chance.randint(1, 4)
            for _ in range(count):
                await write(connection, "kept")
                await self._pause()
            if self.chance.random() < 0.3:
                await savepoint(connection)
                await write(connection, "undone")
                await undo(connection)
            if self.chance.random() < 0.2:
                return 0
            await commit(connection)
            return count

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.choice((0, 0.001, 0.005, 0.02)))


async def test_the_feed_equals_the_table_while_eight_writers_commit_late(idle: AsyncEngine) -> None:
    writing = asyncio.Event()
    writing.set()
    first, late = Follower(idle), Follower(idle)

    async def join_later() -> None:
        await asyncio.sleep(0.2)
        await late.follow(writing)

    async with asyncio.timeout(SECONDS):
        readers = [asyncio.create_task(first.follow(writing)), asyncio.create_task(join_later())]
        committed = sum(await asyncio.gather(*(Writer(idle, seed).run() for seed in range(WRITERS))))
        writing.clear()
        await asyncio.gather(*readers)

    rows = await stored(idle)
    assert len(rows) == committed
    assert first.seen == late.seen == rows
    # The order of ids is another one: else this test would not show that ids are not enough.
    assert [position.id for position in rows] != sorted(position.id for position in rows)
    for at, position in enumerate(rows):
        page = [one.position for one in await read(idle, position, PAGE)]
        assert page == rows[at + 1 : at + 1 + PAGE]


@dataclass
class Pair:
    """Two transactions that are open at once; `older` has the lower transaction id."""

    older: AsyncConnection
    newer: AsyncConnection


@pytest.fixture
async def pair(idle: AsyncEngine) -> AsyncIterator[Pair]:
    """Two open transactions, each with its id."""
    async with transaction(idle) as older, transaction(idle) as newer:
        await number(older)
        await number(newer)
        yield Pair(older, newer)


async def test_the_feed_waits_for_the_oldest_transaction_that_is_open(idle: AsyncEngine, pair: Pair) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await commit(pair.newer)
    assert await told(idle) == []
    await commit(pair.older)
    assert await told(idle) == ["older", "newer"]


async def test_a_transaction_that_rolls_back_lets_the_feed_go_on(idle: AsyncEngine, pair: Pair) -> None:
    await write(pair.older, "older")
    await write(pair.newer, "newer")
    await commit(pair.newer)
    await rollback(pair.older)
    assert await told(idle) == ["newer"]


async def test_a_lower_id_in_a_later_transaction_comes_later(idle: AsyncEngine, pair: Pair) -> None:
    await write(pair.newer, "newer")
    await write(pair.older, "older")
    await commit(pair.newer)
    await commit(pair.older)
    feed = await read(idle)
    assert [one.kind for one in feed] == ["older", "newer"]
    assert feed[0].position.id > feed[1].position.id


async def test_a_transaction_that_only_reads_holds_nothing_up(idle: AsyncEngine) -> None:
    async with snapshot(idle) as reading, transaction(idle) as writing:
        await reading.execute(text("select from events"))
        await write(writing, "written")
        await commit(writing)
        assert await told(idle) == ["written"]


async def test_a_snapshot_goes_on_showing_the_same_feed(idle: AsyncEngine) -> None:
    async with snapshot(idle) as old, transaction(idle) as writing:
        assert await events.feed(old, REACH, None, 10) == []
        await write(writing, "written")
        await commit(writing)
        assert await events.feed(old, REACH, None, 10) == []
        assert await told(idle) == ["written"]


async def test_a_transaction_that_changes_things_sees_the_feed_of_each_moment(idle: AsyncEngine) -> None:
    async with transaction(idle) as reading, transaction(idle) as writing:
        assert await events.feed(reading, REACH, None, 10) == []
        await write(writing, "written")
        await commit(writing)
        assert [one.kind for one in await events.feed(reading, REACH, None, 10)] == ["written"]


async def test_an_event_comes_as_it_was_told_and_only_to_its_team(idle: AsyncEngine) -> None:
    async with transaction(idle) as connection:
        await audit_log.tell(connection, None, "nobody's", {})
        await audit_log.tell(connection, "team_2", "foreign", {})
        await audit_log.tell(connection, TEAM, "ours", {"seats": [1]})
        await commit(connection)
    (ours,) = await read(idle)
    assert (ours.team_id, ours.kind, ours.payload) == (TEAM, "ours", {"seats": [1]})
    async with snapshot(idle) as connection:
        assert await events.feed(connection, NOWHERE, None, 10) == []
        both = await events.feed(connection, Reach((TEAM, "team_2")), None, 10)
    assert [one.kind for one in both] == ["foreign", "ours"]


async def test_positions_may_be_as_large_as_postgresql_makes_them(idle: AsyncEngine) -> None:
    assert await read(idle, Position(2**62, 2**62)) == []


async def test_a_page_is_read_by_the_index(idle: AsyncEngine) -> None:
    fill = "insert into events (team_id, kind, payload) select :team, 'many', '{}' from generate_series(1, 5000)"
    async with idle.begin() as connection:
        await connection.execute(text(fill), {"team": TEAM})
        await connection.execute(text("analyze events"))
    sent: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    event.listen(idle.sync_engine, "before_cursor_execute", note)
    await read(idle, Position(5, 5), PAGE)
    event.remove(idle.sync_engine, "before_cursor_execute", note)
    ((statement, values),) = [one for one in sent if "FROM events" in one[0]]
    async with idle.connect() as connection:
        plan = "\n".join((await connection.exec_driver_sql(f"explain {statement}", values)).scalars())
    assert "Index Scan using ix_events_transaction_id_id" in plan, plan
    assert "Sort" not in plan, plan


def mend() -> str:
    """The statement that operators.md tells to run after a restore."""
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"```sql\n(update events [^`]*)```", page)
    return str(statement)


async def test_events_of_another_server_are_noticed_and_mended_in_their_order(idle: AsyncEngine) -> None:
    async with transaction(idle) as connection:
        for kind in ("first", "second", "third"):
            await write(connection, kind)
        await commit(connection)
    assert not await foreign(idle)
    # As in a dump of a server that has given out more ids: the order is third, first, second.
    moved = "update events set transaction_id = transaction_id + 10000000 - case kind when 'third' then 1 else 0 end"
    async with idle.begin() as connection:
        await connection.execute(text(moved))
    assert await foreign(idle)
    async with idle.begin() as connection:
        await connection.execute(text(mend()))
    assert not await foreign(idle)
    async with transaction(idle) as connection:
        await write(connection, "new")
        await commit(connection)
    feed = await read(idle)
    assert [one.kind for one in feed] == ["third", "first", "second", "new"]
    assert all(one.position < two.position for one, two in itertools.pairwise(feed))


async def foreign(engine: AsyncEngine) -> bool:
    """Whether events with ids of another server are noticed."""
    async with snapshot(engine) as connection:
        return await events.are_foreign(connection)
