"""Reading groups: the groups of a team and of a member, and the members of a group."""

from dataclasses import dataclass

import pytest

from db.tables.groups import GroupMember
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

GROUPS = """
query ($team: ID!, $first: Int = 20, $after: String) {
  team(id: $team) { groups(first: $first, after: $after) {
    totalCount nodes { name team { id } } pageInfo { endCursor hasNextPage }
  } }
}
"""
NESTED = """
query ($team: ID!, $groups: Int!, $members: Int!) {
  team(id: $team) { groups(first: $groups) { nodes {
    name members(first: $members) { totalCount nodes { user { id } groups { nodes { name } } } }
  } } }
}
"""
FOUND = """
query ($team: ID!, $group: ID) { team(id: $team) { members(filter: {groupId: $group}) { nodes { user { id } } } } }
"""


@dataclass(frozen=True)
class Scene:
    """A team with three groups, a coordinator (`boss`) who may see them, and two users who may not."""

    team: str
    groups: dict[str, str]
    boss: Account
    ada: Account
    grace: Account


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """Ada is in Design and engineering. Grace, who is only invited, is in Design. Nobody is in Research."""
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    ada, grace = await world.member(team), await world.invited_member(team)
    groups = {name: await world.group(team, name) for name in ("Research", "engineering", "Design")}
    for name, someone in (("Design", ada), ("engineering", ada), ("Design", grace)):
        await world.insert(GroupMember, {"team_id": team, "group_id": groups[name], "user_id": someone.id})
    return Scene(team, groups, boss, ada, grace)


async def test_groups_of_a_team_are_sorted_by_name_without_regard_to_case(client: Client, scene: Scene) -> None:
    found = (await client(GROUPS, scene.boss.secret, team=scene.team)).data["team"]["groups"]
    assert [group["name"] for group in found["nodes"]] == ["Design", "engineering", "Research"]
    assert found["totalCount"] == 3
    assert {group["team"]["id"] for group in found["nodes"]} == {scene.team}


async def test_groups_are_read_page_by_page(client: Client, scene: Scene) -> None:
    seen, after = [], None
    while True:
        page = (await client(GROUPS, scene.boss.secret, team=scene.team, first=1, after=after)).data["team"]["groups"]
        seen += [group["name"] for group in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["Design", "engineering", "Research"]


async def test_a_group_shows_its_members_with_their_other_groups(client: Client, scene: Scene) -> None:
    asked = {"team": scene.team, "groups": 10, "members": 10}
    found = (await client(NESTED, scene.boss.secret, **asked)).data["team"]["groups"]["nodes"]
    people = {group["name"]: {one["user"]["id"] for one in group["members"]["nodes"]} for group in found}
    assert people == {"Design": {scene.ada.id, scene.grace.id}, "engineering": {scene.ada.id}, "Research": set()}
    assert [group["members"]["totalCount"] for group in found] == [2, 1, 0]
    others = {
        one["user"]["id"]: [other["name"] for other in one["groups"]["nodes"]]
        for group in found
        for one in group["members"]["nodes"]
    }
    assert others == {scene.ada.id: ["Design", "engineering"], scene.grace.id: ["Design"]}


async def test_more_groups_need_no_more_statements(client: Client, scene: Scene, statements: list[str]) -> None:
    await client(NESTED, scene.boss.secret, team=scene.team, groups=1, members=1)
    narrow = len(statements)
    await client(NESTED, scene.boss.secret, team=scene.team, groups=3, members=10)
    assert len(statements) == 2 * narrow


async def test_members_are_found_by_group(client: Client, scene: Scene) -> None:
    for name, people in (("Design", {scene.ada.id, scene.grace.id}), ("Research", set())):
        found = await client(FOUND, scene.boss.secret, team=scene.team, group=scene.groups[name])
        assert {one["user"]["id"] for one in found.data["team"]["members"]["nodes"]} == people


async def test_a_user_sees_no_groups_and_finds_nobody_by_group(client: Client, scene: Scene) -> None:
    assert (await client(GROUPS, scene.ada.secret, team=scene.team)).codes == ["FORBIDDEN"]
    mine = "query ($team: ID!) { team(id: $team) { members { nodes { groups { totalCount } } } } }"
    answer = await client(mine, scene.ada.secret, team=scene.team)
    assert answer.codes == ["FORBIDDEN"]
    assert answer.content["data"]["team"]["members"]["nodes"] == [{"groups": None}]
    found = await client(FOUND, scene.ada.secret, team=scene.team, group=scene.groups["Design"])
    assert found.data["team"]["members"]["nodes"] == []


async def test_a_token_needs_one_scope_for_groups_and_another_for_their_members(
    client: Client, world: World, scene: Scene
) -> None:
    _, without = await world.token(scene.team, scene.boss.id, Scope.MEMBERS_READ)
    assert (await client(GROUPS, without, team=scene.team)).codes == ["FORBIDDEN"]
    found = await client(FOUND, without, team=scene.team, group=scene.groups["Design"])
    assert found.data["team"]["members"]["nodes"] == []
    _, some = await world.token(scene.team, scene.boss.id, Scope.GROUPS_READ)
    answer = await client(NESTED, some, team=scene.team, groups=10, members=10)
    assert [group["members"]["nodes"] for group in answer.data["team"]["groups"]["nodes"]] == [[], [], []]


async def test_groups_of_another_team_are_not_found(client: Client, world: World, scene: Scene) -> None:
    stranger = await world.member(await world.team(), Role.CONTRACT_MANAGER)
    assert (await client(GROUPS, stranger.secret, team=scene.team)).codes == ["NOT_FOUND"]
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert (await client(query, stranger.secret, id=scene.groups["Design"])).codes == ["NOT_FOUND"]
