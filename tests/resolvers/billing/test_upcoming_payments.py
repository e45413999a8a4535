"""What a team has to pay soon: open invoices, and renewals with the amount that the order will have."""

from datetime import timedelta
from typing import Any

import pytest

from domain import money
from domain.actions import Scope
from domain.orders import next_price
from domain.roles import Role
from domain.terms import Term, months_between, next_term
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import Made, day, make_contract, make_subscription, schedule
from tests.support.world import World

QUERY = """
query ($id: ID!) { team(id: $id) { upcomingPayments {
  kind dueOn overdue amount { amount currency } invoice { number } subscription { id }
} } }
"""


async def upcoming(client: Client, world: World, team: str) -> list[dict[str, Any]]:
    """What a contract manager of the team sees."""
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    found: list[dict[str, Any]] = (await client(QUERY, manager.secret, id=team)).data["team"]["upcomingPayments"]
    return found


async def renewing(world: World, contract: str, team: str, ends: int = 10, **given: Any) -> Made:
    """A subscription of a year that renews itself, and ends this number of days from today."""
    last = day(ends)
    first = given.pop("first", last - timedelta(364))
    return await make_subscription(world, contract, team, (first, last), **{"auto_renew": True, **given})


async def test_what_is_overdue_comes_first_and_renewals_are_among_what_is_due(client: Client, world: World) -> None:
    team = await world.team()
    contract = await make_contract(world, team)
    renewed = await renewing(world, contract, team, 10, seats=2)
    bought = await make_subscription(world, contract, team, (day(0), day(29)))
    late, due, later = [await order(world, bought, on=day(offset)) for offset in (-31, -5, 60)]
    far = await order(world, bought, on=day(61))
    assert far.invoice_id
    invoice, renewal = {"subscription": None, "kind": "INVOICE"}, {"invoice": None, "kind": "RENEWAL"}
    assert await upcoming(client, world, team) == [
        {
            **invoice,
            "dueOn": day(-1).isoformat(),
            "overdue": True,
            "amount": {"amount": "11900", "currency": "EUR"},
            "invoice": {"number": await invoice_number(world, late)},
        },
        {
            **renewal,
            "dueOn": day(11).isoformat(),
            "overdue": False,
            "amount": {"amount": str(2 * 29_900 + 11_362), "currency": "EUR"},
            "subscription": {"id": renewed.id},
        },
        *[
            {
                **invoice,
                "dueOn": day(offset).isoformat(),
                "overdue": False,
                "amount": {"amount": "11900", "currency": "EUR"},
                "invoice": {"number": await invoice_number(world, placed)},
            }
            for offset, placed in [(25, due), (90, later)]
        ],
    ]


async def test_an_invoice_that_is_due_today_is_not_overdue(client: Client, world: World) -> None:
    team = await world.team()
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    await order(world, made, on=day(-30))
    [shown] = await upcoming(client, world, team)
    assert (shown["dueOn"], shown["overdue"]) == (day(0).isoformat(), False)


async def test_only_what_is_owed_is_shown_and_nothing_of_what_is_paid(client: Client, world: World) -> None:
    team = await world.team()
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    placed, paid = [await order(world, made) for _ in range(2)]
    await fetch_rows(world.database, "update invoices set paid = 1000, credited = 900 where id = $1", placed.invoice_id)
    await fetch_rows(world.database, "update invoices set paid = total where id = $1", paid.invoice_id)
    [shown] = await upcoming(client, world, team)
    assert shown["amount"]["amount"] == "10000"


async def test_a_renewal_that_costs_nothing_is_shown(client: Client, world: World) -> None:
    team = await world.team()
    made = await renewing(world, await make_contract(world, team), team, price=0)
    [shown] = await upcoming(client, world, team)
    assert (shown["subscription"]["id"], shown["dueOn"]) == (made.id, day(11).isoformat())
    assert shown["amount"] == {"amount": "0", "currency": "EUR"}


