"""The worker sends the mail of a committed change once, whatever the mail server does meanwhile."""

import asyncio
from pathlib import Path

import pytest

from db.core.connection import Connection
from db.core.database import Database
from db.queue import jobs
from db.queue.jobs import Job
from domain import mails as kinds
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, MailOutcome, MailState, TrialMail
from gateway import worker
from gateway.mail import sender
from gateway.mail.message import Mail, MailContext, MailType
from gateway.runtime.settings import Settings
from tests.support.database import fetch, fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.queued_mails import (
    FINAL_STATUSES,
    REFUSED_EVENTS,
    mail_count,
    queue_mails,
    settings,
    wait_until,
    wait_until_done,
)
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_pauses")]


async def test_a_mail_is_sent_after_the_commit_of_its_change(clean_database: Database) -> None:
    mail_catcher, before = MailCatcher(), mail_count("sent")
    with mail_catcher.open():
        async with (
            worker.in_background(workspace(clean_database), settings(mail_catcher)),
            clean_database.transaction() as connection,
        ):
            await jobs.enqueue(connection, TRIAL, [TrialMail("ada@x.example")])
            await asyncio.sleep(0.1)
            assert mail_catcher.mails == []
            await connection.commit()
            await wait_until(lambda: len(mail_catcher.mails) == 1)
            await wait_until_done(clean_database)
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example"]
    assert mail_count("sent") == before + 1
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("successful",)]


async def test_a_change_that_is_rolled_back_sends_nothing(clean_database: Database) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            async with clean_database.transaction() as connection:
                await jobs.enqueue(connection, TRIAL, [TrialMail("nobody@x.example")])
            await queue_mails(clean_database, "ada@x.example")
            await wait_until(lambda: len(mail_catcher.mails) == 1)
            await wait_until_done(clean_database)
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example"]


async def test_mails_queued_while_no_worker_ran_are_sent(clean_database: Database) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, *(f"{number}@x.example" for number in range(20)))
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert [mail["To"] for mail in mail_catcher.mails] == [f"{number}@x.example" for number in range(20)]


async def test_a_mail_server_that_is_down_only_delays_mails(clean_database: Database) -> None:
    mail_catcher, before = MailCatcher(), mail_count("put_off")
    async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
        await queue_mails(clean_database, "ada@x.example", "grace@x.example")
        await wait_until(lambda: mail_count("put_off") >= before + 4)
        assert await jobs.waiting(clean_database) == {"trial": 2}
        with mail_catcher.open():
            await wait_until_done(clean_database)
    assert sorted(str(mail["To"]) for mail in mail_catcher.mails) == ["ada@x.example", "grace@x.example"]


async def test_4xx_is_tried_again_with_the_same_message_id(clean_database: Database) -> None:
    mail_catcher = MailCatcher()
    answers = ["450 4.2.1 greylisted", "451 4.3.0 not yet"]
    recipients: list[str] = []

    def at_rcpt(address: str) -> str | None:
        recipients.append(address)
        return answers[len(recipients) - 1] if len(recipients) <= len(answers) else None

    mail_catcher.at_rcpt = at_rcpt
    await queue_mails(clean_database, "ada@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert (len(recipients), len(mail_catcher.mails)) == (3, 1)
    assert await fetch_rows(clean_database, REFUSED_EVENTS) == []


async def test_5xx_is_recorded_and_not_tried_again(clean_database: Database, own_world: World) -> None:
    mail_catcher, before, world = MailCatcher(), mail_count("refused"), own_world
    teams = [await world.team(), await world.team()]
    people = [await world.invited_member(team) for team in teams]
    invited = [await world.invitation(team, one.id) for team, one in zip(teams, people, strict=True)]
    async with clean_database.transaction() as connection:
        await jobs.enqueue(connection, INVITATION, map(InvitationMail, teams, invited))
        await connection.commit()
    mail_catcher.at_rcpt = lambda address: f"550 5.1.1 no {address} here" if address == people[0].email else None
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert [mail["Delivered-To"] for mail in mail_catcher.mails] == [people[1].email]
    # The mail server may name an address, so the reason is no part of the audit log.
    assert await fetch_rows(clean_database, REFUSED_EVENTS) == [(teams[0], "invitation", None)]
    reasons = "select mail_reason from invitations where mail_state = 'refused'"
    assert await fetch_rows(clean_database, reasons) == [("550 5.1.1 no … here",)]
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("exception",), ("successful",)]
    assert mail_count("refused") == before + 1


