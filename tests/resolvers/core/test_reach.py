"""What each actor sees of a team over HTTP, by every path of the graph; nobody sees anything of other teams."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.world import World

# Ada holds a seat through a group. Each row shows what an actor sees: of the team, its members, seats, pools and
# tokens; of Ada's account, e-mail address, memberships and seats; of the seat, its holder, its usage and its source's
# group. `all` or `own` means these rows, `yes` means visible, `-` means an empty list, null or NOT_FOUND, and `no`
# means FORBIDDEN.
TABLE = """
actor                       team members seats pools tokens account email memberships held seat holder usage group
outsider                    -    -       -     -     -      -       -     -           -    -    -      -     -
user                        yes  own     own   no    no     -       -     -           -    -    -      -     -
ada                         yes  own     own   no    no     yes     yes   yes         yes  yes  yes    yes   -
coordinator                 yes  all     all   yes   yes    yes     yes   yes         yes  yes  yes    yes   yes
manager                     yes  all     all   yes   yes    yes     yes   yes         yes  yes  yes    yes   yes
pools:read                  yes  -       -     yes   no     -       -     -           -    -    -      -     -
members:read                yes  all     -     no    no     yes     no    yes         -    -    -      -     -
seats:read                  yes  -       all   no    no     -       -     -           -    yes  -      no    -
members:read,emails:read    yes  all     -     no    no     yes     yes   yes         -    -    -      -     -
members:read,seats:read     yes  all     all   no    no     yes     no    yes         yes  yes  yes    no    -
seats:read,usage:read       yes  -       all   no    no     -       -     -           -    yes  -      yes   -
seats:read,groups:read      yes  -       all   no    no     -       -     -           -    yes  -      no    yes
every scope                 yes  all     all   yes   no     yes     yes   yes         yes  yes  yes    yes   yes
every scope of ada          yes  own     own   no    no     yes     yes   yes         yes  yes  yes    yes   -
"""
HEADINGS, *ROWS = TABLE.strip().splitlines()
VIEWS = HEADINGS.split()[1:]
# A token with one scope that the table does not name sees only its team, for which no scope is needed.
ROWS += [
    f"{scope} yes - - no no" + " -" * (len(VIEWS) - 5)
    for scope in Scope
    if not any(row.startswith(f"{scope} ") for row in ROWS)
]
NAMES = [row.rsplit(maxsplit=len(VIEWS))[0] for row in ROWS]

TEAM = """
query ($team: ID!) {
  team(id: $team) {
    id members { nodes { id } } seats { nodes { id } } pools { total } partnerTokens { nodes { id } }
  }
}
"""
ACCOUNT = """
query ($ada: ID!) {
  node(id: $ada) { ... on User { id email memberships { nodes { id } } seats { nodes { id } } } }
}
"""
SEAT = """
query ($seat: ID!) {
  node(id: $seat) { ... on Seat { id holder { id } usage { hours } sources { group { id } } } }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { id } }"


@dataclass
class Scene:
    """A team, Ada and her seat in it, and the secrets of all actors."""

    team: str
    ada: str
    seat: str
    group: str
    token: str
    members: dict[str, str]
    seats: dict[str, str]
    secrets: dict[str, str]

    def rows(self, kind: dict[str, str], actor: str) -> dict[frozenset[str], str]:
        """The word of the table for each set of ids that this actor may see."""
        own = kind.get("ada" if actor.endswith("of ada") else actor)
        return {frozenset(kind.values()): "all", frozenset(filter(None, [own])): "own", frozenset(): "-"}


async def only_id(world: World, query: str, **values: str) -> str:
    """The only id that a query finds."""
    async with world.engine.connect() as connection:
        return str((await connection.execute(text(query), values)).scalar_one())


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """The team that all actors look at."""
    team = await world.team()
    people = {name: await world.person() for name in ("outsider", "user", "ada", "coordinator", "manager")}
    await world.member(await world.team(), Role.CONTRACT_MANAGER, people["outsider"])
    for name, role in [("coordinator", Role.SOFTWARE_COORDINATOR), ("manager", Role.CONTRACT_MANAGER)]:
        await world.member(team, role, people[name])
    for name in ("user", "ada"):
        await world.member(team, Role.USER, people[name])
    product, group = await world.pool(team, 3), await world.group(team)
    seats = {
        "ada": await world.give_seat(team, product, people["ada"].id, "group", group),
        "user": await world.give_seat(team, product, people["user"].id),
        "nobody": "",
    }
    seats["nobody"] = await only_id(world, "select id from seats where team_id = :t and holder_id is null", t=team)
    find = "select id from memberships where team_id = :t and user_id = :u"
    names = ("user", "ada", "coordinator", "manager")
    members = {name: await only_id(world, find, t=team, u=people[name].id) for name in names}
    secrets = {name: one.secret for name, one in people.items()}
    for name in NAMES:
        if ":" in name:
            _, secrets[name] = await world.token(team, people["manager"].id, *map(Scope, name.split(",")))
    token, secrets["every scope"] = await world.token(team, people["manager"].id, *Scope)
    _, secrets["every scope of ada"] = await world.token(team, people["ada"].id, *Scope)
    return Scene(team, people["ada"].id, seats["ada"], group, token, members, seats, secrets)


