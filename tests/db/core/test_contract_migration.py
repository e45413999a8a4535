"""An upgrade gives each subscription from before contracts a contract, a term and a first change of seats."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core import ids, migrate
from db.core.database import Database
from db.tables.seats import Seat, SeatPeriod, SeatSource, Subscription
from domain.roles import Role
from domain.terms import last_day
from gateway.app import application
from gateway.runtime.settings import Settings
from resolvers.contracts.calendar import CalendarReport, run_calendar
from tests.conftest import Client, PlacedTransport, new_database
from tests.support.calendar import CALENDAR
from tests.support.database import direct_engine, fetch_rows
from tests.support.mutations import Caller
from tests.support.subscriptions import day
from tests.support.workspaces import workspace
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

BEFORE = "0026"
# What an upgrade and a downgrade must leave as it is.
KEPT = (
    "select team_id, id, product_id, starts_on, ends_on from subscriptions order by id",
    "select team_id, id, product_id, subscription_id, holder_id, assigned_at from seats order by id",
    "select team_id, product_id, user_id, kind, queued_by from waits order by id",
    "select team_id, seat_id, holder_id, started_at, ended_at from seat_history order by id",
    "select team_id, seat_id, holder_id, kind from seat_sources order by id",
)
CONTRACTS = """
select c.team_id, c.number, c.currency, c.contact_id, c.grace_days, c.tax_rate, array_agg(t.team_id)
from contracts c join contract_teams t on t.contract_id = c.id group by c.id, c.team_id order by c.number
"""
STORED = """
select c.team_id, p.currency, p.grace_days, p.held_until, p.last_term, p.months, p.auto_renew, p.version,
       t.n, t.starts_on, t.ends_on, t.previous_ends_on, t.anchor_on, t.step, t.months, t.unit_price
from subscriptions p join contracts c on c.id = p.contract_id
join subscription_terms t on t.subscription_id = p.id where p.id = $1
"""
CHANGES = "select n, effective_on, delta, order_id from seat_changes where subscription_id = $1"
NOTHING_SOLD = """
select (select count(*) from orders), (select count(*) from invoices), (select count(*) from scheduled_changes),
       (select count(*) from notices), (select count(*) from seats where retired_at is not null)
