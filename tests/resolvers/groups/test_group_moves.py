"""People move from one group to another in one step, and keep the seats and the places that both groups give."""

import asyncio
from typing import Any

import pytest

from domain.actions import Scope
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


async def group_of(caller: Caller, *people: str, products: int = 1) -> str:
    """Create a group of these people that gives the caller's product. People without a seat wait for one."""
    group = await caller.world.group(caller.team)
    if people:
        await caller.world.add_to_group(caller.team, group, *people)
    if products:
        await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product, mode="WAITLIST")
    return group


async def move(caller: Caller, left: str, joined: str, people: list[str], **more: Any) -> Payload:
    """Move people from one group to another."""
    return await caller.mutate("moveGroupMembers", fromGroupId=left, toGroupId=joined, userIds=people, **more)


async def members(caller: Caller, group: str) -> list[str]:
    """The user ids of the members of a group, in the order of their ids."""
    query = "query ($id: ID!) { node(id: $id) { ... on Group { members { nodes { user { id } } } } } }"
    nodes = (await caller.client(query, caller.secret, id=group)).data["node"]["members"]["nodes"]
    return sorted(node["user"]["id"] for node in nodes)


async def test_a_seat_that_both_groups_give_stays_where_it_is(caller: Caller) -> None:
    ada, bob, cy = await caller.members(3)
    design, research = await group_of(caller, ada, bob), await group_of(caller)
    await caller.assign([cy], mode="WAITLIST")
    history = await caller.history()
    payload = await move(caller, design, research, [ada])
    assert (payload.errors, payload.freed, payload.promoted, payload.holders) == ([], [], [], [ada])
    assert [one["group"]["name"] for one in payload.content["seats"][0]["sources"]] == [
        payload.content["toGroup"]["name"]
    ]
    assert (await members(caller, design), await members(caller, research)) == ([bob], [ada])
    assert await caller.history() == history
    seat = payload.content["seats"][0]["id"]
    [*_, row] = await audit_rows(caller.world, caller.team)
    assert (row.action, row.target_id, row.before) == ("groups:update", design, {"group": design})
    changed = {"sourceAdded": {seat: ada}, "sourceEnded": {seat: ada}}
    assert row.after == {"group": research, "moved": [ada], **changed}


async def test_a_person_of_both_groups_keeps_the_seat_that_only_the_old_one_gave(caller: Caller) -> None:
    """The new group had no seat left for Ada when she joined it."""
    ada, bob, cy, waiting = await caller.members(4)
    design, research = await group_of(caller), await group_of(caller)
    await caller.assign([bob, cy])
    joined = await caller.mutate("setGroupMembers", groupId=research, userIds=[ada], mode="BEST_EFFORT")
    assert joined.errors == [("NO_SEAT_LEFT", 0)]
    await caller.unassign([bob])
    await caller.mutate("setGroupMembers", groupId=design, userIds=[ada])
    await caller.assign([waiting], mode="WAITLIST")
    history = await caller.history()
    payload = await move(caller, design, research, [ada])
    assert (payload.errors, payload.freed, payload.promoted, payload.holders) == ([], [], [], [ada])
    assert await caller.history() == history
    assert (await members(caller, design), await members(caller, research)) == ([], [ada])
    # It is now a seat of the new group.
    freed = await caller.mutate("setGroupMembers", groupId=research, userIds=[])
    assert freed.promoted == [waiting]


async def test_a_place_on_the_waiting_list_stays_where_it_is(caller: Caller) -> None:
    ada, bob, cy, dan, eve = await caller.members(5)
    design, research = await group_of(caller, ada, bob, cy, dan), await group_of(caller)
    await caller.assign([eve], mode="WAITLIST")
    assert (await move(caller, design, research, [cy, dan])).errors == []
    assert (await audit_rows(caller.world, caller.team))[-1].after["keptPlaces"] == {caller.product: [cy, dan]}
    await caller.mutate("setGroupMembers", groupId=design, userIds=[])
    assert await caller.holders() == sorted([cy, dan])


@pytest.mark.parametrize("first", ["design", "research"])
async def test_of_two_waits_the_older_one_determines_the_place(caller: Caller, first: str) -> None:
    ada, bob, cy, dan = await caller.members(4)
    groups = {name: await group_of(caller) for name in ("design", "research")}
    await caller.assign([ada, bob])
    second = next(name for name in groups if name != first)
    await caller.mutate("setGroupMembers", groupId=groups[first], userIds=[cy], mode="WAITLIST")
    await caller.assign([dan], mode="WAITLIST")
    await caller.mutate("setGroupMembers", groupId=groups[second], userIds=[cy], mode="WAITLIST")
    assert (await move(caller, groups["design"], groups["research"], [cy])).errors == []
    assert (await caller.unassign([ada])).promoted == [cy]
    held = await caller.mutate("unassignGroupProduct", groupId=groups["research"], productId=caller.product)
    assert held.freed == [dan]


async def test_people_get_what_only_the_new_group_gives_and_lose_what_only_the_old_one_gives(caller: Caller) -> None:
    ada, waiting = await caller.members(2)
    other = await caller.world.pool(caller.team, 1)
    design, research = await group_of(caller, ada), await group_of(caller, products=0)
    await caller.mutate("assignGroupProduct", groupId=research, productId=other)
    await caller.assign([(await caller.members(1))[0], waiting], mode="WAITLIST")
    payload = await move(caller, design, research, [ada])
    assert (payload.errors, payload.holders, payload.freed, payload.promoted) == ([], [ada], [waiting], [waiting])
    assert await caller.world.holders(caller.team, other) == [ada]
    after = (await audit_rows(caller.world, caller.team))[-1].after
    assert [list(after[what].values()) for what in ("assigned", "freed", "promoted")] == [[ada], [ada], [waiting]]


