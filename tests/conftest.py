"""What all tests stand on: one throwaway PostgreSQL, migrated once, and the gateway over it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from db.core import migrate
from db.core.engine import connect
from db.embedded import server as embedded
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.support.world import World


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of the tests' own."""
    with embedded.throwaway() as server:
        yield server.url


async def new_database(postgres: str) -> str:
    """The address of a new database on this server, without tables."""
    url, name = make_url(postgres), f"database_{uuid4().hex}"
    server = connect(postgres)
    async with server.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f"create database {name}"))
    await server.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
async def database(postgres: str) -> str:
    """The address of a database of the module's own, without tables."""
    return await new_database(postgres)


@pytest.fixture(scope="module")
async def own_engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the module's own database, migrated: nothing else is in it."""
    opened = connect(database)
    await migrate.upgrade(opened)
    yield opened
    await opened.dispose()


@pytest.fixture
async def idle(own_engine: AsyncEngine) -> AsyncEngine:
    """The engine on the module's own database, with nothing queued and nothing told."""
    async with own_engine.begin() as connection:
        await connection.execute(text("truncate jobs.pgqueuer, jobs.pgqueuer_log, events"))
    return own_engine


@pytest.fixture(scope="session")
async def engine(postgres: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the migrated database."""
    opened = connect(postgres)
    await migrate.upgrade(opened)
    yield opened
    await opened.dispose()


@pytest.fixture(scope="session")
def world(engine: AsyncEngine) -> World:
    """Makes rows."""
    return World(engine)


@pytest.fixture(scope="session")
async def app(postgres: str, engine: AsyncEngine) -> AsyncIterator[Starlette]:
    """The gateway, in this process; the database is migrated."""
    assert await migrate.is_current(engine)
    app = application(Settings(database_url=postgres))
    async with app.router.lifespan_context(app):
        yield app


@dataclass(frozen=True)
class Answer:
    """What the gateway answered."""

    status: int
    content: Any
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The data, when there were no errors."""
        assert "errors" not in self.content, self.content["errors"]
        return self.content["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the errors."""
        return [error["extensions"]["code"] for error in self.content.get("errors", [])]


@dataclass(frozen=True)
class Client:
    """A client of the gateway."""

    http: httpx.AsyncClient

    async def __call__(self, query: str, secret: str | None = None, **variables: object) -> Answer:
        """Send an operation with a bearer token."""
        headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
        return await self.post({"query": query, "variables": variables}, headers)

    async def post(self, body: object, headers: dict[str, str] | None = None) -> Answer:
        """Send a JSON body."""
        response = await self.http.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.json(), response.headers)


@pytest.fixture(scope="session")
async def client(app: Starlette) -> AsyncIterator[Client]:
    """A client of the gateway in this process."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://usher.test") as http:
        yield Client(http)


@pytest.fixture
def statements(app: Starlette) -> Iterator[list[str]]:
    """The SQL statements that the gateway sends while the test runs."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sync_engine = app.state.engine.sync_engine
    event.listen(sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(sync_engine, "before_cursor_execute", note)
