"""The statements that assign and free seats. `db.seats.reassignments` has the one that moves them.

Each one changes a seat, its sources and its history together, so that none is forgotten. It is conditional and returns
what it could not do: no count beforehand decides that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.seats.seats import SeatRow
from db.tables.types import ID
from domain.seats import Source


class Assigned(NamedTuple):
    """The seats that were given, in order; the people who got none, in order; and seats held before, by user id."""

    seats: list[SeatRow]
    unserved: list[str]
    held: dict[str, SeatRow]


class AssignmentRow(NamedTuple):
    """The `n`-th seat that was given. If `n` is None, a seat that was already held."""

    seat: SeatRow
    n: int | None


class Ended(NamedTuple):
    """The result for the seat of one person when sources ended.

    `ended`: the seat had such a source. `freed`: no source remains. `group_ids`: the groups that still give the seat.
    """

    seat_id: str
    user_id: str
    product_id: str
    ended: bool
    freed: bool
    group_ids: list[str]


async def holders(connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str]) -> set[str]:
    """The user ids of those of these people who hold a seat of this product in this team."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids)}
    return set(await HOLDERS.rows(connection, **values))


# A day that the caller names, or else today (UTC).
TODAY = "coalesce(cast(:today as date), current_date)"
# The time of each seat is read in the order of the people: an update has no order of its own, and who held a seat
# longest would be left to chance.
# The subscription that ends last gives its seats first, so that few holders have to move when another one ends. The
# index has the seats of each subscription in order: of a large pool, only as many are read as are wanted. The rows
# of `free` must not be sorted by seat: then seats of all subscriptions would be locked.
# If a team is newer than the database's statistics, the planner expects one row of seats, and then nests loops over
# CTEs: 10 s for 5,000 people. Unnest, an index and a hashed `in` join lists quickly whatever the planner expects.
ASSIGN_SQL = """
with held as (
    select s.id, s.team_id, s.product_id, s.holder_id, s.assigned_at from seats s
    where s.team_id = :team_id and s.product_id = :product_id and s.holder_id = any(:user_ids){or_waiting}
), wanted as (
    select w.user_id, w.given_by, w.place
    from unnest(:user_ids, :givers) with ordinality as w (user_id, given_by, place)
    where w.user_id not in (select holder_id from held){unless_held}
), active as (
    select p.id, p.ends_on from subscriptions p
    where p.team_id = :team_id and p.product_id = :product_id and {today} between p.starts_on and p.ends_on
    order by p.ends_on desc, p.id
), free as (
    select active.ends_on, active.id as subscription_id, seat.id
    from active
    cross join lateral (
        select s.id from seats s
        where s.team_id = :team_id and s.product_id = :product_id and s.subscription_id = active.id
          and s.holder_id is null and s.retired_at is null
        order by s.id
        limit (select count(*) from wanted)
        for update {skip_locked}
    ) seat
    order by active.ends_on desc, active.id
    limit (select count(*) from wanted)
), paired as materialized (
    select cast(:team_id as text) as team_id, pair.id, pair.user_id, pair.given_by, pair.n, clock_timestamp() as at
    from unnest(
        (select array_agg(id order by ends_on desc, subscription_id, id) from free),
        (select array_agg(user_id order by place) from wanted),
        (select array_agg(given_by order by place) from wanted)
    ) with ordinality as pair (id, user_id, given_by, n)
    where pair.id is not null
), taken as (
    update seats
    set holder_id = paired.user_id, assigned_at = paired.at
    from paired
    where seats.team_id = paired.team_id and seats.id = paired.id
    returning seats.id, seats.team_id, seats.product_id, seats.holder_id, seats.assigned_at, paired.given_by,
              paired.n
), sourced as (
    insert into seat_sources (team_id, seat_id, holder_id, kind, group_id, created_at)
    select team_id, id, holder_id, cast(:kind as text), cast(:group_id as text), assigned_at from taken
    where cast(:kind as text) is not null
), opened as (
    insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by)
    select team_id, id, product_id, holder_id, assigned_at, given_by from taken order by n
){recording}
select id as seat_id, team_id as seat_team_id, product_id as seat_product_id, holder_id as seat_holder_id,
       cast(to_json(assigned_at) as text) as seat_assigned_at, n
from taken
union all
select id, team_id, product_id, holder_id, cast(to_json(assigned_at) as text), null from held
order by n
"""

# The parts of the statement that only `db.seats.at_once` uses.
_ALONE = {"or_waiting": "", "unless_held": "", "recording": "", "today": TODAY}
PEOPLE, GIVERS, PASSED_OVER = (bindparam(name, type_=ARRAY(ID)) for name in ("user_ids", "givers", "passed_over"))
HOLDERS = Statement(
    "holders",
    str,
    text("""
select holder_id from seats where team_id = :team_id and product_id = :product_id and holder_id = any(:user_ids)
""").bindparams(PEOPLE),
)
ASSIGN_SKIPPING_LOCKED = Statement(
    "assign_skipping_locked",
    AssignmentRow,
    text(ASSIGN_SQL.format(skip_locked="skip locked", **_ALONE)).bindparams(PEOPLE, GIVERS),
)
ASSIGN_WAITING = Statement(
    "assign_waiting", AssignmentRow, text(ASSIGN_SQL.format(skip_locked="", **_ALONE)).bindparams(PEOPLE, GIVERS)
)

