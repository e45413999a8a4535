"""Add subscriptions with their seats."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID


class NewSubscription(NamedTuple):
    """A subscription to add: its team, its product, and its first and last day (UTC)."""

    team_id: str
    id: str
    product_id: str
    starts_on: date
    ends_on: date


# If there is no such team, nothing is inserted.
ADD = Statement(
    "add_subscription",
    str,
    text("""
with added as (
    insert into subscriptions (team_id, id, product_id, starts_on, ends_on)
    select t.id, cast(:id as text), cast(:product_id as text), cast(:starts_on as date), cast(:ends_on as date)
    from teams t where t.id = :team_id
    returning team_id, id, product_id
), stocked as (
    insert into seats (team_id, id, product_id, subscription_id)
    select added.team_id, seat.id, added.product_id, added.id from added, unnest(:seat_ids) as seat (id)
)
select id from added
""").bindparams(bindparam("seat_ids", type_=ARRAY(ID))),
)


async def add(connection: Connection, subscription: NewSubscription, seat_ids: Sequence[str]) -> bool:
    """Add a subscription with a seat for each of these ids. Returns False if there is no such team.

    The caller must hold the lock of `waiting_list.lock_for_freeing`, and serve the waiting list afterwards.
    """
    return await ADD.row(connection, **subscription._asdict(), seat_ids=list(seat_ids)) is not None
