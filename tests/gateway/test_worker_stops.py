"""Workers that are stopped, taken for dead or cut off from the database: no mail is lost for that, nor sent twice."""

import asyncio
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import connect
from db.queue import jobs, runner
from gateway import worker
from tests.support.mail_server import Post
from tests.support.workers import ENDS, done, found, queue, settings, until

pytestmark = pytest.mark.usefixtures("quick")
LOSE = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


async def test_two_workers_send_nothing_twice(idle: AsyncEngine) -> None:
    post = Post()
    await queue(idle, *(f"{number}@x.example" for number in range(200)))
    other = connect(idle.url.render_as_string(hide_password=False))
    with post.open():
        async with worker.beside(idle, settings(post)), worker.beside(other, settings(post)):
            await done(idle)
    await other.dispose()
    assert post.connections == 2
    assert len(post.ids) == len(set(post.ids)) == 200


async def test_a_worker_taken_for_dead_does_not_send_what_another_has(
    idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SILENCE", runner.SILENCE / 100)
    monkeypatch.setattr("pgqueuer.core.heartbeat.Heartbeat.send_heartbeat", lambda _: asyncio.sleep(0))
    post, go = Post(), threading.Event()
    post.at_data = lambda: None if go.wait(10) else "451 too late"
    await queue(idle, "ada@x.example")
    other = connect(idle.url.render_as_string(hide_password=False))
    with post.open():
        async with worker.beside(idle, settings(post)), worker.beside(other, settings(post)):
            await asyncio.sleep(1)
            go.set()
            await done(idle)
    await other.dispose()
    assert len(post.ids) == 1


async def test_a_stop_waits_for_the_mail_under_way(idle: AsyncEngine) -> None:
    post, come, go = Post(), threading.Event(), threading.Event()
    post.at_data = lambda: come.set() if go.wait(10) else "451 too late"
    await queue(idle, "ada@x.example", "grace@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await until(lambda: post.connections == 1)
            await asyncio.sleep(0.1)
            asyncio.get_running_loop().call_later(0.2, go.set)
    assert [mail["To"] for mail in post.mails] == ["ada@x.example"]
    assert await jobs.waiting(idle) == {"trial": 1}
    assert await found(idle, ENDS) == [("successful",)]


async def test_a_stop_gives_back_a_mail_that_takes_too_long(idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.1)
    post, go = Post(), threading.Event()
    post.at_rcpt = lambda _: None if go.wait(10) else "451 too late"
    await queue(idle, "ada@x.example")
    with post.open():
        async with asyncio.timeout(5), worker.beside(idle, settings(post)):
            await until(lambda: post.connections == 1)
            await asyncio.sleep(0.1)
        go.set()
        assert await jobs.waiting(idle) == {"trial": 1}
        assert await found(idle, ENDS) == []
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert len(post.ids) == 1


async def test_the_database_may_go_away(idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the middle of a mail: it is not sent again for that, however many connections are dead."""
    monkeypatch.setattr(runner, "SILENCE", runner.SILENCE / 10)
    post, go = Post(), threading.Event()
    post.at_data = lambda: None if go.wait(10) else "451 too late"
    await queue(idle, "ada@x.example", "grace@x.example")
    engine = connect(idle.url.render_as_string(hide_password=False))
    pooled = [await engine.connect() for _ in range(5)]
    with post.open():
        async with worker.beside(engine, settings(post)):
            await until(lambda: post.connections == 1)
            await asyncio.sleep(0.1)
            for connection in pooled:
                await connection.close()
            await idle.dispose()
            async with idle.begin() as connection:
                await connection.execute(text(LOSE))
            go.set()
            await done(idle)
    await engine.dispose()
    assert [mail["To"] for mail in post.mails] == ["ada@x.example", "grace@x.example"]
