"""Usage of seats: sums over days."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Double, cast, func, select, true

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.core.timestamps import JsonTime, json_time
from db.tables.seats import Seat
from db.tables.usage import SeatUsage
from domain.reach import Reach


class UsageRow(NamedTuple):
    """The usage of a seat by its holder over some days: hours, sessions, and the last use."""

    seat_id: str
    hours: float
    sessions: int
    last_used_at: JsonTime | None


SUMS = columns_of(
    UsageRow,
    SeatUsage,
    seat_id=Seat.id,
    hours=cast(func.coalesce(func.sum(SeatUsage.minutes), 0), Double) / 60.0,
    sessions=func.coalesce(func.sum(SeatUsage.sessions), 0),
    last_used_at=json_time(func.max(SeatUsage.last_used_at)),
)


def _sums(reach: Reach, seat_ids: Sequence[str], since: date, until: date) -> Rows:
    used = SUMS.apply_to(
        select().where(
            SeatUsage.team_id == Seat.team_id,
            SeatUsage.seat_id == Seat.id,
            SeatUsage.user_id == Seat.holder_id,
            SeatUsage.day.between(since, until),
        )
    ).lateral("used")
    query = select(*used.c).select_from(Seat).join(used, true())
    return query.where(Seat.id == any_of(seat_ids), within(reach, Seat.team_id, Seat.holder_id))


SUMS_BY_SEAT = RowQuery(SUMS, _sums)
"""Sums the usage of each seat within a reach by its current holder, from one day to another, both included.

A seat within the reach that has no usage or no holder has zeros. The usage of former holders is not included.
"""
