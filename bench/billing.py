"""Billing (j): the console's billing screens for teams with few and with many orders, side by side in one run.

All teams have as many subscriptions, with one order for each month that has begun. So only the number of orders grows.
"""

import asyncio
import json
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import text

from bench import dataset, meter, services
from bench.client import Client
from bench.dataset import SEED, Size
from bench.measure import Bench, count_statements
from bench.services import USHER, Service
from bench.views import Operation
from db.core.connection import Connection
from db.core.database import Database
from db.core.statements import Statement
from db.demo import names, rows
from db.demo.contracts import Contracts, Deal
from db.demo.rows import Rows
from db.embedded import server as embedded
from domain.roles import Role
from gateway.cli.progress import ProgressBars
from gateway.runtime.settings import ROOT

OVERVIEW, ORDERS = "BillingScreenQuery", "OrdersScreenQuery"
SCREENS = {OVERVIEW: "billing overview", ORDERS: "page of orders"}
"""The name of each operation of the console, and how the report calls it."""
SUBSCRIPTIONS = 5
"""How many subscriptions each team has. The number of its orders is a multiple of it."""
SEATS = 3
PAGE = 50
"""How many orders the console shows on a page."""
COUNTS = 10
"""How often the statements are counted. The jobs of the start run beside some requests, and their statements count."""
REQUESTS = 40
"""How often each repetition reads each screen of each team."""


class Customer(NamedTuple):
    """A team, the user id of its contract manager, and the number of its orders."""

    team_id: str
    user_id: str
    orders: int


class Reader(NamedTuple):
    """The session token of a contract manager, and the team whose bills they read."""

    token: str
    team_id: str


CUSTOMERS = Statement(
    "customers",
    Customer,
    text("""
select m.team_id, m.user_id, (select count(*) from orders o where o.team_id = m.team_id) as orders
from memberships m order by orders
"""),
)


def measure(bench: Bench, folder: Path) -> None:
    """Count the statements of each screen, and time it for each team in turn.

    Raises AssertionError if a screen takes more statements for one team than for another.
    """
    bench.show_progress("billing")
    operations = documents()
    command = {USHER: services.commands()[USHER]}
    with ExitStack() as stack:
        url = stack.enter_context(embedded.throwaway()).url
        readers = asyncio.run(prepare(url, bench.plan.orders))
        token = next(iter(readers.values())).token
        with meter.metered(url) as metered, services.running(command, metered.url, token, folder) as counted:
            _count(bench, counted[USHER], metered, operations, readers)
        service = stack.enter_context(services.running(command, url, token, folder))[USHER]
        for reader in readers.values():
            for operation in operations.values():
                _read(service, reader, operation)
        for n in range(bench.plan.repetitions):
            turn = [*readers.items()]
            for orders, reader in (*turn[n % len(turn) :], *turn[: n % len(turn)]):
                for name, operation in operations.items():
                    bench.results.billing[name, orders].append(_read(service, reader, operation))


def documents() -> dict[str, Operation]:
    """Return the operations of both screens, as the console sends them. Raises StopIteration if one is missing."""
    stored = json.loads((ROOT / "web" / "documents.json").read_text(encoding="utf-8")).values()
    return {name: Operation(name, next(one for one in stored if f"query {name}(" in one)) for name in SCREENS}


def _body(reader: Reader, operation: Operation) -> bytes:
    page = {"first": PAGE} if operation.name == ORDERS else {}
    return operation.body(team=reader.team_id, **page)


def _count(
    bench: Bench, service: Service, metered: meter.Meter, operations: dict[str, Operation], readers: dict[int, Reader]
) -> None:
    for name, operation in operations.items():
        counts = {
            orders: min(count_statements(metered, service, reader.token, body, None) for _ in range(COUNTS))
            for orders, body, reader in ((orders, _body(one, operation), one) for orders, one in readers.items())
        }
        check_equal(SCREENS[name], counts)
        bench.results.billing_statements[name] = counts


def check_equal(screen: str, counts: Mapping[int, tuple[int, int]]) -> None:
    """Raise AssertionError unless a screen takes as many statements for each number of orders."""
    if len(set(counts.values())) != 1:
        raise AssertionError(f"The {screen} does not take the same statements for any number of orders: {counts}")


def _read(service: Service, reader: Reader, operation: Operation) -> float:
    """Read a screen REQUESTS times, and return the milliseconds of an answer: the median."""
    body = _body(reader, operation)
    with Client(service.port, reader.token) as client:
        return statistics.median(client.timed(body)[0] for _ in range(REQUESTS)) * 1_000


async def prepare(url: str, orders: tuple[int, ...]) -> dict[int, Reader]:
    """Load a team for each number of orders, and return a reader of each by this number."""

    async def load(database: Database, bars: ProgressBars) -> None:
        async with database.transaction() as connection:
            await rows.write(connection, generate(orders, datetime.now(UTC).date()), bars)
            await connection.commit()

    readers = await dataset.load_once(url, Size(len(orders), len(orders)), load, _readers)
    if tuple(readers) != orders:
        raise AssertionError(f"The teams have {list(readers)} orders, not {list(orders)}")
    return readers


async def _readers(connection: Connection) -> dict[int, Reader]:
    return {
        one.orders: Reader(await dataset.open_session(connection, one.user_id), one.team_id)
        for one in await CUSTOMERS.rows(connection)
    }


def generate(orders: tuple[int, ...], today: date) -> Rows:
    """Return the rows of a team for each number of orders. Its subscriptions are renewed every month."""
    random = Random(SEED)  # noqa: S311 - the rows must be repeatable
    generated = Rows(random)
    contracts = Contracts(generated, today)
    founded = datetime.combine(_months_before(today, max(orders) // SUBSCRIPTIONS), time(), UTC)
    products = [
        generated.product(name, description, {"1": founded.date()})
        for name, description in names.CATALOGUE[:SUBSCRIPTIONS]
    ]
    for number in orders:
        team_id = generated.team(names.team(random), founded)
        first, last, local = names.person(random)
        user_id = generated.user((first, last), f"{local}.{number}@example.com", founded)
        generated.member(team_id, user_id, Role.CONTRACT_MANAGER, founded)
        contract = contracts.contract(team_id, "Customer", founded)
        starts_on = _months_before(today, number // SUBSCRIPTIONS - 1)
        for product in products:
            deal = Deal(10_000, months=1)
            bought = contracts.subscription(contract, team_id, product, starts_on, deal, "command seed")
            for _ in range(SEATS):
                generated.seat(bought)
    contracts.bill()
    return generated


def _months_before(today: date, months: int) -> date:
    """Return the first day of the month that was this number of months before this one."""
    day = today.replace(day=1)
    for _ in range(months):
        day = (day - timedelta(1)).replace(day=1)
    return day
