"""What users of such consoles complain of, where no test of a screen has it already. Each test says whose complaint."""

from urllib.parse import urlencode

import pytest
from playwright.async_api import FilePayload, Locator, expect

from domain.roles import Role
from tests.support.hands import Keyboard
from tests.support.site import Visit, screens
from tests.support.world import World
from tests.web.conftest import Company, Open, parts_of

BROKEN = {
    "search": "\x00", "role": "KING", "status": "1", "product": "1'--", "without": "product_", "group": "%",
    "mail": "x", "unused": "-1", "sort": "-shoe", "size": "1000000", "at": "after.\x00", "dialog": "no",
    "request": "request_1", "state": "MAYBE", "grant": "0", "deny": "\ud7ff", "action": "SEATS", "actor": "user_",
    "since": "2026-02-31", "until": "yesterday", "on": "0000-00-00", "days": "8", "ask": "rob", "token": "token_1",
    "by": "mail", "stop": "1",
    "rename": "passkey_", "remove": "1", "unlink": "identity_1", "returnTo": "javascript:alert(1)",
}  # fmt: skip
NONE = "0" * 26
LOST = {
    "search": "x" * 99 + "😀", "at": "after.bm93aGVyZQ", "product": f"product_{NONE}", "without": f"product_{NONE}",
    "group": f"group_{NONE}", "actor": f"user_{NONE}", "request": f"product_{NONE}", "grant": f"request_{NONE}",
    "ask": "revoke", "token": f"token_{NONE}", "stop": f"product_{NONE}", "rename": f"passkey_{NONE}",
    "unlink": f"identity_{NONE}", "since": "2026-01-02", "until": "2026-01-01",
}  # fmt: skip


def rows(tab: Visit) -> Locator:
    """The rows of the list."""
    return tab.page.locator("tbody tr")


async def test_a_list_shows_more_than_twenty_rows(company: Company, visit: Open, site_world: World) -> None:
    """Only 20 at a time (CIPP#4207)."""
    await site_world.members(company.team, 60)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    await expect(rows(tab)).to_have_count(50)
    await tab.page.get_by_label("Rows on a page").select_option("100")
    await expect(rows(tab)).to_have_count(63)


async def test_the_rows_of_the_last_page_are_removed(company: Company, visit: Open, site_world: World) -> None:
    """Paging dies after the last page is deleted (saleor-dashboard#3889)."""
    await site_world.members(company.team, 25)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?size=25")
    await tab.page.get_by_role("button", name="Next page").click()
    await expect(rows(tab)).to_have_count(3)
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.get_by_role("button", name="Remove from the team").click()
    await tab.page.get_by_role("dialog").get_by_role("button", name="Remove from the team").click()
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await expect(rows(tab)).to_have_count(25)
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("25 in all")


async def test_a_selection_in_one_group_is_none_in_another(company: Company, visit: Open, site_world: World) -> None:
    """Selection leaks between tabs (saleor#4241)."""
    users = await site_world.members(company.team, 3)
    design, drawing = [await site_world.group(company.team, name) for name in ("Design", "Drawing")]
    for group in (design, drawing):
        await site_world.add_to_group(company.team, group, *users)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    bar = tab.page.locator(".selection-bar")
    await tab.open(f"/teams/{company.team}/people/groups/{design}")
    await tab.page.get_by_label("Select all on this page").check()
    await expect(bar).to_contain_text("3 selected")
    await tab.go(f"/teams/{company.team}/people/groups/{drawing}")
    await expect(tab.page.get_by_role("heading", name="Drawing")).to_be_visible()
    await expect(rows(tab)).to_have_count(3)
    await expect(bar).to_have_count(0)
    await expect(tab.page.get_by_role("checkbox", checked=True)).to_have_count(0)


@pytest.mark.parametrize("query", [BROKEN, LOST], ids=["broken", "about nothing that exists"])
async def test_no_broken_address_blocks_a_screen(
    company: Company, visit: Open, site_world: World, query: dict[str, str]
) -> None:
    """Saved filters corrupt or block (supabase#39181, #8501)."""
    parts = await parts_of(company, site_world)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open("/profile")
    for screen in screens():
        if screen.access == "person" and screen.name != "home":
            await tab.go(screen.address(**parts))
            heading = await tab.page.locator("main h1").inner_text()
            await tab.go(f"{screen.address(**parts)}?{urlencode(query)}")
            await expect(tab.page.locator("main h1")).to_have_text(heading)
            await expect(tab.page.get_by_role("dialog")).to_have_count(0)


async def test_no_long_search_blocks_a_list(company: Company, visit: Open) -> None:
    """Saved filters corrupt or block (supabase#39181, #8501): a search too, into which somebody put a whole page."""
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.get_by_label("Search", exact=True).click()
    await tab.page.keyboard.insert_text("long " * 50)
    await expect(tab.page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()
    await tab.page.keyboard.press("Control+k")
    await expect(tab.page.get_by_role("combobox", name="Go to a page")).to_be_focused()
    await tab.page.keyboard.insert_text("long " * 50)
    await expect(tab.page.get_by_text("Nothing was found.")).to_be_visible()


@pytest.mark.parametrize("column", ["Name", "E-mail address", "Role", "Joined"])
async def test_a_list_is_sorted_by_its_columns(company: Company, visit: Open, site_world: World, column: str) -> None:
    """No sorting (tailscale#5005). The filter for who has no seat is in test_by_user.py (tailscale#3093)."""
    for first in ("Zoë", "Mia"):
        await site_world.member(company.team, account=await site_world.person(first, "Zweig"))
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?sort=used")
    heading = tab.page.get_by_role("columnheader", name=column)
    orders = []
    for direction in ("ascending", "descending"):
        await heading.get_by_role("button").click()
        await expect(heading).to_have_attribute("aria-sort", direction)
        await tab.settled()
        orders.append(await rows(tab).locator("td:nth-of-type(2)").all_inner_texts())
    up, down = orders
    assert up == list(reversed(down))
    assert len(set(up)) == 5
    if column == "E-mail address":
        assert up == sorted(up)


async def test_blank_rows_are_counted(company: Company, visit: Open) -> None:
    """Blank rows are dropped silently (coursemology2#8435)."""
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    text = f"First name,Last name,Email address\nUma,Lee,uma.{company.team}@lumen.example\n,,\n\nVic,,vic.nowhere\n"
    file: FilePayload = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await tab.page.get_by_label("File", exact=True).set_input_files(file)
    await expect(tab.page.get_by_text("2 blank rows are left out.")).to_be_visible()
    await expect(rows(tab).filter(has_text="vic.nowhere").locator("th")).to_have_text("5")


async def test_the_reason_of_a_button_is_read_by_keyboard(company: Company, visit: Open, site_world: World) -> None:
    """Disabled buttons hide their reason from keyboards (sentry#124838)."""
    user = company.people[Role.USER]
    tab = await visit(user)
    await tab.open(f"/teams/{company.team}/people/members/{await site_world.member_id(company.team, user.id)}")
    for name in ("Remove from the team", "Change role", "Unassign"):
        button = tab.page.get_by_role("button", name=name)
        await Keyboard(tab).reach(button)
        reason = await tab.page.get_by_role("tooltip").inner_text()
        assert "needs the role" in reason
        await expect(button).to_have_accessible_description(reason)
        tab.operations()
        await tab.page.keyboard.press("Enter")
        assert tab.operations() == 0
