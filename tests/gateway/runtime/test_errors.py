"""What the gateway says when all connections to the database are in use for too long."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.applications import Starlette

from db.core.engine import POOL_SIZE, snapshot
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import desk_of
from tests.support.world import World


@pytest.fixture
async def exhausted(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncExitStack]:
    """All connections of the gateway are in use until this is closed, and nobody waits long for one."""
    monkeypatch.setattr("db.core.engine.WAIT_SECONDS", 0.05)
    async with AsyncExitStack() as others:
        for _ in range(POOL_SIZE):
            await others.enter_async_context(snapshot(app.state.engine))
        yield others


async def test_without_a_connection_the_client_is_told_to_try_again(
    client: Client, world: World, exhausted: AsyncExitStack
) -> None:
    desk = await desk_of(client, world, seats=1, role=Role.SOFTWARE_COORDINATOR)
    [ada] = await desk.members(1)
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": [ada]}
    refused = await desk.send("assignSeats", **asked)
    assert refused.codes == ["UNAVAILABLE"]
    assert (
        refused.content["errors"][0]["message"] == "Too much is going on; nothing was changed. Try again in a moment."
    )
    await exhausted.aclose()
    assert await desk.holders() == []
    assert (await desk.assign([ada])).holders == [ada]
