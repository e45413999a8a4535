"""Team, its settings: each by the role that may change it, with the reason where somebody may not."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support import site
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
NAMES = ["<script>alert(1)</script>", "فريق الأدوات", "設計部", "n" * 100]


async def opened(visit: Open, company: Company, role: Role) -> Visit:
    """Open the settings as a person of this role."""
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings")
    return tab


def separation(tab: Visit) -> Locator:
    """The part about the separation of duties."""
    return tab.page.locator(".setting").filter(has_text="Separation of duties")


def shown_team(tab: Visit) -> Locator:
    """The name of the team in the navigation."""
    return tab.page.get_by_role("banner").locator("strong")


async def test_a_user_sees_no_settings(company: Company, visit: Open) -> None:
    tab = await opened(visit, company, Role.USER)
    for path in ("", "/tokens", "/audit", "/history"):
        await tab.open(f"/teams/{company.team}/settings{path}")
        await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await expect(tab.page.get_by_role("link", name="Team", exact=True)).to_have_count(0)


@pytest.mark.parametrize("role", MANAGERS)
async def test_who_manages_the_team_renames_it_and_takes_it_back(company: Company, visit: Open, role: Role) -> None:
    tab = await opened(visit, company, role)
    assert tab.operations() == 1
    name = tab.page.get_by_label("Name", exact=True)
    before = await name.input_value()
    await name.fill(f"Renamed {company.team[-6:]}")
    await name.press("Enter")
    await expect(shown_team(tab)).to_have_text(f"Renamed {company.team[-6:]}")
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(shown_team(tab)).to_have_text(before)
    await expect(name).to_have_value(before)


async def test_a_name_that_could_not_be_taken_back_stays_in_its_field(company: Company, visit: Open) -> None:
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    name = tab.page.get_by_label("Name", exact=True)
    given = f"Renamed {company.team[-6:]}"
    await name.fill(given)
    await name.press("Enter")
    undo = tab.page.get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    await tab.page.route("**/graphql", lambda route: route.abort())
    await undo.click()
    await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await tab.page.unroute("**/graphql")
    tab.complaints.clear()  # the browser reports what was not answered
    await expect(name).to_have_value(given)
    await expect(shown_team(tab)).to_have_text(given)


@pytest.mark.parametrize("role", MANAGERS)
async def test_managers_set_when_the_last_seats_are_told(company: Company, visit: Open, role: Role) -> None:
    tab = await opened(visit, company, role)
    below, saved = tab.page.get_by_label("Mail when fewer seats are free than"), tab.page.get_by_role("status")
    await expect(below).to_have_value("")
    await below.fill("some")
    await below.press("Enter")
    await expect(tab.page.get_by_text("The number of seats is too small or too large.")).to_be_visible()
    await expect(below).to_be_focused()
    await tab.axe()
    await below.fill("3")
    await below.press("Enter")
    await expect(saved.filter(has_text="saved")).to_be_visible()
    await tab.page.reload()
    await expect(below).to_have_value("3")
    await below.fill("")
    await below.press("Enter")
    await expect(saved.filter(has_text="saved")).to_be_visible()
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(below).to_have_value("3")
    await tab.page.reload()
    await expect(below).to_have_value("3")


@pytest.mark.parametrize("role", MANAGERS)
async def test_only_a_contract_manager_changes_the_rules_and_others_read_why(
    company: Company, visit: Open, role: Role
) -> None:
    tab = await opened(visit, company, role)
    button = separation(tab).get_by_role("button", name="Separate duties")
    if role is Role.SOFTWARE_COORDINATOR:
        await button.focus()
        await expect(button).to_have_attribute("aria-disabled", "true")
        await expect(tab.page.get_by_role("tooltip")).to_be_visible()
        reason = await button.get_attribute("aria-describedby")
        assert reason
        tab.operations()
        await tab.page.keyboard.press("Enter")
        assert tab.operations() == 0
        return
    # The second press of a double click comes after the answer to the first. It does not switch the rule back.
    tab.operations()
    await button.click(click_count=2, delay=1_000)
    await expect(separation(tab).get_by_text("On", exact=True)).to_be_visible()
    assert tab.operations() == 1
    await expect(separation(tab).get_by_role("button", name="Stop separating duties")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(separation(tab).get_by_text("Off", exact=True)).to_be_visible()


@pytest.mark.parametrize("part", ["name", "rule"])
async def test_what_is_undone_from_another_screen_is_told(company: Company, visit: Open, part: str) -> None:
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    if part == "name":
        await tab.page.get_by_label("Name", exact=True).fill(f"Renamed {company.team[-6:]}")
        await tab.page.keyboard.press("Enter")
    else:
        await separation(tab).get_by_role("button", name="Separate duties").click()
    await expect(tab.page.get_by_role("button", name="Undo")).to_be_visible()
    await tab.page.get_by_role("link", name="Audit log").click()
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(tab.page.get_by_role("status").filter(has_text="Undone")).to_be_visible()


async def test_nobody_locks_themselves_out_with_the_second_factor(company: Company, visit: Open) -> None:
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    await tab.page.get_by_role("button", name="Require a second factor").click()
    await expect(tab.page.get_by_role("alert").filter(has_text="This needs a second factor")).to_be_visible()
    await tab.axe()


async def test_a_taken_or_empty_name_stands_at_its_field(company: Company, visit: Open, site_world: World) -> None:
    assert await site_world.team()
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    name = tab.page.get_by_label("Name", exact=True)
    await name.fill(" ")
    await name.press("Enter")
    await expect(tab.page.get_by_text("A name has 1 to 100 characters")).to_be_visible()
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await tab.axe()


@pytest.mark.parametrize("name", NAMES)
async def test_names_of_teams_are_shown_as_they_are(company: Company, visit: Open, name: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER], width=320)
    await tab.open(f"/teams/{company.team}/settings")
    # Each test has its own team, and names are unique.
    given = f"{name[:90]} {company.team[-6:]}"
    field = tab.page.get_by_label("Name", exact=True)
    await field.fill(given)
    await field.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    await tab.page.reload()
    await tab.settled()
    await expect(field).to_have_value(given)
    assert await tab.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_a_session_that_ends_in_the_form_costs_nothing_that_was_typed(
    company: Company, visit: Open, site_world: World
) -> None:
    manager = company.people[Role.CONTRACT_MANAGER]
    await site_world.set_password(manager.id, "a password of eleven words")
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    name = f"Kept {company.team[-6:]}"
    await tab.page.get_by_label("Name", exact=True).fill(name)
    await tab.page.context.clear_cookies()
    await tab.page.get_by_role("button", name="Save").click()
    dialog = tab.page.get_by_role("dialog", name="Sign in")
    # What would leave the page opens in another tab.
    await expect(dialog.get_by_role("link", name="Forgot your password?")).to_have_attribute("target", "_blank")
    await dialog.get_by_label("E-mail address").fill(manager.email)
    await dialog.get_by_label("Password").fill("a password of eleven words")
    await tab.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(shown_team(tab)).to_have_text(name)
    tab.complaints.clear()  # the browser reports the answer 401


async def test_another_person_in_another_tab_changes_nothing_here(company: Company, visit: Open) -> None:
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    await tab.page.get_by_label("Name", exact=True).fill("Typed by somebody else")
    other = await tab.page.context.new_page()
    await tab.page.context.clear_cookies()
    await other.goto(f"{tab.address}/sign-in")
    await other.get_by_role("button", name="Contract manager").click()
    await expect(other.get_by_role("heading", name="Products and Services")).to_be_visible()
    await tab.page.get_by_role("alertdialog", name="Somebody else is signed in now").get_by_role("button").focus()
    tab.operations()
    await tab.escape()
    await expect(tab.page.get_by_role("alertdialog")).to_be_visible()
    assert tab.operations() == 0


async def test_nothing_is_changed_as_a_person_who_signed_in_without_a_word_to_the_tabs(
    company: Company, visit: Open
) -> None:
    tab = await opened(visit, company, Role.SOFTWARE_COORDINATOR)
    name = tab.page.get_by_label("Name", exact=True)
    before = await name.input_value()
    # Another tab shows a page that is not the console, and there somebody signs in who may do the same.
    await site.sign_in(tab.page.context, tab.address, company.people[Role.CONTRACT_MANAGER])
    await name.fill(f"Renamed {company.team[-6:]}")
    await name.press("Enter")
    await expect(tab.page.get_by_role("alertdialog", name="Somebody else is signed in now")).to_be_visible()
    await expect(tab.page.get_by_role("status").filter(has_text="saved")).to_have_count(0)
    tab.complaints.clear()  # the browser reports the answer 409
    # The other person goes on in this tab: nothing was changed in their name.
    await tab.page.get_by_role("alertdialog").get_by_role("button").click()
    await tab.settled()
    await tab.open(f"/teams/{company.team}/settings/audit")
    await expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(tab.page.locator("tbody tr").filter(has_text="Settings changed")).to_have_count(0)
    await tab.open(f"/teams/{company.team}/settings")
    await expect(name).to_have_value(before)


async def test_a_lost_answer_is_repeated_with_the_same_key(company: Company, visit: Open) -> None:
    tab = await opened(visit, company, Role.CONTRACT_MANAGER)
    button = separation(tab).get_by_role("button", name="Separate duties")
    async with tab.answers_lost():
        await button.click()
        await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await button.click()
    await expect(separation(tab).get_by_text("On", exact=True)).to_be_visible()
    await tab.open(f"/teams/{company.team}/settings/audit")
    await expect(tab.page.locator("tbody tr").filter(has_text="Settings changed")).to_have_count(1)


@pytest.mark.parametrize(("answer", "text"), [("resolve()", "Copied"), ("reject(new Error())", "Could not be copied.")])
async def test_whether_the_id_was_copied_is_told(company: Company, visit: Open, answer: str, text: str) -> None:
    tab = await opened(visit, company, Role.SOFTWARE_COORDINATOR)
    await tab.page.evaluate(f"() => {{ navigator.clipboard.writeText = () => Promise.{answer}; }}")
    await tab.page.get_by_role("button", name="Copy the id of the team").click()
    await expect(tab.page.locator("main").get_by_role("status").filter(has_text=text)).to_be_visible()
    await tab.axe()
