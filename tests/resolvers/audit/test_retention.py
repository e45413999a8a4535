"""The job `sweep` deletes each kind of record when its time is over, and keeps all others."""

import asyncio
from datetime import timedelta

import pytest

from db.audit import retention
from db.audit.retention import RETENTIONS
from db.core.database import Database
from domain.mails import TRIAL, TrialMail
from domain.subjects import System
from gateway.runtime.settings import ROOT
from resolvers.audit.retention import sweep
from tests.support.database import fetch, fetch_rows
from tests.support.queued_mails import queue_job
from tests.support.workspaces import workspace
from tests.support.world import World

SWEEPER = System("job sweep")
AUDITED = """
select after ->> 'table', cast(after ->> 'deleted' as int) from audit_events where action = 'records:delete' order by id
"""
# For each table, a statement that makes a row whose time is over, and one that makes a row to keep. `$1` is an account
# and `$2` a team.
ROWS = {
    "answers": (
        (
            "insert into answers (actor, key, action, request_hash, created_at) "
            "values ('a', 'old' || $1 || $2, 'x', '', now() - interval '31 days')"
        ),
        (
            "insert into answers (actor, key, action, request_hash, created_at) "
            "values ('a', 'new' || $1 || $2, 'x', '', now() - interval '29 days')"
        ),
    ),
    "sign_in_failures": (
        "insert into sign_in_failures values (sha256(('a' || $1 || $2)::bytea), 9, now() - interval '25 hours', now())",
        "insert into sign_in_failures values (sha256(('b' || $1 || $2)::bytea), 9, now() - interval '23 hours', now())",
    ),
    "sign_in_places": (
        "insert into sign_in_places values ($1, sha256(('a' || $2)::bytea), now() - interval '181 days')",
        "insert into sign_in_places values ($1, sha256(('b' || $2)::bytea), now() - interval '179 days')",
    ),
    "mail_pauses": (
        "insert into mail_pauses values (sha256(('a' || $1 || $2)::bytea), now() - interval '1 second')",
        "insert into mail_pauses values (sha256(('b' || $1 || $2)::bytea), now() + interval '1 minute')",
    ),
    "spent_sign_ins": (
        "insert into spent_sign_ins values (sha256(('a' || $1 || $2)::bytea), now() - interval '1 second')",
        "insert into spent_sign_ins values (sha256(('b' || $1 || $2)::bytea), now() + interval '1 minute')",
    ),
    "used_challenges": (
        "insert into used_challenges values (sha256(('a' || $1 || $2)::bytea), now() - interval '25 hours')",
        "insert into used_challenges values (sha256(('b' || $1 || $2)::bytea), now() - interval '23 hours')",
    ),
    "sign_ups": (
        (
            "insert into sign_ups (id, email, first_name, last_name, password_hash, expires_at) "
            "values ('signup_old' || $1 || $2, 'a', 'a', 'a', 'x', now() - interval '25 hours')"
        ),
        (
            "insert into sign_ups (id, email, first_name, last_name, password_hash, expires_at) "
            "values ('signup_new' || $1 || $2, 'a', 'a', 'a', 'x', now() - interval '23 hours')"
        ),
    ),
    "sign_in_challenges": (
        (
            "insert into sign_in_challenges (id, user_id, token_hash, method, delivery, expires_at) "
            "values ('challenge_old' || $2, $1, sha256(('a' || $2)::bytea), 'link', 'bearer', "
            "now() - interval '25 hours')"
        ),
        (
            "insert into sign_in_challenges (id, user_id, token_hash, method, delivery, expires_at) "
            "values ('challenge_new' || $2, $1, sha256(('b' || $2)::bytea), 'link', 'bearer', "
            "now() - interval '23 hours')"
        ),
    ),
    "password_resets": (
        (
            "insert into password_resets (id, user_id, token_hash, expires_at) "
            "values ('reset_old' || $2, $1, sha256(('a' || $2)::bytea), now() - interval '31 days')"
        ),
        (
            "insert into password_resets (id, user_id, token_hash, expires_at, used_at) "
            "values ('reset_new' || $2, $1, sha256(('b' || $2)::bytea), now(), now() - interval '29 days')"
        ),
    ),
    "email_changes": (
        (
            "insert into email_changes (id, user_id, old_email, new_email, token_hash, expires_at, confirmed_at) "
            "values ('change_old' || $2, $1, '', '', sha256(('a' || $2)::bytea), now(), now() - interval '38 days')"
        ),
        (
            "insert into email_changes (id, user_id, old_email, new_email, token_hash, expires_at, confirmed_at) "
            "values ('change_new' || $2, $1, '', '', sha256(('b' || $2)::bytea), now(), now() - interval '36 days')"
        ),
    ),
    "sessions": (
        (
            "insert into sessions values ('session_old' || $2, $1, sha256(('a' || $2)::bytea), now(), "
            "now() + interval '1 day', now() - interval '31 days')"
        ),
        (
            "insert into sessions values ('session_new' || $2, $1, sha256(('b' || $2)::bytea), now(), "
            "now() - interval '29 days', null)"
        ),
    ),
    "partner_tokens": (
        (
            "insert into partner_tokens values ($2, 'token_old' || $2, 'x', sha256(('a' || $2)::bytea), "
            "array['seats:read'], $1, now(), now() - interval '366 days')"
        ),
        (
            "insert into partner_tokens values ($2, 'token_new' || $2, 'x', sha256(('b' || $2)::bytea), "
            "array['seats:read'], $1, now(), now() + interval '1 day', now() - interval '300 days')"
        ),
    ),
    "notices": (
        (
            "insert into notices (team_id, id, user_id, event_key, data, kind, delivery, mail_state, created_at) "
            "select $2, 'notice_' || $1, $1, $1, '{}', 'expiry', 'at_once', 'sent', now() - interval '731 days'"
        ),
        (
            "insert into notices (team_id, id, user_id, event_key, data, kind, delivery, mail_state, created_at) "
            "select $2, 'notice_' || $1, $1, $1, '{}', 'expiry', 'at_once', 'sent', now() - interval '729 days'"
        ),
    ),
    "jobs.pgqueuer_log": (
        (
            "insert into jobs.pgqueuer_log (job_id, status, priority, entrypoint, created) "
            "select 1, 'successful', 0, $1 || $2, now() - interval '31 days'"
        ),
        (
            "insert into jobs.pgqueuer_log (job_id, status, priority, entrypoint, created) "
            "select 1, 'successful', 0, $1 || $2, now() - interval '29 days'"
        ),
    ),
    "jobs.pgqueuer": (
        (
            "insert into jobs.pgqueuer (priority, status, entrypoint, updated) "
            "select 0, 'failed', $1 || $2, now() - interval '31 days'"
        ),
        (
            "insert into jobs.pgqueuer (priority, status, entrypoint, updated) "
            "select 0, 'queued', $1 || $2, now() - interval '31 days'"
        ),
    ),
}


