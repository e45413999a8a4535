"""A passkey is a second factor: it is the second step after the password, and brings recovery codes if none is left."""

from typing import Any

import pytest
from sqlalchemy import text

from domain.passkeys import Purpose
from domain.second_factors import recovery_code_hash
from tests.conftest import Client
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, send
from tests.support.mutations import operation
from tests.support.passkeys import Device, add_row, device_of, encoded, options
from tests.support.world import Account, World

pytestmark = pytest.mark.usefixtures("quick_passwords")

OPTIONS = "query ($challenge: String!) { passkeyOptions(challenge: $challenge) }"
FACTORS = "{ viewer { secondFactors { passkeys recoveryCodes isUsed } } }"


async def options_for(client: Client, challenge: str) -> dict[str, Any]:
    """The options for the second step of a sign-in."""
    given: dict[str, Any] = (await client(OPTIONS, challenge=challenge)).data["passkeyOptions"]
    return given


async def complete(client: Client, challenge: str, answer: object) -> dict[str, Any]:
    """Complete a sign-in with this answer. Returns the payload."""
    return await mutate(client, "completeSignIn", challenge=challenge, passkey=answer)


async def factors(client: Client, person: Account) -> dict[str, Any]:
    """What a person sees of their second factors."""
    found: dict[str, Any] = (await client(FACTORS, person.secret)).data["viewer"]["secondFactors"]
    return found


