"""A person who changes the password stays signed in where they are, and nowhere else."""

import asyncio

import pytest

from db.access import sign_in_places
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, send, sessions, trail
from tests.support.queued_mails import queued
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
NEW = "a new password"


async def test_a_change_ends_all_other_sessions_and_is_recorded(client: Client, world: World) -> None:
    ada = await world.person()
    await world.set_password(ada.id, PASSWORD)
    others = [await world.session(ada.id) for _ in range(2)]
    changed = await mutate(client, "changePassword", ada.secret, newPassword=NEW)
    assert (codes(changed), changed["user"]["id"], changed["endedSessions"]) == ([], ada.id, 2)
    assert [(await client(VIEWER, secret)).status for secret in (ada.secret, *others)] == [200, 401, 401]
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == ["INVALID_CREDENTIALS"]
    assert codes(await mutate(client, "signIn", email=ada.email, password=NEW)) == []
    assert (await trail(world, ada.id))[0] == ("person", "accounts:change_password", "user")
    assert await queued(world, ada.id) == [
        {"user_id": ada.id, "event": "password changed", "email": ada.email, "token_id": None}
    ]


async def test_a_change_ends_links_and_keeps_partner_tokens(client: Client, world: World) -> None:
    ada, team = await world.person(), await world.team()
    await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    _, partner = await world.token(team, ada.id, Scope.SEATS_READ)
    link = await world.reset(ada.id)
    confirm, undo = await world.email_change(ada, "new.of.ada@tests.example")
    assert codes(await mutate(client, "changePassword", ada.secret, newPassword=NEW)) == []
    assert codes(await mutate(client, "resetPassword", token=link, password=PASSWORD)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=confirm)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=PASSWORD)) == ["LINK_INVALID"]
    assert (await client("{ __typename }", partner)).codes == []


async def test_the_place_of_the_change_stays_known(client: Client, world: World) -> None:
    ada = await world.person()
    await world.set_password(ada.id, PASSWORD)
    await mutate(client, "signIn", email=ada.email, password=PASSWORD)
    answer = await send(client, "changePassword", ada.secret, newPassword=NEW)
    assert any("usher_device=" in cookie for cookie in answer.headers.get_list("set-cookie"))
    async with world.database.connection() as connection:
        assert await sign_in_places.is_known(connection, ada.email, str(PlacedTransport.address))
        assert not await sign_in_places.is_known(connection, ada.email, "10.9.0.1")


async def test_a_bad_password_changes_nothing(client: Client, world: World) -> None:
    ada = await world.person()
    before = await world.fingerprint()
    [error] = (await mutate(client, "changePassword", ada.secret, newPassword="short"))["errors"]
    assert (error["code"], error["field"]) == ("PASSWORD_INVALID", ["newPassword"])
    assert await world.fingerprint() == before


async def test_of_simultaneous_changes_in_several_sessions_one_wins(client: Client, world: World) -> None:
    ada = await world.person()
    secrets = [ada.secret, await world.session(ada.id), await world.session(ada.id)]
    answers = await asyncio.gather(
        *(send(client, "changePassword", secret, newPassword=f"{NEW} {n}") for n, secret in enumerate(secrets))
    )
    assert sorted(answer.codes for answer in answers) == [[], ["UNAUTHENTICATED"], ["UNAUTHENTICATED"]]
    assert await sessions(world, ada.id) == 1
    [winner] = [n for n, answer in enumerate(answers) if not answer.codes]
    assert (await client(VIEWER, secrets[winner])).status == 200
    assert codes(await mutate(client, "signIn", email=ada.email, password=f"{NEW} {winner}")) == []
