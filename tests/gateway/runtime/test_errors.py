"""The answer of the gateway when all connections to the database are in use for too long."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.applications import Starlette

from db.core.database import POOL_SIZE
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import new_caller
from tests.support.world import World


@pytest.fixture
async def exhausted(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncExitStack]:
    """Use all connections of the gateway until this is closed, and shorten the time to wait for one."""
    monkeypatch.setattr("db.core.database.WAIT_SECONDS", 0.05)
    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE):
            await others.enter_async_context(app.state.database.snapshot())
        yield others


async def test_without_a_connection_the_client_is_told_to_try_again(
    client: Client, world: World, exhausted: AsyncExitStack
) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.SOFTWARE_COORDINATOR)
    [ada] = await caller.members(1)
    variables = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
    refused = await caller.send("assignSeats", **variables)
    assert refused.codes == ["UNAVAILABLE"]
    assert (
        refused.content["errors"][0]["message"]
        == "The gateway is too busy. Nothing was changed. Try again in a moment."
    )
    await exhausted.aclose()
    assert await caller.holders() == []
    assert (await caller.assign([ada])).holders == [ada]
