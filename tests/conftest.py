"""Fixtures for all tests: one throwaway PostgreSQL, migrated once, and the gateway that uses it."""

import gc
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest
from hypothesis import settings
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from db.core import migrate
from db.core.database import Database
from db.embedded import server as embedded
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.support import site
from tests.support.database import direct_engine
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.world import World

# A busy machine makes any example slow.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_sessionstart() -> None:
    """Let the collector of garbage rest while tests are collected: what that makes lives until the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let it work again, without what was made so far."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files with slow tests first, so that no process has a long file left when the others have ended."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out if the machine has no browser."""
    if site.PROGRAM is None:
        terminalreporter.write_line(site.LEFT_OUT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that runs only for these tests."""
    with embedded.throwaway() as server:
        yield server.url


async def new_database(postgres: str) -> str:
    """Create a database without tables on this server. Returns its address."""
    name = f"database_{uuid4().hex}"
    await _run(postgres, f"create database {name}")
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


async def _run(postgres: str, *statements: str) -> None:
    server = direct_engine(postgres)
    async with server.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            await autocommit.execute(text(statement))
    await server.dispose()


@pytest.fixture(scope="session")
async def migrated(postgres: str) -> str:
    """The name of a database with all tables and no rows."""
    url = await new_database(postgres)
    opened = Database(url)
    await migrate.upgrade(opened)
    await opened.close()
    return str(make_url(url).database)


@pytest.fixture(scope="module")
async def database(postgres: str) -> str:
    """The address of a database that only this module uses, without tables."""
    return await new_database(postgres)


@pytest.fixture(scope="module")
async def own_database(postgres: str, migrated: str, database: str) -> AsyncIterator[Database]:
    """The way of Usher's code to the module's own database, which has the tables and no rows at the start."""
    opened = Database(database)
    if not await migrate.is_current(opened):  # else a process that uses it has made its tables
        # A copy takes less time than all migrations.
        name = make_url(database).database
        await _run(postgres, f"drop database {name}", f"create database {name} template {migrated}")
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def own_engine(own_database: Database) -> AsyncIterator[AsyncEngine]:
    """The tests' own way to look into the module's own database."""
    opened = direct_engine(own_database.url)
    yield opened
    await opened.dispose()


@pytest.fixture(scope="module")
def own_world(own_engine: AsyncEngine, own_database: Database) -> World:
    """Makes rows in the module's own database."""
    return World(own_engine, own_database)


@pytest.fixture
async def clean_database(own_engine: AsyncEngine, own_database: Database) -> Database:
    """The way of Usher's code to the module's own database, without jobs and without events."""
    async with own_engine.begin() as connection:
        await connection.execute(text("truncate jobs.pgqueuer, jobs.pgqueuer_log, events"))
    return own_database


@pytest.fixture(scope="session")
async def usher_database(postgres: str) -> AsyncIterator[Database]:
    """The way of Usher's code to the database that all tests share, migrated."""
    opened = Database(postgres)
    await migrate.upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def engine(usher_database: Database) -> AsyncIterator[AsyncEngine]:
    """The tests' own way to look into the database that all tests share."""
    opened = direct_engine(usher_database.url)
    yield opened
    await opened.dispose()


@pytest.fixture(scope="session")
def world(engine: AsyncEngine, usher_database: Database) -> World:
    """Makes rows in the shared database."""
    return World(engine, usher_database)


@pytest.fixture(scope="session")
async def app(postgres: str, usher_database: Database) -> AsyncIterator[Starlette]:
    """The gateway, in this process, with the shared database."""
    assert await migrate.is_current(usher_database)
    provider = {"oidc_issuer": "https://provider.example", "oidc_client_id": "usher", "oidc_client_secret": "secret"}
    app = application(Settings.model_validate({"database_url": postgres, "secret": OPERATORS_SECRET, **provider}))
    async with app.router.lifespan_context(app):
        yield app


class PlacedTransport(httpx.ASGITransport):
    """Sends each request from the network address of the test that runs."""

    address: ClassVar = IPv4Address("10.200.0.0")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        self.client = (str(PlacedTransport.address), 123)
        return await super().handle_async_request(request)


@pytest.fixture(autouse=True)
def new_place() -> None:
    """Give each test a network address of its own, so that sign-ups and failures of other tests do not count for it."""
    PlacedTransport.address += 1


@dataclass(frozen=True)
class Answer:
    """An answer of the gateway: the HTTP status, the JSON body and the headers."""

    status: int
    content: Any
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The `data` of the answer. Fails if the answer has errors."""
        assert "errors" not in self.content, self.content["errors"]
        return self.content["data"]

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [error["extensions"]["code"] for error in self.content.get("errors", [])]


@dataclass(frozen=True)
class Client:
    """Sends GraphQL operations to a gateway."""

    http: httpx.AsyncClient

    async def __call__(self, query: str, secret: str | None = None, **variables: object) -> Answer:
        """Send an operation, with `secret` as bearer token if there is one."""
        headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
        return await self.post({"query": query, "variables": variables}, headers)

    async def post(self, body: object, headers: dict[str, str] | None = None) -> Answer:
        """Send a JSON body."""
        response = await self.http.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.json(), response.headers)


@pytest.fixture(scope="session")
async def client(app: Starlette) -> AsyncIterator[Client]:
    """A client of the gateway in this process. It keeps no cookies, as most programs."""
    transport = PlacedTransport(app)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx.AsyncClient(transport=transport, base_url="http://usher.test", cookies=no_cookies) as http:
        yield Client(http)


@pytest.fixture
def statements(app: Starlette) -> Iterator[list[str]]:
    """The SQL statements that the gateway sends while the test runs."""
    sent: list[str] = []

    def note(statement: str, _: tuple[Any, ...]) -> None:
        sent.append(statement)

    app.state.database.observers.append(note)
    yield sent
    app.state.database.observers.remove(note)
