"""User Management, by user: what each role sees, filters and orders in the address, selection, pages."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


def people(company: Company, query: str = "") -> str:
    """The address of the list."""
    return f"/teams/{company.team}/people{query}"


def rows(visit: Visit) -> Locator:
    """The rows of the list."""
    return visit.page.locator("tbody tr")


@pytest.mark.parametrize("role", MANAGERS)
async def test_who_manages_the_team_sees_everybody_with_one_request(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(people(company))
    assert tab.operations() == 1
    await expect(rows(tab)).to_have_count(3)
    holder = rows(tab).filter(has_text=company.people[Role.USER].email)
    await expect(holder.get_by_text(re.compile("^Product "))).to_be_visible()
    await expect(holder.get_by_text("Never")).to_be_visible()
    await expect(rows(tab).filter(has_text="No seat")).to_have_count(2)


async def test_a_user_sees_no_user_management(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open(people(company))
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await expect(tab.page.get_by_role("link", name="User Management")).to_have_count(0)


async def test_filters_and_order_are_in_the_address_and_back_restores_them(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(people(company))
    await tab.page.get_by_label("Role").select_option("User")
    await expect(rows(tab)).to_have_count(2)
    await tab.page.get_by_role("button", name="Name", exact=True).click()
    await expect(rows(tab).first).to_contain_text("Zoë Zweig")
    assert tab.path == people(company, "?role=USER&sort=-name")
    await tab.page.go_back()
    await expect(rows(tab).first).to_contain_text("Ada Byron")
    assert tab.path == people(company, "?role=USER")
    await tab.page.go_back()
    await expect(rows(tab)).to_have_count(4)
    await expect(tab.page.get_by_label("Role")).to_have_value("")
    await tab.page.go_forward()
    await expect(rows(tab)).to_have_count(2)
    await tab.page.reload()
    await expect(tab.page.get_by_label("Role")).to_have_value("USER")


async def test_a_search_follows_the_typing_and_an_empty_list_names_the_next_step(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company))
    await tab.page.get_by_label("Search", exact=True).fill("nobody is called so")
    await expect(tab.page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()
    await tab.page.locator(".empty").get_by_role("button", name="Clear filters").click()
    await expect(rows(tab)).to_have_count(3)
    await expect(tab.page.get_by_label("Search", exact=True)).to_have_value("")


async def test_a_late_answer_takes_nothing_away_that_is_typed_meanwhile(
    company: Company, visit: Open, site_world: World
) -> None:
    for last in ("Zwab", "Zwabc"):
        await site_world.member(company.team, account=await site_world.person("Zoë", last))
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    clock, search = tab.page.clock, tab.page.get_by_label("Search", exact=True)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        if '"zwab"' in (route.request.post_data or ""):
            asked.set()
            await answer.wait()
        await route.continue_()

    await clock.install()
    await tab.open(people(company))
    await tab.page.route("**/graphql", late)
    await clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    await search.press_sequentially("zwab")
    await clock.run_for(300)
    await asyncio.wait_for(asked.wait(), 15)
    await search.press_sequentially("c")
    answer.set()
    await expect(rows(tab)).to_have_count(2)
    await expect(search).to_have_value("zwabc")
    await clock.run_for(300)
    await expect(rows(tab)).to_have_count(1)
    await expect(search).to_have_value("zwabc")
    await clock.resume()
    await tab.page.get_by_role("button", name="Clear filters").click()
    await expect(rows(tab)).to_have_count(5)
    await expect(search).to_have_value("")


@pytest.mark.parametrize(
    "query", ["?role=KING", "?sort=-shoe", "?at=after.%00", "?product=1%27--", "?size=1000000", "?search=%E0%A4%A"]
)
async def test_a_broken_filter_never_blocks_the_list(company: Company, visit: Open, query: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company, query))
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()


async def test_the_negative_filter_finds_who_has_no_seat(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company))
    await tab.page.get_by_label("Without a seat of").select_option(value=company.product)
    await expect(rows(tab)).to_have_count(2)
    await tab.page.get_by_label("With a seat of").select_option(value=company.product)
    await expect(tab.page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()


async def test_a_selection_covers_all_pages_and_never_more_than_the_filter(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.members(company.team, 60)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company, "?size=25"))
    await tab.page.get_by_label("Select all on this page").check()
    bar = tab.page.locator(".selection-bar")
    await expect(bar).to_contain_text("25 selected")
    await bar.get_by_role("button", name="Select all 63 that match").click()
    await expect(bar).to_contain_text("63 selected")
    await tab.page.get_by_role("button", name="Next page").click()
    await tab.settled()
    await rows(tab).nth(3).get_by_role("checkbox").uncheck()
    await expect(bar).to_contain_text("62 selected")
    # Another filter is another list: nothing of the selection stays. Neither does it in another tab.
    await tab.page.get_by_label("Role").select_option("Contract manager")
    await expect(bar).to_have_count(0)
    await tab.page.go_back()
    await expect(rows(tab)).to_have_count(25)
    await expect(bar).to_have_count(0)
    await tab.page.get_by_label("Select all on this page").check()
    await expect(bar).to_contain_text("25 selected")
    for name in ("By group", "By user"):
        await tab.page.get_by_role("link", name=name).click()
        await expect(tab.page.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
    await expect(rows(tab)).to_have_count(50)
    await expect(bar).to_have_count(0)


async def test_a_page_whose_rows_have_gone_leads_to_the_last_one(
    company: Company, visit: Open, site_world: World
) -> None:
    users = await site_world.members(company.team, 60)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company, "?size=50"))
    await tab.page.get_by_role("button", name="Next page").click()
    await expect(rows(tab)).to_have_count(13)
    for user in users:
        await site_world.leave(company.team, user)
    await tab.page.reload()
    await expect(rows(tab)).to_have_count(3)


async def test_names_are_shown_as_they_are(company: Company, visit: Open, site_world: World) -> None:
    for first, last in [("<b>Bold</b>", "&amp;"), ("نور", "حداد"), ("愛子", "佐藤"), ("x" * 100, "y" * 100)]:
        await site_world.member(company.team, account=await site_world.person(first, last))
    tab = await visit(company.people[Role.CONTRACT_MANAGER], width=320)
    await tab.open(people(company))
    for name in ["<b>Bold</b> &amp;", "نور حداد", "愛子", f"{'x' * 100} {'y' * 100}"]:
        await expect(tab.page.get_by_role("link", name=name)).to_have_count(1)
    # Only the table may be wider than the window: it has a scroll bar of its own.
    assert await tab.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_the_list_is_used_by_keyboard_alone(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    keyboard = tab.page.keyboard
    await tab.open(people(company))
    await keyboard.press("Tab")
    await expect(tab.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await keyboard.press("Enter")
    for _ in range(5):  # over the button to invite, and the four tabs
        await keyboard.press("Tab")
    await keyboard.press("Tab")
    await expect(tab.page.get_by_label("Search", exact=True)).to_be_focused()
    await keyboard.type(company.people[Role.USER].email)
    await expect(rows(tab)).to_have_count(1)
    while not await tab.page.evaluate("document.activeElement.matches('tbody input')"):
        await keyboard.press("Tab")
    await keyboard.press("Space")
    await expect(tab.page.locator(".selection-bar")).to_contain_text("1 selected")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Ada Byron")).to_be_focused()


async def test_all_columns_fit_on_a_notebook_and_the_seats_on_one_line(
    company: Company, visit: Open, site_world: World
) -> None:
    email = f"maximilian.mustermann{company.team[-6:]}@lumen.example"
    ada = await site_world.member(company.team, account=await site_world.person("Max", "Mustermann", email))
    for name in ("Cantilever", "Fusion", "Kiln", "Lattice", "Meridian"):
        product = await site_world.pool(company.team, 1, await site_world.product(f"{name} {company.team}"))
        await site_world.give_seat(company.team, product, ada.id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(people(company))
    await expect(rows(tab)).to_have_count(4)
    seats = rows(tab).filter(has_text="Max Mustermann").locator(".member-seats")
    await expect(seats).to_contain_text("+3")
    await expect(seats).to_have_attribute("title", re.compile("Cantilever .*Fusion .*Kiln .*Lattice .*Meridian "))
    # What is not shown is there for screen readers.
    await expect(seats.locator(".hidden-text")).to_have_text(re.compile("^Kiln .*Lattice .*Meridian "))
    holder = rows(tab).filter(has_text=company.people[Role.USER].email).locator(".member-seats")
    one, many = await holder.bounding_box(), await seats.bounding_box()
    assert one is not None
    assert many is not None
    assert many["height"] == one["height"]
    assert await tab.page.locator(".table-box").evaluate("box => box.scrollWidth - box.clientWidth") == 0
