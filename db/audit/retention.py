"""How long records are kept that only serve for a while, and the statements that delete them."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement

BATCH = 1000
"""The most rows of one table that one transaction deletes, so that no lock is held for long."""


class Retention(NamedTuple):
    """A table, and the condition (SQL) under which a row of it is deleted."""

    table: str
    condition: str


# One line for each table. docs/operators.md says the same for operators.
RETENTIONS = (
    Retention("answers", "created_at < now() - interval '30 days'"),
    # The count starts again after a day, and every budget is full again before.
    Retention("sign_in_failures", "last_at < now() - interval '1 day' and next_at < now()"),
    Retention("sign_in_places", "last_at < now() - interval '180 days'"),
    Retention("mail_pauses", "until < now()"),
    Retention("spent_sign_ins", "until < now()"),
    # A challenge expires after five minutes, by the clock of the machine that made it.
    Retention("used_challenges", "used_at < now() - interval '1 day'"),
    Retention("sign_ups", "expires_at < now() - interval '1 day'"),
    Retention("sign_in_challenges", "expires_at < now() - interval '1 day'"),
    Retention("password_resets", "least(used_at, expires_at) < now() - interval '30 days'"),
    # Those of an account go together: which of two addresses it had first is seen from all of them.
    Retention(
        "email_changes",
        "not exists (select from email_changes own where own.user_id = email_changes.user_id and coalesce("
        "own.ended_at, own.confirmed_at + interval '7 days', own.expires_at) >= now() - interval '30 days')",
    ),
    Retention("sessions", "least(ended_at, expires_at) < now() - interval '30 days'"),
    Retention("partner_tokens", "least(revoked_at, expires_at) < now() - interval '1 year'"),
    Retention("jobs.pgqueuer_log", "created < now() - interval '30 days'"),
    Retention("jobs.pgqueuer", "status = 'failed' and updated < now() - interval '30 days'"),
)

# Rows that another worker is deleting are skipped.
_DELETE = """
with gone as (
    delete from {table} where ctid = any (array(
        select ctid from {table} where {condition} limit :limit for update skip locked
    ))
    returning 1
)
select count(*) from gone
"""
DELETE_EXPIRED = {
    one.table: Statement(f"delete_expired_{one.table}", int, text(_DELETE.format(**one._asdict())))
    for one in RETENTIONS
}


async def delete_expired(connection: Connection, table: str) -> int:
    """Delete at most `BATCH` rows of a table whose time is over. Returns their number."""
    [number] = await DELETE_EXPIRED[table].rows(connection, limit=BATCH)
    return number
