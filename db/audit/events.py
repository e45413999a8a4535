"""The feed of events: what happened, in the order of commits, read page by page without missing a late commit.

Ids alone cannot give that order. An id is taken when a row is inserted, so a transaction that commits late shows rows
with lower ids than rows that were read before. The feed is ordered by transaction first, and it stops at the oldest
transaction that is still open: rows before that point are complete, and no row will be added among them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.reach import within
from db.tables.audit import Event
from db.tables.types import Json
from domain.reach import Reach


class Position(NamedTuple):
    """A place in the feed. Positions compare in the order of the feed."""

    transaction_id: int
    id: int


class EventRow(NamedTuple):
    """An event of a team: its place in the feed, when its transaction began, what kind it is, and what it says."""

    position: Position
    at: datetime
    team_id: str
    kind: str
    payload: Json


def _number(transaction_id: ColumnElement[str]) -> ColumnElement[int]:
    """A transaction id as a number; PostgreSQL has no direct cast from xid8."""
    return cast(cast(transaction_id, Text), BigInteger)


PLACE = tuple_(Event.transaction_id, Event.id)
# Both are the snapshot of the statement they stand in, so they fit the rows that the same statement sees.
OLDEST_OPEN = _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
NEXT = _number(func.pg_snapshot_xmax(func.pg_current_snapshot()))


async def feed(connection: AsyncConnection, reach: Reach, after: Position | None, limit: int) -> list[EventRow]:
    """The next events within `reach` behind `after` (None: from the first), at most `limit`, in the order of commits.

    To follow the feed, pass the position of the last event as `after`. An empty list means that nothing new can be
    read yet. Events of a transaction that began to write after the oldest open one come when that one has ended.
    """
    query = select(Event.transaction_id, Event.id, Event.at, Event.team_id, Event.kind, Event.payload).where(
        within(reach, Event.team_id), Event.transaction_id < OLDEST_OPEN
    )
    if after is not None:
        query = query.where(tuple_(*after, types=[BigInteger, BigInteger]) < PLACE)
    rows: Iterable[Any] = await connection.execute(query.order_by(Event.transaction_id, Event.id).limit(limit))
    return [EventRow(Position(*row[:2]), *row[2:]) for row in rows]


async def are_foreign(connection: AsyncConnection) -> bool:
    """Whether there are events with transaction ids that this server has not given out yet.

    They came with a dump from another server. New events would be put before them, where no reader looks any more.
    """
    query = select(select(Event.id).where(Event.transaction_id >= NEXT).exists())
    return bool((await connection.execute(query)).scalar_one())
