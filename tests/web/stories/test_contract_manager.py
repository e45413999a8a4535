"""The story of a contract manager: the places of a coordinator, and billing, notices, roles, tokens, rules, the log."""

import pyotp
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.hands import Hand
from tests.support.world import World
from tests.web.conftest import Open
from tests.web.stories.conftest import Cast, sign_in

PLACES = [
    ("User Management", "User Management"),
    ("By product", "User Management"),
    ("By group", "User Management"),
    ("Requests", "User Management"),
    ("Billing and Orders", "Billing and Orders"),
    ("Contracts", "Billing and Orders"),
    ("Orders", "Billing and Orders"),
    ("Notices", "Billing and Orders"),
    ("Reporting", "Reporting"),
    ("Products and Services", "Products and Services"),
]


def row(hand: Hand, name: str) -> Locator:
    """A row of the table that is shown."""
    return hand.tab.page.locator("tbody tr").filter(has_text=name)


async def test_a_contract_manager_looks_after_the_team(cast: Cast, hand: Hand, site_world: World) -> None:
    page, who = hand.tab.page, cast.people[Role.CONTRACT_MANAGER]
    secret = await site_world.authenticator(who.id)
    await sign_in(hand, who)
    dialog = page.get_by_role("dialog")
    await hand.write("Code of your authenticator app", pyotp.TOTP(secret).now(), dialog)
    await hand.press("button", "Confirm", dialog)
    await expect(page.get_by_role("heading", name="Products and Services")).to_be_visible()
    for link, heading in PLACES:
        await hand.press("link", link)
        await expect(page.get_by_role("link", name=link, exact=True)).to_have_attribute("aria-current", "page")
        await expect(page.get_by_role("heading", name=heading)).to_be_focused()
    await the_seats_of_the_team(hand, cast)
    await a_notice_is_switched_off(hand)
    await a_role_changes(hand)
    await a_token_is_made_renewed_and_revoked(hand)
    await the_second_factor_is_required(hand)
    await the_log_tells_all_of_it(hand)


async def the_seats_of_the_team(hand: Hand, cast: Cast) -> None:
    """In Billing and Orders, which leads to those who hold them."""
    await hand.press("link", "Billing and Orders")
    pools = hand.tab.page.get_by_role("table", name="Seats of the team")
    await expect(pools.locator("tbody tr").filter(has_text=cast.loom)).to_contain_text("100%")
    await hand.press("link", cast.loom, pools)
    await expect(hand.tab.page.get_by_label("With a seat of")).to_have_value(cast.loom_id)
    await expect(hand.tab.page.locator("tbody tr")).to_have_count(1)


async def a_notice_is_switched_off(hand: Hand) -> None:
    """In the profile, to which the list of notices leads."""
    page = hand.tab.page
    await hand.press("link", "Billing and Orders")
    await hand.press("link", "Notices")
    await hand.press("link", "Your notices")
    await expect(page.get_by_role("heading", name="Profile")).to_be_focused()
    kind = page.get_by_role("group", name="Announcement of the vendor")
    await hand.press("button", "Off", kind)
    await expect(kind.get_by_role("button", name="Off")).to_have_attribute("aria-pressed", "true")


async def a_role_changes(hand: Hand) -> None:
    """On the page of a person, to which the search over everything leads."""
    page = hand.tab.page
    await hand.jump("zweig", "Zoë Zweig")
    await expect(page.get_by_role("heading", name="Zoë Zweig")).to_be_focused()
    await hand.press("button", "Change role")
    dialog = page.get_by_role("dialog", name="Role of Zoë Zweig")
    await hand.choose("Role", "Contract manager", dialog)
    await hand.press("button", "Save", dialog)
    await expect(page.locator(".facts")).to_contain_text("Contract manager")


async def a_token_is_made_renewed_and_revoked(hand: Hand) -> None:
    """In Team. Its secret is shown once, each time."""
    page = hand.tab.page
    await hand.press("link", "Team")
    await hand.press("link", "Partner tokens")
    await hand.press("button", "Create a token")
    dialog = page.get_by_role("dialog", name="Create a token")
    await hand.write("Name", "Identity system", dialog)
    await hand.tick("See seats", dialog)
    await hand.press("button", "Create a token", dialog)
    shown = page.get_by_role("alertdialog", name="The secret of the token")
    first = await shown.locator("code").inner_text()
    await hand.press("button", "I have kept it", shown)
    await hand.press("button", "New secret", row(hand, "Identity system"))
    await hand.press("button", "Make a new secret", page.get_by_role("alertdialog", name="A new secret for"))
    await expect(shown.locator("code")).not_to_have_text(first)
    await hand.press("button", "I have kept it", shown)
    await expect(row(hand, "Identity system")).to_contain_text("The old secret works until")
    await hand.press("button", "Revoke", row(hand, "Identity system"))
    await hand.press("button", "Revoke the token", page.get_by_role("alertdialog", name="Revoke"))
    await expect(row(hand, "Identity system")).to_contain_text("Revoked")


async def the_second_factor_is_required(hand: Hand) -> None:
    """Of all who manage the team."""
    await hand.press("link", "Settings")
    rule = hand.tab.page.locator(".setting").filter(has_text="Second factor")
    await hand.press("button", "Require a second factor")
    await expect(rule.get_by_text("On", exact=True)).to_be_visible()


async def the_log_tells_all_of_it(hand: Hand) -> None:
    """With a filter of it, too."""
    await hand.press("link", "Audit log")
    for event in ("Role changed", "Token created", "New secret for a token", "Token revoked", "Settings changed"):
        await expect(row(hand, event)).to_have_count(1)
    await hand.choose("What", "Token revoked")
    await expect(hand.tab.page.locator("tbody tr")).to_have_count(1)


async def test_who_manages_the_team_without_the_second_factor_reads_what_is_missing(
    visit: Open, site_world: World
) -> None:
    team = await site_world.team(requires_second_factor=True)
    tab = await visit(await site_world.member(team, Role.SOFTWARE_COORDINATOR))
    await tab.open(f"/teams/{team}/products")
    await expect(tab.page.get_by_text("requires a second factor of those who manage it")).to_be_visible()
    await expect(tab.page.get_by_role("link", name="User Management")).to_have_count(0)
