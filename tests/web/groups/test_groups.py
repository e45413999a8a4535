"""User Management, by group: groups, members, the products that groups and the team give."""

import re

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


def rows(tab: Visit, name: str = "Members") -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


@pytest.mark.parametrize("role", MANAGERS)
async def test_a_group_is_created_filled_renamed_and_deleted(
    company: Company, visit: Open, site_world: World, role: Role
) -> None:
    await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/people/groups")
    assert tab.operations() == 1
    await expect(tab.page.get_by_role("heading", name="There are no groups yet")).to_be_visible()
    await tab.page.get_by_role("button", name="Create group").click()
    dialog = tab.page.get_by_role("dialog")
    await tab.axe()
    await dialog.get_by_role("button", name="Create group").click()
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await expect(dialog).to_contain_text("A name has 1 to 100 characters")
    await dialog.get_by_label("Name").fill("Design <b>")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Design <b>")).to_be_visible()

    await tab.page.get_by_role("button", name="Add people").click()
    await dialog.get_by_label("Find people who are not in the group").fill("zwei")
    await dialog.get_by_role("checkbox", name="Zoë Zweig").check()
    await expect(dialog).to_contain_text("1 person changes")
    await tab.axe()
    await dialog.get_by_role("button", name="Add people").click()
    await expect(rows(tab)).to_have_count(1)

    await tab.page.get_by_role("button", name="Give a product").click()
    await dialog.get_by_label("Product").select_option(value=company.product)
    await expect(dialog).to_contain_text("1 seat is given")
    await tab.axe()
    await dialog.get_by_role("button", name="Give a product").click()
    await expect(tab.page.locator(".group-products")).to_contain_text("Product")

    await tab.page.get_by_role("button", name="Rename").click()
    await dialog.get_by_label("Name").fill("Drawing")
    await dialog.get_by_role("button", name="Save").click()
    await expect(tab.page.get_by_role("heading", name="Drawing")).to_be_visible()

    await tab.page.get_by_role("button", name="Delete group").click()
    await expect(dialog).to_contain_text("1 seat is taken back")
    await tab.axe()
    await dialog.get_by_role("button", name="Delete group").click()
    await expect(tab.page.get_by_role("heading", name="There are no groups yet")).to_be_visible()


async def test_enter_in_a_search_adds_nobody(company: Company, visit: Open, site_world: World) -> None:
    design = await site_world.group(company.team, "Design")
    for last in ("Zweig", "Zwirn"):
        await site_world.member(company.team, account=await site_world.person("Zoë", last))
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/groups/{design}?dialog=add")
    dialog = tab.page.get_by_role("dialog")
    search = dialog.get_by_label("Find people who are not in the group")
    await dialog.get_by_role("checkbox", name="Zoë Zweig").check()
    await expect(dialog).to_contain_text("1 person changes")
    await search.fill("zwirn")
    await search.press("Enter")
    await expect(dialog.get_by_role("checkbox")).to_have_count(2)
    await dialog.get_by_role("checkbox", name="Zoë Zwirn").check()
    await expect(dialog).to_contain_text("2 people change")
    await dialog.get_by_role("button", name="Add people").click()
    await expect(rows(tab)).to_have_count(2)


async def test_members_move_and_leave_by_keyboard(company: Company, visit: Open, site_world: World) -> None:
    design, drawing = await site_world.group(company.team, "Design"), await site_world.group(company.team, "Drawing")
    users = await site_world.members(company.team, 12)
    await site_world.add_to_group(company.team, design, *users)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/groups/{design}")
    page, dialog = tab.page, tab.page.get_by_role("dialog")
    await page.get_by_label("Select all on this page").focus()
    await page.keyboard.press("Space")
    await rows(tab).first.get_by_role("checkbox").focus()
    await page.keyboard.press("Space")
    await expect(page.locator(".selection-bar")).to_contain_text("11 selected")
    await page.get_by_role("button", name="Move to another group").focus()
    await page.keyboard.press("Enter")
    await dialog.get_by_label("To the group").select_option("Drawing")
    move = dialog.get_by_role("button", name="Move to another group")
    await expect(move).to_have_accessible_description("Type 11 to confirm")
    await dialog.get_by_label("Type 11 to confirm").focus()
    await page.keyboard.type("11")
    await tab.axe()
    await page.keyboard.press("Enter")
    await expect(rows(tab)).to_have_count(1)
    await rows(tab).first.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Take out of the group").click()
    await dialog.get_by_role("button", name="Take out of the group").click()
    await expect(page.get_by_role("heading", name="Nobody is in this group")).to_be_visible()
    await tab.open(f"/teams/{company.team}/people/groups/{drawing}")
    await expect(rows(tab)).to_have_count(11)


