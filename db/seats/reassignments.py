"""The statement that moves a seat from one person to another, with its sources and its history."""

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from db.seats.seats import SeatRow

MOVE = Statement(
    "move",
    SeatRow,
    text("""
with moved as (
    update seats s set holder_id = :to_id, assigned_at = clock_timestamp()
    where s.team_id = :team_id and s.id = :seat_id and s.holder_id = :from_id
      and not exists (
        select from seats o where o.team_id = s.team_id and o.product_id = s.product_id and o.holder_id = :to_id
      )
      and not exists (
        select from seat_sources r where r.team_id = s.team_id and r.seat_id = s.id and r.kind <> 'direct'
      )
      and s.subscription_id in (
        select p.id from subscriptions p where p.team_id = s.team_id and current_date between p.starts_on and p.ends_on
      )
    returning s.id, s.team_id, s.product_id, s.holder_id, s.assigned_at
), dropped as (
    delete from seat_sources d using moved
    where d.team_id = moved.team_id and d.seat_id = moved.id
    returning d.seat_id
), closed as (
    update seat_history h set ended_at = moved.assigned_at, ended_by = :by
    from moved
    where h.team_id = moved.team_id and h.seat_id = moved.id and h.ended_at is null
    returning h.seat_id
), sourced as (  -- reads `dropped`, as `opened` reads `closed`: the old row must be gone before the new one is inserted
    insert into seat_sources (team_id, seat_id, holder_id, kind, created_at)
    select m.team_id, m.id, m.holder_id, 'direct', m.assigned_at from moved m join dropped on dropped.seat_id = m.id
), opened as (
    insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by)
    select m.team_id, m.id, m.product_id, m.holder_id, m.assigned_at, :by
    from moved m join closed on closed.seat_id = m.id
)
select id, team_id, product_id, holder_id, cast(to_json(assigned_at) as text) as assigned_at from moved
"""),
)


async def move(connection: Connection, team_id: str, seat_id: str, from_id: str, to_id: str, by: str) -> SeatRow | None:
    """Move a seat from one person to another. Returns None if that is not possible; then nothing has changed.

    It is possible if `from_id` holds the seat with the direct source only, `to_id` holds no seat of the product, and
    the seat's subscription is active today. The memberships must be locked.
    """
    values = {"team_id": team_id, "seat_id": seat_id, "from_id": from_id, "to_id": to_id, "by": by}
    return await MOVE.row(connection, **values)