"""
SHOWN = """
query ($team: ID!) { team(id: $team) {
  contracts { nodes { currency contactPerson { id } } }
  subscriptions { nodes { id status seats assignedSeats unitPrice { amount currency } version } }
  pools { product { id } total assigned available }
} }
"""


class Old(NamedTuple):
    """A subscription of before, and the lengths of its term and of its next term that it must get, in months."""

    starts: date
    ends: date
    seats: int
    held: int
    months: int | None
    following: int


RUNNING = Old(day(-100), last_day(day(-100), 0, 12), 5, 3, 12, 12)
ENDED = Old(day(-400), day(-301), 2, 1, None, 3)
COMING = Old(day(30), day(229), 4, 0, None, 7)
ANOTHER_TEAMS = [
    Old(day(-10), day(34), 0, 0, None, 1),
    Old(date(2028, 2, 29), date(2029, 2, 27), 1, 0, 12, 12),
    Old(date(2031, 1, 31), date(2031, 2, 27), 1, 0, 1, 1),
    Old(date(2031, 5, 5), date(2031, 5, 5), 1, 0, None, 1),
    Old(date(2020, 1, 1), date(2219, 12, 31), 2, 2, None, 120),
    Old(date(2020, 1, 1), date(2029, 12, 31), 1, 1, 120, 120),
]


@dataclass(frozen=True)
class Company:
    """Two teams with subscriptions by id, and one without any. `waiting` wait for the product of what has ended."""

    world: World
    teams: tuple[str, str, str]
    contact: Account
    coordinator: Account
    subscriptions: dict[str, tuple[str, str, Old]]
    waiting: list[str]

    def id_of(self, old: Old) -> str:
        """The id of a subscription."""
        return next(id_ for id_, (_, _, one) in self.subscriptions.items() if one is old)

    def product_of(self, old: Old) -> str:
        """The id of the product of a subscription."""
        return self.subscriptions[self.id_of(old)][1]

    async def kept(self) -> list[list[tuple[Any, ...]]]:
        """The rows that no migration may change."""
        return [await fetch_rows(self.world.database, query) for query in KEPT]


@pytest.fixture
async def old_database(postgres: str) -> AsyncIterator[Database]:
    """A database of the version before contracts."""
    opened = Database(await new_database(postgres))
    await migrate.upgrade(opened, BEFORE)
    yield opened
    await opened.close()


@pytest.fixture
async def old_engine(old_database: Database) -> AsyncIterator[AsyncEngine]:
    """The test's own way to this database."""
    engine = direct_engine(old_database.url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def company(old_database: Database, old_engine: AsyncEngine) -> Company:
    """What was in the database before the upgrade."""
    world = World(old_engine, old_database)
    first, second, third = sorted([await world.team() for _ in range(3)])
    await world.invited_member(first, Role.CONTRACT_MANAGER)
    contact = await world.member(first, Role.CONTRACT_MANAGER)
    await world.member(first, Role.CONTRACT_MANAGER)
    coordinator = await world.member(second, Role.SOFTWARE_COORDINATOR)
    shared = await world.product()
    made = {
        await subscribe(world, first, shared, RUNNING): (first, shared, RUNNING),
        await subscribe(world, first, shared, COMING): (first, shared, COMING),
    }
    for team, old in [(first, ENDED), *((second, one) for one in ANOTHER_TEAMS)]:
        product = await world.product()
        made[await subscribe(world, team, product, old)] = team, product, old
    found = Company(world, (first, second, third), contact, coordinator, made, await world.members(first, 2))
    for one in found.waiting:
        await world.wait(first, found.product_of(ENDED), one)
    return found


async def subscribe(world: World, team: str, product: str, old: Old) -> str:
    """Make a subscription of before with its seats, of which some are held. Returns its id."""
    own = {"team_id": team, "product_id": product}
    id_, now = ids.new("sub"), datetime.now(UTC)
    holders = await world.members(team, old.held) if old.held else []
    stock = [ids.new("seat") for _ in range(old.seats)]
    await world.insert(Subscription, {**own, "id": id_, "starts_on": old.starts, "ends_on": old.ends})
    for seat, holder in zip_longest(stock, holders):
        held = {"holder_id": holder, "assigned_at": holder and now}
        await world.insert(Seat, {**own, "id": seat, "subscription_id": id_, **held})
    for seat, holder in zip(stock, holders, strict=False):
        held = {"seat_id": seat, "holder_id": holder}
        await world.insert(SeatSource, {"team_id": team, **held, "kind": "direct"})
        await world.insert(SeatPeriod, {**own, **held, "started_at": now, "started_by": "user_x"})
    return id_


async def check_upgraded(company: Company) -> None:
    """Each subscription has what it must get, and what it had."""
    database, (first, second, _) = company.world.database, company.teams
    assert await fetch_rows(database, CONTRACTS) == [
        (first, 1, "EUR", company.contact.id, 0, 0, [first]),
        (second, 2, "EUR", None, 0, 0, [second]),
    ]
    for id_, (team, _, old) in company.subscriptions.items():
        [row] = await fetch_rows(database, STORED, id_)
        days = old.starts, old.ends, None, old.starts
        assert row == (team, "EUR", 0, old.ends, 1, old.following, False, 1, 1, *days, 0, old.months, 0), old
        bought = [(1, old.starts, old.seats, None)] if old.seats else []
        assert await fetch_rows(database, CHANGES, id_) == bought, old
    assert await fetch_rows(database, NOTHING_SOLD) == [(0, 0, 0, 0, 0)]


async def test_each_subscription_gets_its_contract_its_term_and_its_changes(company: Company) -> None:
    before, database = await company.kept(), company.world.database
    await migrate.upgrade(database)
    await check_upgraded(company)
    assert await company.kept() == before
    await migrate.downgrade(database, BEFORE)
    assert await company.kept() == before
    await migrate.upgrade(database)
    await check_upgraded(company)
    assert await company.kept() == before


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((day(-100), date.max), (day(-100), date(9998, 12, 31))),
        ((date.min, day(100)), (date(2, 1, 1), day(100))),
        ((date(9999, 5, 1), date.max), (date(9998, 12, 31), date(9998, 12, 31))),
    ],
)
async def test_days_that_no_subscription_has_any_more_become_the_nearest_ones(
    old_database: Database, old_engine: AsyncEngine, days: tuple[date, date], expected: tuple[date, date]
) -> None:
    world = World(old_engine, old_database)
    team = await world.team()
    id_ = await subscribe(world, team, await world.product(), Old(*days, 2, 1, None, 120))
    await migrate.upgrade(old_database)
    query = """
    select p.starts_on, p.ends_on, t.starts_on, t.ends_on, t.ends_on - t.starts_on + 1
    from subscriptions p join subscription_terms t on t.subscription_id = p.id where p.id = $1"""
    assert await fetch_rows(old_database, query, id_) == [(*expected, *expected, (expected[1] - expected[0]).days + 1)]


