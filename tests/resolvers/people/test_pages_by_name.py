"""A page of members in the order of names is a range of an index: PostgreSQL does not read and sort the whole team.

The plans are those for any values, in a database with a large team and many small ones, and the right statistics.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from db.core.database import Database
from db.core.paging import pages
from db.people.member_filters import MemberFilter, MemberReach
from db.people.members import MemberOrder, listed
from domain.paging import Page
from domain.reach import Reach
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch, fetch_rows, noted
from tests.support.world import World

INDEX = "ix_memberships_team_id_name_key_id"
MEMBERS = """
query ($team: ID!, $after: String, $descending: Boolean!) {
  team(id: $team) {
    members(first: 1, after: $after, orderBy: { descending: $descending }) {
      pageInfo { endCursor }
      nodes { user { name seats(first: 5) { nodes { id } } } }
    }
  }
}
"""
FILL = (
    "insert into teams (id, name) select 'team_' || n, 'Team ' || n from generate_series(1, 100) n",
    """
    insert into users (id, email, first_name, last_name, name_key)
    select 'user_' || n, n || '@tests.example', 'First' || n % 97, 'Last' || n % 89, md5('name' || n % 4000)
    from generate_series(1, 5000) n
    """,
    """
    insert into memberships (team_id, user_id, id, role, accepted_at)
    select 'team_' || case when n <= 3000 then 1 else n % 100 + 1 end, 'user_' || n, 'member_' || n, 'user',
           case when n % 10 > 0 then now() end
    from generate_series(1, 5000) n
    """,
    """
    insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at, name_key)
    select team_id, 'invite_' || id, user_id, id, id, id, 'user', '', now() + interval '1 day', md5(id) from memberships
    where accepted_at is null
    """,
    "analyze",
)
DIRECTIONS = pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
PLACES = pytest.mark.parametrize("is_first", [True, False], ids=["first-page", "later-page"])


@pytest.fixture(scope="module")
async def large(own_database: Database) -> Database:
    """A database with one team of more than 3,000 members and 99 small ones."""
    for statement in FILL:
        await fetch_rows(own_database, statement)
    return own_database


async def page_plan(database: Database, statement: str, number: int) -> Any:
    """The plan for the rows of a page of memberships: the part below its limit, for any values of the parameters."""
    async with database.transaction() as connection:
        await fetch(connection, "set local plan_cache_mode = force_generic_plan")
        await connection.driver.execute(f"prepare page as {statement}")
        [record] = await fetch(connection, f"explain (format json) execute page({', '.join(['null'] * number)})")
        await connection.driver.execute("deallocate page")
    [whole] = json.loads(record[0])
    [plan] = [
        node
        for node in nodes(whole["Plan"])
        if node["Node Type"] == "Limit" and any(below.get("Relation Name") == "memberships" for below in nodes(node))
    ]
    return plan


def nodes(plan: Any) -> Iterator[Any]:
    """A plan and all plans below it."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def assert_range(plan: Any, *, descending: bool, is_first: bool) -> None:
    """Assert that the rows come from the index in its order, from the place of the cursor on."""
    assert [node["Node Type"] for node in nodes(plan) if "Sort" in node["Node Type"]] == []
    [scan] = [node for node in nodes(plan) if node.get("Relation Name") == "memberships"]
    assert scan["Index Name"] == INDEX
    assert scan["Scan Direction"] == ("Backward" if descending else "Forward")
    assert ("ROW(name_key, id)" in scan["Index Cond"]) is not is_first
    assert "ROW" not in scan["Filter"]


@DIRECTIONS
@PLACES
async def test_a_page_of_a_listing_is_a_range(large: Database, descending: bool, is_first: bool) -> None:
    reach = Reach(("team_1",))
    listing = listed(MemberReach(*[reach] * 5), MemberFilter(), MemberOrder.NAME, descending)
    page = Page(50, None if is_first else ("6a", "member_x"))
    with noted(large) as sent:
        async with large.snapshot() as connection:
            found = await pages(connection, listing, ["team_1"], page)
    [(statement, values)] = [one for one in sent if "LATERAL" in one[0]]
    assert len(found["team_1"].nodes) == 50
    assert_range(await page_plan(large, statement, len(values)), descending=descending, is_first=is_first)


@DIRECTIONS
@PLACES
async def test_a_page_that_is_read_backwards_is_a_range(large: Database, descending: bool, is_first: bool) -> None:
    reach = Reach(("team_1",))
    listing = listed(MemberReach(*[reach] * 5), MemberFilter(), MemberOrder.NAME, descending)
    page = Page(50, None, None if is_first else ("6a", "member_x"), backwards=True)
    with noted(large) as sent:
        async with large.snapshot() as connection:
            await pages(connection, listing, ["team_1"], page)
    [(statement, values)] = [one for one in sent if "LATERAL" in one[0]]
    assert_range(await page_plan(large, statement, len(values)), descending=not descending, is_first=is_first)


@DIRECTIONS
@PLACES
async def test_a_page_in_a_fused_statement_is_a_range(
    client: Client, app: Starlette, world: World, large: Database, descending: bool, is_first: bool
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    await world.members(team, 3)
    variables: dict[str, Any] = {"team": team, "descending": descending}
    if not is_first:
        first = await client(MEMBERS, boss.secret, **variables)
        variables["after"] = first.data["team"]["members"]["pageInfo"]["endCursor"]
    with noted(app.state.database) as sent:
        answer = await client(MEMBERS, boss.secret, **variables)
    assert len(answer.data["team"]["members"]["nodes"]) == 1
    [(statement, values)] = sent
    assert "level_1" in statement
    assert_range(await page_plan(large, statement, len(values)), descending=descending, is_first=is_first)
