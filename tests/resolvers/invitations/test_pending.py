"""Pending members: they are listed and may hold seats, may do nothing, and show nothing of an existing account."""

from typing import Any

import pytest
from sqlalchemy import update

from db.tables.people import User
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import new_caller
from tests.support.world import Account, World

MEMBERS = """
query ($team: ID!, $filter: MembersFilter, $order: MembersOrder) {
  team(id: $team) { members(filter: $filter, orderBy: $order) { nodes {
    id status role joinedAt user { id name email createdAt memberships { totalCount } seats { totalCount } }
  } } }
}
"""
CAN = "query($id: ID!) { node(id: $id) { viewerCan { action allowed } } }"


async def with_account(world: World) -> Account:
    """Ada Byron, whose account has a password and is older than any invitation."""
    ada = await world.person("Ada", "Byron")
    async with world.engine.begin() as connection:
        await connection.execute(update(User).where(User.id == ada.id).values(password_hash="$argon2id$x"))
    return ada


async def boss_of(world: World, team: str) -> Account:
    """Cy Carr, a coordinator of the team."""
    return await world.member(team, Role.SOFTWARE_COORDINATOR, await world.person("Cy", "Carr"))


async def members(client: Client, secret: str, team: str, **values: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client(MEMBERS, secret, team=team, **values)).data["team"]["members"]["nodes"]
    return found


@pytest.mark.parametrize("role", Role)
async def test_a_pending_member_may_do_nothing(client: Client, world: World, role: Role) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    grace = await world.invited_member(team, role)
    mine = await client("{ viewer { memberships { totalCount } } teams { nodes { id } } }", grace.secret)
    assert mine.data == {"viewer": {"memberships": {"totalCount": 0}}, "teams": {"nodes": []}}
    assert (await client(MEMBERS, grace.secret, team=team)).codes == ["NOT_FOUND"]
    query = (
        "query($team: ID!, $person: ID!) { explain(action: TEAMS_READ, target: $team, subject: $person) { allowed } }"
    )
    assert (await client(query, boss.secret, team=team, person=grace.id)).codes == ["NOT_FOUND"]


async def test_a_token_of_a_pending_member_may_do_nothing(client: Client, world: World) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    grace = await world.invited_member(team, Role.CONTRACT_MANAGER)
    _, secret = await world.token(team, grace.id, *Scope)
    assert (await client(MEMBERS, secret, team=team)).codes == ["NOT_FOUND"]
    assert (await client("{ teams { nodes { id } } }", secret)).data == {"teams": {"nodes": []}}
    assert len(await members(client, boss.secret, team)) == 2


