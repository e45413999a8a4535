"""Contracts: who sees them and where, what their subscriptions give, and who sees what a seat costs."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Theme, Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World
from tests.web.conftest import Company, Open

DEAREST = 999_999_999_999
"""The highest price of a seat, but one cent."""


def rows(tab: Visit) -> Locator:
    """The rows of the tables of subscriptions."""
    return tab.page.locator("tbody tr")


async def subscribe(world: World, company: Company, name: str, *, price: int = 29_900) -> Made:
    """A running subscription with a price, under a contract of its own."""
    contract = await make_contract(world, company.team, currency="EUR", grace_days=30)
    product = await world.product(name)
    term = (day(-30), day(300))
    return await make_subscription(world, contract, company.team, term, 4, price, product_id=product, auto_renew=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_contract_manager_sees_what_each_subscription_gives_and_costs(
    company: Company, visit: Open, site_world: World, theme: Theme
) -> None:
    made = await subscribe(site_world, company, f"<em>Kiln</em> {theme}", price=DEAREST)
    await site_world.give_seat(company.team, made.product, company.people[Role.USER].id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER], theme=theme)
    await tab.open(f"/teams/{company.team}/contracts")
    assert tab.operations() == 1
    await expect(tab.page.get_by_role("link", name="Billing and Orders")).to_have_attribute("aria-current", "true")
    kiln = rows(tab).filter(has_text="<em>Kiln</em>")
    cells = await kiln.locator("td").all_inner_texts()
    assert [cells[0], cells[1], cells[4], cells[5]] == ["Active", "1 of 4", "Yes", "€9,999,999,999.99"]
    await tab.axe_everywhere()
    await kiln.get_by_role("link").click()
    await expect(tab.page.get_by_role("heading", name="<em>Kiln</em>")).to_be_focused()


async def test_a_coordinator_finds_contracts_without_prices_by_keyboard(
    company: Company, visit: Open, site_world: World
) -> None:
    await subscribe(site_world, company, f"Kiln {company.team}")
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/products")
    await tab.press(tab.page.get_by_role("link", name="Contracts"))
    await expect(tab.page.get_by_role("heading", name="Contracts", exact=True)).to_be_focused()
    kiln = rows(tab).filter(has_text="Kiln")
    await expect(kiln.locator("td")).to_have_count(5)
    await expect(tab.page.locator("main")).not_to_contain_text("€")
    await expect(tab.page.locator("main")).to_contain_text("Prices are hidden: needs the role contract manager")
    await tab.axe_everywhere()
    await tab.press(kiln.get_by_role("link"))
    await expect(tab.page.get_by_role("heading", name="Kiln")).to_be_focused()
    price = tab.page.locator(".facts div").filter(has_text="Price a seat")
    await expect(price).to_contain_text("Hidden: needs the role contract manager")
    await expect(tab.page.locator("main")).not_to_contain_text("€")


async def test_each_status_has_its_badge(company: Company, visit: Open, site_world: World) -> None:
    contract = await make_contract(site_world, company.team, grace_days=30)
    terms = {
        "Upcoming": (1, 300),
        "Active": (-1, 300),
        "Expiring": (-1, 3),
        "Expired": (-30, -3),
        "Suspended": (-60, -20),
        "Ended": (-90, -40),
    }
    for status, (first, last) in terms.items():
        product = await site_world.product(f"Is {status} {company.team}")
        term = (day(first), day(last))
        await make_subscription(site_world, contract, company.team, term, product_id=product)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/contracts")
    for status in terms:
        badge = rows(tab).filter(has_text=f"Is {status} ").locator(".badge")
        await expect(badge).to_have_text(status)
    await tab.axe_everywhere()


async def test_a_team_that_is_served_sees_whose_contract_it_is_and_no_prices(
    company: Company, visit: Open, site_world: World
) -> None:
    home = await site_world.team()
    manager = company.people[Role.CONTRACT_MANAGER]
    contract = await make_contract(site_world, home, company.team)
    for team in (company.team, home):
        product = await site_world.product(f"Loom {team}")
        await make_subscription(site_world, contract, team, (day(-1), day(300)), product_id=product)
    tab = await visit(manager)
    await tab.open(f"/teams/{company.team}/contracts")
    await expect(rows(tab).filter(has_text="Loom")).to_have_count(1)  # the manager is not in the other team
    await expect(tab.page.locator("main")).to_contain_text("Prices are hidden:")
    await site_world.add_member(home, manager.id, Role.SOFTWARE_COORDINATOR)
    await tab.open(f"/teams/{company.team}/contracts")
    await expect(tab.page.locator(".facts").first).to_contain_text("Home team")
    other = rows(tab).filter(has_text=f"Loom {home}")
    await expect(other).to_contain_text("Team ")
    await other.get_by_role("link").click()
    await tab.page.wait_for_url(f"**/teams/{home}/contracts/subscriptions/*")


async def test_a_contract_with_many_subscriptions_shows_all_of_them(
    company: Company, visit: Open, site_world: World
) -> None:
    contract = await make_contract(site_world, company.team)
    product = await site_world.product()
    for _ in range(51):
        await make_subscription(site_world, contract, company.team, (day(-1), day(300)), product_id=product)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/contracts")
    await expect(rows(tab)).to_have_count(52)  # and the one that the company had before


async def test_a_team_without_a_contract_reads_where_it_comes_from(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    tab = await visit(await site_world.member(team, Role.SOFTWARE_COORDINATOR))
    await tab.open(f"/teams/{team}/contracts")
    await expect(tab.page.get_by_role("heading", name="No contract serves the team")).to_be_visible()
    await tab.axe()


async def test_a_user_finds_no_contracts(company: Company, visit: Open, site_world: World) -> None:
    subscription = await site_world.subscription_id(company.team, company.product)
    tab = await visit(company.people[Role.USER])
    for path in ("contracts", f"contracts/subscriptions/{subscription}"):
        await tab.open(f"/teams/{company.team}/{path}")
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
        await expect(tab.page.get_by_role("link", name="Contracts")).to_have_count(0)


async def test_contracts_in_german(company: Company, visit: Open, site_world: World) -> None:
    await subscribe(site_world, company, f"Kiln de {company.team}")
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open(f"/teams/{company.team}/contracts")
    kiln = rows(tab).filter(has_text="Kiln de")
    await expect(kiln).to_contain_text("Aktiv")
    await expect(kiln.locator("td").last).to_have_text("299,00\xa0€")
    await tab.axe()
