"""Workers in their own processes. If a worker is killed, stopped or started twice, each mail arrives once.

Only the mail that a killed worker was sending may arrive twice.
"""

import asyncio
import itertools
import os
import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest

from db.core.database import Database
from db.queue import jobs
from domain.mails import TRIAL, TrialMail
from tests.support import command_line
from tests.support.mail_server import SECONDS, MailCatcher
from tests.support.process import Run, launched, running, usher, wait_for

pytestmark = pytest.mark.slow


async def queue(database: Database, mails: int) -> None:
    async with database.transaction() as connection:
        await jobs.enqueue(connection, TRIAL, [TrialMail(f"{number}@x.example") for number in range(mails)])
        await connection.commit()


def worker(stack: ExitStack, folder: Path, database: str, mail_catcher: MailCatcher) -> Run:
    """Start a worker, and return it when it is ready."""
    run = stack.enter_context(launched(folder, "worker", DATABASE_URL=database, SMTP_URL=mail_catcher.url))
    wait_for(lambda: run.process.poll() is not None or "worker_started" in run.err.read_text())
    assert run.process.poll() is None, run.err.read_text()
    return run


async def test_workers_killed_in_the_middle_of_200_mails_lose_none(
    clean_database: Database, database: str, tmp_path: Path
) -> None:
    """The first dies before its mail is accepted, the second before it gets the answer. Only that mail comes twice."""
    mail_catcher, recipient_count = MailCatcher(), itertools.count(1)
    with ExitStack() as stack:
        stack.enter_context(mail_catcher.open())
        first = worker(stack, tmp_path / "first", database, mail_catcher)
        mail_catcher.at_rcpt = lambda _: os.kill(first.process.pid, SIGKILL) if next(recipient_count) == 60 else None
        await queue(clean_database, 200)
        first.process.wait(SECONDS)
        second = worker(stack, tmp_path / "second", database, mail_catcher)
        mail_catcher.after_data = lambda: (
            os.kill(second.process.pid, SIGKILL) if len(mail_catcher.mails) == 130 else None
        )
        second.process.wait(SECONDS)
        worker(stack, tmp_path / "third", database, mail_catcher)
        while await jobs.waiting(clean_database):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.05)
    assert {str(mail["To"]) for mail in mail_catcher.mails} == {f"{number}@x.example" for number in range(200)}
    assert [id_ for id_, times in Counter(mail_catcher.ids).items() if times > 1] == [mail_catcher.ids[129]]
    assert len(mail_catcher.ids) == 201


async def test_sigterm_ends_a_worker_after_the_current_mail(
    clean_database: Database, database: str, tmp_path: Path
) -> None:
    mail_catcher, go = MailCatcher(), threading.Event()
    mail_catcher.at_data = lambda: None if go.wait(SECONDS) else "451 too late"
    with ExitStack() as stack:
        stack.enter_context(mail_catcher.open())
        run = worker(stack, tmp_path, database, mail_catcher)
        await queue(clean_database, 3)
        wait_for(lambda: mail_catcher.connections == 1)
        run.process.send_signal(SIGTERM)
        threading.Timer(0.3, go.set).start()
        assert run.process.wait(SECONDS) == 0
        assert '"worker_stopped"' in run.err.read_text()
    assert len(mail_catcher.mails) == 1
    assert await jobs.waiting(clean_database) == {"trial": 2}


def test_usher_run_writes_mails_into_the_data_folder_and_shows_them(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        queued = usher("mail", "ada@x.example", data=tmp_path)
        assert (queued.returncode, queued.stderr) == (0, "")
        folder = tmp_path / "mail"
        # Contract managers of the demo company get mails, too.
        wait_for(lambda: folder.exists() and any("ada@x.example" in one.read_text() for one in folder.glob("*.eml")))
        [written] = [one for one in folder.iterdir() if "ada@x.example" in one.read_text()]
        wait_for(lambda: f"Mail to ada@x.example: Usher sends mail\n  {written}\n" in run.out.read_text())
        assert (written.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
        assert f"Mails are not sent but written into {folder}" in run.out.read_text()


@pytest.mark.usefixtures("clean_database")
def test_usher_run_sends_mails_from_its_workers(tmp_path: Path, database: str) -> None:
    mail_catcher = MailCatcher()
    given = {"DATABASE_URL": database, "SMTP_URL": mail_catcher.url, "MAIL_FROM": "Seats <seats@company.example>"}
    with mail_catcher.open(), running(tmp_path, USHER_WORKERS="2", **given) as run:
        assert usher("mail", "ada@x.example", data=tmp_path, DATABASE_URL=database).returncode == 0
        wait_for(lambda: any(mail["To"] == "ada@x.example" for mail in mail_catcher.mails))
        [mail] = [mail for mail in mail_catcher.mails if mail["To"] == "ada@x.example"]
        assert mail["From"] == "Seats <seats@company.example>"
        assert run.stop(SIGTERM) == 0
        assert run.err.read_text().count('"worker_stopped"') == 2
    assert not (tmp_path / "mail").exists()


def test_a_worker_needs_the_tables_of_this_version(tmp_path: Path) -> None:
    ended = usher("worker", data=tmp_path)
    assert ended.returncode == 1
    assert "Run `usher db upgrade`" in ended.stderr


@pytest.mark.parametrize("address", ["nobody", "a b@x.example"])
async def test_a_test_mail_needs_an_address(address: str) -> None:
    refused = await command_line.usher("mail", address)
    assert command_line.error_output(refused).startswith("usher: ADDRESS must be an address")