async def test_a_pending_contract_manager_does_not_count_as_the_last_one(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    grace = await world.invited_member(caller.team, Role.CONTRACT_MANAGER)
    result = await caller.remove([caller.who.id, grace.id], mode="BEST_EFFORT")
    assert result.errors == [("LAST_CONTRACT_MANAGER", 0)]
    assert result.content["removedUserIds"] == [grace.id]


async def test_active_and_pending_members_are_listed_and_can_be_filtered(client: Client, world: World) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    grace = await world.invited_member(team)
    assert {one["user"]["id"]: one["status"] for one in await members(client, boss.secret, team)} == {
        boss.id: "ACTIVE",
        grace.id: "PENDING",
    }
    for status, account in (("ACTIVE", boss), ("PENDING", grace)):
        found = await members(client, boss.secret, team, filter={"status": status})
        assert [one["user"]["id"] for one in found] == [account.id]


async def test_a_pending_member_shows_nothing_of_an_existing_account(client: Client, world: World) -> None:
    team, other = await world.team(), await world.team()
    boss, ada = await boss_of(world, team), await with_account(world)
    await world.member(other, Role.USER, ada)
    await world.give_seat(other, await world.pool(other, 1), ada.id)
    await world.invited_member(team, account=ada)
    [pending] = await members(client, boss.secret, team, filter={"status": "PENDING"})
    assert pending["user"] == {
        "id": ada.id,
        "name": "Grace Hopper",
        "email": ada.email,
        "createdAt": pending["joinedAt"],
        "memberships": {"totalCount": 1},
        "seats": {"totalCount": 0},
    }
    for search in ("Ada", "Byron"):
        assert await members(client, boss.secret, team, filter={"search": search}) == []
    assert len(await members(client, boss.secret, team, filter={"search": "grace hop"})) == 1
    assert (await client("query($id: ID!) { node(id: $id) { id } }", boss.secret, id=ada.id)).codes == ["NOT_FOUND"]


async def test_a_pending_member_shows_nothing_of_another_teams_invitation(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada = await world.person("Ada", "Byron")  # as the other team calls them; nobody has opened the account
    await world.invited_member(caller.team, account=ada)
    result = await caller.assign([ada.id])
    assert (result.errors, result.holders) == ([], [None])
    query = "query($id: ID!) { node(id: $id) { ... on User { name } } }"
    assert (await client(query, caller.secret, id=ada.id)).codes == ["NOT_FOUND"]
    [pending] = await members(client, caller.secret, caller.team, filter={"status": "PENDING"})
    assert pending["user"]["name"] == "Grace Hopper"


async def test_pending_members_are_sorted_by_the_name_that_is_shown(client: Client, world: World) -> None:
    team = await world.team()
    boss = await boss_of(world, team)
    ada = await with_account(world)
    await world.invited_member(team, account=ada)
    found = await members(client, boss.secret, team, order={"field": "NAME"})
    assert [one["user"]["name"] for one in found] == ["Cy Carr", "Grace Hopper"]


async def test_the_account_is_shown_after_it_has_accepted(client: Client, world: World) -> None:
    team = await world.team()
    boss, ada = await boss_of(world, team), await with_account(world)
    await world.member(team, Role.USER, ada)
    [one] = await members(client, boss.secret, team, filter={"search": "Byron"})
    assert (one["status"], one["user"]["name"]) == ("ACTIVE", "Ada Byron")
    assert (await client("query($id: ID!) { node(id: $id) { id } }", boss.secret, id=ada.id)).data["node"]


async def test_an_account_that_the_invitation_created_is_shown(client: Client, world: World) -> None:
    team = await world.team()
    boss, grace = await world.member(team, Role.SOFTWARE_COORDINATOR), await world.invited_member(team)
    query = "query($id: ID!) { node(id: $id) { ... on User { name email } } }"
    assert (await client(query, boss.secret, id=grace.id)).data["node"] == {
        "name": "Grace Hopper",
        "email": grace.email,
    }


async def test_a_pending_member_may_hold_a_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    grace, ada = (
        await world.invited_member(caller.team),
        await world.invited_member(caller.team, account=await with_account(world)),
    )
    result = await caller.assign([grace.id, ada.id])
    assert result.errors == []
    assert await caller.holders() == sorted([grace.id, ada.id])
    assert result.pool == (2, 2, 0)
    assert result.holders == [grace.id, None]


@pytest.mark.parametrize(
    ("role", "of", "may"),
    [
        (Role.SOFTWARE_COORDINATOR, Role.USER, True),
        (Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER, False),
        (Role.CONTRACT_MANAGER, Role.CONTRACT_MANAGER, True),
    ],
)
async def test_viewer_can_shows_who_may_resend_and_revoke_an_invitation(
    client: Client, world: World, role: Role, of: Role, may: bool
) -> None:
    team = await world.team()
    boss = await world.member(team, role)
    await world.invited_member(team, of)
    result = {}
    for status in ("PENDING", "ACTIVE"):
        [one] = await members(client, boss.secret, team, filter={"status": status})
        can = (await client(CAN, boss.secret, id=one["id"])).data["node"]["viewerCan"]
        result[status] = {each["action"]: each["allowed"] for each in can}
    assert (result["PENDING"]["INVITATIONS_RESEND"], result["PENDING"]["INVITATIONS_REVOKE"]) == (may, may)
    assert not {"INVITATIONS_RESEND", "INVITATIONS_REVOKE"} & result["ACTIVE"].keys()
    assert "MEMBERS_INVITE" not in result["PENDING"]
