"""People invited into groups get what those give; where seats are short, what becomes of them is the caller's word."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.conftest import Client
from tests.support.mutations import Desk, Told, desk_of
from tests.support.world import World, counter

SHORT = [("NO_SEAT_LEFT", 1), ("NO_SEAT_LEFT", 2)]


async def groups_of(desk: Desk, *products: str) -> list[str]:
    """A group for each of these products, that gives it; the one that is served first comes first."""
    made = sorted([await desk.world.group(desk.team) for _ in products])
    for group, product in zip(made, products, strict=True):
        await desk.world.gives(desk.team, group, product)
    return made


async def invite(desk: Desk, *into: Sequence[str], **more: Any) -> Told:
    """Invite new people, each into groups."""
    people = [
        {"firstName": "Ada", "lastName": "Byron", "email": f"joiner{next(counter)}@tests.example", "groupIds": groups}
        for groups in into
    ]
    return await desk.tell("inviteMembers", teamId=desk.team, people=people, **more)


def invited(told: Told) -> list[str]:
    """Who is invited now, by id, in order."""
    return [one["member"]["user"]["id"] for one in told.content["invitations"]]


async def test_under_all_or_nothing_everybody_who_would_get_none_is_named_and_nobody_joins(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=1)
    first, second = await groups_of(desk, desk.product, desk.product)
    before = await world.fingerprint()
    told = await invite(desk, [first], [first], [second])
    assert (told.said, invited(told), told.content["seats"]) == (SHORT, [], [])
    assert {error["productId"] for error in told.content["errors"]} == {desk.product}
    assert await world.fingerprint() == before


async def test_under_best_effort_they_are_served_in_order_and_the_others_join_without(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=1)
    first, second = await groups_of(desk, desk.product, desk.product)
    told = await invite(desk, [first], [first], [second], mode="BEST_EFFORT")
    people = invited(told)
    assert (told.said, told.holders, told.line) == (SHORT, people[:1], [])
    assert await desk.holders() == people[:1]
    joined = [one["member"]["groups"]["nodes"] for one in told.content["invitations"]]
    assert joined == [[{"id": first}], [{"id": first}], [{"id": second}]]


async def test_under_waitlist_the_others_wait_and_get_theirs_in_order(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    first, second = await groups_of(desk, desk.product, desk.product)
    told = await invite(desk, [first], [first], [second], mode="WAITLIST")
    ada, bob, cid = invited(told)
    assert (told.said, told.holders) == ([("WAITING", 1), ("WAITING", 2)], [ada])
    assert told.line == [(1, bob), (2, cid)]
    assert (await desk.remove([ada])).promoted == [bob]
    assert (await desk.remove([bob])).promoted == [cid]


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"])
async def test_two_groups_give_one_seat_and_one_is_lacking_once(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=1)
    both = await groups_of(desk, desk.product, desk.product)
    told = await invite(desk, both, mode=mode)
    assert (told.said, told.holders) == ([], invited(told))
    assert [source["kind"] for source in told.content["seats"][0]["sources"]] == ["GROUP", "GROUP"]
    told = await invite(desk, both, mode=mode)
    assert told.said == [("WAITING" if mode == "WAITLIST" else "NO_SEAT_LEFT", 0)]


async def test_each_product_is_short_by_itself(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    scarce = await world.pool(desk.team, 0)
    plenty, none = await groups_of(desk, desk.product, scarce)
    told = await invite(desk, [plenty, none], mode="BEST_EFFORT")
    assert (told.said, told.holders) == ([("NO_SEAT_LEFT", 0)], invited(told))
    assert [error["productId"] for error in told.content["errors"]] == [scarce]
    told = await invite(desk, [none], [], mode="ALL_OR_NOTHING")
    assert (told.said, invited(told)) == ([("NO_SEAT_LEFT", 0)], [])


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"])
async def test_a_dry_run_says_the_same(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=1)
    [group] = await groups_of(desk, desk.product)
    before = await world.fingerprint()
    told = await invite(desk, [group], [group], mode=mode, dryRun=True)
    assert await world.fingerprint() == before
    assert told.said == (await invite(desk, [group], [group], mode=mode)).said != []
