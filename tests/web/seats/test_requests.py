"""The requests for seats: granted, denied with a message, or put on the waiting list."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


@pytest.mark.parametrize("role", MANAGERS)
async def test_requests_are_granted_and_denied(company: Company, visit: Open, site_world: World, role: Role) -> None:
    for first in ("Uma", "Vic"):
        person = await site_world.member(company.team, account=await site_world.person(first, "Asks"))
        await site_world.request(company.team, company.product, person.id)
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/people/requests")
    assert tab.operations() == 1
    rows = tab.page.get_by_role("table", name="Requests").locator("tbody tr")
    await rows.filter(has_text="Uma Asks").get_by_role("button", name="Grant").click()
    dialog = tab.page.get_by_role("dialog")
    await tab.axe()
    await dialog.get_by_role("button", name="Grant").click()
    await expect(rows).to_have_count(1)
    await tab.press(rows.get_by_role("button", name="Deny"))
    await dialog.get_by_label("Message to the person").fill("Next month, when we have more.")
    await tab.press(dialog.get_by_role("button", name="Deny"))
    await expect(tab.page.get_by_role("heading", name="There are no such requests")).to_be_visible()
    await tab.page.get_by_label("State").select_option("Denied")
    await expect(rows).to_contain_text("Next month, when we have more.")
    await tab.page.get_by_label("State").select_option("Granted")
    await expect(rows.filter(has_text="Uma Asks")).to_have_count(1)
    await tab.page.go_back()
    await expect(rows).to_contain_text("Next month, when we have more.")
    await tab.page.get_by_label("State").select_option("Any")
    await expect(rows).to_have_count(2)
    await tab.page.get_by_role("button", name="Clear filters").click()
    await expect(rows).to_have_count(0)


async def test_a_late_answer_leaves_another_dialog_open(company: Company, visit: Open, site_world: World) -> None:
    for first in ("Uma", "Vic"):
        person = await site_world.member(company.team, account=await site_world.person(first, "Asks"))
        await site_world.request(company.team, company.product, person.id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if '"grant":true' in (route.request.post_data or ""):
            await answer.wait()
        await route.continue_()

    await tab.open(f"/teams/{company.team}/people/requests")
    await tab.page.route("**/graphql", late)
    rows = tab.page.get_by_role("table", name="Requests").locator("tbody tr")
    dialog = tab.page.get_by_role("dialog")
    await rows.filter(has_text="Uma Asks").get_by_role("button", name="Grant").click()
    await dialog.get_by_role("button", name="Grant").click()
    await tab.escape()
    await expect(dialog).to_have_count(0)
    await rows.filter(has_text="Vic Asks").get_by_role("button", name="Deny").click()
    message = dialog.get_by_label("Message to the person")
    await message.fill("Next month, when we have more.")
    answer.set()
    await expect(rows).to_have_count(1)
    await tab.settled()
    await expect(message).to_have_value("Next month, when we have more.")
    await dialog.get_by_role("button", name="Deny").click()
    await expect(tab.page.get_by_role("heading", name="There are no such requests")).to_be_visible()


async def test_without_a_free_seat_the_person_can_wait(company: Company, visit: Open, site_world: World) -> None:
    product = await site_world.pool(company.team, 1, await site_world.product("Full " + company.team))
    await site_world.give_seat(company.team, product, company.people[Role.CONTRACT_MANAGER].id)
    await site_world.request(company.team, product, company.people[Role.USER].id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/requests")
    await tab.page.get_by_role("button", name="Grant").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Grant").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("No seat is left.")
    await dialog.get_by_label("If no seat is left, put the person on the waiting list").check()
    await dialog.get_by_role("button", name="Grant").click()
    await expect(tab.page.get_by_text("Ada Byron is on the waiting list for Full")).to_be_visible()
