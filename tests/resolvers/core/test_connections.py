"""Connections over HTTP: every row comes once and in order with any size of page, and invalid cursors are refused."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.core import ids
from db.core.text_keys import sort_key
from domain.actions import Scope
from domain.paging import BY_NAME, cursor
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World, counter

PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
PAGE = f"totalCount edges {{ cursor node {{ id }} }} nodes {{ id }} {PAGE_INFO}"
# Names that differ only in case, equal names, and names that could break a cursor or a query.
NAMES = [
    ("Ann", "Lee"),
    ("ann", "LEE"),
    ("ANN", "lee"),
    ("Ann", "Lee"),
    ("Comma, Jr.", 'Quote " and \\'),
    ("d'Arc", "O'Neill; --"),
    ("🦊", "👩‍👩‍👧"),
    ("Ольга", "Ким"),
    ("明", "王"),
    ("", ""),
    ("%", "_"),
    ("null", "[1,2]"),
]


async def walk(
    client: Client, field: str, path: list[str], secret: str, first: int, after: str | None = None, **variables: Any
) -> tuple[list[str], int]:
    """Read all pages of a connection, check each, and return the ids in order and the total count."""
    seen: list[str] = []
    query = field.replace("PAGE", PAGE)
    while True:
        found = (await client(query, secret, first=first, after=after, **variables)).data
        for step in path:
            found = found[step]
        assert [edge["node"] for edge in found["edges"]] == found["nodes"]
        assert len(found["nodes"]) <= first
        assert not {node["id"] for node in found["nodes"]} & set(seen)
        seen += [node["id"] for node in found["nodes"]]
        place, cursors = found["pageInfo"], [edge["cursor"] for edge in found["edges"]] or [None]
        assert (place["startCursor"], place["endCursor"]) == (cursors[0], cursors[-1])
        assert place["hasPreviousPage"] is (after is not None)
        after = place["endCursor"]
        if not place["hasNextPage"]:
            return seen, found["totalCount"]
        assert len(found["nodes"]) == first


MEMBERS = """
query ($team: ID!, $first: Int!, $after: String, $order: MembersOrder) {
  team(id: $team) { members(first: $first, after: $after, orderBy: $order) { PAGE } }
}
"""


@pytest.fixture(scope="module")
async def crowd(world: World) -> tuple[str, Account]:
    """A team of people with these NAMES, and its coordinator."""
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR, await world.person("Zoe", "Zz"))
    for number, name in enumerate(NAMES):
        local = "ab"[number % 2].upper() if number % 3 else "ab"[number % 2]
        email = f"{local}{number % 5}.{ids.new('x')}@tests.example"
        await world.member(team, Role.USER, await world.person(*name, email))
    return team, boss


@pytest.mark.parametrize("first", [1, 2, 3])
@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("by", ["NAME", "EMAIL", "JOINED"])
async def test_the_pages_of_members_have_every_row_once_and_in_order(
    client: Client, crowd: tuple[str, Account], by: str, descending: bool, first: int
) -> None:
    team, boss = crowd
    variables: dict[str, Any] = {"team": team, "order": {"field": by, "descending": descending}}
    whole, total = await walk(client, MEMBERS, ["team", "members"], boss.secret, 100, **variables)
    assert total == len(set(whole)) == len(NAMES) + 1
    assert await walk(client, MEMBERS, ["team", "members"], boss.secret, first, **variables) == (whole, total)
    variables["order"] = {"field": by, "descending": not descending}
    assert (await walk(client, MEMBERS, ["team", "members"], boss.secret, 100, **variables))[0] == whole[::-1]


Case = tuple[str, list[str], str, list[str], dict[str, str]]


async def teams(world: World) -> Case:
    """The teams of a person."""
    me = await world.person()
    made = [await world.team() for _ in range(7)]
    for team in made[::-1]:
        await world.member(team, account=me)
    query = "query ($first: Int!, $after: String) { teams(first: $first, after: $after) { PAGE } }"
    return query, ["teams"], me.secret, made, {}


async def memberships(world: World) -> Case:
    """A person's memberships, in the order of joining."""
    me, joined = await world.person(), [await world.team() for _ in range(4)][::-1]
    for team in joined:
        await world.member(team, account=me)
    query = "query ($first: Int!, $after: String) { viewer { memberships(first: $first, after: $after) { PAGE } } }"
    async with world.engine.connect() as connection:
        sql = "select id from memberships where user_id = $1 order by created_at"
        rows = await connection.exec_driver_sql(sql, (me.id,))
        return query, ["viewer", "memberships"], me.secret, [row[0] for row in rows], {}


async def seats_of_a_team(world: World) -> Case:
    """All seats of a team, both assigned and available."""
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    products = [await world.pool(team, 3), await world.pool(team, 4)]
    await world.give_seat(team, products[1], boss.id)
    async with world.engine.connect() as connection:
        rows = await connection.exec_driver_sql("select id from seats where team_id = $1 order by id", (team,))
        found = [row[0] for row in rows]
    query = """
    query ($team: ID!, $first: Int!, $after: String) {
      team(id: $team) { seats(first: $first, after: $after) { PAGE } }
    }
    """
    return query, ["team", "seats"], boss.secret, found, {"team": team}


async def seats_of_a_person(world: World) -> Case:
    """The seats a person holds in two teams."""
    me, held = await world.person(), []
    for _ in range(2):
        team = await world.team()
        await world.member(team, account=me)
        held += [await world.give_seat(team, await world.pool(team, 2), me.id) for _ in range(3)]
    query = "query ($first: Int!, $after: String) { viewer { seats(first: $first, after: $after) { PAGE } } }"
    return query, ["viewer", "seats"], me.secret, sorted(held), {}


