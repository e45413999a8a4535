"""Contracts: who sees them and their prices, by role and by the team's relation to the contract."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import Account, World

CONTRACTS = """
query ($team: ID!) {
  team(id: $team) { contracts {
    totalCount
    nodes {
      id number currency graceDays taxRate homeTeam { id } teams { id } contactPerson { id }
      viewerCan { action allowed reason }
      subscriptions { totalCount nodes { id team { id } unitPrice { amount currency } terms { unitPrice { amount } } } }
    }
  } }
}
"""
NODE = """
query ($id: ID!) { node(id: $id) {
  __typename id ... on Contract { taxRate } ... on Subscription { unitPrice { amount } }
} }
"""
ROLES = (Role.USER, Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER)


@dataclass(frozen=True)
class Scene:
    """A contract of the team `home`, which serves `branch`, too, with a subscription in each.

    `elsewhere` is a team that it does not serve. `people` are one person of each role in each team.
    """

    contract: str
    home: str
    branch: str
    elsewhere: str
    of_home: Made
    of_branch: Made
    people: dict[tuple[str, Role], Account]

    def person(self, team: str, role: Role) -> Account:
        """The person with this role in a team."""
        return self.people[team, role]


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """The contact person is the home team's contract manager."""
    home, branch, elsewhere = [await world.team() for _ in range(3)]
    people = {(team, role): await world.member(team, role) for team in (home, branch, elsewhere) for role in ROLES}
    contact = people[home, Role.CONTRACT_MANAGER].id
    contract = await make_contract(world, home, branch, grace_days=15, contact_id=contact)
    term = (day(-100), day(264))
    of_home = await make_subscription(world, contract, home, term, 2, 3_000_000_000)
    of_branch = await make_subscription(world, contract, branch, term, 1, 0)
    return Scene(contract, home, branch, elsewhere, of_home, of_branch, people)


async def read(client: Client, secret: str, team: str) -> Any:
    """The only contract of a team."""
    found = (await client(CONTRACTS, secret, team=team)).data["team"]["contracts"]
    assert found["totalCount"] == 1
    [contract] = found["nodes"]
    return contract


async def test_a_manager_of_the_home_team_sees_the_contract_with_its_prices(client: Client, scene: Scene) -> None:
    boss = scene.person(scene.home, Role.CONTRACT_MANAGER)
    found = await read(client, boss.secret, scene.home)
    assert found["number"].startswith("C-") and len(found["number"]) == 8
    shown = (found["id"], found["currency"], found["graceDays"], found["taxRate"], found["homeTeam"])
    assert shown == (scene.contract, "EUR", 15, 1_900, {"id": scene.home})
    assert (found["teams"], found["contactPerson"]) == ([{"id": scene.home}], {"id": boss.id})
    # The subscription of the branch belongs to a team in which this person has no role.
    [subscription] = found["subscriptions"]["nodes"]
    assert found["subscriptions"]["totalCount"] == 1
    assert subscription == {
        "id": scene.of_home.id,
        "team": {"id": scene.home},
        "unitPrice": {"amount": "3000000000", "currency": "EUR"},
        "terms": [{"unitPrice": {"amount": "3000000000"}}],
    }
    assert {one["action"]: one["allowed"] for one in found["viewerCan"]} == {
        "CONTRACTS_AMEND": True,
        "ORDERS_READ": True,
    }


@pytest.mark.parametrize(
    ("team", "role"),
    [("home", Role.SOFTWARE_COORDINATOR), ("branch", Role.SOFTWARE_COORDINATOR), ("branch", Role.CONTRACT_MANAGER)],
)
async def test_everybody_else_who_sees_the_contract_sees_no_price(
    client: Client, scene: Scene, team: str, role: Role
) -> None:
    own: str = getattr(scene, team)
    found = await read(client, scene.person(own, role).secret, own)
    assert (found["id"], found["taxRate"], found["teams"]) == (scene.contract, None, [{"id": own}])
    [subscription] = found["subscriptions"]["nodes"]
    assert (subscription["team"], subscription["unitPrice"]) == ({"id": own}, None)
    assert subscription["terms"] == [{"unitPrice": None}]
    abilities = {one["action"]: one for one in found["viewerCan"]}
    assert [abilities[name]["allowed"] for name in ("CONTRACTS_AMEND", "ORDERS_READ")] == [False, False]
    assert all(one["reason"] for one in abilities.values())
    # The home team and its people are unknown to those who do not belong to it.
    hidden = own != scene.home
    assert (found["homeTeam"] is None, found["contactPerson"] is None) == (hidden, hidden)


async def test_a_manager_of_the_home_team_with_a_role_in_the_branch_sees_all_prices(
    client: Client, world: World, scene: Scene
) -> None:
    both = await world.member(scene.home, Role.CONTRACT_MANAGER)
    await world.member(scene.branch, Role.SOFTWARE_COORDINATOR, both)
    found = await read(client, both.secret, scene.branch)
    assert found["teams"] == [{"id": scene.home}, {"id": scene.branch}]
    prices = {one["id"]: one["unitPrice"]["amount"] for one in found["subscriptions"]["nodes"]}
    assert prices == {scene.of_home.id: "3000000000", scene.of_branch.id: "0"}


