"""Every mutation in a dry run: it returns what would change, also in nested fields, and changes nothing.

No list changes either, so no payload tells of one.
"""

from typing import Any

import pytest

from tests.conftest import Client
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import caller_with_input, new_caller, operation
from tests.support.published_fields import payload_type, told_fields
from tests.support.world import World

pytestmark = pytest.mark.slow

# The fields of payloads that show a secret.
SECRETS = {"secret", "token", "challenge", "uri", "recoveryCodes"}
# The fields that may differ between two runs of one request.
IDS = {"id", "teamId", "subscriptionId", "contractId", "announcementId"}
CHANGING = {*IDS, "cursor", "assignedAt", "options", *SECRETS}


def comparable(value: Any) -> Any:
    """The value without the fields that may differ between two runs."""
    if isinstance(value, dict):
        return {name: comparable(part) for name, part in value.items() if name not in CHANGING}
    return [comparable(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("mutation", EXAMPLES)
async def test_a_dry_run_changes_nothing(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    before = await world.fingerprint()
    dry = await caller.mutate(mutation, **values, dryRun=True)
    assert (dry.errors, dry.told) == ([], {name: [] for name in told_fields(mutation)})
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", [name for name in EXAMPLES if name != "revokePartnerToken"])
async def test_the_real_run_does_what_the_dry_run_returned(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    dry = await caller.mutate(mutation, **values, dryRun=True)
    before = await world.fingerprint()
    real = await caller.mutate(mutation, **values)
    expected = real.report
    if "token" in payload_type(mutation).fields:  # it signs in, and a dry run does not, so it shows nobody
        expected |= dict.fromkeys({"user", "member"} & expected.keys())
    if mutation == "acceptInvitation":  # and the pools of the team are not read by a member
        expected["pools"] = []
    assert comparable(dry.report) == comparable(expected)
    assert await world.fingerprint() != before


async def test_revoking_returns_the_time_of_the_revocation(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "revokePartnerToken")
    for dry_run in (True, False):
        result = await caller.mutate("revokePartnerToken", **values, dryRun=dry_run)
        assert result.content["partnerToken"]["revokedAt"]


@pytest.mark.parametrize("mutation", [name for name in EXAMPLES if SECRETS & payload_type(name).fields.keys()])
async def test_a_dry_run_returns_no_secret(client: Client, world: World, mutation: str) -> None:
    caller, values = await caller_with_input(client, world, mutation)
    content = (await caller.mutate(mutation, **values, dryRun=True)).content
    assert {content[name] for name in SECRETS & content.keys()} == {None}


async def test_assigning_shows_the_holders_and_the_pool_as_they_would_be(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    people = await caller.members(3)
    result = await caller.assign(people, mode="BEST_EFFORT", dryRun=True)
    assert (result.holders, result.errors, result.pool) == (people[:2], [("NO_SEAT_LEFT", 2)], (2, 2, 0))
    assert [source["kind"] for seat in result.content["seats"] for source in seat["sources"]] == ["DIRECT"] * 2
    assert await caller.holders() == []


async def test_unassigning_shows_the_seats_and_the_pool_as_they_would_be(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    [ada] = await caller.members(1)
    await caller.give_seat(ada)
    result = await caller.unassign([ada], dryRun=True)
    assert (result.holders, result.pool) == ([None], (2, 0, 2))
    assert await caller.holders() == [ada]


async def test_reassigning_shows_the_receiver_as_the_holder(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    result = await caller.reassign(seat, ada, eve, dryRun=True)
    assert result.content["seat"]["holder"] == {"id": eve}
    assert await caller.holders() == [ada]


async def test_a_dry_run_leaves_its_key_unused(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    await caller.mutate("assignSeats", **values, dryRun=True, idempotencyKey="k")
    assert (await caller.mutate("assignSeats", **values, idempotencyKey="k")).errors == []
    dry = await caller.send("assignSeats", **values, dryRun=True, idempotencyKey="k")
    assert dry.codes == ["IDEMPOTENCY_KEY_REUSED"]


@pytest.mark.parametrize("dry_first", [True, False])
async def test_if_an_operation_has_a_dry_run_and_a_real_mutation_only_the_real_one_is_committed(
    client: Client, world: World, dry_first: bool
) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    text = """mutation ($first: AssignSeatsInput!, $second: AssignSeatsInput!) {
        first: assignSeats(input: $first) { pool { assigned } seats { holder { id } } }
        second: assignSeats(input: $second) { pool { assigned } seats { holder { id } } }
    }"""
    pool = {"teamId": caller.team, "productId": caller.product}
    first = {**pool, "userIds": [ada], "dryRun": dry_first}
    second = {**pool, "userIds": [eve], "dryRun": not dry_first}
    data = (await client(text, caller.secret, first=first, second=second)).data
    assert [data[name]["seats"][0]["holder"]["id"] for name in ("first", "second")] == [ada, eve]
    assert [data[name]["pool"]["assigned"] for name in ("first", "second")] == ([1, 1] if dry_first else [1, 2])
    assert await caller.holders() == ([eve] if dry_first else [ada])


async def test_a_dry_run_is_refused_like_the_real_run(client: Client, world: World) -> None:
    caller, values = await caller_with_input(client, world, "assignSeats")
    user = await world.member(caller.team)
    answer = await client(operation("assignSeats"), user.secret, input={**values, "dryRun": True})
    assert answer.codes == ["FORBIDDEN"]
