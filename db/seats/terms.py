"""The terms of subscriptions: which pools have something to do because a subscription has begun or ended.

Each statement looks at the present state and at a day (UTC), not at what was done before. So nothing is forgotten if a
day is missed, and nothing is done twice.
"""

from collections.abc import Sequence
from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.seats import assignments, waiting_list
from db.seats.assignments import PEOPLE
from db.seats.seats import SeatRow
from db.tables.types import ID


class Due(NamedTuple):
    """A pool with something to do: seats to take back, or people on its waiting list and a seat for them."""

    team_id: str
    product_id: str


class Lost(NamedTuple):
    """One reason for which a person held a seat that was taken back, and the giver of the seat (`by`)."""

    subscription_id: str
    seat_id: str
    user_id: str
    by: str
    kind: str
    group_id: str | None


class EndedTerms(NamedTuple):
    """The result of taking back seats.

    `lost`: the reasons, the seat that was held longest first. `moved`: the other seats that these people hold now.
    `waiting`: the people who got none and are on the waiting list.
    """

    lost: list[Lost]
    moved: list[SeatRow]
    waiting: list[str]


# In all of these statements, holders keep their seats while their subscription is to renew itself, even if that failed.
DUE = Statement(
    "due_terms",
    Due,
    text("""
select s.team_id, s.product_id
from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
where s.holder_id is not null and p.held_until < :today and not p.auto_renew
union
select w.team_id, w.product_id
from waits w
where exists (
    select from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
    where s.team_id = w.team_id and s.product_id = w.product_id and s.holder_id is null and s.retired_at is null
      and :today between p.starts_on and p.ends_on
)
"""),
)

HOLDERS = Statement(
    "holders_of_ended",
    str,
    text("""
select s.holder_id
from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
where s.team_id = :team_id and s.product_id = :product_id and s.holder_id is not null
  and p.held_until < :today and not p.auto_renew
"""),
)

TAKE_BACK_SQL = """
with ended as (
    select s.team_id, s.id, s.subscription_id, s.holder_id, s.assigned_at
    from seats s join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id = any(:user_ids)
      and {condition}
), dropped as (
    delete from seat_sources r using ended
    where r.team_id = ended.team_id and r.seat_id = ended.id
    returning r.seat_id, r.kind, r.group_id, r.id
), freed as (
    update seats set holder_id = null, assigned_at = null
    from ended
    where seats.team_id = ended.team_id and seats.id = ended.id and seats.holder_id = ended.holder_id
    returning seats.team_id, seats.id
), closed as (
    update seat_history h set ended_at = clock_timestamp(), ended_by = :by
    from freed
    where h.team_id = freed.team_id and h.seat_id = freed.id and h.ended_at is null
    returning h.seat_id, h.started_by, h.id
)
select ended.subscription_id, ended.id as seat_id, ended.holder_id as user_id, closed.started_by as by,
       dropped.kind, dropped.group_id
from ended
join closed on closed.seat_id = ended.id
join dropped on dropped.seat_id = ended.id
order by ended.assigned_at, closed.id, dropped.id
"""
TAKE_BACK = Statement(
    "take_back",
    Lost,
    text(TAKE_BACK_SQL.format(condition="p.held_until < :today and not p.auto_renew")).bindparams(PEOPLE),
)

# Both read the reasons of these people, in order, from parallel lists.
LISTS = [PEOPLE, *(bindparam(name, type_=ARRAY(ID)) for name in ("group_ids", "givers"))]
LISTS.append(bindparam("kinds", type_=ARRAY(Text())))

# People who hold a seat now get their reasons as its sources. The others wait for the same reasons.
RESTORE_SOURCES = Statement(
    "restore_sources",
    NoneType,
    text("""
insert into seat_sources (team_id, seat_id, holder_id, kind, group_id)
select s.team_id, s.id, s.holder_id, r.kind, r.group_id
from unnest(:user_ids, :kinds, :group_ids, :givers) with ordinality as r (user_id, kind, group_id, given_by, place)
join seats s on s.team_id = :team_id and s.product_id = :product_id and s.holder_id = r.user_id
order by r.place
on conflict do nothing
""").bindparams(*LISTS),
)
WAIT_AGAIN = Statement(
    "wait_again",
    NoneType,
    text("""
insert into waits (team_id, product_id, user_id, kind, group_id, queued_by)
select cast(:team_id as text), cast(:product_id as text), r.user_id, r.kind, r.group_id, r.given_by
from unnest(:user_ids, :kinds, :group_ids, :givers) with ordinality as r (user_id, kind, group_id, given_by, place)
where r.user_id not in (
    select s.holder_id from seats s
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id = any(:user_ids)
)
order by r.place
on conflict do nothing
""").bindparams(*LISTS),
)


async def due(connection: Connection, today: date) -> list[Due]:
    """The pools that have something to do on a day."""
    return await DUE.rows(connection, today=today)


async def holders_of_ended(connection: Connection, pool: Due, today: date) -> list[str]:
    """The user ids of the people who hold a seat of a subscription that has ended."""
    return await HOLDERS.rows(connection, **pool._asdict(), today=today)


async def end(connection: Connection, pool: Due, user_ids: Sequence[str], by: str, today: date) -> EndedTerms:
    """Take back the seats that these people hold from ended subscriptions of a product.

    They get other seats, or wait, as `seat_again` says. The memberships must be locked, and then
    `waiting_list.lock_for_joining` be called.
    """
    await waiting_list.lock_list(connection, *pool)
    lost = await TAKE_BACK.rows(connection, **pool._asdict(), user_ids=list(user_ids), by=by, today=today)
    return await seat_again(connection, pool, lost, by, today)


async def seat_again(connection: Connection, pool: Due, lost: list[Lost], by: str, today: date) -> EndedTerms:
    """Give each person whose seat was taken back a free seat of the pool, if there is one.

    First comes the person who held theirs longest. The others join the end of the waiting list. The reasons to hold the
    seat stay the same.
    """
    if not lost:
        return EndedTerms([], [], [])
    givers = dict.fromkeys([one.user_id for one in lost], by)
    assigned = await assignments.assign(connection, *pool, givers, None, all_or_nothing=False, today=today)
    reasons = {
        "user_ids": [one.user_id for one in lost],
        "kinds": [one.kind for one in lost],
        "group_ids": [one.group_id for one in lost],
        "givers": [one.by for one in lost],
    }
    await RESTORE_SOURCES.run(connection, **pool._asdict(), **reasons)
    await WAIT_AGAIN.run(connection, **pool._asdict(), **reasons)
    return EndedTerms(lost, assigned.seats, assigned.unserved)
