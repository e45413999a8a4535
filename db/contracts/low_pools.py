"""Finds the pools whose free seats have fallen below what their team has set, or have risen above it again.

A pool counts as `db.seats.pools` counts it: free are the seats of running subscriptions that nobody holds. A pool
without a running subscription is left as it was: the notices about its end are told instead.
"""

from datetime import date

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from db.notices.notices import NewNotice
from db.people import team_settings
from domain.notices import NoticeKind

# No more free seats are read than are needed to know whether there are enough.
CHANGED_SQL = """
select pool.team_id, pool.product_id, free.seats < t.last_seats_below as is_low
from (
    select distinct team_id, product_id from subscriptions
    where cast(:today as date) between starts_on and ends_on
) pool
join teams t on t.id = pool.team_id
cross join lateral (
    select count(*) as seats from (
        select from seats s
        join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
        where s.team_id = pool.team_id and s.product_id = pool.product_id and s.holder_id is null
          and s.retired_at is null and cast(:today as date) between p.starts_on and p.ends_on
        limit t.last_seats_below
    ) found
) free
left join low_pools l on l.team_id = pool.team_id and l.product_id = pool.product_id
where t.last_seats_below is not null and (free.seats < t.last_seats_below) <> coalesce(l.is_low, false)
union all
select l.team_id, l.product_id, false as is_low
from low_pools l join teams t on t.id = l.team_id
where l.is_low and t.last_seats_below is null
"""
# The pool of a team is told to the contact persons of its contracts.
SETTLE = Statement(
    "settle_low_pools",
    NewNotice,
    text(f"""
with changed as (
    insert into low_pools (team_id, product_id, falls, is_low)
    select team_id, product_id, 1, is_low from ({CHANGED_SQL}) found where team_id = :team_id
    on conflict (team_id, product_id) do update
    set is_low = excluded.is_low, falls = low_pools.falls + cast(excluded.is_low as int)
    returning team_id, product_id, falls, is_low
)
select distinct g.team_id, c.id as contract_id, '{NoticeKind.LAST_SEATS}' as kind,
       '{NoticeKind.LAST_SEATS}:' || g.team_id || ':' || g.product_id || ':' || g.falls as event_key,
       jsonb_build_object('productId', g.product_id) as data
from changed g
join subscriptions p on p.team_id = g.team_id and p.product_id = g.product_id
     and cast(:today as date) between p.starts_on and p.ends_on
left join contracts c on c.team_id = p.team_id and c.id = p.contract_id
where g.is_low
"""),  # noqa: S608 - constants
)


async def settle(connection: Connection, team_id: str, today: date) -> list[NewNotice]:
    """Note which pools of a team have enough free seats on a day (UTC). Returns what is to be told of those that fell.

    The team stays locked until the transaction ends, so that each fall is told once.
    """
    await team_settings.locked(connection, team_id)
    return await SETTLE.rows(connection, team_id=team_id, today=today)
