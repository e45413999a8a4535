"""The groups of a member: changed together, refused beside their names, and taken back."""

import re

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import Account, World
from tests.web.conftest import Company, Open


@pytest.fixture
async def zoe(company: Company, site_world: World) -> Account:
    """A member without a seat."""
    return await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))


async def open_dialog(tab: Visit, world: World, company: Company, account: Account) -> Locator:
    """Open the page of a member, and there the dialog that changes their groups."""
    member = await world.member_id(company.team, account.id)
    await tab.open(f"/teams/{company.team}/people/members/{member}")
    await tab.page.get_by_role("button", name="Change groups").click()
    return tab.page.get_by_role("dialog", name="Groups of Zoë Zweig")


def groups(tab: Visit) -> Locator:
    """The groups that the page shows."""
    return tab.page.locator(".member-groups").get_by_role("link")


async def test_a_person_changes_groups_at_once_with_somebody_else_and_keeps_a_scarce_seat(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    old, new, others = [await site_world.group(company.team, name) for name in ("Old", "New", "Others")]
    scarce = await site_world.pool(company.team, 1, await site_world.product("Scarce " + company.team))
    for group in (old, new):
        await site_world.add_group_product(company.team, group, scarce)
    await site_world.add_to_group(company.team, old, zoe.id)
    await site_world.give_seat(company.team, scarce, zoe.id, "group", old)
    await site_world.wait(company.team, scarce, company.people[Role.USER].id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    dialog = await open_dialog(tab, site_world, company, zoe)
    await dialog.get_by_label("Old").uncheck()
    await dialog.get_by_label("New").check()
    await site_world.add_to_group(company.team, others, zoe.id)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(groups(tab)).to_have_text(["New", "Others"])
    row = tab.page.get_by_role("table", name="Product access").locator("tbody tr").filter(has_text="Scarce")
    await expect(row).to_contain_text("Group New")
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(groups(tab)).to_have_text(["Old", "Others"])
    await expect(row).to_contain_text("Group Old")


async def test_undo_of_a_change_of_groups_goes_on_without_a_seat(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    old = await site_world.group(company.team, "Old")
    await site_world.group(company.team, "New")
    scarce = await site_world.pool(company.team, 1, await site_world.product("Scarce " + company.team))
    await site_world.add_group_product(company.team, old, scarce)
    await site_world.add_to_group(company.team, old, zoe.id)
    await site_world.give_seat(company.team, scarce, zoe.id, "group", old)
    await site_world.wait(company.team, scarce, company.people[Role.USER].id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    dialog = await open_dialog(tab, site_world, company, zoe)
    await dialog.get_by_label("Old").uncheck()
    await dialog.get_by_label("New").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(groups(tab)).to_have_text(["New"])
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(groups(tab)).to_have_text(["Old"])
    await expect(tab.page.get_by_role("alert").get_by_text("No seat is left.")).to_be_visible()
    await expect(tab.page.get_by_text("Undone")).to_have_count(0)


async def test_undo_also_takes_back_what_was_saved_before_a_step_was_refused(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    await site_world.group(company.team, "Arts")
    brief, crowded = [await site_world.group(company.team, name) for name in ("Brief", "Crowded")]
    full = await site_world.pool(company.team, 0, await site_world.product("Full " + company.team))
    await site_world.add_group_product(company.team, crowded, full)
    await site_world.add_to_group(company.team, brief, zoe.id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = await open_dialog(tab, site_world, company, zoe)
    for name in ("Arts", "Crowded"):
        await dialog.get_by_label(name).check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_label("Crowded")).to_have_accessible_description(re.compile("No seat is left."))
    await dialog.get_by_label("Crowded").uncheck()
    await dialog.get_by_label("Brief").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    await expect(groups(tab)).to_have_text(["Arts"])
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(groups(tab)).to_have_text(["Brief"])
    await expect(tab.page.get_by_text("Undone")).to_be_visible()


async def test_a_group_that_cannot_be_joined_says_why_beside_it(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    design = await site_world.group(company.team, "Design")
    full = await site_world.pool(company.team, 0, await site_world.product("Full " + company.team))
    await site_world.add_group_product(company.team, design, full)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = await open_dialog(tab, site_world, company, zoe)
    await dialog.get_by_label("Design").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_label("Design")).to_have_accessible_description(re.compile("No seat is left."))
    await dialog.get_by_label("If no seat is left").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(tab.page.get_by_role("link", name="Design")).to_be_visible()
