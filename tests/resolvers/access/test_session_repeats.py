"""Sign up, sign in and sign out in a dry run, and in repeats with an idempotency key."""

import uuid

import pytest
from sqlalchemy import text

from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, join, mutate, newcomer, send, sessions
from tests.support.mutations import operation
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]


def key() -> str:
    """A new idempotency key."""
    return uuid.uuid4().hex


def sign_in(person: dict[str, object]) -> dict[str, object]:
    """The input to sign in this person."""
    return {"email": person["email"], "password": person["password"]}


async def test_a_dry_run_of_sign_up_sends_no_mail(client: Client, world: World) -> None:
    person, before = newcomer(dryRun=True), await world.fingerprint()
    dry = await mutate(client, "signUp", **person)
    assert (dry["email"], dry["errors"]) == (person["email"], [])
    assert await world.fingerprint() == before
    assert codes(await mutate(client, "signUp", **{**person, "dryRun": False})) == []


async def test_a_dry_run_of_sign_in_creates_no_session(client: Client, world: World) -> None:
    person = newcomer()
    await join(client, world, person)
    before = await world.fingerprint()
    dry = await mutate(client, "signIn", **sign_in(person), dryRun=True)
    assert dry == {"user": None, "token": None, "challenge": None, "secondFactors": [], "errors": []}
    assert await world.fingerprint() == before


async def test_a_dry_run_of_sign_out_ends_no_session(client: Client, world: World) -> None:
    secret, before = (await world.person()).secret, await world.fingerprint()
    assert (await mutate(client, "signOut", secret, dryRun=True))["signedOut"]
    assert await world.fingerprint() == before
    assert (await client(VIEWER, secret)).status == 200


@pytest.mark.parametrize("mutation", ["verifyEmail", "signIn"])
async def test_a_repeat_returns_the_first_answer_without_its_token(client: Client, world: World, mutation: str) -> None:
    person = newcomer()
    if mutation == "signIn":
        await join(client, world, person)
        given = {**sign_in(person), "idempotencyKey": key()}
    else:
        link = await world.sign_up(str(person["email"]), PASSWORD)
        given = {"token": link, "password": PASSWORD, "idempotencyKey": key()}
    first = await mutate(client, mutation, **given)
    assert (await client(VIEWER, first["token"])).data["viewer"] == {"id": first["user"]["id"]}
    before = await world.fingerprint()
    query = operation(mutation).replace("user { id email }", "user { id }")
    again = (await client(query, input=given)).data[mutation]
    assert (again["user"]["id"], again["token"]) == (first["user"]["id"], None)
    assert [(error["code"], error["isInformation"]) for error in again["errors"]] == [("SECRET_SHOWN_ONCE", True)]
    assert await world.fingerprint() == before
    assert await sessions(world, first["user"]["id"]) == (1 if mutation == "verifyEmail" else 2)


async def test_a_repeat_of_a_sign_up_gets_the_first_answer_and_sends_no_mail(client: Client, world: World) -> None:
    person = newcomer(idempotencyKey=key())
    first = await mutate(client, "signUp", **person)
    before = await world.fingerprint()
    assert await mutate(client, "signUp", **person) == first
    assert await world.fingerprint() == before


@pytest.mark.parametrize("change", [{"firstName": "Augusta"}, {"email": "upper case"}])
async def test_a_key_cannot_be_reused_for_another_sign_up(client: Client, world: World, change: dict[str, str]) -> None:
    person = newcomer(idempotencyKey=key())
    await mutate(client, "signUp", **person)
    before = await world.fingerprint()
    other = {**person, **change}
    if "email" in change:
        other["email"] = str(person["email"]).upper()
    assert (await send(client, "signUp", **other)).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_key_cannot_be_reused_for_another_sign_in(client: Client, world: World) -> None:
    person = newcomer()
    await join(client, world, person)
    given = {**sign_in(person), "idempotencyKey": key()}
    await mutate(client, "signIn", **given)
    before = await world.fingerprint()
    other = {**given, "email": str(person["email"]).upper()}
    assert (await send(client, "signIn", **other)).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_dry_run_does_not_use_up_the_key(client: Client) -> None:
    person = newcomer(idempotencyKey=key())
    for dry_run in (True, False):
        assert (await mutate(client, "signUp", **person, dryRun=dry_run))["email"] == person["email"]


async def test_two_people_can_use_the_same_key(client: Client) -> None:
    one, other = newcomer(idempotencyKey="1"), newcomer(idempotencyKey="1")
    first, second = await mutate(client, "signUp", **one), await mutate(client, "signUp", **other)
    assert first["email"] != second["email"]
    assert (codes(first), codes(second)) == ([], [])


async def test_the_same_key_signs_out_each_session_separately(client: Client, world: World) -> None:
    someone = await world.person()
    other = await world.session(someone.id)
    given = {"idempotencyKey": key()}
    assert (await mutate(client, "signOut", someone.secret, **given))["signedOut"]
    assert (await send(client, "signOut", someone.secret, **given)).status == 401
    assert (await mutate(client, "signOut", other, **given))["signedOut"]
    assert (await client(VIEWER, other)).status == 401


@pytest.mark.parametrize("bad", ["", "x" * 256])
@pytest.mark.parametrize("mutation", ["signUp", "signIn", "signOut"])
async def test_a_key_has_1_to_255_characters(client: Client, world: World, mutation: str, bad: str) -> None:
    person = newcomer()
    secret = (await join(client, world, person))["token"]
    inputs = {"signUp": newcomer(), "signIn": sign_in(person), "signOut": {}}
    before = await world.fingerprint()
    answer = await send(client, mutation, secret, **{**inputs[mutation], "idempotencyKey": bad})
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_no_secret_is_stored(client: Client, world: World) -> None:
    person = newcomer(idempotencyKey=key(), password="a memorable password")
    await mutate(client, "signUp", **person)
    up = await join(client, world, person, idempotencyKey=key())
    into = await mutate(client, "signIn", **sign_in(person), idempotencyKey=key())
    async with world.engine.connect() as connection:
        tables = (
            await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        ).scalars()
        rows = [(await connection.execute(text(f"select t::text from {name} t"))).scalars().all() for name in tables]
    stored = "\n".join(row for table in rows for row in table)
    assert up["user"]["id"] in stored
    for secret in (up["token"], into["token"], person["password"]):
        for form in (str(secret), str(secret).encode().hex()):
            assert form not in stored
