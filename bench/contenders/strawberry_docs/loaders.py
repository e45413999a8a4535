"""The data loaders of a request, as the documentation of Strawberry and SQLAlchemy shows them.

Each batch opens its own session, because tasks that run at the same time must not share an `AsyncSession`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from strawberry.dataloader import DataLoader

from db.tables import catalogue as catalogue_tables
from db.tables import groups as group_tables
from db.tables import seats as seat_tables
from db.tables import usage as usage_tables

Sessions = async_sessionmaker[AsyncSession]
HolderKey = tuple[str, str]
PoolCounts = tuple[catalogue_tables.Product, int, int]
UsageKey = tuple[str, date, date]
Sums = tuple[int, int, object]


@dataclass
class Loaders:
    """Data loaders of a request.

    They load products by id, usage by (seat, days), and all others by (team, person): the seats that the person holds,
    their number, the pools of which the person holds no seat, and the groups of the person.
    """

    sessions: Sessions

    def __post_init__(self) -> None:
        """Create the loaders. Their caches live as long as the request."""
        self.products = DataLoader(load_fn=self._products)
        self.seats = DataLoader(load_fn=self._seats)
        self.seat_counts = DataLoader(load_fn=self._seat_counts)
        self.usage = DataLoader(load_fn=self._usage)
        self.unassigned_pools = DataLoader(load_fn=self._unassigned_pools)
        self.groups = DataLoader(load_fn=self._groups)

    async def _products(self, keys: list[str]) -> list[catalogue_tables.Product | None]:
        async with self.sessions() as session:
            rows = (
                await session.scalars(select(catalogue_tables.Product).where(catalogue_tables.Product.id.in_(keys)))
            ).all()
        found = {row.id: row for row in rows}
        return [found.get(key) for key in keys]

    async def _seats(self, keys: list[HolderKey]) -> list[list[seat_tables.Seat]]:
        query = (
            select(seat_tables.Seat)
            .where(tuple_(seat_tables.Seat.team_id, seat_tables.Seat.holder_id).in_(keys))
            .order_by(seat_tables.Seat.id)
        )
        async with self.sessions() as session:
            rows = (await session.scalars(query)).all()
        found = defaultdict(list)
        for row in rows:
            found[row.team_id, row.holder_id].append(row)
        return [found[key] for key in keys]

    async def _seat_counts(self, keys: list[HolderKey]) -> list[int]:
        query = (
            select(seat_tables.Seat.team_id, seat_tables.Seat.holder_id, func.count())
            .where(tuple_(seat_tables.Seat.team_id, seat_tables.Seat.holder_id).in_(keys))
            .group_by(seat_tables.Seat.team_id, seat_tables.Seat.holder_id)
        )
        async with self.sessions() as session:
            rows = (await session.execute(query)).all()
        found = {(team_id, holder_id): number for team_id, holder_id, number in rows}
        return [found.get(key, 0) for key in keys]

    async def _usage(self, keys: list[UsageKey]) -> list[Sums]:
        seats, since, until = [key[0] for key in keys], keys[0][1], keys[0][2]
        query = (
            select(
                seat_tables.Seat.id,
                func.sum(usage_tables.SeatUsage.minutes),
                func.sum(usage_tables.SeatUsage.sessions),
                func.max(usage_tables.SeatUsage.last_used_at),
            )
            .join(
                usage_tables.SeatUsage,
                (usage_tables.SeatUsage.team_id == seat_tables.Seat.team_id)
                & (usage_tables.SeatUsage.seat_id == seat_tables.Seat.id)
                & (usage_tables.SeatUsage.user_id == seat_tables.Seat.holder_id),
            )
            .where(seat_tables.Seat.id.in_(seats), usage_tables.SeatUsage.day.between(since, until))
            .group_by(seat_tables.Seat.id)
        )
        async with self.sessions() as session:
            rows = (await session.execute(query)).all()
        found: dict[str, Sums] = {id_: (minutes, sessions, last) for id_, minutes, sessions, last in rows}
        return [found.get(seat, (0, 0, None)) for seat in seats]

    async def _unassigned_pools(self, keys: list[HolderKey]) -> list[list[PoolCounts]]:
        seat, subscription, product = seat_tables.Seat, seat_tables.Subscription, catalogue_tables.Product
        today = func.current_date()
        counts = (
            select(seat.team_id, product, func.count(), func.count() - func.count(seat.holder_id))
            .join(subscription, (subscription.team_id == seat.team_id) & (subscription.id == seat.subscription_id))
            .join(product, product.id == seat.product_id)
            .where(seat.team_id.in_({team_id for team_id, _ in keys}))
            .where(seat.retired_at.is_(None), today.between(subscription.starts_on, subscription.held_until))
            .where(seat.holder_id.is_not(None) | (today <= subscription.ends_on))
            .group_by(seat.team_id, product.id)
            .order_by(product.name_key, product.id)
        )
        holders = select(seat.team_id, seat.holder_id, seat.product_id).where(
            tuple_(seat.team_id, seat.holder_id).in_(keys)
        )
        async with self.sessions() as session:
            rows = (await session.execute(counts)).all()
            held = {(team_id, holder_id, id_) for team_id, holder_id, id_ in await session.execute(holders)}
        pools = defaultdict(list)
        for team_id, row, total, available in rows:
            pools[team_id].append((row, total, available))
        return [[pool for pool in pools[key[0]] if (*key, pool[0].id) not in held] for key in keys]

    async def _groups(self, keys: list[HolderKey]) -> list[list[group_tables.Group]]:
        group, member = group_tables.Group, group_tables.GroupMember
        query = (
            select(member.team_id, member.user_id, group)
            .join(group, (group.team_id == member.team_id) & (group.id == member.group_id))
            .where(tuple_(member.team_id, member.user_id).in_(keys))
            .order_by(group.name_key, group.id)
        )
        async with self.sessions() as session:
            rows = (await session.execute(query)).all()
        found = defaultdict(list)
        for team_id, user_id, row in rows:
            found[team_id, user_id].append(row)
        return [found[key] for key in keys]
