"""A product given to a group: its members get seats because of it."""

import asyncio

import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of
from tests.support.world import World

PRODUCTS = "query ($id: ID!) { node(id: $id) { ... on Group { products { id name } } } }"


async def group_of(desk: Desk, *people: str) -> str:
    """A group of these people."""
    group = await desk.world.group(desk.team)
    await desk.world.enter(desk.team, group, *people)
    return group


async def assign(desk: Desk, group: str, **more: object) -> Told:
    """Give the desk's product to a group."""
    return await desk.tell("assignGroupProduct", groupId=group, productId=desk.product, **more)


async def unassign(desk: Desk, group: str, **more: object) -> Told:
    """Take it from the group."""
    return await desk.tell("unassignGroupProduct", groupId=group, productId=desk.product, **more)


@pytest.fixture
async def desk(client: Client, world: World) -> Desk:
    """A desk with two seats."""
    return await desk_of(client, world, seats=2)


async def test_every_member_gets_a_seat(desk: Desk) -> None:
    [ada], grace = await desk.members(1), await desk.world.invited(desk.team)
    group = await group_of(desk, ada, grace.id)
    told = await assign(desk, group)
    assert (told.said, sorted(map(str, told.holders))) == ([], sorted([ada, grace.id]))
    assert [source["kind"] for seat in told.content["seats"] for source in seat["sources"]] == ["GROUP"] * 2
    assert told.content["group"]["products"] == [{"id": desk.product}]
    [row] = await audit_rows(desk.world, desk.team)
    assert (row.action, row.target_id) == ("groups:assign", group)
    assert sorted(row.after["assigned"].values()) == sorted([ada, grace.id])
    assert row.facts[-1]["action"] == "seats:assign"


async def test_it_is_one_reason_more_for_a_seat_held_already(desk: Desk) -> None:
    ada, bob = await desk.members(2)
    await desk.assign([ada, bob])
    group = await group_of(desk, ada, bob)
    assert len((await assign(desk, group)).holders) == 2
    assert (await desk.unassign([ada])).said == [("SOURCE_REMAINS", 0)]
    assert (await unassign(desk, group)).freed == [None]
    assert await desk.holders() == [bob]


async def test_a_shortage_gives_nothing_and_names_everybody_it_is_about(desk: Desk) -> None:
    people = sorted(await desk.members(4))
    group = await group_of(desk, *people)
    before = await desk.world.fingerprint()
    told = await assign(desk, group)
    assert told.about == [("NO_SEAT_LEFT", people[2]), ("NO_SEAT_LEFT", people[3])]
    assert {error["productId"] for error in told.content["errors"]} == {desk.product}
    assert told.content["group"]["products"] == []
    assert await desk.world.fingerprint() == before


async def test_by_best_effort_the_group_gives_it_as_far_as_there_are_seats(desk: Desk) -> None:
    people = sorted(await desk.members(3))
    group = await group_of(desk, *people)
    told = await assign(desk, group, mode="BEST_EFFORT")
    assert (told.holders, told.about) == (people[:2], [("NO_SEAT_LEFT", people[2])])
    assert (await assign(desk, group, mode="WAITLIST")).line == [(1, people[2])]
    before = await desk.world.fingerprint()
    again = await assign(desk, group)
    assert (again.said, again.holders) == ([], [])
    assert await desk.world.fingerprint() == before


async def test_taking_it_back_frees_seats_ends_waits_and_serves_the_line(desk: Desk) -> None:
    *people, dan = await desk.members(4)
    group = await group_of(desk, *people)
    await assign(desk, group, mode="WAITLIST")
    await desk.assign([dan], mode="WAITLIST")
    told = await unassign(desk, group)
    assert (told.said, told.promoted) == ([], [dan])
    assert sorted(map(str, told.freed)) == sorted(["None", dan])
    assert await desk.holders() == [dan]
    assert told.content["group"]["products"] == []
    before = await desk.world.fingerprint()
    assert (await unassign(desk, group)).said == [("NOT_ASSIGNED", None)]
    assert await desk.world.fingerprint() == before


async def test_taking_it_from_one_group_leaves_what_the_other_gives(desk: Desk) -> None:
    [ada] = await desk.members(1)
    first, second = await group_of(desk, ada), await group_of(desk, ada)
    for group in (first, second):
        await assign(desk, group)
    assert (await unassign(desk, first)).freed == []
    assert await desk.holders() == [ada]


async def test_a_product_or_group_of_nobody_knows_is_not_found(client: Client, world: World, desk: Desk) -> None:
    other = await desk_of(client, world, seats=1)
    ours, theirs = await world.group(desk.team), await world.group(other.team)
    before = await world.fingerprint()
    for mutation in ("assignGroupProduct", "unassignGroupProduct"):
        asked = {"groupId": theirs, "productId": desk.product}
        assert (await desk.send(mutation, **asked)).codes == ["NOT_FOUND"]
        assert (await desk.send(mutation, groupId=ours, productId="product_unknown")).codes == ["NOT_FOUND"]
    foreign = {"teamId": desk.team, "groupId": theirs}
    assert (await desk.send("deleteGroup", **foreign)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_a_product_the_team_does_not_own_is_short_for_everybody(desk: Desk) -> None:
    [ada] = await desk.members(1)
    group, foreign = await group_of(desk, ada), await desk.world.product()
    told = await desk.tell("assignGroupProduct", groupId=group, productId=foreign)
    assert told.about == [("NO_SEAT_LEFT", ada)]


async def test_joining_while_the_group_is_given_a_product_misses_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=30)
    for _ in range(5):
        people, group = await desk.members(4), await world.group(desk.team)
        joining = desk.tell("setGroupMembers", groupId=group, userIds=people)
        _, told = await asyncio.gather(joining, assign(desk, group))
        assert told.said == []
        assert set(people) <= set(await desk.holders())


async def test_groups_show_what_they_give_in_one_statement(client: Client, world: World, statements: list[str]) -> None:
    desk, counts = await desk_of(client, world, seats=1), []
    query = "query ($id: ID!) { team(id: $id) { groups { nodes { products { name } } } } }"
    for _ in range(2):
        for _ in range(2):
            await assign(desk, await world.group(desk.team))
        statements.clear()
        found = (await client(query, desk.secret, id=desk.team)).data["team"]["groups"]["nodes"]
        assert all(len(group["products"]) == 1 for group in found)
        counts.append(len(statements))
    assert counts == [3, 3]


async def test_a_user_sees_no_group_and_so_nothing_of_it(client: Client, world: World, desk: Desk) -> None:
    group, user = await world.group(desk.team), await world.member(desk.team, Role.USER)
    assert (await client(PRODUCTS, user.secret, id=group)).codes == ["NOT_FOUND"]
