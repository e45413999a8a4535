"""What is stored with a session: how, when and where it began, and when it was last used."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, join, mutate, newcomer
from tests.support.mutations import operation
from tests.support.world import World

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
ORIGIN = """
select method, device, place, second_factor_at is null as one_factor, authenticated_at = created_at as is_new,
       last_used_at
from sessions where user_id = :user order by id desc limit 1
"""


async def origin(world: World, user_id: str) -> Any:
    """What is stored with the newest session of an account."""
    async with world.engine.connect() as connection:
        return (await connection.execute(text(ORIGIN), {"user": user_id})).one()


async def age(world: World, user_id: str, minutes: int) -> None:
    """Let the last use of an account's sessions be so many minutes ago."""
    aged = text("update sessions set last_used_at = now() - :n * interval '1 minute' where user_id = :user")
    async with world.engine.begin() as connection:
        await connection.execute(aged, {"n": minutes, "user": user_id})


@pytest.mark.slow
async def test_a_session_knows_its_way_its_device_and_its_place(client: Client, world: World) -> None:
    person = newcomer()
    me = (await join(client, world, person))["user"]["id"]
    assert (await origin(world, me))[:5] == ("link", "python-httpx", str(PlacedTransport.address), True, True)
    given = {"email": person["email"], "password": PASSWORD}
    body = {"query": operation("signIn"), "variables": {"input": given}}
    assert (await client.post(body, {"user-agent": FIREFOX})).data["signIn"]["errors"] == []
    assert (await origin(world, me))[:3] == ("password", "Firefox on Linux", str(PlacedTransport.address))
    await mutate(client, "resetPassword", token=await world.reset(me), password=PASSWORD)
    assert (await origin(world, me)).method == "link"


async def test_the_last_use_is_written_after_five_minutes_and_not_before(
    client: Client, world: World, statements: list[str]
) -> None:
    ada = await world.person()
    await age(world, ada.id, 4)
    before = (await origin(world, ada.id)).last_used_at
    await client(VIEWER, ada.secret)
    assert len(statements) == 1
    assert (await origin(world, ada.id)).last_used_at == before
    await age(world, ada.id, 6)
    before = (await origin(world, ada.id)).last_used_at
    statements.clear()
    await client(VIEWER, ada.secret)
    written = (await origin(world, ada.id)).last_used_at
    assert written > before
    await client(VIEWER, ada.secret)
    assert (await origin(world, ada.id)).last_used_at == written
    assert len([one for one in statements if one.strip().startswith("update sessions")]) == 1
