"""Signing in with a second factor: two steps, each code once, and no guessing, while the owner still gets in."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from db.access import sign_in_failures
from db.people import users
from resolvers.access import passwords, second_step_tries
from resolvers.access.second_step_tries import CODES
from tests.conftest import Client
from tests.resolvers.access.test_second_factors import notices
from tests.resolvers.access.test_sessions import PASSWORD, PREFLIGHT, VIEWER, codes, mutate, sessions
from tests.resolvers.access.test_signins import elsewhere
from tests.support.mutations import operation
from tests.support.second_factors import code
from tests.support.world import Account, World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]

WRONG = "000 000"
AUDITED = "select after from audit_events where actor_id = :id and after ? 'recoveryCodesLeft'"
FACTOR = """
select second_factor_at is not null, method from sessions where user_id = :id order by created_at desc limit 1
"""


async def person(world: World) -> tuple[Account, str]:
    """A person with a password, without a session that the test uses, and the secret of their app."""
    ada = await world.person()
    async with world.database.transaction() as connection:
        await users.set_password(connection, ada.id, passwords.HASHER.hash(PASSWORD))
        await connection.commit()
    return ada, await world.authenticator(ada.id)


async def first_step(client: Client, ada: Account, **more: object) -> dict[str, Any]:
    """Send the password of a person. Returns the payload."""
    return await mutate(client, "signIn", email=ada.email, password=PASSWORD, **more)


async def challenged(client: Client, ada: Account) -> str:
    """The challenge of a new sign-in."""
    return str((await first_step(client, ada))["challenge"])


async def complete(client: Client, challenge: str, code: str, **more: object) -> dict[str, Any]:
    """Send the code of the second step. Returns the payload."""
    return await mutate(client, "completeSignIn", challenge=challenge, code=code, **more)


async def query(world: World, sql: str, user_id: str) -> Any:
    """The first row of a query about an account."""
    async with world.engine.connect() as connection:
        return (await connection.execute(text(sql), {"id": user_id})).one()


async def test_a_session_begins_only_with_the_second_step(client: Client, world: World) -> None:
    ada, secret = await person(world)
    first = await first_step(client, ada)
    assert (first["errors"], first["user"], first["token"]) == ([], None, None)
    assert first["secondFactors"] == ["AUTHENTICATOR_APP"]
    assert await sessions(world, ada.id) == 1  # that of the test
    assert (await client(VIEWER, first["challenge"])).codes == ["UNAUTHENTICATED"]
    done = await complete(client, first["challenge"], code(secret))
    assert (done["errors"], done["user"]["id"], done["challenge"]) == ([], ada.id, None)
    assert (await client(VIEWER, done["token"])).data["viewer"] == {"id": ada.id}
    assert tuple(await query(world, FACTOR, ada.id)) == (True, "password")
    assert codes(await complete(client, first["challenge"], code(secret, 1))) == ["CHALLENGE_INVALID"]


async def test_a_code_works_once_also_if_it_is_sent_many_times_at_once(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenges = [await world.challenge(ada.id) for _ in range(6)]
    await wipe_password(world, ada)
    found = await asyncio.gather(*(complete(client, one, code(secret)) for one in challenges))
    assert sorted(map(codes, found)) == [[], *([["CODE_INVALID"]] * 5)]
    assert await sessions(world, ada.id) == 2
    assert codes(await complete(client, await world.challenge(ada.id), code(secret, -1))) == ["CODE_INVALID"]
    assert codes(await complete(client, await world.challenge(ada.id), code(secret, 1))) == []


async def test_a_challenge_is_completed_once_also_with_two_codes_at_once(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    found = await asyncio.gather(*(complete(client, challenge, code(secret, step)) for step in (-1, 0, 1)))
    assert min(map(codes, found)) == []
    assert await sessions(world, ada.id) == 2


async def test_the_challenge_of_another_person_needs_the_code_of_that_person(client: Client, world: World) -> None:
    ada, secret = await person(world)
    eve, her_secret = await person(world)
    challenge = await challenged(client, ada)
    assert codes(await complete(client, challenge, code(her_secret))) == ["CODE_INVALID"]
    assert (await complete(client, challenge, code(secret)))["user"]["id"] == ada.id
    assert await sessions(world, eve.id) == 1


@pytest.mark.parametrize(
    ("token", "error"), [("", "CHALLENGE_INVALID"), ("usher_challenge_" + "a" * 43, "CHALLENGE_INVALID")]
)
async def test_an_unknown_challenge_is_refused(client: Client, token: str, error: str) -> None:
    assert codes(await complete(client, token, WRONG)) == [error]


async def test_exactly_one_kind_of_second_step_must_be_sent(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    for more in ({}, {"code": code(secret), "recoveryCode": "x"}):
        answer = await client(operation("completeSignIn"), input={"challenge": challenge, **more})
        assert answer.codes == ["BAD_USER_INPUT"]


async def test_an_expired_challenge_is_refused(client: Client, world: World) -> None:
    ada = await world.person()
    secret = await world.authenticator(ada.id)
    assert codes(await complete(client, await world.challenge(ada.id, minutes=-1), code(secret))) == [
        "CHALLENGE_INVALID"
    ]


async def test_a_new_password_makes_challenges_void_and_the_second_factor_stays(client: Client, world: World) -> None:
    ada, secret = await person(world)
    thief = await challenged(client, ada)
    reset = await mutate(client, "resetPassword", token=await world.reset(ada.id), password="another long password")
    assert (reset["errors"], reset["token"], reset["secondFactors"]) == ([], None, ["AUTHENTICATOR_APP"])
    assert await sessions(world, ada.id) == 0
    assert codes(await complete(client, thief, code(secret))) == ["CHALLENGE_INVALID"]
    assert codes(await complete(client, reset["challenge"], code(secret))) == []
    assert tuple(await query(world, FACTOR, ada.id)) == (True, "link")


async def test_a_password_that_changes_in_another_way_makes_challenges_void_too(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set password_hash = 'other' where id = :id"), {"id": ada.id})
    assert codes(await complete(client, challenge, code(secret))) == ["CHALLENGE_INVALID"]


async def test_a_recovery_code_works_once_and_a_mail_tells_it(client: Client, world: World) -> None:
    ada, _ = await person(world)
    await world.prove(ada.id)
    made = (await mutate(client, "renewRecoveryCodes", ada.secret))["recoveryCodes"]
    typed = made[0].upper().replace("-", " ")
    first = await first_step(client, ada)
    assert first["secondFactors"] == ["AUTHENTICATOR_APP", "RECOVERY_CODE"]
    done = await mutate(client, "completeSignIn", challenge=first["challenge"], recoveryCode=typed)
    assert (done["errors"], done["user"]["id"]) == ([], ada.id)
    again = await challenged(client, ada)
    assert codes(await mutate(client, "completeSignIn", challenge=again, recoveryCode=typed)) == ["CODE_INVALID"]
    assert await notices(world, ada) == ["recovery codes renewed", "recovery code used"]
    after = (await query(world, AUDITED, ada.id))[0]
    assert (after["secondFactor"], after["recoveryCodesLeft"]) == ("recovery code", 9)


async def test_a_session_in_a_cookie_comes_with_the_second_step(client: Client, world: World) -> None:
    ada, secret = await person(world)
    given = {"email": ada.email, "password": PASSWORD, "delivery": "COOKIE"}
    body = {"query": operation("signIn"), "variables": {"input": given}}
    first = await client.post(body, PREFLIGHT)
    assert "usher_session" not in first.headers.get("set-cookie", "")
    step = {"challenge": first.data["signIn"]["challenge"], "code": code(secret)}
    body = {"query": operation("completeSignIn"), "variables": {"input": step}}
    assert (await client.post(body)).codes == ["BAD_USER_INPUT"]
    done = await client.post(body, PREFLIGHT)
    assert done.data["completeSignIn"]["token"] is None
    assert "usher_session" in done.headers["set-cookie"]


async def test_a_right_password_alone_does_not_make_a_device_known(app: Starlette, world: World) -> None:
    ada, _ = await person(world)
    await challenged(elsewhere(app, "10.9.0.9"), ada)
    device = elsewhere(app, "10.9.0.9")
    await first_step(device, ada)
    assert not device.http.cookies
    assert (await query(world, "select count(*) from sign_in_places where user_id = :id", ada.id))[0] == 0


async def test_a_challenge_allows_five_tries_also_in_dry_runs_and_at_once(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    tries = [complete(client, challenge, WRONG, dryRun=number % 2 == 0) for number in range(8)]
    found = await asyncio.gather(*tries)
    assert sorted(map(codes, found)) == [["CHALLENGE_INVALID"]] * 3 + [["CODE_INVALID"]] * 5
    assert codes(await complete(client, challenge, code(secret))) == ["CHALLENGE_INVALID"]


async def test_of_many_guesses_after_the_right_password_ten_are_checked(client: Client, world: World) -> None:
    ada, secret = await person(world)
    await wipe_password(world, ada)
    answered = []
    for _ in range(40):
        challenge = await world.challenge(ada.id)
        answered += [codes(await complete(client, challenge, WRONG)) for _ in range(5)]
    assert answered.count(["CODE_INVALID"]) == CODES.attempts
    assert answered.count(["TOO_MANY_ATTEMPTS"]) == 200 - CODES.attempts
    # The right code is refused too: else the attacker would see which guess was right.
    assert codes(await complete(client, await world.challenge(ada.id), code(secret))) == ["TOO_MANY_ATTEMPTS"]
    assert await notices(world, ada) == ["second steps failed"]


async def test_ten_thousand_guesses_of_a_day_get_the_budget_and_no_more(world: World) -> None:
    """This asks the budget 10,000 times. The gateway asks it before each code, as the test above shows."""
    subject, answered = second_step_tries._subject(f"guesses|{world}"), 0
    async with world.database.transaction() as connection:
        for _ in range(10_000):
            answered += (await sign_in_failures.spend(connection, subject, CODES)).wait == 0
    assert answered == CODES.attempts
    assert CODES.attempts + 86_400 / CODES.seconds < 200  # of a million codes, of which three are right at a time


async def test_the_owner_gets_in_on_a_known_device_and_with_a_recovery_code(app: Starlette, world: World) -> None:
    ada, secret = await person(world)
    device, thief = elsewhere(app, "10.9.1.1"), elsewhere(app, "10.9.1.2")
    await world.prove(ada.id)
    made = (await mutate(device, "renewRecoveryCodes", ada.secret))["recoveryCodes"]
    assert codes(await complete(device, await challenged(device, ada), code(secret, -1))) == []
    for _ in range(3):
        challenge = await challenged(thief, ada)
        guesses = [codes(await complete(thief, challenge, WRONG)) for _ in range(5)]
    assert guesses == [["TOO_MANY_ATTEMPTS"]] * 5
    refused = await complete(thief, await challenged(thief, ada), code(secret))
    assert codes(refused) == ["TOO_MANY_ATTEMPTS"]
    assert "use a recovery code" in refused["errors"][0]["message"]
    assert codes(await complete(device, await challenged(device, ada), code(secret))) == []
    challenge = await challenged(thief, ada)
    assert codes(await mutate(thief, "completeSignIn", challenge=challenge, recoveryCode=made[0])) == []
    assert (await notices(world, ada)).count("second steps failed") == 1


async def test_a_few_mistyped_codes_send_no_mail(client: Client, world: World) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    for _ in range(2):
        assert codes(await complete(client, challenge, WRONG)) == ["CODE_INVALID"]
    assert codes(await complete(client, challenge, code(secret))) == []
    assert await notices(world, ada) == []


async def test_right_codes_spend_nothing(client: Client, world: World) -> None:
    ada, secret = await person(world)
    await wipe_password(world, ada)
    forget = text("update authenticators set last_step = 0 where user_id = :id")
    for _ in range(CODES.attempts + 2):
        async with world.engine.begin() as connection:
            await connection.execute(forget, {"id": ada.id})
        assert codes(await complete(client, await world.challenge(ada.id), code(secret))) == []


async def test_a_repeat_of_the_second_step_gets_the_first_answer_without_the_token(
    client: Client, world: World
) -> None:
    ada, secret = await person(world)
    challenge = await challenged(client, ada)
    given = {"challenge": challenge, "code": code(secret), "idempotencyKey": "k"}
    text = operation("completeSignIn", "user { id } token errors { code }")
    first, again = [(await client(text, input=given)).data["completeSignIn"] for _ in range(2)]
    assert first["token"] is not None
    assert (again["user"], again["token"], codes(again)) == (first["user"], None, ["SECRET_SHOWN_ONCE"])
    assert await sessions(world, ada.id) == 2


async def wipe_password(world: World, ada: Account) -> None:
    """Take the password of an account away: the challenges of `World` are of accounts without one."""
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set password_hash = null where id = :id"), {"id": ada.id})
