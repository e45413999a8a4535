"""`Database` begins and ends transactions, and no caller gets a connection that was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest
from sqlalchemy import make_url

from db.core.connection import CHANGES, Connection, DatabaseError
from db.core.database import POOL_SIZE, Database, PoolTimeout
from tests.support.database import fetch, fetch_rows, noted
from tests.support.locks import waiting

PROCESS = "select pg_backend_pid()"


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    """A pool of its own for the module's database."""
    pool = Database(database)
    yield pool
    await pool.close()


@pytest.fixture
async def names(opened: Database) -> None:
    """An empty table `names`."""
    await fetch_rows(opened, "drop table if exists names")
    await fetch_rows(opened, "create table names (name text constraint known check (name <> 'unknown'))")


async def process(connection: Connection) -> int:
    """Return the id of the server's process that serves this connection."""
    [[number]] = await fetch(connection, PROCESS)
    return int(number)


async def end_process(database: str, number: int) -> None:
    """End a process of the server, as a restart of the server does."""
    other = Database(database)
    await fetch_rows(other, "select pg_terminate_backend($1, 5000)", number)
    await other.close()


async def count(database: Database) -> int:
    """Return the number of rows in the table `names`."""
    [(number,)] = await fetch_rows(database, "select count(*) from names")
    return int(number)


@pytest.mark.usefixtures("names")
async def test_only_committed_changes_are_stored(opened: Database) -> None:
    async with opened.transaction() as connection:
        await fetch(connection, "insert into names values ('committed')")
        await connection.commit()
    async with opened.transaction() as connection:
        await fetch(connection, "insert into names values ('not committed')")
    async with opened.transaction() as connection:
        await fetch(connection, "insert into names values ('rolled back')")
        await connection.rollback()
        await connection.rollback()
    with pytest.raises(ZeroDivisionError):
        async with opened.transaction() as connection:
            await fetch(connection, "insert into names values ('failed')")
            raise ZeroDivisionError
    assert await count(opened) == 1


@pytest.mark.usefixtures("names")
async def test_each_statement_after_a_commit_commits_by_itself(opened: Database) -> None:
    async with opened.transaction() as connection:
        await connection.commit()
        await fetch(connection, "insert into names values ('later')")
    async with opened.connection() as connection:
        await fetch(connection, "insert into names values ('alone')")
    assert await count(opened) == 2


@pytest.mark.usefixtures("names")
async def test_a_savepoint_can_be_used_again_and_undoes_later_ones(opened: Database) -> None:
    async with opened.transaction() as connection:
        await fetch(connection, "insert into names values ('before')")
        outer = await connection.savepoint()
        await fetch(connection, "insert into names values ('undone')")
        inner = await connection.savepoint()
        with pytest.raises(DatabaseError):
            await fetch(connection, "insert into names values ('unknown')")
        await inner.rollback()
        assert await fetch(connection, "select count(*) from names") == [(2,)]
        await outer.rollback()
        await fetch(connection, "insert into names values ('undone too')")
        await outer.rollback()
        await connection.commit()
    assert await fetch_rows(opened, "select name from names") == [("before",)]


async def test_the_isolation_level_does_not_depend_on_the_server(opened: Database) -> None:
    name = make_url(opened.url).database
    await fetch_rows(opened, f"alter database {name} set default_transaction_isolation = 'serializable'")
    await opened.close()
    async with opened.transaction() as changing, opened.snapshot() as reading:
        assert await fetch(changing, "show transaction_isolation") == [("read committed",)]
        assert await fetch(reading, "show transaction_isolation") == [("repeatable read",)]
    await fetch_rows(opened, f"alter database {name} reset default_transaction_isolation")


@pytest.mark.usefixtures("names")
async def test_a_snapshot_sees_one_moment_and_a_transaction_sees_new_commits(opened: Database) -> None:
    async with opened.snapshot() as reading, opened.transaction() as changing:
        counted = [await fetch(each, "select count(*) from names") for each in (reading, changing)]
        await fetch_rows(opened, "insert into names values ('new')")
        counted += [await fetch(each, "select count(*) from names") for each in (reading, changing)]
    assert counted == [[(0,)], [(0,)], [(0,)], [(1,)]]


async def test_a_snapshot_refuses_to_write(opened: Database) -> None:
    async with opened.snapshot() as connection:
        with pytest.raises(DatabaseError, match="read-only") as refused:
            await fetch(connection, "create table never (n int)")
    assert (refused.value.sqlstate, refused.value.lost) == ("25006", False)


@pytest.mark.usefixtures("names")
async def test_an_error_has_the_name_of_the_statement_and_of_the_constraint(opened: Database) -> None:
    async with opened.connection() as connection:
        with pytest.raises(DatabaseError) as refused:
            await fetch(connection, "insert into names values ('unknown')")
        assert await fetch(connection, "select 1") == [(1,)]
    error = refused.value
    assert (error.statement, error.sqlstate, error.constraint, error.lost) == ("test", "23514", "known", False)


async def test_observers_get_the_text_and_the_values_of_each_statement(opened: Database) -> None:
    with noted(opened) as sent:
        await fetch_rows(opened, "select $1::int", 7)
    await fetch_rows(opened, "select $1::int", 8)
    assert sent == [("select $1::int", (7,))]


