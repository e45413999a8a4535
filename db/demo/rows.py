"""Generated rows: they are collected here in Python, and then loaded into the database with COPY."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Table, text
from typeid.codecs.base32 import encode

from db.core import text_keys
from db.core.connection import Connection
from db.core.descriptions import Sql
from db.core.statements import Statement
from db.tables.metadata import METADATA
from db.tables.usage import SeatUsage
from domain.languages import Language
from domain.roles import Role
from domain.seats import DIRECT, Source, SourceKind

BATCH = 50_000
VARIANTS = 256  # one random byte selects one
WEEKEND = (6, 7)  # ISO
USAGE = SeatUsage.__tablename__

# No timeout while loading: a second process waits until the first one has loaded, and a transaction is idle while
# millions of rows are generated.
NO_TIMEOUTS = Statement(
    "no_timeouts",
    str,
    text("""
select set_config(name || '_timeout', '0', true)
from unnest(array['statement', 'lock', 'idle_in_transaction_session']) name
"""),
)
# Two processes that load at the same time must not both find the database empty. Only Usher uses this number.
LOCK = Statement("lock_for_loading", str, text("select pg_advisory_xact_lock(8374620196)::text"))
EMPTY = Statement(
    "is_empty",
    bool,
    text("""
select not exists (select from users) and not exists (select from teams) and not exists (select from products)
"""),
)
RESTART = Statement("restart_numbers", int, text("select setval(pg_get_serial_sequence(:table, :column), :last)"))

Row = tuple[Any, ...]


class Progress(Protocol):
    """Shows the progress of the loading. Each table is started once, and then advances to its total."""

    def start(self, table: str, total: int) -> None:
        """Begin the next table, which will have `total` rows."""

    def advance(self, table: str, rows: int) -> None:
        """Add the number of rows that were just loaded."""


class Subscription(NamedTuple):
    """A team's subscription of a product. Seats belong to it."""

    team_id: str
    product_id: str
    id: str
    starts_at: datetime


class Holder(NamedTuple):
    """The holder of a seat, the time of the assignment, the person who assigned it (`by`), and its sources."""

    user_id: str
    since: datetime
    by: str
    sources: tuple[Source, ...] = (DIRECT,)


class FormerHolder(NamedTuple):
    """A person who held a seat before, from when to when, and the person who assigned and unassigned it (`by`)."""

    user_id: str
    since: datetime
    until: datetime
    by: str


class UsagePeriod(NamedTuple):
    """A person used a seat on each day from `first` to the day before `end`."""

    team_id: str
    seat_id: str
    user_id: str
    first: date
    end: date


