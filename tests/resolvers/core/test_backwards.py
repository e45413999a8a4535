"""Every list read backwards: the same rows in the same order as forwards, with any cursors and any size of page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support import notices, passkeys
from tests.support.mutations import Caller
from tests.support.orders import order
from tests.support.published_fields import PUBLISHED
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import World

pytestmark = pytest.mark.slow

ROWS = 5
PAGE = "{ edges { cursor } nodes { __typename } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } }"
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"
VARIABLES = "$first: Int, $after: String, $last: Int, $before: String"
# The way to each list that has pages; the objects are those of the scene.
PATHS = {
    "Query.teams": "teams(ARGUMENTS) PAGE",
    "Query.products": "products(ARGUMENTS) PAGE",
    "User.memberships": "viewer { memberships(ARGUMENTS) PAGE }",
    "User.teams": "viewer { teams(ARGUMENTS) PAGE }",
    "User.seats": "viewer { seats(ARGUMENTS) PAGE }",
    "User.sessions": "viewer { sessions(ARGUMENTS) PAGE }",
    "User.identities": "viewer { identities(ARGUMENTS) PAGE }",
    "User.passkeys": "viewer { passkeys(ARGUMENTS) PAGE }",
    "Team.members": "team(id: $team) { members(ARGUMENTS) PAGE }",
    "Team.groups": "team(id: $team) { groups(ARGUMENTS) PAGE }",
    "Team.seats": "team(id: $team) { seats(ARGUMENTS) PAGE }",
    "Team.requests": "team(id: $team) { requests(ARGUMENTS) PAGE }",
    "Team.contracts": "team(id: $team) { contracts(ARGUMENTS) PAGE }",
    "Team.subscriptions": "team(id: $team) { subscriptions(ARGUMENTS) PAGE }",
    "Team.orders": "team(id: $team) { orders(ARGUMENTS) PAGE }",
    "Team.invoices": "team(id: $team) { invoices(ARGUMENTS) PAGE }",
    "Team.notices": "team(id: $team) { notices(ARGUMENTS) PAGE }",
    "Contract.orders": "node(id: $contract) { ... on Contract { orders(ARGUMENTS) PAGE } }",
    "Contract.subscriptions": "node(id: $contract) { ... on Contract { subscriptions(ARGUMENTS) PAGE } }",
    "Team.partnerTokens": "team(id: $team) { partnerTokens(ARGUMENTS) PAGE }",
    "Team.audit": "team(id: $team) { audit(ARGUMENTS) PAGE }",
    "Team.seatHistory": "team(id: $team) { seatHistory(productId: $product, on: $today, ARGUMENTS) PAGE }",
    "Group.members": "node(id: $group) { ... on Group { members(ARGUMENTS) PAGE } }",
    "Member.groups": "node(id: $member) { ... on Member { groups(ARGUMENTS) PAGE } }",
    "Member.seats": "node(id: $member) { ... on Member { seats(ARGUMENTS) PAGE } }",
    "Member.requests": "node(id: $member) { ... on Member { requests(ARGUMENTS) PAGE } }",
    "Query.companies": "companies(ARGUMENTS) PAGE",
    "Company.contracts": "company(id: $team) { contracts(ARGUMENTS) PAGE }",
    "Company.subscriptions": "company(id: $team) { subscriptions(ARGUMENTS) PAGE }",
    "Company.orders": "company(id: $team) { orders(ARGUMENTS) PAGE }",
    "Company.invoices": "company(id: $team) { invoices(ARGUMENTS) PAGE }",
    "Pool.waits": "node(id: $pool) { ... on Pool { waits(ARGUMENTS) PAGE } }",
}
TYPES = dict.fromkeys(("team", "product", "group", "member", "pool", "contract"), "ID!") | {"today": "Date!"}


@dataclass(frozen=True)
class Scene:
    """A team with several rows in each list, and a contract manager of it, who also belongs to the vendor's staff."""

    client: Client
    secret: str
    objects: dict[str, str]
    known: dict[str, list[str]]

    async def page(self, name: str, **arguments: Any) -> dict[str, Any]:
        """One page of a list."""
        path = PATHS[name].replace("ARGUMENTS", ARGUMENTS).replace("PAGE", PAGE)
        named = [one for one in TYPES if f"${one})" in path or f"${one}," in path]
        declared = ", ".join([VARIABLES, *(f"${one}: {TYPES[one]}" for one in named)])
        found = (await self.client(f"query ({declared}) {{ {path} }}", self.secret, **self.objects, **arguments)).data
        while "edges" not in found:
            [found] = found.values()
        assert len(found["nodes"]) == len(found["edges"])
        cursors = [edge["cursor"] for edge in found["edges"]] or [None]
        assert [found["pageInfo"][one] for one in ("startCursor", "endCursor")] == [cursors[0], cursors[-1]]
        return {**found["pageInfo"], "rows": [edge["cursor"] for edge in found["edges"]]}

    async def whole(self, name: str) -> list[str]:
        """The cursors of all rows of a list, read forwards."""
        if name in self.known:
            return self.known[name]
        rows, page = self.known.setdefault(name, []), await self.page(name, first=100)
        while True:
            rows += page["rows"]
            if not page["hasNextPage"]:
                return rows
            page = await self.page(name, first=100, after=page["endCursor"])


