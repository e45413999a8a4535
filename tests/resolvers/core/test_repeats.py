"""Every mutation twice: who repeats a request under its idempotency key gets the first answer, and changes nothing."""

import asyncio
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import Desk, desk_of, desk_with_input, operation
from tests.support.world import World

# Who signs in and out repeats it under rules of its own: test_session_repeats.py.
REPEATABLE = pytest.mark.parametrize("mutation", [name for name in EXAMPLES if not name.startswith("sign")])
# Under a key, signing out once more is refused before its input is looked at: the session has ended.
KEYED = [name for name in EXAMPLES if name != "signOut"]


def public(answer: Answer, mutation: str) -> dict[str, Any]:
    """A payload as it is kept for repeats: without secrets, and without what is read anew each time."""
    payload = dict(answer.data[mutation])
    payload["errors"] = [error for error in payload["errors"] if error["code"] != "SECRET_SHOWN_ONCE"]
    return {name: value for name, value in payload.items() if name not in ("secret", "token")}


@REPEATABLE
async def test_a_repeat_gets_the_first_answer_and_changes_nothing(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    first = await desk.send(mutation, **asked, idempotencyKey="k")
    before = await world.fingerprint()
    second = await desk.send(mutation, **asked, idempotencyKey="k")
    assert public(second, mutation) == public(first, mutation)
    assert await world.fingerprint() == before


async def test_the_secret_of_a_token_is_in_the_first_answer_only(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "createPartnerToken")
    told = [await desk.tell("createPartnerToken", **asked, idempotencyKey="k") for _ in range(2)]
    assert [bool(one.content["secret"]) for one in told] == [True, False]
    assert [one.said for one in told] == [[], [("SECRET_SHOWN_ONCE", None)]]


async def test_a_repeat_of_signing_out_finds_its_session_ended(client: Client, world: World) -> None:
    desk, _ = await desk_with_input(client, world, "signOut")
    assert (await desk.tell("signOut", idempotencyKey="k")).content["signedOut"]
    answer = await desk.send("signOut", idempotencyKey="k")
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


async def test_the_first_answer_is_given_although_the_world_changed_since(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    first = await desk.tell("assignSeats", **asked, idempotencyKey="k")
    await desk.remove(asked["userIds"])
    before = await world.fingerprint()
    second = await desk.tell("assignSeats", **asked, idempotencyKey="k")
    assert [seat["id"] for seat in second.content["seats"]] == [seat["id"] for seat in first.content["seats"]]
    assert second.said == []
    assert await world.fingerprint() == before


async def test_a_shortage_is_answered_again_although_seats_came_free(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    await desk.hold(eve)
    assert (await desk.assign([ada], idempotencyKey="k")).said == [("NO_SEAT_LEFT", 0)]
    await desk.unassign([eve])
    assert (await desk.assign([ada], idempotencyKey="k")).said == [("NO_SEAT_LEFT", 0)]
    assert (await desk.assign([ada], idempotencyKey="k2")).said == []


@pytest.mark.parametrize("mutation", KEYED)
async def test_a_key_stands_for_one_body(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    headers = {"authorization": f"Bearer {desk.secret}", "usher-require-preflight": "1"}
    assert (await desk.send(mutation, **asked, idempotencyKey="k")).codes == []
    before = await world.fingerprint()
    other = {**asked, **EXAMPLES[mutation].changed, "idempotencyKey": "k"}
    answer = await client.post({"query": operation(mutation), "variables": {"input": other}}, headers)
    assert answer.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_key_stands_for_one_mutation(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    await desk.assign(asked["userIds"], idempotencyKey="k")
    assert (await desk.send("unassignSeats", **asked, idempotencyKey="k")).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await desk.holders() == asked["userIds"]


@pytest.mark.parametrize("mutation", [name for name in KEYED if not name.startswith(("sign", "accept"))])
async def test_two_at_once_with_one_key_are_one_change(client: Client, world: World, mutation: str) -> None:
    for _ in range(5):
        desk, asked = await desk_with_input(client, world, mutation)
        answers = await asyncio.gather(*(desk.send(mutation, **asked, idempotencyKey="k") for _ in range(4)))
        assert len({str(public(one, mutation)) for one in answers}) == 1
        assert len(await world.trail(desk.team)) == 1


async def test_the_keys_of_two_people_are_two_keys(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    other = await world.member(desk.team, Role.SOFTWARE_COORDINATOR)
    ada = asked["userIds"][0]
    await desk.assign([ada], idempotencyKey="k")
    elsewhere = Desk(client, world, desk.team, desk.product, other.secret, other)
    assert (await elsewhere.assign([ada], idempotencyKey="k")).said == [("ALREADY_ASSIGNED", 0)]


async def test_the_keys_of_a_token_and_its_grantor_are_two_keys(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    _, secret = await world.token(desk.team, desk.who.id, *Scope)
    await desk.tell("assignSeats", **asked, idempotencyKey="k")
    answer = await client(operation("unassignSeats"), secret, input={**asked, "idempotencyKey": "k"})
    assert answer.codes == []
    assert await desk.holders() == []


@pytest.mark.parametrize("role", [Role.USER, None])
async def test_who_lost_the_right_loses_the_answer(client: Client, world: World, role: Role | None) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    await desk.tell("assignSeats", **asked, idempotencyKey="k")
    if role is None:
        manager = await world.member(desk.team, Role.CONTRACT_MANAGER)
        boss = Desk(client, world, desk.team, desk.product, manager.secret, manager)
        await boss.remove([desk.who.id])
    else:
        await world.role(desk.team, desk.who.id, role)
    answer = await desk.send("assignSeats", **asked, idempotencyKey="k")
    assert answer.codes == (["FORBIDDEN"] if role else ["NOT_FOUND"])


async def test_the_key_of_a_refused_attempt_is_free_again(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    await world.role(desk.team, desk.who.id, Role.USER)
    assert (await desk.send("assignSeats", **asked, idempotencyKey="k")).codes == ["FORBIDDEN"]
    await world.role(desk.team, desk.who.id, Role.SOFTWARE_COORDINATOR)
    assert (await desk.tell("assignSeats", **asked, idempotencyKey="k")).said == []


@pytest.mark.parametrize("key", ["", "k" * 256, "nul\0"])
async def test_a_key_has_1_to_255_characters(client: Client, world: World, key: str) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    before = await world.fingerprint()
    assert (await desk.send("assignSeats", **asked, idempotencyKey=key)).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before
