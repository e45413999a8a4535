"""What was done with seats: sums over days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Rows
from db.prepared import Prepared
from db.reach import any_of, within
from db.records import SeatUsage
from db.tables import Seat
from domain.reach import Reach


class UsageRow(NamedTuple):
    """What a seat's holder did with it over some days: hours, sessions, and when last."""

    hours: float
    sessions: int
    last_used_at: datetime | None


async def sums(
    connection: AsyncConnection, reach: Reach, seat_ids: Sequence[str], since: date, until: date
) -> dict[str, UsageRow]:
    """The usage of each seat within `reach` by its holder of now, from `since` to `until`, both included.

    A seat within reach that nobody used, or nobody holds, has zeros. What former holders did is not summed.
    """
    rows = await _SUMS.rows(connection, reach, list(seat_ids), since, until)
    return {row[0]: UsageRow(row[1] / 60, row[2], row[3]) for row in rows}


def _sums(reach: Reach, seat_ids: Sequence[str], since: date, until: date) -> Rows:
    used = (
        select(
            func.coalesce(func.sum(SeatUsage.minutes), 0).label("minutes"),
            func.coalesce(func.sum(SeatUsage.sessions), 0).label("sessions"),
            func.max(SeatUsage.last_used_at).label("last_used_at"),
        )
        .where(
            SeatUsage.team_id == Seat.team_id,
            SeatUsage.seat_id == Seat.id,
            SeatUsage.user_id == Seat.holder_id,
            SeatUsage.day.between(since, until),
        )
        .lateral("used")
    )
    return select(Seat.id, used.c.minutes, used.c.sessions, used.c.last_used_at).where(
        Seat.id == any_of(seat_ids), within(reach, Seat.team_id, Seat.holder_id)
    )


_SUMS = Prepared(_sums)