async def test_after_a_shortage_nobody_moves(caller: Caller) -> None:
    ada, bob, cy = await caller.members(3)
    design, research = await group_of(caller, ada, bob, cy, products=0), await group_of(caller)
    before = await caller.world.fingerprint()
    payload = await move(caller, design, research, [ada, bob, cy])
    assert (payload.errors, payload.errors_with_users) == ([("NO_SEAT_LEFT", 2)], [("NO_SEAT_LEFT", cy)])
    assert await caller.world.fingerprint() == before
    assert (await move(caller, design, research, [ada, bob, cy], mode="BEST_EFFORT")).holders == [ada, bob]
    assert await members(caller, research) == sorted([ada, bob, cy])


async def test_a_repeat_changes_nothing_and_says_so(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    design, research = await group_of(caller, ada, bob), await group_of(caller)
    assert (await move(caller, design, research, [ada])).errors == []
    before = await caller.world.fingerprint()
    assert (await move(caller, design, research, [ada])).errors == [("ALREADY_IN_GROUP", 0)]
    assert await caller.world.fingerprint() == before
    # A person who has moved already keeps nobody else from moving.
    assert (await move(caller, design, research, [ada, bob])).errors == [("ALREADY_IN_GROUP", 0)]
    assert await members(caller, research) == sorted([ada, bob])


async def test_a_list_with_an_error_moves_nobody_or_the_others(caller: Caller) -> None:
    ada, outsider = await caller.members(2)
    design, research = await group_of(caller, ada), await group_of(caller)
    people = [ada, outsider, "user_unknown", ada]
    before = await caller.world.fingerprint()
    errors = [("DUPLICATE", 3), ("NOT_FOUND", 2), ("NOT_IN_GROUP", 1)]
    assert (await move(caller, design, research, people)).errors == errors
    for wrong, code in (([], "LIST_EMPTY"), (["user_x"] * 5_001, "LIST_TOO_LONG")):
        assert (await move(caller, design, research, wrong, mode="BEST_EFFORT")).errors == [(code, None)]
    assert await caller.world.fingerprint() == before
    assert (await move(caller, design, research, people, mode="BEST_EFFORT")).errors == errors
    assert await members(caller, research) == [ada]


async def test_the_groups_must_be_two_of_one_team(client: Client, world: World, caller: Caller) -> None:
    [ada], group = await caller.members(1), await group_of(caller)
    elsewhere = await new_caller(client, world, seats=1)
    await world.member(elsewhere.team, account=caller.who)
    before = await world.fingerprint()
    for joined, code in ((group, "BAD_USER_INPUT"), (await world.group(elsewhere.team), "NOT_FOUND")):
        before = await world.fingerprint()
        answer = await caller.send("moveGroupMembers", fromGroupId=group, toGroupId=joined, userIds=[ada])
        assert answer.codes == [code]
        assert await world.fingerprint() == before


async def test_groups_without_products_need_no_right_to_seats(caller: Caller) -> None:
    [ada] = await caller.members(1)
    design, research = await group_of(caller, ada, products=0), await group_of(caller, products=0)
    _, secret = await caller.world.token(caller.team, caller.who.id, Scope.GROUPS_READ, Scope.GROUPS_UPDATE)
    asked = {"fromGroupId": design, "toGroupId": research, "userIds": [ada]}
    answer = await caller.client(operation("moveGroupMembers", "errors { code }"), secret, input=asked)
    assert answer.data["moveGroupMembers"] == {"errors": []}


async def test_in_a_team_with_separated_duties_the_actor_keeps_no_seat_by_a_move(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2, separated=True)
    [ada] = await caller.members(1)
    design, research = await group_of(caller), await group_of(caller)
    for group, person in ((design, caller.who.id), (design, ada)):
        await world.add_to_group(caller.team, group, person)
        await caller.give_seat(person, "group", group)
    payload = await move(caller, design, research, [caller.who.id, ada])
    assert payload.errors == [("SEPARATION_OF_DUTIES", 0)]
    assert (payload.holders, payload.freed, await caller.holders()) == ([ada], [None], [ada])


async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str]
) -> None:
    taken = []
    for size in (1, 9):
        caller = await new_caller(client, world, seats=size)
        people = await caller.members(size)
        design, research = await group_of(caller, *people), await group_of(caller)
        asked = {"fromGroupId": design, "toGroupId": research, "userIds": people}
        statements.clear()
        await client(operation("moveGroupMembers", "errors { code }"), caller.secret, input=asked)
        taken.append(len(statements))
    assert taken == [24, 24], statements


async def test_nobody_gets_a_seat_between_two_simultaneous_moves(client: Client, world: World) -> None:
    """Six people go back and forth between two groups, while others try to get one of their six seats."""
    caller = await new_caller(client, world, seats=6)
    people, rivals = await caller.members(6), await caller.members(4)
    design, research = await group_of(caller, *people), await group_of(caller)
    history = await caller.history()
    moves = [
        move(caller, *pair, people[n : n + 3], mode="BEST_EFFORT")
        for n in (0, 1, 2, 3)
        for pair in ((design, research), (research, design))
    ]
    attempts = [caller.assign([rival]) for rival in rivals for _ in "12"]
    results = await asyncio.gather(*moves, *attempts)
    assert [one.errors for one in results[len(moves) :]] == [[("NO_SEAT_LEFT", 0)]] * len(attempts)
    assert await caller.holders() == sorted(people)
    assert await caller.history() == history
    assert sorted(await members(caller, design) + await members(caller, research)) == sorted(people)
