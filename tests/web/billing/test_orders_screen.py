"""Orders: the list, and the page of one with its lines and its invoice."""

import pytest
from playwright.async_api import Locator, expect

from db.billing import payments
from db.core.connection import Connection
from domain.roles import Role
from tests.support.database import committed
from tests.support.orders import invoice_number, order
from tests.support.pdf import pages_of
from tests.support.site import Theme, Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World
from tests.web.conftest import Company, Open

DEAREST = 999_999_999_999
"""The highest price of a seat, but one cent. Thousands of them are more than a number of JavaScript can tell apart."""


def rows(tab: Visit, name: str) -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


@pytest.fixture
async def kiln(company: Company, site_world: World) -> Made:
    """A subscription under a contract with a tax of 19 %."""
    contract = await make_contract(site_world, company.team)
    product = await site_world.product(f"<em>Kiln</em> {company.team}")
    return await make_subscription(site_world, contract, company.team, (day(-30), day(334)), product_id=product)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_an_order_with_its_lines_and_its_invoice(
    company: Company, visit: Open, site_world: World, kiln: Made, theme: Theme
) -> None:
    placed = await order(site_world, kiln, 2, 10_000)
    number = await invoice_number(site_world, placed)

    async def pay(connection: Connection) -> None:
        invoice = await payments.by_number(connection, int(number.removeprefix("INV-")))
        assert invoice is not None
        await payments.credit(connection, invoice, 3_800, day(0), "A slip <b>", "command tests")
        for amount, name in ((10_000, "Transfer"), (5_000, "Returned")):
            await payments.pay(connection, invoice, amount, day(0), f"{name} {company.team}", "command tests")

    async def take_back(connection: Connection) -> None:
        returned = await payments.by_reference(connection, f"Returned {company.team}")
        assert returned is not None
        await payments.reverse(connection, returned, day(0), "No money", "command tests")

    await committed(site_world.database, pay)
    await committed(site_world.database, take_back)
    tab = await visit(company.people[Role.CONTRACT_MANAGER], theme=theme)
    await tab.open(f"/teams/{company.team}/billing/orders")
    assert tab.operations() == 1
    orders = rows(tab, "Orders")
    await expect(orders).to_have_count(1)
    cells = await orders.locator("td").all_inner_texts()
    assert [cells[1], cells[3], cells[4]] == ["More seats", "€238.00", "Open"]
    await tab.axe_everywhere()
    await tab.press(orders.get_by_role("link"))
    await expect(tab.page.locator("main h1")).to_be_focused()
    await tab.settled()
    assert tab.operations() == 1
    line = await rows(tab, "Lines").locator("td").all_inner_texts()
    assert [line[1], line[2], line[5], line[6]] == ["2", "€100.00", "365 of 365", "€200.00"]
    invoice = tab.page.locator(".section", has_text=f"Invoice {number}")
    for text in ("19%", "€238.00", "€100.00", "€38.00", "A slip <b>", f"Transfer {company.team}"):
        await expect(invoice).to_contain_text(text)
    paid = rows(tab, "Payments")
    await expect(paid.filter(has_text="Transfer")).to_contain_text("Counts")
    await expect(paid.filter(has_text="Returned")).to_contain_text("Came back")
    await tab.axe_everywhere()
    await rows(tab, "Lines").get_by_role("link").click()
    await expect(tab.page.get_by_role("heading", name="<em>Kiln</em>")).to_be_focused()


async def test_large_amounts_are_written_exactly(company: Company, visit: Open, site_world: World, kiln: Made) -> None:
    await order(site_world, kiln, 99_999, DEAREST)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/billing/orders")
    # 99,998,999,999,900,001 minor units, and 19 % of them. From 2 ** 53 on, no number of JavaScript is odd.
    await expect(rows(tab, "Orders")).to_contain_text("€1,189,988,099,998,810.01")


async def test_an_order_that_costs_nothing_has_no_invoice(
    company: Company, visit: Open, site_world: World, kiln: Made
) -> None:
    placed = await order(site_world, kiln, price=0)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/billing/orders/{placed.id}")
    await expect(tab.page.locator("main")).to_contain_text("The order costs nothing, so it has no invoice.")
    await tab.axe()


async def test_the_invoice_of_an_order_is_saved_as_a_file(
    company: Company, visit: Open, site_world: World, kiln: Made
) -> None:
    placed = await order(site_world, kiln)
    number = await invoice_number(site_world, placed)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/billing/orders/{placed.id}")
    async with tab.page.expect_download() as saving:
        await tab.press(tab.page.get_by_role("button", name="Save as PDF"))
    saved = await saving.value
    assert saved.suggested_filename == f"{number}.pdf"
    [lines] = pages_of((await saved.path()).read_bytes())
    assert f"Invoice {number}" in lines
    await expect(tab.page.get_by_role("heading", name=f"Invoice {number}")).to_be_visible()


async def test_orders_in_german(company: Company, visit: Open, site_world: World, kiln: Made) -> None:
    placed = await order(site_world, kiln, 1, 100)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open(f"/teams/{company.team}/billing/orders/{placed.id}")
    await expect(tab.page.locator("main h1")).to_contain_text("Bestellung O-")
    await expect(rows(tab, "Posten").locator("td").last).to_have_text("1,00\xa0€")
    await tab.axe()


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_find_no_orders(company: Company, visit: Open, site_world: World, kiln: Made, role: Role) -> None:
    placed = await order(site_world, kiln)
    tab = await visit(company.people[role])
    for path in ("orders", f"orders/{placed.id}"):
        await tab.open(f"/teams/{company.team}/billing/{path}")
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
