"""People add, list, rename and remove their own passkeys. Each wrong answer of a browser is refused."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.actions import Scope
from domain.passkeys import LIFETIME, MAX_PASSKEYS, Purpose
from domain.roles import Role
from resolvers.access import passkey_answers
from resolvers.access.passkey_answers import MAX_CHARACTERS, PasskeyRefused
from tests.conftest import Client
from tests.resolvers.access.test_sessions import codes, mutate, send, trail
from tests.support.database import fetch_rows
from tests.support.passkeys import SITE, Device, add_row, decoded, encoded, options
from tests.support.world import Account, World

OWN = "{ viewer { passkeys { totalCount nodes { id name device alone createdAt lastUsedAt } } } }"
MAILS = "select payload from jobs.pgqueuer where entrypoint = 'account_notice' order by id"


def is_mail_about(payload: bytes, user_id: str) -> bool:
    """Whether a job's mail goes to this account."""
    return bool(json.loads(payload)["user_id"] == user_id)


async def own(client: Client, person: Account) -> list[dict[str, Any]]:
    """The passkeys that a person sees."""
    nodes: list[dict[str, Any]] = (await client(OWN, person.secret)).data["viewer"]["passkeys"]["nodes"]
    return nodes


async def test_a_person_adds_renames_and_removes_a_passkey(client: Client, world: World) -> None:
    ada, device = await world.person(), Device()
    begun = await mutate(client, "beginPasskey", ada.secret)
    made = begun["options"]
    assert (made["rp"], made["attestation"]) == ({"name": "Usher", "id": "localhost"}, "none")
    assert made["user"] == {"id": encoded(ada.id.encode()), "name": ada.email, "displayName": "Ada Byron"}
    wanted = {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}
    assert made["authenticatorSelection"] == wanted
    added = await mutate(client, "addPasskey", ada.secret, answer=device.create(made), name=" My  laptop ")
    passkey = {"name": "My laptop", "device": "BUILT_IN", "alone": True}
    assert (codes(added), {name: added["passkey"][name] for name in passkey}) == ([], passkey)
    [listed] = await own(client, ada)
    assert (listed["id"], listed["lastUsedAt"]) == (added["passkey"]["id"], None)
    again = await mutate(client, "beginPasskey", ada.secret)
    known = {"id": encoded(device.credential_id), "type": "public-key", "transports": ["internal", "hybrid"]}
    assert again["options"]["excludeCredentials"] == [known]
    renamed = await mutate(client, "renamePasskey", ada.secret, passkeyId=listed["id"], name="Old laptop")
    assert renamed["passkey"]["name"] == "Old laptop"
    removed = await mutate(client, "removePasskey", ada.secret, passkeyId=listed["id"])
    assert (removed["removedPasskeyId"], await own(client, ada)) == (listed["id"], [])
    assert await trail(world, ada.id) == [
        ("person", "passkeys:add", "user"),
        ("person", "passkeys:add", "passkey"),
        ("person", "passkeys:add", "user"),
        ("person", "passkeys:rename", "passkey"),
        ("person", "passkeys:remove", "passkey"),
    ]
    mails = [json.loads(row[0]) for row in await fetch_rows(world.database, MAILS) if is_mail_about(row[0], ada.id)]
    assert [one["event"] for one in mails] == ["passkey added", "passkey removed"]


async def test_nobody_else_sees_or_changes_a_passkey(client: Client, world: World) -> None:
    team = await world.team()
    ada, boss = await world.member(team), await world.person()
    await world.add_member(team, boss.id, Role.CONTRACT_MANAGER)
    passkey = await add_row(world, ada.id, Device())
    members = "query ($team: ID!) { team(id: $team) { members { nodes { user { id passkeys { totalCount } } } } } }"
    seen = (await client(members, boss.secret, team=team)).data["team"]["members"]["nodes"]
    assert {one["user"]["id"]: one["user"]["passkeys"]["totalCount"] for one in seen} == {ada.id: 0, boss.id: 0}
    assert len(await own(client, ada)) == 1
    _, token = await world.token(team, boss.id, *Scope)
    before = await world.fingerprint()
    for mutation, more in (("renamePasskey", {"name": "Mine"}), ("removePasskey", {})):
        assert (await send(client, mutation, boss.secret, passkeyId=passkey, **more)).codes == ["NOT_FOUND"]
    assert (await client(members, token, team=team)).codes[0] == "FORBIDDEN"
    assert await world.fingerprint() == before