ADD_SOURCE = Statement(
    "add_source",
    SeatRow,
    text("""
with added as (
    insert into seat_sources (team_id, seat_id, holder_id, kind, group_id)
    select team_id, id, holder_id, cast(:kind as text), cast(:group_id as text) from seats
    where team_id = :team_id and product_id = :product_id and holder_id = any(:user_ids)
    on conflict do nothing
    returning team_id, seat_id
)
select s.id, s.team_id, s.product_id, s.holder_id, cast(to_json(s.assigned_at) as text) as assigned_at
from seats s join added on added.team_id = s.team_id and added.seat_id = s.id
""").bindparams(PEOPLE),
)


async def assign(
    connection: Connection,
    team_id: str,
    product_id: str,
    givers: Mapping[str, str],
    source: Source | None,
    *,
    all_or_nothing: bool,
    today: date | None = None,
) -> Assigned:
    """Give each of these people a seat, in order, until no seat is available; `givers` maps them to who gives the seat.

    A person who already holds a seat gets no second one. Only seats of subscriptions that are active `today` (None: the
    day of the database) are given, first those of the subscription that ends last. If `source` is None, the caller must
    add a source. The
    memberships must be locked, or else the waits of these people. The first attempt skips seats that others have
    locked. If it finds too few, it is undone, and the second attempt waits for the others, because only then is a
    shortage certain. It holds no seat when it begins to wait, and locks seats in the order in which they are given, so
    two of them never wait for each other. (The undo is needed even for one person: a seat that somebody has just got is
    locked before the statement sees that it is no longer available.)
    """
    kind, group_id = source or (None, None)
    pool = {"team_id": team_id, "product_id": product_id}
    people = {"user_ids": list(givers), "givers": list(givers.values())}
    values = {**pool, **people, "kind": kind, "group_id": group_id, "today": today}
    savepoint = await connection.savepoint()
    assigned = await _run(connection, ASSIGN_SKIPPING_LOCKED, values)
    if not assigned.unserved:
        return assigned
    await savepoint.rollback()
    assigned = await _run(connection, ASSIGN_WAITING, values)
    if assigned.unserved and all_or_nothing:
        await savepoint.rollback()
        return Assigned([], assigned.unserved, assigned.held)
    return assigned


async def add_source(
    connection: Connection, team_id: str, product_id: str, user_ids: Sequence[str], source: Source
) -> list[SeatRow]:
    """Add a source to the seats of these people that do not have it yet. Returns these seats, in no certain order."""
    values = {"team_id": team_id, "product_id": product_id, "user_ids": list(user_ids), **source._asdict()}
    return await ADD_SOURCE.rows(connection, **values)


async def _run(connection: Connection, statement: Statement[AssignmentRow], values: dict[str, Any]) -> Assigned:
    rows = await statement.rows(connection, **values)
    seats = [row.seat for row in rows if row.n is not None]
    held = {row.seat.holder_id or "": row.seat for row in rows if row.n is None}
    unserved = [user_id for user_id in values["user_ids"] if user_id not in held]
    return Assigned(seats, unserved[len(seats) :], held)


# The sources that end: one, or all if the kind is null.
ENDS = "(cast(:kind as text) is null or (r.kind = :kind and r.group_id is not distinct from :group_id))"
FREE_SQL = """
with held as (
    select s.team_id, s.id, s.product_id, s.holder_id
    from seats s
    where s.team_id = :team_id and s.holder_id = any(:user_ids)
      and (cast(:product_id as text) is null or s.product_id = :product_id)
      and s.product_id <> all(:passed_over){unless_waited_for}
    order by s.id
    for update
), dropped as (
    delete from seat_sources r using held
    where r.team_id = held.team_id and r.seat_id = held.id and {ends}
    returning r.seat_id
), kept as materialized (
    select held.*,
           exists (select from seat_sources r
                   where r.team_id = held.team_id and r.seat_id = held.id and not {ends}) as is_kept,
           array(select r.group_id from seat_sources r
                 where r.team_id = held.team_id and r.seat_id = held.id and not {ends}
                   and r.group_id is not null
                 order by r.group_id) as group_ids
    from held
), freed as (
    update seats set holder_id = null, assigned_at = null
    from kept
    where seats.team_id = kept.team_id and seats.id = kept.id and not kept.is_kept
    returning seats.team_id, seats.id
), closed as (
    update seat_history h set ended_at = clock_timestamp(), ended_by = :by
    from freed
    where h.team_id = freed.team_id and h.seat_id = freed.id and h.ended_at is null
){recording}
select id as seat_id, holder_id as user_id, product_id, id in (select seat_id from dropped) as ended,
       not is_kept as freed, group_ids
from kept
order by id
"""
FREE = Statement(
    "free",
    Ended,
    text(FREE_SQL.format(ends=ENDS, unless_waited_for="", recording="")).bindparams(PEOPLE, PASSED_OVER),
)


async def free(
    connection: Connection,
    team_id: str,
    product_id: str | None,
    user_ids: Sequence[str],
    source: Source | None,
    by: str,
    *,
    passed_over: Collection[str] = (),
) -> list[Ended]:
    """End a source (None: every one) of these people's seats, of one product or of all but those in `passed_over`.

    Returns one `Ended` for each seat. If its last source ends, the seat is freed. The memberships must be locked.
    """
    kind, group_id = source or (None, None)
    pool = {"team_id": team_id, "product_id": product_id, "passed_over": list(passed_over)}
    values = {**pool, "kind": kind, "group_id": group_id, "user_ids": list(user_ids), "by": by}
    return await FREE.rows(connection, **values)
