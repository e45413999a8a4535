"""Profile: how a contract manager gets the notices of each kind, and what they cannot switch off."""

import pytest
from playwright.async_api import Locator, Route, expect

from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from tests.support.database import fetch_rows
from tests.support.hands import Keyboard
from tests.support.notices import Agreement, agree
from tests.support.site import Theme, Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

STORED = "select kind, delivery from notice_preferences where team_id = $1 and user_id = $2"


@pytest.fixture
async def agreed(site_world: World) -> Agreement:
    """A contract with a contact person and another contract manager."""
    return await agree(site_world)


def button(tab: Visit, kind: str, name: str) -> Locator:
    """A button of a kind of notices."""
    return tab.page.get_by_role("group", name=kind).get_by_role("button", name=name, exact=True)


async def stored(world: World, agreed: Agreement, user_id: str) -> dict[str, str]:
    """What a person has set."""
    found = await fetch_rows(world.database, STORED, agreed.team, user_id)
    return dict(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_contract_manager_sets_and_undoes_it_by_keyboard(
    agreed: Agreement, visit: Open, site_world: World, theme: Theme
) -> None:
    who = agreed.other
    await agreed.prefer(who, NoticeKind.EXPIRY, Delivery.AT_ONCE)
    tab = await visit(who, theme=theme)
    await tab.open("/profile/notices")
    assert tab.operations() == 1
    await expect(tab.page.locator("[aria-pressed=true]")).to_have_count(len(NoticeKind))
    await expect(button(tab, "Subscription ends", "At once")).to_have_attribute("aria-pressed", "true")
    await tab.axe_everywhere()
    digest = button(tab, "Subscription ends", "Once a day")
    await Keyboard(tab).reach(digest)
    await tab.page.keyboard.press("Enter")
    await expect(digest).to_have_attribute("aria-pressed", "true")
    await expect(digest).to_be_focused()
    message = tab.page.get_by_role("status").filter(has_text="Subscription ends: Once a day")
    await expect(message).to_be_visible()
    assert await stored(site_world, agreed, who.id) == {"expiry": "digest"}
    await message.get_by_role("button", name="Undo").click()
    await expect(button(tab, "Subscription ends", "At once")).to_have_attribute("aria-pressed", "true")
    assert await stored(site_world, agreed, who.id) == {"expiry": "at_once"}
    off = button(tab, "Subscription ends", "Off")
    await off.click()
    await expect(off).to_have_attribute("aria-pressed", "true")
    await tab.page.reload()
    await expect(off).to_have_attribute("aria-pressed", "true")


async def test_what_the_contact_person_must_get_stays_on_and_says_why(
    agreed: Agreement, visit: Open, site_world: World
) -> None:
    tab = await visit(agreed.contact)
    await tab.open("/profile/notices")
    off = button(tab, "Payment overdue", "Off")
    await Keyboard(tab).reach(off)
    reason = await tab.page.get_by_role("tooltip").inner_text()
    assert "because you are the contact person" in reason
    await expect(off).to_have_accessible_description(reason)
    await expect(off).to_have_attribute("aria-pressed", "false")
    tab.operations()
    await tab.page.keyboard.press("Enter")
    assert tab.operations() == 0
    await button(tab, "Payment overdue", "Once a day").click()
    await expect(button(tab, "Payment overdue", "Once a day")).to_have_attribute("aria-pressed", "true")
    await button(tab, "Announcement of the vendor", "Off").click()  # nobody must get these
    await expect(button(tab, "Announcement of the vendor", "Off")).to_have_attribute("aria-pressed", "true")
    assert await stored(site_world, agreed, agreed.contact.id) == {"payment_overdue": "digest", "announcement": "off"}


async def test_who_has_become_the_contact_person_meanwhile_reads_that_it_stays_on(
    agreed: Agreement, visit: Open, site_world: World
) -> None:
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.DIGEST)
    tab = await visit(agreed.other)
    await tab.open("/profile/notices")
    await expect(button(tab, "Renews itself soon", "Off")).to_be_enabled()
    change = "update contracts set contact_id = $2 where id = $1"
    await fetch_rows(site_world.database, change, agreed.contract, agreed.other.id)
    await button(tab, "Renews itself soon", "Off").click()
    await expect(tab.page.get_by_role("alert").filter(has_text="cannot switch these mails off")).to_be_visible()
    await expect(button(tab, "Renews itself soon", "Once a day")).to_have_attribute("aria-pressed", "true")
    await expect(button(tab, "Renews itself soon", "Off")).to_have_attribute("aria-disabled", "true")
    assert await stored(site_world, agreed, agreed.other.id) == {"renewal": "digest"}


async def test_an_impatient_click_is_one_change(agreed: Agreement, visit: Open) -> None:
    tab = await visit(agreed.other)
    await tab.open("/profile/notices")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await tab.page.route("**/graphql", hold)
    digest = button(tab, "Order confirmed", "Once a day")
    await digest.click()
    await expect(digest).to_have_attribute("aria-busy", "true")
    await digest.click(force=True)
    await button(tab, "Order confirmed", "At once").click(force=True)
    assert len(held) == 1
    await held[0].continue_()
    await expect(digest).to_have_attribute("aria-pressed", "true")
    assert len(held) == 1


async def test_each_team_has_its_own_in_german(agreed: Agreement, visit: Open, site_world: World) -> None:
    team = await site_world.team()
    await site_world.add_member(team, agreed.other.id, Role.CONTRACT_MANAGER)
    await site_world.add_member(await site_world.team(), agreed.other.id, Role.SOFTWARE_COORDINATOR)
    tab = await visit(agreed.other)
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open("/profile/notices")
    await expect(tab.page.locator("main h2")).to_have_count(2)
    await expect(tab.page.get_by_role("group", name="Zahlung überfällig")).to_have_count(2)
    await tab.axe()


async def test_a_contract_manager_of_more_teams_than_a_page_has_finds_the_last(visit: Open, site_world: World) -> None:
    who = await site_world.person()
    for _ in range(101):
        await site_world.add_member(await site_world.team(), who.id, Role.CONTRACT_MANAGER)
    tab = await visit(who)
    await tab.open("/profile/notices")
    await expect(tab.page.locator("main h2")).to_have_count(101)
    off = tab.page.get_by_role("group", name="Announcement of the vendor").last.get_by_role("button", name="Off")
    await off.click()
    await expect(off).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_read_who_gets_notices(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open("/profile/notices")
    await expect(tab.page.get_by_role("heading", name="You get no notices")).to_be_visible()
    await tab.axe()
