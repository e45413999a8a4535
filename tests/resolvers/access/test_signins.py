"""Guessing passwords: an answer does not reveal which accounts exist, and repeated failures cause a wait."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from sqlalchemy import text
from starlette.applications import Starlette

from resolvers.access import admission, hash_queue, passwords
from resolvers.access.authentication import WRONG_CREDENTIALS
from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, codes, join, mutate, newcomer
from tests.support.mutations import operation
from tests.support.world import World

pytestmark = pytest.mark.slow

WRONG = "a wrong guess"
quick = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[Parameters]:
    """The parameters of each hash against which a password is verified during the test."""
    done: list[Parameters] = []
    verify = PasswordHasher.verify

    def note(self: PasswordHasher, hash_: str, password: str) -> bool:
        done.append(extract_parameters(hash_))
        return verify(self, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    return done


async def guess(client: Client, email: object, password: str = WRONG) -> dict[str, Any]:
    """Try to sign in. Returns the payload."""
    return await mutate(client, "signIn", email=email, password=password)


async def account(client: Client, world: World) -> str:
    """A new person with a verified address. Returns the address."""
    person = newcomer()
    await join(client, world, person)
    return str(person["email"])


async def exhaust(client: Client, email: str) -> None:
    """Fail to sign in as often as is possible without a wait."""
    for _ in range(5):
        assert codes(await guess(client, email)) == ["INVALID_CREDENTIALS"]


async def failures(world: World) -> list[str]:
    """The rows of failed sign-ins, as text."""
    async with world.engine.connect() as connection:
        rows = await connection.execute(text("select f::text from sign_in_failures f order by subject"))
        return list(rows.scalars())


async def waits(world: World) -> list[str]:
    """The rows of subjects that have to wait, as text."""
    async with world.engine.connect() as connection:
        rows = await connection.execute(
            text("select f::text from sign_in_failures f where next_at > last_at order by 1")
        )
        return list(rows.scalars())


async def move_back(world: World, interval: str) -> None:
    """Move all failed sign-ins back in time by this interval."""
    shifted = ", ".join(f"{column} = {column} - interval '{interval}'" for column in ("last_at", "next_at"))
    async with world.engine.begin() as connection:
        await connection.execute(text(f"update sign_in_failures set {shifted}"))


async def prolong_waits(world: World) -> None:
    """Prolong all waits by 10 minutes, which is longer than a test takes."""
    async with world.engine.begin() as connection:
        prolonged = "update sign_in_failures set next_at = next_at + interval '10 minutes' where next_at > last_at"
        await connection.execute(text(prolonged))


async def last_wait(world: World) -> int:
    """The wait in seconds that the last failure caused."""
    last = "last_at = (select max(last_at) from sign_in_failures)"
    query = text(f"select max(extract(epoch from next_at - last_at))::int from sign_in_failures where {last}")
    async with world.engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


def elsewhere(app: Starlette, address: str) -> Client:
    """A client with this network address."""
    transport = httpx.ASGITransport(app, client=(address, 1))
    return Client(httpx.AsyncClient(transport=transport, base_url="http://usher.test"))


async def test_a_failed_sign_in_does_not_reveal_what_was_wrong(
    app: Starlette, client: Client, world: World, verified: list[Parameters], statements: list[str]
) -> None:
    await guess(client, "nobody-first@tests.example")  # the first unknown address computes the hash that all use
    home = elsewhere(app, "10.3.0.1")
    known, without_password = await account(home, world), (await world.person()).email
    seen = []
    for email, password in (
        (known, WRONG),
        (known, "x" * 1000),
        (known, ""),
        (without_password, WRONG),
        ("nobody@tests.example", WRONG),
        ("no address", WRONG),
        ("", ""),
    ):
        verified.clear()
        statements.clear()
        seen.append((await guess(client, email, password), list(verified), list(statements)))
    assert seen[0][0]["errors"][0]["message"] == WRONG_CREDENTIALS.message
    assert seen[0][1] == [extract_parameters(passwords.HASHER.hash("x"))]
    assert all(one == seen[0] for one in seen)
    home.http.cookies.clear()
    statements.clear()
    assert await guess(home, known) == seen[0][0]
    assert len(statements) == len(seen[0][2])


@quick
async def test_after_5_failures_even_the_right_password_has_to_wait(
    client: Client, world: World, verified: list[Parameters]
) -> None:
    email = await account(client, world)
    await exhaust(client, email)
    await prolong_waits(world)
    verified.clear()
    waiting = await guess(client, email, PASSWORD)
    assert (codes(waiting), waiting["token"]) == (["TOO_MANY_ATTEMPTS"], None)
    message = re.match(r"Too many failed sign-ins; try again in (\d+) s\. ", waiting["errors"][0]["message"])
    assert message
    assert 500 < int(message[1]) <= 601
    assert verified == []


@quick
async def test_an_unknown_address_has_to_wait_like_a_known_one(client: Client, world: World) -> None:
    await exhaust(client, "nobody-slow@tests.example")
    assert await last_wait(world) == 1
    await prolong_waits(world)
    assert codes(await guess(client, "nobody-slow@tests.example")) == ["TOO_MANY_ATTEMPTS"]


@quick
async def test_failures_are_counted_for_an_address_in_any_case(client: Client, world: World) -> None:
    email = await account(client, world)
    await exhaust(client, email.upper())
    await prolong_waits(world)
    assert codes(await guess(client, f" {email}", PASSWORD)) == ["TOO_MANY_ATTEMPTS"]


@quick
async def test_failures_are_counted_for_every_spelling_that_finds_the_account(client: Client, world: World) -> None:
    email = f"pippin.{await account(client, world)}"
    await join(client, world, newcomer(email=email))
    dotted = email.replace("i", "İ", 1)
    assert codes(await guess(client, dotted, PASSWORD)) == []
    await exhaust(client, dotted)
    await prolong_waits(world)
    assert codes(await guess(client, email, PASSWORD)) == ["TOO_MANY_ATTEMPTS"]


async def test_an_attempt_during_the_wait_does_not_prolong_it(client: Client, world: World) -> None:
    email = await account(client, world)
    await exhaust(client, email)
    await prolong_waits(world)
    before = await failures(world)
    for _ in range(10):
        assert codes(await guess(client, email)) == ["TOO_MANY_ATTEMPTS"]
    assert await failures(world) == before


@quick
async def test_each_further_failure_doubles_the_wait_up_to_15_minutes(client: Client, world: World) -> None:
    email = "nobody-doubles@tests.example"
    await exhaust(client, email)
    waits = [await last_wait(world)]
    for _ in range(11):
        await move_back(world, "15 minutes")
        assert codes(await guess(client, email)) == ["INVALID_CREDENTIALS"]
        waits.append(await last_wait(world))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


@quick
async def test_a_successful_sign_in_clears_the_failures(client: Client, world: World) -> None:
    email = await account(client, world)
    await exhaust(client, email)
    await move_back(world, "2 seconds")
    assert codes(await guess(client, email, PASSWORD)) == []
    await exhaust(client, email)


@quick
async def test_a_day_without_a_failure_clears_the_failures(client: Client, world: World) -> None:
    email = "nobody-quiet@tests.example"
    await exhaust(client, email)
    await move_back(world, "25 hours")
    await exhaust(client, email)


async def test_of_parallel_guesses_only_one_is_verified(
    client: Client, world: World, verified: list[Parameters]
) -> None:
    email = await account(client, world)
    await exhaust(client, email)
    for _ in range(5):
        await move_back(world, "15 minutes")
        await guess(client, email)
    await move_back(world, "15 minutes")
    verified.clear()
    payloads = await asyncio.gather(*(guess(client, email, PASSWORD if n == 29 else WRONG) for n in range(30)))
    assert len(verified) == 1
    assert [code for one in payloads for code in codes(one)].count("TOO_MANY_ATTEMPTS") == 29


async def test_parallel_sign_ins_of_one_account_succeed(client: Client, world: World) -> None:
    email = await account(client, world)
    for _ in range(5):
        payloads = await asyncio.gather(*(guess(client, email, PASSWORD) for _ in range(4)))
        assert [codes(one) for one in payloads] == [[]] * 4


async def test_many_sign_ins_at_once_do_not_run_out_of_connections(client: Client, world: World) -> None:
    secret = (await world.person()).secret
    inputs = [
        {"email": f"nobody-starves-{n}@tests.example", "password": WRONG} for n in range(18)
    ]  # more than there are connections
    answers = await asyncio.gather(*(client(operation("signIn"), secret, input=one) for one in inputs))
    assert [codes(answer.data["signIn"]) for answer in answers] == [["INVALID_CREDENTIALS"]] * 18


@quick
async def test_another_network_address_does_not_have_to_wait(app: Starlette, client: Client, world: World) -> None:
    email = await account(client, world)
    await exhaust(client, email)
    assert codes(await guess(elsewhere(app, "10.1.0.1"), email, PASSWORD)) == []


@quick
async def test_many_failures_from_anywhere_make_every_network_address_wait(
    app: Starlette, client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "FREE_FROM_ANYWHERE", 8)
    email = await account(client, world)
    for number in range(8):
        assert codes(await guess(elsewhere(app, f"10.2.0.{number}"), email)) == ["INVALID_CREDENTIALS"]
    await prolong_waits(world)
    before = await failures(world)
    for number in range(8, 16):
        assert codes(await guess(elsewhere(app, f"10.2.0.{number}"), email, PASSWORD)) == ["TOO_MANY_ATTEMPTS"]
    assert await failures(world) == before


@quick
@pytest.mark.parametrize("mutation", ["signIn", "signUp"])
async def test_when_too_many_wait_no_attempt_is_counted(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, mutation: str
) -> None:
    monkeypatch.setattr(hash_queue, "MAX_WAITING", 0)
    names = {"firstName": "Ada", "lastName": "Byron"} if mutation == "signUp" else {}
    before = await failures(world), await world.fingerprint()
    email = f"waiting.{mutation}@tests.example"
    given = {"email": email, "password": PASSWORD, **names}
    answer = await client(operation(mutation), input=given)
    assert answer.codes == ["UNAVAILABLE"]
    assert (await failures(world), await world.fingerprint()) == before


async def test_failed_sign_ins_are_stored_without_the_address(client: Client, world: World) -> None:
    email = await account(client, world)
    await guess(client, email)
    stored = "".join(await failures(world))
    assert email not in stored
    assert email.encode().hex() not in stored
