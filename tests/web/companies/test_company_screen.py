"""The page of a company: the vendor's staff records payments, credits invoices and sells, after a check of each."""

import pytest
from playwright.async_api import Locator, expect

from tests.support.database import fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.site import Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import Account, World
from tests.web.conftest import Company, Open


@pytest.fixture
async def vera(site_world: World) -> Account:
    """A person of the vendor's staff, in no team."""
    account = await site_world.person("Vera", "Vendor")
    await site_world.make_vendor(account.id)
    return account


@pytest.fixture
async def sold(company: Company, site_world: World) -> Made:
    """A subscription with an invoice of 119.00 EUR, under a contract with a tax of 19 %."""
    contract = await make_contract(site_world, company.team)
    product = await site_world.product(f"<em>Kiln</em> {company.team}")
    return await make_subscription(site_world, contract, company.team, (day(-30), day(334)), 2, product_id=product)


@pytest.fixture
async def invoice(site_world: World, sold: Made) -> str:
    """The number of an invoice over 119.00 EUR."""
    return await invoice_number(site_world, await order(site_world, sold))


def rows(tab: Visit, name: str) -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


def dialog(tab: Visit) -> Locator:
    """The dialog that is open."""
    return tab.page.get_by_role("dialog")


async def check(tab: Visit, effect: str) -> None:
    """Check what was filled in, and see what it would do."""
    await dialog(tab).get_by_role("button", name="Check").click()
    await expect(dialog(tab).get_by_role("status")).to_contain_text(effect)


async def make(tab: Visit, action: str, done: str) -> None:
    """Make the change that was checked."""
    button = dialog(tab).get_by_role("button", name=action)
    await expect(button).to_be_enabled()
    await button.click()
    await expect(tab.page.get_by_text(done)).to_be_visible()
    await expect(dialog(tab)).to_have_count(0)
    await tab.settled()


async def test_the_page_shows_what_was_sold(visit: Open, sold: Made, invoice: str, vera: Account) -> None:
    tab = await visit(vera)
    await tab.open(f"/companies/{sold.team}")
    assert tab.operations() == 1
    shown = await rows(tab, "Invoices").locator("td").all_inner_texts()
    assert [shown[0], shown[3], shown[4]] == ["Open", "€119.00", "€119.00"]
    await expect(rows(tab, "Invoices").get_by_role("rowheader")).to_have_text(invoice)
    kiln = rows(tab, "Subscriptions").filter(has_text="<em>Kiln</em>")
    assert (await kiln.locator("td").all_inner_texts())[:2] == ["Active", "2"]
    await expect(rows(tab, "Orders")).to_contain_text("More seats")
    await expect(rows(tab, "Contracts").filter(has_text="19%")).to_have_count(1)
    await tab.axe_everywhere()


async def test_a_payment_is_recorded_by_keyboard_after_it_was_checked(
    visit: Open, site_world: World, sold: Made, invoice: str, vera: Account
) -> None:
    tab = await visit(vera)
    await tab.open(f"/companies/{sold.team}")
    await rows(tab, "Invoices").get_by_role("button", name="Record payment").focus()
    await tab.page.keyboard.press("Enter")
    amount = dialog(tab).get_by_label("Amount in EUR")
    await expect(amount).to_have_value("119.00")
    await amount.fill("119,01")
    await dialog(tab).get_by_label("Reference").fill(f"Transfer {sold.team}")
    await tab.page.keyboard.press("Enter")
    await expect(amount).to_have_attribute("aria-invalid", "true")
    await expect(dialog(tab)).to_contain_text("more than is owed")
    await tab.axe_everywhere()
    await amount.fill("100.5")
    await tab.page.keyboard.press("Enter")
    await expect(dialog(tab).get_by_role("status")).to_have_text(
        "A payment of €100.50 is recorded. Then €18.50 is still owed."
    )
    paid = "select p.amount, p.reference from payments p where p.team_id = $1"
    assert await fetch_rows(site_world.database, paid, sold.team) == []
    await make(tab, "Record payment", f"The payment of {invoice} is recorded.")
    assert (await rows(tab, "Invoices").locator("td").all_inner_texts())[4] == "€18.50"
    found = await fetch_rows(site_world.database, paid, sold.team)
    assert [tuple(row) for row in found] == [(10_050, f"Transfer {sold.team}")]


