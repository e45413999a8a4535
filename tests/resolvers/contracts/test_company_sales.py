"""The vendor's staff sees what companies bought, and nobody else sees it."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import Made, day, make_contract, make_subscription, retire_seat
from tests.support.world import Account, World

LIST = """
query ($search: String! = "", $first: Int = 5, $after: String) {
  companies(search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id name late: invoices(status: OVERDUE) { totalCount } }
  }
}
"""
ONE = """
query ($id: ID!) { company(id: $id) {
  id name
  contracts { nodes { id number currency taxRate graceDays } }
  subscriptions { nodes { id status seats startsOn endsOn autoRenew product { id } } }
  orders { nodes { id number kind orderedOn total { amount currency } } }
  invoices { nodes { id number status issuedOn dueOn total { amount } paid { amount } credited { amount }
                     owed { amount currency } } }
} }
"""


@pytest.fixture
async def vendor(world: World) -> Account:
    """A person of the vendor's staff."""
    person = await world.person("Vera", "Vendor")
    await world.make_vendor(person.id)
    return person


async def sold(world: World, seats: int = 3) -> Made:
    """A subscription of a new company."""
    team = await world.team()
    return await make_subscription(world, await make_contract(world, team), team, (day(-40), day(300)), seats)


async def name_of(world: World, team: str) -> str:
    """The name of a team."""
    [(name,)] = await fetch_rows(world.database, "select name from teams where id = $1", team)
    return str(name)


async def found(client: Client, person: Account, search: str) -> list[str]:
    """The ids of the companies that a search finds."""
    answer = await client(LIST, person.secret, search=search)
    return [one["id"] for one in answer.data["companies"]["nodes"]]


async def test_the_staff_sees_what_a_company_bought(client: Client, world: World, vendor: Account) -> None:
    made = await sold(world)
    await retire_seat(world, made, made.seats[0], 2)
    placed = await order(world, made, 3, 10_000, kind="purchase")
    shown = (await client(ONE, vendor.secret, id=made.team)).data["company"]
    [contract], [subscription] = shown["contracts"]["nodes"], shown["subscriptions"]["nodes"]
    [ordered], [invoice] = shown["orders"]["nodes"], shown["invoices"]["nodes"]
    assert (shown["id"], shown["name"]) == (made.team, await name_of(world, made.team))
    assert (contract["currency"], contract["taxRate"], contract["graceDays"]) == ("EUR", 1_900, 0)
    assert contract["number"].startswith("C-")
    assert subscription == {
        "id": made.id,
        "status": "ACTIVE",
        "seats": 2,
        "startsOn": day(-40).isoformat(),
        "endsOn": day(300).isoformat(),
        "autoRenew": False,
        "product": {"id": made.product},
    }
    assert (ordered["id"], ordered["kind"], ordered["orderedOn"]) == (placed.id, "PURCHASE", day(-40).isoformat())
    assert ordered["total"] == {"amount": "35700", "currency": "EUR"}
    assert invoice == {
        "id": placed.invoice_id,
        "number": await invoice_number(world, placed),
        "status": "OVERDUE",
        "issuedOn": day(-40).isoformat(),
        "dueOn": day(-10).isoformat(),
        "total": {"amount": "35700"},
        "paid": {"amount": "0"},
        "credited": {"amount": "0"},
        "owed": {"amount": "35700", "currency": "EUR"},
    }


async def test_a_company_is_found_by_its_name_and_by_the_number_of_a_document(
    client: Client, world: World, vendor: Account
) -> None:
    made, _ = await sold(world), await sold(world)
    placed = await order(world, made)
    shown = (await client(ONE, vendor.secret, id=made.team)).data["company"]
    [contract], [ordered] = shown["contracts"]["nodes"], shown["orders"]["nodes"]
    for search in (
        shown["name"],
        shown["name"].upper(),
        contract["number"],
        f" {ordered['number'].lower()} ",
        await invoice_number(world, placed),
        contract["number"].replace("C-0", "C-"),
    ):
        assert await found(client, vendor, search) == [made.team], search
    for search in ("INV-999999999", "C-999999999", "O-999999999", "%", f"{shown['name']} nobody"):
        assert await found(client, vendor, search) == [], search


