"""A mutation that needs a lock that another transaction holds: it waits, and after a time-out nothing has changed."""

import asyncio

import pytest
from sqlalchemy import text

from db.groups import given_products
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import new_caller, operation
from tests.support.world import World

LOCK = text("select from memberships where team_id = :team for update")
# Cancels the statements that wait for a lock of this connection, as PostgreSQL does after its own time-out.
WAITING = "not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
CANCEL = text(f"select pg_cancel_backend(pid) from pg_locks where {WAITING}")


async def test_a_request_that_waits_too_long_for_a_lock_is_answered_unavailable(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    async with world.engine.connect() as connection:
        await connection.execute(LOCK, {"team": caller.team})
        waiting = asyncio.create_task(
            caller.send(
                "assignSeats", teamId=caller.team, productId=caller.product, userIds=[ada], idempotencyKey="once"
            )
        )
        while not (await connection.execute(CANCEL)).all():  # noqa: ASYNC110 - the server has no event for this
            await asyncio.sleep(0.01)
        answer = await waiting
    assert answer.codes == ["UNAVAILABLE"]
    assert answer.content["data"] == {"assignSeats": None}
    assert await caller.holders() == []
    assert (await caller.assign([ada], idempotencyKey="once")).holders == [ada]


@pytest.mark.parametrize("mutation", ["resendInvitation", "revokeInvitation"])
async def test_an_actor_without_the_right_is_refused_before_anything_is_locked(
    client: Client, world: World, mutation: str
) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.USER)
    grace = await world.invited_member(caller.team, account=await world.person())
    values = {"teamId": caller.team, "invitationId": await world.invitation(caller.team, grace.id)}
    link = await world.invitation_token(caller.team, grace.id)
    await client(operation("acceptInvitation"), grace.secret, input={"token": link})
    async with world.database.transaction() as others, asyncio.timeout(5):
        await given_products.lock_changes(others, caller.team)
        assert (await client(operation(mutation), grace.secret, input=values)).codes == ["FORBIDDEN"]