async def test_an_invoice_is_credited_after_it_was_checked(
    visit: Open, site_world: World, sold: Made, invoice: str, vera: Account
) -> None:
    tab = await visit(vera)
    await tab.open(f"/companies/{sold.team}")
    await rows(tab, "Invoices").get_by_role("button", name="Credit").click()
    await dialog(tab).get_by_label("Amount in EUR").fill("119")
    await dialog(tab).get_by_label("Reason").fill("A slip <b>")
    await check(tab, "Then €0.00 is still owed.")
    # What is filled in after the check is checked again.
    await dialog(tab).get_by_label("Amount in EUR").fill("19")
    await expect(dialog(tab).get_by_role("status")).to_be_empty()
    await check(tab, "A credit note of €19.00 is issued. Then €100.00 is still owed.")
    await tab.axe_everywhere()
    await make(tab, "Credit", f"The credit note for {invoice} is issued.")
    assert (await rows(tab, "Invoices").locator("td").all_inner_texts())[4] == "€100.00"
    credited = "select amount, reason from credit_notes where team_id = $1"
    found = await fetch_rows(site_world.database, credited, sold.team)
    assert [tuple(row) for row in found] == [(1_900, "A slip <b>")]


async def test_a_paid_invoice_has_no_buttons(visit: Open, sold: Made, invoice: str, vera: Account) -> None:
    tab = await visit(vera)
    await tab.open(f"/companies/{sold.team}")
    await rows(tab, "Invoices").get_by_role("button", name="Record payment").click()
    await dialog(tab).get_by_label("Reference").fill(f"All of {sold.team}")
    await check(tab, "Then €0.00 is still owed.")
    await make(tab, "Record payment", f"The payment of {invoice} is recorded.")
    await expect(rows(tab, "Invoices")).to_contain_text("Paid")
    await expect(rows(tab, "Invoices").get_by_role("button")).to_have_count(0)


async def test_a_contract_is_created_and_a_subscription_is_added_under_it(
    visit: Open, site_world: World, sold: Made, vera: Account
) -> None:
    [(product,)] = await fetch_rows(site_world.database, "select name from products where id = $1", sold.product)
    tab = await visit(vera)
    await tab.open(f"/companies/{sold.team}")
    before = await rows(tab, "Contracts").count()
    await tab.page.get_by_role("button", name="Create contract").click()
    await dialog(tab).get_by_label("Currency").fill("eur")
    await dialog(tab).get_by_label("Tax rate in percent").fill("8,1")
    await dialog(tab).get_by_role("button", name="Check").click()
    await expect(dialog(tab)).to_contain_text("This is not a currency")
    await dialog(tab).get_by_label("Currency").fill("CHF")
    await check(tab, "A contract in CHF is created, with a tax of 8.1%, and 0 days of grace.")
    await tab.axe_everywhere()
    await make(tab, "Create contract", "The contract is created.")
    await expect(rows(tab, "Contracts")).to_have_count(before + 1)
    await expect(rows(tab, "Contracts").first).to_contain_text("8.1%")
    await tab.page.get_by_role("button", name="Add subscription").click()
    await dialog(tab).get_by_label("Product").select_option(product)
    await dialog(tab).get_by_label("Seats").fill("3")
    await dialog(tab).get_by_label("Price of a seat").fill("299.90")
    await check(tab, "The company gets an invoice over CHF")
    await expect(dialog(tab).get_by_role("status")).to_contain_text(f"3 seats of {product} are added")
    await expect(dialog(tab).get_by_role("status")).to_contain_text("899.70")
    await tab.axe_everywhere()
    await make(tab, "Add subscription", "The subscription is added.")
    await expect(rows(tab, "Subscriptions").first.locator("td").nth(1)).to_have_text("3")
    await expect(rows(tab, "Invoices").first).to_contain_text("972.58")


async def test_an_unknown_company_is_no_page(visit: Open, vera: Account) -> None:
    tab = await visit(vera)
    await tab.open("/companies/team_unknown")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
