"""Every mutation twice: a repeat with the same idempotency key gets the first answer and changes nothing."""

import asyncio
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import Caller, caller_with_input, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

# Signing up, in and out have their own rules for repeats, tested in tests/resolvers/access/test_session_repeats.py.
SECRETS = {"secret", "token", "challenge", "uri", "recoveryCodes"}
REPEATABLE = pytest.mark.parametrize(
    "mutation", [name for name in EXAMPLES if not name.startswith(("sign", "deleteAccount"))]
)
# A repeat of these is refused before its key is checked, because the session has ended.
ENDING = ["signOut", "deleteAccount"]
KEYED = [name for name in EXAMPLES if name not in ENDING]


def public(answer: Answer, mutation: str) -> dict[str, Any]:
    """A payload as it is stored for repeats: without secrets, and without the information about them."""
    payload = dict(answer.data[mutation])
    payload["errors"] = [error for error in payload["errors"] if error["code"] != "SECRET_SHOWN_ONCE"]
    return {name: value for name, value in payload.items() if name not in SECRETS}


@REPEATABLE
async def test_a_repeat_gets_the_first_answer_and_changes_nothing(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    first = await caller.send(mutation, **values, idempotencyKey="k")
    before = await world.fingerprint()
    second = await caller.send(mutation, **values, idempotencyKey="k")
    assert public(second, mutation) == public(first, mutation)
    assert await world.fingerprint() == before


async def test_the_secret_of_a_token_is_only_in_the_first_answer(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "createPartnerToken")
    result = [await caller.mutate("createPartnerToken", **values, idempotencyKey="k") for _ in range(2)]
    assert [bool(one.content["secret"]) for one in result] == [True, False]
    assert [one.errors for one in result] == [[], [("SECRET_SHOWN_ONCE", None)]]


@pytest.mark.parametrize("mutation", ENDING)
async def test_a_repeat_finds_its_session_ended(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    assert (await caller.mutate(mutation, **values, idempotencyKey="k")).errors == []
    answer = await caller.send(mutation, **values, idempotencyKey="k")
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


async def test_a_repeat_gets_the_first_answer_even_if_the_data_has_changed(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    first = await caller.mutate("assignSeats", **values, idempotencyKey="k")
    await caller.remove(values["userIds"])
    before = await world.fingerprint()
    second = await caller.mutate("assignSeats", **values, idempotencyKey="k")
    assert [seat["id"] for seat in second.content["seats"]] == [seat["id"] for seat in first.content["seats"]]
    assert second.errors == []
    assert await world.fingerprint() == before


async def test_a_repeat_reports_the_first_shortage_even_if_seats_are_free_now(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    await caller.give_seat(eve)
    assert (await caller.assign([ada], idempotencyKey="k")).errors == [("NO_SEAT_LEFT", 0)]
    await caller.unassign([eve])
    assert (await caller.assign([ada], idempotencyKey="k")).errors == [("NO_SEAT_LEFT", 0)]
    assert (await caller.assign([ada], idempotencyKey="k2")).errors == []


@pytest.mark.parametrize("mutation", KEYED)
async def test_a_key_cannot_be_used_for_another_input(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    headers = {"authorization": f"Bearer {caller.secret}", "usher-require-preflight": "1"}
    assert (await caller.send(mutation, **values, idempotencyKey="k")).codes == []
    before = await world.fingerprint()
    other = {**values, **EXAMPLES[mutation].changed, "idempotencyKey": "k"}
    answer = await client.post({"query": operation(mutation), "variables": {"input": other}}, headers)
    assert answer.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await world.fingerprint() == before


async def test_a_key_cannot_be_used_for_another_mutation(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    await caller.assign(values["userIds"], idempotencyKey="k")
    assert (await caller.send("unassignSeats", **values, idempotencyKey="k")).codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await caller.holders() == values["userIds"]


@pytest.mark.parametrize(
    "mutation",
    [name for name in KEYED if not name.startswith(("sign", "verify", "reset", "undo", "accept", "complete"))],
)
async def test_simultaneous_requests_with_one_key_make_one_change(client: Client, world: World, mutation: str) -> None:
    for _ in range(5):
        caller, values = await caller_with_input(client, world, mutation)
        answers = await asyncio.gather(*(caller.send(mutation, **values, idempotencyKey="k") for _ in range(4)))
        assert len({str(public(one, mutation)) for one in answers}) == 1
        assert await world.audit_count(caller.who.id) == 1


async def test_two_people_can_use_the_same_key(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    other = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    ada = values["userIds"][0]
    await caller.assign([ada], idempotencyKey="k")
    elsewhere = Caller(client, world, caller.team, caller.product, other.secret, other)
    assert (await elsewhere.assign([ada], idempotencyKey="k")).errors == [("ALREADY_ASSIGNED", 0)]


async def test_a_token_and_its_grantor_can_use_the_same_key(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    _, secret = await world.token(caller.team, caller.who.id, *Scope)
    await caller.mutate("assignSeats", **values, idempotencyKey="k")
    answer = await client(operation("unassignSeats"), secret, input={**values, "idempotencyKey": "k"})
    assert answer.codes == []
    assert await caller.holders() == []


@pytest.mark.parametrize("role", [Role.USER, None])
async def test_an_actor_who_lost_the_right_does_not_get_the_stored_answer(
    client: Client, world: World, role: Role | None
) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    await caller.mutate("assignSeats", **values, idempotencyKey="k")
    if role is None:
        manager = await world.member(caller.team, Role.CONTRACT_MANAGER)
        boss = Caller(client, world, caller.team, caller.product, manager.secret, manager)
        await boss.remove([caller.who.id])
    else:
        await world.set_role(caller.team, caller.who.id, role)
    answer = await caller.send("assignSeats", **values, idempotencyKey="k")
    assert answer.codes == (["FORBIDDEN"] if role else ["NOT_FOUND"])


async def test_the_key_of_a_refused_request_can_be_used_again(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    await world.set_role(caller.team, caller.who.id, Role.USER)
    assert (await caller.send("assignSeats", **values, idempotencyKey="k")).codes == ["FORBIDDEN"]
    await world.set_role(caller.team, caller.who.id, Role.SOFTWARE_COORDINATOR)
    assert (await caller.mutate("assignSeats", **values, idempotencyKey="k")).errors == []


@pytest.mark.parametrize("key", ["", "k" * 256, "nul\0"])
async def test_a_key_has_1_to_255_characters(client: Client, world: World, key: str) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    before = await world.fingerprint()
    assert (await caller.send("assignSeats", **values, idempotencyKey=key)).codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before