async def partner_tokens(world: World) -> Case:
    """A team's partner tokens: valid, expired and revoked ones."""
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    past = datetime.now(UTC) - timedelta(days=1)
    made = [(await world.token(team, boss.id, Scope.SEATS_READ, expires_at=at))[0] for at in (None, past, None, None)]
    await world.revoke(made[2])
    query = """
    query ($team: ID!, $first: Int!, $after: String) {
      team(id: $team) { partnerTokens(first: $first, after: $after) { PAGE } }
    }
    """
    return query, ["team", "partnerTokens"], boss.secret, made, {"team": team}


@pytest.mark.parametrize("first", [1, 2, 3, 100])
@pytest.mark.parametrize("of", [teams, memberships, seats_of_a_team, seats_of_a_person, partner_tokens])
async def test_the_pages_of_a_connection_have_every_row_once_and_in_order(
    client: Client, world: World, of: Callable[[World], Awaitable[Case]], first: int
) -> None:
    query, path, secret, expected, variables = await of(world)
    assert await walk(client, query, path, secret, first, **variables) == (expected, len(expected))


PRODUCTS = "query ($first: Int!, $after: String) { products(first: $first, after: $after) { PAGE } }"


@pytest.mark.parametrize("first", [1, 2, 3])
async def test_the_pages_of_products_are_in_the_order_of_names(client: Client, world: World, first: int) -> None:
    # All tests share the catalogue: these names sort behind all others, and the walk starts right before them.
    prefix, me = f"\U0010fffd{next(counter):09}", await world.person()
    made = {name: await world.product(prefix + name) for name in ("b", "A", "a", 'C"\\', "🦊", "Ω", "c")}
    expected = [made[name] for name in ("🦊", "a", "A", "b", "c", 'C"\\', "Ω")]
    before = cursor(BY_NAME, (sort_key(prefix), ""))
    seen, total = await walk(client, PRODUCTS, ["products"], me.secret, first, before)
    assert seen == expected
    async with world.engine.connect() as connection:
        assert total == (await connection.exec_driver_sql("select count(*) from products")).scalar_one()


async def test_nested_connections_have_a_page_for_each_parent(client: Client, world: World) -> None:
    me, sizes = await world.person(), {}
    for size in (1, 2, 4):
        team = await world.team()
        await world.member(team, Role.SOFTWARE_COORDINATOR, me)
        await world.pool(team, size)
        sizes[team] = size
    page = "totalCount nodes { id team { id } } pageInfo { hasNextPage }"
    query = f"{{ teams {{ nodes {{ id seats(first: 2) {{ {page} }} }} }} }}"
    found = (await client(query, me.secret)).data["teams"]["nodes"]
    assert {team["id"]: team["seats"]["totalCount"] for team in found} == sizes
    for team in found:
        seats = team["seats"]
        assert len(seats["nodes"]) == min(2, sizes[team["id"]])
        assert seats["pageInfo"]["hasNextPage"] is (sizes[team["id"]] > 2)
        assert {seat["team"]["id"] for seat in seats["nodes"]} == {team["id"]}


@pytest.mark.parametrize("first", [0, -1, 101, 2_000_000_000])
async def test_a_page_has_1_to_100_rows(client: Client, crowd: tuple[str, Account], first: int) -> None:
    team, boss = crowd
    query = MEMBERS.replace("PAGE", PAGE)
    answer = await client(query, boss.secret, team=team, first=first)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "between 1 and 100" in answer.content["errors"][0]["message"]


def encoded(*parts: object) -> str:
    """The text of a cursor with these parts."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (cursor("name-", ("a", "member_c")), "another order"),
        (cursor("email", ("a", "member_c")), "another order"),
        (cursor("joined", ("member_c",)), "not a cursor"),
        (encoded("name", "a"), "not a cursor"),
        (encoded("name", "a", "b", "member_from_before"), "not a cursor"),
        (encoded("name", "a", 1), "not a cursor"),
        (encoded("name", "a", None), "not a cursor"),
        (encoded("name", "a", "\0"), "not a cursor"),
        (encoded("name", "a", "\ud800"), "not a cursor"),
        (encoded({"name": 1}), "not a cursor"),
        ("", "not a cursor"),
        ("not base64", "not a cursor"),
        ("é", "not a cursor"),
        ("W10=", "not a cursor"),
        (base64.urlsafe_b64encode(b"[" * 50_000).decode(), "not a cursor"),
        (base64.urlsafe_b64encode(b"\xff\xfe").decode(), "not a cursor"),
    ],
)
async def test_an_invalid_cursor_is_refused(client: Client, crowd: tuple[str, Account], after: str, says: str) -> None:
    team, boss = crowd
    answer = await client(MEMBERS.replace("PAGE", PAGE), boss.secret, team=team, first=2, after=after)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert says in answer.content["errors"][0]["message"]


async def test_a_cursor_works_after_its_row_is_deleted(client: Client, world: World) -> None:
    me, made = await world.person(), [await world.team() for _ in range(3)]
    for team in made:
        await world.member(team, account=me)
    query = "query ($after: String) { teams(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }"
    after = (await client(query, me.secret)).data["teams"]["pageInfo"]["endCursor"]
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql("delete from memberships where team_id = $1", (made[1],))
    rest = (await client(query, me.secret, after=after)).data["teams"]["nodes"]
    assert [team["id"] for team in rest] == [made[2]]
