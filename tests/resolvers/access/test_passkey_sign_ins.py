"""People sign in with a passkey alone. Each wrong answer is refused, and a reset of the password ends that way in."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from domain.passkeys import LIFETIME, Purpose
from resolvers.access.passkey_sign_ins import PLACE
from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, PREFLIGHT, VIEWER, codes, mutate, send, sessions, trail
from tests.support.mutations import operation
from tests.support.passkeys import Device, device_of, options
from tests.support.world import World

OPTIONS = "{ passkeyOptions }"
PASSKEYS = "{ viewer { passkeys { nodes { alone lastUsedAt } } } }"


async def sign_in(client: Client, answer: object, **more: object) -> dict[str, Any]:
    """Sign in with this answer. Returns the payload."""
    return await mutate(client, "signInWithPasskey", answer=answer, **more)


async def test_a_passkey_signs_in_without_address_and_password(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    given = (await client(OPTIONS)).data["passkeyOptions"]
    assert (given["rpId"], given["allowCredentials"], given["userVerification"]) == ("localhost", [], "required")
    signed = await sign_in(client, device.get(given))
    assert (codes(signed), signed["user"]) == ([], {"id": ada.id, "email": ada.email})
    assert (await client(VIEWER, signed["token"])).data["viewer"] == {"id": ada.id}
    async with world.engine.connect() as connection:
        query = text(
            "select method, second_factor_at = created_at from sessions where user_id = :id and method <> 'password'"
        )
        assert (await connection.execute(query, {"id": ada.id})).all() == [("passkey", True)]
    [listed] = (await client(PASSKEYS, signed["token"])).data["viewer"]["passkeys"]["nodes"]
    assert (listed["alone"], listed["lastUsedAt"] is not None) == (True, True)
    assert await trail(world, ada.id) == [("anonymous", "sessions:create", "user")]


async def test_a_passkey_signs_in_by_cookie_and_again_and_again(client: Client, world: World) -> None:
    device = await device_of(world, (await world.person()).id)
    for _ in range(2):
        given = {"answer": device.get(options(Purpose.SIGN_IN)), "delivery": "COOKIE"}
        body = {"query": operation("signInWithPasskey"), "variables": {"input": given}}
        answer = await client.post(body, PREFLIGHT)
        assert (answer.data["signInWithPasskey"]["token"], "usher_session=" in answer.headers["set-cookie"]) == (
            None,
            True,
        )
    refused = await send(client, "signInWithPasskey", answer=device.get(options(Purpose.SIGN_IN)), delivery="COOKIE")
    assert refused.codes == ["BAD_USER_INPUT"]


async def test_a_synced_passkey_need_not_count(client: Client, world: World) -> None:
    device = await device_of(world, (await world.person()).id, counts=False, synced=True)
    for _ in range(2):
        assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == []


# What a device or a page does wrongly, or for which options it answers.
REFUSED: dict[str, tuple[dict[str, Any], Any]] = {
    "a foreign origin": ({"origin": "https://evil.example"}, None),
    "a page inside another one": ({"is_framed": True}, None),
    "another domain": ({"domain": "evil.example"}, None),
    "a person who was not verified": ({"verifies": False}, None),
    "no account": ({"handle": ""}, None),
    "another account": ({"handle": "user_another"}, None),
    "an expired challenge": ({}, lambda _: options(Purpose.SIGN_IN, age=LIFETIME)),
    "a challenge to add a passkey": ({}, lambda me: options(Purpose.ADD, me)),
    "a challenge for a second step": ({}, lambda me: options(Purpose.SECOND_STEP, me)),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_wrong_answer_signs_nobody_in(client: Client, world: World, name: str) -> None:
    ada = await world.person()
    wrong, made = REFUSED[name]
    device = await device_of(world, ada.id)
    signer = Device(key=device.key, credential_id=device.credential_id, **{"handle": ada.id, **wrong})
    before = await world.fingerprint()
    answer = signer.get(made(ada.id) if made else options(Purpose.SIGN_IN))
    assert codes(await sign_in(client, answer)) == ["PASSKEY_REFUSED"]
    assert await world.fingerprint() == before
    assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == []


async def test_another_key_or_an_unknown_passkey_signs_nobody_in(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    before = await world.fingerprint()
    forged = Device(credential_id=device.credential_id, handle=ada.id)
    assert codes(await sign_in(client, forged.get(options(Purpose.SIGN_IN)))) == ["PASSKEY_REFUSED"]
    unknown = Device(handle=ada.id)
    assert codes(await sign_in(client, unknown.get(options(Purpose.SIGN_IN)))) == ["PASSKEY_UNKNOWN"]
    assert await world.fingerprint() == before


async def test_an_answer_is_used_once(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    given = options(Purpose.SIGN_IN)
    answers = [device.get(given), device.get(given)]
    payloads = await asyncio.gather(*(sign_in(client, one) for one in (*answers, *answers)))
    assert sorted(str(codes(one)) for one in payloads) == ["['PASSKEY_REFUSED']"] * 3 + ["[]"]
    assert await sessions(world, ada.id) == 2


async def test_a_dry_run_shows_nobody_and_counts_as_an_attempt(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    forged = Device(credential_id=device.credential_id, handle=ada.id)
    answer = device.get(options(Purpose.SIGN_IN))
    before = await world.fingerprint()
    for _ in range(2):
        dry = await sign_in(client, answer, dryRun=True)
        assert (codes(dry), dry["user"], dry["token"]) == ([], None, None)
    assert await world.fingerprint() == before
    guesses = [forged.get(options(Purpose.SIGN_IN)) for _ in range(PLACE.attempts + 1)]
    found = [codes(await sign_in(client, guess, dryRun=True)) for guess in guesses]
    assert (found[0], found[-1]) == (["PASSKEY_REFUSED"], ["TOO_MANY_ATTEMPTS"])
    assert await sessions(world, ada.id) == 1


async def test_a_count_that_goes_back_is_refused_because_the_passkey_was_copied(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id, count=5)
    copy = Device(key=device.key, credential_id=device.credential_id, handle=ada.id, count=5)
    assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == []
    before = await world.fingerprint()
    # The count is equal to the last one, then lower, then 0.
    for count in (5, 2, -1):
        copy.count = count
        refused = await sign_in(client, copy.get(options(Purpose.SIGN_IN)))
        assert (codes(refused), "copied" in refused["errors"][0]["message"]) == (["PASSKEY_REFUSED"], True)
    assert await world.fingerprint() == before


async def test_a_repeat_gets_the_first_answer_without_the_token(client: Client, world: World) -> None:
    ada = await world.person()
    answer = (await device_of(world, ada.id)).get(options(Purpose.SIGN_IN))
    query, given = operation("signInWithPasskey", "user { id } token errors { code }"), {"answer": answer}
    answers = [await client(query, input={**given, "idempotencyKey": "k"}) for _ in range(2)]
    first, second = [one.data["signInWithPasskey"] for one in answers]
    assert (codes(first), set(codes(second))) == ([], {"SECRET_SHOWN_ONCE"})
    assert (second["user"], second["token"], await sessions(world, ada.id)) == (first["user"], None, 2)


async def test_after_a_reset_of_the_password_a_passkey_alone_signs_nobody_in(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    repeated = device.get(options(Purpose.SIGN_IN))
    assert codes(await sign_in(client, repeated, idempotencyKey="k")) == []
    reset = await mutate(client, "resetPassword", token=await world.reset(ada.id), password=PASSWORD)
    before = await world.fingerprint()
    assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == ["PASSWORD_FIRST"]
    assert codes(await sign_in(client, repeated, idempotencyKey="k")) == ["PASSWORD_FIRST"]
    assert await world.fingerprint() == before
    assert (codes(reset), reset["token"]) == ([], None)  # the passkey is still a second step
    [listed] = (await client(PASSKEYS, await world.session(ada.id))).data["viewer"]["passkeys"]["nodes"]
    assert listed["alone"] is False


async def test_an_account_that_nobody_verified_has_no_way_in(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set email_verified_at = null where id = :id"), {"id": ada.id})
    assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == ["PASSKEY_UNKNOWN"]


async def test_refused_passkeys_make_their_place_wait_and_no_other_one(client: Client, world: World) -> None:
    ada = await world.person()
    device, forged = await device_of(world, ada.id), Device(handle=ada.id)
    for _ in range(2):  # a right passkey costs its place nothing
        assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == []
    for _ in range(PLACE.attempts):
        assert codes(await sign_in(client, forged.get(options(Purpose.SIGN_IN)))) == ["PASSKEY_UNKNOWN"]
    query = operation("signInWithPasskey", "errors { code retryAfter }")
    answer = await client(query, input={"answer": device.get(options(Purpose.SIGN_IN))})
    refused = answer.data["signInWithPasskey"]
    assert (codes(refused), 0 < refused["errors"][0]["retryAfter"] <= PLACE.seconds) == (["TOO_MANY_ATTEMPTS"], True)
    PlacedTransport.address += 1
    assert codes(await sign_in(client, device.get(options(Purpose.SIGN_IN)))) == []


async def test_what_strangers_ask_for_is_not_stored(client: Client, world: World, statements: list[str]) -> None:
    before = await world.fingerprint()
    first, second = [(await client(OPTIONS)).data["passkeyOptions"]["challenge"] for _ in range(2)]
    assert (first != second, statements, await world.fingerprint()) == (True, [], before)
    # An answer to a challenge that Usher did not make takes no statement either.
    wrong = {**options(Purpose.SIGN_IN), "challenge": first[:-2] + "AA"}
    assert codes(await sign_in(client, Device(handle="user_1").get(wrong))) == ["PASSKEY_REFUSED"]
    assert statements == []
