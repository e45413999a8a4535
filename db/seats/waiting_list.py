"""The waiting list for seats of a product, and how it is served.

No seat is available while somebody waits for one. A transaction that frees seats calls `lock_for_freeing`, and then
serves the waiting list itself. A transaction that puts people on a waiting list calls `lock_for_joining`. Each lock
waits for the other. Otherwise, one transaction could overlook a seat that is being freed, and the other could overlook
people who are joining. The locks are taken after the memberships are locked, and before a seat is changed. A
transaction that needs both takes `lock_for_joining` first.

Serving the waiting list locks a person's waits instead of the membership. A transaction that gives this person a seat
in another way, or ends their waits, locks the waits first. Products are handled one after the other in the order of
their ids. For each, the waiting list is locked from its head, and then seats. So there is no deadlock.
"""

from collections.abc import Sequence
from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import column, func, literal_column, select, text, true

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.rows import columns_of
from db.core.statements import RowQuery, Statement
from db.seats import assignments
from db.seats.assignments import PEOPLE
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from db.tables.seats import Wait
from db.tables.types import ID
from domain.seats import Source


class LockedTeam(NamedTuple):
    """A team whose waiting lists nobody can join until this transaction ends."""

    team_id: str


class NextPerson(NamedTuple):
    """A person who gets the next seat, and the user or token that put them on the waiting list (`queued_by`)."""

    user_id: str
    queued_by: str


class Withdrawn(NamedTuple):
    """A wait that was ended, by its person and product; a person can have several, with different sources.

    `waits_on`: the person stays on the waiting list, because of another source.
    """

    user_id: str
    product_id: str
    waits_on: bool


LOCK_FOR_JOINING = Statement(
    "lock_for_joining", NoneType, text("select from pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))")
)

LOCK_WAITS = Statement(
    "lock_waits",
    str,
    text("""
select user_id from waits
where team_id = :team_id and product_id = :product_id and user_id = any(:user_ids)
order by id for update
""").bindparams(PEOPLE),
)

# The products with a waiting list of which these people hold a seat, or for which they wait.
PRODUCTS_TO_SERVE = Statement(
    "products_to_serve",
    str,
    text("""
select distinct w.product_id from waits w
where w.team_id = :team_id
  and (cast(:product_id as text) is null or w.product_id = :product_id)
  and (w.product_id in (
           select s.product_id from seats s where s.team_id = :team_id and s.holder_id = any(:user_ids)
       )
       or w.product_id in (
           select o.product_id from waits o where o.team_id = :team_id and o.user_id = any(:user_ids)
       ))
order by w.product_id
""").bindparams(PEOPLE),
)

LOCK_LIST = Statement(
    "lock_list",
    NoneType,
    text("""
select from waits where team_id = :team_id and product_id = :product_id order by id for update
"""),
)

WITHDRAW = Statement(
    "withdraw",
    Withdrawn,
    text("""
delete from waits w
where w.team_id = :team_id and w.product_id = :product_id and w.user_id = any(:user_ids)
  and (cast(:kind as text) is null or (w.kind = :kind and w.group_id is not distinct from :group_id))
returning w.user_id, w.product_id, cast(:kind as text) is not null and exists (
    select from waits o
    where o.team_id = w.team_id and o.product_id = w.product_id and o.user_id = w.user_id and o.id <> w.id
) as waits_on
""").bindparams(PEOPLE),
)

JOIN = Statement(
    "join",
    NoneType,
    text("""
insert into waits (team_id, product_id, user_id, kind, group_id, queued_by)
select cast(:team_id as text), cast(:product_id as text), w.user_id, cast(:kind as text), cast(:group_id as text),
       cast(:by as text)
from unnest(:user_ids) with ordinality as w (user_id, place)
order by w.place
on conflict do nothing
""").bindparams(PEOPLE),
)

# `waits.WAITS` would count the people ahead of each person: 5 s for 5,000 people. To number the list once takes 0.1 s.
POSITIONS = Statement(
    "positions",
    WaitRow,
    text("""
select concat('wait_', place.team_id, '.', place.product_id, '.', place.user_id) as id, place.team_id, place.product_id,
       place.user_id, m.id as member_id, place.position, place.created_at as since, place.id as number
from (
    select first.*, row_number() over (order by first.id) as position
    from (
        select distinct on (w.user_id) w.team_id, w.product_id, w.user_id, w.created_at, w.id
        from waits w
        where w.team_id = :team_id and w.product_id = :product_id
        order by w.user_id, w.id
    ) first
) place
join memberships m on m.team_id = place.team_id and m.user_id = place.user_id
where place.user_id = any(:user_ids)
""").bindparams(PEOPLE),
)

