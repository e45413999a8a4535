"""A person sets up an authenticator app, gets recovery codes, and removes the app again. No secret stays readable."""

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import text, update

from db.tables.access import Session
from domain.actions import Scope
from domain.roles import Role
from domain.second_factors import RECOVERY_CODES
from tests.conftest import Client
from tests.support.database import fetch
from tests.support.examples.example import PASSWORD
from tests.support.locks import waiting
from tests.support.mutations import operation
from tests.support.second_factors import code
from tests.support.world import Account, World

OWN = "{ viewer { secondFactors { authenticatorApp recoveryCodes isUsed } } }"


async def send(client: Client, who: Account, mutation: str, **input: object) -> dict[str, Any]:
    """Send a mutation. Returns its payload."""
    answer = await client(operation(mutation), who.secret, input=input)
    payload: dict[str, Any] = answer.data[mutation]
    return payload


def codes(payload: dict[str, Any]) -> list[str]:
    """The codes of the errors of a payload."""
    return [error["code"] for error in payload["errors"]]


async def second_factors(client: Client, who: Account) -> tuple[bool, int, bool]:
    """What the viewer reads about their own second factors."""
    shown = (await client(OWN, who.secret)).data["viewer"]["secondFactors"]
    return shown["authenticatorApp"], shown["recoveryCodes"], shown["isUsed"]


async def grow_old(world: World, who: Account) -> None:
    """Let the sign-in of a person's sessions be long ago."""
    old = text("now() - interval '11 minutes'")
    async with world.engine.begin() as connection:
        moved = update(Session).where(Session.user_id == who.id)
        await connection.execute(moved.values(created_at=old, authenticated_at=old))


async def notices(world: World, who: Account) -> list[str]:
    """The events that mails to this person are queued for, in order."""
    query = text("""
    select convert_from(payload, 'UTF8')::json ->> 'event' from jobs.pgqueuer
    where entrypoint = 'account_notice' and convert_from(payload, 'UTF8')::json ->> 'user_id' = :id order by id
    """)
    async with world.engine.connect() as connection:
        return list((await connection.execute(query, {"id": who.id})).scalars())


async def test_an_app_counts_when_it_is_confirmed_with_a_code(client: Client, world: World) -> None:
    ada = await world.person()
    begun = await send(client, ada, "beginAuthenticatorApp")
    assert begun["errors"] == []
    assert begun["uri"].startswith(f"otpauth://totp/Usher:{ada.email.replace('@', '%40')}?secret={begun['secret']}&")
    assert await second_factors(client, ada) == (False, 0, False)
    wrong = await send(client, ada, "confirmAuthenticatorApp", code=code(begun["secret"], 5))
    assert (codes(wrong), wrong["recoveryCodes"]) == (["CODE_INVALID"], None)
    confirmed = await send(client, ada, "confirmAuthenticatorApp", code=code(begun["secret"]))
    assert confirmed["errors"] == []
    assert len(set(confirmed["recoveryCodes"])) == RECOVERY_CODES
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", one) for one in confirmed["recoveryCodes"])
    assert await second_factors(client, ada) == (True, RECOVERY_CODES, True)
    assert await notices(world, ada) == ["authenticator app added"]
    assert codes(await send(client, ada, "beginAuthenticatorApp")) == ["SECOND_FACTOR_EXISTS"]
    assert codes(await send(client, ada, "confirmAuthenticatorApp", code=code(begun["secret"], 1))) == ["CODE_INVALID"]


async def test_beginning_again_replaces_the_secret_that_was_not_confirmed(client: Client, world: World) -> None:
    ada = await world.person()
    first = await send(client, ada, "beginAuthenticatorApp")
    second = await send(client, ada, "beginAuthenticatorApp")
    assert codes(await send(client, ada, "confirmAuthenticatorApp", code=code(first["secret"]))) == ["CODE_INVALID"]
    assert codes(await send(client, ada, "confirmAuthenticatorApp", code=code(second["secret"]))) == []


async def test_other_sessions_of_the_person_stay_without_a_second_factor(client: Client, world: World) -> None:
    ada = await world.person()
    elsewhere = Account(ada.id, ada.email, await world.session(ada.id))
    secret = await world.authenticator(ada.id, confirmed=False)
    await send(client, ada, "confirmAuthenticatorApp", code=code(secret))
    assert (await second_factors(client, ada))[2]
    assert not (await second_factors(client, elsewhere))[2]


async def test_without_the_app_the_recovery_codes_end_and_sessions_lose_the_second_factor(
    client: Client, world: World
) -> None:
    ada = await world.person()
    secret = await world.authenticator(ada.id, confirmed=False)
    await send(client, ada, "confirmAuthenticatorApp", code=code(secret))
    assert (await send(client, ada, "removeAuthenticatorApp"))["removed"]
    assert await second_factors(client, ada) == (False, 0, False)
    assert not (await send(client, ada, "removeAuthenticatorApp"))["removed"]
    assert await notices(world, ada) == ["authenticator app added", "authenticator app removed"]