@pytest.fixture
async def place(own_world: World, clean_database: Database) -> tuple[str, str]:
    """An account and its team, in a database without other records."""
    await fetch_rows(
        clean_database,
        "truncate answers, notices, sign_in_failures, sessions, partner_tokens, audit_events, audit_people",
    )
    team = await own_world.team()
    account = (await own_world.member(team)).id
    await fetch_rows(clean_database, "truncate sessions")
    return account, team


async def number(database: Database, table: str) -> int:
    """The number of rows of a table."""
    [(count,)] = await fetch_rows(database, f"select count(*) from {table}")
    return int(count)


def test_every_table_that_is_swept_is_tried_and_documented() -> None:
    assert [one.table for one in RETENTIONS] == list(ROWS)
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert [table for table in ROWS if f"`{table}`" not in page] == []


@pytest.mark.parametrize("table", ROWS)
async def test_a_row_is_deleted_when_its_time_is_over(
    own_world: World, clean_database: Database, place: tuple[str, str], table: str
) -> None:
    old, new = ROWS[table]
    other = await own_world.person()
    await fetch_rows(clean_database, old, *place)
    await fetch_rows(clean_database, new, other.id, place[1])
    before = await number(clean_database, table)
    assert await sweep(workspace(clean_database), SWEEPER) == {table: 1}
    assert await number(clean_database, table) == before - 1
    assert await fetch_rows(clean_database, AUDITED) == [(table, 1)]
    assert await sweep(workspace(clean_database), SWEEPER) == {}
    assert len(await fetch_rows(clean_database, AUDITED)) == 1


