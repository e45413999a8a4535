"""Schedule another number of seats for the next term of a subscription, and cancel that."""

from collections.abc import Sequence
from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, Integer, bindparam, or_, select, text

from db.contracts.subscriptions import SubscriptionRow
from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.tables.contracts import Contract, ScheduledChange
from db.tables.seats import Subscription
from db.tables.types import ID
from domain.reach import Reach


class PendingChange(NamedTuple):
    """A scheduled change that was neither carried out nor cancelled. The attributes are as in the table."""

    id: str
    effective_on: date
    seats: int


class FoundChange(NamedTuple):
    """A scheduled change in any state, its subscription with the team of that, and the home team of the contract."""

    id: str
    team_id: str
    subscription_id: str
    home_team_id: str


class ChosenSeat(NamedTuple):
    """A seat that a caller chose to be given up, and whether somebody holds it."""

    id: str
    held: bool


PENDING = Statement(
    "pending_change",
    PendingChange,
    text("""
select id, effective_on, seats from scheduled_changes
where team_id = :team_id and subscription_id = :subscription_id and state = 'pending'
"""),
)
SCHEDULE = Statement(
    "schedule_change",
    NoneType,
    text("""
insert into scheduled_changes (team_id, id, subscription_id, effective_on, seats, seat_ids, scheduled_by)
values (:team_id, :id, :subscription_id, :effective_on, :seats, :seat_ids, :by)
""").bindparams(bindparam("seat_ids", type_=ARRAY(ID))),
)
RAISE = Statement(
    "raise_change",
    NoneType,
    text("""
update scheduled_changes set seats = seats + :more where team_id = :team_id and id = :id and state = 'pending'
""").bindparams(bindparam("more", type_=Integer())),
)
CANCEL = Statement(
    "cancel_change",
    str,
    text("""
update scheduled_changes set state = 'cancelled', ended_at = now(), ended_by = :by
where team_id = :team_id and id = :id and state = 'pending' and effective_on > :today
returning id
"""),
)
CHOSEN = Statement(
    "chosen_seats",
    ChosenSeat,
    text("""
select id, holder_id is not null as held from seats
where team_id = :team_id and subscription_id = :subscription_id and id = any(:seat_ids) and retired_at is null
""").bindparams(bindparam("seat_ids", type_=ARRAY(ID))),
)


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(ScheduledChange)
        .join(Subscription, Subscription.id == ScheduledChange.subscription_id)
        .join(Contract, Contract.id == Subscription.contract_id)
        .where(
            ScheduledChange.id == any_of(ids),
            or_(within(reach, ScheduledChange.team_id), within(reach, Contract.team_id)),
        )
    )


BY_IDS = RowQuery(columns_of(FoundChange, ScheduledChange, home_team_id=Contract.team_id), _by_ids)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, FoundChange]:
    """The changes with these ids of which the team or the home team of the contract is within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def pending(connection: Connection, subscription: SubscriptionRow) -> PendingChange | None:
    """The change of a subscription that is pending; None if there is none."""
    return await PENDING.row(connection, team_id=subscription.team_id, subscription_id=subscription.id)


async def schedule(
    connection: Connection, subscription: SubscriptionRow, change: PendingChange, seat_ids: Sequence[str], by: str
) -> None:
    """Schedule a change of a subscription, which must be locked. No other one may be pending.

    `seat_ids` are the held seats to give up first.
    """
    key = {"team_id": subscription.team_id, "subscription_id": subscription.id}
    await SCHEDULE.run(connection, **key, **change._asdict(), seat_ids=list(seat_ids), by=by)


async def raise_by(connection: Connection, team_id: str, id_: str, more: int) -> None:
    """Let a pending change lead to this number of seats more."""
    await RAISE.run(connection, team_id=team_id, id=id_, more=more)


async def cancel(connection: Connection, team_id: str, id_: str, by: str, today: date) -> bool:
    """Cancel a pending change before its day. Returns False if it cannot be cancelled; then nothing has changed."""
    return bool(await CANCEL.rows(connection, team_id=team_id, id=id_, by=by, today=today))


async def chosen(connection: Connection, subscription: SubscriptionRow, seat_ids: Sequence[str]) -> dict[str, bool]:
    """Those of these seats that the subscription has, and whether somebody holds each, by id."""
    key = {"team_id": subscription.team_id, "subscription_id": subscription.id}
    return {one.id: one.held for one in await CHOSEN.rows(connection, **key, seat_ids=list(seat_ids))}
