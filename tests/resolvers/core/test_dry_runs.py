"""Every mutation in a dry run: it tells what would change, nested fields too, and changes nothing."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import desk_of, desk_with_input, operation
from tests.support.published_fields import payload
from tests.support.world import World

# The fields of payloads that show a secret.
SECRETS = {"secret", "token"}
# What two runs of one request may differ in.
FRESH = {"id", "assignedAt", *SECRETS}


def lasting(value: Any) -> Any:
    """What is the same in two runs."""
    if isinstance(value, dict):
        return {name: lasting(part) for name, part in value.items() if name not in FRESH}
    return [lasting(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("mutation", EXAMPLES)
async def test_a_dry_run_changes_nothing(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    before = await world.fingerprint()
    assert (await desk.tell(mutation, **asked, dryRun=True)).said == []
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", [name for name in EXAMPLES if name != "revokePartnerToken"])
async def test_the_same_in_earnest_does_what_was_told(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    dry = await desk.tell(mutation, **asked, dryRun=True)
    before = await world.fingerprint()
    wet = await desk.tell(mutation, **asked)
    assert lasting(dry.content) == lasting(wet.content)
    assert await world.fingerprint() != before


async def test_revoking_tells_when(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "revokePartnerToken")
    for dry_run in (True, False):
        told = await desk.tell("revokePartnerToken", **asked, dryRun=dry_run)
        assert told.content["partnerToken"]["revokedAt"]


@pytest.mark.parametrize("mutation", [name for name in EXAMPLES if SECRETS & payload(name).fields.keys()])
async def test_no_secret_comes_out_of_a_dry_run(client: Client, world: World, mutation: str) -> None:
    desk, asked = await desk_with_input(client, world, mutation)
    content = (await desk.tell(mutation, **asked, dryRun=True)).content
    assert [content[name] for name in SECRETS & content.keys()] == [None]


async def test_assigning_shows_the_holders_and_the_pool_as_they_would_be(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    people = await desk.members(3)
    told = await desk.assign(people, mode="BEST_EFFORT", dryRun=True)
    assert (told.holders, told.said, told.pool) == (people[:2], [("NO_SEAT_LEFT", 2)], (2, 2, 0))
    assert [source["kind"] for seat in told.content["seats"] for source in seat["sources"]] == ["DIRECT"] * 2
    assert await desk.holders() == []


async def test_unassigning_shows_the_seats_free_and_the_pool_full(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    [ada] = await desk.members(1)
    await desk.hold(ada)
    told = await desk.unassign([ada], dryRun=True)
    assert (told.holders, told.pool) == ([None], (2, 0, 2))
    assert await desk.holders() == [ada]


async def test_moving_shows_the_receiver_as_holder(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    told = await desk.reassign(seat, ada, eve, dryRun=True)
    assert told.content["seat"]["holder"] == {"id": eve}
    assert await desk.holders() == [ada]


async def test_a_dry_run_leaves_its_key_unused(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    await desk.tell("assignSeats", **asked, dryRun=True, idempotencyKey="k")
    assert (await desk.tell("assignSeats", **asked, idempotencyKey="k")).said == []
    dry = await desk.send("assignSeats", **asked, dryRun=True, idempotencyKey="k")
    assert dry.codes == ["IDEMPOTENCY_KEY_REUSED"]


@pytest.mark.parametrize("dry_first", [True, False])
async def test_beside_an_earnest_one_in_one_operation_only_that_one_counts(
    client: Client, world: World, dry_first: bool
) -> None:
    desk = await desk_of(client, world, seats=2)
    ada, eve = await desk.members(2)
    text = """mutation ($first: AssignSeatsInput!, $second: AssignSeatsInput!) {
        first: assignSeats(input: $first) { pool { assigned } seats { holder { id } } }
        second: assignSeats(input: $second) { pool { assigned } seats { holder { id } } }
    }"""
    pool = {"teamId": desk.team, "productId": desk.product}
    first = {**pool, "userIds": [ada], "dryRun": dry_first}
    second = {**pool, "userIds": [eve], "dryRun": not dry_first}
    data = (await client(text, desk.secret, first=first, second=second)).data
    assert [data[name]["seats"][0]["holder"]["id"] for name in ("first", "second")] == [ada, eve]
    assert [data[name]["pool"]["assigned"] for name in ("first", "second")] == ([1, 1] if dry_first else [1, 2])
    assert await desk.holders() == ([eve] if dry_first else [ada])


async def test_what_is_refused_is_refused_in_a_dry_run(client: Client, world: World) -> None:
    desk, asked = await desk_with_input(client, world, "assignSeats")
    user = await world.member(desk.team)
    answer = await client(operation("assignSeats"), user.secret, input={**asked, "dryRun": True})
    assert answer.codes == ["FORBIDDEN"]
