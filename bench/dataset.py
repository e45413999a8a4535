"""The database that all contenders share, and the people who act in it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.plan import FULL, Plan
from db.access import actors
from db.audit import policy_texts
from db.core import ids, migrate
from db.core.engine import connect
from db.demo import seed as seeding
from db.embedded import server as embedded
from domain.credentials import CredentialKind, issue
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

SIZES = text("select (select count(*) from teams), (select count(*) from users)")
TEAM = text("""
select t.id, count(*) as members,
       min(m.user_id) filter (where m.role = 'software_coordinator') as coordinator
from teams t join memberships m on m.team_id = t.id
where not t.separation_of_duties
group by t.id
having count(*) filter (where m.role = 'software_coordinator') > 0
order by (select count(*) from groups g where g.team_id = t.id) >= :groups desc,
         count(*) >= :members desc, case when count(*) >= :members then count(*) else -count(*) end, t.id
limit 1
""")
HOLDER = text("""
select holder_id from seats s join memberships m on m.team_id = s.team_id and m.user_id = s.holder_id
where s.team_id = :team and m.role = 'user'
group by holder_id order by abs(count(*) - 5), holder_id limit 1
""")
PEOPLE = text("""
select user_id from memberships where team_id = :team and user_id <> :actor and role = 'user' order by user_id limit :n
""")
SUBSCRIBE = text("""
with product as (
    insert into products (id, name, description) values (:product, :name, 'For the bench') returning id
), subscription as (
    insert into subscriptions (team_id, id, product_id, starts_on, ends_on)
    select :team, :subscription, id, '2000-01-01', '2100-01-01' from product
)
select id from product
""")
SEATS = text("""
insert into seats (team_id, id, product_id, subscription_id)
select :team, seat, :product, :subscription from unnest(cast(:seats as text[])) seat
""")
PRODUCT_SEAT = text("""
select product_id, s.id from seats s join products p on p.id = s.product_id where p.name = :name order by s.id limit 1
""")
POLICY = text("select hash from policies order by first_used_at desc limit 1")


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

    async def load(engine: AsyncEngine, bars: ProgressBars) -> None:
        await seeding.seed(engine, sizes, SEED, bars)
        async with engine.begin() as connection:
            await _add_bench_product(connection, plan.bulk)

    return await load_once(url, (sizes.teams, sizes.users), load, lambda connection: _bench_data(connection, plan))


async def load_once(
    url: str,
    size: tuple[int, int],
    load: Callable[[AsyncEngine, ProgressBars], Awaitable[None]],
    read: Callable[[AsyncConnection], Awaitable[T]],
) -> T:
    """Empty the database and load it, unless it has this number of teams and users. Return the result of `read`."""
    engine = connect(url)
    try:
        await migrate.upgrade(engine)
        async with engine.connect() as connection:
            loaded = tuple((await connection.execute(SIZES)).one())
        if loaded != size:
            await migrate.downgrade(engine)
            await migrate.upgrade(engine)
            with ProgressBars() as bars:
                await load(engine, bars)
            await _vacuum(engine)
        async with engine.begin() as connection:
            return await read(connection)
    finally:
        await engine.dispose()


async def _vacuum(engine: AsyncEngine) -> None:
    """Do now what autovacuum would do during the measurements."""
    async with engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("set statement_timeout = 0"))
        await autocommit.execute(text("vacuum analyze"))


async def _add_bench_product(connection: AsyncConnection, seats: int) -> None:
    """Add PRODUCT with this number of seats for the large team, and store the policy."""
    rules = Policy.load(ROOT / "policy.polar")
    large = await _team(connection, LARGE)
    names = {"team": large.id, "product": ids.new("product"), "subscription": ids.new("sub")}
    await connection.execute(SUBSCRIBE, names | {"name": PRODUCT})
    await connection.execute(SEATS, names | {"seats": [ids.new("seat") for _ in range(seats)]})
    await policy_texts.store(connection, rules.hash, rules.source.text)


async def _bench_data(connection: AsyncConnection, plan: Plan) -> BenchData:
    team, large = await _team(connection, plan.pages[-1]), await _team(connection, LARGE)
    grouped = await _team(connection, plan.pages[-1], GROUPS)
    viewer = (await connection.execute(HOLDER, {"team": team.id})).scalar_one()
    product, seat = (await connection.execute(PRODUCT_SEAT, {"name": PRODUCT})).one()
    people = {"team": large.id, "actor": large.coordinator, "n": plan.bulk}
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
        product=product,
        seat=seat,
        policy=(await connection.execute(POLICY)).scalar_one(),
        people=list((await connection.execute(PEOPLE, people)).scalars()),
        since=since,
        until=until,
        postgres=(await connection.execute(text("show server_version"))).scalar_one(),
    )


async def _team(connection: AsyncConnection, members: int, groups: int = 0) -> Row[Any]:
    """Return the smallest team with at least this number of members. If there is none, return the largest team.

    Teams with at least this number of groups come first.
    """
    return (await connection.execute(TEAM, {"members": members, "groups": groups})).one()


async def days(connection: AsyncConnection) -> tuple[date, date]:
    """Return the first and the last day of the usage that views read."""
    until: date = (await connection.execute(text("select max(day) from seat_usage"))).scalar_one()
    return until - timedelta(days=DAYS - 1), until


async def open_session(connection: AsyncConnection, user_id: str) -> str:
    """Start a session of this person, and return its token."""
    secret, credential = issue(CredentialKind.SESSION)
    expires_at = datetime.now(UTC) + timedelta(days=1)
    await actors.open_session(connection, ids.new("session"), user_id, credential.token_hash, expires_at)
    return secret
