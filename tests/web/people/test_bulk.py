"""Changes of many members: the difference first, a typed number, all that match with exceptions, outcomes."""

from typing import Any

import orjson
import pytest
from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


def rows(tab: Visit) -> Locator:
    """The rows of the list."""
    return tab.page.locator("tbody tr")


def bar(tab: Visit) -> Locator:
    """What can be done with the selected rows."""
    return tab.page.locator(".selection-bar")


async def select_all_but_one(tab: Visit, company: Company, total: int) -> None:
    """Select all plain users, over all pages, but the first one of the list."""
    await tab.open(f"/teams/{company.team}/people?role=USER&size=25")
    await tab.page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name=f"Select all {total} that match").click()
    await rows(tab).first.get_by_role("checkbox").uncheck()
    await expect(bar(tab)).to_contain_text(f"{total - 1} selected")


@pytest.mark.parametrize("role", MANAGERS)
async def test_all_that_match_but_one_get_a_seat(company: Company, visit: Open, site_world: World, role: Role) -> None:
    await site_world.members(company.team, 40)
    product = await site_world.pool(company.team, 30, await site_world.product("Bulk " + company.team))
    tab = await visit(company.people[role])
    await select_all_but_one(tab, company, 41)
    await bar(tab).get_by_role("button", name="Assign a product", exact=True).click()
    dialog = tab.page.get_by_role("dialog", name="Assign a product: 40 people")
    send = dialog.get_by_role("button", name="Assign a product")
    await expect(send).to_have_accessible_description("Choose first.")
    await dialog.get_by_label("Product").select_option(value=product)
    await expect(dialog).to_contain_text("Nothing changes")
    await expect(dialog.get_by_role("region", name="What was not done, and why")).to_contain_text("No seat is left.")
    shortage = dialog.get_by_role("status")
    await expect(shortage).to_contain_text("Only 30 seats are free. 10 people would get none. So nothing changes.")
    await expect(shortage).to_contain_text("Choose above to give as many seats as there are, or to put the others on")
    await dialog.get_by_label("If there are not enough seats").select_option("Give as many as there are")
    await expect(shortage).to_contain_text("30 seats are given")
    await expect(shortage).to_contain_text("Only 30 seats are free. 10 people would get none. Choose above to put them")
    await dialog.get_by_label("If there are not enough seats").select_option("Put the others on the waiting list")
    await expect(dialog).to_contain_text("30 seats are given")
    await expect(shortage).not_to_contain_text("would get none")
    await expect(dialog).to_contain_text("10 people join a waiting list")
    await expect(send).to_have_accessible_description("Type 40 to confirm")
    await tab.axe()
    await send.press("Enter")
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("Type 40 to confirm").fill("40")
    await send.click()
    await expect(dialog).to_have_count(0)
    await expect(tab.page.get_by_text("Done.")).to_be_visible()
    await tab.page.get_by_label("With a seat of").select_option(value=product)
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("30 in all")


async def test_what_to_do_about_missing_seats_fits_the_choice(company: Company, visit: Open, site_world: World) -> None:
    await site_world.members(company.team, 2)
    product = await site_world.pool(company.team, 1, await site_world.product("Full " + company.team))
    await site_world.give_seat(company.team, product, company.people[Role.CONTRACT_MANAGER].id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people?search=first")
    await tab.page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name="Assign a product", exact=True).click()
    dialog = tab.page.get_by_role("dialog")
    shortage = dialog.get_by_role("status")
    await dialog.get_by_label("Product").select_option(value=product)
    await expect(shortage).to_contain_text("2 people would get none. So nothing changes. Choose above to give as many")
    await dialog.get_by_label("If there are not enough seats").select_option("Give as many as there are")
    await expect(shortage).to_contain_text("No seat is free. 2 people would get none. Choose above to put them on")
    await dialog.get_by_role("button", name="Assign a product").click()
    await expect(shortage).to_contain_text("2 people got none.")
    await expect(shortage).not_to_contain_text("Choose above")