async def test_two_people_change_a_group_at_the_same_time_and_nobody_is_dropped(
    company: Company, visit: Open, site_world: World
) -> None:
    design = await site_world.group(company.team, "Design")
    for first in ("Uma", "Vic", "Wim", "Xia", "Yan", "Zoë"):
        account = await site_world.member(company.team, account=await site_world.person(first, "Zweig"))
        if first in {"Uma", "Vic"}:
            await site_world.add_to_group(company.team, design, account.id)
    one = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await one.open(f"/teams/{company.team}/people/groups/{design}")
    other = await visit(company.people[Role.CONTRACT_MANAGER])
    await other.open(f"/teams/{company.team}/people/groups/{design}")
    adds, takes = one.page.get_by_role("dialog"), other.page.get_by_role("dialog")

    # One is about to add Zoë, and the other to take Uma out. Meanwhile, Yan joins.
    await one.page.get_by_role("button", name="Add people").click()
    await adds.get_by_role("checkbox", name="Zoë Zweig").check()
    await expect(adds).to_contain_text("1 person changes")
    await other.page.get_by_label("Select Uma Zweig").check()
    await other.page.get_by_role("button", name="Take out of the group").click()
    await expect(takes).to_contain_text("1 person changes")
    third = await visit(company.people[Role.CONTRACT_MANAGER])
    await third.open(f"/teams/{company.team}/people?search=zweig")
    for first in ("Xia", "Yan"):
        await third.page.get_by_label(f"Select {first} Zweig").check()
    await third.page.get_by_role("button", name="Add to a group").click()
    joins = third.page.get_by_role("dialog")
    await joins.get_by_label("Group").select_option("Design")
    await expect(joins).to_contain_text("2 people change")
    for dialog, action in [(joins, "Add to a group"), (adds, "Add people"), (takes, "Take out of the group")]:
        await dialog.get_by_role("button", name=action).click()
        await expect(dialog).to_have_count(0)
    await one.page.reload()
    await expect(rows(one).get_by_role("rowheader")).to_have_text(["Vic Zweig", "Xia Zweig", "Yan Zweig", "Zoë Zweig"])


async def test_all_that_a_search_finds_leave_and_the_others_stay(
    company: Company, visit: Open, site_world: World
) -> None:
    design = await site_world.group(company.team, "Design")
    users = await site_world.members(company.team, 30)
    await site_world.add_to_group(company.team, design, company.people[Role.USER].id, *users)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/groups/{design}?search=first&size=25")
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.get_by_role("button", name="Select all 30 that match").click()
    await rows(tab).first.get_by_role("checkbox").uncheck()
    await tab.page.get_by_role("button", name="Take out of the group").click()
    dialog = tab.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("29 people change")
    # A person joins meanwhile, and is not taken out before the viewer has seen the new number.
    unseen = await site_world.member(company.team, account=await site_world.person("First", "Unseen"))
    await site_world.add_to_group(company.team, design, unseen.id)
    await dialog.get_by_label("Type 29 to confirm").fill("29")
    await dialog.get_by_role("button", name="Take out of the group").click()
    await expect(dialog).to_contain_text("This is about 30 people now.")
    await expect(rows(tab)).to_have_count(25)
    await dialog.get_by_role("button", name="Close").first.click()
    await expect(dialog).to_have_count(0)
    await tab.page.get_by_role("button", name="Take out of the group").click()
    await dialog.get_by_label("Type 30 to confirm").fill("30")
    await dialog.get_by_role("button", name="Take out of the group").click()
    await expect(rows(tab)).to_have_count(1)
    await tab.page.get_by_role("button", name="Clear filters").click()
    await expect(rows(tab)).to_have_count(2)


async def test_what_every_member_gets(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/groups")
    await tab.page.get_by_role("button", name="Change", exact=True).click()
    dialog = tab.page.get_by_role("dialog", name="What every member gets")
    await dialog.get_by_role("checkbox").check()
    await expect(dialog).to_contain_text("3 seats are given")
    await tab.axe()
    await dialog.get_by_role("button", name="Change", exact=True).click()
    await expect(tab.page.locator(".section", has_text="What every member gets")).to_contain_text(
        re.compile("Product ")
    )


@pytest.mark.parametrize("dialog", ["takeOut", "move"])
async def test_a_tick_opens_no_dialog_that_a_link_named(
    company: Company, visit: Open, site_world: World, dialog: str
) -> None:
    design = await site_world.group(company.team, "Design")
    await site_world.add_to_group(company.team, design, company.people[Role.USER].id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/groups/{design}?dialog={dialog}")
    await rows(tab).get_by_role("checkbox").check()
    await expect(tab.page.locator(".selection-bar")).to_contain_text("1 selected")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.path == f"/teams/{company.team}/people/groups/{design}"