async def test_after_days_a_mail_is_given_up_and_that_is_recorded(
    clean_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "ada@x.example")
    await fetch_rows(clean_database, "update jobs.pgqueuer set created = now() - interval '6 days'")
    async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
        await wait_until_done(clean_database)
    assert len(await fetch_rows(clean_database, REFUSED_EVENTS)) == 1
    assert 'reason="given up: ' in capsys.readouterr().out


@pytest.mark.parametrize("to", ["nobody", "ada@x.example\nBcc: eve@x.example"])
async def test_an_invalid_address_is_recorded_and_not_tried_again(clean_database: Database, to: str) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, to)
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert mail_catcher.mails == []
    assert len(await fetch_rows(clean_database, REFUSED_EVENTS)) == 1


async def test_a_mail_that_nobody_needs_any_more_is_canceled(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def compose(_: MailContext, __: Job[TrialMail]) -> Mail | None:
        return None

    monkeypatch.setattr(sender, "MAIL_TYPES", (MailType(TRIAL, compose),))
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "ada@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert mail_catcher.mails == []
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("canceled",)]


@pytest.mark.parametrize("fails", [True, False])
async def test_the_record_of_a_sent_mail_is_written_and_never_causes_a_second_mail(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    async def record(connection: Connection, job: Job[TrialMail], outcome: MailOutcome) -> None:
        assert outcome == MailOutcome(MailState.SENT)
        await fetch(connection, "insert into teams (id, name) values ('team_1', $1)", job.id)
        if fails:
            raise ZeroDivisionError

    monkeypatch.setattr(sender, "MAIL_TYPES", (MailType(TRIAL, sender.trial, record),))
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "ada@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert len(mail_catcher.mails) == 1
    expected_names = [] if fails else [(mail_catcher.ids[0].strip("<>").partition("@")[0],)]
    assert await fetch_rows(clean_database, "select name from teams where id = 'team_1'") == expected_names


async def test_a_defect_in_one_type_of_mail_keeps_its_job_and_stops_no_other(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def compose(context: MailContext, job: Job[TrialMail]) -> Mail | None:
        if job.payload.to.startswith("eve"):
            raise ZeroDivisionError
        return await sender.trial(context, job)

    monkeypatch.setattr(sender, "MAIL_TYPES", (MailType(TRIAL, compose),))
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "eve@x.example", "ada@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: len(mail_catcher.mails) == 1)
    assert await jobs.waiting(clean_database) == {"trial": 1}
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example"]


async def test_without_a_mail_server_mails_are_written_and_shown(
    clean_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await queue_mails(clean_database, "ada@x.example")
    async with worker.in_background(workspace(clean_database), Settings(data=tmp_path)):
        await wait_until_done(clean_database)
    [written] = (tmp_path / "mail").iterdir()
    assert f"Mail to ada@x.example: Usher sends mail\n  {written}\n" in capsys.readouterr().out


def test_every_kind_of_mail_job_has_its_mail_type() -> None:
    declared = {kind for kind in vars(kinds).values() if isinstance(kind, JobKind)}
    assert {kind.job for kind in sender.MAIL_TYPES} == declared
    assert len({kind.name for kind in declared}) == len(sender.MAIL_TYPES)
    assert {kind.limit for kind in declared} == {1}, "a connection to a mail server takes one mail at a time"
