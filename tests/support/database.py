"""Looks at the tests' database behind the gateway's back."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables.audit import AuditEvent, Event
from db.tables.metadata import METADATA
from db.tables.seats import Seat, SeatPeriod

# What a fingerprint leaves out, and why: a table, or a column of one.
TRACES = {
    "partner_tokens.last_used_at": "Every request with a token writes the time.",
    "sign_in_failures": "Every attempt to sign in is counted, also a dry run, so that guessing passwords gets slow.",
}


def compared_columns() -> dict[str, list[str]]:
    """The columns that a fingerprint covers, by table: every declared one that is not in `TRACES`, and the queue's."""
    declared = {
        name: [column.name for column in table.columns if f"{name}.{column.name}" not in TRACES]
        for name, table in METADATA.tables.items()
        if name not in TRACES
    }
    return {**declared, "jobs.pgqueuer": ["t.*"]}


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
        """Hashes of all rows of all tables but `TRACES`. If they are equal before and after, nothing was changed."""
        parts = [
            f"select '{table}', count(*), sum(hashtextextended(row({', '.join(columns)})::text, 0)) from {table} t"
            for table, columns in compared_columns().items()
        ]
        async with self.engine.connect() as connection:
            rows = await connection.execute(text(" union all ".join(parts)))
            return "\n".join(sorted(f"{table}: {rows} rows, {hashes}" for table, rows, hashes in rows))
