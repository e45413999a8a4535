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


async def plan_of(statement: str, values: tuple[Any, ...], database: Database) -> list[Any]:
    """The nodes of the plan that a database has for a statement, for any values."""
    async with database.transaction() as connection:
        await fetch(connection, "set local plan_cache_mode = force_generic_plan")
        await connection.driver.execute(f"prepare plan as {statement}")
        nulls = ", ".join(["null"] * len(values))
        [record] = await fetch(connection, f"explain (format json) execute plan({nulls})")
        await connection.driver.execute("deallocate plan")
    [plan] = json.loads(record[0])
    return list(nodes(plan["Plan"]))


def read_whole(plan: list[Any]) -> set[str]:
    """The tables that a plan reads as a whole."""
    return {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}


@pytest.mark.parametrize("name", QUERIES)
async def test_no_large_table_is_read_as_a_whole(
    client: Client, app: Starlette, world: World, large: Database, name: str
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    with noted(app.state.database) as sent:
        answer = await client(QUERIES[name], boss.secret, **({"team": team} if "$team" in QUERIES[name] else {}))
    assert answer.data
    [one] = sent
    plan = await plan_of(*one, large)
    assert read_whole(plan) & LARGE == set()
    # The usage of a seat is found by its whole key: an index that begins with the holder reads all of their days.
    found = {node.get("Index Name") for node in plan if node.get("Relation Name") == "seat_usage"}
    assert found <= {"pk_seat_usage"}


@pytest.fixture(scope="module")
async def logged(large: Database) -> Database:
    """The same database with 2,000 entries in the audit log of each team, by 50 people and of 4 actions."""
    await fetch_rows(
        large,
        """
        with policy as (
            insert into policies (hash, text) values (encode(sha256('none'), 'hex'), 'none') returning hash
        )
        insert into audit_events (
            team_id, actor_kind, actor_id, action, before, after, facts, policy_hash, request_id
        )
        select t.id, 'person', 'user_' || n % 50, 'action_' || n % 4, jsonb '{}', jsonb '{}', jsonb '[]', hash, 'none'
        from policy cross join teams t cross join generate_series(1, 2000) as n
        """,
    )
    await fetch_rows(large, "analyze audit_events")
    return large


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (", action: MEMBERS_REMOVE", "ix_audit_events_team_id_action_id"),
        (', actorId: "user_1"', "ix_audit_events_team_id_actor_id_id"),
    ],
)
async def test_a_filter_of_the_audit_log_reads_only_what_matches(
    client: Client, app: Starlette, world: World, logged: Database, filters: str, index: str
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    page = f"audit(first: 20{filters}) {{ totalCount nodes {{ id actor {{ name }} }} }}"
    with noted(app.state.database) as sent:
        answer = await client(f"query ($team: ID!) {{ team(id: $team) {{ {page} }} }}", boss.secret, team=team)
    assert answer.data
    plan = [node for one in sent for node in await plan_of(*one, logged)]
    assert "audit_events" not in read_whole(plan)
    found = {node["Index Name"] for node in plan if "Index Name" in node}
    assert {name for name in found if name.startswith("ix_audit_events")} == {index}
