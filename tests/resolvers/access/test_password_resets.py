"""A link to set a new password works once, and ends the other sessions."""

import asyncio

import pytest
from sqlalchemy import text

from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, sessions, trail
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]


async def test_a_person_sets_a_new_password(client: Client, world: World) -> None:
    ada = await world.person()
    link = await world.reset(ada.id)
    reset = await mutate(client, "resetPassword", token=link, password=PASSWORD)
    assert (codes(reset), reset["user"]["id"]) == ([], ada.id)
    assert (await client(VIEWER, ada.secret)).status == 401
    assert (await client(VIEWER, reset["token"])).data["viewer"] == {"id": ada.id}
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == []
    assert (await trail(world, ada.id))[0] == ("anonymous", "accounts:reset", "user")


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