async def test_a_seat_that_somebody_had_through_a_group_was_not_free(
    company: Company, visit: Open, site_world: World
) -> None:
    zoe, *_ = await site_world.members(company.team, 3)
    product = await site_world.pool(company.team, 2, await site_world.product("Scarce " + company.team))
    group = await site_world.group(company.team, "Design")
    await site_world.add_to_group(company.team, group, zoe)
    await site_world.give_seat(company.team, product, zoe, "group", group)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people?search=first")
    await tab.page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name="Assign a product", exact=True).click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Product").select_option(value=product)
    await dialog.get_by_label("If there are not enough seats").select_option("Give as many as there are")
    await expect(dialog.get_by_role("status")).to_contain_text("Only 1 seat is free. 1 person would get none.")


async def test_a_list_that_changed_meanwhile_is_looked_at_again(
    company: Company, visit: Open, site_world: World
) -> None:
    users = await site_world.members(company.team, 30)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await select_all_but_one(tab, company, 31)
    await bar(tab).get_by_role("button", name="Remove from the team").click()
    dialog = tab.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("30 people change")
    await site_world.leave(company.team, users[0])
    await dialog.get_by_label("Type 30 to confirm").fill("30")
    await dialog.get_by_role("button", name="Remove from the team").click()
    await expect(dialog).to_contain_text("This is about 29 people now.")
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("30 in all")


