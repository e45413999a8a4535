"""`db.core.engine` begins and ends transactions, and no caller gets a connection that was lost."""

import ast
import asyncio
from contextlib import AsyncExitStack, suppress

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import POOL_SIZE, commit, connect, fetch, rollback, snapshot, transaction
from gateway.runtime.settings import ROOT


def savepoints(tree: ast.AST) -> set[str]:
    """Return the names of the savepoints of SQLAlchemy in a module: the NAME in `begin_nested() as NAME`."""
    return {
        node.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name)
        if ast.unparse(node.context_expr).endswith(".begin_nested()")
    }


def test_no_code_calls_the_commit_or_rollback_of_sqlalchemy() -> None:
    """They do nothing on a connection of `transaction`, and they raise no error about it."""
    found = []
    for path in (path for folder in ("db", "resolvers", "gateway", "schema") for path in (ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in calls
            if node.attr in {"commit", "rollback"}
            if not (isinstance(node.value, ast.Name) and node.value.id in savepoints(tree))
            if path.name != "engine.py"
        ]
    assert found == []


async def count(engine: AsyncEngine) -> int:
    """Return the number of rows in the table `names`."""
    async with snapshot(engine) as connection:
        [[number]] = await fetch(connection, "select count(*) from names")
    return int(number)


async def test_only_committed_changes_are_stored(database: str) -> None:
    engine = connect(database)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("create table names (name text)")
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('committed')")
        await commit(connection)
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('not committed')")
    async with transaction(engine) as connection:
        await fetch(connection, "insert into names values ('rolled back')")
        await rollback(connection)
        await commit(connection)
    with pytest.raises(ZeroDivisionError):
        async with transaction(engine) as connection:
            await fetch(connection, "insert into names values ('failed')")
            raise ZeroDivisionError
    assert await count(engine) == 1
    await engine.dispose()


async def test_a_snapshot_refuses_to_write(engine: AsyncEngine) -> None:
    async with snapshot(engine) as connection:
        with pytest.raises(DBAPIError, match="read-only"):
            await fetch(connection, "create table never (n int)")


async def test_connections_that_are_lost_while_idle_are_replaced(database: str) -> None:
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


async def test_the_loss_of_a_connection_in_use_is_an_error_and_no_other_caller_gets_it(database: str) -> None:
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


async def test_a_cancelled_task_leaves_no_open_transaction_to_the_next_caller(database: str) -> None:
    engine = connect(database)
    for steps in range(40):
        reading = asyncio.create_task(count_of_nothing(engine))
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        async with transaction(engine) as connection:
            # A snapshot that is still open would refuse this.
            await fetch(connection, "create temporary table fresh (n int)")
    await engine.dispose()


async def count_of_nothing(engine: AsyncEngine) -> None:
    """Read in a snapshot."""
    async with snapshot(engine) as connection:
        await fetch(connection, "select count(*) from generate_series(1, 0)")


async def test_the_caller_that_waits_longest_gets_the_next_connection(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, served = connect(database), list[int]()

    async def ask(number: int) -> None:
        async with snapshot(engine) as connection:
            served.append(number)
            await fetch(connection, "select pg_sleep(0.005)")

    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE - 1):
            await others.enter_async_context(snapshot(engine))
        tasks = []
        async with snapshot(engine):
            for number in range(10):
                tasks.append(asyncio.create_task(ask(number)))
                await asyncio.sleep(0)
        # A connection is free now, and the waiting tasks have not continued yet.
        tasks += [asyncio.create_task(ask(number)) for number in range(10, 20)]
        await asyncio.gather(*tasks)
        assert served == list(range(20))
        monkeypatch.setattr("db.core.engine.WAIT_SECONDS", 0.01)
        async with snapshot(engine):
            with pytest.raises(PoolTimeout):
                await ask(20)
    await ask(21)
    assert served[20:] == [21]
    await engine.dispose()
