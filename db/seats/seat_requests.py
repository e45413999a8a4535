"""Requests for seats: made, answered and read.

A seat may come to somebody in other ways than by an answer, from a group or out of the line. So an open request is
shown as granted for as long as its asker holds a seat of the product; nothing that gives or frees seats has to know.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, delete, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core import ids
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, only
from db.core.statements import RowQuery, RowStatement
from db.tables.people import Membership
from db.tables.seats import Seat, SeatRequest
from domain.reach import Reach
from domain.seat_requests import RequestState


class RequestRow(NamedTuple):
    """A request as the graph shows it."""

    id: str
    team_id: str
    product_id: str
    user_id: str
    member_id: str
    state: RequestState
    note: str | None
    created_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None


class Standing(NamedTuple):
    """How somebody stands to a product of a team: whether there are seats of it, and they hold, or wait for, one."""

    pooled: bool
    holds: bool
    waits: bool


class Answered(NamedTuple):
    """What an asker is told by mail; `waits`: no seat was left for a granted request, or is as yet."""

    email: str
    name: str
    team: str
    product: str
    state: RequestState
    answer: str | None
    waits: bool


STANDING = RowStatement(
    Standing,
    text("""
select exists (
           select from seats s
           join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
           where s.team_id = :team_id and s.product_id = :product_id
             and current_date between p.starts_on and p.ends_on
       ) as pooled,
       exists (
           select from seats where team_id = :team_id and product_id = :product_id and holder_id = :user_id
       ) as holds,
       exists (
           select from waits where team_id = :team_id and product_id = :product_id and user_id = :user_id
       ) as waits
"""),
)

ANSWERED = RowStatement(
    Answered,
    text("""
select u.email, trim(concat(u.first_name, ' ', u.last_name)) as name, t.name as team, p.name as product, r.state,
       r.answer,
       exists (
           select from waits w
           where w.team_id = r.team_id and w.product_id = r.product_id and w.user_id = r.user_id
       ) as waits
from seat_requests r
join users u on u.id = r.user_id
join teams t on t.id = r.team_id
join products p on p.id = r.product_id
where r.team_id = :team_id and r.id = :id
"""),
)


def _shown() -> ColumnElement[str]:
    return case((Seat.id.is_not(None), literal_column("'granted'")), else_=SeatRequest.state)


# At most one seat: nobody holds two of a product in a team.
SERVED = (
    (SeatRequest.state == RequestState.OPEN)
    & (Seat.team_id == SeatRequest.team_id)
    & (Seat.product_id == SeatRequest.product_id)
    & (Seat.holder_id == SeatRequest.user_id)
)
REQUESTS = columns_of(
    RequestRow,
    SeatRequest,
    member_id=Membership.id,
    state=_shown(),
    answered_at=func.coalesce(SeatRequest.answered_at, Seat.assigned_at),
)


async def standing(connection: AsyncConnection, team_id: str, product_id: str, user_id: str) -> Standing:
    """How somebody stands to a product of a team now."""
    [standing] = await STANDING.rows(connection, team_id=team_id, product_id=product_id, user_id=user_id)
    return standing


async def create(
    connection: AsyncConnection, team_id: str, product_id: str, user_id: str, note: str | None
) -> tuple[str, bool]:
    """The id of the open request of a member for a product, and whether it is a new one. They must be locked."""
    asked = {"team_id": team_id, "product_id": product_id, "user_id": user_id}
    new = upsert(SeatRequest).values(id=ids.new("request"), note=note, **asked)
    made = (await connection.execute(new.on_conflict_do_nothing().returning(SeatRequest.id))).scalar_one_or_none()
    if made is not None:
        return made, True
    open_ = select(SeatRequest.id).filter_by(**asked, state=RequestState.OPEN)
    return (await connection.execute(open_)).scalar_one(), False


async def answer(
    connection: AsyncConnection, request: RequestRow, state: RequestState, by: str, said: str | None
) -> bool:
    """Answer, or withdraw, an open request; False when it is open no longer, and then nothing changed."""
    statement = (
        update(SeatRequest)
        .where(
            SeatRequest.team_id == request.team_id,
            SeatRequest.id == request.id,
            SeatRequest.state == RequestState.OPEN,
        )
        .values(state=state, answered_at=func.now(), answered_by=by, answer=said)
        .returning(SeatRequest.id)
    )
    return (await connection.execute(statement)).one_or_none() is not None


async def leave(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> list[str]:
    """Take back the open requests of people who leave a team; their ids. Answered ones go with the membership."""
    statement = (
        delete(SeatRequest)
        .where(
            SeatRequest.team_id == team_id,
            SeatRequest.user_id == any_of(user_ids),
            SeatRequest.state == RequestState.OPEN,
        )
        .returning(SeatRequest.id)
    )
    return sorted((await connection.execute(statement)).scalars())


async def answered(connection: AsyncConnection, team_id: str, id_: str) -> Answered | None:
    """What the asker is told; None when they have left the team, and the request with them."""
    return only(await ANSWERED.rows(connection, team_id=team_id, id=id_))


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, RequestRow]:
    """Requests by id, those within `reach`."""
    return by_id(await _BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach, state: RequestState | None) -> Definition[RequestRow]:
    """A team's requests within `reach`, in one state or in all, the oldest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        found = _rows(reach).where(SeatRequest.team_id == team_id)
        return found if state is None else found.where(_shown() == state.value)

    return Definition(rows, [SeatRequest.id.expression], REQUESTS)


@listing
def of_member(reach: Reach) -> Definition[RequestRow]:
    """A member's requests within `reach`, the oldest first."""

    def rows(member_id: ColumnElement[str]) -> Rows:
        return _rows(reach).where(Membership.id == member_id)

    return Definition(rows, [SeatRequest.id.expression], REQUESTS)


def _rows(reach: Reach) -> Rows:
    asker = (Membership.team_id == SeatRequest.team_id) & (Membership.user_id == SeatRequest.user_id)
    return (
        select()
        .select_from(SeatRequest)
        .join(Membership, asker)
        .outerjoin(Seat, SERVED)
        .where(within(reach, SeatRequest.team_id, SeatRequest.user_id))
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _rows(reach).where(SeatRequest.id == any_of(ids))


_BY_IDS = RowQuery(REQUESTS, _by_ids)
