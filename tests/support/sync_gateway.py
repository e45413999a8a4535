"""A gateway and its database on an event loop of their own, for Hypothesis, whose rules are not asynchronous."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from db.core.database import Database
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.database import direct_engine
from tests.support.world import World

T = TypeVar("T")


@dataclass(frozen=True)
class SyncGateway:
    """A gateway, and rows to make, on an event loop of their own. Hypothesis calls rules and does not await them."""

    loop: asyncio.AbstractEventLoop
    client: Client
    world: World

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run this work until it is complete. Returns its result."""
        return self.loop.run_until_complete(work)


@contextmanager
def sync_gateway(url: str) -> Iterator[SyncGateway]:
    """A gateway over the tests' database, closed at the end."""
    loop, engine, database = asyncio.new_event_loop(), direct_engine(url), Database(url)
    app = application(Settings(database_url=url))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test")
    yield SyncGateway(loop, Client(http), World(engine, database))
    for close in (http.aclose, app.state.database.close, database.close, engine.dispose, loop.shutdown_asyncgens):
        loop.run_until_complete(close())
    loop.close()
