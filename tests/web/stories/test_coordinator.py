"""The story of a software coordinator: people, their seats and groups, invitations, requests, waiting lists."""

import re

from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.hands import Hand
from tests.web.stories.conftest import Cast, sign_in


def rows(hand: Hand, table: str) -> Locator:
    """The rows of a table."""
    return hand.tab.page.get_by_role("table", name=table).locator("tbody tr")


async def test_a_coordinator_looks_after_the_people_of_the_team(cast: Cast, hand: Hand) -> None:
    page = hand.tab.page
    await sign_in(hand, cast.people[Role.SOFTWARE_COORDINATOR])
    await expect(page.get_by_role("heading", name="Products and Services")).to_be_visible()
    await a_person_is_found_and_gets_a_seat(hand, cast)
    await their_groups_change(hand)
    await somebody_is_invited(hand, cast)
    await a_request_is_granted(hand)
    await who_holds_and_who_waits(hand, cast)
    await contracts_without_prices(hand, cast)


async def a_person_is_found_and_gets_a_seat(hand: Hand, cast: Cast) -> None:
    """By the filters of the list, and on the page of the person; then the seat is taken back."""
    page = hand.tab.page
    await hand.press("link", "User Management")
    await expect(rows(hand, "Members")).to_have_count(6)
    await hand.choose("Role", "User")
    await expect(rows(hand, "Members")).to_have_count(4)
    await hand.write("Search", "zweig")
    await expect(rows(hand, "Members")).to_have_count(1)
    await hand.press("link", "Zoë Zweig")
    await expect(page.get_by_role("heading", name="Zoë Zweig")).to_be_focused()
    seat = rows(hand, "Product access").filter(has_text=cast.kiln)
    await hand.press("button", "Assign", seat)
    await expect(page.get_by_text(f"Zoë Zweig has a seat of {cast.kiln}.")).to_be_visible()
    await expect(seat).to_contain_text("Assigned since")
    await expect(seat.locator("td.number")).to_have_text("3")
    await hand.press("button", "Unassign", seat)
    await expect(seat).to_contain_text("No seat")
    await expect(seat.locator("td.number")).to_have_text("4")


async def their_groups_change(hand: Hand) -> None:
    """In a dialog, which is left once without a change."""
    page = hand.tab.page
    dialog = page.get_by_role("dialog", name="Groups of Zoë Zweig")
    await hand.press("button", "Change groups")
    await hand.tick("Design", dialog)
    await hand.leave_dialog()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("In no group.")).to_be_visible()
    await hand.press("button", "Change groups")
    await hand.tick("Design", dialog)
    await hand.press("button", "Save", dialog)
    await expect(page.get_by_role("link", name="Design")).to_be_visible()


async def somebody_is_invited(hand: Hand, cast: Cast) -> None:
    """By hand."""
    await hand.press("link", "All members")
    await hand.press("link", "Invite users")
    await hand.write("First name", "Wyn")
    await hand.write("Last name", "Weaver")
    await hand.write("E-mail address", f"wyn.{cast.team}@lumen.example")
    await hand.press("button", "Invite 1 person")
    await expect(hand.tab.page.get_by_text("1 person is invited.")).to_be_visible()
    await hand.jump("wyn", "Wyn Weaver")
    await expect(hand.tab.page.locator(".facts")).to_contain_text("Invited")


async def a_request_is_granted(hand: Hand) -> None:
    """With a message to the person."""
    page = hand.tab.page
    await hand.press("link", "User Management")
    await hand.press("link", "Requests")
    await hand.press("button", "Grant", rows(hand, "Requests").filter(has_text="Uma Asks"))
    dialog = page.get_by_role("dialog", name="Grant")
    await hand.write("Message to the person", "Have fun with it.", dialog)
    await hand.press("button", "Grant", dialog)
    await expect(page.get_by_role("heading", name="There are no such requests")).to_be_visible()
    await hand.choose("State", "Granted")
    await expect(rows(hand, "Requests")).to_contain_text("Have fun with it.")


async def who_holds_and_who_waits(hand: Hand, cast: Cast) -> None:
    """Of each product."""
    await hand.press("link", "By product")
    await hand.press("link", cast.loom)
    await expect(rows(hand, "Who holds a seat")).to_have_text(re.compile("Ada Byron"))
    await expect(rows(hand, "Who waits")).to_have_text(re.compile("Vic Waits"))
    await hand.press("link", "All products")
    await hand.press("link", cast.kiln)
    await expect(rows(hand, "Who holds a seat")).to_have_text(re.compile("Uma Asks"))


async def contracts_without_prices(hand: Hand, cast: Cast) -> None:
    """With the page of a subscription, which they may not amend."""
    page = hand.tab.page
    await hand.press("link", "Contracts")
    await expect(page.get_by_role("heading", name="Contracts", exact=True)).to_be_focused()
    await expect(page.locator("main")).to_contain_text("Prices are hidden")
    await hand.press("link", cast.kiln)
    await expect(page.get_by_role("heading", name=cast.kiln, exact=True)).to_be_focused()
    await expect(page.get_by_role("button", name="Add seats")).to_have_attribute("aria-disabled", "true")
    await expect(page.get_by_role("columnheader", name="Price a seat")).to_have_count(0)
