"""The queue: a job is there exactly if its change is, and its tables are those the library expects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from pgqueuer.db import AsyncpgDriver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core import migrate
from db.core.engine import commit, connect, transaction
from db.queue import jobs
from db.queue.runner import LONGEST, SHORTEST, pause
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, TrialMail
from tests.conftest import new_database

QUEUED = "select headers ->> 'id', entrypoint, convert_from(payload, 'UTF8') from jobs.pgqueuer order by id"
FAIL_ONE = "update jobs.pgqueuer set status = 'failed' where id = (select min(id) from jobs.pgqueuer)"
LOGGED = "select count(*) from jobs.pgqueuer_log"
SCHEMAS = "select count(*) from pg_namespace where nspname = 'jobs'"
ADA = TrialMail("ada@x.example")


@pytest.fixture
async def fresh(postgres: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a new database, migrated."""
    opened = connect(await new_database(postgres))
    await migrate.upgrade(opened)
    yield opened
    await opened.dispose()


async def found(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def test_sqlalchemys_own_transactions_hold_jobs_too(idle: AsyncEngine) -> None:
    async with idle.connect() as connection:
        await jobs.enqueue(connection, TRIAL, [ADA])
    assert await jobs.waiting(idle) == {}


@pytest.mark.parametrize("committed", [True, False])
async def test_jobs_share_the_fate_of_the_change(idle: AsyncEngine, committed: bool) -> None:
    async with transaction(idle) as connection:
        first, second = await jobs.enqueue(connection, TRIAL, [ADA, TrialMail("Ю")])
        assert await found(idle, QUEUED) == []
        if committed:
            await commit(connection)
    rows = [(first, "trial", '{"to":"ada@x.example"}'), (second, "trial", '{"to":"Ю"}')]
    assert await found(idle, QUEUED) == (rows if committed else [])
    assert await jobs.waiting(idle) == ({"trial": 2} if committed else {})


async def test_a_failed_change_leaves_no_job(idle: AsyncEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction(idle) as connection:
            await jobs.enqueue(connection, TRIAL, [ADA])
            raise ZeroDivisionError
    assert await jobs.waiting(idle) == {}


async def test_no_payloads_are_no_jobs(idle: AsyncEngine) -> None:
    async with transaction(idle) as connection:
        assert await jobs.enqueue(connection, TRIAL, []) == []
        await commit(connection)
    assert await jobs.waiting(idle) == {}


@dataclass(frozen=True)
class Reminder:
    """A record with a number in it."""

    day: int


class Trial(TrialMail):
    """A record that is not quite the one of its kind."""


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"to": "ada@x.example"}, "takes TrialMail"),
        (InvitationMail("team_1", "invite_1"), "takes TrialMail"),
        (Trial("ada@x.example"), "takes TrialMail"),
        (TrialMail(cast("str", 7)), "to string_type"),
        (TrialMail(cast("str", None)), "to string_type"),
    ],
)
async def test_what_is_no_record_of_its_kind_is_not_queued(idle: AsyncEngine, payload: Any, reason: str) -> None:
    async with transaction(idle) as connection:
        with pytest.raises(jobs.MalformedPayload, match=reason):
            await jobs.enqueue(connection, TRIAL, [ADA, payload])
        await commit(connection)
    assert await jobs.waiting(idle) == {}


async def test_a_text_in_the_place_of_a_number_is_not_queued(idle: AsyncEngine) -> None:
    kind = JobKind("reminder", Reminder)
    async with transaction(idle) as connection:
        with pytest.raises(jobs.MalformedPayload, match="day int_type"):
            await jobs.enqueue(connection, kind, [Reminder(cast("int", "7"))])


async def test_jobs_wait_by_their_kind(idle: AsyncEngine) -> None:
    async with transaction(idle) as connection:
        await jobs.enqueue(connection, TRIAL, [ADA, ADA])
        await jobs.enqueue(connection, INVITATION, [InvitationMail("team_1", "invite_1")])
        await commit(connection)
    assert await jobs.waiting(idle) == {"trial": 2, "invitation": 1}


async def test_the_tables_are_those_the_library_expects(fresh: AsyncEngine) -> None:
    async with fresh.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        queries = jobs.queries(AsyncpgDriver(driver))
        plan = await queries.plan_upgrade()
        assert (plan.statements, plan.notes) == ((), ())
        await driver.execute("alter table jobs.pgqueuer drop column slot")
        assert (await queries.plan_upgrade()).statements != ()


async def test_no_variable_of_the_environment_renames_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in type(jobs.SETTINGS).model_fields:
        for variable in (name, f"pgqueuer_{name}", "pgqueuer_schema"):
            monkeypatch.setenv(variable.upper(), "unstable" if name != "durability" else "volatile")
    given = {name: getattr(jobs.SETTINGS, name) for name in jobs.SETTINGS.model_fields_set}
    assert type(jobs.SETTINGS)(**given, durability=jobs.SETTINGS.durability, widen_id=False).qualified == (
        jobs.SETTINGS.qualified
    )


async def test_down_removes_the_schema(fresh: AsyncEngine) -> None:
    assert await found(fresh, SCHEMAS) == [(1,)]
    await migrate.downgrade(fresh, "0002")
    assert await found(fresh, SCHEMAS) == [(0,)]


async def test_what_ended_long_ago_is_forgotten(idle: AsyncEngine) -> None:
    async with transaction(idle) as connection:
        await jobs.enqueue(connection, TRIAL, [ADA, ADA])
        await connection.execute(text(FAIL_ONE))
        await commit(connection)
    await jobs.forget(idle)
    assert len(await found(idle, QUEUED)) == 2
    assert await found(idle, LOGGED) == [(2,)]
    await jobs.forget(idle, kept=timedelta(0))
    assert len(await found(idle, QUEUED)) == 1
    assert await jobs.waiting(idle) == {"trial": 1}
    assert await found(idle, LOGGED) == [(0,)]


def test_pauses_grow_and_fill_more_than_a_day() -> None:
    pauses = [pause(attempt) for attempt in range(1000)]
    assert pauses[0] == SHORTEST
    assert pauses == sorted(pauses)
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == LONGEST
    assert timedelta(days=1) < jobs.PATIENCE
