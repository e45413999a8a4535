"""A device without a connection: the page says so, keeps what was typed, and goes on when the connection is back."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.web.conftest import Company, Open


def banner(tab: Visit) -> Locator:
    """What the page says about the connection."""
    return tab.page.get_by_role("alert").filter(has_text="You are offline")


@pytest.mark.parametrize("role", [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER])
async def test_what_is_typed_without_a_connection_is_saved_once_it_is_back(
    company: Company, visit: Open, role: Role
) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings")
    await expect(banner(tab)).to_have_count(0)
    await tab.page.context.set_offline(True)
    await expect(banner(tab)).to_be_visible()
    await tab.axe()
    typed = f"Typed offline {company.team[-6:]}"
    name = tab.page.get_by_label("Name", exact=True)
    await name.fill(typed)
    await name.press("Enter")
    await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await expect(name).to_have_value(typed)
    await tab.page.context.set_offline(False)
    await expect(banner(tab)).to_have_count(0)
    await expect(name).to_have_value(typed)
    await name.press("Enter")
    await expect(tab.page.get_by_role("banner").locator("strong")).to_have_text(typed)
    tab.complaints.clear()  # the browser reports what it could not send


async def test_a_link_followed_without_a_connection_leads_on_once_it_is_back(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?search=Byron")
    await tab.page.context.set_offline(True)
    # Neither the data of this screen nor its code is there.
    await tab.page.get_by_role("link", name="Reporting").click()
    await tab.page.wait_for_timeout(1_000)  # the second try has failed, too
    await expect(banner(tab)).to_be_visible()
    await expect(tab.page.get_by_label("Search", exact=True)).to_have_value("Byron")
    await tab.page.context.set_offline(False)
    await expect(tab.page.get_by_role("heading", name="Reporting", level=1)).to_be_focused()
    await expect(banner(tab)).to_have_count(0)
    tab.complaints.clear()  # the browser reports what it could not load


async def test_the_search_over_everything_opens_once_the_connection_is_back(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings")
    name = tab.page.get_by_label("Name", exact=True)
    await name.fill("Not saved yet")
    await tab.page.context.set_offline(True)
    await tab.page.keyboard.press("Control+k")  # its code is loaded when it opens for the first time
    await expect(banner(tab)).to_be_visible()
    await tab.page.context.set_offline(False)
    await expect(tab.page.get_by_role("combobox", name="Go to a page")).to_be_focused()
    await expect(tab.page.get_by_role("listbox")).to_have_css("overflow-y", "auto")  # its style sheet is there, too
    await tab.escape()
    await expect(name).to_have_value("Not saved yet")
    tab.complaints.clear()  # the browser reports what it could not load