async def test_the_connection_that_was_used_last_is_used_next(opened: Database) -> None:
    async with opened.connection() as first:
        async with opened.connection() as second:
            last = await process(second)
        async with opened.connection() as again:
            assert await process(again) == last
        assert await process(first) != last


async def test_connections_that_are_lost_while_idle_are_replaced(opened: Database, database: str) -> None:
    async with opened.snapshot() as one, opened.snapshot() as two:
        processes = [await process(each) for each in (one, two)]
    for number in processes:
        await end_process(database, number)
    for _ in processes:
        async with opened.snapshot() as connection:
            assert await process(connection) not in processes


async def test_the_loss_of_a_connection_in_use_is_an_error_and_no_other_caller_gets_it(
    opened: Database, database: str
) -> None:
    for _ in range(POOL_SIZE + 1):  # the slot is free again each time
        with pytest.raises(DatabaseError) as lost:
            async with opened.snapshot() as connection:
                number = await process(connection)
                await end_process(database, number)
                await fetch(connection, "select 1")
        assert lost.value.lost
        async with opened.snapshot() as connection:
            assert await process(connection) != number


async def test_a_connection_that_is_lost_without_a_statement_is_no_error(opened: Database, database: str) -> None:
    async with opened.transaction() as connection:
        number = await process(connection)
        await end_process(database, number)
        await asyncio.sleep(0.05)
    async with opened.transaction() as connection:
        assert await process(connection) != number


async def test_a_statement_that_waits_when_its_connection_is_lost_is_an_error(opened: Database, database: str) -> None:
    async with opened.transaction() as holder, opened.transaction() as other:
        await fetch(holder, "select pg_advisory_xact_lock(77)")
        number = await process(other)
        async with waiting(holder, fetch(other, "select pg_advisory_xact_lock(77)")) as work:
            await end_process(database, number)
            with pytest.raises(DatabaseError) as lost:
                await work
    assert lost.value.lost


async def test_a_cancelled_task_leaves_no_open_transaction_to_the_next_caller(opened: Database) -> None:
    for steps in range(60):
        reading = asyncio.create_task(count_of_nothing(opened))
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        async with opened.transaction() as connection:
            # A snapshot that is still open would refuse this.
            await fetch(connection, "create temporary table if not exists fresh (n int)")
    async with AsyncExitStack() as all_slots:
        for _ in range(POOL_SIZE):
            assert opened._slots.free
            await all_slots.enter_async_context(opened.connection())
        assert not opened._slots.free


async def count_of_nothing(database: Database) -> None:
    """Read in a snapshot."""
    async with database.snapshot() as connection:
        await fetch(connection, "select count(*) from generate_series(1, 0)")


async def test_the_caller_that_waits_longest_gets_the_next_connection(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = list[int]()

    async def ask(number: int) -> None:
        async with opened.snapshot() as connection:
            served.append(number)
            await fetch(connection, "select pg_sleep(0.005)")

    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE - 1):
            await others.enter_async_context(opened.snapshot())
        tasks = []
        async with opened.snapshot():
            for number in range(10):
                tasks.append(asyncio.create_task(ask(number)))
                await asyncio.sleep(0)
        # A connection is free now, and the waiting tasks have not continued yet.
        tasks += [asyncio.create_task(ask(number)) for number in range(10, 20)]
        await asyncio.gather(*tasks)
        assert served == list(range(20))
        monkeypatch.setattr("db.core.database.WAIT_SECONDS", 0.01)
        async with opened.snapshot():
            with pytest.raises(PoolTimeout):
                await ask(20)
    await ask(21)
    assert served[20:] == [21]


async def test_a_database_that_cannot_be_reached_takes_no_slot(opened: Database) -> None:
    missing = Database(make_url(opened.url).set(database="missing").render_as_string(hide_password=False))
    for _ in range(POOL_SIZE + 1):
        with pytest.raises(DatabaseError) as refused:
            await missing.take(CHANGES)
        assert (refused.value.statement, refused.value.lost) == ("connect", True)
    await missing.close()


async def test_closing_waits_for_connections_in_use_and_ends_those_that_stay(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await opened.take(CHANGES)
    closing = asyncio.create_task(opened.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    assert await fetch(connection, "select 1") == [(1,)]
    await opened.give_back(connection)
    await closing
    monkeypatch.setattr("db.core.database.CLOSE_SECONDS", 0.05)
    connection = await opened.take(CHANGES)
    await opened.close()
    with pytest.raises(DatabaseError) as lost:
        await fetch(connection, "select 1")
    assert lost.value.lost
    await opened.give_back(connection)
    assert await fetch_rows(opened, "select 1") == [(1,)]


async def test_a_connection_outside_the_pool_has_the_settings_of_the_pool(opened: Database) -> None:
    settings = "select name, setting from pg_settings where source = 'client' order by 1"
    alone = await opened.open_alone()
    assert [tuple(row) for row in await alone.fetch(settings)] == await fetch_rows(opened, settings)
    await alone.close()
