"""Read the seats of subscriptions: how many they are, how their number changed, and how it will change."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery
from db.seats.seats import SEATS
from db.tables.contracts import ScheduledChange, SeatChange
from db.tables.seats import Seat, Subscription
from domain.reach import Reach


class SeatCounts(NamedTuple):
    """The seats of a subscription that are not retired, and how many of them have a holder."""

    subscription_id: str
    seats: int
    assigned: int


class SeatChangeRow(NamedTuple):
    """A change of the number of seats. The attributes are as in the table."""

    effective_on: date
    delta: int


class ScheduledChangeRow(NamedTuple):
    """Another number of seats that a subscription gets when its next term begins."""

    id: str
    subscription_id: str
    effective_on: date
    seats: int


COUNTS = columns_of(SeatCounts, Seat, seats=func.count(), assigned=func.count(Seat.holder_id))
CHANGES = columns_of(SeatChangeRow, SeatChange)
SCHEDULED = columns_of(ScheduledChangeRow, ScheduledChange)


def _counts(reach: Reach, subscription_ids: Sequence[str]) -> Rows:
    # The team and the product come first in the indexes of seats.
    owner = (Seat.team_id == Subscription.team_id, Seat.product_id == Subscription.product_id)
    return (
        select()
        .select_from(Subscription)
        .join(Seat, and_(*owner, Seat.subscription_id == Subscription.id, Seat.retired_at.is_(None)))
        .where(Subscription.id == any_of(subscription_ids), within(reach, Subscription.team_id))
        .group_by(Seat.subscription_id)
    )


def _changes(reach: Reach, subscription_ids: Sequence[str]) -> Rows:
    return (
        select()
        .where(SeatChange.subscription_id == any_of(subscription_ids), within(reach, SeatChange.team_id))
        .order_by(SeatChange.subscription_id, SeatChange.n)
    )


def _scheduled(reach: Reach, subscription_ids: Sequence[str]) -> Rows:
    return select().where(
        ScheduledChange.subscription_id == any_of(subscription_ids),
        ScheduledChange.state == "pending",
        within(reach, ScheduledChange.team_id),
    )


def _lost(reach: Reach, change_ids: Sequence[str]) -> Rows:
    """The held seats that a scheduled change would take, if it were carried out now: see `ScheduledChange`."""
    chosen = Seat.id == any_of(ScheduledChange.seat_ids.expression)
    order = (chosen.desc(), Seat.holder_id.is_not(None), Seat.assigned_at.desc(), Seat.id.desc())
    places = (
        select(
            ScheduledChange.id.label("change_id"),
            Seat.team_id,
            Seat.id,
            func.row_number().over(partition_by=ScheduledChange.id, order_by=order).label("place"),
            (func.count().over(partition_by=ScheduledChange.id) - ScheduledChange.seats).label("given_up"),
        )
        .select_from(ScheduledChange)
        .join(
            Seat,
            and_(
                Seat.team_id == ScheduledChange.team_id,
                Seat.subscription_id == ScheduledChange.subscription_id,
                Seat.retired_at.is_(None),
            ),
        )
        .where(ScheduledChange.id == any_of(change_ids))
        .subquery("places")
    )
    return (
        select(places.c.change_id.label("parent_id"), *SEATS)
        .select_from(places)
        .join(Seat, and_(Seat.team_id == places.c.team_id, Seat.id == places.c.id))
        .where(places.c.place <= places.c.given_up, Seat.holder_id.is_not(None))
        .where(within(reach, Seat.team_id, Seat.holder_id))
        .order_by(places.c.change_id, places.c.place)
    )


COUNTS_BY_SUBSCRIPTION = RowQuery(COUNTS, _counts)
"""Counts the seats of each of these subscriptions within a reach. One without seats has no row."""
CHANGES_BY_SUBSCRIPTION = RowQuery(with_parent(SeatChange.subscription_id, CHANGES), _changes)
"""Finds the changes of each of these subscriptions within a reach, by subscription id, the oldest first."""
SCHEDULED_BY_SUBSCRIPTION = RowQuery(SCHEDULED, _scheduled)
"""Finds the pending change of each of these subscriptions within a reach."""
LOST_BY_CHANGE = RowQuery(with_parent(ScheduledChange.id, SEATS), _lost)
"""Finds the held seats within a reach that each of these pending changes would take, by the id of the change."""
