"""Nested views: the exact number of statements that each takes at any width, and that a view shows one moment."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from db.core.connection import Connection
from db.core.descriptions import Sql
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

VIEWER = "{ viewer { name seats { nodes { id product { name releases { name } } team { name } } } } }"
TEAM_PAGE = """
query ($team: ID!, $first: Int! = 100) {
  team(id: $team) {
    members(first: $first) {
      nodes {
        role
        user { name seats { nodes { product { name } sources { kind } usage { hours sessions lastUsedAt } } } }
      }
    }
  }
}
"""
COUNTED = """
{
  teams {
    totalCount
    nodes { members(first: 2) { totalCount nodes { user { email seats { totalCount nodes { id } } } } } }
  }
}
"""
POOLS = "{ teams { nodes { name pools { total assigned available product { name } } } } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


def apart(query: str) -> str:
    """The query with a root field that no statement can read together with others, so that each level has its own."""
    return query.rstrip().removesuffix("}") + '\n  no: node(id: "nothing") { id }\n}'


async def team_with_seats(world: World, size: int) -> tuple[str, Account]:
    """A team with this number of members, each with two seats; and its coordinator, who is one of them."""
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    people = [boss.id, *(await world.members(team, size - 1) if size > 1 else [])]
    for product in [await world.pool(team, size), await world.pool(team, size)]:
        for user_id in people:
            await world.give_seat(team, product, user_id)
    return team, boss


@pytest.mark.parametrize("size", [1, 5, 60])
async def test_a_team_page_takes_one_statement_or_six_apart(
    client: Client, world: World, statements: list[str], size: int
) -> None:
    team, boss = await team_with_seats(world, size)
    statements.clear()
    data = (await client(TEAM_PAGE, boss.secret, team=team)).data
    assert len(statements) == 1, statements
    statements.clear()
    assert (await client(apart(TEAM_PAGE), boss.secret, team=team)).content["data"] == data | {"no": None}
    # the actor, with the team; its members with their accounts; their seats; the products, sources and usage of these
    assert len(statements) == 6, statements
    members = data["team"]["members"]["nodes"]
    assert len(members) == size
    for member in members:
        assert [len(seat["sources"]) for seat in member["user"]["seats"]["nodes"]] == [1, 1]


@pytest.mark.parametrize("teams", [1, 3])
async def test_the_viewer_with_their_seats_takes_one_statement_or_four_apart(
    client: Client, world: World, statements: list[str], teams: int
) -> None:
    me = await world.person()
    for _ in range(teams):
        team = await world.team()
        await world.member(team, account=me)
        await world.give_seat(team, await world.pool(team, 1), me.id)
    statements.clear()
    data = (await client(VIEWER, me.secret)).data
    assert len(statements) == 1, statements
    statements.clear()
    assert (await client(apart(VIEWER), me.secret)).content["data"] == data | {"no": None}
    # the actor, with the account and its teams; its seats; their products; the releases of these
    assert len(statements) == 4, statements
    assert len(data["viewer"]["seats"]["nodes"]) == teams


async def coordinator_of(world: World, teams: int) -> Account:
    """The coordinator of this number of teams, each with three members and two pools."""
    me = await world.person()
    for _ in range(teams):
        team = await world.team()
        await world.member(team, Role.SOFTWARE_COORDINATOR, me)
        await world.members(team, 2)
        await world.give_seat(team, await world.pool(team, 2), me.id)
        await world.pool(team, 1)
    return me


@pytest.mark.parametrize("teams", [1, 4])
async def test_all_pools_take_one_statement_or_four_apart(
    client: Client, world: World, statements: list[str], teams: int
) -> None:
    me = await coordinator_of(world, teams)
    statements.clear()
    data = (await client(POOLS, me.secret)).data
    assert len(statements) == 1, statements
    statements.clear()
    assert (await client(apart(POOLS), me.secret)).content["data"] == data | {"no": None}
    # the actor; the teams; their pools; the products
    assert len(statements) == 4, statements
    assert [len(team["pools"]) for team in data["teams"]["nodes"]] == [2] * teams


@pytest.mark.parametrize("teams", [1, 4])
async def test_nested_and_counted_connections_take_one_statement_or_seven_apart(
    client: Client, world: World, statements: list[str], teams: int
) -> None:
    me = await coordinator_of(world, teams)
    statements.clear()
    data = (await client(COUNTED, me.secret)).data
    assert len(statements) == 1, statements
    statements.clear()
    assert (await client(apart(COUNTED), me.secret)).content["data"] == data | {"no": None}
    # the actor; the teams and their count; their members and their count; the seats and their count
    assert len(statements) == 7, statements
    assert data["teams"]["totalCount"] == teams
    for team in data["teams"]["nodes"]:
        assert team["members"]["totalCount"] == 3
        assert len(team["members"]["nodes"]) == 2


async def test_a_count_that_is_not_selected_is_not_read(client: Client, world: World, statements: list[str]) -> None:
    me = await coordinator_of(world, 1)
    statements.clear()
    await client("{ teams { nodes { members { pageInfo { hasNextPage } } } } }", me.secret)
    assert not [statement for statement in statements if "count(*) as number" in statement.lower()]


async def test_one_object_by_its_id_takes_one_statement(client: Client, world: World, statements: list[str]) -> None:
    team, boss = await team_with_seats(world, 1)
    statements.clear()
    assert (await client(NODE, boss.secret, id=boss.id)).data["node"]["id"] == boss.id
    assert len(statements) == 1, statements
    statements.clear()
    assert (await client(NODE, boss.secret, id=team)).data["node"]["id"] == team
    assert len(statements) == 1, statements


async def test_the_same_object_twice_takes_one_statement(client: Client, world: World, statements: list[str]) -> None:
    _, boss = await team_with_seats(world, 1)
    statements.clear()
    query = "query ($id: ID!) { node(id: $id) { id ... on User { name } } again: node(id: $id) { id } }"
    await client(query, boss.secret, id=boss.id)
    assert len(statements) == 1, statements


async def test_a_malformed_id_is_not_looked_up(client: Client, world: World, statements: list[str]) -> None:
    ada = await world.person()
    statements.clear()
    assert (await client(NODE, ada.secret, id="nothing_of_the_kind")).codes == ["NOT_FOUND"]
    assert len(statements) == 1, statements


async def test_the_statements_are_the_same_for_any_width(client: Client, world: World, statements: list[str]) -> None:
    texts = []
    for size in (2, 7):
        team, boss = await team_with_seats(world, size)
        statements.clear()
        await client(TEAM_PAGE, boss.secret, team=team)
        texts.append(list(statements))
    assert texts[0] == texts[1]


@pytest.fixture
def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`meanwhile(n, sql, **values)` runs and commits `sql` elsewhere before the view's statement number n."""
    plans: dict[int, tuple[str, dict[str, str]]] = {}
    sent: list[str] = []

    async def change(sql: str, values: dict[str, str]) -> None:
        async with world.engine.begin() as connection:
            for statement in sql.split(";"):
                await connection.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})

    original = Connection.fetch

    async def fetch(connection: Connection, sql: Sql, *values: Any) -> list[Any]:
        sent.append(sql.text)
        if len(sent) in plans:
            await change(*plans.pop(len(sent)))
        return await original(connection, sql, *values)

    def plan(before: int, sql: str, **values: str) -> None:
        sent.clear()  # those that made the rows
        plans[before] = (sql, values)

    monkeypatch.setattr(Connection, "fetch", fetch)
    yield plan
    assert not plans


