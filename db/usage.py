"""What was done with seats: sums over days."""

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Double, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Rows
from db.prepared import Prepared
from db.reach import any_of, within
from db.records import SeatUsage
from db.rows import FIRST, making
from db.tables import Seat
from db.times import Written, written
from domain.reach import Reach


class UsageRow(NamedTuple):
    """What a seat's holder did with it over some days: hours, sessions, and when last."""

    hours: float
    sessions: int
    last_used_at: Written | None


async def sums(
    connection: AsyncConnection, reach: Reach, seat_ids: Sequence[str], since: date, until: date
) -> dict[str, UsageRow]:
    """The usage of each seat within `reach` by its holder of now, from `since` to `until`, both included.

    A seat within reach that nobody used, or nobody holds, has zeros. What former holders did is not summed.
    """
    rows = await _SUMS.rows(connection, reach, list(seat_ids), since, until)
    return dict(zip(map(FIRST, rows), _MAKE(map(_SUMMED, rows)), strict=True))


def _sums(reach: Reach, seat_ids: Sequence[str], since: date, until: date) -> Rows:
    used = (
        select(
            cast(func.coalesce(func.sum(SeatUsage.minutes), 0), Double).label("minutes"),
            func.coalesce(func.sum(SeatUsage.sessions), 0).label("sessions"),
            written(func.max(SeatUsage.last_used_at)).label("last_used_at"),
        )
        .where(
            SeatUsage.team_id == Seat.team_id,
            SeatUsage.seat_id == Seat.id,
            SeatUsage.user_id == Seat.holder_id,
            SeatUsage.day.between(since, until),
        )
        .lateral("used")
    )
    return select(Seat.id, used.c.minutes / 60.0, used.c.sessions, used.c.last_used_at).where(
        Seat.id == any_of(seat_ids), within(reach, Seat.team_id, Seat.holder_id)
    )


_SUMS = Prepared(_sums)
_MAKE, _SUMMED = making(UsageRow), itemgetter(slice(1, None))
