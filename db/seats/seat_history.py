"""The history of seats: who held which seat at which time."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, DateTime, cast, literal, or_, select

from db.core.paging import Definition, Rows, listing
from db.core.reach import within
from db.core.rows import columns_of
from db.tables.seats import SeatPeriod
from domain.reach import Reach


class PeriodRow(NamedTuple):
    """A period in which somebody held a seat. `ended_at` is None while they still hold it.

    `started_by` and `ended_by` are ids of users or tokens, or name a job.
    """

    seat_id: str
    team_id: str
    product_id: str
    holder_id: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None


PERIODS = columns_of(PeriodRow, SeatPeriod)


@listing
def held_on(reach: Reach, product_id: str, day: date) -> Definition[PeriodRow]:
    """The periods within `reach` of a team's seats of a product that overlap with a day (UTC), in the order of ids."""
    begins = cast(day, DateTime(timezone=True))

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(
            SeatPeriod.team_id == team_id,
            SeatPeriod.product_id == product_id,
            SeatPeriod.started_at < begins + literal(timedelta(days=1)),
            or_(SeatPeriod.ended_at.is_(None), SeatPeriod.ended_at > begins),
            within(reach, SeatPeriod.team_id),
        )

    return Definition(rows, [SeatPeriod.id.expression], PERIODS)