FREE = """
delete from seat_sources where seat_id = :seat;
update seats set holder_id = null, assigned_at = null where id = :seat
"""


@pytest.mark.parametrize("before", [2, 3, 4, 5, 6])
async def test_a_view_shows_a_seat_whole_that_is_freed_meanwhile(
    client: Client, world: World, meanwhile: Any, before: int
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    seat = await world.give_seat(team, await world.pool(team, 1), boss.id)
    meanwhile(before, FREE, seat=seat)
    answer = await client(apart(TEAM_PAGE), boss.secret, team=team)
    [member] = answer.content["data"]["team"]["members"]["nodes"]
    [held] = member["user"]["seats"]["nodes"]
    assert held["sources"] == [{"kind": "DIRECT"}]
    [member] = (await client(TEAM_PAGE, boss.secret, team=team)).data["team"]["members"]["nodes"]
    assert member["user"]["seats"]["nodes"] == []


async def test_a_count_and_its_page_show_the_same_moment(client: Client, world: World, meanwhile: Any) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    stranger = await world.person()
    join = "insert into memberships (team_id, user_id, id, role) values (:team, :user, 'member_' || :user, 'user')"
    query = "query ($team: ID!) { team(id: $team) { members { totalCount nodes { id } } } }"
    # before the count, which follows the actor, the team and the page
    meanwhile(3, join, team=team, user=stranger.id)
    members = (await client(apart(query), boss.secret, team=team)).content["data"]["team"]["members"]
    assert (members["totalCount"], len(members["nodes"])) == (1, 1)
    members = (await client(query, boss.secret, team=team)).data["team"]["members"]
    assert (members["totalCount"], len(members["nodes"])) == (2, 2)


async def test_rights_and_rows_show_the_same_moment(client: Client, world: World, meanwhile: Any) -> None:
    team, boss = await team_with_seats(world, 3)
    demote = "update memberships set role = 'user' where team_id = :team and user_id = :user"
    meanwhile(3, demote, team=team, user=boss.id)
    first = (await client(apart(TEAM_PAGE), boss.secret, team=team)).content["data"]["team"]["members"]["nodes"]
    assert sorted(member["role"] for member in first) == ["SOFTWARE_COORDINATOR", "USER", "USER"]
    second = (await client(TEAM_PAGE, boss.secret, team=team)).data["team"]["members"]["nodes"]
    assert [member["role"] for member in second] == ["USER"]
