"""People invited into groups get the products of these groups; if seats are missing, the mode decides what happens."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.conftest import Client
from tests.support.mutations import Caller, Payload, new_caller
from tests.support.world import World, counter

SHORT = [("NO_SEAT_LEFT", 1), ("NO_SEAT_LEFT", 2)]


async def groups_of(caller: Caller, *products: str) -> list[str]:
    """A group for each of these products, which gives the product; the first group is served first."""
    made = sorted([await caller.world.group(caller.team) for _ in products])
    for group, product in zip(made, products, strict=True):
        await caller.world.add_group_product(caller.team, group, product)
    return made


async def invite(caller: Caller, *into: Sequence[str], **more: Any) -> Payload:
    """Invite a new person into each of these lists of groups."""
    people = [
        {"firstName": "Ada", "lastName": "Byron", "email": f"joiner{next(counter)}@tests.example", "groupIds": groups}
        for groups in into
    ]
    return await caller.mutate("inviteMembers", teamId=caller.team, people=people, **more)


def invited(result: Payload) -> list[str]:
    """The user ids of the invited people, in order."""
    return [one["member"]["user"]["id"] for one in result.content["invitations"]]


async def test_under_all_or_nothing_everybody_without_a_seat_is_reported_and_nobody_joins(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    first, second = await groups_of(caller, caller.product, caller.product)
    before = await world.fingerprint()
    result = await invite(caller, [first], [first], [second])
    assert (result.errors, invited(result), result.content["seats"]) == (SHORT, [], [])
    assert {error["productId"] for error in result.content["errors"]} == {caller.product}
    assert await world.fingerprint() == before


async def test_under_best_effort_people_get_seats_in_order_and_the_others_join_without_one(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    first, second = await groups_of(caller, caller.product, caller.product)
    result = await invite(caller, [first], [first], [second], mode="BEST_EFFORT")
    people = invited(result)
    assert (result.errors, result.holders, result.waiting_list) == (SHORT, people[:1], [])
    assert await caller.holders() == people[:1]
    joined = [one["member"]["groups"]["nodes"] for one in result.content["invitations"]]
    assert joined == [[{"id": first}], [{"id": first}], [{"id": second}]]


async def test_under_waitlist_the_others_join_the_waiting_list_and_get_seats_in_order(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    first, second = await groups_of(caller, caller.product, caller.product)
    result = await invite(caller, [first], [first], [second], mode="WAITLIST")
    ada, bob, cid = invited(result)
    assert (result.errors, result.holders) == ([("WAITING", 1), ("WAITING", 2)], [ada])
    assert result.waiting_list == [(1, bob), (2, cid)]
    assert (await caller.remove([ada])).promoted == [bob]
    assert (await caller.remove([bob])).promoted == [cid]


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"])
async def test_two_groups_give_one_seat_and_a_missing_seat_is_reported_once(
    client: Client, world: World, mode: str
) -> None:
    caller = await new_caller(client, world, seats=1)
    both = await groups_of(caller, caller.product, caller.product)
    result = await invite(caller, both, mode=mode)
    assert (result.errors, result.holders) == ([], invited(result))
    assert [source["kind"] for source in result.content["seats"][0]["sources"]] == ["GROUP", "GROUP"]
    result = await invite(caller, both, mode=mode)
    assert result.errors == [("WAITING" if mode == "WAITLIST" else "NO_SEAT_LEFT", 0)]


async def test_a_shortage_of_one_product_does_not_affect_another(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    scarce = await world.pool(caller.team, 0)
    plenty, none = await groups_of(caller, caller.product, scarce)
    result = await invite(caller, [plenty, none], mode="BEST_EFFORT")
    assert (result.errors, result.holders) == ([("NO_SEAT_LEFT", 0)], invited(result))
    assert [error["productId"] for error in result.content["errors"]] == [scarce]
    result = await invite(caller, [none], [], mode="ALL_OR_NOTHING")
    assert (result.errors, invited(result)) == ([("NO_SEAT_LEFT", 0)], [])


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"])
async def test_a_dry_run_returns_the_same_errors(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=1)
    [group] = await groups_of(caller, caller.product)
    before = await world.fingerprint()
    result = await invite(caller, [group], [group], mode=mode, dryRun=True)
    assert await world.fingerprint() == before
    assert result.errors == (await invite(caller, [group], [group], mode=mode)).errors != []
