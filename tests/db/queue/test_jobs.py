"""The queue: a job exists only if its change is committed, and the tables are those that the library expects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from pgqueuer.db import AsyncpgDriver

from db.core import migrate
from db.core.database import Database
from db.queue import jobs
from db.queue.runner import LONGEST_PAUSE, SHORTEST_PAUSE, pause
from domain.jobs import JobKind
from domain.mails import INVITATION, TRIAL, InvitationMail, TrialMail
from tests.conftest import new_database
from tests.support.database import fetch_rows

QUEUED = "select headers ->> 'id', entrypoint, convert_from(payload, 'UTF8') from jobs.pgqueuer order by id"
FAIL_ONE = "update jobs.pgqueuer set status = 'failed' where id = (select min(id) from jobs.pgqueuer)"
LOGGED = "select count(*) from jobs.pgqueuer_log"
SCHEMAS = "select count(*) from pg_namespace where nspname = 'jobs'"
ADA = TrialMail("ada@x.example")


@pytest.fixture
async def fresh(postgres: str) -> AsyncIterator[Database]:
    """A new, migrated database."""
    opened = Database(await new_database(postgres))
    await migrate.upgrade(opened)
    yield opened
    await opened.close()


@pytest.mark.parametrize("committed", [True, False])
async def test_jobs_are_queued_only_if_the_change_is_committed(clean_database: Database, committed: bool) -> None:
    async with clean_database.transaction() as connection:
        first, second = await jobs.enqueue(connection, TRIAL, [ADA, TrialMail("Ю")])
        assert await fetch_rows(clean_database, QUEUED) == []
        if committed:
            await connection.commit()
    rows = [(first, "trial", '{"to":"ada@x.example"}'), (second, "trial", '{"to":"Ю"}')]
    assert await fetch_rows(clean_database, QUEUED) == (rows if committed else [])
    assert await jobs.waiting(clean_database) == ({"trial": 2} if committed else {})


async def test_a_failed_change_leaves_no_job(clean_database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with clean_database.transaction() as connection:
            await jobs.enqueue(connection, TRIAL, [ADA])
            raise ZeroDivisionError
    assert await jobs.waiting(clean_database) == {}


async def test_without_payloads_no_jobs_are_queued(clean_database: Database) -> None:
    async with clean_database.transaction() as connection:
        assert await jobs.enqueue(connection, TRIAL, []) == []
        await connection.commit()
    assert await jobs.waiting(clean_database) == {}


@dataclass(frozen=True)
class Reminder:
    """A payload with a number."""

    day: int


class Trial(TrialMail):
    """A subclass of the payload type that the kind expects."""


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
async def test_a_payload_that_does_not_fit_its_kind_is_not_queued(
    clean_database: Database, payload: Any, reason: str
) -> None:
    async with clean_database.transaction() as connection:
        with pytest.raises(jobs.MalformedPayload, match=reason):
            await jobs.enqueue(connection, TRIAL, [ADA, payload])
        await connection.commit()
    assert await jobs.waiting(clean_database) == {}


async def test_a_payload_with_a_text_instead_of_a_number_is_not_queued(clean_database: Database) -> None:
    kind = JobKind("reminder", Reminder)
    async with clean_database.transaction() as connection:
        with pytest.raises(jobs.MalformedPayload, match="day int_type"):
            await jobs.enqueue(connection, kind, [Reminder(cast("int", "7"))])


async def test_waiting_jobs_are_counted_by_their_kind(clean_database: Database) -> None:
    async with clean_database.transaction() as connection:
        await jobs.enqueue(connection, TRIAL, [ADA, ADA])
        await jobs.enqueue(connection, INVITATION, [InvitationMail("team_1", "invite_1")])
        await connection.commit()
    assert await jobs.waiting(clean_database) == {"trial": 2, "invitation": 1}


async def test_the_tables_are_those_that_the_library_expects(fresh: Database) -> None:
    async with fresh.connection() as connection:
        driver = connection.driver
        queries = jobs.queries(AsyncpgDriver(driver))
        plan = await queries.plan_upgrade()
        assert (plan.statements, plan.notes) == ((), ())
        await driver.execute("alter table jobs.pgqueuer drop column slot")
        assert (await queries.plan_upgrade()).statements != ()


async def test_environment_variables_do_not_rename_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in type(jobs.SETTINGS).model_fields:
        for variable in (name, f"pgqueuer_{name}", "pgqueuer_schema"):
            monkeypatch.setenv(variable.upper(), "unstable" if name != "durability" else "volatile")
    explicit = {name: getattr(jobs.SETTINGS, name) for name in jobs.SETTINGS.model_fields_set}
    assert type(jobs.SETTINGS)(**explicit, durability=jobs.SETTINGS.durability, widen_id=False).qualified == (
        jobs.SETTINGS.qualified
    )


async def test_a_downgrade_removes_the_schema(fresh: Database) -> None:
    assert await fetch_rows(fresh, SCHEMAS) == [(1,)]
    await migrate.downgrade(fresh, "0002")
    assert await fetch_rows(fresh, SCHEMAS) == [(0,)]


def test_pauses_grow_up_to_the_longest_one_and_retries_last_more_than_a_day() -> None:
    pauses = [pause(attempt) for attempt in range(1000)]
    assert pauses[0] == SHORTEST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(days=1) < jobs.RETRY_PERIOD
