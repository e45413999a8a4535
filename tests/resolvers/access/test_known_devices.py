"""A device or a place from which somebody signed in before passes the limit for failures from everywhere."""

import asyncio
import hashlib

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from db.access import sign_in_failures, sign_in_places
from db.access.sign_in_failures import Budget, Spent
from db.core.database import POOL_SIZE
from resolvers.access import admission, hash_queue
from resolvers.access.hash_queue import Priority
from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, codes, join, mutate, newcomer
from tests.resolvers.access.test_signins import WRONG, elsewhere, guess, prolong_waits
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]

HOME, ATTACKERS = "10.5.0.1", "10.7.0.{}"


@pytest.fixture(autouse=True)
def few_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the limit from everywhere small, so that an attack is short."""
    monkeypatch.setattr(admission, "FREE_FROM_ANYWHERE", 3)


@pytest.fixture(autouse=True)
async def no_failures(world: World) -> None:
    """Forget all failures, because these tests use the same places."""
    await forget_failures(world)


async def forget_failures(world: World) -> None:
    """Forget all failures."""
    async with world.engine.begin() as connection:
        await connection.execute(text("delete from sign_in_failures"))


def away() -> str:
    """A network address of this test, because the process remembers for some seconds which places have to wait."""
    return str(PlacedTransport.address)


async def owner(app: Starlette, world: World, **given: object) -> tuple[Client, str]:
    """Sign up a new person at home. Returns their device and their e-mail address."""
    device, person = elsewhere(app, HOME), newcomer()
    assert codes(await join(device, world, person, **given)) == []
    return device, str(person["email"])


async def attack(app: Starlette, world: World, email: str) -> None:
    """Use up the limit of an account from everywhere."""
    for number in range(3):
        assert codes(await guess(elsewhere(app, ATTACKERS.format(number)), email)) == ["INVALID_CREDENTIALS"]
    await prolong_waits(world)


def moved(app: Starlette, device: Client, address: str) -> Client:
    """The same device, with its cookies, at another network address."""
    client = elsewhere(app, address)
    client.http.cookies.update(device.http.cookies)
    return client


async def test_under_attack_only_the_known_device_and_the_known_place_get_in(app: Starlette, world: World) -> None:
    device, email = await owner(app, world)
    await attack(app, world, email)
    refused = await guess(elsewhere(app, away()), email, PASSWORD)
    assert codes(refused) == ["TOO_MANY_ATTEMPTS"]
    assert "sign in on a device or in a network where you have signed in before" in refused["errors"][0]["message"]
    assert codes(await guess(elsewhere(app, HOME), email, PASSWORD)) == []
    assert codes(await guess(moved(app, device, away()), email, PASSWORD)) == []


async def test_the_device_of_another_account_does_not_help(app: Starlette, world: World) -> None:
    _, email = await owner(app, world)
    stranger = elsewhere(app, away())
    assert codes(await join(stranger, world, newcomer())) == []
    await attack(app, world, email)
    assert codes(await guess(stranger, email, PASSWORD)) == ["TOO_MANY_ATTEMPTS"]


async def test_several_accounts_are_known_on_one_device(app: Starlette, world: World) -> None:
    device, first = await owner(app, world)
    second = newcomer()
    assert codes(await join(device, world, second)) == []
    for email in (first, str(second["email"])):
        await attack(app, world, email)
        assert codes(await guess(moved(app, device, away()), email, PASSWORD)) == []
        await forget_failures(world)


async def test_a_new_password_makes_devices_and_places_new(app: Starlette, world: World) -> None:
    device, email = await owner(app, world)
    async with world.engine.begin() as connection:
        changed = "update users set password_hash = :hash where email = :email"
        await connection.execute(text(changed), {"hash": "another hash", "email": email})
    await attack(app, world, email)
    assert codes(await guess(device, email, PASSWORD)) == ["TOO_MANY_ATTEMPTS"]


async def test_a_device_has_five_failures_and_then_counts_as_new(app: Starlette, world: World) -> None:
    device, email = await owner(app, world)
    await attack(app, world, email)
    thief = moved(app, device, away())
    for _ in range(5):
        assert codes(await guess(thief, email)) == ["INVALID_CREDENTIALS"]
    await prolong_waits(world)
    assert codes(await guess(thief, email, PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    # The owner's place is still known, and a stolen cookie does not change that.
    assert codes(await guess(device, email, PASSWORD)) == []


async def test_a_known_device_passes_the_budget_of_its_place_and_others_do_not(
    app: Starlette, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, email = await owner(app, world)
    monkeypatch.setattr(admission, "PLACE", Budget(4, 1000.0))
    shared = elsewhere(app, away())
    for number in range(4):
        assert codes(await guess(shared, f"victim{number}@tests.example")) == ["INVALID_CREDENTIALS"]
    refused = [await guess(elsewhere(app, away()), one, PASSWORD) for one in (email, "nobody@tests.example")]
    assert refused[0] == refused[1]
    assert codes(refused[0]) == ["TOO_MANY_ATTEMPTS"]
    assert codes(await mutate(elsewhere(app, away()), "signUp", **newcomer())) == ["TOO_MANY_ATTEMPTS"]
    assert codes(await guess(moved(app, device, away()), email, PASSWORD)) == []
    assert codes(await guess(elsewhere(app, HOME), email, PASSWORD)) == []


async def test_all_addresses_of_a_64_are_one_place(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PLACE", Budget(3, 1000.0))
    for number in range(3):
        client = elsewhere(app, f"2001:db8:77::{number}")
        assert codes(await guess(client, f"six{number}@tests.example")) == ["INVALID_CREDENTIALS"]
    assert codes(await guess(elsewhere(app, "2001:db8:77::ffff"), "six@tests.example")) == ["TOO_MANY_ATTEMPTS"]
    assert codes(await guess(elsewhere(app, "2001:db8:77:1::"), "six@tests.example")) == ["INVALID_CREDENTIALS"]


async def test_a_right_password_costs_a_place_nothing(
    app: Starlette, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, email = await owner(app, world)
    monkeypatch.setattr(admission, "PLACE", Budget(2, 1000.0))
    for _ in range(5):
        assert codes(await guess(elsewhere(app, away()), email, PASSWORD)) == []


async def test_the_answer_says_how_long_to_wait(app: Starlette, world: World) -> None:
    _, email = await owner(app, world)
    await attack(app, world, email)
    query = "mutation ($input: SignInInput!) { signIn(input: $input) { errors { code retryAfter } } }"
    answer = await elsewhere(app, away())(query, input={"email": email, "password": WRONG})
    [error] = answer.data["signIn"]["errors"]
    assert error["code"] == "TOO_MANY_ATTEMPTS"
    assert 500 < error["retryAfter"] <= 601


@pytest.mark.parametrize(("scheme", "name"), [("https", "__Host-usher_device"), ("http", "usher_device")])
async def test_the_cookie_of_a_device_is_hidden_from_scripts(
    app: Starlette, world: World, scheme: str, name: str
) -> None:
    _, email = await owner(app, world)
    device = elsewhere(app, HOME)
    device.http.base_url = httpx.URL(f"{scheme}://usher.test")
    body = {"query": "mutation ($input: SignInInput!) { signIn(input: $input) { token } }"}
    answer = await device.post({**body, "variables": {"input": {"email": email, "password": PASSWORD}}})
    value, *flags = answer.headers["set-cookie"].split("; ")
    assert value.startswith(f"{name}=")
    secure = ["Secure"] if scheme == "https" else []
    assert flags == ["HttpOnly", "Max-Age=15552000", "Path=/", "SameSite=strict", *secure]


async def test_a_dry_run_and_a_failure_mark_nothing(app: Starlette, world: World) -> None:
    _, email = await owner(app, world)
    stranger, before = elsewhere(app, away()), await world.fingerprint()
    assert codes(await mutate(stranger, "signIn", email=email, password=PASSWORD, dryRun=True)) == []
    assert codes(await guess(stranger, email)) == ["INVALID_CREDENTIALS"]
    assert not stranger.http.cookies
    assert await world.fingerprint() == before


async def test_an_account_has_about_ten_places_and_the_oldest_is_forgotten(app: Starlette, world: World) -> None:
    _, email = await owner(app, world)
    for number in range(11):
        assert codes(await guess(elsewhere(app, f"10.8.0.{number}"), email, PASSWORD)) == []
    async with world.database.connection() as connection:
        known = [await sign_in_places.is_known(connection, email, f"10.8.0.{number}") for number in range(11)]
    assert known == [False] + [True] * 10


async def test_a_budget_is_filled_up_again_steadily(world: World) -> None:
    subject, budget = hashlib.sha256(b"budget").digest(), Budget(3, 100.0)
    async with world.database.connection() as connection:
        spent = [await sign_in_failures.spend(connection, subject, budget) for _ in range(4)]
        assert spent[:3] == [Spent(0, 1), Spent(0, 2), Spent(0, 3)]
        assert 95 <= spent[3].wait <= 100
    async with world.engine.begin() as writer:
        await writer.execute(text("update sign_in_failures set next_at = next_at - interval '100 s'"))
    async with world.database.connection() as connection:
        assert (await sign_in_failures.spend(connection, subject, budget)).wait == 0
        assert (await sign_in_failures.spend(connection, subject, budget)).wait > 0
        await sign_in_failures.give_back(connection, subject, budget)
        assert (await sign_in_failures.spend(connection, subject, budget)).wait == 0


async def test_places_with_many_failures_are_refused_without_a_statement_while_many_passwords_wait(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    monkeypatch.setattr(admission, "_priority", lambda _: Priority.NOISY)
    monkeypatch.setattr(hash_queue, "MAX_NOISY", 0)
    noisy = elsewhere(app, away())
    # All of them ask before the first is refused. The others look again when they have a connection.
    first = await asyncio.gather(*(guess(noisy, f"noisy{number}@tests.example") for number in range(40)))
    assert {code for one in first for code in codes(one)} == {"TOO_MANY_ATTEMPTS"}
    assert 0 < sum(one.startswith("SELECT lower(") for one in statements) <= POOL_SIZE
    statements.clear()
    assert codes(await guess(noisy, "noisy@tests.example")) == ["TOO_MANY_ATTEMPTS"]
    assert statements == []
