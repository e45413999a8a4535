"""The identities of an account: who sees and removes them, and when they end."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Client
from tests.support.mutations import operation
from tests.support.world import Account, World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
OWN = "{ viewer { identities { nodes { id issuer lastUsedAt } } } }"
PROVIDERS = "{ signInProviders { name url } }"


async def unlink(client: Client, account: Account, identity: str, **more: object) -> Any:
    """Remove an identity. Returns the answer."""
    return await client(operation("unlinkIdentity"), account.secret, input={"identityId": identity, **more})


async def own(client: Client, account: Account) -> list[str]:
    """The ids of the identities that an account sees."""
    return [one["id"] for one in (await client(OWN, account.secret)).data["viewer"]["identities"]["nodes"]]


async def execute(world: World, statement: str, **values: object) -> None:
    """Execute a statement in the database."""
    async with world.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_everybody_may_ask_for_the_providers(client: Client, world: World) -> None:
    expected = [{"name": "provider.example", "url": "http://127.0.0.1:8000/sign-in/openid-connect"}]
    for secret in (None, (await world.person()).secret):
        assert (await client(PROVIDERS, secret)).data == {"signInProviders": expected}


async def test_a_person_sees_and_removes_only_their_own(client: Client, world: World) -> None:
    ada, eve = await world.person(), await world.person()
    identity = await world.identity(ada.id)
    other = await world.identity(ada.id, "https://other.example")
    assert (await own(client, ada), await own(client, eve)) == ([identity, other], [])
    assert (await unlink(client, eve, identity)).codes == ["NOT_FOUND"]
    removed = (await unlink(client, ada, identity)).data["unlinkIdentity"]
    assert (removed["unlinkedIdentityId"], removed["errors"]) == (identity, [])
    assert await own(client, ada) == [other]
    assert (await unlink(client, ada, identity)).codes == ["NOT_FOUND"]
    assert (await client(OWN)).codes == ["UNAUTHENTICATED"]


async def test_an_old_session_needs_the_password_to_change_them(client: Client, world: World) -> None:
    ada = await world.person()
    identity = await world.identity(ada.id)
    old = "update sessions set authenticated_at = now() - interval '11 minutes' where user_id = :id"
    await execute(world, old, id=ada.id)
    before = await world.fingerprint()
    for mutation, values in (("unlinkIdentity", {"identityId": identity}), ("linkIdentity", {})):
        payload = (await client(operation(mutation), ada.secret, input=values)).data[mutation]
        assert len(payload["errors"]) == 1
    assert await world.fingerprint() == before


async def test_a_link_leads_to_no_other_site(client: Client, world: World) -> None:
    ada = await world.person()
    for path in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = await client(operation("linkIdentity"), ada.secret, input={"returnTo": path})
        assert answer.codes == ["BAD_USER_INPUT"]


async def test_the_cookie_of_a_link_is_set_once_and_not_in_a_dry_run(client: Client, world: World) -> None:
    ada = await world.person()
    cookies = []
    for more in ({"dryRun": True}, {"idempotencyKey": "k"}, {"idempotencyKey": "k"}):
        answer = await client(operation("linkIdentity"), ada.secret, input=more)
        assert answer.data["linkIdentity"]["url"] == "http://127.0.0.1:8000/sign-in/openid-connect/link"
        cookies.append(answer.headers.get("set-cookie", ""))
    assert [bool(one) for one in cookies] == [False, True, False]
    assert cookies[1].startswith("usher_openid=")
    assert cookies[1].endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax")


async def test_a_reset_removes_the_identities(client: Client, world: World) -> None:
    ada = await world.person()
    await world.identity(ada.id)
    values = {"token": await world.reset(ada.id), "password": "correct horse battery"}
    answer = await client(operation("resetPassword"), input=values)
    token = answer.data["resetPassword"]["token"]
    assert await own(client, Account(ada.id, ada.email, token)) == []


async def test_of_simultaneous_removals_one_succeeds(client: Client, world: World) -> None:
    ada = await world.person()
    identity = await world.identity(ada.id)
    answers = await asyncio.gather(*(unlink(client, ada, identity) for _ in range(4)))
    assert sorted(one.codes == [] for one in answers) == [False, False, False, True]
