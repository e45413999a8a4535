"""The page of one member: one query reads all of it, in the same number of statements for every member."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import Account, World

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
OWN_PAGE = """
query ($team: ID!) { viewer { memberships(teamId: $team) { nodes {
  seats { nodes { product { id } } } requestableProducts { id } waits { product { id } }
} } } }
"""
OF_OTHERS = "query ($team: ID!) { team(id: $team) { members { nodes { requestableProducts { id } } } } }"
ACTIONS = {"MEMBERS_CHANGE_ROLE", "MEMBERS_REMOVE", "GROUPS_UPDATE", "SEATS_ASSIGN", "SEATS_UNASSIGN"}


async def create_pool(caller: Caller, name: str, seats: int) -> str:
    """Create a pool of a new product with this name. Returns the product."""
    return await caller.world.pool(caller.team, seats, await caller.world.product(f"{name} {caller.team}"))


async def member_id(caller: Caller, user_id: str) -> str:
    """The member id of a person."""
    query = "query ($id: ID!) { node(id: $id) { ... on User { memberships { nodes { id } } } } }"
    found = (await caller.client(query, caller.secret, id=user_id)).data["node"]["memberships"]["nodes"]
    id_: str = found[0]["id"]
    return id_


async def page(caller: Caller, user_id: str) -> dict[str, Any]:
    """The data of the page."""
    shown: dict[str, Any] = (await caller.client(PAGE, caller.secret, member=await member_id(caller, user_id))).data[
        "node"
    ]
    return shown


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller in a team without seats of its product."""
    return await new_caller(client, world, seats=0)


async def create_full_member(caller: Caller, width: int) -> Account:
    """Ada in `width` groups that each give her a product. She has no seat of two more products, and waits for one."""
    ada = await caller.world.member(caller.team)
    for n in range(width):
        group, product = await caller.world.group(caller.team, f"Group {n}"), await create_pool(caller, f"Given {n}", 1)
        await caller.world.add_to_group(caller.team, group, ada.id)
        await caller.mutate("assignGroupProduct", groupId=group, productId=product)
        await caller.mutate("assignSeats", teamId=caller.team, productId=product, userIds=[ada.id])
    scarce = await create_pool(caller, "Scarce", 1)
    await caller.world.give_seat(caller.team, scarce, caller.who.id)
    await caller.mutate("assignSeats", teamId=caller.team, productId=scarce, userIds=[ada.id], mode="WAITLIST")
    await create_pool(caller, "Plenty", 3)
    return ada


async def test_one_query_reads_the_whole_page(caller: Caller) -> None:
    ada = await create_full_member(caller, 2)
    shown = await page(caller, ada.id)
    assert (shown["role"], shown["status"]) == ("USER", "ACTIVE")
    assert shown["user"] == {"name": "Ada Byron", "email": ada.email}
    assert [group["name"] for group in shown["groups"]["nodes"]] == ["Group 0", "Group 1"]
    for n, seat in enumerate(shown["seats"]["nodes"]):
        assert seat["product"]["name"] == f"Given {n} {caller.team}"
        sources = [(source["kind"], source["group"] and source["group"]["name"]) for source in seat["sources"]]
        assert sources == [("GROUP", f"Group {n}"), ("DIRECT", None)]
    unassigned = {pool["product"]["name"].split()[0]: pool["available"] for pool in shown["unassignedProducts"]}
    assert unassigned == {"Plenty": 3, "Scarce": 0}
    assert [wait["position"] for wait in shown["waits"]] == [1]
    able = {one["action"] for one in shown["viewerCan"] if one["allowed"]}
    assert able >= ACTIONS


async def test_a_large_page_takes_as_many_statements_as_a_small_one(
    client: Client, world: World, statements: list[str]
) -> None:
    counts = []
    for width in (1, 6):
        caller = await new_caller(client, world, seats=0)
        member = await member_id(caller, (await create_full_member(caller, width)).id)
        statements.clear()
        assert (await client(PAGE, caller.secret, member=member)).data["node"]["seats"]["nodes"]
        counts.append(len(statements))
    assert counts == [1, 1]


async def test_seats_and_unassigned_products_are_read_for_all_members_at_once(
    client: Client, world: World, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=2)
    for size in (1, 5):
        people = await caller.members(size)
        await caller.assign(people[:1])
        statements.clear()
        found = (await client(OF_ALL, caller.secret, team=caller.team)).data["team"]["members"]["nodes"]
        assert len(statements) == 1
        for one in found:
            assert len(one["seats"]["nodes"]) + len(one["unassignedProducts"]) == 1


async def test_a_product_of_an_ended_subscription_cannot_be_assigned(caller: Caller) -> None:
    ada = await caller.world.member(caller.team)
    await caller.world.pool(caller.team, 1, ends=-1)
    assert (await page(caller, ada.id))["unassignedProducts"] == []


async def test_seats_in_another_team_are_not_on_the_page(caller: Caller) -> None:
    ada, other = await caller.world.member(caller.team), await caller.world.team()
    await caller.world.add_member(other, ada.id, Role.USER)
    product = await create_pool(caller, "Shared", 1)
    await caller.world.pool(other, 1, product)
    await caller.world.give_seat(other, product, ada.id)
    shown = await page(caller, ada.id)
    assert shown["seats"]["nodes"] == []
    assert [pool["available"] for pool in shown["unassignedProducts"]] == [1]


async def test_a_user_sees_their_own_seats_and_no_pools(client: Client, caller: Caller) -> None:
    ada = await create_full_member(caller, 1)
    member = await member_id(caller, ada.id)
    assert (await client(OWN, ada.secret, member=member)).data["node"]["seats"] == {"totalCount": 1}
    assert (await client(UNASSIGNED, ada.secret, member=member)).codes == ["FORBIDDEN"]
    bob = await caller.world.member(caller.team)
    assert (await client(OWN, bob.secret, member=member)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_sees_what_they_may_ask_for(
    client: Client, world: World, role: Role, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=2, role=role)
    await caller.give_seat(caller.who.id)
    wanted = await create_pool(caller, "Wanted", 1)
    await caller.world.wait(caller.team, wanted, caller.who.id)
    await caller.world.pool(caller.team, 1, ends=-1)
    elsewhere = await caller.world.team()
    await caller.world.add_member(elsewhere, caller.who.id, Role.USER)
    await caller.world.pool(elsewhere, 1)
    statements.clear()
    found = (await client(OWN_PAGE, caller.secret, team=caller.team)).data["viewer"]["memberships"]
    assert len(statements) == 1
    [shown] = found["nodes"]
    assert [seat["product"]["id"] for seat in shown["seats"]["nodes"]] == [caller.product]
    assert shown["requestableProducts"] == [{"id": wanted}]
    assert shown["waits"] == [{"product": {"id": wanted}}]


async def test_nobody_sees_what_others_may_ask_for(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await caller.members(2)
    _, token = await world.token(caller.team, caller.who.id, Scope.MEMBERS_READ)
    for secret, shown in [(caller.secret, [0, 0, 1]), (token, [0, 0, 0])]:
        members = (await client(OF_OTHERS, secret, team=caller.team)).data["team"]["members"]["nodes"]
        assert sorted(len(one["requestableProducts"]) for one in members) == shown
