"""A group gives a product: its members get seats because of that."""

import asyncio

import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller
from tests.support.world import World

PRODUCTS = "query ($id: ID!) { node(id: $id) { ... on Group { products { id name } } } }"


async def group_of(caller: Caller, *people: str) -> str:
    """Create a group of these people. Returns its id."""
    group = await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, group, *people)
    return group


async def assign(caller: Caller, group: str, **more: object) -> Payload:
    """Let a group give the caller's product."""
    return await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product, **more)


async def unassign(caller: Caller, group: str, **more: object) -> Payload:
    """Stop a group from giving the caller's product."""
    return await caller.mutate("unassignGroupProduct", groupId=group, productId=caller.product, **more)


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


async def test_every_member_gets_a_seat(caller: Caller) -> None:
    [ada], grace = await caller.members(1), await caller.world.invited_member(caller.team)
    group = await group_of(caller, ada, grace.id)
    payload = await assign(caller, group)
    assert (payload.errors, sorted(map(str, payload.holders))) == ([], sorted([ada, grace.id]))
    assert [source["kind"] for seat in payload.content["seats"] for source in seat["sources"]] == ["GROUP"] * 2
    assert payload.content["group"]["products"] == [{"id": caller.product}]
    [row] = await audit_rows(caller.world, caller.team)
    assert (row.action, row.target_id) == ("groups:assign", group)
    assert sorted(row.after["assigned"].values()) == sorted([ada, grace.id])
    assert row.facts[-1]["action"] == "seats:assign"


async def test_a_group_adds_a_source_to_a_seat_that_is_already_held(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    await caller.assign([ada, bob])
    group = await group_of(caller, ada, bob)
    assert len((await assign(caller, group)).holders) == 2
    assert (await caller.unassign([ada])).errors == [("SOURCE_REMAINS", 0)]
    assert (await unassign(caller, group)).freed == [None]
    assert await caller.holders() == [bob]


async def test_a_shortage_gives_nothing_and_names_everybody_without_a_seat(caller: Caller) -> None:
    people = sorted(await caller.members(4))
    group = await group_of(caller, *people)
    before = await caller.world.fingerprint()
    payload = await assign(caller, group)
    assert payload.errors_with_users == [("NO_SEAT_LEFT", people[2]), ("NO_SEAT_LEFT", people[3])]
    assert {error["productId"] for error in payload.content["errors"]} == {caller.product}
    assert payload.content["group"]["products"] == []
    assert await caller.world.fingerprint() == before


async def test_under_best_effort_the_group_gives_the_seats_that_are_left(caller: Caller) -> None:
    people = sorted(await caller.members(3))
    group = await group_of(caller, *people)
    payload = await assign(caller, group, mode="BEST_EFFORT")
    assert (payload.holders, payload.errors_with_users) == (people[:2], [("NO_SEAT_LEFT", people[2])])
    assert (await assign(caller, group, mode="WAITLIST")).waiting_list == [(1, people[2])]
    before = await caller.world.fingerprint()
    again = await assign(caller, group)
    assert (again.errors, again.holders) == ([], [])
    assert await caller.world.fingerprint() == before


async def test_unassigning_frees_seats_ends_waits_and_serves_the_waiting_list(caller: Caller) -> None:
    *people, dan = await caller.members(4)
    group = await group_of(caller, *people)
    await assign(caller, group, mode="WAITLIST")
    await caller.assign([dan], mode="WAITLIST")
    payload = await unassign(caller, group)
    assert (payload.errors, payload.promoted) == ([], [dan])
    assert sorted(map(str, payload.freed)) == sorted(["None", dan])
    assert await caller.holders() == [dan]
    assert payload.content["group"]["products"] == []
    before = await caller.world.fingerprint()
    assert (await unassign(caller, group)).errors == [("NOT_ASSIGNED", None)]
    assert await caller.world.fingerprint() == before


async def test_unassigning_one_group_keeps_the_source_of_the_other(caller: Caller) -> None:
    [ada] = await caller.members(1)
    first, second = await group_of(caller, ada), await group_of(caller, ada)
    for group in (first, second):
        await assign(caller, group)
    assert (await unassign(caller, first)).freed == []
    assert await caller.holders() == [ada]


async def test_an_unknown_product_or_a_group_of_another_team_is_not_found(
    client: Client, world: World, caller: Caller
) -> None:
    other = await new_caller(client, world, seats=1)
    ours, theirs = await world.group(caller.team), await world.group(other.team)
    before = await world.fingerprint()
    for mutation in ("assignGroupProduct", "unassignGroupProduct"):
        asked = {"groupId": theirs, "productId": caller.product}
        assert (await caller.send(mutation, **asked)).codes == ["NOT_FOUND"]
        assert (await caller.send(mutation, groupId=ours, productId="product_unknown")).codes == ["NOT_FOUND"]
    foreign = {"teamId": caller.team, "groupId": theirs}
    assert (await caller.send("deleteGroup", **foreign)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_nobody_gets_a_seat_of_a_product_that_the_team_does_not_own(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group, foreign = await group_of(caller, ada), await caller.world.product()
    payload = await caller.mutate("assignGroupProduct", groupId=group, productId=foreign)
    assert payload.errors_with_users == [("NO_SEAT_LEFT", ada)]


async def test_people_who_join_while_the_group_gets_a_product_get_a_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=30)
    for _ in range(5):
        people, group = await caller.members(4), await world.group(caller.team)
        joining = caller.mutate("setGroupMembers", groupId=group, userIds=people)
        _, payload = await asyncio.gather(joining, assign(caller, group))
        assert payload.errors == []
        assert set(people) <= set(await caller.holders())


async def test_the_products_of_all_groups_are_read_in_one_statement(
    client: Client, world: World, statements: list[str]
) -> None:
    caller, counts = await new_caller(client, world, seats=1), []
    query = "query ($id: ID!) { team(id: $id) { groups { nodes { products { name } } } } }"
    for _ in range(2):
        for _ in range(2):
            await assign(caller, await world.group(caller.team))
        statements.clear()
        found = (await client(query, caller.secret, id=caller.team)).data["team"]["groups"]["nodes"]
        assert all(len(group["products"]) == 1 for group in found)
        counts.append(len(statements))
    assert counts == [1, 1]


async def test_a_user_does_not_find_a_group(client: Client, world: World, caller: Caller) -> None:
    group, user = await world.group(caller.team), await world.member(caller.team, Role.USER)
    assert (await client(PRODUCTS, user.secret, id=group)).codes == ["NOT_FOUND"]
