"""Signing up, in and out in a dry run, and again under an idempotency key."""

import uuid

import pytest
from sqlalchemy import text

from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, newcomer, send, sessions, tell
from tests.support.mutations import operation
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("quick_passwords")


def key() -> str:
    """An idempotency key."""
    return uuid.uuid4().hex


def sign_in(person: dict[str, object]) -> dict[str, object]:
    """The input of this person's sign-in."""
    return {"email": person["email"], "password": person["password"]}


async def test_a_dry_sign_up_makes_no_account(client: Client, world: World) -> None:
    person, before = newcomer(dryRun=True), await world.fingerprint()
    dry = await tell(client, "signUp", **person)
    assert (dry["user"]["email"], dry["token"], dry["errors"]) == (person["email"], None, [])
    assert await world.fingerprint() == before
    assert codes(await tell(client, "signUp", **{**person, "dryRun": False})) == []


async def test_a_dry_sign_in_makes_no_session(client: Client, world: World) -> None:
    person = newcomer()
    user = (await tell(client, "signUp", **person))["user"]
    before = await world.fingerprint()
    dry = await tell(client, "signIn", **sign_in(person), dryRun=True)
    assert dry == {"user": user, "token": None, "errors": []}
    assert await world.fingerprint() == before


async def test_a_dry_sign_out_ends_no_session(client: Client, world: World) -> None:
    secret, before = (await world.person()).secret, await world.fingerprint()
    assert (await tell(client, "signOut", secret, dryRun=True))["signedOut"]
    assert await world.fingerprint() == before
    assert (await client(VIEWER, secret)).status == 200


@pytest.mark.parametrize("mutation", ["signUp", "signIn"])
async def test_a_repeat_gives_the_first_answer_without_its_token(client: Client, world: World, mutation: str) -> None:
    person = newcomer()
    if mutation == "signIn":
        await tell(client, "signUp", **person)
    given = {**(person if mutation == "signUp" else sign_in(person)), "idempotencyKey": key()}
    first = await tell(client, mutation, **given)
    assert (await client(VIEWER, first["token"])).data["viewer"] == {"id": first["user"]["id"]}
    before = await world.fingerprint()
    query = operation(mutation).replace("user { id email }", "user { id }")
    again = (await client(query, input=given)).data[mutation]
    assert (again["user"]["id"], again["token"]) == (first["user"]["id"], None)
    assert [(error["code"], error["isInformation"]) for error in again["errors"]] == [("SECRET_SHOWN_ONCE", True)]
    assert await world.fingerprint() == before
    assert await sessions(world, first["user"]["id"]) == (1 if mutation == "signUp" else 2)


@pytest.mark.parametrize("change", [{"firstName": "Augusta"}, {"email": "upper case"}])
async def test_a_key_stands_for_one_sign_up(client: Client, world: World, change: dict[str, str]) -> None:
    person = newcomer(idempotencyKey=key())
    await tell(client, "signUp", **person)
    before = await world.fingerprint()
    other = {**person, **change}
    if "email" in change:
        other["email"] = str(person["email"]).upper()
    assert (await send(client, "signUp", **other)).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_key_stands_for_one_sign_in(client: Client, world: World) -> None:
    person = newcomer()
    await tell(client, "signUp", **person)
    given = {**sign_in(person), "idempotencyKey": key()}
    await tell(client, "signIn", **given)
    before = await world.fingerprint()
    other = {**given, "email": str(person["email"]).upper()}
    assert (await send(client, "signIn", **other)).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_dry_run_leaves_the_key_free(client: Client) -> None:
    person = newcomer(idempotencyKey=key())
    assert (await tell(client, "signUp", **person, dryRun=True))["token"] is None
    assert (await tell(client, "signUp", **person))["token"]


async def test_two_people_may_use_the_same_key(client: Client) -> None:
    one, other = newcomer(idempotencyKey="1"), newcomer(idempotencyKey="1")
    first, second = await tell(client, "signUp", **one), await tell(client, "signUp", **other)
    assert first["user"] != second["user"]
    assert (codes(first), codes(second)) == ([], [])


async def test_a_key_ends_the_session_it_came_with_and_no_other(client: Client, world: World) -> None:
    someone = await world.person()
    other = await world.session(someone.id)
    given = {"idempotencyKey": key()}
    assert (await tell(client, "signOut", someone.secret, **given))["signedOut"]
    assert (await send(client, "signOut", someone.secret, **given)).status == 401
    assert (await tell(client, "signOut", other, **given))["signedOut"]
    assert (await client(VIEWER, other)).status == 401


@pytest.mark.parametrize("bad", ["", "x" * 256])
@pytest.mark.parametrize("mutation", ["signUp", "signIn", "signOut"])
async def test_a_key_has_1_to_255_characters(client: Client, world: World, mutation: str, bad: str) -> None:
    person = newcomer()
    secret = (await tell(client, "signUp", **person))["token"]
    inputs = {"signUp": newcomer(), "signIn": sign_in(person), "signOut": {}}
    before = await world.fingerprint()
    answer = await send(client, mutation, secret, **{**inputs[mutation], "idempotencyKey": bad})
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_a_right_guess_of_a_password_looks_wrong_when_signing_up(client: Client, world: World) -> None:
    person = newcomer()
    await tell(client, "signUp", **person)
    before = await world.fingerprint()
    answers = []
    for password in (PASSWORD, "a wrong guess"):
        guess = {**person, "password": password, "idempotencyKey": key()}
        tries = [guess, guess, {**guess, "firstName": "Eve"}]
        answers.append([(await send(client, "signUp", **each)).content for each in tries])
    assert answers[0] == answers[1]
    assert await world.fingerprint() == before


async def test_a_repeat_with_another_password_is_told_nothing(client: Client, world: World) -> None:
    person = newcomer(idempotencyKey=key())
    await tell(client, "signUp", **person)
    before = await world.fingerprint()
    payload = await tell(client, "signUp", **{**person, "password": "a wrong guess"})
    assert (payload["user"], codes(payload)) == (None, ["EMAIL_TAKEN"])
    assert await world.fingerprint() == before


async def test_no_secret_is_kept(client: Client, world: World) -> None:
    person = newcomer(idempotencyKey=key(), password="a memorable password")
    up = await tell(client, "signUp", **person)
    into = await tell(client, "signIn", **sign_in(person), idempotencyKey=key())
    async with world.engine.connect() as connection:
        tables = (
            await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        ).scalars()
        rows = [(await connection.execute(text(f"select t::text from {name} t"))).scalars().all() for name in tables]
    kept = "\n".join(row for table in rows for row in table)
    assert up["user"]["id"] in kept
    for secret in (up["token"], into["token"], person["password"]):
        for form in (str(secret), str(secret).encode().hex()):
            assert form not in kept
