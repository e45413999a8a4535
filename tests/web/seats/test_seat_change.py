"""A seat that is assigned and taken back: after a lost answer, and while somebody else changes it, too."""

from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import Account, World
from tests.web.conftest import Company, Open


async def opened(visit: Open, world: World, company: Company, person: Account) -> Visit:
    """Open the page of a member as a coordinator."""
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/members/{await world.member_id(company.team, person.id)}")
    return tab


def access(tab: Visit) -> Locator:
    """The only product of the company, in the list of what the person may use."""
    return tab.page.get_by_role("table", name="Product access").locator("tbody tr")


async def press(tab: Visit, name: str) -> None:
    """Press the button of the product."""
    await access(tab).get_by_role("button", name=name).click()


async def test_a_lost_answer_is_not_taken_for_that_to_a_later_change(
    company: Company, visit: Open, site_world: World
) -> None:
    tab = await opened(visit, site_world, company, await site_world.member(company.team))
    async with tab.answers_lost(of="userIds"):
        await press(tab, "Assign")
        await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await press(tab, "Unassign")
    await expect(access(tab)).to_contain_text("No seat")
    await tab.settled()
    await press(tab, "Assign")
    await expect(tab.page.get_by_role("status").filter(has_text="has a seat of Product")).to_be_visible()
    await tab.settled()
    await expect(access(tab)).to_contain_text("Assigned since")
    await expect(access(tab).locator("td.number")).to_have_text("3")


async def test_what_somebody_else_did_meanwhile_is_not_offered_to_undo(
    company: Company, visit: Open, site_world: World
) -> None:
    person = await site_world.member(company.team)
    tab = await opened(visit, site_world, company, person)
    await site_world.give_seat(company.team, company.product, person.id)
    await press(tab, "Assign")
    await expect(tab.page.get_by_role("status").filter(has_text="has a seat of Product")).to_be_visible()
    await expect(access(tab)).to_contain_text("Assigned since")
    await expect(tab.page.get_by_role("button", name="Undo")).to_have_count(0)
    other = await opened(visit, site_world, company, person)
    await press(other, "Unassign")
    await expect(access(other)).to_contain_text("No seat")
    await other.settled()
    await press(tab, "Unassign")
    await expect(tab.page.get_by_role("status").filter(has_text="has no seat of Product")).to_be_visible()
    await expect(tab.page.get_by_role("button", name="Undo")).to_have_count(0)
