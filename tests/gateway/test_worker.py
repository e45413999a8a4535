"""The worker: a mail whose change came true arrives once, whatever the mail server does meanwhile."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core.engine import commit, transaction
from db.queue import jobs
from db.queue.jobs import Job
from domain import mails as kinds
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, TrialMail
from gateway import worker
from gateway.mail import sender
from gateway.mail.message import Desk, Kind, Mail
from gateway.runtime.settings import Settings
from tests.support.mail_server import Post
from tests.support.workers import ENDS, EVENTS, count, done, found, queue, settings, until
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("quick")


async def test_a_mail_is_sent_after_its_change(idle: AsyncEngine) -> None:
    post, before = Post(), count("sent")
    with post.open():
        async with worker.beside(idle, settings(post)), transaction(idle) as connection:
            await jobs.enqueue(connection, TRIAL, [TrialMail("ada@x.example")])
            await asyncio.sleep(0.1)
            assert post.mails == []
            await commit(connection)
            await until(lambda: len(post.mails) == 1)
            await done(idle)
    assert [mail["To"] for mail in post.mails] == ["ada@x.example"]
    assert count("sent") == before + 1
    assert await found(idle, ENDS) == [("successful",)]


async def test_a_change_undone_sends_nothing(idle: AsyncEngine) -> None:
    post = Post()
    with post.open():
        async with worker.beside(idle, settings(post)):
            async with transaction(idle) as connection:
                await jobs.enqueue(connection, TRIAL, [TrialMail("nobody@x.example")])
            await queue(idle, "ada@x.example")
            await until(lambda: len(post.mails) == 1)
            await done(idle)
    assert [mail["To"] for mail in post.mails] == ["ada@x.example"]


async def test_what_was_queued_while_no_worker_ran_is_sent(idle: AsyncEngine) -> None:
    post = Post()
    await queue(idle, *(f"{number}@x.example" for number in range(20)))
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert [mail["To"] for mail in post.mails] == [f"{number}@x.example" for number in range(20)]


async def test_a_server_that_is_down_only_delays_mails(idle: AsyncEngine) -> None:
    post, before = Post(), count("put_off")
    async with worker.beside(idle, settings(post)):
        await queue(idle, "ada@x.example", "grace@x.example")
        await until(lambda: count("put_off") >= before + 4)
        assert await jobs.waiting(idle) == {"trial": 2}
        with post.open():
            await done(idle)
    assert sorted(str(mail["To"]) for mail in post.mails) == ["ada@x.example", "grace@x.example"]


async def test_4xx_is_tried_again_with_the_same_message_id(idle: AsyncEngine) -> None:
    post = Post()
    answers = ["450 4.2.1 greylisted", "451 4.3.0 not yet"]
    asked: list[str] = []

    def at_rcpt(address: str) -> str | None:
        asked.append(address)
        return answers[len(asked) - 1] if len(asked) <= len(answers) else None

    post.at_rcpt = at_rcpt
    await queue(idle, "ada@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert (len(asked), len(post.mails)) == (3, 1)
    assert await found(idle, EVENTS) == []


async def test_5xx_is_noted_and_not_tried_again(idle: AsyncEngine) -> None:
    post, before, world = Post(), count("refused"), World(idle)
    teams = [await world.team(), await world.team()]
    people = [await world.invited(team) for team in teams]
    invited = [await world.invitation(team, one.id) for team, one in zip(teams, people, strict=True)]
    async with transaction(idle) as connection:
        await jobs.enqueue(connection, INVITATION, map(InvitationMail, teams, invited))
        await commit(connection)
    post.at_rcpt = lambda address: f"550 5.1.1 no {address} here" if address == people[0].email else None
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert [mail["Delivered-To"] for mail in post.mails] == [people[1].email]
    [(team, told)] = await found(idle, EVENTS)
    assert team == teams[0]
    assert isinstance(told, dict)
    assert (told["mail"], told["reason"]) == ("invitation", "550 5.1.1 no … here")
    assert await found(idle, ENDS) == [("exception",), ("successful",)]
    assert count("refused") == before + 1


async def test_after_days_a_mail_is_given_up_and_that_is_noted(idle: AsyncEngine) -> None:
    post = Post()
    await queue(idle, "ada@x.example")
    async with idle.begin() as connection:
        await connection.execute(text("update jobs.pgqueuer set created = now() - interval '6 days'"))
    async with worker.beside(idle, settings(post)):
        await done(idle)
    [(_, told)] = await found(idle, EVENTS)
    assert isinstance(told, dict)
    assert told["reason"].startswith("given up: ")


@pytest.mark.parametrize("to", ["nobody", "ada@x.example\nBcc: eve@x.example"])
async def test_what_is_no_address_is_noted_and_not_tried_again(idle: AsyncEngine, to: str) -> None:
    post = Post()
    await queue(idle, to)
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert post.mails == []
    assert len(await found(idle, EVENTS)) == 1


async def test_a_kind_may_find_its_mail_needless(idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def needless(_: Desk, __: Job[TrialMail]) -> Mail | None:
        return None

    monkeypatch.setattr(sender, "KINDS", (Kind(TRIAL, needless),))
    post = Post()
    await queue(idle, "ada@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert post.mails == []
    assert await found(idle, ENDS) == [("canceled",)]


@pytest.mark.parametrize("fails", [True, False])
async def test_a_note_of_a_kind_is_kept_and_never_costs_a_second_mail(
    idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    async def sent(connection: AsyncConnection, job: Job[TrialMail]) -> None:
        await connection.execute(text("insert into teams (id, name) values ('team_1', :id)"), {"id": job.id})
        if fails:
            raise ZeroDivisionError

    monkeypatch.setattr(sender, "KINDS", (Kind(TRIAL, sender.trial, sent),))
    post = Post()
    await queue(idle, "ada@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert len(post.mails) == 1
    noted = [] if fails else [(post.ids[0].strip("<>").partition("@")[0],)]
    assert await found(idle, "select name from teams where id = 'team_1'") == noted


async def test_a_defect_of_a_kind_keeps_its_job_and_stops_no_other(
    idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def compose(desk: Desk, job: Job[TrialMail]) -> Mail | None:
        if job.payload.to.startswith("eve"):
            raise ZeroDivisionError
        return await sender.trial(desk, job)

    monkeypatch.setattr(sender, "KINDS", (Kind(TRIAL, compose),))
    post = Post()
    await queue(idle, "eve@x.example", "ada@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await until(lambda: len(post.mails) == 1)
    assert await jobs.waiting(idle) == {"trial": 1}
    assert [mail["To"] for mail in post.mails] == ["ada@x.example"]


async def test_without_a_mail_server_mails_are_written_and_shown(
    idle: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await queue(idle, "ada@x.example")
    async with worker.beside(idle, Settings(data=tmp_path)):
        await done(idle)
    [written] = (tmp_path / "mail").iterdir()
    assert f"Mail to ada@x.example: Usher sends mail\n  {written}\n" in capsys.readouterr().out


def test_every_kind_of_mail_is_known() -> None:
    declared = {kind for kind in vars(kinds).values() if isinstance(kind, JobKind)}
    assert {kind.job for kind in sender.KINDS} == declared
    assert len({kind.name for kind in declared}) == len(sender.KINDS)
    assert {kind.limit for kind in declared} == {1}, "a connection to a mail server takes one mail at a time"
