"""The demo company, whose passwords everybody knows, is served to nobody but this machine; what else stops a start."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from db.core.engine import connect
from db.demo import company
from db.people import members
from gateway import serving
from tests.support.world import World


@pytest.fixture
async def empty(database: str) -> AsyncIterator[World]:
    """A migrated database of the module's own; it is prepared for others than this machine."""
    assert await prepared(database) is False
    engine = connect(database)
    yield World(engine)
    await engine.dispose()


async def prepared(url: str) -> bool:
    """Whether the demo is there; for a gateway that others reach."""
    return await asyncio.to_thread(serving.prepare, url, demo_allowed=False)


@pytest.mark.parametrize("account", company.SIGN_INS, ids=lambda account: str(account.role))
async def test_a_demo_address_alone_stops_no_start(empty: World, database: str, account: company.SignIn) -> None:
    team, someone = await empty.team(), await empty.person(email=account.email)
    assert await prepared(database) is False
    await empty.member(team, someone=someone)
    with pytest.raises(serving.Unstartable, match="demo company"):
        await prepared(database)
    async with empty.engine.begin() as connection:
        await members.remove(connection, team, [someone.id])


async def test_events_of_another_server_stop_a_start(empty: World, database: str) -> None:
    rows = "insert into events (kind, payload, transaction_id) values ('x', '{}', 1000000000)"
    async with empty.engine.begin() as connection:
        await connection.execute(text(rows))
    with pytest.raises(serving.Unstartable, match="transaction ids"):
        await prepared(database)
    async with empty.engine.begin() as connection:
        await connection.execute(text("truncate events"))
    assert await prepared(database) is False