@pytest.mark.parametrize("given", [{"auto_renew": False}, {"ends": 90}], ids=str)
async def test_what_does_not_renew_or_does_not_renew_soon_is_left_out(
    client: Client, world: World, given: dict[str, Any]
) -> None:
    team = await world.team()
    contract = await make_contract(world, team)
    await renewing(world, contract, team, **given)
    shown = await renewing(world, contract, team, 89)
    assert [one["subscription"]["id"] for one in await upcoming(client, world, team)] == [shown.id]


@pytest.mark.parametrize("months", [1, 7, 12, 36])
@pytest.mark.parametrize("days", [27, 364, 100])
@pytest.mark.parametrize("tax_rate", [0, 1_900, 825])
async def test_a_renewal_is_estimated_like_the_order_that_will_be_placed(
    client: Client, world: World, months: int, days: int, tax_rate: int
) -> None:
    team = await world.team()
    contract = await make_contract(world, team, tax_rate=tax_rate)
    last = day(10)
    first = last - timedelta(days)
    await renewing(world, contract, team, 10, first=first, seats=3, price=9_999, months=months)
    term = Term(first, last, first, 0, months_between(first, last))
    subtotal = 3 * next_price(9_999, term, next_term(term, months))
    [shown] = await upcoming(client, world, team)
    assert shown["amount"]["amount"] == str(subtotal + money.tax(subtotal, tax_rate))


async def test_a_renewal_counts_the_seats_that_are_scheduled_for_it(client: Client, world: World) -> None:
    team = await world.team()
    contract = await make_contract(world, team, tax_rate=0)
    fewer, ended = [await renewing(world, contract, team, 10 + n, seats=5, price=100) for n in range(2)]
    await schedule(world, fewer, 2, effective_on=day(11))
    cancelled: dict[str, Any] = {"state": "cancelled", "ended_at": day(0), "ended_by": "user_somebody"}
    await schedule(world, ended, 2, effective_on=day(12), **cancelled)
    assert [one["amount"]["amount"] for one in await upcoming(client, world, team)] == ["200", "500"]


async def test_the_home_team_pays_and_sees_no_subscription_of_a_team_that_it_does_not_belong_to(
    client: Client, world: World
) -> None:
    home, branch = await world.team(), await world.team()
    contract = await make_contract(world, home, branch)
    await renewing(world, contract, branch)
    [shown] = await upcoming(client, world, home)
    assert (shown["kind"], shown["subscription"], shown["amount"]["amount"]) == ("RENEWAL", None, "35581")
    assert await upcoming(client, world, branch) == []


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_only_contract_managers_see_what_is_to_be_paid(client: Client, world: World, role: Role) -> None:
    team = await world.team()
    answer = await client(QUERY, (await world.member(team, role)).secret, id=team)
    assert (answer.codes, answer.content["data"]["team"]) == (["FORBIDDEN"], {"upcomingPayments": None})


@pytest.mark.parametrize(("scope", "codes"), [(Scope.ORDERS_READ, []), (Scope.CONTRACTS_READ, ["FORBIDDEN"])])
async def test_a_token_sees_what_is_to_be_paid_by_its_scope(
    client: Client, world: World, scope: Scope, codes: list[str]
) -> None:
    team = await world.team()
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    _, secret = await world.token(team, manager.id, scope)
    assert (await client(QUERY, secret, id=team)).codes == codes


async def test_any_number_of_payments_takes_one_statement(client: Client, world: World, statements: list[Any]) -> None:
    team = await world.team()
    contract = await make_contract(world, team)
    counts = []
    for _ in range(3):
        await order(world, await renewing(world, contract, team), on=day(0))
        secret = (await world.member(team, Role.CONTRACT_MANAGER)).secret
        statements.clear()
        await client(QUERY, secret, id=team)
        counts.append(len(statements))
    assert counts == [1, 1, 1]