class Rows:
    """Generated rows of all tables. All random values come from `random`: the same calls give the same rows.

    `bought` is the number of seats of each subscription.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tables: defaultdict[str, list[Row]] = defaultdict(list)
        self._given: set[tuple[str, str, str | None]] = set()
        self.bought: Counter[Subscription] = Counter()
        self._usage_periods: list[UsagePeriod] = []

    def id(self, prefix: str, at: datetime) -> str:
        """Return a TypeID with that time in it, so that generated ids sort by time as real ids do."""
        milliseconds = int(at.timestamp() * 1000)
        low = self.random.getrandbits(74)
        number = milliseconds << 80 | 0x7 << 76 | (low >> 62) << 64 | 0b10 << 62 | low & (1 << 62) - 1  # UUID version 7
        return f"{prefix}_{encode(number.to_bytes(16, 'big'))}"

    def user(self, name: tuple[str, str], email: str, at: datetime, password_hash: str | None = None) -> str:
        """Add an account and return its id. Without a password hash nobody can sign in to it."""
        user_id = self.id("user", at)
        keys = text_keys.person_keys(*name, email).values()
        self.tables["users"].append(
            (user_id, email, *name, password_hash, at, at, *keys, Language.EN, None, True, None)
        )
        return user_id

    def team(self, name: str, at: datetime, *, separation_of_duties: bool = False) -> str:
        """Add a team and return its id."""
        team_id = self.id("team", at)
        settings = (separation_of_duties, False, Language.EN, None)
        self.tables["teams"].append((team_id, name, *settings, at, *text_keys.team_keys(name).values()))
        return team_id

    def member(self, team_id: str, user_id: str, role: Role, at: datetime) -> None:
        """Add a membership that is accepted."""
        name_key = ""  # a trigger writes it
        self.tables["memberships"].append((team_id, user_id, self.id("member", at), role, at, at, name_key, None))

    def group(self, team_id: str, name: str, user_ids: Iterable[str], at: datetime) -> str:
        """Add a group of these members of the team, and return its id."""
        group_id = self.id("group", at)
        self.tables["groups"].append((team_id, group_id, name, at, *text_keys.group_keys(name).values()))
        self.tables["group_members"].extend((team_id, group_id, user_id) for user_id in user_ids)
        return group_id

    def product(self, name: str, description: str, releases: dict[str, date]) -> str:
        """Add a product, and its releases with their days by name. Returns the product's id."""
        product_id = self.id("product", _midnight(min(releases.values())))
        self.tables["products"].append((product_id, name, description, None, *text_keys.product_keys(name).values()))
        for release, day in releases.items():
            self.tables["releases"].append((self.id("release", _midnight(day)), product_id, release, day))
        return product_id

    def seat(self, subscription: Subscription, holder: Holder | None = None, before: FormerHolder | None = None) -> str:
        """Add a seat and return its id. A seat with a holder also gets its sources and its open period."""
        seat_id = self.id("seat", subscription.starts_at)
        held = (holder.user_id, holder.since) if holder else (None, None)
        row = (subscription.team_id, seat_id, subscription.product_id, subscription.id, *held, None)
        self.tables["seats"].append(row)
        self.bought[subscription] += 1
        if before is not None:
            self._period(subscription, seat_id, before.user_id, (before.since, before.by, before.until, before.by))
        if holder is not None:
            self._period(subscription, seat_id, holder.user_id, (holder.since, holder.by, None, None))
            sources = self.tables["seat_sources"]
            for kind, group_id in holder.sources:
                source = (subscription.team_id, seat_id, holder.user_id, kind, group_id, holder.since, len(sources) + 1)
                sources.append(source)
                self._give_product(subscription, kind, group_id, (holder.by, holder.since))
        return seat_id

    def _give_product(self, subscription: Subscription, kind: SourceKind, group_id: str | None, by: Row) -> None:
        """Let the group or the team of a source give the product, if it does not give it yet."""
        if kind is SourceKind.DIRECT or (subscription.team_id, subscription.product_id, group_id) in self._given:
            return
        self._given.add((subscription.team_id, subscription.product_id, group_id))
        if group_id is not None:
            self.tables["group_products"].append((subscription.team_id, group_id, subscription.product_id, *by))
        else:
            self.tables["default_products"].append((subscription.team_id, subscription.product_id, *by))

    def _period(self, subscription: Subscription, seat_id: str, user_id: str, times: Row) -> None:
        periods = self.tables["seat_history"]
        periods.append((subscription.team_id, seat_id, len(periods) + 1, subscription.product_id, user_id, *times))

    def use(self, subscription: Subscription, seat_id: str, user_id: str, first: date, end: date) -> None:
        """Add usage of the seat by this person on each day from `first` to the day before `end`."""
        if first < end:
            self._usage_periods.append(UsagePeriod(subscription.team_id, seat_id, user_id, first, end))

    def count(self, table: str) -> int:
        """Return the number of rows that the table will have."""
        if table == USAGE:
            return sum((period.end - period.first).days for period in self._usage_periods)
        return len(self.tables[table])

    def records(self, table: str) -> Iterator[Row]:
        """Return the rows of the table. Their values are in the order of its columns."""
        return self._usage() if table == USAGE else iter(self.tables[table])

    def _usage(self) -> Iterator[Row]:
        """Yield one row for each day of usage, in the order of the primary key: so its index grows only at its end.

        Each row is one of the `VARIANTS` rows that are generated for its day: to generate each row would take minutes.
        """
        if not self._usage_periods:
            return
        start = min(period.first for period in self._usage_periods)
        days = (max(period.end for period in self._usage_periods) - start).days
        variants = [[self._day(start + timedelta(number)) for _ in range(VARIANTS)] for number in range(days)]
        for period in sorted(self._usage_periods):
            owner: Row = period[:3]
            used = variants[(period.first - start).days : (period.end - start).days]
            for of_day, choice in zip(used, self.random.randbytes(len(used)), strict=True):
                yield owner + of_day[choice]

    def _day(self, day: date) -> Row:
        """Return the day, the minutes, the sessions and the last use. They are short on weekends, and end that day."""
        minutes = self.random.randint(5, 120 if day.isoweekday() in WEEKEND else 480)
        last = _midnight(day) + timedelta(minutes=self.random.randint(6 * 60 + minutes, 24 * 60 - 1))
        return (day, minutes, self.random.randint(1, 1 + minutes // 60), last)


async def lock_and_check_empty(connection: Connection) -> bool:
    """Return whether the database is empty, and prevent other processes from loading until this transaction ends.

    It waits for a process that already loads.
    """
    await NO_TIMEOUTS.run(connection)
    await LOCK.run(connection)
    [is_empty] = await EMPTY.rows(connection)
    return is_empty


async def write(connection: Connection, rows: Rows, progress: Progress | None = None) -> None:
    """Load the rows, and update the statistics of the query planner."""
    loaded = [table for table in METADATA.sorted_tables if rows.count(table.name)]
    for table in loaded:
        if progress:
            progress.start(table.name, rows.count(table.name))
        records, stored = rows.records(table.name), [one.name for one in table.columns if one.computed is None]
        while batch := list(islice(records, BATCH)):
            await connection.driver.copy_records_to_table(table.name, columns=stored, records=batch)
            if progress:
                progress.advance(table.name, len(batch))
        await _restart(connection, table, rows.count(table.name))
    await connection.fetch(Sql("analyze", f"analyze {', '.join(table.name for table in loaded)}", ()))


async def _restart(connection: Connection, table: Table, last: int) -> None:
    """Let the numbers that the table assigns continue after those of the loaded rows."""
    for column in table.columns:
        if column.identity is not None:
            await RESTART.run(connection, table=table.name, column=column.name, last=last)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
