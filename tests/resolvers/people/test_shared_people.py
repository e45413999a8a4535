"""People who belong to two teams: each team shows only its own data about them."""

import json
from dataclasses import dataclass

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

EVERYTHING = """
query ($team: ID!, $shared: ID!) {
  viewer { ...account }
  teams(first: 4) { nodes { ...team } }
  team(id: $team) { ...team }
  node(id: $shared) { ...account }
}
fragment team on Team {
  id name viewerRole
  members(first: 4) { totalCount nodes { id role user { ...account } } }
  seats(first: 4) { totalCount nodes { ...seat } }
  partnerTokens(first: 4) { nodes { id grantor { ...account } } }
}
fragment account on User {
  id email
  memberships(first: 4) { totalCount nodes { id role team { id } } }
  seats(first: 4) { totalCount nodes { ...seat } }
}
fragment seat on Seat {
  id team { id name }
  holder {
    id
    memberships(first: 4) { nodes { team { id } } }
    seats(first: 4) { nodes { id team { id } holder { id email } } }
  }
}
"""
TEAM_FIELDS = (
    "query ($team: ID!) { team(id: $team) { viewerRole members { nodes { user { id email } } } pools { total } } }"
)


@dataclass
class Scene:
    """Two teams: `here`, which Lea manages, and `there`. Sam belongs to both and holds a seat in each.

    `there_secrets` are ids and an address that only members of `there` may see.
    """

    here: str
    there: str
    lea: Account
    sam: Account
    here_seat: str
    there_seat: str
    there_secrets: list[str]


@pytest.fixture
async def scene(world: World) -> Scene:
    """Two teams that share a person and a product."""
    here, there = await world.team(), await world.team()
    lea, sam = await world.member(here, Role.SOFTWARE_COORDINATOR), await world.person("Sam")
    await world.member(here, Role.USER, sam)
    await world.member(there, Role.CONTRACT_MANAGER, sam)
    stranger = await world.member(there)
    product = await world.pool(here, 2)
    await world.pool(there, 3, product)
    here_seat, there_seat = await world.give_seat(here, product, sam.id), await world.give_seat(there, product, sam.id)
    token, _ = await world.token(there, sam.id, Scope.SEATS_READ)
    await world.token(here, lea.id, Scope.SEATS_READ)
    hers = await world.give_seat(there, product, stranger.id)
    return Scene(
        here, there, lea, sam, here_seat, there_seat, [there, there_seat, stranger.id, stranger.email, token, hers]
    )


async def test_no_nested_query_reaches_into_another_team(client: Client, scene: Scene) -> None:
    answer = await client(EVERYTHING, scene.lea.secret, team=scene.here, shared=scene.sam.id)
    seen = json.dumps(answer.data)
    assert scene.here_seat in seen
    assert scene.sam.email in seen
    assert [secret for secret in scene.there_secrets if secret in seen] == []


async def test_a_count_contains_only_what_the_actor_may_see(client: Client, scene: Scene) -> None:
    sam = (await client(EVERYTHING, scene.lea.secret, team=scene.here, shared=scene.sam.id)).data["node"]
    assert sam["memberships"]["totalCount"] == 1
    assert sam["seats"]["totalCount"] == 1


@pytest.mark.parametrize("object_", range(5))
async def test_an_object_of_another_team_is_not_found_by_its_id(client: Client, scene: Scene, object_: int) -> None:
    id_ = [one for one in scene.there_secrets if "@" not in one][object_]
    answer = await client("query ($id: ID!) { node(id: $id) { id } }", scene.lea.secret, id=id_)
    assert answer.codes == ["NOT_FOUND"]


async def test_a_partner_sees_only_its_own_team(client: Client, world: World, scene: Scene) -> None:
    _, secret = await world.token(scene.there, scene.sam.id, *Scope)
    data = (
        await client(
            "{ teams { nodes { id members { nodes { user { memberships { nodes { team { id } } } } } } } } }", secret
        )
    ).data
    assert [team["id"] for team in data["teams"]["nodes"]] == [scene.there]
    assert scene.here not in json.dumps(data)


async def test_a_person_has_the_rights_of_their_role_in_each_team(client: Client, scene: Scene) -> None:
    user = await client(TEAM_FIELDS, scene.sam.secret, team=scene.here)
    assert user.codes == ["FORBIDDEN"]
    assert user.content["data"]["team"] == {
        "viewerRole": "USER",
        "members": {"nodes": [{"user": {"id": scene.sam.id, "email": scene.sam.email}}]},
        "pools": None,
    }
    manager = (await client(TEAM_FIELDS, scene.sam.secret, team=scene.there)).data["team"]
    assert manager["viewerRole"] == "CONTRACT_MANAGER"
    assert len(manager["members"]["nodes"]) == 2
    assert manager["pools"] == [{"total": 3}]


async def test_a_person_sees_all_their_own_memberships_and_seats(client: Client, scene: Scene) -> None:
    query = "{ viewer { memberships { nodes { role team { id } } } seats { nodes { id } } } }"
    viewer = (await client(query, scene.sam.secret)).data["viewer"]
    assert {node["team"]["id"]: node["role"] for node in viewer["memberships"]["nodes"]} == {
        scene.here: "USER",
        scene.there: "CONTRACT_MANAGER",
    }
    assert {node["id"] for node in viewer["seats"]["nodes"]} == {scene.here_seat, scene.there_seat}


async def test_seats_can_be_filtered_by_team(client: Client, scene: Scene) -> None:
    query = "query ($team: ID!) { viewer { seats(teamId: $team) { totalCount nodes { id } } } }"
    for team, seats in ((scene.here, [scene.here_seat]), (scene.there, [scene.there_seat]), ("team_none", [])):
        page = (await client(query, scene.sam.secret, team=team)).data["viewer"]["seats"]
        assert [node["id"] for node in page["nodes"]] == seats
        assert page["totalCount"] == len(seats)


async def test_a_grantor_who_left_the_team_is_not_shown(client: Client, world: World, scene: Scene) -> None:
    gone = await world.member(scene.here)
    token, _ = await world.token(scene.here, gone.id, Scope.SEATS_READ)
    await world.leave(scene.here, gone.id)
    await world.member(scene.there, Role.USER, gone)
    query = "query ($id: ID!) { node(id: $id) { ... on PartnerToken { name grantor { id } } } }"
    assert (await client(query, scene.lea.secret, id=token)).data["node"] == {"name": "Partner", "grantor": None}


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_a_changed_role_shows_in_the_next_request(client: Client, world: World, scene: Scene, role: Role) -> None:
    await world.set_role(scene.here, scene.lea.id, role)
    team = (await client(TEAM_FIELDS, scene.lea.secret, team=scene.here)).content["data"]["team"]
    assert team["viewerRole"] == role.name
    assert len(team["members"]["nodes"]) == (1 if role is Role.USER else 2)