# The people who get the available seats, in order. Seats that other transactions are taking count as available here,
# because an attempt for one person too many does no harm.
NEXT = Statement(
    "next",
    NextPerson,
    text("""
select first.user_id, first.queued_by
from (
    select distinct on (w.user_id) w.user_id, w.queued_by, w.id
    from waits w
    where w.team_id = :team_id and w.product_id = :product_id
    order by w.user_id, w.id
) first
order by first.id
limit (
    select count(*) from seats s
    join subscriptions p on p.team_id = s.team_id and p.id = s.subscription_id
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id is null and s.retired_at is null
      and coalesce(cast(:today as date), current_date) between p.starts_on and p.ends_on
)
"""),
)

CONVERT_WAITS = Statement(
    "convert_waits",
    NoneType,
    text("""
with gone as (
    delete from waits
    where team_id = :team_id and product_id = :product_id and user_id = any(:user_ids)
    returning id, user_id, kind, group_id
)
insert into seat_sources (team_id, seat_id, holder_id, kind, group_id)
select s.team_id, s.id, s.holder_id, gone.kind, gone.group_id
from gone
join seats s on s.team_id = :team_id and s.product_id = :product_id and s.holder_id = gone.user_id
order by gone.id
on conflict do nothing
""").bindparams(PEOPLE),
)


def _lock_for_freeing(team_ids: Sequence[str]) -> Rows:
    team = func.unnest(team_ids).table_valued(column("id", ID), name="team").render_derived()
    lock = func.pg_advisory_xact_lock_shared(func.hashtextextended(team.c.id, literal_column("8374620197")))
    return select(team.c.id.label("team_id")).select_from(team).join(lock.table_valued("lock"), true())


LOCK_FOR_FREEING = RowQuery(columns_of(LockedTeam, Wait), _lock_for_freeing)
"""Does what `lock_for_freeing` does, for each of some teams."""


async def lock_for_joining(connection: Connection, team_id: str) -> None:
    """Keep other transactions from freeing seats of the team, and from joining people, until this one ends."""
    await LOCK_FOR_JOINING.run(connection, team_id=team_id)


async def lock_for_freeing(connection: Connection, team_id: str) -> None:
    """Keep other transactions from joining people to the team's waiting lists until this one ends."""
    await LOCK_FOR_FREEING.rows(connection, [team_id])


async def lock_waits(connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str]) -> set[str]:
    """Lock the waits of these people for a product until this transaction ends, and return those who wait."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return set(await LOCK_WAITS.rows(connection, **values))


async def products_to_serve(
    connection: Connection, team_id: str, product_id: str | None, user_ids: Sequence[str]
) -> list[str]:
    """The ids, in order, of products with a waiting list of which these people hold a seat, or for which they wait.

    `product_id` limits them to one. Call it after `lock_for_freeing`, because then no product can be added.
    """
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return await PRODUCTS_TO_SERVE.rows(connection, **values)


async def lock_list(connection: Connection, team_id: str, product_id: str) -> None:
    """Lock the whole waiting list of a product, from its head."""
    await LOCK_LIST.run(connection, team_id=team_id, product_id=product_id)


async def withdraw(
    connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str], source: Source | None
) -> list[Withdrawn]:
    """End the waits of these people for a product with this source (None: any). The waiting list must be locked."""
    kind, group_id = source or (None, None)
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return await WITHDRAW.rows(connection, **values, kind=kind, group_id=group_id)


async def join(
    connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str], source: Source, by: str
) -> list[WaitRow]:
    """Put people who hold no seat of the product on its waiting list, in order, and return their places in that order.

    A person who already waits keeps their place.
    """
    pool = {"team_id": team_id, "product_id": product_id}
    values = {**pool, "user_ids": list(user_ids), "by": by}
    await JOIN.run(connection, **values, **source._asdict())
    places = {row.user_id: row for row in await POSITIONS.rows(connection, **pool, user_ids=list(user_ids))}
    return [places[user_id] for user_id in user_ids]


async def promote(connection: Connection, team_id: str, product_id: str, today: date | None = None) -> list[SeatRow]:
    """Give the available seats of a product to the people on its waiting list, in order, and return these seats.

    The giver is the user or token that put the person on the list. Call it with one of the two locks. `today` is as in
    `assignments.assign`.
    """
    await lock_list(connection, team_id, product_id)
    pool = (team_id, product_id)
    givers = dict(await NEXT.rows(connection, team_id=team_id, product_id=product_id, today=today))
    if not givers:
        return []
    assigned = await assignments.assign(connection, *pool, givers, None, all_or_nothing=False, today=today)
    await convert_waits(connection, *pool, [seat.holder_id or "" for seat in assigned.seats])
    return assigned.seats


async def convert_waits(connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str]) -> None:
    """Replace the waits of people who hold a seat of the product now by sources of that seat, in the same order."""
    await CONVERT_WAITS.run(connection, team_id=team_id, product_id=product_id, user_ids=list(user_ids))