async def test_a_contract_finds_each_company_that_it_serves(client: Client, world: World, vendor: Account) -> None:
    home, other = await world.team(), await world.team()
    await make_contract(world, home, other)
    [contract] = (await client(ONE, vendor.secret, id=other)).data["company"]["contracts"]["nodes"]
    assert await found(client, vendor, contract["number"]) == [other, home]


async def test_the_list_has_all_companies_page_by_page(client: Client, world: World, vendor: Account) -> None:
    made = await sold(world)
    await order(world, made)
    seen: list[str] = []
    after = None
    while True:
        page = (await client(LIST, vendor.secret, first=100, after=after)).data["companies"]
        seen += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if made.team in seen and not page["pageInfo"]["hasNextPage"]:
            break
    rows = await fetch_rows(world.database, "select id from teams order by id desc")
    assert seen == [id_ for (id_,) in rows]
    assert page["totalCount"] == len(rows)
    [mine] = (await client(LIST, vendor.secret, search=await name_of(world, made.team))).data["companies"]["nodes"]
    assert mine["late"] == {"totalCount": 1}


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_else_sees_companies_not_even_their_own(client: Client, world: World, role: Role) -> None:
    made = await sold(world)
    me = await world.member(made.team, role)
    token = (await world.token(made.team, me.id, *Scope))[1]
    for secret in (me.secret, token):
        for query, values in ((LIST, {}), (ONE, {"id": made.team}), (ONE, {"id": "team_unknown"})):
            answer = await client(query, secret, **values)
            assert answer.codes == ["FORBIDDEN"]
            assert answer.content["data"] in ({"companies": None}, {"company": None})


async def test_nobody_is_signed_in(client: Client, world: World) -> None:
    made = await sold(world)
    assert (await client(LIST, None)).codes == ["UNAUTHENTICATED"]
    assert (await client(ONE, None, id=made.team)).codes == ["UNAUTHENTICATED"]


async def test_the_role_counts_until_it_is_taken_away(client: Client, world: World, vendor: Account) -> None:
    made = await sold(world)
    assert (await client(ONE, vendor.secret, id=made.team)).codes == []
    await world.remove_vendor(vendor.id)
    assert (await client(ONE, vendor.secret, id=made.team)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("id_", ["team_unknown", "", "user_x", "INV-1"])
async def test_an_unknown_company_is_not_found(client: Client, vendor: Account, id_: str) -> None:
    assert (await client(ONE, vendor.secret, id=id_)).codes == ["NOT_FOUND"]


async def test_a_search_has_a_limit(client: Client, vendor: Account) -> None:
    assert (await client(LIST, vendor.secret, search="x" * 201)).codes == ["BAD_USER_INPUT"]


async def test_the_staff_still_sees_nothing_else_of_a_company(client: Client, world: World, vendor: Account) -> None:
    made = await sold(world)
    placed = await order(world, made)
    for id_ in (made.team, made.id, placed.id, str(placed.invoice_id)):
        assert (await client("query ($id: ID!) { node(id: $id) { id } }", vendor.secret, id=id_)).codes == ["NOT_FOUND"]


async def test_any_number_of_companies_takes_the_same_statements(
    client: Client, world: World, vendor: Account, statements: list[Any]
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            await order(world, await sold(world))
        secret = await world.session(vendor.id)
        statements.clear()
        await client(LIST, secret, first=100)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


async def test_any_number_of_documents_takes_the_same_statements(
    client: Client, world: World, vendor: Account, statements: list[Any]
) -> None:
    made, counts = await sold(world), []
    for _ in range(2):
        for _ in range(3):
            await order(world, made)
            contract = await make_contract(world, made.team)
            await make_subscription(world, contract, made.team, (day(0), day(99)))
        secret = await world.session(vendor.id)
        statements.clear()
        await client(ONE, secret, id=made.team)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7


async def test_own_account_says_what_one_may_do_for_the_vendor(client: Client, world: World, vendor: Account) -> None:
    query = "{ viewer { viewerCan(actions: [COMPANIES_READ, PAYMENTS_RECORD]) { action allowed reason } } }"
    mine = (await client(query, vendor.secret)).data["viewer"]["viewerCan"]
    assert [one["allowed"] for one in mine] == [True, True]
    other = (await client(query, (await world.person()).secret)).data["viewer"]["viewerCan"]
    assert [one["allowed"] for one in other] == [False, False]
    assert "vendor" in other[0]["reason"]
