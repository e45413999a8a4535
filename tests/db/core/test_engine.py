"""Transactions are begun and ended by `db.core.engine`, and a lost connection goes to nobody."""

import ast
import asyncio
from contextlib import AsyncExitStack, suppress

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import POOL_SIZE, commit, connect, fetch, rollback, snapshot, transaction
from gateway.runtime.settings import ROOT


def test_nothing_is_committed_by_sqlalchemy_itself() -> None:
    """Its `commit` and `rollback` do nothing on a connection of `transaction`, and would say nothing about it."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("db", "resolvers", "gateway", "schema")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
        if not (isinstance(node.value, ast.Name) and node.value.id == "attempt")
        if path.name != "engine.py"
    ]
    assert found == []


async def count(engine: AsyncEngine) -> int:
    """How many names are there."""
    async with snapshot(engine) as connection:
        [[number]] = await fetch(connection, "select count(*) from names")
    return int(number)


async def test_only_what_is_committed_stays(database: str) -> None:
    engine = connect(database)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("create table names (name text)")
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('kept')")
        await commit(connection)
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('left')")
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('undone')")
        await rollback(connection)
        await commit(connection)
    with pytest.raises(ZeroDivisionError):
        async with transaction(engine) as connection:
            await fetch(connection, "insert into names values ('raised')")
            raise ZeroDivisionError
    assert await count(engine) == 1
    await engine.dispose()


async def test_a_snapshot_only_reads(engine: AsyncEngine) -> None:
    async with snapshot(engine) as connection:
        with pytest.raises(DBAPIError, match="read-only"):
            await fetch(connection, "create table never (n int)")


async def test_connections_lost_while_nobody_used_them_are_made_anew(database: str) -> None:
    engine, other = connect(database), connect(database)
    async with snapshot(engine) as one, snapshot(engine) as two:
        processes = [(await fetch(each, "select pg_backend_pid()"))[0][0] for each in (one, two)]
    async with other.connect() as connection:
        for process in processes:
            await fetch(connection, f"select pg_terminate_backend({process}, 5000)")
    for _ in processes:
        async with snapshot(engine) as connection:
            assert (await fetch(connection, "select pg_backend_pid()"))[0][0] not in processes
    await engine.dispose()
    await other.dispose()


async def test_a_connection_lost_in_use_is_an_error_and_goes_to_nobody_else(database: str) -> None:
    engine, other = connect(database), connect(database)
    with pytest.raises(DBAPIError) as lost:
        async with snapshot(engine) as connection:
            [[process]] = await fetch(connection, "select pg_backend_pid()")
            async with other.connect() as killer:
                await fetch(killer, f"select pg_terminate_backend({process}, 5000)")
            await fetch(connection, "select 1")
    assert lost.value.connection_invalidated
    async with snapshot(engine) as connection:
        assert (await fetch(connection, "select pg_backend_pid()"))[0][0] != process
    await engine.dispose()
    await other.dispose()


async def test_whoever_is_cut_short_leaves_no_transaction_to_the_next(database: str) -> None:
    engine = connect(database)
    for moment in range(40):
        reading = asyncio.create_task(count_of_nothing(engine))
        for _ in range(moment):
            await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        async with transaction(engine) as connection:
            # Refused in what is left of a snapshot.
            await fetch(connection, "create temporary table fresh (n int)")
    await engine.dispose()


async def count_of_nothing(engine: AsyncEngine) -> None:
    """Read in a snapshot."""
    async with snapshot(engine) as connection:
        await fetch(connection, "select count(*) from generate_series(1, 0)")


async def test_connections_go_to_who_waits_longest(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, served = connect(database), list[int]()

    async def ask(place: int) -> None:
        async with snapshot(engine) as connection:
            served.append(place)
            await fetch(connection, "select pg_sleep(0.005)")

    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE - 1):
            await others.enter_async_context(snapshot(engine))
        asked = []
        async with snapshot(engine):
            for place in range(10):
                asked.append(asyncio.create_task(ask(place)))
                await asyncio.sleep(0)
        # A connection is free now, and those who waited have not run yet.
        asked += [asyncio.create_task(ask(place)) for place in range(10, 20)]
        await asyncio.gather(*asked)
        assert served == list(range(20))
        monkeypatch.setattr("db.core.engine.WAIT_SECONDS", 0.01)
        async with snapshot(engine):
            with pytest.raises(PoolTimeout):
                await ask(20)
    await ask(21)
    assert served[20:] == [21]
    await engine.dispose()
