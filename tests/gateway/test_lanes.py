"""Each kind of job has its own lane. A lane that hangs, or has malformed jobs, delays no other lane."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from db.core.database import Database
from db.queue import jobs, runner
from db.queue.jobs import Job
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, TrialMail
from gateway import worker
from gateway.mail import sender
from gateway.mail.message import Mail, MailContext, MailType
from gateway.runtime import metrics
from gateway.runtime.stopping import STOP_SIGNALS
from tests.gateway.test_worker_stops import LOSE
from tests.support.database import fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.queued_mails import FINAL_STATUSES, queue_mails, settings, wait_until, wait_until_done
from tests.support.workspaces import live_policy, workspace
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_pauses")]

OTHER = JobKind("other", TrialMail)
INSERT = """
insert into jobs.pgqueuer (priority, status, entrypoint, payload, headers)
values (0, 'queued', 'trial', $1, $2::jsonb)
"""


@dataclass
class Hanging:
    """A type of mail whose jobs hang until `go` is set, beside a type whose jobs do not."""

    kind: JobKind[TrialMail] = TRIAL
    begun: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def compose(self, context: MailContext, job: Job[TrialMail]) -> Mail:
        self.begun += 1
        await self.go.wait()
        return await sender.trial(context, job)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sender, "MAIL_TYPES", (MailType(self.kind, self.compose), MailType(OTHER, sender.trial)))


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    hanging = Hanging()
    hanging.install(monkeypatch)
    return hanging


@pytest.fixture
async def signals() -> AsyncIterator[None]:
    """Remove the signal handlers after the test."""
    yield
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)


async def insert(database: Database, payload: bytes | None, headers: str | None) -> None:
    await fetch_rows(database, INSERT, payload, headers)


async def test_a_lane_that_hangs_delays_no_other(clean_database: Database, hanging: Hanging) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, *(f"slow{number}@x.example" for number in range(5)))
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: hanging.begun == 1)
            await queue_mails(clean_database, *(f"{number}@x.example" for number in range(20)), kind=OTHER)
            await wait_until(lambda: len(mail_catcher.mails) == 20)
            assert hanging.begun == 1
            assert (await jobs.waiting(clean_database))["trial"] == 5
            hanging.go.set()
            await wait_until_done(clean_database)
    assert [mail["To"] for mail in mail_catcher.mails[:20]] == [f"{number}@x.example" for number in range(20)]


async def test_a_mail_that_the_server_never_answers_delays_no_other_kind(
    clean_database: Database, own_world: World
) -> None:
    world, mail_catcher = own_world, MailCatcher(silent_for={"ada@x.example"})
    team = await world.team()
    grace = await world.invited_member(team)
    invitation = InvitationMail(team, await world.invitation(team, grace.id))
    await queue_mails(clean_database, "ada@x.example", "eve@x.example")
    with mail_catcher.open(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "GRACE_SECONDS", 0.1)
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: mail_catcher.connections == 1)
            async with clean_database.transaction() as connection:
                await jobs.enqueue(connection, INVITATION, [invitation])
                await connection.commit()
            await wait_until(lambda: len(mail_catcher.mails) == 1)
    assert mail_catcher.mails[0]["Delivered-To"] == grace.email
    assert await jobs.waiting(clean_database) == {"trial": 2}


async def test_a_lane_that_hangs_delays_no_other_after_a_reconnect(clean_database: Database, hanging: Hanging) -> None:
    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "slow@x.example")
    other = Database(clean_database.url)
    with mail_catcher.open():
        async with worker.in_background(workspace(other), settings(mail_catcher)):
            await wait_until(lambda: hanging.begun == 1)
            await clean_database.close()
            await fetch_rows(clean_database, LOSE)
            await queue_mails(clean_database, "ada@x.example", kind=OTHER)
            await wait_until(lambda: len(mail_catcher.mails) == 1)
            assert hanging.begun == 1
            hanging.go.set()
            await wait_until_done(clean_database)
    await other.close()
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example", "slow@x.example"]


async def test_a_lane_runs_no_more_jobs_at_a_time_than_its_limit(
    clean_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.1)
    hanging = Hanging(JobKind("pair", TrialMail, limit=2))
    hanging.install(monkeypatch)
    await queue_mails(clean_database, *(f"{number}@x.example" for number in range(5)), kind=hanging.kind)
    async with asyncio.timeout(20), worker.in_background(workspace(clean_database), settings(MailCatcher())):
        await wait_until(lambda: hanging.begun == 2)
        await asyncio.sleep(0.5)
        assert hanging.begun == 2
    assert hanging.begun == 2
    assert await jobs.waiting(clean_database) == {"pair": 5}


@pytest.mark.usefixtures("signals")
async def test_sigterm_ends_a_worker_with_a_hanging_lane_in_the_grace_time(
    clean_database: Database, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.5)
    mail_catcher, clock = MailCatcher(), asyncio.get_running_loop().time
    await queue_mails(clean_database, "slow@x.example")
    await queue_mails(clean_database, "ada@x.example", kind=OTHER)
    with mail_catcher.open():
        running = asyncio.create_task(worker.until_signalled(clean_database, live_policy(), settings(mail_catcher)))
        await wait_until(lambda: hanging.begun == len(mail_catcher.mails) == 1)
        before = clock()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await running
    assert clock() - before >= 0.5
    assert await jobs.waiting(clean_database) == {"trial": 1}
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("successful",)]


@pytest.mark.parametrize(
    ("payload", "headers", "reason"),
    [
        (b"no JSON", '{"id": "job_1"}', "json_invalid"),
        (None, '{"id": "job_1"}', "json_invalid"),
        (b"[]", '{"id": "job_1"}', "dataclass_type"),
        (b"{}", '{"id": "job_1"}', "to missing"),
        (b'{"to": 1815}', '{"id": "job_1"}', "to string_type"),
        (b'{"to": ["eve@x.example"]}', '{"id": "job_1"}', "to string_type"),
        (b'{"to": "eve@x.example"}', "{}", "the header id is missing"),
        (b'{"to": "eve@x.example"}', None, "the header id is missing"),
    ],
)
async def test_a_malformed_job_is_ended_at_once_and_delays_none_of_its_lane(
    clean_database: Database,
    capsys: pytest.CaptureFixture[str],
    payload: bytes | None,
    headers: str | None,
    reason: str,
) -> None:
    mail_catcher, malformed = MailCatcher(), metrics.MALFORMED.labels("trial")
    before = malformed._value.get()
    await insert(clean_database, payload, headers)
    await queue_mails(clean_database, "ada@x.example")
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert [mail["To"] for mail in mail_catcher.mails] == ["ada@x.example"]
    assert await fetch_rows(clean_database, FINAL_STATUSES) == [("exception",), ("successful",)]
    assert await fetch_rows(clean_database, "select count(*) from jobs.pgqueuer") == [(0,)]
    assert malformed._value.get() == before + 1
    [line] = [line for line in capsys.readouterr().out.splitlines() if "job_malformed" in line]
    assert reason in line
    assert "eve" not in line
    assert "1815" not in line


@pytest.mark.parametrize("payload", [b'{"to":"ada@x.example"}', b'{"to": "ada@x.example", "team_id": "team_1"}'])
async def test_a_job_queued_by_another_version_is_done(clean_database: Database, payload: bytes) -> None:
    mail_catcher = MailCatcher()
    await insert(clean_database, payload, '{"id": "job_1"}')
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    assert mail_catcher.ids == ["<job_1@localhost>"]


async def test_waiting_jobs_are_counted_for_each_kind(clean_database: Database, hanging: Hanging) -> None:
    def shown(*kinds: str) -> list[float]:
        return [metrics.JOBS.labels(kind)._value.get() for kind in kinds]

    mail_catcher = MailCatcher()
    await queue_mails(clean_database, "ada@x.example", "grace@x.example")
    await queue_mails(clean_database, "eve@x.example", kind=JobKind("retired", TrialMail))
    metrics.JOBS.labels("other").set(7)
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until(lambda: shown("trial", "other", "retired") == [2, 0, 1])
            hanging.go.set()
