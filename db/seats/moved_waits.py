"""Keeps the places of people on waiting lists when they move from one group to another."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from db.seats.assignments import PEOPLE


class MovedWait(NamedTuple):
    """A wait that has another group as its source now, by its person and product."""

    user_id: str
    product_id: str


# Of two waits of one person for one product, the older one stays, because it determines the place. The younger one must
# be gone before the older one gets its group, because of the unique constraint. So the update reads `younger`.
CHANGE_GROUP = Statement(
    "change_group_of_waits",
    MovedWait,
    text("""
with moving as (
    select w.team_id, w.id, w.user_id, w.product_id from waits w
    where w.team_id = :team_id and w.group_id = :from_id and w.user_id = any(:user_ids)
      and w.product_id in (
          select g.product_id from group_products g where g.team_id = :team_id and g.group_id = :to_id
      )
      and not exists (
          select from waits o
          where o.team_id = w.team_id and o.product_id = w.product_id and o.user_id = w.user_id
            and o.group_id = :to_id and o.id < w.id
      )
), younger as (
    delete from waits o using moving
    where o.team_id = moving.team_id and o.product_id = moving.product_id and o.user_id = moving.user_id
      and o.group_id = :to_id
    returning o.id
)
update waits w set group_id = :to_id
from moving
where w.team_id = moving.team_id and w.id = moving.id and (select count(*) from younger) >= 0
returning w.user_id, w.product_id
""").bindparams(PEOPLE),
)


async def change_group(
    connection: Connection, team_id: str, user_ids: Sequence[str], from_id: str, to_id: str
) -> list[MovedWait]:
    """Let people who wait because of one group wait because of another, for the products that both give.

    Each keeps their place. Returns the waits, in no certain order. Call `waiting_list.lock_for_joining` first; the
    memberships must be locked.
    """
    values = {"team_id": team_id, "user_ids": list(user_ids), "from_id": from_id, "to_id": to_id}
    return await CHANGE_GROUP.rows(connection, **values)
