"""What comes late, an answer or what was typed, does not pull a person back to the screen that they left."""

import asyncio

from playwright.async_api import Route, expect

from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open


async def test_a_late_answer_leaves_the_person_where_they_went(
    company: Company, visit: Open, site_world: World
) -> None:
    user = company.people[Role.USER]
    member = await site_world.member_id(company.team, user.id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    people = f"/teams/{company.team}/people"
    await tab.open(people)
    await tab.go(f"{people}/members/{member}")
    await tab.page.get_by_role("button", name="Change role").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Role").select_option("Software coordinator")
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if '"role"' in (route.request.post_data or ""):
            await answer.wait()
        await route.continue_()

    await tab.page.route("**/graphql", late)
    await dialog.get_by_role("button", name="Save").click()
    await tab.page.go_back()
    await tab.page.go_back()
    await expect(tab.page.locator("tbody tr")).to_have_count(3)
    answer.set()
    await expect(tab.page.get_by_role("status").filter(has_text="Software coordinator")).to_be_visible()
    await tab.settled()
    assert tab.path == people


async def test_a_group_that_is_made_late_does_not_fetch_whoever_has_left(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    groups = f"/teams/{company.team}/people/groups"
    await tab.open(f"/teams/{company.team}/reporting")
    await tab.go(groups)
    await tab.go(f"{groups}?dialog=create")
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Design")
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if "Design" in (route.request.post_data or ""):
            await answer.wait()
        await route.continue_()

    await tab.page.route("**/graphql", late)
    await tab.page.keyboard.press("Enter")
    await tab.page.go_back()
    await tab.page.go_back()
    await expect(tab.page.get_by_role("heading", name="Reporting")).to_be_visible()
    answer.set()
    await expect(tab.page.get_by_role("status").filter(has_text="Design")).to_be_visible()
    await tab.settled()
    assert tab.path == f"/teams/{company.team}/reporting"


async def test_a_search_does_not_pull_back_whoever_follows_a_link(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    loaded = asyncio.Event()

    async def late(route: Route) -> None:
        await loaded.wait()
        await route.continue_()

    await tab.page.route("**/graphql", late)
    await tab.page.get_by_role("searchbox").press_sequentially("x")
    await tab.page.get_by_role("link", name="Reporting").click()
    await tab.page.wait_for_timeout(400)  # the search is sent 250 ms after the last key
    loaded.set()
    await expect(tab.page.get_by_role("heading", name="Reporting")).to_be_visible()
    await tab.settled()
    assert tab.path == f"/teams/{company.team}/reporting"
