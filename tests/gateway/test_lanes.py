"""Each kind of job has its own lane: one that hangs, or whose jobs are malformed, delays no other."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import commit, connect, transaction
from db.queue import jobs, runner
from db.queue.jobs import Job
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, TrialMail
from gateway import worker
from gateway.mail import sender
from gateway.mail.message import Desk, Kind, Mail
from gateway.runtime import metrics
from gateway.serving import STOPPING
from tests.gateway.test_worker_stops import LOSE
from tests.support.mail_server import Post
from tests.support.workers import ENDS, done, found, queue, settings, until
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("quick")

OTHER = JobKind("other", TrialMail)
INSERT = text("""
insert into jobs.pgqueuer (priority, status, entrypoint, payload, headers)
values (0, 'queued', 'trial', cast(:payload as bytea), cast(:headers as jsonb))
""")


@dataclass
class Hanging:
    """A kind of mail whose jobs hang until they are let go, beside one whose jobs do not."""

    kind: JobKind[TrialMail] = TRIAL
    begun: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def compose(self, desk: Desk, job: Job[TrialMail]) -> Mail:
        self.begun += 1
        await self.go.wait()
        return await sender.trial(desk, job)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sender, "KINDS", (Kind(self.kind, self.compose), Kind(OTHER, sender.trial)))


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    hanging = Hanging()
    hanging.install(monkeypatch)
    return hanging


@pytest.fixture
async def signals() -> AsyncIterator[None]:
    """Takes the handlers of signals away again."""
    yield
    for number in STOPPING:
        asyncio.get_running_loop().remove_signal_handler(number)


async def insert(engine: AsyncEngine, payload: bytes | None, headers: str | None) -> None:
    async with engine.begin() as connection:
        await connection.execute(INSERT, {"payload": payload, "headers": headers})


async def test_a_kind_that_hangs_delays_no_other(idle: AsyncEngine, hanging: Hanging) -> None:
    post = Post()
    await queue(idle, *(f"slow{number}@x.example" for number in range(5)))
    with post.open():
        async with worker.beside(idle, settings(post)):
            await until(lambda: hanging.begun == 1)
            await queue(idle, *(f"{number}@x.example" for number in range(20)), kind=OTHER)
            await until(lambda: len(post.mails) == 20)
            assert hanging.begun == 1
            assert (await jobs.waiting(idle))["trial"] == 5
            hanging.go.set()
            await done(idle)
    assert [mail["To"] for mail in post.mails[:20]] == [f"{number}@x.example" for number in range(20)]


async def test_a_mail_that_the_server_never_answers_delays_no_other_kind(idle: AsyncEngine) -> None:
    world, post = World(idle), Post(silent_for={"ada@x.example"})
    team = await world.team()
    grace = await world.invited(team)
    invitation = InvitationMail(team, await world.invitation(team, grace.id))
    await queue(idle, "ada@x.example", "eve@x.example")
    with post.open(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "GRACE_SECONDS", 0.1)
        async with worker.beside(idle, settings(post)):
            await until(lambda: post.connections == 1)
            async with transaction(idle) as connection:
                await jobs.enqueue(connection, INVITATION, [invitation])
                await commit(connection)
            await until(lambda: len(post.mails) == 1)
    assert post.mails[0]["Delivered-To"] == grace.email
    assert await jobs.waiting(idle) == {"trial": 2}


async def test_a_kind_that_hangs_delays_no_other_after_the_database_was_away(
    idle: AsyncEngine, hanging: Hanging
) -> None:
    post = Post()
    await queue(idle, "slow@x.example")
    engine = connect(idle.url.render_as_string(hide_password=False))
    with post.open():
        async with worker.beside(engine, settings(post)):
            await until(lambda: hanging.begun == 1)
            await idle.dispose()
            async with idle.begin() as connection:
                await connection.execute(text(LOSE))
            await queue(idle, "ada@x.example", kind=OTHER)
            await until(lambda: len(post.mails) == 1)
            assert hanging.begun == 1
            hanging.go.set()
            await done(idle)
    await engine.dispose()
    assert [mail["To"] for mail in post.mails] == ["ada@x.example", "slow@x.example"]


async def test_a_lane_runs_no_more_jobs_at_a_time_than_its_limit(
    idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.1)
    hanging = Hanging(JobKind("pair", TrialMail, limit=2))
    hanging.install(monkeypatch)
    await queue(idle, *(f"{number}@x.example" for number in range(5)), kind=hanging.kind)
    async with asyncio.timeout(20), worker.beside(idle, settings(Post())):
        await until(lambda: hanging.begun == 2)
        await asyncio.sleep(0.5)
        assert hanging.begun == 2
    assert hanging.begun == 2
    assert await jobs.waiting(idle) == {"pair": 5}


@pytest.mark.usefixtures("signals")
async def test_sigterm_ends_a_worker_with_a_hanging_lane_in_the_grace_time(
    idle: AsyncEngine, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.5)
    post, clock = Post(), asyncio.get_running_loop().time
    await queue(idle, "slow@x.example")
    await queue(idle, "ada@x.example", kind=OTHER)
    with post.open():
        running = asyncio.create_task(worker.until_signalled(idle, settings(post)))
        await until(lambda: hanging.begun == len(post.mails) == 1)
        before = clock()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await running
    assert clock() - before >= 0.5
    assert await jobs.waiting(idle) == {"trial": 1}
    assert await found(idle, ENDS) == [("successful",)]


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
    idle: AsyncEngine, capsys: pytest.CaptureFixture[str], payload: bytes | None, headers: str | None, reason: str
) -> None:
    post, malformed = Post(), metrics.MALFORMED.labels("trial")
    before = malformed._value.get()
    await insert(idle, payload, headers)
    await queue(idle, "ada@x.example")
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert [mail["To"] for mail in post.mails] == ["ada@x.example"]
    assert await found(idle, ENDS) == [("exception",), ("successful",)]
    assert await found(idle, "select count(*) from jobs.pgqueuer") == [(0,)]
    assert malformed._value.get() == before + 1
    [line] = [line for line in capsys.readouterr().out.splitlines() if "job_malformed" in line]
    assert reason in line
    assert "eve" not in line
    assert "1815" not in line


@pytest.mark.parametrize("payload", [b'{"to":"ada@x.example"}', b'{"to": "ada@x.example", "team_id": "team_1"}'])
async def test_a_job_queued_by_another_version_is_done(idle: AsyncEngine, payload: bytes) -> None:
    post = Post()
    await insert(idle, payload, '{"id": "job_1"}')
    with post.open():
        async with worker.beside(idle, settings(post)):
            await done(idle)
    assert post.ids == ["<job_1@localhost>"]


async def test_waiting_jobs_are_counted_for_each_kind(idle: AsyncEngine, hanging: Hanging) -> None:
    def shown(*kinds: str) -> list[float]:
        return [metrics.JOBS.labels(kind)._value.get() for kind in kinds]

    post = Post()
    await queue(idle, "ada@x.example", "grace@x.example")
    await queue(idle, "eve@x.example", kind=JobKind("retired", TrialMail))
    metrics.JOBS.labels("other").set(7)
    with post.open():
        async with worker.beside(idle, settings(post)):
            await until(lambda: shown("trial", "other", "retired") == [2, 0, 1])
            hanging.go.set()
