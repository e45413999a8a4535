"""Reporting: a user sees the usage of their own seats, those who manage the team that of all."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from db.tables.seats import Seat
from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open


async def seat_of(world: World, company: Company, user: str) -> str:
    """The seat that a person holds."""
    async with world.engine.connect() as connection:
        held = select(Seat.id).where(Seat.team_id == company.team, Seat.holder_id == user)
        return str((await connection.execute(held)).scalar_one())


@pytest.fixture
async def used(company: Company, site_world: World) -> Company:
    """The company, in which the user and the coordinator used their seats: yesterday, and 60 days ago."""
    today = datetime.now(UTC).date()
    days = {Role.USER: today - timedelta(days=1), Role.SOFTWARE_COORDINATOR: today - timedelta(days=60)}
    await site_world.give_seat(company.team, company.product, company.people[Role.SOFTWARE_COORDINATOR].id)
    for role, day in days.items():
        user = company.people[role].id
        seat = await seat_of(site_world, company, user)
        await site_world.add_usage(company.team, seat, user, day)
    return company


async def test_a_user_sees_their_own_usage(used: Company, visit: Open) -> None:
    tab = await visit(used.people[Role.USER])
    await tab.open(f"/teams/{used.team}/reporting")
    assert tab.operations() == 1
    row = tab.page.locator("tbody tr")
    await expect(row).to_have_count(1)
    assert (await row.locator("td").all_inner_texts())[:2] == ["1.5", "2"]
    await expect(tab.page.get_by_role("columnheader", name="Holder")).to_have_count(0)
    await expect(tab.page.get_by_label("Product")).to_have_count(0)


@pytest.mark.parametrize("role", [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER])
async def test_who_manages_the_team_sees_the_usage_of_each_seat(used: Company, visit: Open, role: Role) -> None:
    tab = await visit(used.people[role])
    await tab.open(f"/teams/{used.team}/reporting")
    assert tab.operations() == 1
    rows = tab.page.locator("tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.filter(has_text="Not in this time")).to_have_count(1)
    await tab.axe()
    await tab.page.get_by_label("Time").select_option("Last 90 days")
    await expect(rows.filter(has_text="Not in this time")).to_have_count(0)
    await expect(rows.filter(has_text="1.5")).to_have_count(2)
    assert tab.path.endswith("?days=90")
    await tab.page.get_by_label("Product").select_option(value=used.product)
    await expect(rows).to_have_count(2)
    await tab.page.go_back()
    await tab.page.go_back()
    await expect(rows.filter(has_text="Not in this time")).to_have_count(1)


async def test_a_person_without_a_seat_reads_the_next_step(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit(await site_world.member(company.team, Role.USER))
    await tab.open(f"/teams/{company.team}/reporting")
    await expect(tab.page.get_by_role("heading", name="You hold no seat")).to_be_visible()
    await tab.axe()
    await tab.page.locator(".empty").get_by_role("link", name="Products and Services").click()
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_focused()
