"""The feed of events, which a reader follows page by page without missing a late commit.

Ids alone cannot give a safe order. An id is taken when a row is inserted, so a transaction that commits late shows rows
with lower ids than rows that were read before. The feed is ordered by transaction first, and it stops at the oldest
transaction that is still open: rows before that point are complete, and no row will be added among them.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, select, tuple_

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import within
from db.core.rows import columns_of
from db.core.statements import RowQuery, Statement
from db.tables.audit import Event
from db.tables.types import Json
from domain.reach import Reach


class Position(NamedTuple):
    """A position in the feed. Positions compare in the order of the feed."""

    transaction_id: int
    id: int


class EventRow(NamedTuple):
    """An event of a team: its position in the feed, the start of its transaction, its kind and its payload."""

    position: Position
    at: datetime
    team_id: str
    kind: str
    payload: Json


def _number(transaction_id: ColumnElement[str]) -> ColumnElement[int]:
    """A transaction id as a number; PostgreSQL has no direct cast from xid8."""
    return cast(cast(transaction_id, Text), BigInteger)


EVENTS = columns_of(EventRow, Event, position=columns_of(Position, Event))
POSITION = tuple_(Event.transaction_id, Event.id)
# Both read the snapshot of the statement that contains them, so they agree with the rows that this statement sees.
OLDEST_OPEN = _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
NEXT = _number(func.pg_snapshot_xmax(func.pg_current_snapshot()))

HAS_FOREIGN_TRANSACTIONS = Statement(
    "has_foreign_transactions", bool, select(select(Event.id).where(Event.transaction_id >= NEXT).exists())
)


async def feed(connection: Connection, reach: Reach, after: Position | None, limit: int) -> list[EventRow]:
    """The next events within `reach` after the position `after` (None: from the first), at most `limit` of them.

    To follow the feed, pass the position of the last event as `after`. An empty list means that nothing new can be
    read yet. Events of a transaction that began to write after the oldest open transaction appear when that one ends.
    """
    return await _FEED.rows(connection, reach, after, limit)


async def has_foreign_transactions(connection: Connection) -> bool:
    """Whether there are events with transaction ids that this server has not assigned yet.

    Such events come from a dump of another server. New events would have positions before them, and a reader that has
    passed them would never see the new events.
    """
    [found] = await HAS_FOREIGN_TRANSACTIONS.rows(connection)
    return found


def _feed(reach: Reach, after: Position | None, limit: int) -> Rows:
    query = select().where(within(reach, Event.team_id), Event.transaction_id < OLDEST_OPEN)
    if after is not None:
        query = query.where(tuple_(*after) < POSITION)
    return query.order_by(Event.transaction_id, Event.id).limit(limit)


_FEED = RowQuery(EVENTS, _feed)
