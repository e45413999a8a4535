"""The search over everything: it leads to every screen that a person may see, by its name and by other words for it."""

import pytest
from playwright.async_api import expect

from domain.roles import Role
from tests.support.site import screens
from tests.web.conftest import Company, Open

FIXED = [screen for screen in screens() if screen.access == "person" and set(screen.parts) <= {"team"}]
WORDS = [
    ("en", "audit", "settings/audit"),
    ("en", "tokens", "settings/tokens"),
    ("en", "team audit", "settings/audit"),
    ("en", "who held", "settings/history"),
    ("en", "by product", "people/products"),
    ("en", "waiting", "people/products"),
    ("en", "subscriptions", "contracts"),
    ("en", "credit notes", "billing/orders"),
    ("en", "reminders sent", "billing/notices"),
    ("en", "by user", "people"),
    ("en", "team settings", "settings"),
    ("en", "csv", "people/invite"),
    ("de", "audit", "settings/audit"),
    ("de", "token", "settings/tokens"),
    ("de", "nach produkt", "people/products"),
    ("de", "warteliste", "people/products"),
    ("de", "gutschriften", "billing/orders"),
    ("de", "erinnerungen gesendet", "billing/notices"),
    ("de", "anfragen", "people/requests"),
]


@pytest.mark.parametrize("role", Role)
async def test_the_search_leads_to_every_screen_that_a_person_may_see(
    company: Company, visit: Open, role: Role
) -> None:
    tab = await visit(company.people[role])
    seen, found = set[str](), set[str]()
    for screen in FIXED:
        await tab.open(screen.address(team=company.team))
        if screen.name != "home" and not await tab.page.get_by_role("heading", name="There is no such page").count():
            seen.add(tab.path)
    options = tab.page.get_by_role("dialog").get_by_role("option")
    await tab.page.keyboard.press("Control+k")
    await options.first.wait_for()
    for number in range(await options.count()):
        await options.nth(number).click()
        await tab.settled()
        found.add(tab.path)
        await tab.page.keyboard.press("Control+k")
    assert found == seen


@pytest.mark.parametrize(("language", "text", "path"), WORDS)
async def test_a_screen_is_found_by_its_name_and_by_other_words_for_it(
    company: Company, visit: Open, language: str, text: str, path: str
) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.page.add_init_script(f"localStorage.setItem('usher:language', '{language}')")
    await tab.open(f"/teams/{company.team}/reporting")
    await tab.page.keyboard.press("Control+k")
    await tab.page.get_by_role("dialog").get_by_role("combobox").fill(text)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await tab.settled()
    assert tab.path == f"/teams/{company.team}/{path}"


@pytest.mark.parametrize(("language", "text"), [("en", "sessions"), ("de", "sitzungen")])
async def test_a_user_finds_the_screens_of_the_profile(company: Company, visit: Open, language: str, text: str) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.page.add_init_script(f"localStorage.setItem('usher:language', '{language}')")
    await tab.open(f"/teams/{company.team}/products")
    await tab.page.keyboard.press("Control+k")
    await tab.page.get_by_role("dialog").get_by_role("combobox").fill(text)
    await tab.page.keyboard.press("Enter")
    await tab.page.wait_for_url("**/profile/sessions")