def changed(answer: dict[str, Any], **response: object) -> dict[str, Any]:
    """The answer with other parts in its response."""
    return {**answer, "response": {**answer["response"], **response}}


# What a device or a page does wrongly, or for which options it answers. `me` and `other` are accounts.
REFUSED: dict[str, tuple[dict[str, Any], Any]] = {
    "a foreign origin": ({"origin": "https://evil.example"}, None),
    "another port": ({"origin": "http://localhost:9000"}, None),
    "a page inside another one": ({"is_framed": True}, None),
    "another domain": ({"domain": "evil.example"}, None),
    "a person who was not verified": ({"verifies": False}, None),
    "an expired challenge": ({}, lambda me, _: options(Purpose.ADD, me, age=LIFETIME)),
    "the challenge of another person": ({}, lambda me, other: options(Purpose.ADD, other, user_id=me)),
    "a challenge for a sign-in": ({}, lambda me, _: options(Purpose.SIGN_IN, user_id=me)),
    "a challenge of nobody": ({}, lambda me, _: {**options(Purpose.ADD, me), "challenge": encoded(bytes(56))}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_wrong_answer_adds_nothing(client: Client, world: World, name: str) -> None:
    ada, other = await world.person(), await world.person()
    wrong, made = REFUSED[name]
    given_options = made(ada.id, other.id) if made else options(Purpose.ADD, ada.id)
    answer = Device(**wrong).create(given_options)
    before = await world.fingerprint()
    assert codes(await mutate(client, "addPasskey", ada.secret, answer=answer, name="x")) == ["PASSKEY_REFUSED"]
    assert await world.fingerprint() == before
    # The same device without the fault is accepted.
    right = Device().create(options(Purpose.ADD, ada.id))
    assert codes(await mutate(client, "addPasskey", ada.secret, answer=right, name="x")) == []


async def test_a_challenge_adds_one_passkey_and_a_passkey_is_added_once(client: Client, world: World) -> None:
    ada, eve, device = await world.person(), await world.person(), Device()
    made = options(Purpose.ADD, ada.id)
    answers = [device.create(made), Device().create(made)]
    payloads = await asyncio.gather(
        *(mutate(client, "addPasskey", ada.secret, answer=one, name="x") for one in (*answers, *answers))
    )
    assert sorted(str(codes(one)) for one in payloads) == ["['PASSKEY_REFUSED']"] * 3 + ["[]"]
    [kept] = [answer for answer, payload in zip((*answers, *answers), payloads, strict=True) if not payload["errors"]]
    before = await world.fingerprint()
    for person in (ada, eve):
        again = Device(credential_id=decoded(kept["id"])).create(options(Purpose.ADD, person.id))
        assert codes(await mutate(client, "addPasskey", person.secret, answer=again, name="x")) == ["PASSKEY_TAKEN"]
    assert await world.fingerprint() == before


async def test_an_account_has_at_most_20_passkeys_also_if_they_are_added_at_once(client: Client, world: World) -> None:
    ada = await world.person()
    for _ in range(MAX_PASSKEYS - 1):
        await add_row(world, ada.id, Device())
    await world.prove(ada.id)
    answers = [Device().create(options(Purpose.ADD, ada.id)) for _ in range(3)]
    payloads = await asyncio.gather(
        *(mutate(client, "addPasskey", ada.secret, answer=one, name="x") for one in answers)
    )
    assert sorted(str(codes(one)) for one in payloads) == ["['TOO_MANY_PASSKEYS']"] * 2 + ["[]"]
    assert codes(await mutate(client, "beginPasskey", ada.secret)) == ["TOO_MANY_PASSKEYS"]


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\u202eb"])
async def test_a_name_must_be_valid(client: Client, world: World, name: str) -> None:
    ada = await world.person()
    passkey, answer = await add_row(world, ada.id, Device()), Device().create(options(Purpose.ADD, ada.id))
    before = await world.fingerprint()
    assert codes(await mutate(client, "addPasskey", ada.secret, answer=answer, name=name)) == ["NAME_INVALID"]
    assert codes(await mutate(client, "renamePasskey", ada.secret, passkeyId=passkey, name=name)) == ["NAME_INVALID"]
    assert await world.fingerprint() == before


async def test_after_ten_minutes_a_passkey_is_added_and_removed_only_with_the_password(
    client: Client, world: World
) -> None:
    ada = await world.person()
    passkey = await add_row(world, ada.id, Device())
    async with world.engine.begin() as connection:
        moment = "now() - interval '11 minutes'"
        old = f"update sessions set created_at = {moment}, authenticated_at = {moment} where user_id = :id"
        await connection.execute(text(old), {"id": ada.id})
    before = await world.fingerprint()
    for mutation, about in (("beginPasskey", {}), ("removePasskey", {"passkeyId": passkey})):
        assert codes(await mutate(client, mutation, ada.secret, **about)) == ["SIGN_IN_AGAIN"]
    assert await world.fingerprint() == before


MALFORMED: dict[str, object] = {
    "a text": "abc",
    "a list": [],
    "a number": 7,
    "no response": {"id": "a", "rawId": "a", "type": "public-key"},
    "a response that is a text": {"id": "a", "response": "b"},
    "an id that is a number": {"id": 7, "response": {}},
    "a signature that is an object": {"id": "a", "response": {"signature": {}}},
    "too long": {"id": "a", "response": {"attestationObject": "x" * MAX_CHARACTERS}},
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_an_answer_of_another_form_is_malformed(client: Client, world: World, name: str) -> None:
    ada = await world.person()
    before = await world.fingerprint()
    assert (await send(client, "addPasskey", ada.secret, answer=MALFORMED[name], name="x")).codes == ["BAD_USER_INPUT"]
    assert (await send(client, "signInWithPasskey", answer=MALFORMED[name])).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_what_is_not_read_may_have_any_value(client: Client, world: World) -> None:
    ada = await world.person()
    answer = Device().create(options(Purpose.ADD, ada.id))
    literal = re.sub(r'"(\w+)": ', r"\1: ", json.dumps(changed(answer, publicKeyAlgorithm=10**30, more=[None, 1.5])))
    given_input = f'{{ name: "x", answer: {literal}, idempotencyKey: "k" }}'
    query = f"mutation {{ addPasskey(input: {given_input}) {{ errors {{ code }} }} }}"
    assert (await client(query, ada.secret)).data["addPasskey"]["errors"] == []


RIGHT = Device().create(options(Purpose.ADD, "user_1"))


@given(st.sampled_from(["clientDataJSON", "attestationObject"]), st.integers(0, 400), st.binary(max_size=3), st.data())
@settings(max_examples=150, database=None)
def test_changed_bytes_are_refused_and_never_an_error_of_another_kind(
    part: str, at: int, put: bytes, data: st.DataObject
) -> None:
    content = decoded(RIGHT["response"][part])
    cut = data.draw(st.integers(0, 3))
    other = content[:at] + put + content[at + cut :]
    answer = passkey_answers.read(changed(RIGHT, **{part: encoded(other)}))
    try:
        made, _ = passkey_answers.new_passkey(SITE, answer, "user_1", "x")
    except PasskeyRefused:
        return
    # What is not signed may change: the count, the model and the key itself. Nothing of the page may.
    stated = json.loads(decoded(answer["response"]["clientDataJSON"]))
    assert (stated["origin"], stated["type"]) == ("http://localhost:8000", "webauthn.create")
    assert made.user_id == "user_1"


def test_an_age_is_the_time_since_the_options_were_made() -> None:
    fresh = Device().create(options(Purpose.ADD, "user_1", age=LIFETIME - timedelta(seconds=5)))
    passkey_answers.new_passkey(SITE, passkey_answers.read(fresh), "user_1", "x")
