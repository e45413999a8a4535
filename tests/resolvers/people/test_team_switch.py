"""Several teams: one query serves a team switch, and the fields below a team contain only data of that team."""

import re
from typing import Any

import pytest

from domain.actions import Action
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.conftest import Client
from tests.support.world import Account, World

PAGE = (ROOT / "docs" / "spa-developers.md").read_text(encoding="utf-8")
# The query that the page shows.
SWITCH = re.findall(r"```graphql\n(.*?)```", PAGE.partition("## Several teams")[2], re.DOTALL)[0]
TEAM = """query($id: ID!) { team(id: $id) {
  members { nodes { id user { id } seats { nodes { id } } requests { nodes { id } } waits { product { id } } } }
  groups { nodes { id members { nodes { id } } } }
  pools { product { id } waits { nodes { member { id } } } }
  seats { nodes { id } }
  requests { nodes { id } }
} }"""
ID = re.compile(r"\b[a-z]+_[0-9a-z]{26}\b")


async def switch(client: Client, secret: str) -> dict[str, dict[str, Any]]:
    """The teams that the switch shows, by id."""
    return {team["id"]: team for team in (await client(SWITCH, secret)).data["viewer"]["teams"]["nodes"]}


def allowed(team: dict[str, Any]) -> set[str]:
    """The actions that are allowed on a team of the switch."""
    return {one["action"] for one in team["viewerCan"] if one["allowed"]}


async def test_the_switch_shows_the_own_role_and_rights_in_each_team(client: Client, world: World) -> None:
    me, teams = await world.person("Ada", "Lovelace"), [await world.team() for _ in range(4)]
    for team, role in zip(teams, Role, strict=False):
        await world.member(team, role, me)
    await world.invited_member(teams[3], Role.CONTRACT_MANAGER, me)
    await world.member(await world.team(), Role.CONTRACT_MANAGER)
    shown = await switch(client, me.secret)
    assert {id_: team["viewerRole"] for id_, team in shown.items()} == {
        teams[0]: "USER",
        teams[1]: "SOFTWARE_COORDINATOR",
        teams[2]: "CONTRACT_MANAGER",
    }
    assert allowed(shown[teams[0]]) == {"TEAMS_READ", "REQUESTS_CREATE"}
    assert allowed(shown[teams[2]]) == allowed(shown[teams[1]]) | {"TEAMS_SECURE", "CONTRACTS_AMEND", "ORDERS_READ"}
    assert allowed(shown[teams[1]]) > {Action.MEMBERS_INVITE.name, Action.POOLS_READ.name}


async def test_of_another_person_only_teams_with_a_visible_membership_are_listed(client: Client, world: World) -> None:
    me, other = await world.person(), await world.person()
    mine, shared, theirs = [await world.team() for _ in range(3)]
    await world.member(mine, Role.SOFTWARE_COORDINATOR, me)
    await world.member(shared, Role.USER, me)
    for team in (mine, shared, theirs):
        await world.member(team, Role.USER, other)
    query = "query ($id: ID!) { node(id: $id) { ... on User { teams { totalCount nodes { id } } } } }"
    seen = (await client(query, me.secret, id=other.id)).data["node"]["teams"]
    assert seen == {"totalCount": 1, "nodes": [{"id": mine}]}


@pytest.mark.parametrize("teams", [1, 5])
async def test_the_switch_takes_one_statement(client: Client, world: World, statements: list[str], teams: int) -> None:
    me = await world.person()
    for _ in range(teams):
        await world.member(await world.team(), Role.SOFTWARE_COORDINATOR, me)
    statements.clear()
    assert len(await switch(client, me.secret)) == teams
    assert len(statements) == 1, statements


async def create_full_team(world: World, me: Account, colleague: Account, product: str) -> tuple[str, set[str]]:
    """A team of these two with a group, seats and a request. Returns the team and the ids of the objects in it."""
    team, scarce = await world.team(), await world.product()
    await world.member(team, Role.SOFTWARE_COORDINATOR, me)
    await world.member(team, Role.USER, colleague)
    await world.pool(team, 2, product)
    held = await world.give_seat(team, product, colleague.id)
    group = await world.group(team)
    await world.pool(team, 1, scarce)
    taken = await world.give_seat(team, scarce, me.id)
    request = await world.request(team, scarce, colleague.id)
    return team, {held, group, taken, request, scarce, *await world.free_seats(team, product)}


async def test_the_fields_below_a_team_contain_only_its_data(client: Client, world: World) -> None:
    me, colleague, product = await world.person(), await world.person(), await world.product()
    (here, own), (there, other) = [await create_full_team(world, me, colleague, product) for _ in range(2)]
    for team, inside, outside in ((here, own, other), (there, other, own)):
        data = (await client(TEAM, me.secret, id=team)).data
        found = set(ID.findall(str(data)))
        assert inside <= found
        assert not outside & found
        assert len(data["team"]["members"]["nodes"]) == 2


async def test_a_role_in_one_team_gives_no_right_in_another(client: Client, world: World) -> None:
    me, colleague, product = await world.person(), await world.person(), await world.product()
    team, inside = await create_full_team(world, colleague, me, product)
    await world.member(await world.team(), Role.CONTRACT_MANAGER, me)
    answer = await client(TEAM, me.secret, id=team)
    assert sorted(answer.codes) == ["FORBIDDEN", "FORBIDDEN"]
    assert [one["user"]["id"] for one in answer.content["data"]["team"]["members"]["nodes"]] == [me.id]
    assert len(inside & set(ID.findall(str(answer.content)))) == 2
