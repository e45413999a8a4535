"""The line of people who wait for a seat of a product, and how they are served.

No seat is available while somebody waits for one. Whoever frees seats (`freeing`) serves the line in the same
transaction, and whoever puts people into it (`queueing`) does so while nobody in the team frees: else the one could
overlook the other's seat, and the other the one's people. Both are called after the memberships are locked and before
a seat is touched; who does both begins with `queueing`.

Serving locks no membership. A person's waits stand for it: who gives them a seat otherwise, or ends their waits, locks
those first. What concerns several products is done for one after the other by their ids, and for each in this order:
the line from its head, then seats. So nobody waits in a circle.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, distinct, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of, grouped
from db.core.statements import RowQuery, RowStatement, Statement
from db.seats import assignments
from db.seats.assignments import PEOPLE
from db.seats.seats import SeatRow
from db.tables.people import Membership
from db.tables.seats import Wait
from db.tables.types import ID
from domain.reach import Reach
from domain.seats import Source


class WaitRow(NamedTuple):
    """Somebody in the line for a seat of a product: the first has position 1."""

    team_id: str
    product_id: str
    user_id: str
    member_id: str
    position: int
    since: datetime


class Turn(NamedTuple):
    """Somebody whose turn it is to get a seat, and who put them into the line."""

    user_id: str
    queued_by: str


class Withdrawn(NamedTuple):
    """Somebody who waits no longer for a reason."""

    user_id: str
    product_id: str


def _position() -> ScalarSelect[int]:
    """How many people the line has up to this wait."""
    ahead = aliased(Wait)
    return (
        select(func.count(distinct(ahead.user_id)))
        .where(ahead.team_id == Wait.team_id, ahead.product_id == Wait.product_id, ahead.id <= Wait.id)
        .scalar_subquery()
    )


WAITS = columns_of(WaitRow, Wait, member_id=Membership.id, position=_position(), since=Wait.created_at)

QUEUEING = Statement(text("select pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))"))
FREEING = Statement(text("select pg_advisory_xact_lock_shared(hashtextextended(:team_id, 8374620197))"))

LOCK = Statement(
    text("""
select user_id from waits
where team_id = :team_id and product_id = :product_id and user_id = any(:user_ids)
order by id for update
""").bindparams(PEOPLE),
)

# The lines that may move when these people lose seats, and those that they stand in themselves.
LINES = Statement(
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

LOCK_LINE = Statement(
    text("""
select from waits where team_id = :team_id and product_id = :product_id order by id for update
""")
)

WITHDRAW = RowStatement(
    Withdrawn,
    text("""
delete from waits
where team_id = :team_id and product_id = :product_id and user_id = any(:user_ids)
  and (cast(:kind as text) is null or (kind = :kind and group_id is not distinct from :group_id))
returning user_id, product_id
""").bindparams(PEOPLE),
)

QUEUE = Statement(
    text("""
insert into waits (team_id, product_id, user_id, kind, group_id, queued_by)
select cast(:team_id as text), cast(:product_id as text), w.user_id, cast(:kind as text), cast(:group_id as text),
       cast(:by as text)
from unnest(:user_ids) with ordinality as w (user_id, place)
order by w.place
on conflict do nothing
""").bindparams(PEOPLE)
)

# Not by `_rows`, which counts those ahead for each: of 5,000 that takes 5 s, numbering the line once 0.1 s.
PLACES = RowStatement(
    WaitRow,
    text("""
select line.team_id, line.product_id, line.user_id, m.id as member_id, line.position, line.created_at as since
from (
    select first.*, row_number() over (order by first.id) as position
    from (
        select distinct on (w.user_id) w.team_id, w.product_id, w.user_id, w.created_at, w.id
        from waits w
        where w.team_id = :team_id and w.product_id = :product_id
        order by w.user_id, w.id
    ) first
) line
join memberships m on m.team_id = line.team_id and m.user_id = line.user_id
where line.user_id = any(:user_ids)
""").bindparams(PEOPLE),
)

# Who is served by the seats there are, in order, and who put them into the line. Seats that others are taking count as
# available here: to try for one too many does no harm.
NEXT = RowStatement(
    Turn,
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
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id is null
      and current_date between p.starts_on and p.ends_on
)
"""),
)

