"""More products than a page has: each can be chosen and found."""

from playwright.async_api import expect

from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open


async def test_the_last_of_many_products_can_be_chosen_and_found(
    company: Company, visit: Open, site_world: World
) -> None:
    names = [f"Zz {number:03} {company.team[-6:]}" for number in range(101)]
    for name in names:
        await site_world.product(name)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings/history")
    await tab.page.get_by_label("Product").select_option(names[-1])
    await expect(tab.page.get_by_role("heading", name="Nobody held a seat on this day")).to_be_visible()
    await tab.page.keyboard.press("Control+k")
    await expect(tab.page.get_by_role("combobox", name="Go to a page")).to_be_focused()
    await tab.page.keyboard.insert_text(names[-1])
    await expect(tab.page.get_by_role("dialog").get_by_role("option", name=names[-1])).to_be_visible()
