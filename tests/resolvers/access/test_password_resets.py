"""A link to set a new password works once, and ends the other sessions."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.access import actors, sign_in_places
from db.access.actors import NewSession
from db.core import ids
from db.core.connection import Connection
from db.people import users
from domain.actions import Scope
from domain.roles import Role
from domain.sign_in_methods import SignInMethod
from resolvers.access import passwords
from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, sessions, trail
from tests.support.password_gate import OLD, Gate
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]


HOUR = timedelta(hours=1)


async def set_old_password(world: World, user_id: str) -> str:
    """Give an account the old password. Returns its hash."""
    hash_ = passwords.HASHER.hash(OLD)
    async with world.database.transaction() as connection:
        await users.set_password(connection, user_id, hash_)
        await connection.commit()
    return hash_


async def places(world: World, user_id: str) -> int:
    """The number of places that are known for an account."""
    async with world.engine.connect() as connection:
        query = text("select count(*) from sign_in_places where user_id = :id")
        return int((await connection.execute(query, {"id": user_id})).scalar_one())


async def a_wait_for_a_lock(world: World) -> None:
    """Return when a statement waits for a lock."""
    query = text(
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
    )
    async with asyncio.timeout(30), world.engine.connect() as connection:
        while not (await connection.execute(query)).scalar_one():
            await connection.rollback()
            await asyncio.sleep(0.01)


async def test_a_sign_in_with_the_old_password_does_not_survive_a_reset(
    client: Client, world: World, gate: Gate
) -> None:
    ada = await world.person()
    await set_old_password(world, ada.id)
    thief = asyncio.create_task(mutate(client, "signIn", email=ada.email, password=OLD, idempotencyKey="k"))
    await gate.wait()
    reset = await mutate(client, "resetPassword", token=await world.reset(ada.id), password=PASSWORD)
    assert codes(reset) == []
    gate.open()
    refused = await thief
    assert (codes(refused), refused["token"], refused["user"]) == (["INVALID_CREDENTIALS"], None, None)
    assert (await sessions(world, ada.id), await places(world, ada.id)) == (1, 1)
    signed = await mutate(client, "signIn", email=ada.email, password=PASSWORD, idempotencyKey="k")
    assert (codes(signed), await sessions(world, ada.id)) == ([], 2)


async def test_a_repeat_with_the_old_password_gets_no_answer_after_a_reset(
    client: Client, world: World, gate: Gate
) -> None:
    ada = await world.person()
    await set_old_password(world, ada.id)
    given = {"email": ada.email, "password": OLD, "idempotencyKey": "k"}
    first = asyncio.create_task(mutate(client, "signIn", **given))
    await gate.wait()
    gate.open()
    assert codes(await first) == []
    gate.close()
    repeat = asyncio.create_task(mutate(client, "signIn", **given))
    await gate.wait()
    assert codes(await mutate(client, "resetPassword", token=await world.reset(ada.id), password=PASSWORD)) == []
    gate.open()
    refused = await repeat
    assert (codes(refused), refused["user"]) == (["INVALID_CREDENTIALS"], None)


async def test_a_session_that_is_being_opened_and_a_reset_wait_for_each_other(world: World) -> None:
    ada = await world.person()
    old = await set_old_password(world, ada.id)
    new = passwords.HASHER.hash(PASSWORD)

    async def opened(connection: Connection) -> bool:
        values = (ids.new("session"), ada.id, ids.new("session").encode(), datetime.now(UTC) + HOUR)
        session = NewSession(*values, SignInMethod.PASSWORD, second_factor=False, device=None, place=None)
        return await actors.open_session(connection, session, old)

    async with world.database.transaction() as resetting, world.database.transaction() as signing_in:
        await users.set_password(resetting, ada.id, new)
        late = asyncio.create_task(opened(signing_in))
        await a_wait_for_a_lock(world)
        assert await actors.end_sessions(resetting, ada.id) == 1
        await resetting.commit()
        assert await late is False
    assert await sessions(world, ada.id) == 0


async def test_a_place_is_not_marked_after_the_password_was_replaced(world: World) -> None:
    ada = await world.person()
    old = await set_old_password(world, ada.id)
    new = await set_old_password(world, ada.id)
    async with world.database.connection() as connection:
        assert not await sign_in_places.remember(connection, ada.id, old, "10.9.0.1")
        assert await places(world, ada.id) == 0
        assert await sign_in_places.remember(connection, ada.id, new, "10.9.0.1")


async def test_a_person_sets_a_new_password(client: Client, world: World) -> None:
    ada = await world.person()
    link = await world.reset(ada.id)
    reset = await mutate(client, "resetPassword", token=link, password=PASSWORD)
    assert (codes(reset), reset["user"]["id"]) == ([], ada.id)
    assert (await client(VIEWER, ada.secret)).status == 401
    assert (await client(VIEWER, reset["token"])).data["viewer"] == {"id": ada.id}
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == []
    assert (await trail(world, ada.id))[0] == ("anonymous", "accounts:reset", "user")


async def test_a_reset_revokes_the_tokens_that_the_person_granted(client: Client, world: World) -> None:
    ada, team = await world.person(), await world.team()
    await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    other = await world.member(team, Role.SOFTWARE_COORDINATOR)
    token_id, secret = await world.token(team, ada.id, Scope.SEATS_READ)
    _, kept = await world.token(team, other.id, Scope.SEATS_READ)
    reset = await mutate(client, "resetPassword", token=await world.reset(ada.id), password=PASSWORD)
    assert codes(reset) == []
    assert (await client("{ __typename }", secret)).codes == ["UNAUTHENTICATED"]
    assert (await client("{ __typename }", kept)).codes == []
    query = text("select after from audit_events where target_id = :id and action = 'accounts:reset'")
    async with world.engine.connect() as connection:
        after = (await connection.execute(query, {"id": ada.id})).scalar_one()
    assert (after["endedSessions"], after["revokedTokens"]) == (1, [token_id])


async def test_a_link_is_used_once(client: Client, world: World) -> None:
    ada = await world.person()
    link = await world.reset(ada.id)
    payloads = await asyncio.gather(
        *(mutate(client, "resetPassword", token=link, password=f"{PASSWORD} {number}") for number in range(4))
    )
    assert sorted(str(codes(one)) for one in payloads) == ["['LINK_INVALID']"] * 3 + ["[]"]
    assert await sessions(world, ada.id) == 1


async def test_an_expired_link_or_a_bad_password_changes_nothing(client: Client, world: World) -> None:
    ada = await world.person()
    link = await world.reset(ada.id)
    before = await world.fingerprint()
    assert codes(await mutate(client, "resetPassword", token=link, password="short")) == ["PASSWORD_INVALID"]
    assert await world.fingerprint() == before
    async with world.engine.begin() as connection:
        expire = text("update password_resets set expires_at = now() where user_id = :id")
        await connection.execute(expire, {"id": ada.id})
    before = await world.fingerprint()
    assert codes(await mutate(client, "resetPassword", token=link, password=PASSWORD)) == ["LINK_INVALID"]
    assert await world.fingerprint() == before
