"""Looks at the tests' database behind the gateway's back."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import AuditEvent, Event
from db.tables import Seat, SeatPeriod

# partner_tokens is looked at less its last_used_at, which is a trace of the request and no change it made.
CHANGEABLE = (
    "users",
    "teams",
    "memberships",
    "groups",
    "group_members",
    "seats",
    "seat_sources",
    "seat_history",
    "sessions",
    "audit_events",
    "events",
    "answers",
    "invitations",
    "group_products",
    "default_products",
    "waits",
    "seat_requests",
    "jobs.pgqueuer",
)


@dataclass(frozen=True)
class Looking:
    """What is in the rows, of one team or of all."""

    engine: AsyncEngine

    async def free_seats(self, team_id: str, product_id: str) -> list[str]:
        """The available seats of a pool, by id."""
        query = select(Seat.id).where(Seat.team_id == team_id, Seat.product_id == product_id, Seat.holder_id.is_(None))
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def holders(self, team_id: str, product_id: str) -> list[str]:
        """Who holds a seat of a pool, by id."""
        query = select(func.coalesce(Seat.holder_id, "")).where(
            Seat.team_id == team_id, Seat.product_id == product_id, Seat.holder_id.is_not(None)
        )
        async with self.engine.connect() as connection:
            return sorted((await connection.execute(query)).scalars())

    async def history(self, team_id: str, product_id: str) -> list[tuple[str, bool]]:
        """Who held a seat of a pool, in order, and whether they still do."""
        query = (
            select(SeatPeriod.holder_id, SeatPeriod.ended_at.is_(None))
            .where(SeatPeriod.team_id == team_id, SeatPeriod.product_id == product_id)
            .order_by(SeatPeriod.id)
        )
        async with self.engine.connect() as connection:
            return [(row[0], row[1]) for row in await connection.execute(query)]

    async def trail(self, team_id: str) -> list[str]:
        """The actions in a team's audit log, in order; each has its event."""
        async with self.engine.connect() as connection:
            rows = (
                await connection.execute(
                    select(AuditEvent.action).where(AuditEvent.team_id == team_id).order_by(AuditEvent.id)
                )
            ).scalars()
            events = (
                await connection.execute(select(Event.kind).where(Event.team_id == team_id).order_by(Event.id))
            ).scalars()
            trail = list(rows)
            # Transactions that run at once may take their numbers in one table and in the other in another order.
            assert sorted(trail) == sorted(events)
            return trail

    async def fingerprint(self) -> str:
        """A hash of everything that a mutation could have changed; equal before and after means nothing was."""
        parts = [f"select '{t}', count(*), sum(hashtextextended(t::text, 0)) from {t} t" for t in CHANGEABLE]
        parts.append(
            "select 'partner_tokens', count(*), sum(hashtextextended(id || coalesce(revoked_at::text, ''), 0)) "
            "from partner_tokens"
        )
        async with self.engine.connect() as connection:
            rows = await connection.execute(text(" union all ".join(parts)))
            return "\n".join(sorted(f"{table}: {rows} rows, {hashes}" for table, rows, hashes in rows))
