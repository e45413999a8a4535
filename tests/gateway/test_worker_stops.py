"""If a worker is stopped, taken for dead or loses the database, no mail is lost and none is sent twice."""

import asyncio
import threading

import pytest

from db.core.database import Database
from db.queue import jobs, runner
from gateway import worker
from tests.support.database import fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.queued_mails import FINAL_STATUSES, queue_mails, settings, wait_until, wait_until_done
from tests.support.workspaces import workspace

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_pauses")]
LOSE = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


async def test_two_workers_send_nothing_twice(clean_database: Database) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, *(f"{number}@x.example" for number in range(200)))
    other = Database(clean_database.url)
    with mail_catcher.open():
        async with (
            worker.in_background(workspace(clean_database), settings(mail_catcher)),
            worker.in_background(workspace(other), settings(mail_catcher)),
        ):
            await wait_until_done(clean_database)
    await other.close()
    assert mail_catcher.connections == 2
    assert len(mail_catcher.ids) == len(set(mail_catcher.ids)) == 200


async def test_a_worker_taken_for_dead_does_not_send_the_mail_of_another_worker(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "HEARTBEAT_TIMEOUT", runner.HEARTBEAT_TIMEOUT / 100)
    monkeypatch.setattr("pgqueuer.core.heartbeat.Heartbeat.send_heartbeat", lambda _: asyncio.sleep(0))
    mail_catcher, go = MailCatcher(), threading.Event()
    mail_catcher.at_data = lambda: None if go.wait(10) else "451 too late"
    await queue_mails(clean_database, "ada@x.example")
    other = Database(clean_database.url)
    with mail_catcher.open():
        async with (
            worker.in_background(workspace(clean_database), settings(mail_catcher)),
            worker.in_background(workspace(other), settings(mail_catcher)),
        ):
            await asyncio.sleep(1)
            go.set()
            await wait_until_done(clean_database)
    await other.close()
    assert len(mail_catcher.ids) == 1


async def test_a_stop_waits_for_the_current_mail(clean_database: Database) -> None:
    mail_catcher, come, go = MailCatcher(), threading.Event(), threading.Event()
    mail_catcher.at_data = lambda: come.set() if go.wait(10) else "451 too late"
    await queue_mails(clean_database, "ada@x.example", "grace@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: mail_catcher.connections == 1)
            await asyncio.sleep(0.1)
            asyncio.get_running_loop().call_later(0.2, go.set)
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example"]
    assert await jobs.waiting(clean_database) == {"trial": 1}
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("successful",)]


async def test_a_stop_returns_a_mail_that_takes_too_long_to_the_queue(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.1)
    mail_catcher, go = MailCatcher(), threading.Event()
    mail_catcher.at_rcpt = lambda _: None if go.wait(10) else "451 too late"
    await queue_mails(clean_database, "ada@x.example")
    with mail_catcher.open():
        async with asyncio.timeout(5), worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: mail_catcher.connections == 1)
            await asyncio.sleep(0.1)
        go.set()
        assert await jobs.waiting(clean_database) == {"trial": 1}
        assert await fetch_rows(clean_database, FINAL_STATUSES) == []
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert len(mail_catcher.ids) == 1


async def test_a_worker_survives_the_loss_of_the_database(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even in the middle of a mail, and with many dead connections, the mail is not sent again."""
    monkeypatch.setattr(runner, "HEARTBEAT_TIMEOUT", runner.HEARTBEAT_TIMEOUT / 10)
    mail_catcher, go = MailCatcher(), threading.Event()
    mail_catcher.at_data = lambda: None if go.wait(10) else "451 too late"
    await queue_mails(clean_database, "ada@x.example", "grace@x.example")
    other = Database(clean_database.url)
    pooled = [await other.take() for _ in range(5)]
    with mail_catcher.open():
        async with worker.in_background(workspace(other), settings(mail_catcher)):
            await wait_until(lambda: mail_catcher.connections == 1)
            await asyncio.sleep(0.1)
            for connection in pooled:
                await other.give_back(connection)
            await clean_database.close()
            await fetch_rows(clean_database, LOSE)
            go.set()
            await wait_until_done(clean_database)
    await other.close()
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example", "grace@x.example"]
