"""A person's sessions: list those that have not ended, and end them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select, text, update

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import is_own
from db.core.rows import columns_of
from db.core.statements import Statement
from db.tables.access import Session
from domain.reach import Reach
from domain.sign_in_methods import SignInMethod


class OwnSessionRow(NamedTuple):
    """A session as the graph shows it to its person."""

    id: str
    method: SignInMethod
    device: str | None
    place: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


SESSIONS = columns_of(OwnSessionRow, Session)

# A session that has ended keeps its time, which is not that of this transaction.
END = Statement(
    "end_own_session",
    bool,
    text("""
update sessions set ended_at = coalesce(ended_at, now()) where id = :id and user_id = :user_id
returning ended_at = now() as is_new
"""),
)

END_OTHERS = Statement(
    "end_other_sessions",
    str,
    update(Session)
    .where(
        Session.user_id == bindparam("user_id"),
        Session.id != bindparam("kept"),
        Session.ended_at.is_(None),
        Session.expires_at > func.now(),
    )
    .values(ended_at=func.now())
    .returning(Session.id),
)


@listing
def listed(reach: Reach) -> Definition[OwnSessionRow]:
    """The sessions of a person that have neither ended nor expired, the newest first; only those of `reach.me`."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        is_open = (Session.ended_at.is_(None), Session.expires_at > func.statement_timestamp())
        return select().where(Session.user_id == user_id, is_own(reach, Session.user_id), *is_open)

    return Definition(rows, [Session.id.expression], SESSIONS, descending=True)


async def end(connection: Connection, user_id: str, id_: str) -> bool | None:
    """End a session of this person. Returns False if it had ended before, None if they have no such session."""
    return await END.row(connection, user_id=user_id, id=id_)


async def end_others(connection: Connection, user_id: str, kept: str) -> list[str]:
    """End all sessions of this person but one. Returns their ids, sorted."""
    return sorted(await END_OTHERS.rows(connection, user_id=user_id, kept=kept))
