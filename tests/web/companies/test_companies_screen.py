"""The companies that buy: who of the vendor's staff finds them and how, and how the staff writes to all of them."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.database import fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.site import Theme, Visit
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
    """A subscription under a contract with a tax of 19 %."""
    contract = await make_contract(site_world, company.team)
    return await make_subscription(site_world, contract, company.team, (day(-30), day(334)))


def rows(tab: Visit) -> Locator:
    """The companies that are shown."""
    return tab.page.get_by_role("table", name="Companies").locator("tbody tr")


def search(tab: Visit) -> Locator:
    """The field to search in."""
    return tab.page.get_by_role("searchbox")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_staff_finds_a_company_by_an_invoice_and_opens_it_by_keyboard(
    company: Company, visit: Open, site_world: World, sold: Made, vera: Account, theme: Theme
) -> None:
    number = await invoice_number(site_world, await order(site_world, sold, on=day(0) - timedelta(40)))
    tab = await visit(vera, theme=theme)
    await tab.open("/companies")
    assert tab.operations() == 1
    await search(tab).focus()
    await tab.page.keyboard.type(number)
    await tab.page.keyboard.press("Enter")
    await expect(rows(tab)).to_have_count(1)
    await tab.settled()
    assert tab.operations() == 1
    assert (await rows(tab).locator("td").all_inner_texts())[1:] == ["0", "1"]
    await tab.axe_everywhere()
    await rows(tab).get_by_role("link").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("main h1")).to_be_focused()
    await tab.settled()
    assert (tab.path, tab.operations()) == (f"/companies/{company.team}", 1)


async def test_a_search_that_finds_nothing_says_what_to_do(visit: Open, vera: Account) -> None:
    tab = await visit(vera)
    await tab.open("/companies?search=INV-99999999")
    await expect(tab.page.get_by_role("heading", name="No company was found")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_role("button", name="Clear").click()
    await expect(rows(tab).first).to_be_visible()


async def test_the_staff_starts_at_the_companies(visit: Open, vera: Account) -> None:
    tab = await visit(vera)
    await tab.open("/")
    await tab.page.wait_for_url("**/companies")
    await expect(
        tab.page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Companies")
    ).to_have_attribute("aria-current", "page")
    await tab.page.keyboard.press("Control+k")
    palette = tab.page.get_by_role("dialog")
    await palette.get_by_role("combobox").fill("customers")
    await expect(palette.get_by_role("option")).to_have_text(["Companies"])


async def test_the_staff_sees_how_many_people_an_announcement_reaches_before_it_is_sent(
    company: Company, visit: Open, site_world: World, vera: Account
) -> None:
    subject = f"Fusion 2027 for {company.team}"
    stored = "select count(*) from announcements where subject = $1"
    managers = (
        "select count(distinct user_id) from memberships where role = 'contract_manager' and accepted_at is not null"
    )
    [(people,)] = await fetch_rows(site_world.database, managers)
    tab = await visit(vera)
    await tab.open("/companies")
    await tab.page.get_by_role("button", name="Write to all contract managers").click()
    dialog = tab.page.get_by_role("dialog")
    check = dialog.get_by_role("button", name="Check")
    await expect(check).to_have_accessible_description("Fill in the fields first")
    await dialog.get_by_label("Subject").fill(subject)
    await dialog.get_by_label("Text").fill("It is here.\n\nHave fun.")
    await check.click()
    await expect(dialog.get_by_role("status")).to_have_text(f"{people} people get it.")
    await tab.axe_everywhere()
    assert [tuple(row) for row in await fetch_rows(site_world.database, stored, subject)] == [(0,)]
    # What was checked is not what would be sent now.
    await dialog.get_by_label("Text").fill("It is here.")
    await expect(dialog.get_by_role("status")).to_be_empty()
    await check.click()
    send = dialog.get_by_role("button", name="Send")
    await expect(send).to_be_enabled()
    await send.click()
    await expect(tab.page.get_by_text("The announcement is sent.")).to_be_visible()
    await expect(dialog).to_have_count(0)
    assert [tuple(row) for row in await fetch_rows(site_world.database, stored, subject)] == [(1,)]


async def test_companies_in_german(visit: Open, sold: Made, vera: Account) -> None:
    tab = await visit(vera)
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open("/companies")
    await expect(tab.page.locator("main h1")).to_have_text("Firmen")
    await tab.open(f"/companies/{sold.team}?dialog=announce")
    await expect(tab.page.get_by_role("dialog")).to_contain_text("Jede Person bekommt die Nachricht einmal")
    await tab.axe()


@pytest.mark.parametrize("role", Role)
async def test_others_find_no_companies(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    for path in ("/companies", f"/companies/{company.team}", f"/companies/{company.team}?dialog=contract"):
        await tab.open(path)
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
        await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await expect(tab.page.get_by_role("link", name="Companies")).to_have_count(0)
