"""Usher does not start if it would serve the demo company to other machines, or with events of another server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from db.demo import company
from db.people import members
from gateway import serving
from gateway.databases import StartupError
from tests.support.workspaces import live_policy
from tests.support.world import World, world_of


@pytest.fixture
async def empty(database: str) -> AsyncIterator[World]:
    """The module's own database, migrated for a gateway that other machines can reach."""
    assert await prepared(database) is False
    async with world_of(database) as world:
        yield world


async def prepared(url: str) -> bool:
    """Prepare the database for a gateway that other machines can reach. Return whether the demo company is loaded."""
    return await asyncio.to_thread(serving.prepare, url, live_policy().current, demo_allowed=False)


@pytest.mark.parametrize("account", company.SIGN_INS, ids=lambda account: str(account.role))
async def test_a_demo_address_without_its_membership_does_not_stop_the_start(
    empty: World, database: str, account: company.SignIn
) -> None:
    team, someone = await empty.team(), await empty.person(email=account.email)
    assert await prepared(database) is False
    await empty.member(team, account=someone)
    with pytest.raises(StartupError, match="demo company"):
        await prepared(database)
    async with empty.database.connection() as connection:
        await members.remove(connection, team, [someone.id])


async def test_events_of_another_server_stop_the_start(empty: World, database: str) -> None:
    rows = "insert into events (kind, payload, transaction_id) values ('x', '{}', 1000000000)"
    async with empty.engine.begin() as connection:
        await connection.execute(text(rows))
    with pytest.raises(StartupError, match="transaction ids"):
        await prepared(database)
    async with empty.engine.begin() as connection:
        await connection.execute(text("truncate events"))
    assert await prepared(database) is False
