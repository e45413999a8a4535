"""Billing and Orders: the place of contract managers, with the seats of the team."""

import pytest
from playwright.async_api import expect

from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open


async def test_a_contract_manager_sees_the_pools_of_the_team(company: Company, visit: Open, site_world: World) -> None:
    other = await site_world.product("<em>Kiln</em>")
    await site_world.pool(company.team, 1, other)
    await site_world.give_seat(company.team, other, company.people[Role.USER].id)
    await site_world.wait(company.team, other, company.people[Role.SOFTWARE_COORDINATOR].id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/billing")
    assert tab.operations() == 1
    rows = tab.page.locator("tbody tr")
    await expect(rows).to_have_count(2)
    kiln = rows.filter(has_text="<em>Kiln</em>")
    assert (await kiln.locator("td").all_inner_texts())[:4] == ["1", "1", "0", "1"]
    await expect(kiln).to_contain_text("100%")
    first = rows.filter(has_not_text="Kiln")
    assert (await first.locator("td").all_inner_texts())[:4] == ["5", "1", "4", "0"]
    await tab.axe()
    await kiln.get_by_role("link", name="<em>Kiln</em>").click()
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_focused()
    await expect(rows).to_have_count(1)


async def test_a_team_without_seats_reads_where_they_come_from(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    tab = await visit(await site_world.member(team, Role.CONTRACT_MANAGER))
    await tab.open(f"/teams/{team}/billing")
    await expect(tab.page.get_by_role("heading", name="The team has no seats")).to_be_visible()
    await tab.axe()


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_have_no_billing(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/billing")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
