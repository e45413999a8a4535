"""Finds the scheduled changes that have become due, and marks them as applied."""

from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID


class DueChange(NamedTuple):
    """A scheduled change of the number of seats of a subscription; the attributes are as in the table."""

    team_id: str
    id: str
    subscription_id: str
    product_id: str
    effective_on: date
    seats: int
    seat_ids: list[str]


# If a subscription has ended without a renewal, the change waits for one.
DUE = Statement(
    "due_changes",
    DueChange,
    text("""
select c.team_id, c.id, c.subscription_id, p.product_id, c.effective_on, c.seats, c.seat_ids
from scheduled_changes c join subscriptions p on p.team_id = c.team_id and p.id = c.subscription_id
where c.state = 'pending' and c.effective_on <= :today and c.effective_on <= p.ends_on
"""),
)
LOCK = Statement(
    "lock_due_subscription",
    NoneType,
    text("select from subscriptions where team_id = :team_id and id = :subscription_id for no key update"),
)
SEATS = Statement(
    "seats_of_subscription",
    int,
    text("""
select cast(coalesce(sum(delta), 0) as int) as seats from seat_changes
where team_id = :team_id and subscription_id = :subscription_id
"""),
)
# A change that was replaced or changed meanwhile is another one.
APPLY = Statement(
    "apply_change",
    str,
    text("""
with applied as (
    update scheduled_changes set state = 'applied', ended_at = now(), ended_by = :by
    where team_id = :team_id and id = :id and state = 'pending' and effective_on = :effective_on and seats = :seats
      and seat_ids = :seat_ids
    returning team_id, subscription_id
)
update subscriptions p set version = p.version + 1
from applied
where p.team_id = applied.team_id and p.id = applied.subscription_id
returning p.id
""").bindparams(bindparam("seat_ids", type_=ARRAY(ID))),
)
# The order of a change that comes with a renewal is that of the renewal.
COUNT = Statement(
    "append_seat_change",
    NoneType,
    text("""
insert into seat_changes (team_id, subscription_id, n, effective_on, delta, order_id)
select p.team_id, p.id,
       (select coalesce(max(c.n), 0) + 1 from seat_changes c where c.team_id = p.team_id and c.subscription_id = p.id),
       cast(:effective_on as date), cast(:delta as int),
       (select l.order_id
        from order_lines l
        join subscription_terms t
          on t.team_id = l.subscription_team_id and t.subscription_id = l.subscription_id and t.n = l.term_n
        where l.subscription_team_id = p.team_id and l.subscription_id = p.id and l.kind = 'renewal'
          and t.starts_on = :effective_on)
from subscriptions p where p.team_id = :team_id and p.id = :subscription_id
"""),
)


async def due(connection: Connection, today: date) -> list[DueChange]:
    """The changes that are due on a day, in the order of their ids."""
    return sorted(await DUE.rows(connection, today=today))


async def surplus(connection: Connection, change: DueChange) -> int:
    """How many seats the subscription has more than after the change; negative if it has fewer."""
    [seats] = await SEATS.rows(connection, **change._asdict())
    return seats - change.seats


async def apply(connection: Connection, change: DueChange, by: str) -> bool:
    """Mark a change as applied, and count the version of its subscription, which stays locked until the end.

    Returns False if the change is not pending any more; then nothing has changed.
    """
    await LOCK.run(connection, **change._asdict())
    return await APPLY.row(connection, **change._asdict(), by=by) is not None


async def count(connection: Connection, change: DueChange, delta: int) -> None:
    """Count the seats that a change added, or retired (negative)."""
    await COUNT.run(connection, **change._asdict(), delta=delta)
