"""The page of a member: product access with Assign and Unassign, role, groups, removal, and reasons at buttons."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import Account, World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


@pytest.fixture
async def zoe(company: Company, site_world: World) -> Account:
    """A member without a seat."""
    return await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))


async def page_of(tab: Visit, world: World, company: Company, account: Account, query: str = "") -> None:
    """Open the page of a member."""
    member = await world.member_id(company.team, account.id)
    await tab.open(f"/teams/{company.team}/people/members/{member}{query}")


def access(tab: Visit) -> Locator:
    """The only product of the company, in the list of what the person may use."""
    return tab.page.get_by_role("table", name="Product access").locator("tbody tr")


def free(tab: Visit) -> Locator:
    """The number of free seats of it."""
    return access(tab).locator("td.number")


@pytest.mark.parametrize("role", MANAGERS)
async def test_a_seat_is_assigned_at_once_and_taken_back(
    company: Company, visit: Open, site_world: World, zoe: Account, role: Role
) -> None:
    tab = await visit(company.people[role])
    await page_of(tab, site_world, company, zoe)
    assert tab.operations() == 1
    await expect(free(tab)).to_have_text("4")
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if "userIds" in (route.request.post_data or ""):
            await answer.wait()
        await route.continue_()

    await tab.page.route("**/graphql", late)
    await access(tab).get_by_role("button", name="Assign").dblclick()
    await expect(free(tab)).to_have_text("3")
    await expect(access(tab).get_by_text("Seat", exact=True)).to_be_visible()
    answer.set()
    await expect(tab.page.get_by_text(re.compile(r"Zoë Zweig has a seat of Product"))).to_be_visible()
    await expect(access(tab)).to_contain_text("Assigned since")
    await tab.settled()
    await expect(free(tab)).to_have_text("3")
    await tab.axe()
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(tab.page.get_by_text("Undone")).to_be_visible()
    await expect(free(tab)).to_have_text("4")
    await expect(access(tab)).to_contain_text("No seat")


async def test_a_seat_that_somebody_else_took_is_given_back_to_the_eye(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    for _ in range(3):
        other = await site_world.member(company.team)
        await site_world.give_seat(company.team, company.product, other.id)
    await page_of(tab, site_world, company, zoe)
    await expect(free(tab)).to_have_text("1")
    other = await site_world.member(company.team)
    await site_world.give_seat(company.team, company.product, other.id)
    await access(tab).get_by_role("button", name="Assign").click()
    await expect(tab.page.get_by_role("alert").get_by_text("No seat is left.")).to_be_visible()
    await expect(free(tab)).to_have_text("0")
    await expect(access(tab)).to_contain_text("No seat")
    await access(tab).get_by_role("button", name="Put on the waiting list").click()
    await expect(access(tab)).to_contain_text("Place 1 on the waiting list")
    await access(tab).get_by_role("button", name="Take off the waiting list").click()
    await expect(access(tab).get_by_role("button", name="Put on the waiting list")).to_be_visible()


async def test_no_answer_changes_nothing_and_can_be_repeated(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await page_of(tab, site_world, company, zoe)

    async def nothing(route: Route) -> None:
        if "userIds" in (route.request.post_data or ""):
            await route.abort()
        else:
            await route.continue_()

    await tab.page.route("**/graphql", nothing)
    await access(tab).get_by_role("button", name="Assign").click()
    await expect(tab.page.get_by_role("alert").get_by_text("Usher does not answer")).to_be_visible()
    await expect(free(tab)).to_have_text("4")
    tab.complaints.clear()  # the browser reports the failed request
    await tab.page.unroute("**/graphql")
    await access(tab).get_by_role("button", name="Assign").click()
    await expect(free(tab)).to_have_text("3")


async def test_a_seat_of_a_group_says_why_it_cannot_be_taken_back(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    group = await site_world.group(company.team, "Design")
    await site_world.add_to_group(company.team, group, zoe.id)
    await site_world.give_seat(company.team, company.product, zoe.id, "group", group)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await page_of(tab, site_world, company, zoe)
    await expect(access(tab)).to_contain_text("Group Design")
    button = access(tab).get_by_role("button", name="Unassign")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(button).to_have_accessible_description(re.compile("a group or the team gives it"))
    await button.focus()
    await tab.page.keyboard.press("Enter")
    assert await free(tab).inner_text() == "3"


async def test_a_user_sees_their_own_page_and_may_change_nothing(
    company: Company, visit: Open, site_world: World
) -> None:
    user = company.people[Role.USER]
    tab = await visit(user)
    await page_of(tab, site_world, company, user)
    for name in ("Unassign", "Change role", "Remove from the team"):
        button = tab.page.get_by_role("button", name=name)
        await expect(button).to_have_attribute("aria-disabled", "true")
        await expect(button).to_have_accessible_description(re.compile("needs the role"))


async def test_a_user_who_reads_german_reads_a_german_reason(company: Company, visit: Open, site_world: World) -> None:
    user = company.people[Role.USER]
    tab = await visit(user)
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await page_of(tab, site_world, company, user)
    button = tab.page.get_by_role("button", name="Rolle ändern")
    await expect(button).to_have_attribute("aria-disabled", "true")
    role = "Dafür brauchen Sie in diesem Team die Rolle Softwarekoordinator."
    await expect(button).to_have_accessible_description(f"{role} Das dürfen Sie nur für andere Personen.")


async def test_a_role_is_changed_by_keyboard_and_taken_back(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await page_of(tab, site_world, company, zoe)
    await tab.press(tab.page.get_by_role("button", name="Change role"))
    dialog = tab.page.get_by_role("dialog", name="Role of Zoë Zweig")
    assert "dialog=role" in tab.path
    await tab.axe()
    select = dialog.get_by_label("Role")
    assert await select.locator("option").all_inner_texts() == ["User", "Software coordinator"]
    await select.focus()
    await tab.page.keyboard.type("Soft")
    await tab.press(dialog.get_by_role("button", name="Save"))
    await expect(dialog).to_have_count(0)
    await expect(tab.page.locator(".facts")).to_contain_text("Software coordinator")
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(tab.page.locator(".facts")).not_to_contain_text("Software coordinator")


async def test_groups_give_seats(company: Company, visit: Open, site_world: World, zoe: Account) -> None:
    design = await site_world.group(company.team, "Design")
    await site_world.add_group_product(company.team, design, company.product)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await page_of(tab, site_world, company, zoe)
    await tab.page.get_by_role("button", name="Change groups").click()
    dialog = tab.page.get_by_role("dialog", name="Groups of Zoë Zweig")
    await tab.axe()
    await dialog.get_by_label("Design").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(tab.page.get_by_role("link", name="Design")).to_be_visible()
    await expect(access(tab)).to_contain_text("Group Design")
    await expect(free(tab)).to_have_text("3")


async def test_the_facts_stand_on_one_line(company: Company, visit: Open, site_world: World, zoe: Account) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await page_of(tab, site_world, company, zoe)
    facts = tab.page.locator(".facts dd")
    role, joined = [await facts.nth(number).bounding_box() for number in (0, 3)]
    assert role is not None
    assert joined is not None
    assert (role["y"], role["height"]) == (joined["y"], joined["height"])


async def test_a_removal_says_first_who_gets_the_seat(
    company: Company, visit: Open, site_world: World, zoe: Account
) -> None:
    product = await site_world.pool(company.team, 1)
    await site_world.give_seat(company.team, product, zoe.id)
    await site_world.wait(company.team, product, company.people[Role.USER].id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await page_of(tab, site_world, company, zoe)
    await tab.page.get_by_role("button", name="Remove from the team").click()
    dialog = tab.page.get_by_role("alertdialog", name="Remove Zoë Zweig from the team?")
    await expect(dialog.get_by_text(re.compile("Ada Byron gets the seat of Product"))).to_be_visible()
    await tab.axe()
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await tab.page.get_by_role("button", name="Remove from the team").click()
    await dialog.get_by_role("button", name="Remove from the team").click()
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
    await expect(tab.page.get_by_text("Zoë Zweig is not in the team any more.")).to_be_visible()
    await expect(tab.page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize("many", [False, True])
async def test_who_leaves_a_team_sees_another_one_and_not_the_old_one(
    company: Company, visit: Open, site_world: World, *, many: bool
) -> None:
    coordinator = company.people[Role.SOFTWARE_COORDINATOR]
    other = await site_world.team()
    await site_world.member(other, account=coordinator)
    tab = await visit(coordinator)
    if many:
        await tab.open(f"/teams/{company.team}/people?role=SOFTWARE_COORDINATOR")
        await tab.page.locator("tbody tr").get_by_role("checkbox").check()
        await tab.page.get_by_role("button", name="Remove from the team").click()
        dialog = tab.page.get_by_role("dialog")
    else:
        await page_of(tab, site_world, company, coordinator, "?dialog=remove")
        dialog = tab.page.get_by_role("alertdialog")
    switch = tab.page.locator(".side-body [aria-label^='Team: ']")
    await expect(switch).to_be_visible()
    await dialog.get_by_role("button", name="Remove from the team").click()
    await tab.page.wait_for_url(f"**/teams/{other}/products")
    await tab.settled()
    await expect(switch).to_have_count(0)


async def test_the_last_contract_manager_stays(company: Company, visit: Open, site_world: World) -> None:
    manager = company.people[Role.CONTRACT_MANAGER]
    tab = await visit(manager)
    await page_of(tab, site_world, company, manager, "?dialog=remove")
    dialog = tab.page.get_by_role("alertdialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("A team must keep at least one contract manager")


async def test_an_invitation_is_sent_again(company: Company, visit: Open, site_world: World) -> None:
    grace = await site_world.invited_member(company.team)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await page_of(tab, site_world, company, grace)
    await expect(tab.page.locator(".facts")).to_contain_text("Invited")
    await tab.page.get_by_role("button", name="Send again").click()
    toasts = tab.page.get_by_role("region", name="Messages")
    await expect(toasts).to_contain_text(re.compile("is sent again|A mail was sent to this address a moment ago"))
