"""Where the focus goes when a dialog closes, or when what has it goes away: nobody who uses the keyboard gets lost."""

import re

import pytest
from playwright.async_api import Locator, expect

from domain.actions import Scope
from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

DIALOGS = [
    ("/profile", ["Change the e-mail address", "Change the password", "Delete the account"]),
    ("/profile/security", ["Add a passkey", "Set up an authenticator app"]),
    ("/profile", [re.compile("^Search")]),
    ("/teams/{team}/products", [re.compile("Request a seat")]),
    ("/teams/{team}/settings/tokens", ["Create a token", re.compile("Revoke")]),
    ("/teams/{team}/people/groups", ["Create group"]),
    ("/teams/{team}/people/groups/{group}", ["Rename", "Add people", "Give a product", "Delete group"]),
    ("/teams/{team}/people/members/{member}", ["Change role", "Change groups", "Remove from the team"]),
    (
        "/teams/{team}/contracts/subscriptions/{subscription}",
        [
            "Add seats",
            "Reduce seats",
            re.compile("^Renew$"),
            re.compile("renew it"),
            "Move seats",
            "Change contact person",
        ],
    ),
    ("/teams/{team}/people/products/{product}/pool_{team}.{product}", ["Assign to people"]),
    ("/companies", ["Write to all contract managers"]),
    ("/companies/{team}", ["Write to contract managers", "Create contract", "Add subscription"]),
]


def dialog(tab: Visit) -> Locator:
    """The dialog that is open, whichever kind it has."""
    return tab.page.locator("[role=dialog], [role=alertdialog]")


async def opened(tab: Visit) -> None:
    """Wait until a dialog is open and has the focus."""
    await expect(dialog(tab)).to_be_visible()
    await expect(dialog(tab).and_(tab.page.locator(":focus, :has(:focus)"))).to_be_visible()


async def press(tab: Visit, button: Locator) -> None:
    """Press a button by keyboard."""
    await tab.press(button)


@pytest.mark.parametrize(("address", "names"), DIALOGS)
async def test_the_focus_returns_to_what_opened_a_dialog(
    company: Company, visit: Open, site_world: World, address: str, names: list[str | re.Pattern[str]]
) -> None:
    await site_world.token(company.team, company.people[Role.CONTRACT_MANAGER].id, Scope.SEATS_READ)
    await site_world.make_vendor(company.people[Role.CONTRACT_MANAGER].id)
    parts = {
        "team": company.team,
        "product": company.product,
        "group": await site_world.group(company.team),
        "member": await site_world.member_id(company.team, company.people[Role.USER].id),
        "subscription": await site_world.subscription_id(company.team, company.product),
    }
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(address.format(**parts))
    for name in names:
        button = tab.page.get_by_role("button", name=name)
        await button.focus()
        for _ in range(2):
            await tab.page.keyboard.press("Enter")
            await opened(tab)
            await tab.escape()
            await expect(dialog(tab)).to_have_count(0)
            await expect(button).to_be_focused()


async def test_back_and_forward_move_the_focus_too(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile")
    button = tab.page.get_by_role("button", name="Change the password")
    await press(tab, button)
    await opened(tab)
    await tab.page.go_back()
    await expect(dialog(tab)).to_have_count(0)
    await expect(button).to_be_focused()
    await tab.page.go_forward()
    await opened(tab)
    await tab.escape()
    await expect(dialog(tab)).to_have_count(0)
    await expect(button).to_be_focused()


async def test_a_dialog_that_an_address_opened_gives_the_focus_to_the_title(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile?dialog=password")
    await opened(tab)
    await tab.escape()
    await expect(tab.page.get_by_role("heading", name="Profile", level=1)).to_be_focused()


async def test_two_dialogs_give_the_focus_back_one_after_the_other(
    company: Company, visit: Open, site_world: World
) -> None:
    who = company.people[Role.USER]
    await site_world.set_password(who.id, "a password of eleven words")
    await site_world.grow_old(who.id)
    tab = await visit(who)
    await tab.open("/profile")
    button = tab.page.get_by_role("button", name="Change the e-mail address")
    await press(tab, button)
    await dialog(tab).get_by_label("New e-mail address").fill(f"new.{who.email}")
    send = dialog(tab).get_by_role("button", name="Send the link")
    await press(tab, send)
    question = tab.page.get_by_role("dialog", name="Confirm that it is you")
    await expect(question).to_be_visible()
    await tab.escape()
    await expect(question).to_have_count(0)
    await expect(send).to_be_focused()
    await tab.escape()
    await expect(button).to_be_focused()


async def test_a_row_that_goes_leaves_the_focus_to_the_next(company: Company, visit: Open, site_world: World) -> None:
    who = company.people[Role.USER]
    for _ in range(3):
        await site_world.session(who.id)
    tab = await visit(who)
    await tab.open("/profile/sessions")
    rows = tab.page.locator("tbody tr")
    ended = rows.filter(has=tab.page.get_by_role("button")).nth(1)
    place = await rows.evaluate_all("(all, row) => all.indexOf(row)", await ended.element_handle())
    await press(tab, ended.get_by_role("button"))
    await expect(rows).to_have_count(3)
    await expect(rows.nth(min(place, 2))).to_be_focused()
    await tab.page.keyboard.press("Enter")
    await expect(rows).to_have_count(3)


async def test_a_row_that_a_dialog_takes_away_leaves_the_focus_to_the_next(
    company: Company, visit: Open, site_world: World
) -> None:
    product = company.product
    for person in await site_world.members(company.team, 2):
        await site_world.request(company.team, product, person)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/requests")
    rows = tab.page.locator("tbody tr")
    await press(tab, rows.first.get_by_role("button", name="Deny"))
    await press(tab, dialog(tab).get_by_role("button", name="Deny"))
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_be_focused()
    await press(tab, rows.first.get_by_role("button", name="Deny"))
    await press(tab, dialog(tab).get_by_role("button", name="Deny"))
    await expect(rows).to_have_count(0)
    await expect(tab.page.get_by_role("heading", level=1)).to_be_focused()


async def test_a_message_that_goes_gives_the_focus_back(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile")
    save = tab.page.get_by_role("button", name="Save")
    await press(tab, save)
    await press(tab, tab.page.get_by_role("region", name="Messages").get_by_role("button"))
    await expect(save).to_be_focused()


async def test_who_has_left_a_place_is_not_drawn_back(company: Company, visit: Open, site_world: World) -> None:
    who = company.people[Role.USER]
    await site_world.session(who.id)
    tab = await visit(who)
    await tab.open("/profile/sessions")
    await tab.page.get_by_role("button", name=re.compile("^End(?! all)")).focus()
    await tab.page.mouse.click(5, 600)
    await tab.page.evaluate("document.querySelector('tbody tr button').closest('tr').remove()")
    assert await tab.page.evaluate("document.activeElement === document.body")
