"""Every dialog that an address can open, for each role: it opens, and axe finds nothing in it."""

import re

import pytest
from playwright.async_api import expect

from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support.orders import order
from tests.support.site import Visit, screens
from tests.support.subscriptions import Made, schedule
from tests.support.world import World
from tests.web.conftest import Company, Open, parts_of

pytestmark = pytest.mark.slow

ROUTE = re.compile(r'name: "(\w+)",.*?\n\}\);', re.DOTALL)
CHOICE = re.compile(r"(dialog|ask): choice\(\[(.*?)\]\)")
# These are about what was selected in the list, or about a token.
SELECTED = {("byUser", one) for one in ("assign", "unassign", "group", "role", "remove")} | {
    ("group", "takeOut"),
    ("group", "move"),
}
# How many of the dialogs a person who is no contract manager can open, at least.
FEWER = {Role.USER: 10, Role.SOFTWARE_COORDINATOR: 25}


def dialogs() -> list[tuple[str, str, str]]:
    """The screen, the parameter and the value of each dialog, from the routes of the console."""
    found = []
    for file in sorted((ROOT / "web" / "src").glob("*/routes.ts")):
        for route in ROUTE.finditer(file.read_text(encoding="utf-8")):
            for parameter, values in CHOICE.findall(route[0]):
                found += [(route[1], parameter, value) for value in re.findall(r'"(\w+)"', values)]
    return found


@pytest.mark.parametrize("role", Role)
async def test_axe_finds_nothing_in_any_dialog(company: Company, visit: Open, site_world: World, role: Role) -> None:
    user = company.people[Role.USER]
    viewer = company.people[role]
    group = await site_world.group(company.team)
    await site_world.group(company.team)
    await site_world.add_to_group(company.team, group, user.id)
    await site_world.add_group_product(company.team, group, company.product)
    wanted = await site_world.pool(company.team, 1)
    request = await site_world.request(company.team, wanted, user.id)
    # These addresses name what the dialog is about.
    about = [
        ("products", "request", await site_world.pool(company.team, 1)),
        ("requests", "grant", request),
        ("requests", "deny", request),
        ("group", "stop", company.product),
        ("security", "unlink", await site_world.identity(viewer.id)),
    ]
    token, _ = await site_world.token(company.team, viewer.id, Scope.SEATS_READ)
    await site_world.authenticator(viewer.id)
    await site_world.prove(viewer.id)
    parts = {**await parts_of(company, site_world), "group": group}
    made = Made(parts["subscription"], company.team, company.product, [])
    await schedule(site_world, made, 1)
    invoice = str((await order(site_world, made)).invoice_id)
    about += [("company", "pay", invoice), ("company", "credit", invoice)]
    if role not in FEWER:
        await site_world.make_vendor(viewer.id)
    addresses = {screen.name: screen.address(**parts) for screen in screens() if screen.access == "person"}
    tab = await visit(viewer)
    await tab.open("/profile")
    dialog = tab.page.get_by_role("dialog").or_(tab.page.get_by_role("alertdialog"))
    found = [*dialogs(), *about]
    fewest = FEWER.get(role, len(found))
    opened = 0
    for screen, parameter, value in found:
        await tab.go(addresses[screen])
        await expect(dialog).to_have_count(0)
        if (screen, value) in SELECTED and await tab.page.locator("tbody").get_by_role("checkbox").count():
            await open_selected(tab, value)
        else:
            query = f"{parameter}={value}" + (f"&token={token}" if parameter == "ask" else "")
            await tab.go(f"{addresses[screen]}?{query}")
        if role in FEWER and not await dialog.count():
            continue
        await expect(dialog, tab.path).to_be_visible()
        if role not in FEWER:  # others may not read what some of them wait for
            await expect(tab.page.locator("[aria-busy]")).to_have_count(0)  # what it would do is shown
        await tab.axe_everywhere()
        opened += 1
    assert opened >= fewest > 0


async def open_selected(tab: Visit, value: str) -> None:
    """Select a row, and open the dialog by its button if it may be used, as nobody can by an address alone."""
    await tab.page.locator("tbody").get_by_role("checkbox").first.check()
    texts = {
        "assign": "Assign a product",
        "unassign": "Unassign a product",
        "group": "Add to a group",
        "role": "Change role",
        "remove": "Remove from the team",
        "takeOut": "Take out of the group",
        "move": "Move to another group",
    }
    button = tab.page.locator(".selection-bar").get_by_role("button", name=texts[value], exact=True)
    if await button.get_attribute("aria-disabled") is None:
        await button.click()
        await tab.page.wait_for_url(f"**dialog={value}")
