"""Products and Services: the viewer's seats and why they hold them, the waiting list, and requests for seats."""

from datetime import UTC, datetime

import orjson
import pytest
from playwright.async_api import Locator, Page, expect
from sqlalchemy import update

from db.tables.seats import SeatRequest
from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
GERMAN = "localStorage.setItem('usher:language', 'de')"


def address(company: Company, query: str = "") -> str:
    """The address of the screen."""
    return f"/teams/{company.team}/products{query}"


def tile(page: Page, name: str) -> Locator:
    """The tile of a product."""
    return page.locator(".product-tile").filter(has=page.get_by_role("heading", name=name, exact=True))


async def kiln(company: Company, world: World, seats: int = 1) -> tuple[str, str]:
    """A second product of the team. Returns its id and its name."""
    name = f"Kiln {company.team}"
    product = await world.product(name)
    await world.pool(company.team, seats, product)
    return product, name


async def deny(company: Company, world: World, request: str, text: str) -> None:
    """Let the coordinator have denied a request."""
    by = company.people[Role.SOFTWARE_COORDINATOR].id
    values = {"state": "denied", "answer": text, "answered_at": datetime.now(UTC), "answered_by": by}
    async with world.engine.begin() as connection:
        await connection.execute(update(SeatRequest).where(SeatRequest.id == request).values(**values))


def sent(tab: Visit) -> int:
    """How many mutations the tab sent."""
    posted = [orjson.loads(one.post_data_buffer or b"") for one in tab.requests if one.method == "POST"]
    return sum("input" in body["variables"] for body in posted)


@pytest.mark.parametrize("role", Role)
async def test_one_request_shows_the_seats_and_why_the_viewer_holds_them(
    company: Company, visit: Open, site_world: World, role: Role
) -> None:
    product, name = await kiln(company, site_world, 3)
    who, group = company.people[role], await site_world.group(company.team, "Engineering")
    seat = await site_world.give_seat(company.team, product, who.id)
    await site_world.add_seat_source(company.team, seat, who.id, group)
    await site_world.add_usage(company.team, seat, who.id, datetime.now(UTC).date())
    tab = await visit(who)
    await tab.open(address(company))
    assert tab.operations() == 1
    shown = tile(tab.page, name)
    await expect(shown).to_contain_text("You have a seat")
    await expect(shown).to_contain_text("Assigned to you")
    await expect(shown).to_contain_text("Through the group Engineering" if role in MANAGERS else "Through a group")
    await expect(shown).not_to_contain_text("Not in the last year")
    await shown.get_by_text("1 release").click()
    await expect(shown.get_by_text("1 Jan 2026")).to_be_visible()
    counts = shown.get_by_role("list", name="Seats of the team").get_by_role("listitem")
    assert await counts.all_inner_texts() == (["2 free", "1 held", "0 waiting"] if role in MANAGERS else [])


async def test_a_user_requests_a_seat_and_withdraws_the_request(
    company: Company, visit: Open, site_world: World
) -> None:
    _, name = await kiln(company, site_world)
    tab = await visit(company.people[Role.USER])
    await tab.open(address(company))
    shown = tile(tab.page, name)
    await shown.get_by_role("button", name="Request a seat").click()
    dialog = tab.page.get_by_role("dialog", name=f"Request a seat of {name}")
    await expect(dialog).to_be_visible()
    await tab.axe()
    await tab.page.go_back()
    await expect(dialog).to_have_count(0)
    await tab.page.go_forward()
    await dialog.get_by_label("Why you need it").fill("For the <b>drawings</b>")
    tab.requests.clear()
    await dialog.get_by_role("button", name="Request a seat").dblclick()
    await expect(dialog).to_have_count(0)
    assert sent(tab) == 1
    await expect(shown).to_contain_text("Nobody has answered yet")
    await expect(shown).to_contain_text("For the <b>drawings</b>")
    await tab.axe()
    await shown.get_by_role("button", name="Withdraw the request").click()
    await expect(shown.get_by_role("button", name="Request a seat")).to_be_visible()
    await expect(shown).to_contain_text("No seat")


