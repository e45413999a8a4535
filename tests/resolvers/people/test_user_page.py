"""The page of one member: one query answers for all that stands on it, in the same number of statements for anybody."""

from typing import Any

import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, desk_of
from tests.support.world import Someone, World

PAGE = """
query ($member: ID!) {
  node(id: $member) {
    ... on Member {
      role status joinedAt
      user { name email }
      groups(first: 20) { nodes { name } }
      seats(first: 20) { nodes { id product { name } sources { kind since group { name } } } }
      unassignedProducts { product { name } available }
      waits { position since product { name } }
      viewerCan { action allowed reason }
    }
  }
}
"""
OWN = "query ($member: ID!) { node(id: $member) { ... on Member { seats { totalCount } } } }"
UNASSIGNED = "query ($member: ID!) { node(id: $member) { ... on Member { unassignedProducts { available } } } }"
OF_ALL = """
query ($team: ID!) { team(id: $team) { members { nodes {
  seats { nodes { product { name } } } unassignedProducts { available product { name } }
} } } }
"""
ACTIONS = {"MEMBERS_CHANGE_ROLE", "MEMBERS_REMOVE", "GROUPS_UPDATE", "SEATS_ASSIGN", "SEATS_UNASSIGN"}


async def named(desk: Desk, name: str, seats: int) -> str:
    """A pool of a product with this name."""
    return await desk.world.pool(desk.team, seats, await desk.world.product(f"{name} {desk.team}"))


async def member_id(desk: Desk, user_id: str) -> str:
    """The id of somebody's membership."""
    query = "query ($id: ID!) { node(id: $id) { ... on User { memberships { nodes { id } } } } }"
    found = (await desk.client(query, desk.secret, id=user_id)).data["node"]["memberships"]["nodes"]
    id_: str = found[0]["id"]
    return id_


async def page(desk: Desk, user_id: str) -> dict[str, Any]:
    """What the page shows."""
    shown: dict[str, Any] = (await desk.client(PAGE, desk.secret, member=await member_id(desk, user_id))).data["node"]
    return shown


@pytest.fixture
async def desk(client: Client, world: World) -> Desk:
    """A desk without seats of its product."""
    return await desk_of(client, world, seats=0)


async def furnished(desk: Desk, width: int) -> Someone:
    """Ada in so many groups, each of which gives her a product; one she waits for, and two she has nothing of."""
    ada = await desk.world.member(desk.team)
    for n in range(width):
        group, product = await desk.world.group(desk.team, f"Group {n}"), await named(desk, f"Given {n}", 1)
        await desk.world.enter(desk.team, group, ada.id)
        await desk.tell("assignGroupProduct", groupId=group, productId=product)
        await desk.tell("assignSeats", teamId=desk.team, productId=product, userIds=[ada.id])
    scarce = await named(desk, "Scarce", 1)
    await desk.world.hold(desk.team, scarce, desk.who.id)
    await desk.tell("assignSeats", teamId=desk.team, productId=scarce, userIds=[ada.id], mode="WAITLIST")
    await named(desk, "Plenty", 3)
    return ada


async def test_one_query_answers_for_the_whole_page(desk: Desk) -> None:
    ada = await furnished(desk, 2)
    shown = await page(desk, ada.id)
    assert (shown["role"], shown["status"]) == ("USER", "ACTIVE")
    assert shown["user"] == {"name": "Ada Byron", "email": ada.email}
    assert [group["name"] for group in shown["groups"]["nodes"]] == ["Group 0", "Group 1"]
    for n, seat in enumerate(shown["seats"]["nodes"]):
        assert seat["product"]["name"] == f"Given {n} {desk.team}"
        sources = [(source["kind"], source["group"] and source["group"]["name"]) for source in seat["sources"]]
        assert sources == [("GROUP", f"Group {n}"), ("DIRECT", None)]
    unassigned = {pool["product"]["name"].split()[0]: pool["available"] for pool in shown["unassignedProducts"]}
    assert unassigned == {"Plenty": 3, "Scarce": 0}
    assert [wait["position"] for wait in shown["waits"]] == [1]
    able = {one["action"] for one in shown["viewerCan"] if one["allowed"]}
    assert able >= ACTIONS


async def test_it_takes_as_many_statements_for_much_as_for_little(
    client: Client, world: World, statements: list[str]
) -> None:
    counts = []
    for width in (1, 6):
        desk = await desk_of(client, world, seats=0)
        member = await member_id(desk, (await furnished(desk, width)).id)
        statements.clear()
        assert (await client(PAGE, desk.secret, member=member)).data["node"]["seats"]["nodes"]
        counts.append(len(statements))
    # who acts; the member; groups, seats, pools, waits; then products, sources, and the groups that these name
    assert counts == [9, 9]


async def test_what_members_hold_and_lack_is_read_for_all_of_them_at_once(
    client: Client, world: World, statements: list[str]
) -> None:
    desk = await desk_of(client, world, seats=2)
    for size in (1, 5):
        people = await desk.members(size)
        await desk.assign(people[:1])
        statements.clear()
        found = (await client(OF_ALL, desk.secret, team=desk.team)).data["team"]["members"]["nodes"]
        # who acts, with the team; its members; their seats; the pools; products
        assert len(statements) == 5
        for one in found:
            assert len(one["seats"]["nodes"]) + len(one["unassignedProducts"]) == 1


async def test_an_ended_subscription_is_nothing_to_assign(desk: Desk) -> None:
    ada = await desk.world.member(desk.team)
    await desk.world.pool(desk.team, 1, active=False)
    assert (await page(desk, ada.id))["unassignedProducts"] == []


async def test_seats_in_another_team_are_not_on_the_page(desk: Desk) -> None:
    ada, other = await desk.world.member(desk.team), await desk.world.team()
    await desk.world.join(other, ada.id, Role.USER)
    product = await named(desk, "Shared", 1)
    await desk.world.pool(other, 1, product)
    await desk.world.hold(other, product, ada.id)
    shown = await page(desk, ada.id)
    assert shown["seats"]["nodes"] == []
    assert [pool["available"] for pool in shown["unassignedProducts"]] == [1]


async def test_a_user_sees_their_own_seats_and_no_pools(client: Client, desk: Desk) -> None:
    ada = await furnished(desk, 1)
    member = await member_id(desk, ada.id)
    assert (await client(OWN, ada.secret, member=member)).data["node"]["seats"] == {"totalCount": 1}
    assert (await client(UNASSIGNED, ada.secret, member=member)).codes == ["FORBIDDEN"]
    bob = await desk.world.member(desk.team)
    assert (await client(OWN, bob.secret, member=member)).codes == ["NOT_FOUND"]
