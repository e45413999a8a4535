"""Made-up rows and their way into the database: collected here in Python, then loaded with COPY."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection
from typeid.codecs.base32 import encode

from db.tables.metadata import METADATA
from db.tables.usage import SeatUsage
from domain.roles import Role
from domain.seats import DIRECT, Source, SourceKind

BATCH = 50_000
SHAPES = 256  # one random byte chooses one
WEEKEND = (6, 7)  # ISO
USAGE = SeatUsage.__tablename__

# The second of two that load waits as long as the first takes; the time to put millions of rows together is idle time.
WAIT = text("""
    select set_config(name || '_timeout', '0', true)
    from unnest(array['statement', 'lock', 'idle_in_transaction_session']) name""")
# Two that load at once must not both find the database empty; the number is Usher's own.
LOCK = text("select pg_advisory_xact_lock(8374620196)")
EMPTY = text(
    "select not exists (select from users) and not exists (select from teams) and not exists (select from products)"
)
RESTART = text("select setval(pg_get_serial_sequence(:table, :column), :last)")

Row = tuple[Any, ...]


class Progress(Protocol):
    """Is told how the loading goes on: each table is started once, and advances up to its total."""

    def start(self, table: str, total: int) -> None:
        """The next table, and how many rows it will have."""

    def advance(self, table: str, rows: int) -> None:
        """So many more rows are loaded."""


class Pool(NamedTuple):
    """What seats are made in: a team's subscription of a product, from a day on."""

    team_id: str
    product_id: str
    subscription_id: str
    starts_at: datetime


class Hold(NamedTuple):
    """Who holds a seat, since when, for which reasons, and who gave it."""

    user_id: str
    since: datetime
    by: str
    sources: tuple[Source, ...] = (DIRECT,)


class Period(NamedTuple):
    """Who held a seat before, from when to when, and who gave it and took it back."""

    user_id: str
    since: datetime
    until: datetime
    by: str


class Stretch(NamedTuple):
    """Days (from the `first`, up to but without the `end`) on each of which somebody used a seat."""

    team_id: str
    seat_id: str
    user_id: str
    first: date
    end: date


