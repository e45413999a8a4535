"""Every dialog that an address can open: it opens, and axe finds nothing in it."""

import re

import pytest
from playwright.async_api import expect

from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support.site import Theme, Visit, screens
from tests.support.world import World
from tests.web.conftest import Company, Open

ROUTE = re.compile(r'name: "(\w+)",.*?\n\}\);', re.DOTALL)
CHOICE = re.compile(r"(dialog|ask): choice\(\[(.*?)\]\)")
# These are about what was selected in the list, or about a token.
SELECTED = {("byUser", one) for one in ("assign", "unassign", "group", "role", "remove")} | {
    ("group", "takeOut"),
    ("group", "move"),
}


def dialogs() -> list[tuple[str, str, str]]:
    """The screen, the parameter and the value of each dialog, from the routes of the console."""
    found = []
    for file in sorted((ROOT / "web" / "src").glob("*/routes.ts")):
        for route in ROUTE.finditer(file.read_text(encoding="utf-8")):
            for parameter, values in CHOICE.findall(route[0]):
                found += [(route[1], parameter, value) for value in re.findall(r'"(\w+)"', values)]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_dialog(company: Company, visit: Open, site_world: World, theme: Theme) -> None:
    user = company.people[Role.USER]
    manager = company.people[Role.CONTRACT_MANAGER]
    group = await site_world.group(company.team)
    await site_world.group(company.team)
    await site_world.add_to_group(company.team, group, user.id)
    await site_world.add_group_product(company.team, group, company.product)
    wanted = await site_world.pool(company.team, 1)
    request = await site_world.request(company.team, wanted, user.id)
    # These addresses name what the dialog is about.
    about = [
        ("products", "request", wanted),
        ("requests", "grant", request),
        ("requests", "deny", request),
        ("group", "stop", company.product),
        ("security", "unlink", await site_world.identity(manager.id)),
    ]
    token, _ = await site_world.token(company.team, manager.id, Scope.SEATS_READ)
    await site_world.authenticator(manager.id)
    await site_world.prove(manager.id)
    parts = {
        "team": company.team,
        "member": await site_world.member_id(company.team, user.id),
        "product": company.product,
        "pool": f"pool_{company.team}.{company.product}",
        "group": group,
    }
    addresses = {screen.name: screen.address(**parts) for screen in screens() if screen.access == "person"}
    tab = await visit(manager, theme=theme)
    await tab.open("/profile")
    dialog = tab.page.get_by_role("dialog").or_(tab.page.get_by_role("alertdialog"))
    found = dialogs()
    assert len(found) > 20
    for screen, parameter, value in found + about:
        await tab.go(addresses[screen])
        await expect(dialog).to_have_count(0)
        if (screen, value) in SELECTED:
            await open_selected(tab, value)
        else:
            query = f"{parameter}={value}" + (f"&token={token}" if parameter == "ask" else "")
            await tab.go(f"{addresses[screen]}?{query}")
        await expect(dialog, tab.path).to_be_visible()
        await expect(tab.page.locator("[aria-busy]")).to_have_count(0)  # what it would do is shown
        await tab.axe()


async def open_selected(tab: Visit, value: str) -> None:
    """Select a row, and open the dialog by its button, as nobody can by an address alone."""
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
    await tab.page.locator(".selection-bar").get_by_role("button", name=texts[value], exact=True).click()
    await tab.page.wait_for_url(f"**dialog={value}")
