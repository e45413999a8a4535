"""Profile: where a person is signed in, and how they end sessions."""

from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open


def rows(tab: Visit) -> Locator:
    """The rows of the list."""
    return tab.page.locator("tbody tr")


async def test_a_person_ends_one_session_or_all_others(company: Company, visit: Open, site_world: World) -> None:
    who = company.people[Role.USER]
    for _ in range(3):
        await site_world.session(who.id)
    tab = await visit(who)
    await tab.open("/profile/sessions")
    assert tab.operations() == 1
    await expect(rows(tab)).to_have_count(4)
    current = rows(tab).filter(has_text="This session")
    await expect(current.get_by_role("button")).to_have_count(0)
    await rows(tab).get_by_role("button", name="End").first.click()
    await expect(rows(tab)).to_have_count(3)
    assert len(await site_world.sessions(who.id)) == 3
    await tab.page.get_by_role("button", name="End all other sessions").click()
    await expect(rows(tab)).to_have_count(1)
    await expect(current).to_be_visible()
    assert len(await site_world.sessions(who.id)) == 1
    await tab.axe()


async def test_sessions_that_a_new_password_ended_are_gone_before_any_answer(
    company: Company, visit: Open, site_world: World
) -> None:
    who = company.people[Role.USER]
    await site_world.session(who.id)
    tab = await visit(who)
    await tab.open("/profile/sessions")
    await expect(rows(tab)).to_have_count(2)
    parts = tab.page.get_by_role("navigation", name="Parts of the profile")
    await parts.get_by_role("link", name="Account").click()
    await tab.page.get_by_role("button", name="Change the password").click()
    dialog = tab.page.get_by_role("dialog", name="Change the password")
    await dialog.get_by_label("New password").fill("another password of a few words")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="1 other session has ended")).to_be_visible()
    await expect(dialog).to_have_count(0)
    waiting: list[Route] = []

    async def hold(route: Route) -> None:
        waiting.append(route)

    await tab.page.route("**/graphql", hold)
    await parts.get_by_role("link", name="Sessions").click()
    await expect(tab.page.get_by_role("columnheader", name="Device")).to_be_visible()
    await expect(rows(tab)).to_have_count(1)
    assert waiting
    for one in waiting:
        await one.continue_()


async def test_who_is_signed_in_only_here_reads_why_there_is_nothing_to_end(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile/sessions")
    await tab.page.get_by_role("button", name="End all other sessions").focus()
    await expect(tab.page.get_by_role("tooltip")).to_have_text("You are signed in only here.")
    await tab.page.keyboard.press("Enter")
    await expect(rows(tab)).to_have_count(1)
