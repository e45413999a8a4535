"""Seats, as they are read."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, grouped, with_parent
from db.core.statements import RowQuery
from db.core.timestamps import Written, written
from db.tables.seats import Seat, SeatSource
from domain.reach import Reach
from domain.seats import SourceKind


class SeatRow(NamedTuple):
    """A seat as the graph shows it."""

    id: str
    team_id: str
    product_id: str
    holder_id: str | None
    assigned_at: Written | None


class SourceRow(NamedTuple):
    """Why a seat is held: directly, by a group (`group_id`), or by the team's default."""

    kind: SourceKind
    group_id: str | None
    since: datetime


SEATS = columns_of(SeatRow, Seat, assigned_at=written(Seat.assigned_at))
SOURCES = columns_of(SourceRow, SeatSource, since=SeatSource.created_at)


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, SeatRow]:
    """Seats by id, those within `reach`."""
    return by_id(await _BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach, product_id: str | None, assigned: bool | None) -> Definition[SeatRow]:
    """A team's seats within `reach`: of one product or all, assigned, available or all."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = select().where(Seat.team_id == team_id, within(reach, Seat.team_id, Seat.holder_id))
        if product_id is not None:
            query = query.where(Seat.product_id == product_id)
        if assigned is not None:
            query = query.where(Seat.holder_id.is_not(None) if assigned else Seat.holder_id.is_(None))
        return query

    return Definition(rows, [Seat.id.expression], SEATS)


@listing
def held(reach: Reach, team_id: str | None) -> Definition[SeatRow]:
    """The seats a person holds within `reach`, in one team or in all."""

    def rows(holder_id: ColumnElement[str]) -> Rows:
        query = select().where(Seat.holder_id == holder_id, within(reach, Seat.team_id, Seat.holder_id))
        return query if team_id is None else query.where(Seat.team_id == team_id)

    return Definition(rows, [Seat.id.expression], SEATS)


async def sources(connection: AsyncConnection, reach: Reach, seat_ids: Sequence[str]) -> dict[str, list[SourceRow]]:
    """The sources of each seat within `reach`, the oldest first."""
    return grouped(await _SOURCES.rows(connection, reach, list(seat_ids)))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Seat.id == any_of(ids), within(reach, Seat.team_id, Seat.holder_id))


def _sources(reach: Reach, seat_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(SeatSource)
        .join(Seat, (Seat.team_id == SeatSource.team_id) & (Seat.id == SeatSource.seat_id))
        .where(Seat.id == any_of(seat_ids), within(reach, Seat.team_id, Seat.holder_id))
        .order_by(SeatSource.id)
    )


_BY_IDS = RowQuery(SEATS, _by_ids)
_SOURCES = RowQuery(with_parent(SeatSource.seat_id, SOURCES), _sources)
