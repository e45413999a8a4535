"""Who is invited and has not accepted: they are seen, may hold seats, may do nothing, and are not given away."""

from typing import Any

import pytest
from sqlalchemy import update

from db.tables.people import User
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import desk_of
from tests.support.world import Someone, World

MEMBERS = """
query ($team: ID!, $filter: MembersFilter, $order: MembersOrder) {
  team(id: $team) { members(filter: $filter, orderBy: $order) { nodes {
    id status role joinedAt user { id name email createdAt memberships { totalCount } seats { totalCount } }
  } } }
}
"""
CAN = "query($id: ID!) { node(id: $id) { viewerCan { action allowed } } }"


async def with_account(world: World) -> Someone:
    """Somebody whose account is older than any invitation: Ada Byron."""
    ada = await world.person("Ada", "Byron")
    async with world.engine.begin() as connection:
        await connection.execute(update(User).where(User.id == ada.id).values(password_hash="$argon2id$x"))
    return ada


async def boss_of(world: World, team: str) -> Someone:
    """A coordinator: Cy Carr."""
    return await world.member(team, Role.SOFTWARE_COORDINATOR, await world.person("Cy", "Carr"))


async def members(client: Client, secret: str, team: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client(MEMBERS, secret, team=team, **asked)).data["team"]["members"]["nodes"]
    return found


@pytest.mark.parametrize("role", Role)
async def test_who_is_invited_may_do_nothing(client: Client, world: World, role: Role) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    grace = await world.invited(team, role)
    mine = await client("{ viewer { memberships { totalCount } } teams { nodes { id } } }", grace.secret)
    assert mine.data == {"viewer": {"memberships": {"totalCount": 0}}, "teams": {"nodes": []}}
    assert (await client(MEMBERS, grace.secret, team=team)).codes == ["NOT_FOUND"]
    query = "query($team: ID!, $who: ID!) { explain(action: TEAMS_READ, target: $team, subject: $who) { allowed } }"
    assert (await client(query, boss.secret, team=team, who=grace.id)).codes == ["NOT_FOUND"]


async def test_a_token_of_who_is_only_invited_again_may_do_nothing(client: Client, world: World) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    grace = await world.invited(team, Role.CONTRACT_MANAGER)
    _, secret = await world.token(team, grace.id, *Scope)
    assert (await client(MEMBERS, secret, team=team)).codes == ["NOT_FOUND"]
    assert (await client("{ teams { nodes { id } } }", secret)).data == {"teams": {"nodes": []}}
    assert len(await members(client, boss.secret, team)) == 2


async def test_an_invited_contract_manager_is_none_to_leave_behind(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    grace = await world.invited(desk.team, Role.CONTRACT_MANAGER)
    told = await desk.remove([desk.who.id, grace.id], mode="BEST_EFFORT")
    assert told.said == [("LAST_CONTRACT_MANAGER", 0)]
    assert told.content["removedUserIds"] == [grace.id]


async def test_both_are_listed_and_told_apart(client: Client, world: World) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    grace = await world.invited(team)
    assert {one["user"]["id"]: one["status"] for one in await members(client, boss.secret, team)} == {
        boss.id: "ACTIVE",
        grace.id: "PENDING",
    }
    for status, who in (("ACTIVE", boss), ("PENDING", grace)):
        found = await members(client, boss.secret, team, filter={"status": status})
        assert [one["user"]["id"] for one in found] == [who.id]


async def test_an_invitation_shows_nothing_of_an_account(client: Client, world: World) -> None:
    team, other = await world.team(), await world.team()
    boss, ada = await boss_of(world, team), await with_account(world)
    await world.member(other, Role.USER, ada)
    await world.hold(other, await world.pool(other, 1), ada.id)
    await world.invited(team, someone=ada)
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


async def test_an_invitation_shows_nothing_of_what_another_team_wrote(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada = await world.person("Ada", "Byron")  # as the other team calls them; nobody has opened the account
    await world.invited(desk.team, someone=ada)
    told = await desk.assign([ada.id])
    assert (told.said, told.holders) == ([], [None])
    query = "query($id: ID!) { node(id: $id) { ... on User { name } } }"
    assert (await client(query, desk.secret, id=ada.id)).codes == ["NOT_FOUND"]
    [pending] = await members(client, desk.secret, desk.team, filter={"status": "PENDING"})
    assert pending["user"]["name"] == "Grace Hopper"


async def test_it_is_sorted_by_what_is_shown(client: Client, world: World) -> None:
    team = await world.team()
    boss = await boss_of(world, team)
    ada = await with_account(world)
    await world.invited(team, someone=ada)
    found = await members(client, boss.secret, team, order={"field": "NAME"})
    assert [one["user"]["name"] for one in found] == ["Cy Carr", "Grace Hopper"]


async def test_the_account_is_shown_once_it_has_accepted(client: Client, world: World) -> None:
    team = await world.team()
    boss, ada = await boss_of(world, team), await with_account(world)
    await world.member(team, Role.USER, ada)
    [one] = await members(client, boss.secret, team, filter={"search": "Byron"})
    assert (one["status"], one["user"]["name"]) == ("ACTIVE", "Ada Byron")
    assert (await client("query($id: ID!) { node(id: $id) { id } }", boss.secret, id=ada.id)).data["node"]


async def test_the_account_that_an_invitation_made_is_shown(client: Client, world: World) -> None:
    team = await world.team()
    boss, grace = await world.member(team, Role.SOFTWARE_COORDINATOR), await world.invited(team)
    query = "query($id: ID!) { node(id: $id) { ... on User { name email } } }"
    assert (await client(query, boss.secret, id=grace.id)).data["node"] == {
        "name": "Grace Hopper",
        "email": grace.email,
    }


async def test_who_is_invited_may_hold_a_seat(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    grace, ada = await world.invited(desk.team), await world.invited(desk.team, someone=await with_account(world))
    told = await desk.assign([grace.id, ada.id])
    assert told.said == []
    assert await desk.holders() == sorted([grace.id, ada.id])
    assert told.pool == (2, 2, 0)
    assert told.holders == [grace.id, None]


@pytest.mark.parametrize(
    ("role", "of", "may"),
    [
        (Role.SOFTWARE_COORDINATOR, Role.USER, True),
        (Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER, False),
        (Role.CONTRACT_MANAGER, Role.CONTRACT_MANAGER, True),
    ],
)
async def test_an_invitation_can_be_sent_again_and_revoked(
    client: Client, world: World, role: Role, of: Role, may: bool
) -> None:
    team = await world.team()
    boss = await world.member(team, role)
    await world.invited(team, of)
    told = {}
    for status in ("PENDING", "ACTIVE"):
        [one] = await members(client, boss.secret, team, filter={"status": status})
        can = (await client(CAN, boss.secret, id=one["id"])).data["node"]["viewerCan"]
        told[status] = {each["action"]: each["allowed"] for each in can}
    assert (told["PENDING"]["INVITATIONS_RESEND"], told["PENDING"]["INVITATIONS_REVOKE"]) == (may, may)
    assert not {"INVITATIONS_RESEND", "INVITATIONS_REVOKE"} & told["ACTIVE"].keys()
    assert "MEMBERS_INVITE" not in told["PENDING"]
