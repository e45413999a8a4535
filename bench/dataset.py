"""The database that all contenders share, and the people who act in it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import NamedTuple, TypeVar

from sqlalchemy import bindparam, insert, text

from bench.plan import FULL, Plan
from db.audit import policy_texts
from db.contracts import contracts, subscriptions
from db.contracts.subscriptions import NewSubscription
from db.core import ids, migrate
from db.core.connection import Connection
from db.core.database import Database
from db.core.statements import Statement
from db.core.text_keys import product_keys
from db.demo import seed as seeding
from db.embedded import server as embedded
from db.tables.access import Session
from domain.credentials import CredentialKind, issue
from domain.terms import MAX_MONTHS
from gateway.cli.progress import ProgressBars
from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy

T = TypeVar("T")

SEED = 1
PRODUCT = "Bench"
"""The product whose seats the bench assigns. It is used for nothing else, so the data of the views does not change."""

LARGE = 1_000
"""How many members the large team has at least."""
GROUPS = 3
"""How many groups the team of the member page has at least."""
DAYS = 30


class Size(NamedTuple):
    """The number of teams and users in a database."""

    teams: int
    users: int


class Team(NamedTuple):
    """A team with the number of its members, and the user id of a coordinator."""

    id: str
    members: int
    coordinator: str


class ProductSeat(NamedTuple):
    """A product, and a seat of it."""

    product_id: str
    seat_id: str


SIZE = Statement(
    "size", Size, text("select (select count(*) from teams) as teams, (select count(*) from users) as users")
)
# The smallest team with at least this number of members, or the largest team if there is none. Teams with at least this
# number of groups come first.
TEAM = Statement(
    "team",
    Team,
    text("""
select t.id, count(*) as members,
       min(m.user_id) filter (where m.role = 'software_coordinator') as coordinator
from teams t join memberships m on m.team_id = t.id
where not t.separation_of_duties
group by t.id
having count(*) filter (where m.role = 'software_coordinator') > 0
order by (select count(*) from groups g where g.team_id = t.id) >= :groups desc,
         count(*) >= :members desc, case when count(*) >= :members then count(*) else -count(*) end, t.id
limit 1
"""),
)
HOLDER = Statement(
    "holder",
    str,
    text("""
select holder_id from seats s join memberships m on m.team_id = s.team_id and m.user_id = s.holder_id
where s.team_id = :team and m.role = 'user'
group by holder_id order by abs(count(*) - 5), holder_id limit 1
"""),
)
PEOPLE = Statement(
    "people",
    str,
    text("""
select user_id from memberships where team_id = :team and user_id <> :actor and role = 'user' order by user_id limit :n
"""),
)
ADD_PRODUCT = Statement(
    "add_product",
    NoneType,
    text("""
insert into products (id, name, description, name_key, text_version)
values (:product, :name, 'For the bench', :name_key, :text_version)
"""),
)
PRODUCT_SEAT = Statement(
    "product_seat",
    ProductSeat,
    text("""
