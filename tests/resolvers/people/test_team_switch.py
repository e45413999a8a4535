"""Several teams: one query drives a team switch, and all that is below a team is that team's."""

import re
from typing import Any

import pytest

from domain.actions import Action
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.conftest import Client
from tests.support.world import Someone, World

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
    """The teams of the switch, by id."""
    return {team["id"]: team for team in (await client(SWITCH, secret)).data["viewer"]["teams"]["nodes"]}


def allowed(team: dict[str, Any]) -> set[str]:
    """What may be done on a team of the switch."""
    return {one["action"] for one in team["viewerCan"] if one["allowed"]}


async def test_it_shows_each_team_with_ones_own_role_and_rights_there(client: Client, world: World) -> None:
    me, teams = await world.person("Ada", "Lovelace"), [await world.team() for _ in range(4)]
    for team, role in zip(teams, Role, strict=False):
        await world.member(team, role, me)
    await world.invited(teams[3], Role.CONTRACT_MANAGER, me)
    await world.member(await world.team(), Role.CONTRACT_MANAGER)
    shown = await switch(client, me.secret)
    assert {id_: team["viewerRole"] for id_, team in shown.items()} == {
        teams[0]: "USER",
        teams[1]: "SOFTWARE_COORDINATOR",
        teams[2]: "CONTRACT_MANAGER",
    }
    assert allowed(shown[teams[0]]) == {"TEAMS_READ", "REQUESTS_CREATE"}
    assert allowed(shown[teams[1]]) == allowed(shown[teams[2]])
    assert allowed(shown[teams[1]]) > {Action.MEMBERS_INVITE.name, Action.POOLS_READ.name}


async def test_somebody_elses_teams_are_those_where_one_sees_them(client: Client, world: World) -> None:
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
async def test_it_takes_two_statements(client: Client, world: World, statements: list[str], teams: int) -> None:
    me = await world.person()
    for _ in range(teams):
        await world.member(await world.team(), Role.SOFTWARE_COORDINATOR, me)
    statements.clear()
    assert len(await switch(client, me.secret)) == teams
    # who acts; the account; the teams
    assert len(statements) == 2, statements


async def furnish(world: World, me: Someone, colleague: Someone, product: str) -> tuple[str, set[str]]:
    """A team of these two with a group, seats, a wait and a request; the ids of all that is in it."""
    team, scarce = await world.team(), await world.product()
    await world.member(team, Role.SOFTWARE_COORDINATOR, me)
    await world.member(team, Role.USER, colleague)
    await world.pool(team, 2, product)
    held = await world.hold(team, product, colleague.id)
    group = await world.group(team)
    await world.pool(team, 1, scarce)
    taken = await world.hold(team, scarce, me.id)
    request = await world.request(team, scarce, colleague.id)
    return team, {held, group, taken, request, scarce, *await world.free_seats(team, product)}


async def test_what_is_below_a_team_is_that_teams(client: Client, world: World) -> None:
    me, colleague, product = await world.person(), await world.person(), await world.product()
    (here, own), (there, other) = [await furnish(world, me, colleague, product) for _ in range(2)]
    for team, inside, outside in ((here, own, other), (there, other, own)):
        data = (await client(TEAM, me.secret, id=team)).data
        found = set(ID.findall(str(data)))
        assert inside <= found
        assert not outside & found
        assert len(data["team"]["members"]["nodes"]) == 2


async def test_a_role_in_one_team_opens_nothing_in_another(client: Client, world: World) -> None:
    me, colleague, product = await world.person(), await world.person(), await world.product()
    team, inside = await furnish(world, colleague, me, product)
    await world.member(await world.team(), Role.CONTRACT_MANAGER, me)
    answer = await client(TEAM, me.secret, id=team)
    assert sorted(answer.codes) == ["FORBIDDEN", "FORBIDDEN"]
    assert [one["user"]["id"] for one in answer.content["data"]["team"]["members"]["nodes"]] == [me.id]
    assert len(inside & set(ID.findall(str(answer.content)))) == 2