def ids(connection: Any) -> frozenset[str]:
    """The ids on a page."""
    return frozenset(node["id"] for node in connection["nodes"])


def field(answer: Answer, name: str) -> str:
    """Whether the root field shows this field: "yes"; "no" if it is refused; "-" if it is empty or null."""
    refused = [error["path"][-1] for error in answer.content.get("errors", []) if len(error["path"]) > 1]
    if name in refused:
        assert set(answer.codes) == {"FORBIDDEN"}
        return "no"
    [root] = answer.content["data"].values()
    return "yes" if root[name] else "-"


async def look(client: Client, scene: Scene, actor: str) -> dict[str, str]:
    """What an actor sees, by the headings of the table."""
    seen, secret = dict.fromkeys(VIEWS, "-"), scene.secrets[actor]
    team = await client(TEAM, secret, team=scene.team)
    if team.codes != ["NOT_FOUND"]:
        root = team.content["data"]["team"]
        seen["team"] = "yes"
        seen["members"] = scene.rows(scene.members, actor)[ids(root["members"])]
        seen["seats"] = scene.rows(scene.seats, actor)[ids(root["seats"])]
        seen["pools"], seen["tokens"] = field(team, "pools"), field(team, "partnerTokens")
    account = await client(ACCOUNT, secret, ada=scene.ada)
    if account.codes != ["NOT_FOUND"]:
        root = account.content["data"]["node"]
        seen["account"], seen["email"] = "yes", field(account, "email")
        seen["memberships"] = {frozenset([scene.members["ada"]]): "yes", frozenset(): "-"}[ids(root["memberships"])]
        seen["held"] = {frozenset([scene.seat]): "yes", frozenset(): "-"}[ids(root["seats"])]
    seat = await client(SEAT, secret, seat=scene.seat)
    if seat.codes != ["NOT_FOUND"]:
        [source] = seat.content["data"]["node"]["sources"]
        seen["seat"], seen["holder"], seen["usage"] = "yes", field(seat, "holder"), field(seat, "usage")
        seen["group"] = "yes" if source["group"] else "-"
    return seen


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
async def test_each_actor_sees_what_the_table_says(client: Client, scene: Scene, row: str) -> None:
    actor, *expected = row.rsplit(maxsplit=len(VIEWS))
    assert await look(client, scene, actor) == dict(zip(VIEWS, expected, strict=True))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
async def test_an_object_is_found_by_id_exactly_if_a_list_shows_it(client: Client, scene: Scene, row: str) -> None:
    actor, *expected = row.rsplit(maxsplit=len(VIEWS))
    seen = dict(zip(VIEWS, expected, strict=True))
    objects = {
        scene.team: seen["team"] == "yes",
        scene.ada: seen["account"] == "yes",
        scene.seat: seen["seat"] == "yes",
        scene.seats["nobody"]: seen["seats"] == "all",
        scene.members["ada"]: seen["members"] == "all" or (seen["members"] == "own" and seen["account"] == "yes"),
        scene.members["manager"]: seen["members"] == "all",
        scene.group: seen["group"] == "yes" or actor == "groups:read",
        scene.token: seen["tokens"] == "yes",
    }
    for id_, visible in objects.items():
        answer = await client(NODE, scene.secrets[actor], id=id_)
        assert answer.codes == ([] if visible else ["NOT_FOUND"]), id_


async def test_without_a_credential_nothing_is_shown(client: Client, scene: Scene) -> None:
    for query, variables in [(TEAM, {"team": scene.team}), (ACCOUNT, {"ada": scene.ada}), (SEAT, {"seat": scene.seat})]:
        answer = await client(query, **variables)
        assert answer.codes == ["UNAUTHENTICATED"]
        assert not any((answer.content.get("data") or {}).values())


async def test_unknown_and_foreign_ids_get_the_same_answer(client: Client, scene: Scene) -> None:
    for id_ in (scene.team, scene.ada, scene.seat, scene.members["ada"], scene.group, scene.token):
        unknown = id_[:-6] + "zzzzzz"
        answers = [await client(NODE, scene.secrets["outsider"], id=one) for one in (id_, unknown)]
        assert answers[0].content == answers[1].content
        assert answers[0].codes == ["NOT_FOUND"]
