"""A mutation that somebody else is in the way of: it waits, and when it cannot wait any longer nothing has changed."""

import asyncio

import pytest
from sqlalchemy import text

from db.core.engine import transaction
from db.groups import given_products
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import desk_of, operation
from tests.support.world import World

LOCK = text("select from memberships where team_id = :team for update")
# What waits for a lock that this connection holds: cancelled, as by the server itself when a time-out is over.
WAITING = "not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
CANCEL = text(f"select pg_cancel_backend(pid) from pg_locks where {WAITING}")


async def test_who_waits_too_long_is_told_to_try_again(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    async with world.engine.connect() as connection:
        await connection.execute(LOCK, {"team": desk.team})
        waiting = asyncio.create_task(
            desk.send("assignSeats", teamId=desk.team, productId=desk.product, userIds=[ada], idempotencyKey="once")
        )
        while not (await connection.execute(CANCEL)).all():  # noqa: ASYNC110 - what is waited for is the server's
            await asyncio.sleep(0.01)
        answer = await waiting
    assert answer.codes == ["UNAVAILABLE"]
    assert answer.content["data"] == {"assignSeats": None}
    assert await desk.holders() == []
    assert (await desk.assign([ada], idempotencyKey="once")).holders == [ada]


@pytest.mark.parametrize("mutation", ["resendInvitation", "revokeInvitation"])
async def test_who_may_do_neither_is_refused_before_anything_is_locked(
    client: Client, world: World, mutation: str
) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.USER)
    grace = await world.invited(desk.team, someone=await world.person())
    asked = {"teamId": desk.team, "invitationId": await world.invitation(desk.team, grace.id)}
    link = await world.link(desk.team, grace.id)
    await client(operation("acceptInvitation"), grace.secret, input={"token": link})
    async with transaction(world.engine) as others, asyncio.timeout(5):
        await given_products.changing(others, desk.team)
        assert (await client(operation(mutation), grace.secret, input=asked)).codes == ["FORBIDDEN"]
