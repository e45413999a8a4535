"""Add and retire seats of subscriptions. Each change of their number is recorded, and these add up to the number."""

from collections.abc import Sequence
from datetime import date
from types import NoneType

from sqlalchemy import ARRAY, Date, Integer, bindparam, text

from db.contracts.subscriptions import SubscriptionRow
from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID

COUNT = Statement(
    "count_seats_of_subscription",
    int,
    text("""
select coalesce(sum(delta), 0) from seat_changes where team_id = :team_id and subscription_id = :subscription_id
"""),
)
COUNT_FREE = Statement(
    "count_free_seats_of_subscription",
    int,
    text("""
select count(*) from seats
where team_id = :team_id and product_id = :product_id and subscription_id = :subscription_id
  and holder_id is null and retired_at is null
"""),
)
ADD = Statement(
    "add_seats",
    NoneType,
    text("""
insert into seats (team_id, id, product_id, subscription_id)
select :team_id, seat.id, :product_id, :subscription_id from unnest(:seat_ids) as seat (id)
""").bindparams(
        *(bindparam(name, type_=ID) for name in ("team_id", "product_id", "subscription_id")),
        bindparam("seat_ids", type_=ARRAY(ID)),
    ),
)
# If too few seats are free, none is retired. A seat that somebody is getting is waited for, and then passed over.
RETIRE_FREE = Statement(
    "retire_free_seats",
    str,
    text("""
with free as (
    select team_id, id from seats
    where team_id = :team_id and product_id = :product_id and subscription_id = :subscription_id
      and holder_id is null and retired_at is null
    order by id
    limit :number
    for update
)
update seats s set retired_at = clock_timestamp()
from free
where s.team_id = free.team_id and s.id = free.id and (select count(*) from free) = :number
returning s.id
""").bindparams(bindparam("number", type_=Integer())),
)
RECORD = Statement(
    "record_seat_change",
    NoneType,
    text("""
insert into seat_changes (team_id, subscription_id, n, effective_on, delta, order_id)
select :team_id, :subscription_id, coalesce(max(n), 0) + 1, :effective_on, :delta, :order_id
from seat_changes where team_id = :team_id and subscription_id = :subscription_id
""").bindparams(
        *(bindparam(name, type_=ID) for name in ("team_id", "subscription_id", "order_id")),
        bindparam("effective_on", type_=Date()),
        bindparam("delta", type_=Integer()),
    ),
)


async def count(connection: Connection, team_id: str, subscription_id: str) -> int:
    """The number of seats of a subscription. It stays the same as long as the subscription is locked."""
    [number] = await COUNT.rows(connection, team_id=team_id, subscription_id=subscription_id)
    return number


async def count_free(connection: Connection, subscription: SubscriptionRow) -> int:
    """The number of seats of a subscription that nobody holds."""
    [number] = await COUNT_FREE.rows(connection, **_key(subscription))
    return number


async def add(connection: Connection, subscription: SubscriptionRow, seat_ids: Sequence[str]) -> None:
    """Add seats with these ids to a subscription, which must be locked. Call `record` in the same transaction.

    The caller must hold the lock of `waiting_list.lock_for_freeing`, and serve the waiting list afterwards.
    """
    await ADD.run(connection, **_key(subscription), seat_ids=list(seat_ids))


async def retire_free(connection: Connection, subscription: SubscriptionRow, number: int) -> bool:
    """Retire this number of free seats of a subscription, which must be locked. Call `record` in the same transaction.

    Returns whether there were enough; otherwise nothing has changed.
    """
    return bool(await RETIRE_FREE.rows(connection, **_key(subscription), number=number))


async def record(
    connection: Connection, team_id: str, subscription_id: str, on: date, delta: int, order_id: str
) -> None:
    """Record that an order changed the number of seats of a subscription on a day."""
    key = {"team_id": team_id, "subscription_id": subscription_id}
    await RECORD.run(connection, **key, effective_on=on, delta=delta, order_id=order_id)


def _key(subscription: SubscriptionRow) -> dict[str, str]:
    row = {"team_id": subscription.team_id, "product_id": subscription.product_id}
    return {**row, "subscription_id": subscription.id}