async def test_changes_of_the_address_of_an_account_are_deleted_together(
    clean_database: Database, place: tuple[str, str]
) -> None:
    for statement in ROWS["email_changes"]:
        await fetch_rows(clean_database, statement, *place)
    assert await sweep(workspace(clean_database), SWEEPER) == {}
    older = "update email_changes set confirmed_at = confirmed_at - interval '2 days' where user_id = $1"
    await fetch_rows(clean_database, older, place[0])
    assert await sweep(workspace(clean_database), SWEEPER) == {"email_changes": 2}


async def test_a_batch_takes_all_changes_of_the_address_of_an_account(
    own_world: World, clean_database: Database, place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr("resolvers.audit.retention.BATCH", 1)
    old, other = ROWS["email_changes"][0], await own_world.person()
    for account in (place[0], other.id):
        for n in range(3):
            await fetch_rows(clean_database, old, account, f"{account}{n}")
    # A locked account is about to change: a later change of its address is then kept together with these.
    async with clean_database.transaction() as changing:
        await fetch(changing, "select from users where id = $1 for no key update", other.id)
        async with asyncio.timeout(10):
            assert await sweep(workspace(clean_database), SWEEPER) == {"email_changes": 3}
    left = "select distinct user_id from email_changes where user_id = any ($1)"
    assert await fetch_rows(clean_database, left, [place[0], other.id]) == [(other.id,)]
    assert await sweep(workspace(clean_database), SWEEPER) == {"email_changes": 3}
    assert await fetch_rows(clean_database, AUDITED) == [("email_changes", 3)] * 2


async def test_a_job_that_waits_is_kept(clean_database: Database) -> None:
    await queue_job(clean_database, TRIAL, TrialMail("ada@x.example"))
    await fetch_rows(clean_database, "update jobs.pgqueuer set updated = now() - cast($1 as interval)", timedelta(99))
    assert "jobs.pgqueuer" not in await sweep(workspace(clean_database), SWEEPER)


async def test_two_workers_delete_each_row_once_and_in_bounded_batches(
    clean_database: Database, place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    monkeypatch.setattr("resolvers.audit.retention.BATCH", 10)
    await fetch_rows(
        clean_database,
        "insert into answers (actor, key, action, request_hash, created_at) "
        "select 'a', n::text || $1 || $2, 'x', '', now() - interval '31 days' from generate_series(1, 95) n",
        *place,
    )
    swept = await asyncio.gather(*(sweep(workspace(clean_database), SWEEPER) for _ in range(2)))
    batches = [deleted for _, deleted in await fetch_rows(clean_database, AUDITED)]
    assert sum(one.get("answers", 0) for one in swept) == sum(batches) == 95
    assert max(batches) <= 10
    assert await number(clean_database, "answers") == 0


@pytest.mark.usefixtures("place")
async def test_a_row_that_another_worker_is_deleting_is_skipped(clean_database: Database) -> None:
    await fetch_rows(
        clean_database,
        "insert into answers (actor, key, action, request_hash, created_at) "
        "select 'a', n::text, 'x', '', now() - interval '31 days' from generate_series(1, 3) n",
    )
    async with clean_database.transaction() as other:
        await fetch(other, "delete from answers where key = '1'")
        async with asyncio.timeout(10):
            assert await sweep(workspace(clean_database), SWEEPER) == {"answers": 2}
    assert await number(clean_database, "answers") == 1
