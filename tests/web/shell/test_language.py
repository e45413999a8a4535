"""The language that a person chooses, while its texts are on their way."""

import asyncio

from playwright.async_api import Route, expect

from domain.roles import Role
from tests.web.conftest import Company, Open


async def test_the_language_that_was_chosen_last_is_shown(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    loaded = asyncio.Event()

    async def late(route: Route) -> None:
        await loaded.wait()
        await route.continue_()

    await tab.page.route("**/assets/*", late)
    for choice in ("Deutsch", "English"):
        await tab.page.get_by_role("button", name="settings and sign-out").click()
        await tab.page.get_by_role("menuitemradio", name=choice).click()
        await tab.page.keyboard.press("Escape")
    loaded.set()
    await tab.page.wait_for_timeout(1_000)  # German would be there by now
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
    await expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    await tab.page.unroute("**/assets/*", late)


async def test_a_language_chosen_without_a_connection_comes_once_it_is_back(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.context.set_offline(True)
    await tab.page.get_by_role("button", name="settings and sign-out").click()
    await tab.page.get_by_role("menuitemradio", name="Deutsch").click()
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("alert").filter(has_text="You are offline")).to_be_visible()
    await tab.page.wait_for_timeout(500)  # the first try has failed
    await tab.page.context.set_offline(False)
    await expect(tab.page.get_by_role("heading", name="Benutzerverwaltung")).to_be_visible()
    tab.complaints.clear()  # the browser reports what it could not load
