"""A sensitive change needs a fresh sign-in or the password. A stolen session alone is not enough."""

import pytest

from resolvers.access import admission
from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, codes, mutate
from tests.resolvers.access.test_sign_ups import execute
from tests.support.passkeys import Device, add_row
from tests.support.second_factors import code
from tests.support.world import Account, World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
NEW = "a new password"
SENSITIVE: list[tuple[str, dict[str, object]]] = [
    ("beginPasskey", {}),
    ("removeAuthenticatorApp", {}),
    ("renewRecoveryCodes", {}),
    ("changePassword", {"newPassword": NEW}),
    ("changeEmail", {"email": "thief@tests.example"}),
    ("deleteAccount", {}),
]


async def signed_in_before(world: World, password: str | None = PASSWORD) -> Account:
    """An account whose only session began 11 minutes ago."""
    account = await world.person()
    if password is not None:
        await world.set_password(account.id, password)
    await world.grow_old(account.id)
    return account


async def change(client: Client, account: Account, password: str | None = None) -> list[str]:
    """Change the password of an account. Returns the codes of the errors."""
    return codes(await mutate(client, "changePassword", account.secret, newPassword=NEW, password=password))


async def test_a_fresh_session_needs_no_password(client: Client, world: World) -> None:
    account = await world.person()
    await world.set_password(account.id, PASSWORD)
    assert await change(client, account) == []


@pytest.mark.parametrize("mutation", ["changePassword", "changeEmail"])
async def test_an_old_session_alone_changes_nothing(client: Client, world: World, mutation: str) -> None:
    account = await signed_in_before(world)
    given = {"newPassword": NEW} if mutation == "changePassword" else {"email": "thief@tests.example"}
    before = await world.fingerprint()
    [error] = (await mutate(client, mutation, account.secret, **given))["errors"]
    assert (error["code"], error["field"]) == ("PASSWORD_NEEDED", ["password"])
    assert codes(await mutate(client, mutation, account.secret, **given, password="a guess")) == ["INVALID_CREDENTIALS"]
    assert await world.fingerprint() == before


async def test_the_right_password_confirms_and_costs_nothing(client: Client, world: World) -> None:
    account = await signed_in_before(world)
    for _ in range(4):
        assert await change(client, account, "a guess") == ["INVALID_CREDENTIALS"]
    assert await change(client, account, PASSWORD) == []
    await world.grow_old(account.id)
    for _ in range(4):
        assert await change(client, account, "a guess") == ["INVALID_CREDENTIALS"]
    assert await change(client, account, NEW) == []


async def test_an_account_without_a_password_needs_a_fresh_session(client: Client, world: World) -> None:
    for password in (None, "a random password that nobody knows"):
        account = await signed_in_before(world, password)
        await execute(world, "update users set password_known = false where id = :id", id=account.id)
        before = await world.fingerprint()
        for mutation, given in SENSITIVE:
            for guess in (None, PASSWORD):
                [error] = (await mutate(client, mutation, account.secret, **given, password=guess))["errors"]
                assert (error["code"], error["field"]) == ("SIGN_IN_AGAIN", [])
        assert await world.fingerprint() == before
    # A new password with a link is one that the person knows.
    link = await world.reset(account.id)
    reset = await mutate(client, "resetPassword", token=link, password=PASSWORD)
    await world.grow_old(account.id)
    renewed = Account(account.id, account.email, reset["token"])
    assert [await change(client, renewed, one) for one in (None, PASSWORD)] == [["PASSWORD_NEEDED"], []]


async def test_a_wrong_password_is_refused_and_counted_in_a_fresh_session_too(client: Client, world: World) -> None:
    account = await world.person()
    await world.set_password(account.id, PASSWORD)
    before = await world.fingerprint()
    for mutation, given in SENSITIVE[:5]:
        wrong = await mutate(client, mutation, account.secret, **given, password="a guess")
        assert codes(wrong) == ["INVALID_CREDENTIALS"]
    assert await world.fingerprint() == before
    assert await change(client, account, PASSWORD) == ["TOO_MANY_ATTEMPTS"]
    assert await change(client, account) == []


async def test_the_password_of_another_account_confirms_nothing(client: Client, world: World) -> None:
    account, other = await signed_in_before(world), await world.person()
    await world.set_password(other.id, "the password of another")
    assert await change(client, account, "the password of another") == ["INVALID_CREDENTIALS"]


async def test_a_session_that_has_ended_confirms_nothing(client: Client, world: World) -> None:
    account = await signed_in_before(world)
    await mutate(client, "signOut", account.secret)
    answer = await client(
        'mutation { changePassword(input: {newPassword: "0123456789"}) { user { id } } }', account.secret
    )
    assert answer.codes == ["UNAUTHENTICATED"]


async def test_guesses_are_counted_as_those_of_signing_in_and_do_not_lock_the_owner_out(
    client: Client, world: World
) -> None:
    account = await signed_in_before(world)
    for _ in range(5):
        assert await change(client, account, "a guess") == ["INVALID_CREDENTIALS"]
    assert await change(client, account, PASSWORD) == ["TOO_MANY_ATTEMPTS"]
    assert codes(await mutate(client, "signIn", email=account.email, password=PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    PlacedTransport.address += 1
    assert codes(await mutate(client, "signIn", email=account.email, password=PASSWORD)) == []
    assert await change(client, account, PASSWORD) == []


async def test_a_known_place_confirms_while_others_guess(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "FREE_FROM_ANYWHERE", 2)
    account, home = await signed_in_before(world), PlacedTransport.address
    assert codes(await mutate(client, "signIn", email=account.email, password=PASSWORD)) == []
    for _ in range(2):
        PlacedTransport.address += 1
        assert await change(client, account, "a guess") == ["INVALID_CREDENTIALS"]
    PlacedTransport.address += 1
    assert await change(client, account, PASSWORD) == ["TOO_MANY_ATTEMPTS"]
    PlacedTransport.address = home
    assert await change(client, account, PASSWORD) == []


@pytest.mark.parametrize(("mutation", "given"), SENSITIVE, ids=[name for name, _ in SENSITIVE])
async def test_a_session_without_the_second_factor_of_the_account_confirms_nothing(
    client: Client, world: World, mutation: str, given: dict[str, object]
) -> None:
    account = await world.person()
    await world.set_password(account.id, PASSWORD)
    await world.authenticator(account.id)
    before = await world.fingerprint()
    for password in (None, PASSWORD):
        payload = await mutate(client, mutation, account.secret, **given, password=password)
        assert codes(payload) == ["SIGN_IN_AGAIN"]
    assert await world.fingerprint() == before
    proven = await world.session(account.id, second_factor=True)
    assert codes(await mutate(client, mutation, proven, **given)) == []


async def test_an_app_that_was_begun_before_another_second_factor_cannot_be_confirmed_without_it(
    client: Client, world: World
) -> None:
    account = await world.person()
    begun = await mutate(client, "beginAuthenticatorApp", account.secret)
    await add_row(world, account.id, Device())
    before = await world.fingerprint()
    confirmed = await mutate(client, "confirmAuthenticatorApp", account.secret, code=code(begun["secret"]))
    assert codes(confirmed) == ["SIGN_IN_AGAIN"]
    assert await world.fingerprint() == before
