"""What a person saw is not shown to the person who sits at the browser after them."""

from playwright.async_api import Page, expect

from domain.roles import Role
from tests.support import site
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open, Site

PASSWORD = "a password of eleven words"
NOTE_RESTORED = (
    "addEventListener('pageshow', (event) => { if (event.persisted) sessionStorage.setItem('kept', 'yes'); });"
)


async def sign_out(page: Page) -> None:
    """Sign out as people do."""
    await page.get_by_role("button", name="settings and sign-out").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("dialog", name="Sign in")).to_be_visible()


async def test_back_after_a_sign_out_shows_nothing_of_the_person_before(company: Company, usher: Site) -> None:
    # Playwright switches off what browsers do: keep a page as it is, and show it again at once after Back.
    async with site.chromium(site.WHOLE, without=["--disable-back-forward-cache"]) as browser:
        context = await browser.new_context(locale="en-GB")
        await site.sign_in(context, usher.address, company.people[Role.CONTRACT_MANAGER])
        tab = await Visit.of(context, usher.address)
        await tab.page.add_init_script(NOTE_RESTORED)
        await tab.open(f"/teams/{company.team}/people")
        await expect(tab.page.locator("tbody tr")).to_have_count(3)
        await sign_out(tab.page)
        await tab.page.evaluate("history.back()")
        await tab.page.wait_for_url("**/people")
        await expect(tab.page.get_by_role("dialog", name="Sign in")).to_be_visible()
        await expect(tab.page.locator("tbody tr")).to_have_count(0)
        assert await tab.page.evaluate("sessionStorage.getItem('kept')") == "yes", "The browser had not kept the page."


async def test_a_sign_out_hides_what_other_tabs_show_until_the_person_is_back(
    company: Company, visit: Open, site_world: World
) -> None:
    coordinator = company.people[Role.SOFTWARE_COORDINATOR]
    await site_world.set_password(coordinator.id, PASSWORD)
    tab = await visit(coordinator)
    await tab.open(f"/teams/{company.team}/people")
    search = tab.page.get_by_label("Search", exact=True)
    await search.fill(company.people[Role.USER].email)
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    other = await tab.page.context.new_page()
    await other.goto(f"{tab.address}/")
    await sign_out(other)
    dialog = tab.page.get_by_role("dialog", name="Sign in")
    await expect(dialog).to_be_visible()
    await expect(tab.page.locator("tbody tr")).to_be_hidden()
    await tab.axe()
    await dialog.get_by_label("E-mail address").fill(coordinator.email)
    await dialog.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(tab.page.locator("tbody tr")).to_be_visible()
    await expect(search).to_have_value(company.people[Role.USER].email)


async def test_a_sign_out_hides_the_dialogs_of_other_tabs_too(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open("/profile?dialog=password")
    behind = tab.page.locator(".dialog").filter(has_text="Change")
    await expect(behind).to_be_visible()
    other = await tab.page.context.new_page()
    await other.goto(f"{tab.address}/")
    await sign_out(other)
    await expect(tab.page.get_by_role("dialog", name="Sign in")).to_be_visible()
    await expect(behind).to_be_hidden()