async def test_a_user_sees_no_contract_and_no_subscription(client: Client, scene: Scene) -> None:
    secret = scene.person(scene.home, Role.USER).secret
    answer = await client(CONTRACTS, secret, team=scene.home)
    assert (answer.codes, answer.content["data"]["team"]["contracts"]) == (["FORBIDDEN"], None)
    for id_ in (scene.contract, scene.of_home.id):
        assert (await client(NODE, secret, id=id_)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_of_another_team_finds_the_contract(client: Client, scene: Scene, role: Role) -> None:
    secret = scene.person(scene.elsewhere, role).secret
    for id_ in (scene.contract, scene.of_home.id, scene.of_branch.id):
        assert (await client(NODE, secret, id=id_)).codes == ["NOT_FOUND"]


async def test_the_branch_finds_the_contract_and_its_own_subscription_only(client: Client, scene: Scene) -> None:
    secret = scene.person(scene.branch, Role.CONTRACT_MANAGER).secret
    found = (await client(NODE, secret, id=scene.contract)).data["node"]
    assert found == {"__typename": "Contract", "id": scene.contract, "taxRate": None}
    own = (await client(NODE, secret, id=scene.of_branch.id)).data["node"]
    assert own == {"__typename": "Subscription", "id": scene.of_branch.id, "unitPrice": None}
    assert (await client(NODE, secret, id=scene.of_home.id)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("scopes", "role", "price"),
    [
        ((Scope.CONTRACTS_READ,), Role.CONTRACT_MANAGER, None),
        ((Scope.CONTRACTS_READ, Scope.ORDERS_READ), Role.CONTRACT_MANAGER, {"amount": "3000000000"}),
        ((Scope.CONTRACTS_READ, Scope.ORDERS_READ), Role.SOFTWARE_COORDINATOR, None),
    ],
)
async def test_a_token_shows_prices_with_the_scope_and_the_role_of_its_grantor(
    client: Client, world: World, scene: Scene, scopes: tuple[Scope, ...], role: Role, price: Any
) -> None:
    _, secret = await world.token(scene.home, scene.person(scene.home, role).id, *scopes)
    found = (await client(NODE, secret, id=scene.of_home.id)).data["node"]
    assert found["unitPrice"] == price


async def test_a_token_without_the_scope_sees_no_contract(client: Client, world: World, scene: Scene) -> None:
    boss = scene.person(scene.home, Role.CONTRACT_MANAGER)
    _, secret = await world.token(scene.home, boss.id, *(set(Scope) - {Scope.CONTRACTS_READ}))
    assert (await client(CONTRACTS, secret, team=scene.home)).codes == ["FORBIDDEN"]
    assert (await client(NODE, secret, id=scene.contract)).codes == ["NOT_FOUND"]


async def test_the_newest_contract_comes_first(client: Client, world: World) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    made = [await make_contract(world, team, currency=one) for one in ("EUR", "USD", "JPY")]
    found = (await client(CONTRACTS, boss.secret, team=team)).data["team"]["contracts"]["nodes"]
    assert [(one["id"], one["currency"]) for one in found] == list(zip(made, ("EUR", "USD", "JPY"), strict=True))[::-1]
    assert all(one["contactPerson"] is None for one in found)


async def test_a_contact_who_leaves_the_team_is_forgotten(client: Client, world: World) -> None:
    team = await world.team()
    boss, contact = await world.member(team, Role.CONTRACT_MANAGER), await world.member(team)
    await make_contract(world, team, contact_id=contact.id)
    assert (await read(client, boss.secret, team))["contactPerson"] == {"id": contact.id}
    await world.leave(team, contact.id)
    assert (await read(client, boss.secret, team))["contactPerson"] is None


WIDE = """
query ($team: ID!, $first: Int!) {
  team(id: $team) { contracts(first: $first) { nodes {
    number teams { name }
    subscriptions(first: $first) { nodes {
      status seats assignedSeats product { name } unitPrice { amount } terms { n unitPrice { amount } }
      seatChanges { delta } scheduledChange { seats lostSeats { id } }
    } }
  } } }
}
"""


async def test_a_page_of_contracts_takes_as_many_statements_at_any_width(
    client: Client, world: World, statements: list[str]
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.CONTRACT_MANAGER)
    for _ in range(3):
        contract = await make_contract(world, team)
        for _ in range(3):
            await make_subscription(world, contract, team, (day(-10), day(10)), 2)
    # The first time, the gateway learns that the numbers of seats need a second statement in the same snapshot.
    await client(WIDE, boss.secret, team=team, first=2)
    for first in (1, 3):
        secret = await world.session(boss.id)
        statements.clear()
        data = (await client(WIDE, secret, team=team, first=first)).data
        found = data["team"]["contracts"]["nodes"]
        assert [len(one["subscriptions"]["nodes"]) for one in found] == [first] * first
        # everything but the numbers of seats; these numbers
        assert len(statements) == 2, statements
        statements.clear()
        apart = WIDE.rstrip().removesuffix("}") + '\n  no: node(id: "nothing") { id }\n}'
        assert (await client(apart, secret, team=team, first=first)).content["data"] == data | {"no": None}
        # the actor, with the team; the contracts; their teams; their subscriptions; the products, prices, terms,
        # changes and scheduled changes of these; the numbers of seats, which graphql-core asks for at the same time
        assert len(statements) == 11, statements
