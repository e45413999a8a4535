"""`usher shell`: a Python prompt with access to the database and the gateway, to inspect and try things."""

import code
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import typer
from anyio.from_thread import BlockingPortal, start_blocking_portal

from db.core.database import Database
from db.core.descriptions import Sql
from gateway import databases
from gateway.app import application
from gateway.cli.failures import command
from gateway.runtime import logs, settings
from gateway.runtime.settings import Settings

HELP = """\
sql("select id, email from users limit 3")        return the rows of a statement; nothing is committed
graphql("{ viewer { name } }")                    return the answer to an operation, not signed in
graphql("{ viewer { name } }", token="usher_…")   the same with a session token or a partner token
settings                                          the current settings
"""


app = typer.Typer(add_completion=False)


@app.command()
@command
def run() -> None:
    """Open a Python prompt with access to the database and the gateway: `sql`, `graphql` and `settings`."""
    logs.configure()
    chosen = settings.load()
    with databases.database(chosen) as url, tools(chosen, url) as names:
        code.interact(banner=HELP, local=names, exitmsg="")


@contextmanager
def tools(chosen: Settings, url: str) -> Iterator[dict[str, Any]]:
    """Yield the names that the prompt offers. They can be used from code that is not asynchronous."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_opened(chosen, url)) as opened:
        database, client = opened
        yield {"sql": _sql(portal, database), "graphql": _graphql(portal, client), "settings": chosen}


@asynccontextmanager
async def _opened(chosen: Settings, url: str) -> AsyncIterator[tuple[Database, httpx.AsyncClient]]:
    database, app = Database(url), application(chosen.model_copy(update={"database_url": url}))
    transport = httpx.ASGITransport(app)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=chosen.address) as client,
        ):
            yield database, client
    finally:
        await database.close()


def _sql(portal: BlockingPortal, database: Database) -> Callable[[str], list[dict[str, Any]]]:
    async def rows(statement: str) -> list[dict[str, Any]]:
        async with database.transaction() as connection:
            return list(map(dict, await connection.fetch(Sql("shell", statement, None))))

    return lambda statement: portal.call(rows, statement)


def _graphql(portal: BlockingPortal, client: httpx.AsyncClient) -> Callable[..., Any]:
    async def answer(query: str, token: str | None, variables: dict[str, Any]) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        sent = {"query": query, "variables": variables}
        return (await client.post("/graphql", json=sent, headers=headers)).json()

    def graphql(query: str, token: str | None = None, **variables: Any) -> Any:
        return portal.call(answer, query, token, variables)

    return graphql