FULFIL = Statement(
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
""").bindparams(PEOPLE)
)


async def queueing(connection: AsyncConnection, team_id: str) -> None:
    """Let nobody in the team free a seat until this transaction ends; waits for those who are at it."""
    await QUEUEING.run(connection, team_id=team_id)


async def freeing(connection: AsyncConnection, team_id: str) -> None:
    """Let nobody in the team be put into a line until this transaction ends; waits for those who are at it."""
    await FREEING.run(connection, team_id=team_id)


async def lock(connection: AsyncConnection, team_id: str, product_id: str, user_ids: Sequence[str]) -> set[str]:
    """Which of these people wait for the product; none of them is served while this transaction lasts."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return {row["user_id"] for row in await LOCK.run(connection, **values)}


async def lines(
    connection: AsyncConnection, team_id: str, product_id: str | None, user_ids: Sequence[str]
) -> list[str]:
    """The products (all, or one) that somebody waits for, of those that these people hold a seat of or wait for.

    To be called after `freeing`: then there will be no others. The least id comes first.
    """
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return [row["product_id"] for row in await LINES.run(connection, **values)]


async def lock_line(connection: AsyncConnection, team_id: str, product_id: str) -> None:
    """Lock the whole line for a product."""
    await LOCK_LINE.run(connection, team_id=team_id, product_id=product_id)


async def withdraw(
    connection: AsyncConnection, team_id: str, product_id: str, user_ids: Sequence[str], source: Source | None
) -> list[Withdrawn]:
    """End these people's waits for a product, for a reason (None: whatever it is); its line must be locked."""
    kind, group_id = source or (None, None)
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return await WITHDRAW.rows(connection, **values, kind=kind, group_id=group_id)


async def queue(
    connection: AsyncConnection, team_id: str, product_id: str, user_ids: Sequence[str], source: Source, by: str
) -> list[WaitRow]:
    """Put people who hold no seat of the product into its line, in order; their places.

    Who waits for this reason already keeps their place.
    """
    pool = {"team_id": team_id, "product_id": product_id}
    values = {**pool, "user_ids": list(user_ids), "by": by}
    await QUEUE.run(connection, **values, **source._asdict())
    line = {row.user_id: row for row in await PLACES.rows(connection, **pool, user_ids=list(user_ids))}
    return [line[user_id] for user_id in user_ids]


async def promote(connection: AsyncConnection, team_id: str, product_id: str) -> list[SeatRow]:
    """Give the available seats of a product to those who wait for them, in order.

    A seat is given by whoever put its receiver into the line. To be called after `queueing` or `freeing`.
    """
    await lock_line(connection, team_id, product_id)
    givers = dict(await NEXT.rows(connection, team_id=team_id, product_id=product_id))
    if not givers:
        return []
    taken = await assignments.assign(connection, team_id, product_id, givers, None, all_or_nothing=False)
    await fulfil(connection, team_id, product_id, [seat.holder_id or "" for seat in taken.seats])
    return taken.seats


async def fulfil(connection: AsyncConnection, team_id: str, product_id: str, user_ids: Sequence[str]) -> None:
    """Make sources of the waits of people who hold a seat of the product now."""
    await FULFIL.run(connection, team_id=team_id, product_id=product_id, user_ids=list(user_ids))


async def of_members(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, list[WaitRow]]:
    """What each member waits for within `reach`, by member id, the longest wait first."""
    return grouped((row.member_id, row) for row in await _OF_MEMBERS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach) -> Definition[WaitRow]:
    """The line for a team's product within `reach`, in order; the parent is named by `pool_key`."""

    def rows(pool: ColumnElement[str]) -> Rows:
        of_team = Wait.team_id == func.split_part(pool, " ", 1, type_=ID)
        of_product = Wait.product_id == func.split_part(pool, " ", 2, type_=ID)
        return _rows().where(of_team, of_product, within(reach, Wait.team_id, Wait.user_id))

    return Definition(rows, [Wait.id.expression], WAITS)


def pool_key(team_id: str, product_id: str) -> str:
    """One name for a pool, which has no id of its own."""
    return f"{team_id} {product_id}"


def _rows() -> Rows:
    """A row a person and product: their oldest wait, which is their place."""
    earlier = aliased(Wait)
    first = ~exists().where(
        earlier.team_id == Wait.team_id,
        earlier.product_id == Wait.product_id,
        earlier.user_id == Wait.user_id,
        earlier.id < Wait.id,
    )
    member = (Membership.team_id == Wait.team_id) & (Membership.user_id == Wait.user_id)
    return select().select_from(Wait).join(Membership, member).where(first)


def _of_members(reach: Reach, ids: Sequence[str]) -> Rows:
    of_theirs = (Membership.id == any_of(ids), within(reach, Wait.team_id, Wait.user_id))
    return _rows().where(*of_theirs).order_by(Wait.id)


_OF_MEMBERS = RowQuery(WAITS, _of_members)
