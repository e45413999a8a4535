"""People join and leave a group, and its other members stay as they are."""

import asyncio
from typing import Any

import pytest

from db.groups import given_products
from tests.conftest import Client
from tests.support.locks import waiting
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


async def group_of(caller: Caller, *people: str) -> str:
    """Create a group of these people that gives the caller's product. People without a seat wait for one."""
    group = await caller.world.group(caller.team)
    if people:
        await caller.world.add_to_group(caller.team, group, *people)
    await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product, mode="WAITLIST")
    return group


async def add(caller: Caller, group: str, people: list[str], **more: Any) -> Payload:
    """Add people to a group."""
    return await caller.mutate("addGroupMembers", groupId=group, userIds=people, **more)


async def remove(caller: Caller, group: str, people: list[str], **more: Any) -> Payload:
    """Remove people from a group."""
    return await caller.mutate("removeGroupMembers", groupId=group, userIds=people, **more)


def members(payload: Payload) -> list[str]:
    """The user ids of the members of the payload's group, sorted."""
    return sorted(node["user"]["id"] for node in payload.content["group"]["members"]["nodes"])


async def test_a_person_joins_and_leaves_and_the_others_stay(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await group_of(caller, ada)
    joined = await add(caller, group, [bob])
    assert (joined.errors, joined.holders, members(joined)) == ([], [bob], sorted([ada, bob]))
    assert joined.content["seats"][0]["sources"][0]["kind"] == "GROUP"
    assert await caller.holders() == sorted([ada, bob])
    left = await remove(caller, group, [ada])
    assert (left.errors, left.freed, members(left), await caller.holders()) == ([], [None], [bob], [bob])
    seats = [joined.content["seats"][0]["id"], left.content["freed"][0]["id"]]
    rows = (await audit_rows(caller.world, caller.team))[-2:]
    assert [(row.action, row.target_id, row.before) for row in rows] == [("groups:update", group, {})] * 2
    assert [row.after for row in rows] == [
        {"joined": [bob], "assigned": {seats[0]: bob}},
        {"left": [ada], "freed": {seats[1]: ada}},
    ]


async def test_a_repeat_changes_nothing_and_says_so(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await group_of(caller)
    for change, code in ((add, "ALREADY_IN_GROUP"), (remove, "ALREADY_OUT_OF_GROUP")):
        await change(caller, group, [ada])
        before = await caller.world.fingerprint()
        again = await change(caller, group, [ada])
        assert (again.errors, again.content["errors"][0]["isInformation"]) == ([(code, 0)], True)
        assert await caller.world.fingerprint() == before
        # A person who needs no change stops nobody else.
        assert (await change(caller, group, [ada, bob])).errors == [(code, 0)]
        assert await caller.holders() == (sorted([ada, bob]) if change is add else [])


async def test_a_list_with_an_error_changes_nothing_or_the_others(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    elsewhere = await caller.world.member(await caller.world.team())
    group = await group_of(caller, bob)
    for change, people, code in (
        (add, [ada, bob], "ALREADY_IN_GROUP"),
        (remove, [bob, caller.who.id], "ALREADY_OUT_OF_GROUP"),
    ):
        asked = [*people, elsewhere.id, people[0]]
        expected = [("DUPLICATE", 3), ("NOT_FOUND", 2), (code, 1)]
        before = await caller.world.fingerprint()
        assert (await change(caller, group, asked)).errors == expected
        for wrong, error in (([], "LIST_EMPTY"), (["user_x"] * 5_001, "LIST_TOO_LONG")):
            assert (await change(caller, group, wrong, mode="BEST_EFFORT")).errors == [(error, None)]
        assert await caller.world.fingerprint() == before
        assert (await change(caller, group, asked, mode="BEST_EFFORT")).errors == expected
        assert await caller.world.fingerprint() != before
    assert await caller.holders() == [ada]


async def test_after_a_shortage_nobody_joins(caller: Caller) -> None:
    ada, *others = await caller.members(3)
    group = await group_of(caller, ada)
    before = await caller.world.fingerprint()
    payload = await add(caller, group, others)
    assert (payload.errors, payload.errors_with_users) == ([("NO_SEAT_LEFT", 1)], [("NO_SEAT_LEFT", others[1])])
    assert members(payload) == [ada]
    assert await caller.world.fingerprint() == before
    payload = await add(caller, group, others, mode="BEST_EFFORT")
    assert (payload.errors, payload.holders, len(members(payload))) == ([("NO_SEAT_LEFT", 1)], others[:1], 3)


async def test_people_wait_and_stop_waiting_with_the_group(caller: Caller) -> None:
    people = await caller.members(4)
    group = await group_of(caller)
    joined = await add(caller, group, people, mode="WAITLIST")
    assert joined.errors == [("WAITING", 2), ("WAITING", 3)]
    assert joined.waiting_list == [(1, people[2]), (2, people[3])]
    left = await remove(caller, group, [people[0], people[3]])
    assert (left.freed, left.promoted) == ([people[2]], [people[2]])
    assert (await audit_rows(caller.world, caller.team))[-1].after["withdrawn"] == {caller.product: people[3:]}
    answer = await caller.send("removeGroupMembers", groupId=group, userIds=people, mode="WAITLIST")
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_a_seat_with_another_source_stays(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group, other = await group_of(caller, ada), await group_of(caller)
    again = await add(caller, other, [ada])
    assert (again.holders, again.told["seatEdges"]) == ([ada], [])
    assert (await remove(caller, group, [ada])).freed == []
    assert await caller.holders() == [ada]
    assert (await remove(caller, other, [ada])).freed == [None]


async def test_invited_people_join_and_leave(caller: Caller) -> None:
    group, grace = await group_of(caller), await caller.world.invited_member(caller.team)
    assert (await add(caller, group, [grace.id])).holders == [grace.id]
    assert members(await remove(caller, group, [grace.id])) == []


async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str]
) -> None:
    taken = []
    for size in (1, 9):
        caller = await new_caller(client, world, seats=size)
        asked = {"groupId": await group_of(caller), "userIds": await caller.members(size)}
        for mutation in ("addGroupMembers", "removeGroupMembers"):
            statements.clear()
            await client(operation(mutation, "errors { code }"), caller.secret, input=asked)
            taken.append(len(statements))
    assert taken[:2] == taken[2:], statements


async def test_people_who_are_added_at_the_same_moment_are_all_in(client: Client, world: World) -> None:
    """All requests have begun before the first of them changes the group; two add people, and one removes somebody."""
    caller = await new_caller(client, world, seats=4)
    ada, bob, cy, dan = await caller.members(4)
    group = await group_of(caller, cy)

    async def changes() -> list[Payload]:
        each = (add(caller, group, [ada]), add(caller, group, [bob]), remove(caller, group, [cy]))
        return list(await asyncio.gather(*each))

    async with world.database.transaction() as holding:
        await given_products.lock_changes(holding, caller.team)
        async with waiting(holding, changes(), 3) as changing:
            await holding.commit()
            assert [one.errors for one in await changing] == [[], [], []]
    last = await add(caller, group, [dan])
    assert members(last) == sorted([ada, bob, dan]) == await caller.holders()
