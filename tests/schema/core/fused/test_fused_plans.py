"""PostgreSQL finds the rows of a fused statement by indexes, in a database with many rows and the right statistics.

The planner could read all accounts to find those of one page. The plans are those for any values.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from db.core.database import Database
from db.demo import seed as seeding
from db.demo.seed import Sizes
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import committed, fetch, fetch_rows, noted
from tests.support.world import World

pytestmark = pytest.mark.slow

LARGE = {"users", "memberships", "seats", "seat_usage", "seat_sources"}
QUERIES = {
    "viewer": "{ viewer { name email seats { totalCount nodes { id product { name } sources { kind } } } } }",
    "members": """
        query ($team: ID!) { team(id: $team) { members(first: 50) { totalCount nodes { user { name seats(first: 20) {
          nodes { id product { name } usage { hours } sources { kind } team { name } holder { name } }
        } } } } } }
    """,
    "member page": """
        query ($team: ID!) { team(id: $team) { members(first: 50) { nodes {
          seats { nodes { product { name } } } unassignedProducts { product { name } } groups { nodes { name } }
        } } } }
    """,
    "teams": "{ teams { nodes { name pools { total product { name } } seats { nodes { holder { name } } } } } }",
}


class Silent:
    """No progress is shown."""

    def start(self, name: str, total: int) -> None: ...

    def advance(self, name: str, number: int) -> None: ...


@pytest.fixture(scope="module")
async def large(own_database: Database) -> Database:
    """A database with 40 teams, 8,000 accounts and 24,000 seats."""
    sizes = Sizes(teams=40, users=8_000, seats=24_000, usage_days=5)
    await committed(own_database, lambda connection: seeding.seed(connection, sizes, 1, Silent()))
    await fetch_rows(own_database, "analyze")
    return own_database


def nodes(plan: Any) -> Iterator[Any]:
    """A plan and all plans below it."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@pytest.mark.parametrize("name", QUERIES)
async def test_no_large_table_is_read_as_a_whole(
    client: Client, app: Starlette, world: World, large: Database, name: str
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    with noted(app.state.database) as sent:
        answer = await client(QUERIES[name], boss.secret, **({"team": team} if "$team" in QUERIES[name] else {}))
    assert answer.data
    [(statement, values)] = sent
    async with large.transaction() as connection:
        await fetch(connection, "set local plan_cache_mode = force_generic_plan")
        await connection.driver.execute(f"prepare plan as {statement}")
        nulls = ", ".join(["null"] * len(values))
        [record] = await fetch(connection, f"explain (format json) execute plan({nulls})")
        await connection.driver.execute("deallocate plan")
    [plan] = json.loads(record[0])
    read = {node["Relation Name"] for node in nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"}
    assert read & LARGE == set()
    # The usage of a seat is found by its whole key: an index that begins with the holder reads all of their days.
    found = {node.get("Index Name") for node in nodes(plan["Plan"]) if node.get("Relation Name") == "seat_usage"}
    assert found <= {"pk_seat_usage"}