async def test_the_app_works_on_what_was_upgraded(company: Company) -> None:
    database = company.world.database
    await migrate.upgrade(database)
    app = application(Settings(database_url=database.url))
    http = httpx.AsyncClient(transport=PlacedTransport(app), base_url="http://usher.test")
    async with app.router.lifespan_context(app), http:
        await check_app(Client(http), company)
    assert await run_calendar(workspace(database), CALENDAR) == CalendarReport(waiting=1)
    waits = "select user_id from waits where product_id = $1 order by id"
    found = [who for (who,) in await fetch_rows(database, waits, company.product_of(ENDED))]
    assert found[:2] == company.waiting and len(found) == 3, "who lost a seat that had ended waits behind them"
    await migrate.downgrade(database, BEFORE)
    query = "select count(*) from seats where subscription_id = $1"
    assert await fetch_rows(database, query, company.id_of(RUNNING)) == [(RUNNING.seats + 1,)], "one was added"


async def check_app(client: Client, company: Company) -> None:
    """A contract manager sees the subscriptions, assigns a seat of one, and amends it."""
    team, product, running = company.teams[0], company.product_of(RUNNING), company.id_of(RUNNING)
    who = company.contact
    shown = (await client(SHOWN, who.secret, team=team)).data["team"]
    assert shown["contracts"]["nodes"] == [{"currency": "EUR", "contactPerson": {"id": who.id}}]
    usual = {"unitPrice": {"amount": "0", "currency": "EUR"}, "version": 1}
    states = ((RUNNING, "ACTIVE"), (ENDED, "ENDED"), (COMING, "UPCOMING"))
    assert sorted(shown["subscriptions"]["nodes"], key=lambda one: str(one["id"])) == sorted(
        (
            {"id": company.id_of(old), "status": status, "seats": old.seats, "assignedSeats": old.held, **usual}
            for old, status in states
        ),
        key=lambda one: str(one["id"]),
    )
    [pool] = [one for one in shown["pools"] if one["product"]["id"] == product]
    assert (pool["total"], pool["assigned"], pool["available"]) == (5, 3, 2)
    caller = Caller(client, company.world, team, product, who.secret, who)
    [person] = await caller.members(1)
    assigned = await caller.assign([person])
    assert (assigned.errors, assigned.pool) == ([], (5, 4, 1))
    amended = await caller.mutate("addSeats", subscriptionId=running, version=1, seats=1)
    assert (amended.errors, amended.content["subscription"]["seats"]) == ([], 6)
    assert amended.content["order"]["total"] == {"amount": "0", "currency": "EUR"}