async def test_a_request_by_keyboard_alone_keeps_the_focus(company: Company, visit: Open, site_world: World) -> None:
    _, name = await kiln(company, site_world)
    tab = await visit(company.people[Role.USER])
    await tab.open(address(company))
    keyboard, button = tab.page.keyboard, tile(tab.page, name).locator("button")
    while not await button.evaluate("(element) => element === document.activeElement"):
        await keyboard.press("Tab")
    await keyboard.press("Enter")
    note = tab.page.get_by_label("Why you need it")
    await note.wait_for()
    while not await note.evaluate("(element) => element === document.activeElement"):
        await keyboard.press("Tab")
    await keyboard.type("For the drawings")
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(button).to_have_text(f"Withdraw the request: {name}")
    await expect(button).to_be_focused()
    await keyboard.press("Enter")
    await expect(button).to_have_text(f"Request a seat: {name}")
    await expect(button).to_be_focused()


async def test_a_request_that_was_answered_meanwhile_cannot_be_withdrawn(
    company: Company, visit: Open, site_world: World
) -> None:
    product, name = await kiln(company, site_world)
    request = await site_world.request(company.team, product, company.people[Role.USER].id)
    tab = await visit(company.people[Role.USER])
    await tab.open(address(company))
    await deny(company, site_world, request, "No budget this year.")
    shown = tile(tab.page, name)
    await shown.get_by_role("button", name="Withdraw the request").click()
    await expect(shown.get_by_role("alert")).to_contain_text("answered or withdrawn already")
    await expect(shown).to_contain_text("Your request was denied")
    await expect(shown).to_contain_text("No budget this year.")
    await expect(shown.get_by_role("button", name="Request a seat")).to_be_visible()


async def test_a_request_beside_a_new_place_says_what_the_viewer_has(
    company: Company, visit: Open, site_world: World
) -> None:
    product, name = await kiln(company, site_world, 0)
    who = company.people[Role.USER]
    tab = await visit(who)
    # Without an available seat the product still belongs to the team, because another person holds one.
    await site_world.pool(company.team, 1, product)
    await site_world.give_seat(company.team, product, company.people[Role.CONTRACT_MANAGER].id)
    await tab.open(address(company, f"?request={product}"))
    await site_world.wait(company.team, product, company.people[Role.SOFTWARE_COORDINATOR].id)
    await site_world.wait(company.team, product, who.id)
    await tab.page.get_by_role("dialog").get_by_role("button", name="Request a seat").click()
    await expect(tab.page.get_by_role("status").filter(has_text="a place on its waiting list")).to_be_visible()
    shown = tile(tab.page, name)
    await expect(shown).to_contain_text("You are number 2 on the waiting list.")
    await expect(shown.get_by_role("button")).to_have_count(0)
    await tab.axe()


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (Role.USER, "When the company buys software"),
        (Role.SOFTWARE_COORDINATOR, "Ask your contract manager"),
        (Role.CONTRACT_MANAGER, "Ask your vendor"),
    ],
)
async def test_a_team_without_products_names_the_next_step(
    visit: Open, site_world: World, role: Role, step: str
) -> None:
    team = await site_world.team()
    tab = await visit(await site_world.member(team, role))
    await tab.open(f"/teams/{team}/products")
    await expect(tab.page.get_by_role("heading", name="The team has no products yet")).to_be_visible()
    await expect(tab.page.get_by_text(step)).to_be_visible()
    await tab.axe()


async def test_the_products_of_another_team_are_not_there(company: Company, visit: Open, site_world: World) -> None:
    other = await site_world.team()
    tab = await visit(company.people[Role.USER])
    await tab.open(f"/teams/{other}/products")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()


async def test_the_screen_in_german(company: Company, visit: Open, site_world: World) -> None:
    _, name = await kiln(company, site_world)
    tab = await visit(company.people[Role.USER], width=320, theme="dark")
    await tab.page.add_init_script(GERMAN)
    await tab.open(address(company))
    await expect(tab.page.get_by_role("heading", name="Ihre Plätze")).to_be_visible()
    await expect(tile(tab.page, name).get_by_role("button", name="Platz anfragen")).to_be_visible()
    await tab.axe()
    assert await tab.page.evaluate("document.documentElement.scrollWidth") == 320