@pytest.fixture(scope="module")
async def scene(client: Client, world: World) -> AsyncIterator[Scene]:
    """A scene with 5 rows or more in each list."""
    team = await world.team()
    me = await world.member(team, Role.CONTRACT_MANAGER)
    await world.make_vendor(me.id)
    product = await world.pool(team, ROWS)
    caller = Caller(client, world, team, product, me.secret, me)
    people = await caller.members(ROWS)
    made = [await caller.mutate("createGroup", teamId=team, name=f"Group {number}") for number in range(ROWS)]
    groups = [one.content["group"]["id"] for one in made]
    for number in range(ROWS):
        await world.add_to_group(team, groups[0], people[number])
        await world.add_to_group(team, groups[number], me.id)
        await world.token(team, me.id, Scope.SEATS_READ)
        contract = await make_contract(world, team)
        other = await world.pool(team, 1)
        await world.give_seat(team, other, me.id)
        await world.request(team, await world.pool(team, 1), me.id)
        await world.wait(team, other, people[number])
        await world.member(await world.team(), account=me)
        await world.session(me.id)
        await world.identity(me.id, f"https://provider{number}.example")
        await passkeys.add_row(world, me.id, passkeys.Device())
        await world.give_seat(team, product, people[number])
        await world.wait(team, product, (await world.member(team)).id)
    for _ in range(ROWS):
        await order(world, await make_subscription(world, contract, team, (day(-9), day(9))))
        await notices.row(world, team, me.id)
    members = await client(
        "query ($team: ID!) { team(id: $team) { pools { id product { id } } "
        "members(first: 100) { nodes { id user { id } } } } }",
        me.secret,
        team=team,
    )
    found = members.data["team"]
    [member] = [one["id"] for one in found["members"]["nodes"] if one["user"]["id"] == me.id]
    [pool] = [one["id"] for one in found["pools"] if one["product"]["id"] == product]
    today = datetime.now(UTC).date().isoformat()
    objects = {"team": team, "product": product, "today": today, "group": groups[0], "member": member, "pool": pool}
    objects["contract"] = contract
    yield Scene(client, me.secret, objects, {})


