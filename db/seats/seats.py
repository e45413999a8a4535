"""Reads seats and their sources."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, with_parent
from db.core.statements import RowQuery, Statement
from db.core.timestamps import JsonTime, json_time
from db.tables.seats import Seat, SeatSource, Subscription
from domain.reach import Reach
from domain.seats import SourceKind


class SeatRow(NamedTuple):
    """A seat as the graph shows it."""

    id: str
    team_id: str
    product_id: str
    holder_id: str | None
    assigned_at: JsonTime | None


class SourceRow(NamedTuple):
    """A source of a seat: given directly, by a group (`group_id`), or by the team to everybody."""

    kind: SourceKind
    group_id: str | None
    since: datetime


SEATS = columns_of(SeatRow, Seat, assigned_at=json_time(Seat.assigned_at))
SOURCES = columns_of(SourceRow, SeatSource, since=SeatSource.created_at)

COUNT_ASSIGNED = Statement(
    "count_assigned_seats",
    int,
    select(func.count()).where(Seat.team_id == bindparam("team_id"), Seat.holder_id.is_not(None)),
)

IS_ACTIVE = Statement(
    "is_active",
    bool,
    select(func.current_date().between(Subscription.starts_on, Subscription.ends_on))
    .join(Seat, (Seat.team_id == Subscription.team_id) & (Seat.subscription_id == Subscription.id))
    .where(Seat.team_id == bindparam("team_id"), Seat.id == bindparam("id"), Seat.retired_at.is_(None)),
)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, SeatRow]:
    """The seats within `reach` that have these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def is_active(connection: Connection, team_id: str, id_: str) -> bool:
    """Whether a seat is not retired, and its subscription is active today (UTC)."""
    return bool(await IS_ACTIVE.row(connection, team_id=team_id, id=id_))


async def count_assigned(connection: Connection, team_id: str) -> int:
    """The number of seats of a team that somebody holds."""
    [number] = await COUNT_ASSIGNED.rows(connection, team_id=team_id)
    return number


@listing
def listed(reach: Reach, product_id: str | None, assigned: bool | None) -> Definition[SeatRow]:
    """A team's seats within `reach` that are not retired, of one product (None: of all).

    `assigned` limits them to the seats that somebody (True) or nobody (False) holds.
    """

    def rows(team_id: ColumnElement[str]) -> Rows:
        in_team = (Seat.team_id == team_id, Seat.retired_at.is_(None))
        query = select().where(*in_team, within(reach, Seat.team_id, Seat.holder_id))
        if product_id is not None:
            query = query.where(Seat.product_id == product_id)
        if assigned is not None:
            query = query.where(Seat.holder_id.is_not(None) if assigned else Seat.holder_id.is_(None))
        return query

    return Definition(rows, [Seat.id.expression], SEATS)


@listing
def held(reach: Reach, team_id: str | None) -> Definition[SeatRow]:
    """The seats within `reach` that a person holds, in one team (None: in all)."""

    def rows(holder_id: ColumnElement[str]) -> Rows:
        query = select().where(Seat.holder_id == holder_id, within(reach, Seat.team_id, Seat.holder_id))
        return query if team_id is None else query.where(Seat.team_id == team_id)

    return Definition(rows, [Seat.id.expression], SEATS)


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


BY_IDS = RowQuery(SEATS, _by_ids)
SOURCES_BY_SEAT = RowQuery(with_parent(SeatSource.seat_id, SOURCES), _sources)
"""Finds the sources of each of these seats within a reach, by seat id, the oldest first."""
