"""A team with more groups than a page has: each can be chosen everywhere, and a person loses none."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import Account, World
from tests.web.conftest import Company, Open

NUMBER = 230


@pytest.fixture
async def groups(company: Company, site_world: World) -> list[str]:
    """The ids of the groups, whose names sort them in this order."""
    return [await site_world.group(company.team, f"Gruppe {number:03}") for number in range(NUMBER)]


@pytest.fixture
async def zoe(company: Company, site_world: World, groups: list[str]) -> Account:
    """A member of all groups but the last and another one."""
    account = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    for group in [*groups[:7], *groups[8:-1]]:
        await site_world.add_to_group(company.team, group, account.id)
    return account


def links(tab: Visit) -> Locator:
    """The groups on the page of a person."""
    return tab.page.locator(".member-groups").get_by_role("link")


@pytest.mark.usefixtures("groups")
async def test_the_list_is_filtered_by_the_last_group_and_people_join_it(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people?role=USER")
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.get_by_role("button", name="Add to a group").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Group").select_option("Gruppe 229")
    await expect(dialog).to_contain_text("1 person changes")
    await dialog.get_by_role("button", name="Add to a group").click()
    await expect(dialog).to_have_count(0)
    await tab.page.get_by_label("Group").select_option("Gruppe 229")
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await tab.page.reload()
    await expect(tab.page.get_by_label("Group").locator("option:checked")).to_have_text("Gruppe 229")


async def test_people_move_into_the_last_group(
    company: Company, visit: Open, site_world: World, groups: list[str]
) -> None:
    await site_world.add_to_group(company.team, groups[0], company.people[Role.USER].id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/groups/{groups[0]}")
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.get_by_role("button", name="Move to another group").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("To the group").select_option("Gruppe 229")
    await expect(dialog).to_contain_text("1 person changes")
    await dialog.get_by_role("button", name="Move to another group").click()
    await expect(dialog).to_have_count(0)
    await tab.open(f"/teams/{company.team}/people/groups/{groups[-1]}")
    await expect(tab.page.locator("tbody tr")).to_have_count(1)


@pytest.mark.usefixtures("groups")
async def test_people_are_invited_into_the_last_group(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite")
    await expect(tab.page.get_by_label("Group").locator("option")).to_have_count(NUMBER + 1)
    assert await tab.page.get_by_label("Group").locator("option").last.inner_text() == "Gruppe 229"


async def test_a_person_in_many_groups_joins_and_leaves_one_by_keyboard_and_loses_no_other(
    company: Company, visit: Open, site_world: World, groups: list[str], zoe: Account
) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    keyboard = tab.page.keyboard
    member = await site_world.member_id(company.team, zoe.id)
    await tab.open(f"/teams/{company.team}/people/members/{member}")
    await expect(links(tab)).to_have_count(NUMBER - 2)
    await tab.page.get_by_role("button", name="Change groups").focus()
    await keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Groups of Zoë Zweig")
    search = dialog.get_by_label("Find a group")
    await expect(dialog.get_by_role("checkbox", name="Gruppe", checked=True)).to_have_count(NUMBER - 2)
    for number in (229, 150):
        await search.focus()
        await keyboard.press("Control+A")
        await keyboard.type(f"{number} GRÚPPE")
        await keyboard.press("Enter")  # searches, and saves nothing
        await dialog.get_by_label(f"Gruppe {number}").focus()
        await keyboard.press("Space")
    await expect(dialog.get_by_role("checkbox", name="Gruppe")).to_have_count(2)
    await tab.axe()
    # Somebody else puts Zoë into another group meanwhile, and it stays so.
    await site_world.add_to_group(company.team, groups[7], zoe.id)
    await dialog.get_by_role("button", name="Save").focus()
    await keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(links(tab)).to_have_count(NUMBER - 1)
    names = await links(tab).all_inner_texts()
    assert {f"Gruppe {number:03}" for number in range(NUMBER)} - {*names} == {"Gruppe 150"}