select s.product_id, s.id as seat_id from seats s join products p on p.id = s.product_id where p.name = :name
order by s.id limit 1
"""),
)
POLICY = Statement("policy", str, text("select hash from policies order by first_used_at desc limit 1"))
LAST_DAY = Statement("last_day", date, text("select max(day) from seat_usage"))
VERSION = Statement("version", str, text("show server_version"))
OPEN_SESSION = Statement(
    "bench_session",
    NoneType,
    insert(Session).values({name: bindparam(name) for name in ("id", "user_id", "token_hash", "expires_at")}),
)
NO_TIMEOUT = Statement("no_timeout", NoneType, text("set statement_timeout = 0"))
VACUUM = Statement("vacuum", NoneType, text("vacuum analyze"))


@dataclass(frozen=True, slots=True)
class WalkedTeam:
    """A team whose members are read page by page: its id, the session token of a coordinator, and the days of usage."""

    id: str
    coordinator: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class BenchData:
    """The ids, tokens and dates that requests use.

    `team` is the id of a team with about a hundred members, `grouped` of one with groups, and `large` of one with a
    thousand members or more, if there is one. `coordinator`, `grouped_coordinator` and `large_coordinator` are session
    tokens of their coordinators, and `large_actor` is the user id of the last one. `viewer` is the session token of a
    plain user of `team` who holds about five seats. `people` are the user ids of members of `large` who hold no seat of
    `product`. Its pool has a seat for each of them, and `seat` is one of these seats. `policy` is the hash of the
    policy, and `postgres` the version of the server.
    """

    team: str
    coordinator: str
    viewer: str
    grouped: str
    grouped_coordinator: str
    large: str
    large_members: int
    large_coordinator: str
    large_actor: str
    product: str
    seat: str
    policy: str
    people: list[str]
    since: date
    until: date
    postgres: str

    @property
    def walked(self) -> WalkedTeam:
        """The large team, for walks."""
        return WalkedTeam(self.large, self.large_coordinator, self.since, self.until)


@contextmanager
def database(plan: Plan, name: str = "bench") -> Iterator[str]:
    """Start a database and yield its URL. A full run keeps it in a folder of this name; other runs delete theirs."""
    if plan is not FULL:
        with embedded.throwaway() as server:
            yield server.url
        return
    server = embedded.start(ROOT / ".usher" / name)
    try:
        yield server.url
    finally:
        server.stop()


async def prepare(url: str, plan: Plan) -> BenchData:
    """Load the data if it is not there yet, and create sessions for the people who act."""
    sizes = plan.sizes

    async def load(database: Database, bars: ProgressBars) -> None:
        async with database.transaction() as connection:
            await seeding.seed(connection, sizes, SEED, bars)
            await _add_bench_product(connection, plan.bulk)
            await connection.commit()

    return await load_once(url, Size(sizes.teams, sizes.users), load, lambda connection: _bench_data(connection, plan))


async def load_once(
    url: str,
    size: Size,
    load: Callable[[Database, ProgressBars], Awaitable[None]],
    read: Callable[[Connection], Awaitable[T]],
) -> T:
    """Empty the database and load it, unless it has this size. Return the result of `read`, which may make changes."""
    opened = Database(url)
    try:
        await migrate.upgrade(opened)
        async with opened.connection() as connection:
            is_loaded = await SIZE.row(connection) == size
        if not is_loaded:
            await migrate.downgrade(opened)
            await migrate.upgrade(opened)
            with ProgressBars() as bars:
                await load(opened, bars)
            await _vacuum(opened)
        async with opened.transaction() as connection:
            found = await read(connection)
            await connection.commit()
        return found
    finally:
        await opened.close()


async def _vacuum(database: Database) -> None:
    """Do now what autovacuum would do during the measurements."""
    async with database.connection() as connection:
        await NO_TIMEOUT.run(connection)
        await VACUUM.run(connection)


async def _add_bench_product(connection: Connection, seats: int) -> None:
    """Add PRODUCT with this number of seats for the large team, and store the policy."""
    rules = Policy.load(ROOT / "policy.polar")
    large = await _team(connection, LARGE)
    product, contract = ids.new("product"), await contracts.default(connection, large.id)
    if contract is None:
        raise AssertionError("The team of the bench has no contract.")
    await ADD_PRODUCT.run(connection, product=product, name=PRODUCT, **product_keys(PRODUCT))
    term = (date(2000, 1, 1), date(2100, 1, 1))
    new = NewSubscription(large.id, ids.new("sub"), product, *term, None, MAX_MONTHS, 0, auto_renew=False)
    await subscriptions.add(connection, new, contract, [ids.new("seat") for _ in range(seats)])
    await policy_texts.store(connection, rules.hash, rules.source.text)


async def _bench_data(connection: Connection, plan: Plan) -> BenchData:
    team, large = await _team(connection, plan.pages[-1]), await _team(connection, LARGE)
    grouped = await _team(connection, plan.pages[-1], GROUPS)
    [viewer] = await HOLDER.rows(connection, team=team.id)
    [product] = await PRODUCT_SEAT.rows(connection, name=PRODUCT)
    [policy] = await POLICY.rows(connection)
    [postgres] = await VERSION.rows(connection)
    since, until = await days(connection)
    return BenchData(
        team=team.id,
        coordinator=await open_session(connection, team.coordinator),
        viewer=await open_session(connection, viewer),
        grouped=grouped.id,
        grouped_coordinator=await open_session(connection, grouped.coordinator),
        large=large.id,
        large_members=large.members,
        large_coordinator=await open_session(connection, large.coordinator),
        large_actor=large.coordinator,
        product=product.product_id,
        seat=product.seat_id,
        policy=policy,
        people=await PEOPLE.rows(connection, team=large.id, actor=large.coordinator, n=plan.bulk),
        since=since,
        until=until,
        postgres=postgres,
    )


async def _team(connection: Connection, members: int, groups: int = 0) -> Team:
    """Return the team that `TEAM` finds."""
    [team] = await TEAM.rows(connection, members=members, groups=groups)
    return team


async def days(connection: Connection) -> tuple[date, date]:
    """Return the first and the last day of the usage that views read."""
    [until] = await LAST_DAY.rows(connection)
    return until - timedelta(days=DAYS - 1), until


async def open_session(connection: Connection, user_id: str) -> str:
    """Start a session of this person, and return its token."""
    secret, credential = issue(CredentialKind.SESSION)
    expires_at = datetime.now(UTC) + timedelta(days=1)
    values = {"user_id": user_id, "token_hash": credential.token_hash, "expires_at": expires_at}
    await OPEN_SESSION.run(connection, id=ids.new("session"), **values)
    return secret
