"""Real clients of user interfaces, set up as the documentation shows, against a real server.

Each pages through a team of 60 in both directions, assigns a seat and removes a member. Its cache then shows the change
without a further request.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.core.database import Database
from db.tables.people import Membership
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support import doc_pages, node
from tests.support.process import running
from tests.support.world import World

pytestmark = pytest.mark.slow

CLIENTS = ["apollo", "urql", "gqlTada", "relay"]
MEMBERS = 60
PAGES = 3
SEATS = 5
SAMPLES = node.CLIENTS / "samples"
# The page shows these files, in this order.
SHOWN = [
    "codegen.ts",
    "src/documents.ts",
    "src/apollo.ts",
    "src/urql.ts",
    "src/tada.ts",
    "relay.config.json",
    "src/relay/environment.ts",
    "src/relay/Members.ts",
]


@pytest.fixture(scope="module")
def compiled() -> None:
    """The samples, compiled against the published schema, and the stories that use them."""
    node.run("build.mjs")


@pytest.fixture(scope="module")
async def teams(own_world: World) -> tuple[str, dict[str, tuple[str, str]]]:
    """The token of a coordinator, and for each client a team of theirs with a pool: the ids of team and product."""
    coordinator = await own_world.person()
    made = {}
    for client in CLIENTS:
        team = await own_world.team()
        await own_world.member(team, Role.SOFTWARE_COORDINATOR, coordinator)
        await own_world.members(team, MEMBERS - 1)
        made[client] = (team, await own_world.pool(team, SEATS))
    return coordinator.secret, made


@pytest.fixture(scope="module")
def told(
    compiled: None,  # noqa: ARG001 - the server reads a file of it
    teams: tuple[str, dict[str, tuple[str, str]]],
    own_database: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """What each client showed, after each had its turn in one process."""
    secret, of_clients = teams
    # Relay's compiler has replaced its documents by their hashes.
    trusted = str(SAMPLES / "persisted-documents.json")
    folder = tmp_path_factory.mktemp("caches")
    with running(folder, DATABASE_URL=own_database.url, USHER_TRUSTED_DOCUMENTS=trusted) as usher:
        return json.loads(node.run("stories.mjs", f"{usher.address}/graphql", secret, json.dumps(of_clients)))


async def memberships(world: World, team_id: str) -> set[str]:
    """The ids of the members of a team."""
    async with world.engine.connect() as connection:
        return set(await connection.scalars(select(Membership.id).where(Membership.team_id == team_id)))


@pytest.mark.parametrize("client", CLIENTS)
def test_it_pages_in_both_directions(told: Any, client: str) -> None:
    story = told[client]
    assert len(set(story["shown"]["forwards"])) == MEMBERS
    assert story["shown"]["backwards"] == story["shown"]["forwards"]
    assert (story["requests"]["forwards"], story["requests"]["backwards"]) == (PAGES, PAGES)


@pytest.mark.parametrize("client", CLIENTS)
async def test_the_count_of_a_pool_and_the_list_follow_changes_without_a_request(
    told: Any, client: str, teams: tuple[str, dict[str, tuple[str, str]]], own_world: World
) -> None:
    story, (team, product) = told[client], teams[1][client]
    changed = story["changed"]
    left = [member for member in story["shown"]["forwards"] if member != changed["memberId"]]
    assert story["available"] == [SEATS, SEATS - 1, SEATS]
    assert story["left"] == left
    assert (story["requests"]["assign"], story["requests"]["remove"]) == (1, 1)
    assert await own_world.history(team, product) == [(changed["userId"], False)]
    assert await memberships(own_world, team) == set(story["withInvited"])


def test_relay_adds_the_edge_of_an_invited_person_without_a_request(told: Any) -> None:
    story = told["relay"]
    invited, *others = story["withInvited"]
    assert others == story["left"]
    assert invited not in others
    assert story["requests"]["invite"] == 1


@pytest.mark.usefixtures("compiled")
def test_the_samples_have_the_types_of_the_schema() -> None:
    node.run("node_modules/typescript/bin/tsc", "--project", "samples")


def test_the_page_shows_the_samples_that_run() -> None:
    page = doc_pages.blocks(ROOT / "docs" / "spa-developers.md")
    section = [block.text for block in page if block.language == "ts" or "persistConfig" in block.text]
    assert section == [(SAMPLES / name).read_text(encoding="utf-8") for name in SHOWN]


def test_the_schema_keeps_the_rules_of_relay(tmp_path: Path) -> None:
    published, broken = ROOT / "schema.graphql", tmp_path / "broken.graphql"
    broken.write_text(published.read_text(encoding="utf-8").replace("hasNextPage: Boolean!", "hasNextPage: Int!"))
    told = json.loads(node.run("lint.mjs", str(published), str(broken)))
    assert told[str(published)] == {"found": [], "unused": []}
    assert len(told[str(broken)]["found"]) == 1
