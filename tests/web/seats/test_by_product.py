"""User Management, by product: pools, who holds a seat, who waits, and seats for people who are found by a search."""

import asyncio
import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


def part(tab: Visit, name: str) -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


async def open_pool(tab: Visit, company: Company) -> None:
    """Go to the only product of the company, by its link in the list."""
    await tab.open(f"/teams/{company.team}/people/products")
    await part(tab, "Products of the team").get_by_role("link").first.click()
    await expect(tab.page.get_by_role("heading", name="Who holds a seat")).to_be_visible()
    await tab.settled()


@pytest.mark.parametrize("role", MANAGERS)
async def test_who_holds_a_seat_why_and_since_when(
    company: Company, visit: Open, site_world: World, role: Role
) -> None:
    zoe = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    group = await site_world.group(company.team, "Design")
    await site_world.add_to_group(company.team, group, zoe.id)
    seat = await site_world.give_seat(company.team, company.product, zoe.id, "group", group)
    await site_world.add_usage(company.team, seat, zoe.id, datetime.now(UTC).date())
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/people/products")
    assert tab.operations() == 1
    assert (await part(tab, "Products of the team").locator("td").all_inner_texts())[:4] == ["5", "2", "3", "0"]
    await open_pool(tab, company)
    row = part(tab, "Who holds a seat").filter(has_text="Zoë Zweig")
    await expect(row).to_contain_text("Group Design")
    await expect(row).not_to_contain_text("Not in the last 30 days")
    await expect(row.get_by_role("button", name="Unassign")).to_have_attribute("aria-disabled", "true")
    holder = part(tab, "Who holds a seat").filter(has_text=company.people[Role.USER].email)
    await expect(holder).to_contain_text("Not in the last 30 days")
    await holder.get_by_role("button", name="Unassign").click()
    await expect(part(tab, "Who holds a seat")).to_have_count(1)
    await expect(tab.page.locator(".facts")).to_contain_text("4")
    await tab.axe()


async def test_who_waits_in_order_and_withdrawn(company: Company, visit: Open, site_world: World) -> None:
    product = await site_world.pool(company.team, 1, await site_world.product("Aaa waits " + company.team))
    await site_world.give_seat(company.team, product, company.people[Role.CONTRACT_MANAGER].id)
    for first in ("Uma", "Vic"):
        person = await site_world.member(company.team, account=await site_world.person(first, "Waits"))
        await site_world.wait(company.team, product, person.id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await open_pool(tab, company)
    waiters = part(tab, "Who waits")
    assert await waiters.locator("th").all_inner_texts() == ["Uma Waits", "Vic Waits"]
    await waiters.first.get_by_role("button", name="Take off the waiting list").click()
    await expect(waiters).to_have_count(1)
    await expect(waiters.first.locator("td").first).to_have_text("1")
    await part(tab, "Who holds a seat").get_by_role("button", name="Unassign").click()
    await expect(part(tab, "Who holds a seat")).to_contain_text("Vic Waits")
    await expect(tab.page.get_by_text("Nobody waits for a seat.")).to_be_visible()


async def test_people_are_found_and_get_seats_by_keyboard(company: Company, visit: Open, site_world: World) -> None:
    for first in ("Uma", "Vic", "Wyn", "Xia", "Yan"):
        await site_world.member(company.team, account=await site_world.person(first, "Seeker"))
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await open_pool(tab, company)
    await tab.press(tab.page.get_by_role("button", name="Assign to people"))
    dialog = tab.page.get_by_role("dialog", name=re.compile("Assign Product"))
    search = dialog.get_by_label("Find people without a seat")
    await search.focus()
    await tab.page.keyboard.type("Seeker")
    boxes = dialog.get_by_role("checkbox")
    await expect(boxes).to_have_count(5)
    for box in await boxes.all():
        await box.focus()
        await tab.page.keyboard.press("Space")
    await expect(dialog).to_contain_text("5 people chosen, 4 seats free")
    await tab.axe()
    send = dialog.get_by_role("button", name="Assign 5 seats")
    await tab.press(send)
    await expect(dialog.get_by_role("region", name="What was not done, and why")).to_contain_text("No seat is left.")
    await dialog.get_by_label("If there are not enough seats").select_option("Put the others on the waiting list")
    await tab.press(send)
    await expect(dialog).to_have_count(0)
    await expect(tab.page.get_by_text("4 seats were assigned, 1 person waits.")).to_be_visible()
    await expect(part(tab, "Who holds a seat")).to_have_count(5)
    await expect(part(tab, "Who waits")).to_have_count(1)


async def test_a_search_for_people_that_failed_is_not_told_as_nobody(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await open_pool(tab, company)
    await tab.page.get_by_role("button", name="Assign to people").click()
    dialog = tab.page.get_by_role("dialog")
    await expect(dialog.get_by_role("checkbox")).to_have_count(2)
    failed = '{"data": null, "errors": [{"message": "", "extensions": {"code": "INTERNAL"}}]}'
    await tab.page.route("**/graphql", lambda route: route.fulfill(body=failed, content_type="application/json"))
    await dialog.get_by_label("Find people without a seat").fill("Byron")
    await expect(tab.page.get_by_role("region", name="Messages").get_by_role("alert")).not_to_be_empty()
    await expect(dialog).not_to_contain_text("Nobody was found")
    await tab.page.unroute("**/graphql")
    await dialog.get_by_label("Find people without a seat").fill("Byro")
    await expect(dialog.get_by_role("checkbox")).to_have_count(2)


async def test_who_is_chosen_while_others_get_their_seats_stays_chosen(
    company: Company, visit: Open, site_world: World
) -> None:
    for first in ("Uma", "Vic"):
        await site_world.member(company.team, account=await site_world.person(first, "Seeker"))
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if "userIds" in (route.request.post_data or ""):
            await answer.wait()
        await route.continue_()

    await open_pool(tab, company)
    await tab.page.get_by_role("button", name="Assign to people").click()
    dialog = tab.page.get_by_role("dialog", name=re.compile("Assign Product"))
    await tab.page.route("**/graphql", late)
    await dialog.get_by_role("checkbox", name="Uma Seeker").check()
    await dialog.get_by_role("button", name="Assign 1 seat").click()
    await dialog.get_by_role("checkbox", name="Vic Seeker").check()
    answer.set()
    await expect(dialog).to_contain_text("1 person chosen, 3 seats free")
    await expect(dialog.get_by_role("checkbox", name="Vic Seeker")).to_be_checked()
    await dialog.get_by_role("button", name="Assign 1 seat").click()
    await expect(dialog).to_have_count(0)
    await expect(part(tab, "Who holds a seat")).to_have_count(3)


async def test_a_user_sees_no_pools(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    for path in ("products", f"products/{company.product}/pool_{company.team}.{company.product}", "groups", "requests"):
        await tab.open(f"/teams/{company.team}/people/{path}")
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()


async def test_a_team_without_products_says_so(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    manager = await site_world.member(team, Role.CONTRACT_MANAGER)
    tab = await visit(manager)
    await tab.open(f"/teams/{team}/people/products")
    await expect(tab.page.get_by_role("heading", name="This team has no products")).to_be_visible()
