"""How long records are kept that only serve for a while, and the statements that delete them."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement

BATCH = 1000
"""The most rows of one table that one transaction deletes, so that no lock is held for long.

If the rows of an account go together, it is the most accounts.
"""


class Retention(NamedTuple):
    """A table, and the condition (SQL) under which a row of it is deleted.

    With `by_account`, the condition is about an account `u`, and all rows of this account are deleted.
    """

    table: str
    condition: str
    by_account: bool = False


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
    # Which of two addresses an account had first is seen from all of its changes. Without some of them, the account
    # could seem to be back at an earlier address, and the link to its owner would be refused.
    Retention(
        "email_changes",
        "exists (select from email_changes c where c.user_id = u.id) and not exists (select from email_changes c "
        "where c.user_id = u.id and coalesce(c.ended_at, c.confirmed_at + interval '7 days', c.expires_at) "
        ">= now() - interval '30 days')",
        by_account=True,
    ),
    Retention("sessions", "least(ended_at, expires_at) < now() - interval '30 days'"),
    Retention("partner_tokens", "least(revoked_at, expires_at) < now() - interval '1 year'"),
    # The key of a notice keeps it from being sent twice: it is needed for as long as its event can be told.
    Retention("notices", "mail_state <> 'queued' and created_at < now() - interval '2 years'"),
    Retention("jobs.pgqueuer_log", "created < now() - interval '30 days'"),
    Retention("jobs.pgqueuer", "status = 'failed' and updated < now() - interval '30 days'"),
)

# Rows that another worker is deleting are skipped, and so are accounts that another transaction has locked.
_ROWS = "ctid = any (array(select ctid from {table} where {condition} limit :limit for update skip locked))"
_ACCOUNTS = (
    "user_id = any (array(select u.id from users u where {condition} limit :limit for no key update of u skip locked))"
)


def _delete(one: Retention) -> str:
    which = (_ACCOUNTS if one.by_account else _ROWS).format(table=one.table, condition=one.condition)
    return f"with gone as (delete from {one.table} where {which} returning 1) select count(*) from gone"  # noqa: S608 - constants


DELETE_EXPIRED = {one.table: Statement(f"delete_expired_{one.table}", int, text(_delete(one))) for one in RETENTIONS}


async def delete_expired(connection: Connection, table: str) -> int:
    """Delete rows of a table whose time is over, as many as `BATCH` says. Returns their number."""
    [number] = await DELETE_EXPIRED[table].rows(connection, limit=BATCH)
    return number