async def test_new_recovery_codes_replace_the_old_ones(client: Client, world: World) -> None:
    ada = await world.person()
    assert codes(await send(client, ada, "renewRecoveryCodes")) == ["SECOND_FACTOR_NEEDED"]
    await world.authenticator(ada.id)
    await world.prove(ada.id)
    first = (await send(client, ada, "renewRecoveryCodes"))["recoveryCodes"]
    second = (await send(client, ada, "renewRecoveryCodes"))["recoveryCodes"]
    assert not set(first) & set(second)
    used = []
    for one in (first[0], second[0]):
        challenge = await world.challenge(ada.id)
        used.append(codes(await send(client, ada, "completeSignIn", challenge=challenge, recoveryCode=one)))
    assert used == [["CODE_INVALID"], []]
    assert await notices(world, ada) == ["recovery codes renewed"] * 2 + ["recovery code used"]


async def test_two_renewals_at_the_same_time_leave_ten_codes(client: Client, world: World) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    await world.prove(ada.id)
    await asyncio.gather(*(send(client, ada, "renewRecoveryCodes") for _ in range(4)))
    assert (await second_factors(client, ada))[1] == RECOVERY_CODES


@pytest.mark.parametrize("mutation", ["beginAuthenticatorApp", "removeAuthenticatorApp", "renewRecoveryCodes"])
async def test_a_stolen_session_changes_no_second_factor(client: Client, world: World, mutation: str) -> None:
    ada = await world.person()
    if mutation != "beginAuthenticatorApp":
        await world.authenticator(ada.id)
        await world.prove(ada.id)
    await world.set_password(ada.id, PASSWORD)
    await grow_old(world, ada)
    before = await world.fingerprint()
    assert codes(await send(client, ada, mutation)) == ["PASSWORD_NEEDED"]
    assert codes(await send(client, ada, mutation, password="a guess of a thief")) == ["INVALID_CREDENTIALS"]
    assert await world.fingerprint() == before


async def test_a_stolen_session_cannot_guess_the_code_of_an_app_that_its_owner_sets_up(
    client: Client, world: World
) -> None:
    ada = await world.person()
    secret = await world.authenticator(ada.id, confirmed=False)
    found = [await send(client, ada, "confirmAuthenticatorApp", code=code(secret, 5), dryRun=True) for _ in range(12)]
    assert [codes(one) for one in found] == [["CODE_INVALID"]] * 10 + [["TOO_MANY_ATTEMPTS"]] * 2


async def test_an_app_must_be_confirmed_within_an_hour(client: Client, world: World) -> None:
    ada = await world.person()
    secret = await world.authenticator(ada.id, confirmed=False)
    async with world.engine.begin() as connection:
        late = text("update authenticators set created_at = now() - interval '61 minutes' where user_id = :id")
        await connection.execute(late, {"id": ada.id})
    assert codes(await send(client, ada, "confirmAuthenticatorApp", code=code(secret))) == ["CODE_INVALID"]


async def test_nobody_sees_the_second_factors_of_another_person(client: Client, world: World) -> None:
    team = await world.team()
    grace, ada = await world.member(team, Role.CONTRACT_MANAGER), await world.member(team)
    await world.authenticator(ada.id)
    query = "query($id: ID!) { node(id: $id) { ... on User { id secondFactors { authenticatorApp } } } }"
    answer = await client(query, grace.secret, id=ada.id)
    assert answer.data["node"] == {"id": ada.id, "secondFactors": None}
    _, token = await world.token(team, grace.id, Scope.MEMBERS_READ)
    refused = await client("{ teams { nodes { members { nodes { user { secondFactors { isUsed } } } } } } }", token)
    assert {*refused.codes} <= {"FORBIDDEN"}


async def test_no_secret_of_a_second_factor_is_readable_afterwards(client: Client, world: World) -> None:
    ada = await world.person()
    begun = await send(client, ada, "beginAuthenticatorApp", idempotencyKey="begin")
    again = await send(client, ada, "beginAuthenticatorApp", idempotencyKey="begin")
    assert [again[name] for name in ("secret", "uri")] == [None, None]
    assert codes(again) == ["SECRET_SHOWN_ONCE"] * 2
    given = {"code": code(begun["secret"]), "idempotencyKey": "confirm"}
    confirmed = await send(client, ada, "confirmAuthenticatorApp", **given)
    secrets = [begun["secret"], *confirmed["recoveryCodes"]]
    plain = [*secrets, *(one.replace("-", "") for one in secrets)]
    tables = "authenticators", "recovery_codes", "answers", "audit_events", "events", "sessions"
    async with world.engine.connect() as connection:
        for table in tables:
            rows = list((await connection.execute(text(f"select t::text from {table} t"))).scalars())
            assert rows
            assert not [one for row in rows for one in plain if one in row]
        stored = await connection.execute(
            text("select convert_from(payload, 'UTF8') from answers where payload is not null")
        )
        assert not [one for row in stored.scalars() for one in plain if one in row]


@pytest.mark.parametrize("mutation", ["removeAuthenticatorApp", "renewRecoveryCodes"])
async def test_a_session_that_ends_while_a_change_waits_changes_no_second_factor(
    client: Client, world: World, mutation: str
) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    await world.prove(ada.id)
    async with world.database.transaction() as connection:
        await fetch(connection, "select 1 from users where id = $1 for update", ada.id)
        async with waiting(connection, client(operation(mutation), ada.secret, input={})) as changing:
            await fetch(connection, "update sessions set ended_at = now() where user_id = $1", ada.id)
            await connection.commit()
            assert (await changing).codes == ["UNAUTHENTICATED"]
    shown = await second_factors(client, Account(ada.id, ada.email, await world.session(ada.id)))
    assert shown == (True, 0, False)
