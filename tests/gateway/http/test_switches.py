"""Introspection, suggestions and GraphiQL can be switched off, each on its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from db.core.database import Database
from gateway.app import application
from gateway.http.graphiql import LICENSES
from gateway.runtime.settings import Settings
from tests.conftest import Client

BROWSER = {"accept": "text/html,*/*;q=0.8"}
SCHEMA = "{ __schema { queryType { name } } }"
MISSPELLED = "{ viewr { id } }"
WRONG_VALUE = "query ($by: MemberOrder!) { team(id: 1) { members(orderBy: { field: $by }) { totalCount } } }"


@asynccontextmanager
async def gateway(database: Database, **switches: Any) -> AsyncIterator[Client]:
    """A gateway with these settings."""
    app = application(Settings(database_url=database.url, **switches))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        yield Client(http)


async def shown(client: Client) -> tuple[bool, bool, bool]:
    """Return whether the gateway answers introspection, suggests names, and shows GraphiQL."""
    schema = await client(SCHEMA)
    messages = [
        (await client(MISSPELLED)).content["errors"][0]["message"],
        (await client(WRONG_VALUE, by="NAMES")).content["errors"][0]["message"],
    ]
    page = await client.http.get("/graphql", headers=BROWSER)
    if page.status_code != 200:
        assert (page.status_code, page.headers["content-type"]) == (400, "application/json")
    assert (await client.http.get(f"/graphiql/{LICENSES}")).status_code == (200 if page.status_code == 200 else 404)
    suggests = {"Did you mean" in message for message in messages}
    assert len(suggests) == 1
    return "data" in schema.content, suggests.pop(), page.status_code == 200


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, (True, True, True)),
        ({"introspection": False}, (False, True, True)),
        ({"suggestions": False}, (True, False, True)),
        ({"graphiql": False}, (True, True, False)),
    ],
)
async def test_each_is_switched_on_its_own(
    usher_database: Database, switches: dict[str, bool], expected: tuple[bool, bool, bool]
) -> None:
    async with gateway(usher_database, **switches) as client:
        assert await shown(client) == expected


async def test_typename_is_answered_without_introspection(usher_database: Database) -> None:
    async with gateway(usher_database, introspection=False) as client:
        assert (await client("{ __typename }")).data == {"__typename": "Query"}
        for query in (SCHEMA, '{ __type(name: "Query") { name } }'):
            assert {*(await client(query)).codes} == {"GRAPHQL_VALIDATION_FAILED"}
