"""Amendments of a subscription: each says first what it costs and does, and then makes it."""

import re

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription, schedule
from tests.support.world import World
from tests.web.conftest import Company, Open


@pytest.fixture
async def other(company: Company, site_world: World) -> str:
    """Another team of the contract manager, which the contract serves, too."""
    team = await site_world.team()
    await site_world.add_member(team, company.people[Role.CONTRACT_MANAGER].id, Role.CONTRACT_MANAGER)
    return team


@pytest.fixture
async def kiln(company: Company, site_world: World, other: str) -> Made:
    """A subscription of four seats, of which two have holders, for this and the next 364 days."""
    contract = await make_contract(site_world, company.team, other)
    product = await site_world.product(f"Kiln {company.team}")
    made = await make_subscription(
        site_world, contract, company.team, (day(0), day(364)), 4, 10_000, product_id=product
    )
    zoe = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    for holder in (company.people[Role.USER], zoe):
        await site_world.give_seat(company.team, product, holder.id)
    return made


async def opened(tab: Visit, made: Made, button: str) -> Locator:
    """Open the dialog of an amendment by keyboard."""
    await tab.open(f"/teams/{made.team}/contracts/subscriptions/{made.id}")
    await tab.press(tab.page.get_by_role("button", name=button, exact=True))
    return tab.page.get_by_role("dialog", name=button)


async def press(tab: Visit, dialog: Locator, button: str) -> None:
    """Make the amendment by keyboard."""
    await tab.press(dialog.get_by_role("button", name=button, exact=True))
    await expect(dialog).to_have_count(0)


async def test_seats_are_added_after_their_price_was_seen(company: Company, visit: Open, kiln: Made) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = await opened(tab, kiln, "Add seats")
    await dialog.get_by_label("How many").fill("none")
    send = dialog.get_by_role("button", name="Add seats", exact=True)
    await expect(send).to_have_accessible_description("Fill in the fields first")
    await dialog.get_by_label("How many").fill("2")
    await expect(dialog).to_contain_text("It costs €238.00, with €38.00 tax.")
    await expect(dialog).to_contain_text("The subscription then has 6 seats")
    await tab.axe_everywhere()
    await press(tab, dialog, "Add seats")
    await expect(tab.page.locator(".facts")).to_contain_text("2 of 6")
    await tab.open(f"/teams/{company.team}/billing/orders")
    await expect(tab.page.locator("tbody tr").first).to_contain_text("€238.00")


async def test_seats_are_reduced_after_who_would_lose_one_was_seen_and_chosen(
    company: Company, visit: Open, site_world: World, kiln: Made
) -> None:
    uma = await site_world.member(company.team, account=await site_world.person("Uma", "Unger"))
    await site_world.give_seat(company.team, kiln.product, uma.id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = await opened(tab, kiln, "Reduce seats")
    await dialog.get_by_label("Seats from the next term on").fill("2")
    losers = dialog.get_by_role("list", name="Who would lose their seat")
    await expect(losers.get_by_role("listitem")).to_have_text(["Uma Unger"])
    await dialog.get_by_role("checkbox", name="Zoë Zweig").check()
    await expect(losers.get_by_role("listitem")).to_have_text(["Zoë Zweig"])
    await tab.axe_everywhere()
    await press(tab, dialog, "Reduce seats")
    scheduled = tab.page.locator(".section", has_text="Scheduled change")
    await expect(scheduled.get_by_role("listitem")).to_have_text(["Zoë Zweig"])
    await scheduled.get_by_role("button", name="Cancel this change").click()
    dialog = tab.page.get_by_role("dialog", name="Cancel this change")
    await tab.axe()
    await press(tab, dialog, "Cancel this change")
    await expect(scheduled).to_have_count(0)


async def test_it_renews_itself_or_not_and_is_renewed_by_hand(company: Company, visit: Open, kiln: Made) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    for button, shown in [("Let it renew itself", "For 12 months"), ("Do not renew it", "No")]:
        dialog = await opened(tab, kiln, button)
        await tab.axe()
        await press(tab, dialog, button)
        await expect(tab.page.locator(".facts div").filter(has_text="Renews itself")).to_contain_text(shown)
    dialog = await opened(tab, kiln, "Renew")
    await dialog.get_by_label("Months of the next term").fill("6")
    await dialog.get_by_label("Seats from the next term on").fill("4")
    await expect(dialog).to_contain_text(re.compile("It costs €2.*, with €"))
    await tab.axe_everywhere()
    await press(tab, dialog, "Renew")
    terms = tab.page.get_by_role("table", name="Terms").locator("tbody tr")
    await expect(terms).to_have_count(2)
    await expect(terms.last).to_contain_text("6 months")


async def test_free_seats_move_to_another_team(company: Company, visit: Open, kiln: Made, other: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = await opened(tab, kiln, "Move seats")
    await dialog.get_by_label("To the team").select_option(value=other)
    await dialog.get_by_label("How many").fill("3")
    await expect(dialog).to_contain_text("Fewer seats are free.")
    await dialog.get_by_label("How many").fill("2")
    await expect(dialog).to_contain_text("The subscription then has 2 seats")
    await tab.axe_everywhere()
    await press(tab, dialog, "Move seats")
    await expect(tab.page.locator(".facts")).to_contain_text("2 of 2")


async def test_the_contact_person_is_one_of_the_contract_managers(company: Company, visit: Open, kiln: Made) -> None:
    manager = company.people[Role.CONTRACT_MANAGER]
    tab = await visit(manager)
    dialog = await opened(tab, kiln, "Change contact person")
    await dialog.get_by_label("Contact person").select_option(value=manager.id)
    await tab.axe_everywhere()
    await press(tab, dialog, "Change contact person")
    await tab.open(f"/teams/{company.team}/contracts")
    await expect(tab.page.locator(".facts").filter(has_text="Contact person")).to_contain_text("Ada Byron")


async def test_a_subscription_that_changed_meanwhile_is_read_again(company: Company, visit: Open, kiln: Made) -> None:
    one, two = [await visit(company.people[Role.CONTRACT_MANAGER]) for _ in range(2)]
    mine, theirs = await opened(one, kiln, "Add seats"), await opened(two, kiln, "Add seats")
    await press(two, theirs, "Add seats")
    await mine.get_by_label("How many").fill("2")
    message = one.page.get_by_role("region", name="Messages")
    await expect(message).to_contain_text("Somebody has changed the subscription meanwhile.")
    await expect(mine).to_contain_text("The subscription then has 7 seats")
    await press(one, mine, "Add seats")
    await expect(one.page.locator(".facts")).to_contain_text("2 of 7")


async def test_a_coordinator_reads_why_nothing_can_be_amended(
    company: Company, visit: Open, site_world: World, kiln: Made
) -> None:
    await schedule(site_world, kiln, 1, effective_on=day(365))
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/contracts/subscriptions/{kiln.id}")
    buttons = tab.page.locator(".amend-buttons").get_by_role("button")
    cancel = tab.page.get_by_role("button", name="Cancel this change")
    for button in [*await buttons.all(), cancel]:
        await expect(button).to_have_attribute("aria-disabled", "true")
        await expect(button).to_have_accessible_description(re.compile("contract manager"))
    await tab.axe()