async def test_after_a_reset_the_second_step_makes_the_passkey_work_alone_again(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    query = operation("resetPassword", "user { id } token challenge secondFactors errors { code }")
    given = {"token": await world.reset(ada.id), "password": PASSWORD}
    reset = (await client(query, input=given)).data["resetPassword"]
    assert (reset["user"], reset["token"], reset["secondFactors"]) == (None, None, ["PASSKEY"])
    alone = {"answer": device.get(options(Purpose.SIGN_IN))}
    assert codes(await mutate(client, "signInWithPasskey", **alone)) == ["PASSWORD_FIRST"]
    known = await options_for(client, reset["challenge"])
    named = {"id": encoded(device.credential_id), "type": "public-key", "transports": ["internal"]}
    assert (known["allowCredentials"], known["userVerification"]) == ([named], "required")
    done = await complete(client, reset["challenge"], device.get(known))
    assert (codes(done), (await client(VIEWER, done["token"])).data["viewer"]) == ([], {"id": ada.id})
    assert (await client(FACTORS, done["token"])).data["viewer"]["secondFactors"]["isUsed"] is True
    signed = await mutate(client, "signInWithPasskey", answer=device.get(options(Purpose.SIGN_IN)))
    assert codes(signed) == []


async def test_the_passkey_of_another_person_is_no_second_step(client: Client, world: World) -> None:
    ada, eve = await world.person(), await world.person()
    await add_row(world, ada.id, Device())
    hers = await device_of(world, eve.id)
    challenge = await world.challenge(ada.id)
    before = await world.fingerprint()
    for device in (hers, Device(key=hers.key, credential_id=hers.credential_id, handle=ada.id)):
        answer = device.get(await options_for(client, challenge))
        assert codes(await complete(client, challenge, answer)) == ["PASSKEY_REFUSED"]
    assert await world.fingerprint() == before


WRONG: dict[str, dict[str, Any]] = {
    "a foreign origin": {"origin": "https://evil.example"},
    "a person who was not verified": {"verifies": False},
    "another domain": {"domain": "evil.example"},
    "a count that went back": {"count": -1},
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_answer_is_no_second_step(client: Client, world: World, name: str) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id, count=1)
    challenge = await world.challenge(ada.id)
    signer = Device(key=device.key, credential_id=device.credential_id, **{"handle": ada.id, "count": 1, **WRONG[name]})
    before = await world.fingerprint()
    refused = await complete(client, challenge, signer.get(await options_for(client, challenge)))
    assert codes(refused) == ["PASSKEY_REFUSED"]
    assert await world.fingerprint() == before
    assert codes(await complete(client, challenge, device.get(await options_for(client, challenge)))) == []


async def test_the_options_of_one_sign_in_are_for_no_other_one(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    first, second = await world.challenge(ada.id), await world.challenge(ada.id)
    of_first = await options_for(client, first)
    for given in (of_first, options(Purpose.SIGN_IN), options(Purpose.ADD, ada.id)):
        assert codes(await complete(client, second, device.get(given))) == ["PASSKEY_REFUSED"]
    assert codes(await mutate(client, "signInWithPasskey", answer=device.get(of_first))) == ["PASSKEY_REFUSED"]
    answer = device.get(of_first)
    assert codes(await complete(client, first, answer)) == []
    assert codes(await complete(client, first, answer)) == ["CHALLENGE_INVALID"]


async def test_a_sign_in_that_is_not_open_gets_no_options(client: Client, world: World) -> None:
    ada = await world.person()
    device = await device_of(world, ada.id)
    challenge = await world.challenge(ada.id)
    answer = device.get(await options_for(client, challenge))
    assert codes(await complete(client, challenge, answer)) == []
    for wrong in (challenge, challenge[:-1], ada.secret, ""):
        assert (await client(OPTIONS, challenge=wrong)).codes == ["BAD_USER_INPUT"]
    other = await world.challenge(ada.id)
    for given in ({}, {"passkey": answer, "code": "123456"}, {"passkey": answer, "recoveryCode": "x"}):
        assert (await send(client, "completeSignIn", challenge=other, **given)).codes == ["BAD_USER_INPUT"]


async def test_the_first_passkey_brings_recovery_codes_and_the_last_one_takes_them(
    client: Client, world: World
) -> None:
    ada = await world.person()
    added = []
    for name in ("Laptop", "Phone"):
        answer = Device().create(options(Purpose.ADD, ada.id))
        payload = await mutate(client, "addPasskey", ada.secret, answer=answer, name=name)
        added.append((payload["passkey"]["id"], payload["recoveryCodes"]))
    assert [codes_ and len(codes_) for _, codes_ in added] == [10, None]
    assert await factors(client, ada) == {"passkeys": 2, "recoveryCodes": 10, "isUsed": True}
    done = await mutate(client, "completeSignIn", challenge=await world.challenge(ada.id), recoveryCode=added[0][1][0])
    assert codes(done) == []
    await mutate(client, "removePasskey", ada.secret, passkeyId=added[0][0])
    assert await factors(client, ada) == {"passkeys": 1, "recoveryCodes": 9, "isUsed": True}
    await mutate(client, "removePasskey", ada.secret, passkeyId=added[1][0])
    assert await factors(client, ada) == {"passkeys": 0, "recoveryCodes": 0, "isUsed": False}
    async with world.engine.connect() as connection:
        query = text("select count(*) from sessions where user_id = :id and second_factor_at is not null")
        assert (await connection.execute(query, {"id": ada.id})).scalar_one() == 0


async def test_a_passkey_brings_new_recovery_codes_when_all_are_used(client: Client, world: World) -> None:
    ada = await world.person()

    async def add() -> list[str] | None:
        answer = Device().create(options(Purpose.ADD, ada.id))
        payload = await mutate(client, "addPasskey", ada.secret, answer=answer, name="x")
        made: list[str] | None = payload["recoveryCodes"]
        return made

    first = await add() or []
    assert (len(first), await add()) == (10, None)
    used = "update recovery_codes set used_at = now() where user_id = :id and code_hash <> :kept"
    kept = recovery_code_hash(ada.id, first[-1])
    async with world.engine.begin() as connection:
        await connection.execute(text(used), {"id": ada.id, "kept": kept})
    assert (await add(), (await factors(client, ada))["recoveryCodes"]) == (None, 1)
    challenge = await world.challenge(ada.id)
    assert codes(await mutate(client, "completeSignIn", challenge=challenge, recoveryCode=first[-1])) == []
    new = await add() or []
    assert (len(set(new) - set(first)), (await factors(client, ada))["recoveryCodes"]) == (10, 10)