class Rows:
    """Made-up rows of all tables. Everything random is drawn from `random`: the same draws give the same rows."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tables: defaultdict[str, list[Row]] = defaultdict(list)
        self._given: set[tuple[str, str, str | None]] = set()
        self._stretches: list[Stretch] = []

    def id(self, prefix: str, at: datetime) -> str:
        """A TypeID as if made at that time, so that ids sort by time as real ones do."""
        milliseconds = int(at.timestamp() * 1000)
        low = self.random.getrandbits(74)
        number = milliseconds << 80 | 0x7 << 76 | (low >> 62) << 64 | 0b10 << 62 | low & (1 << 62) - 1  # UUID version 7
        return f"{prefix}_{encode(number.to_bytes(16, 'big'))}"

    def user(self, name: tuple[str, str], email: str, at: datetime, password_hash: str | None = None) -> str:
        """An account; without a password hash nobody can sign in to it."""
        user_id = self.id("user", at)
        self.tables["users"].append((user_id, email, *name, password_hash, at))
        return user_id

    def team(self, name: str, at: datetime, *, separation_of_duties: bool = False) -> str:
        """A team."""
        team_id = self.id("team", at)
        self.tables["teams"].append((team_id, name, separation_of_duties, at))
        return team_id

    def member(self, team_id: str, user_id: str, role: Role, at: datetime) -> None:
        """A membership."""
        self.tables["memberships"].append((team_id, user_id, self.id("member", at), role, at, at))

    def group(self, team_id: str, name: str, user_ids: Iterable[str], at: datetime) -> str:
        """A group of these members of the team."""
        group_id = self.id("group", at)
        self.tables["groups"].append((team_id, group_id, name, at))
        self.tables["group_members"].extend((team_id, group_id, user_id) for user_id in user_ids)
        return group_id

    def product(self, name: str, description: str, releases: dict[str, date]) -> str:
        """A product with the days its releases came out on, by their names."""
        product_id = self.id("product", _midnight(min(releases.values())))
        self.tables["products"].append((product_id, name, description))
        for release, day in releases.items():
            self.tables["releases"].append((self.id("release", _midnight(day)), product_id, release, day))
        return product_id

    def subscription(self, team_id: str, product_id: str, starts_on: date, ends_on: date) -> Pool:
        """A subscription, without seats as yet."""
        starts_at = _midnight(starts_on)
        pool = Pool(team_id, product_id, self.id("sub", starts_at), starts_at)
        self.tables["subscriptions"].append((team_id, pool.subscription_id, product_id, starts_on, ends_on))
        return pool

    def seat(self, pool: Pool, hold: Hold | None = None, before: Period | None = None) -> str:
        """A seat, available or held (then with its sources and its open period), and who held it before."""
        seat_id = self.id("seat", pool.starts_at)
        holder = (hold.user_id, hold.since) if hold else (None, None)
        self.tables["seats"].append((pool.team_id, seat_id, pool.product_id, pool.subscription_id, *holder))
        if before is not None:
            self._period(pool, seat_id, before.user_id, (before.since, before.by, before.until, before.by))
        if hold is not None:
            self._period(pool, seat_id, hold.user_id, (hold.since, hold.by, None, None))
            sources = self.tables["seat_sources"]
            for kind, group_id in hold.sources:
                source = (pool.team_id, seat_id, hold.user_id, kind, group_id, hold.since, len(sources) + 1)
                sources.append(source)
                self._gives(pool, kind, group_id, (hold.by, hold.since))
        return seat_id

    def _gives(self, pool: Pool, kind: SourceKind, group_id: str | None, by: Row) -> None:
        """A group, or the team, gives a product if anybody has it for that reason."""
        if kind is SourceKind.DIRECT or (pool.team_id, pool.product_id, group_id) in self._given:
            return
        self._given.add((pool.team_id, pool.product_id, group_id))
        if group_id is not None:
            self.tables["group_products"].append((pool.team_id, group_id, pool.product_id, *by))
        else:
            self.tables["default_products"].append((pool.team_id, pool.product_id, *by))

    def _period(self, pool: Pool, seat_id: str, user_id: str, times: Row) -> None:
        periods = self.tables["seat_history"]
        periods.append((pool.team_id, seat_id, len(periods) + 1, pool.product_id, user_id, *times))

    def use(self, pool: Pool, seat_id: str, user_id: str, first: date, end: date) -> None:
        """Somebody used the seat on every day from the `first` up to, but without, the `end`."""
        if first < end:
            self._stretches.append(Stretch(pool.team_id, seat_id, user_id, first, end))

    def count(self, table: str) -> int:
        """How many rows the table will have."""
        if table == USAGE:
            return sum((stretch.end - stretch.first).days for stretch in self._stretches)
        return len(self.tables[table])

    def records(self, table: str) -> Iterator[Row]:
        """The rows of the table, in the order of its columns."""
        return self._usage() if table == USAGE else iter(self.tables[table])

    def _usage(self) -> Iterator[Row]:
        """A row a day, chosen among some hundred that are drawn for the day: to draw each would take minutes.

        In the order of the primary key, whose index then grows at its end only.
        """
        if not self._stretches:
            return
        start = min(stretch.first for stretch in self._stretches)
        days = (max(stretch.end for stretch in self._stretches) - start).days
        shapes = [[self._shape(start + timedelta(number)) for _ in range(SHAPES)] for number in range(days)]
        for stretch in sorted(self._stretches):
            owner: Row = stretch[:3]
            used = shapes[(stretch.first - start).days : (stretch.end - start).days]
            for shape, choice in zip(used, self.random.randbytes(len(used)), strict=True):
                yield owner + shape[choice]

    def _shape(self, day: date) -> Row:
        """Day, minutes, sessions and last use: short on weekends, and over before the day is."""
        minutes = self.random.randint(5, 120 if day.isoweekday() in WEEKEND else 480)
        last = _midnight(day) + timedelta(minutes=self.random.randint(6 * 60 + minutes, 24 * 60 - 1))
        return (day, minutes, self.random.randint(1, 1 + minutes // 60), last)


async def claim(connection: AsyncConnection) -> bool:
    """Whether the database is empty, and is this transaction's to load until it ends; waits for others that load."""
    await connection.execute(WAIT)
    await connection.execute(LOCK)
    return bool(await connection.scalar(EMPTY))


async def write(connection: AsyncConnection, rows: Rows, progress: Progress | None = None) -> None:
    """Load the rows, and tell the planner what is there now."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    loaded = [table for table in METADATA.sorted_tables if rows.count(table.name)]
    for table in loaded:
        if progress:
            progress.start(table.name, rows.count(table.name))
        records = rows.records(table.name)
        while batch := list(islice(records, BATCH)):
            await driver.copy_records_to_table(table.name, columns=table.columns.keys(), records=batch)
            if progress:
                progress.advance(table.name, len(batch))
        await _restart(connection, table, rows.count(table.name))
    await connection.execute(text(f"analyze {', '.join(table.name for table in loaded)}"))


async def _restart(connection: AsyncConnection, table: Table, last: int) -> None:
    """Let the table's own numbers go on behind those that the rows brought along."""
    for column in table.columns:
        if column.identity is not None:
            values = {"table": table.name, "column": column.name, "last": last}
            await connection.execute(RESTART, values)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
