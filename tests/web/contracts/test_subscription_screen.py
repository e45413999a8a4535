"""The page of a subscription: its terms, the changes of its seats, and who would lose a seat."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Theme, Visit
from tests.support.subscriptions import Made, add_term, day, make_contract, make_subscription, retire_seat, schedule
from tests.support.world import World
from tests.web.conftest import Company, Open


def table(tab: Visit, name: str) -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


@pytest.fixture
async def kiln(company: Company, site_world: World) -> Made:
    """A subscription of four seats in its first term, which ends in a month."""
    contract = await make_contract(site_world, company.team)
    product = await site_world.product(f"Kiln {company.team}")
    return await make_subscription(
        site_world, contract, company.team, (day(-335), day(29)), 4, product_id=product, auto_renew=True
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_its_terms_its_seats_and_who_would_lose_one(
    company: Company, visit: Open, site_world: World, kiln: Made, theme: Theme
) -> None:
    await add_term(site_world, kiln, 2, 12, 31_500)
    await retire_seat(site_world, kiln, kiln.seats[3], 2)
    zoe = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    for holder in (company.people[Role.USER], zoe):
        await site_world.give_seat(company.team, kiln.product, holder.id)
    await schedule(site_world, kiln, 1, effective_on=day(30))
    tab = await visit(company.people[Role.CONTRACT_MANAGER], theme=theme)
    await tab.open(f"/teams/{company.team}/contracts/subscriptions/{kiln.id}")
    assert tab.operations() == 1
    await expect(tab.page.locator(".facts")).to_contain_text("2 of 3")
    await expect(tab.page.locator(".facts")).to_contain_text("For 12 months")
    terms = table(tab, "Terms")
    assert await terms.locator("th").all_inner_texts() == ["1", "2"]
    assert await terms.locator("td").last.inner_text() == "€315.00"
    changes = table(tab, "Changes of seats")
    assert [await row.locator("td").all_inner_texts() for row in await changes.all()] == [["+4", "4"], ["-1", "3"]]
    scheduled = tab.page.locator(".section", has_text="Scheduled change")
    await expect(scheduled).to_contain_text("1 seat from")
    await expect(scheduled).to_contain_text("1 person would lose their seat")
    await expect(scheduled.get_by_role("listitem")).to_have_text(["Zoë Zweig"])  # the last who got one
    await tab.axe_everywhere()
    await scheduled.get_by_role("link", name="Zoë Zweig").click()
    await expect(tab.page.get_by_role("heading", name="Zoë Zweig")).to_be_focused()


async def test_a_change_that_takes_nobodys_seat(company: Company, visit: Open, site_world: World, kiln: Made) -> None:
    await schedule(site_world, kiln, 2)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/contracts/subscriptions/{kiln.id}")
    await expect(tab.page.locator("main")).to_contain_text("nobody would lose a seat")
    assert await table(tab, "Terms").locator("td").count() == 3  # without the price
    await tab.axe()


async def test_the_subscription_of_another_team_is_not_found_under_this_one(
    company: Company, visit: Open, site_world: World, kiln: Made
) -> None:
    other = await site_world.team()
    manager = company.people[Role.CONTRACT_MANAGER]
    await site_world.add_member(other, manager.id, Role.CONTRACT_MANAGER)
    tab = await visit(manager)
    await tab.open(f"/teams/{other}/contracts/subscriptions/{kiln.id}")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
