"""Messages and the banner are there for everybody, also while a dialog makes the page behind it inert."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

INERT = "node => node.closest('[inert], [aria-hidden=true]') !== null"


async def changing_a_role(visit: Open, company: Company, world: World) -> tuple[Visit, Locator]:
    """Choose another role for the user, in the dialog. Returns this dialog, too."""
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    member = await world.member_id(company.team, company.people[Role.USER].id)
    await tab.open(f"/teams/{company.team}/people/members/{member}")
    await tab.page.get_by_role("button", name="Change role").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Role").select_option("Software coordinator")
    return tab, dialog


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
async def test_a_message_over_a_dialog_can_be_read_and_dismissed(
    company: Company, visit: Open, site_world: World, by: str
) -> None:
    tab, dialog = await changing_a_role(visit, company, site_world)
    await tab.page.route("**/graphql", lambda route: route.abort())
    save = dialog.get_by_role("button", name="Save")
    await tab.press(save)
    message = tab.page.get_by_role("region", name="Messages").get_by_role("alert")
    await expect(message).to_contain_text("nothing is done twice")
    assert not await message.evaluate(INERT)
    assert await tab.page.locator("main").evaluate(INERT)
    await tab.axe()
    if by == "mouse":
        await message.get_by_role("button", name="Dismiss").click()
    else:
        await tab.page.keyboard.press("F6")
        await expect(message.get_by_role("button", name="Dismiss")).to_be_focused()
        await tab.page.keyboard.press("Enter")
    await expect(message).to_be_empty()
    await expect(save).to_be_focused()
    await expect(dialog.get_by_label("Role")).to_have_value("SOFTWARE_COORDINATOR")
    await tab.page.unroute("**/graphql")
    await tab.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    tab.complaints.clear()  # the browser reports what was not answered


async def test_the_banner_over_a_dialog_can_be_read_and_tried_again(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await tab.page.keyboard.press("Control+k")
    search = tab.page.get_by_role("combobox", name="Go to a page")
    options = tab.page.get_by_role("dialog").get_by_role("option")
    await expect(search).to_be_focused()
    await tab.page.route("**/graphql", lambda route: route.abort())
    await tab.page.keyboard.type(company.people[Role.USER].email)
    banner = tab.page.get_by_role("alert").filter(has_text="Usher does not answer")
    await expect(banner).to_be_in_viewport()
    assert not await banner.evaluate(INERT)
    await tab.axe()
    await tab.page.unroute("**/graphql")
    await banner.get_by_role("button", name="Try again").click()
    await expect(banner).to_have_count(0)
    await expect(options).to_have_count(1)
    await expect(search).to_have_value(company.people[Role.USER].email)
    tab.complaints.clear()  # the browser reports what was not answered


async def test_an_error_stays_while_later_messages_come(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings")
    name = tab.page.get_by_label("Name", exact=True)
    await tab.page.route("**/graphql", lambda route: route.abort())
    await name.fill("Lost")
    await name.press("Enter")
    error = tab.page.get_by_role("alert").filter(has_text="nothing is done twice")
    await expect(error).to_be_visible()
    await tab.page.unroute("**/graphql")
    tab.complaints.clear()  # the browser reports what was not answered
    saved = tab.page.get_by_role("region", name="Messages").get_by_role("status").get_by_text("saved")
    for number in range(1, 5):
        await name.fill(f"{number} {company.team[-6:]}")
        await name.press("Enter")
        await expect(tab.page.get_by_role("banner").locator("strong")).to_have_text(f"{number} {company.team[-6:]}")
        await expect(saved).to_have_count(min(number, 3))
    await expect(error).to_be_visible()
