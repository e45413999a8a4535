"""The shell: who sees which place, the search over everything, the end of a session, a server that is away, themes."""

import pytest
from playwright.async_api import Locator, Page, Route, expect

from db.demo.company import SIGN_INS
from domain.roles import Role
from tests.support.site import screens
from tests.support.world import World
from tests.web.conftest import Company, Open, parts_of

pytestmark = pytest.mark.slow

COMMON = ["Products and Services", "Reporting", "Profile"]
SEEN = {
    Role.USER: COMMON,
    Role.SOFTWARE_COORDINATOR: [*COMMON, "User Management", "Contracts", "Team"],
    Role.CONTRACT_MANAGER: [*COMMON, "User Management", "Team", "Billing and Orders"],
}
SHOWN = [screen for screen in screens() if screen.access == "person" and screen.name != "home"]


def navigation(page: Page) -> Locator:
    """The navigation on the left."""
    return page.get_by_role("navigation", name="Navigation")


@pytest.mark.parametrize("role", Role)
async def test_each_role_sees_its_places(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/products")
    assert tab.operations() == 1
    assert sorted(await navigation(tab.page).get_by_role("link").all_inner_texts()) == sorted(SEEN[role])


@pytest.mark.parametrize("role", Role)
async def test_axe_finds_nothing_on_any_screen(company: Company, visit: Open, site_world: World, role: Role) -> None:
    parts = await parts_of(company, site_world)
    tab = await visit(company.people[role])
    for screen in SHOWN:
        await tab.open(screen.address(**parts))
        await tab.axe_everywhere()


async def test_axe_finds_nothing_in_menus_and_dialogs(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/products")
    await tab.page.get_by_role("button", name="settings and sign-out").click()
    await expect(tab.page.get_by_role("menu")).to_be_visible()
    await tab.axe()
    await tab.escape()
    await tab.page.keyboard.press("Control+k")
    await expect(tab.page.get_by_role("dialog")).to_be_visible()
    await tab.axe()


async def test_the_search_leads_to_people_by_keyboard(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/products")
    await tab.page.keyboard.press("Control+k")
    await expect(tab.page.get_by_role("combobox")).to_be_focused()
    await tab.page.keyboard.type(company.people[Role.USER].email)
    await expect(tab.page.get_by_role("option")).to_have_count(1)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Ada Byron")).to_be_focused()


async def test_the_search_does_not_open_over_a_dialog(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile?dialog=password")
    await expect(tab.page.get_by_role("dialog")).to_be_focused()
    await tab.page.keyboard.press("Control+k")
    await tab.escape()
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await tab.page.keyboard.press("Control+k")
    await expect(tab.page.get_by_role("combobox", name="Go to a page")).to_be_focused()


async def test_a_person_signs_in_and_out(visit: Open) -> None:
    tab = await visit()
    _, carl, _ = SIGN_INS
    await tab.page.goto(f"{tab.address}/")
    dialog = tab.page.get_by_role("dialog", name="Sign in")
    await dialog.get_by_label("E-mail address").fill(carl.email)
    await dialog.get_by_label("Password").fill("wrong")
    await tab.page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("The address or the password is wrong")
    await tab.axe()
    await dialog.get_by_label("Password").fill(carl.password)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_visible()
    await tab.page.get_by_role("button", name="settings and sign-out").click()
    await tab.page.get_by_role("menuitem", name="Sign out").click()
    await expect(dialog).to_be_visible()


async def test_a_session_that_ends_costs_nothing_that_was_typed(
    company: Company, visit: Open, site_world: World
) -> None:
    coordinator = company.people[Role.SOFTWARE_COORDINATOR]
    await site_world.set_password(coordinator.id, "a password of eleven words")
    tab = await visit(coordinator)
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.context.clear_cookies()
    search = tab.page.get_by_label("Search", exact=True)
    await search.fill(company.people[Role.USER].email)
    dialog = tab.page.get_by_role("dialog", name="Sign in")
    await dialog.get_by_label("E-mail address").fill(coordinator.email)
    await dialog.get_by_label("Password").fill("a password of eleven words")
    await tab.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await expect(search).to_have_value(company.people[Role.USER].email)


async def test_a_tab_learns_that_another_person_has_signed_in(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people")
    other = await tab.page.context.new_page()
    await tab.page.context.clear_cookies()
    await other.goto(f"{tab.address}/")
    await other.get_by_role("button", name="Contract manager").click()
    await expect(tab.page.get_by_role("alertdialog", name="Somebody else is signed in now")).to_be_visible()
    await expect(tab.page.locator("tbody tr").first).to_be_hidden()
    await tab.axe()


@pytest.mark.parametrize("failure", ["503", "nothing", "something else"])
async def test_a_server_that_is_away_is_waited_for(company: Company, visit: Open, failure: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    tab.operations()

    async def fail(route: Route) -> None:
        if failure == "503":
            await route.fulfill(status=503, body="{}")
        elif failure == "nothing":
            await route.abort()
        else:
            await route.fulfill(status=200, body="<h1>A proxy</h1>", content_type="text/html")

    await tab.page.route("**/graphql", fail)
    await tab.page.get_by_label("Role").select_option("User")
    banner = tab.page.get_by_role("alert").filter(has_text="Usher does not answer")
    await expect(banner).to_be_visible()
    assert tab.operations() == 2, "A query is tried once more by itself."
    await expect(tab.page.locator("tbody tr")).to_have_count(3)
    await tab.axe()
    await tab.page.unroute("**/graphql")
    await banner.get_by_role("button", name="Try again").click()
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await expect(banner).to_have_count(0)
    tab.complaints.clear()  # the browser reports each failed request


async def test_a_late_answer_leaves_the_page_usable(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    async with tab.answers_held():
        await tab.page.get_by_label("Role").select_option("User")
        await expect(tab.page.get_by_role("status").filter(has_text="Loading")).to_be_visible()
        await expect(tab.page.locator("tbody tr")).to_have_count(3)
    await expect(tab.page.locator("tbody tr")).to_have_count(1)


async def test_an_address_that_leads_nowhere_says_so(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    response = await tab.page.goto(f"{tab.address}/nowhere")
    assert response is not None
    assert response.status == 404
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await tab.axe()
    tab.complaints.clear()  # the browser reports the status
    await tab.page.get_by_role("link", name="Go to the start").click()
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_visible()


async def test_language_and_theme_are_chosen_and_kept(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people")
    for button, choice in [("settings and sign-out", "Deutsch"), ("Einstellungen und Abmelden", "Dunkel")]:
        await tab.page.get_by_role("button", name=button).click()
        await tab.page.get_by_role("menuitemradio", name=choice).click()
        await tab.page.keyboard.press("Escape")
    await tab.page.reload()
    await tab.settled()
    await expect(tab.page.get_by_role("heading", name="Benutzerverwaltung")).to_be_visible()
    await expect(tab.page.locator("html")).to_have_attribute("lang", "de")
    await expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    await tab.axe()


async def test_a_person_switches_between_teams(company: Company, visit: Open, site_world: World) -> None:
    other = await site_world.team()
    manager = company.people[Role.CONTRACT_MANAGER]
    await site_world.add_member(other, manager.id, Role.USER)
    tab = await visit(manager)
    await tab.open(f"/teams/{company.team}/products")
    await tab.page.get_by_role("button", name="Choose another team").click()
    await tab.page.get_by_role("menuitemradio", checked=False).click()
    await tab.settled()
    assert tab.path == f"/teams/{other}/products"
    await expect(navigation(tab.page).get_by_role("link", name="User Management")).to_have_count(0)
    await tab.page.go_back()
    await expect(navigation(tab.page).get_by_role("link", name="User Management")).to_be_visible()


async def test_a_switch_never_leads_to_a_place_that_is_not_there(
    company: Company, visit: Open, site_world: World
) -> None:
    other = await site_world.team()
    manager = company.people[Role.CONTRACT_MANAGER]
    await site_world.add_member(other, manager.id, Role.USER)
    tab = await visit(manager)
    for place, reached in [("people", "products"), ("reporting", "reporting")]:
        await tab.open(f"/teams/{company.team}/{place}")
        await tab.page.get_by_role("button", name="Choose another team").click()
        await tab.page.get_by_role("menuitemradio", checked=False).click()
        await tab.page.wait_for_url(f"**/teams/{other}/{reached}")
        await tab.settled()
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_have_count(0)


async def test_the_search_never_opens_a_person_who_does_not_match(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/products")
    await tab.page.keyboard.press("Control+k")
    field = tab.page.get_by_role("combobox")
    await field.fill(company.people[Role.USER].email)
    await expect(tab.page.get_by_role("option")).to_have_count(1)
    async with tab.answers_held():
        await field.fill("repzzz")
        await tab.page.keyboard.press("Enter")
        await expect(tab.page.get_by_role("option")).to_have_count(0)
    assert tab.path == f"/teams/{company.team}/products"
    await tab.settled()


async def test_messages_go_on_their_own_after_one_is_dismissed_by_keyboard(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.page.clock.install()
    await tab.open(f"/teams/{company.team}/settings")
    name = tab.page.get_by_label("Name", exact=True)
    messages = tab.page.get_by_role("status").filter(has_text="saved").locator(".toast")
    for number in (1, 2):
        await name.fill(f"Renamed {number} {company.team[-6:]}")
        await tab.page.keyboard.press("Enter")
        await expect(messages).to_have_count(number)
    await tab.press(messages.first.get_by_role("button", name="Dismiss"))
    await expect(messages).to_have_count(1)
    await tab.page.clock.fast_forward(15_000)
    await expect(messages).to_have_count(0)
