"""Reads the notices that were queued in a transaction that is to be rolled back."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement


class RehearsedNotice(NamedTuple):
    """An event of a team, and how many people would be told of it."""

    team_id: str
    event_key: str
    people: int


# All that a transaction queues has the time of its first statement, which no other transaction has.
QUEUED = Statement(
    "rehearsed_notices",
    RehearsedNotice,
    text("""
select team_id, event_key, cast(count(*) as int) as people from notices
where created_at = now() group by team_id, event_key order by min(id)
"""),
)


async def queued(connection: Connection) -> list[RehearsedNotice]:
    """What was queued in this transaction so far, in its order."""
    return await QUEUED.rows(connection)