def test_no_list_is_forgotten() -> None:
    types = [one for one in PUBLISHED.type_map.values() if isinstance(one, GraphQLObjectType)]
    fields = {f"{type_}.{name}": field for type_ in types for name, field in type_.fields.items()}
    lists = {name for name, one in fields.items() if get_named_type(one.type).name.endswith("Connection")}
    assert lists == PATHS.keys()
    assert [name for name in lists if not {"first", "after", "last", "before"} <= fields[name].args.keys()] == []


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("last", [1, 2, 100])
async def test_the_pages_backwards_have_every_row_once_and_in_order(scene: Scene, name: str, last: int) -> None:
    whole = (await scene.whole(name))[-3 * ROWS :]
    rows, page = list[str](), await scene.page(name, last=last)
    assert not page["hasNextPage"]
    while len(rows) + len(page["rows"]) < len(whole):
        assert page["hasPreviousPage"]
        assert len(page["rows"]) == last
        rows = page["rows"] + rows
        page = await scene.page(name, last=last, before=page["startCursor"])
        assert page["hasNextPage"]
    rows = page["rows"] + rows
    assert len(whole) >= ROWS
    assert rows[-len(whole) :] == whole


@pytest.mark.parametrize("name", PATHS)
@settings(max_examples=6, phases=[Phase.generate])
@given(data=st.data())
async def test_a_page_between_two_cursors_is_a_part_of_the_list(scene: Scene, name: str, data: st.DataObject) -> None:
    whole = await scene.whole(name)
    places = st.none() | st.integers(0, min(len(whole), 2 * ROWS) - 1)
    begin, end, size = data.draw(places), data.draw(places), data.draw(st.integers(1, ROWS))
    backwards = data.draw(st.booleans())
    between = whole[0 if begin is None else begin + 1 : end]
    cursors = {"after": None if begin is None else whole[begin], "before": None if end is None else whole[end]}
    page = await scene.page(name, **{"last" if backwards else "first": size}, **cursors)
    more = len(between) > size
    assert page["rows"] == (between[-size:] if backwards else between[:size])
    assert page["hasPreviousPage"] is ((backwards and more) or begin is not None)
    assert page["hasNextPage"] is ((not backwards and more) or end is not None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"first": 1, "last": 1}, "not both"),
        ({"last": 0}, "`last` must be between 1 and 100"),
        ({"last": 101}, "`last` must be between 1 and 100"),
        ({"last": 1, "before": "x"}, "`before` is not a cursor"),
    ],
)
@pytest.mark.parametrize("name", PATHS)
async def test_a_wrong_argument_is_refused(scene: Scene, name: str, arguments: dict[str, Any], says: str) -> None:
    path = PATHS[name].replace("ARGUMENTS", ARGUMENTS).replace("PAGE", PAGE)
    named = [one for one in TYPES if f"${one})" in path or f"${one}," in path]
    declared = ", ".join([VARIABLES, *(f"${one}: {TYPES[one]}" for one in named)])
    answer = await scene.client(f"query ({declared}) {{ {path} }}", scene.secret, **scene.objects, **arguments)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert says in answer.content["errors"][0]["message"]


# A resolver decides about these lists, so they are read after the team, or after the actor and the company.
LATER = {
    **dict.fromkeys(("Team.partnerTokens", "Team.audit", "Team.seatHistory", "Query.companies"), 2),
    **{name: 3 for name in PATHS if name.startswith("Company.")},
}


@pytest.mark.parametrize("name", PATHS)
async def test_a_page_backwards_takes_one_statement(scene: Scene, statements: list[str], name: str) -> None:
    await scene.page(name, first=2)
    forwards = len(statements)
    await scene.page(name, last=2)
    assert len(statements) == 2 * forwards
    assert forwards == LATER.get(name, 1)


NESTED = """
query ($team: ID!, $last: Int!) {
  team(id: $team) { members(last: $last) { nodes { user { seats(last: 1) { nodes { id } } } } } }
}
"""


async def test_the_rows_below_a_page_backwards_are_read_by_the_same_statement(
    scene: Scene, statements: list[str]
) -> None:
    found = []
    for last in (3, 100):
        statements.clear()
        answer = await scene.client(NESTED, scene.secret, **scene.objects, last=last)
        found.append(answer.data["team"]["members"]["nodes"])
        assert len(statements) == 1
    assert found[0] == found[1][-3:]
    assert any(member["user"]["seats"]["nodes"] for member in found[1])
