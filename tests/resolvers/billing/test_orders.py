"""Orders with their lines and invoices: who sees them, what they cost, and how many statements they take."""

import asyncio
from datetime import date
from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.orders import order
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

ORDERS = """
query ($id: ID!, $first: Int) { team(id: $id) {
  orders(first: $first) { totalCount nodes {
    number kind orderedOn contract { number } subtotal { amount currency } tax { amount } total { amount }
    lines { n quantity days termDays product { id } team { id } subscription { id }
            unitPrice { amount } amount { amount } tax { amount } }
    invoice { number status total { amount } order { id } }
  } }
  spend { month amount { amount currency } }
} }
"""
COUNTS = "query ($id: ID!) { team(id: $id) { orders { totalCount } invoices { totalCount } spend { month } } }"


async def company(world: World) -> tuple[str, dict[Role, Account]]:
    """A team with a person of each role."""
    team = await world.team()
    return team, {role: await world.member(team, role) for role in Role}


async def test_an_order_shows_its_lines_and_what_they_cost(client: Client, world: World) -> None:
    team, people = await company(world)
    contract = await make_contract(world, team, tax_rate=2_000)
    made = await make_subscription(world, contract, team, (date(2026, 1, 1), date(2026, 12, 31)), 5)
    await order(world, made, 5, 29_900, kind="purchase")
    found = (await client(ORDERS, people[Role.CONTRACT_MANAGER].secret, id=team)).data["team"]
    [shown] = found["orders"]["nodes"]
    [line] = shown["lines"]
    assert line == {
        "n": 1,
        "quantity": 5,
        "days": 365,
        "termDays": 365,
        "product": {"id": made.product},
        "team": {"id": team},
        "subscription": {"id": made.id},
        "unitPrice": {"amount": "29900"},
        "amount": {"amount": "149500"},
        "tax": {"amount": "29900"},
    }
    assert (shown["kind"], shown["orderedOn"], shown["subtotal"]) == (
        "PURCHASE",
        "2026-01-01",
        {"amount": "149500", "currency": "EUR"},
    )
    assert (shown["total"]["amount"], shown["invoice"]["total"]["amount"]) == ("179400", "179400")
    assert shown["number"].startswith("O-") and shown["invoice"]["number"].startswith("INV-")
    assert found["spend"] == [{"month": "2026-01-01", "amount": {"amount": "179400", "currency": "EUR"}}]


async def test_an_order_that_costs_nothing_has_no_invoice(client: Client, world: World) -> None:
    team, people = await company(world)
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    await order(world, made, price=0)
    [shown] = (await client(ORDERS, people[Role.CONTRACT_MANAGER].secret, id=team)).data["team"]["orders"]["nodes"]
    assert (shown["total"]["amount"], shown["invoice"]) == ("0", None)


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_only_contract_managers_see_orders_invoices_and_spend(client: Client, world: World, role: Role) -> None:
    team, people = await company(world)
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    await order(world, made)
    answer = await client(COUNTS, people[role].secret, id=team)
    assert answer.content["data"]["team"] == {"orders": None, "invoices": None, "spend": None}
    assert answer.codes == ["FORBIDDEN"] * 3


async def test_a_manager_of_a_team_that_is_served_sees_no_orders_of_the_home_team(client: Client, world: World) -> None:
    (home, _), (branch, people) = await company(world), await company(world)
    contract = await make_contract(world, home, branch)
    made = await make_subscription(world, contract, branch, (day(0), day(29)))
    await order(world, made)
    manager = people[Role.CONTRACT_MANAGER]
    assert (await client(COUNTS, manager.secret, id=branch)).data["team"]["orders"] == {"totalCount": 0}
    query = "query ($id: ID!) { team(id: $id) { contracts { nodes { orders { totalCount } } } } }"
    [found] = (await client(query, manager.secret, id=branch)).data["team"]["contracts"]["nodes"]
    assert found["orders"] == {"totalCount": 0}


@pytest.mark.parametrize(("scope", "sees"), [(Scope.ORDERS_READ, True), (Scope.CONTRACTS_READ, False)])
async def test_a_token_sees_orders_by_its_scope(client: Client, world: World, scope: Scope, sees: bool) -> None:
    team, people = await company(world)
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    placed = await order(world, made)
    _, secret = await world.token(team, people[Role.CONTRACT_MANAGER].id, scope)
    answer = await client(COUNTS, secret, id=team)
    assert (answer.content["data"]["team"]["orders"] is not None) is sees
    shown = (await client(ORDERS, secret, id=team)).content["data"]["team"]["orders"]
    assert (shown and shown["nodes"][0]["contract"]) is None  # this needs the scope contracts:read
    for id_ in (placed.id, placed.invoice_id):
        node = await client("query ($id: ID!) { node(id: $id) { __typename } }", secret, id=id_)
        assert (node.content["data"]["node"] is not None) is sees


async def test_any_number_of_orders_takes_the_same_statements(
    client: Client, world: World, statements: list[Any]
) -> None:
    team, people = await company(world)
    contract = await make_contract(world, team)
    made = await make_subscription(world, contract, team, (day(0), day(29)))
    secret = people[Role.CONTRACT_MANAGER].secret
    counts = []
    for _ in range(2):
        await order(world, made)
        other = await make_subscription(world, contract, team, (day(0), day(29)))
        await order(world, other)
        await client(COUNTS, secret, id=team)
        statements.clear()
        await client(ORDERS, secret, id=team)
        counts.append(len(statements))
    assert counts == [counts[0]] * 2
    assert counts[0] == 1


@pytest.mark.slow
async def test_many_orders_at_once_have_invoice_numbers_without_gaps(world: World) -> None:
    team = await world.team()
    contract = await make_contract(world, team)
    made = [await make_subscription(world, contract, team, (day(0), day(29))) for _ in range(4)]
    query = "select max(number), count(*) from invoices"
    [(last, many)] = await fetch_rows(world.database, query)
    await asyncio.gather(*(order(world, made[one % 4]) for one in range(64)))
    [(now_last, now_many)] = await fetch_rows(world.database, query)
    assert ((now_last or 0) - (last or 0), now_many - many) == (64, 64)
