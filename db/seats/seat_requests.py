"""Requests for seats: creates, answers and reads them.

The asker can also get a seat without an answer, for example from a group or from the waiting list. So an open request
is shown as granted while its asker holds a seat of the product, and code that gives or frees seats changes no request.
"""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, delete, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from db.core import ids
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.seats.assignments import PEOPLE
from db.tables.people import Membership
from db.tables.seats import Seat, SeatRequest
from domain.languages import Language
from domain.mails import MailOutcome, MailState
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
    mail_state: MailState | None
    mail_reason: str | None


class AskerStatus(NamedTuple):
    """Whether the team has active seats of a product, and whether a person holds, or waits for, one of them."""

    pooled: bool
    holds: bool
    waits: bool


class AnsweredRequest(NamedTuple):
    """An answered request with all that the mail to the asker says. `waits`: the asker is on the waiting list now."""

    email: str
    name: str
    team: str
    product: str
    state: RequestState
    answer: str | None
    waits: bool
    language: Language


ASKER_STATUS = Statement(
    "asker_status",
    AskerStatus,
    text("""
select exists (
           select from seats s
           join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
           where s.team_id = :team_id and s.product_id = :product_id
             and s.retired_at is null and current_date between p.starts_on and p.ends_on
       ) as pooled,
       exists (
           select from seats where team_id = :team_id and product_id = :product_id and holder_id = :user_id
       ) as holds,
       exists (
           select from waits where team_id = :team_id and product_id = :product_id and user_id = :user_id
       ) as waits
"""),
)

ANSWERED_REQUEST = Statement(
    "answered_request",
    AnsweredRequest,
    text("""
select u.email, trim(concat(u.first_name, ' ', u.last_name)) as name, t.name as team, p.name as product, r.state,
       r.answer,
       exists (
           select from waits w
           where w.team_id = r.team_id and w.product_id = r.product_id and w.user_id = r.user_id
       ) as waits, u.language
from seat_requests r
join users u on u.id = r.user_id
join teams t on t.id = r.team_id
join products p on p.id = r.product_id
where r.team_id = :team_id and r.id = :id
"""),
)

CREATE = Statement(
    "create_request",
    str,
    upsert(SeatRequest)
    .values({name: bindparam(name) for name in ("team_id", "product_id", "user_id", "id", "note")})
    .on_conflict_do_nothing()
    .returning(SeatRequest.id),
)
OPEN_REQUEST = Statement(
    "open_request",
    str,
    select(SeatRequest.id).where(
        SeatRequest.team_id == bindparam("team_id"),
        SeatRequest.product_id == bindparam("product_id"),
        SeatRequest.user_id == bindparam("user_id"),
        SeatRequest.state == RequestState.OPEN,
    ),
)
ANSWER = Statement(
    "answer_request",
    str,
    update(SeatRequest)
    .where(
        SeatRequest.team_id == bindparam("team_id"),
        SeatRequest.id == bindparam("id"),
        SeatRequest.state == RequestState.OPEN,
    )
    .values(
        state=bindparam("new_state"),
        answered_at=func.now(),
        answered_by=bindparam("by"),
        answer=bindparam("message"),
        mail_state=bindparam("new_mail_state"),
    )
    .returning(SeatRequest.id),
)
RECORD_MAIL = Statement(
    "record_request_mail",
    NoneType,
    text("""
update seat_requests set mail_state = :mail_state, mail_reason = :reason where team_id = :team_id and id = :id
"""),
)
REMOVE_OPEN = Statement(
    "remove_open_requests",
    str,
    delete(SeatRequest)
    .where(
        SeatRequest.team_id == bindparam("team_id"),
        SeatRequest.user_id == any_of(PEOPLE),
        SeatRequest.state == RequestState.OPEN,
    )
    .returning(SeatRequest.id),
)


def _state() -> ColumnElement[str]:
    return case((Seat.id.is_not(None), literal_column("'granted'")), else_=SeatRequest.state)


# It matches at most one seat, because nobody holds two seats of a product in a team.
HELD_BY_ASKER = (
    (SeatRequest.state == RequestState.OPEN)
    & (Seat.team_id == SeatRequest.team_id)
    & (Seat.product_id == SeatRequest.product_id)
    & (Seat.holder_id == SeatRequest.user_id)
)
REQUESTS = columns_of(
    RequestRow,
    SeatRequest,
    member_id=Membership.id,
    state=_state(),
    answered_at=func.coalesce(SeatRequest.answered_at, Seat.assigned_at),
)


async def asker_status(connection: Connection, team_id: str, product_id: str, user_id: str) -> AskerStatus:
    """Whether a team has seats of a product, and whether a person holds, or waits for, one of them, now."""
    [status] = await ASKER_STATUS.rows(connection, team_id=team_id, product_id=product_id, user_id=user_id)
    return status


async def create(
    connection: Connection, team_id: str, product_id: str, user_id: str, note: str | None
) -> tuple[str, bool]:
    """Create a member's request for a product, if there is no open one. The membership must be locked.

    Returns the id of the open request, and whether it is new.
    """
    asked = {"team_id": team_id, "product_id": product_id, "user_id": user_id}
    made = await CREATE.row(connection, **asked, id=ids.new("request"), note=note)
    if made is not None:
        return made, True
    [open_] = await OPEN_REQUEST.rows(connection, **asked)
    return open_, False


async def answer(
    connection: Connection, request: RequestRow, state: RequestState, by: str, message: str | None
) -> bool:
    """Answer, or withdraw, an open request. Returns False if it is no longer open; then nothing has changed."""
    values = {"team_id": request.team_id, "id": request.id, "new_state": state, "by": by, "message": message}
    mail = None if state is RequestState.WITHDRAWN else MailState.QUEUED
    return await ANSWER.row(connection, **values, new_mail_state=mail) is not None


async def record_mail(connection: Connection, team_id: str, id_: str, outcome: MailOutcome) -> None:
    """Store what became of the mail with the answer."""
    values = {"mail_state": outcome.state.value, "reason": outcome.reason}
    await RECORD_MAIL.run(connection, team_id=team_id, id=id_, **values)


async def remove_open(connection: Connection, team_id: str, user_ids: Sequence[str]) -> list[str]:
    """Delete the open requests of people who leave a team, and return their ids, sorted.

    Answered requests are deleted together with the membership.
    """
    return sorted(await REMOVE_OPEN.rows(connection, team_id=team_id, user_ids=list(user_ids)))


async def answered_request(connection: Connection, team_id: str, id_: str) -> AnsweredRequest | None:
    """The request for the mail to the asker; None if the asker has left the team, because then it is deleted."""
    return await ANSWERED_REQUEST.row(connection, team_id=team_id, id=id_)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, RequestRow]:
    """The requests within `reach` that have these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach, state: RequestState | None, mail_state: MailState | None) -> Definition[RequestRow]:
    """A team's requests within `reach`, in one state and with one state of the mail (None: any), the oldest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        found = _rows(reach).where(SeatRequest.team_id == team_id)
        if mail_state is not None:
            found = found.where(SeatRequest.mail_state == mail_state)
        return found if state is None else found.where(_state() == state.value)

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
        .outerjoin(Seat, HELD_BY_ASKER)
        .where(within(reach, SeatRequest.team_id, SeatRequest.user_id))
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _rows(reach).where(SeatRequest.id == any_of(ids))


BY_IDS = RowQuery(REQUESTS, _by_ids)