async def test_each_person_has_an_outcome(company: Company, visit: Open, site_world: World) -> None:
    zoe = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    await site_world.give_seat(company.team, company.product, zoe.id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people?role=USER")
    await tab.page.get_by_label("Select Zoë Zweig").check()
    await bar(tab).get_by_role("button", name="Assign a product", exact=True).click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Product").select_option(value=company.product)
    outcomes = dialog.get_by_role("region", name="What was not done, and why")
    await expect(outcomes).to_contain_text("Zoë Zweig: This person holds a seat of the product already.")


async def test_people_who_were_not_shown_are_counted(company: Company, visit: Open, site_world: World) -> None:
    users = await site_world.members(company.team, 60)
    design = await site_world.group(company.team, "Design")
    await site_world.add_to_group(company.team, design, *users)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await select_all_but_one(tab, company, 61)
    await bar(tab).get_by_role("button", name="Add to a group").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Group").select_option("Design")
    await expect(dialog).to_contain_text("Nothing changes")
    lines = dialog.get_by_role("region", name="What was not done, and why").locator("li")
    await expect(lines).to_have_count(25)
    await expect(lines.filter(has_text="First")).to_have_count(24)
    await expect(lines.filter(has_text="36 other people: This person is in the group already.")).to_have_count(1)


async def test_people_join_a_group_and_get_a_role_and_leave_by_keyboard(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.group(company.team, "Design")
    await site_world.members(company.team, 2)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    page, dialog = tab.page, tab.page.get_by_role("dialog")
    await tab.open(f"/teams/{company.team}/people?search=first")
    await page.get_by_label("Select all on this page").focus()
    await page.keyboard.press("Space")
    await bar(tab).get_by_role("button", name="Add to a group").focus()
    await page.keyboard.press("Enter")
    await dialog.get_by_label("Group").select_option("Design")
    await expect(dialog).to_contain_text("2 people change")
    await dialog.get_by_role("button", name="Add to a group").focus()
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await bar(tab).get_by_role("button", name="Change role").focus()
    await page.keyboard.press("Enter")
    await dialog.get_by_label("Role").select_option("Software coordinator")
    await expect(dialog).to_contain_text("2 people change")
    await tab.axe()
    await dialog.get_by_role("button", name="Change role").focus()
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(rows(tab).filter(has_text="Software coordinator")).to_have_count(2)
    await page.get_by_label("Group").select_option("Design")
    await tab.settled()  # another filter is another selection
    await expect(rows(tab)).to_have_count(2)
    await page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name="Remove from the team").focus()
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("2 people change")
    await dialog.get_by_role("button", name="Remove from the team").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()


async def test_nobody_is_changed_that_the_viewer_may_not_change(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name="Change role").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Role").select_option("Software coordinator")
    await expect(dialog).to_contain_text("1 person changes")
    await expect(dialog).to_contain_text("These stay as they are, because you may not change them:")
    await dialog.get_by_role("button", name="Change role").click()
    await expect(dialog).to_have_count(0)
    await expect(rows(tab).filter(has_text="Software coordinator")).to_have_count(2)
    await expect(rows(tab).filter(has_text="Contract manager")).to_have_count(1)


async def test_the_roles_of_many_change_in_one_request_after_the_difference(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.members(company.team, 120)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await select_all_but_one(tab, company, 121)
    await bar(tab).get_by_role("button", name="Change role").click()
    dialog = tab.page.get_by_role("dialog")
    await dialog.get_by_label("Role").select_option("Software coordinator")
    await expect(dialog).to_contain_text("This is what it will do:")
    await expect(dialog).to_contain_text("120 people change")
    await tab.axe()
    sent = changes(tab)
    assert [one["dryRun"] for one in sent] == [True]
    await dialog.get_by_label("Type 120 to confirm").fill("120")
    await dialog.get_by_role("button", name="Change role").dblclick()
    await expect(dialog).to_have_count(0)
    await expect(rows(tab)).to_have_count(1)
    dry, real = changes(tab)
    assert (real["dryRun"], real["expectedCount"], len(real["except"])) == (False, 120, 1)
    assert real | {"dryRun": True, "idempotencyKey": dry["idempotencyKey"]} == dry
    await tab.open(f"/teams/{company.team}/people?role=SOFTWARE_COORDINATOR")
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("121 in all")


def changes(tab: Visit) -> list[dict[str, Any]]:
    """The changes of roles that the tab asked for."""
    inputs = [orjson.loads(one.post_data or "{}").get("variables", {}).get("input", {}) for one in tab.requests]
    return [one for one in inputs if "role" in one]


async def test_a_change_of_roles_without_an_answer_is_made_once(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.members(company.team, 3)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = tab.page.get_by_role("dialog")

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await tab.open(f"/teams/{company.team}/people?search=first")
    await tab.page.get_by_label("Select all on this page").check()
    await bar(tab).get_by_role("button", name="Change role").click()
    await dialog.get_by_label("Role").select_option("Software coordinator")
    await expect(dialog).to_contain_text("3 people change")
    await tab.page.route("**/graphql", lost)
    await dialog.get_by_role("button", name="Change role").click()
    await expect(tab.page.get_by_role("alert").get_by_text("Usher does not answer")).to_be_visible()
    tab.complaints.clear()  # the browser reports the failed request
    await tab.page.unroute("**/graphql")
    await dialog.get_by_role("button", name="Change role").click()
    await expect(dialog).to_have_count(0)
    await expect(tab.page.get_by_text("Done.")).to_be_visible()
    await expect(rows(tab).filter(has_text="Software coordinator")).to_have_count(3)
    _, first, second = changes(tab)
    assert first == second


async def test_a_dry_run_that_failed_is_tried_again(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    dialog = tab.page.get_by_role("dialog")
    await tab.open(f"/teams/{company.team}/people?role=USER")
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.route("**/graphql", lambda route: route.abort())
    await bar(tab).get_by_role("button", name="Remove from the team").click()
    await expect(dialog.get_by_role("button", name="Try again")).to_be_visible()
    await tab.page.unroute("**/graphql")
    tab.complaints.clear()  # the browser reports the failed request
    await dialog.get_by_role("button", name="Try again").dblclick()
    await expect(dialog).to_contain_text("1 person changes")
    await expect(dialog.get_by_role("button", name="Remove from the team")).to_be_visible()


async def test_an_open_dialog_without_a_selection_is_not_shown(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?dialog=remove")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await expect(rows(tab)).to_have_count(3)
    await rows(tab).first.get_by_role("checkbox").check()
    await expect(bar(tab)).to_contain_text("1 selected")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.path == f"/teams/{company.team}/people"
