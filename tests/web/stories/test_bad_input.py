"""What goes wrong around a person: rows that go away meanwhile, no answer, impatient clicks, hostile names."""

import re

import orjson
import pytest
from playwright.async_api import Locator, Route, expect

from domain.roles import Role
from tests.support.site import Visit, screens
from tests.support.world import World
from tests.web.conftest import Company, Open, parts_of

NAMES = [
    ("نور الدين", "الحدّاد"),
    ("愛子", "佐藤"),
    ("आदित्य", "श्रीवास्तव"),
    ("<img src=x onerror=alert(1)>", "</td><script>alert(2)</script>"),
    ("x" * 100, "y" * 100),
]


def rows(tab: Visit) -> Locator:
    """The rows of the list."""
    return tab.page.locator("tbody tr")


def sent(tab: Visit) -> int:
    """How many mutations the tab sent since the requests were cleared."""
    posted = [orjson.loads(one.post_data_buffer or b"") for one in tab.requests if one.method == "POST"]
    return sum("input" in body["variables"] for body in posted)


async def test_the_next_page_has_gone_meanwhile(company: Company, visit: Open, site_world: World) -> None:
    users = await site_world.members(company.team, 25)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?size=25")
    for user in users:
        await site_world.leave(company.team, user)
    await tab.page.get_by_role("button", name="Next page").click()
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("3 in all")
    await expect(rows(tab)).to_have_count(3)


async def test_the_request_of_an_open_dialog_has_gone_meanwhile(
    company: Company, visit: Open, site_world: World
) -> None:
    person = await site_world.member(company.team)
    request = await site_world.request(company.team, company.product, person.id)
    tabs = [await visit(company.people[role]) for role in (Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER)]
    for tab in tabs:
        await tab.open(f"/teams/{company.team}/people/requests?grant={request}")
    first, second = tabs
    await first.page.get_by_role("dialog").get_by_role("button", name="Grant").click()
    await expect(first.page.get_by_role("heading", name="There are no such requests")).to_be_visible()
    dialog = second.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Grant").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("answered or withdrawn already")
    await second.escape()
    await expect(second.page.get_by_role("heading", name="There are no such requests")).to_be_visible()


@pytest.mark.parametrize(
    ("dialog", "button"), [("role", "Save"), ("groups", "Save"), ("remove", "Remove from the team")]
)
async def test_the_person_of_an_open_dialog_has_gone_meanwhile(
    company: Company, visit: Open, site_world: World, dialog: str, button: str
) -> None:
    person = await site_world.member(company.team)
    member = await site_world.member_id(company.team, person.id)
    await site_world.group(company.team, "Drawing")
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/members/{member}?dialog={dialog}")
    shown = tab.page.get_by_role("dialog").or_(tab.page.get_by_role("alertdialog"))
    await expect(shown).to_be_visible()
    if dialog == "groups":
        await shown.get_by_label("Drawing").check()
    await site_world.leave(company.team, person.id)
    await shown.get_by_role("button", name=button).click()
    await expect(
        tab.page.get_by_text(re.compile("not a member of the team any more|not there any more"))
    ).to_be_visible()


async def test_people_of_a_change_of_many_have_gone_meanwhile(company: Company, visit: Open, site_world: World) -> None:
    users = await site_world.members(company.team, 3)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?search=first")
    await tab.page.get_by_label("Select all on this page").check()
    await tab.page.get_by_role("button", name="Remove from the team").click()
    dialog = tab.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("3 people change")
    await site_world.leave(company.team, users[0])
    await dialog.get_by_role("button", name="Remove from the team").click()
    outcomes = dialog.get_by_role("region", name="What was not done, and why")
    await expect(outcomes).to_contain_text("This person is not a member of the team any more.")
    await expect(dialog).to_contain_text("2 people change")
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(tab.page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()


@pytest.mark.parametrize("failure", ["503", "nothing"])
async def test_a_change_of_many_without_an_answer_is_repeated(
    company: Company, visit: Open, site_world: World, failure: str
) -> None:
    await site_world.members(company.team, 3)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people?search=first")
    await tab.page.get_by_label("Select all on this page").check()

    async def fail(route: Route) -> None:
        if "userIds" not in (route.request.post_data or ""):
            await route.continue_()
        else:
            await (route.fulfill(status=503, body="{}") if failure == "503" else route.abort())

    await tab.page.route("**/graphql", fail)
    await tab.page.get_by_role("button", name="Remove from the team").click()
    dialog, message = tab.page.get_by_role("dialog"), tab.page.locator(".toasts").get_by_text("Usher does not answer")
    send = dialog.get_by_role("button", name="Remove from the team")
    await expect(message).to_have_count(1)
    # Nobody has seen what it would do. So the button asks again, and changes nothing yet.
    await tab.page.unroute("**/graphql")
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog).to_contain_text("3 people change")
    await tab.page.route("**/graphql", fail)
    await send.click()
    await expect(message).to_have_count(2)
    await expect(dialog).to_contain_text("3 people change")
    await tab.page.unroute("**/graphql")
    await send.click()
    await expect(dialog).to_have_count(0)
    await expect(tab.page.get_by_role("heading", name="Nobody matches the filters")).to_be_visible()
    tab.complaints.clear()  # the browser reports each failed request


async def test_back_and_forward_through_every_screen(company: Company, visit: Open, site_world: World) -> None:
    parts = await parts_of(company, site_world)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open("/profile")
    shown = [screen for screen in screens() if screen.access == "person" and screen.name != "home"]
    seen: list[tuple[str, str]] = []
    for screen in shown:
        await tab.go(screen.address(**parts))
        seen.append((tab.path, await tab.page.locator("main h1").inner_text()))
    assert len({path for path, _ in seen}) == len(shown)
    for path, heading in reversed(seen[:-1]):
        await tab.page.go_back()
        await expect(tab.page.locator("main h1")).to_have_text(heading)
        assert tab.path == path
    for path, heading in seen[1:]:
        await tab.page.go_forward()
        await expect(tab.page.locator("main h1")).to_have_text(heading)
        assert tab.path == path


async def test_a_double_click_assigns_once(company: Company, visit: Open, site_world: World) -> None:
    person = await site_world.member(company.team)
    member = await site_world.member_id(company.team, person.id)
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/people/members/{member}")
    tab.requests.clear()
    await rows(tab).get_by_role("button", name=re.compile("^Assign")).dblclick()
    await expect(tab.page.get_by_text(re.compile("has a seat of Product"))).to_be_visible()
    await tab.settled()
    assert sent(tab) == 1
    # A slow one, whose second press comes after the answer.
    tab.requests.clear()
    await rows(tab).get_by_role("button", name="Unassign").click(click_count=2, delay=500)
    await expect(tab.page.get_by_text(re.compile("has no seat of Product"))).to_be_visible()
    await tab.settled()
    assert sent(tab) == 1


async def test_names_of_every_script_fit_on_each_screen_that_shows_people(
    company: Company, visit: Open, site_world: World
) -> None:
    group, member = await site_world.group(company.team), ""
    full = await site_world.pool(company.team, 1)
    await site_world.give_seat(company.team, full, company.people[Role.USER].id)
    for first, last in NAMES:
        person = await site_world.member(company.team, account=await site_world.person(first, last))
        member = await site_world.member_id(company.team, person.id)
        await site_world.add_to_group(company.team, group, person.id)
        await site_world.pool(company.team, 1, company.product)
        await site_world.give_seat(company.team, company.product, person.id)
        await site_world.wait(company.team, full, person.id)
        await site_world.request(company.team, await site_world.pool(company.team, 1), person.id)
    people = f"/teams/{company.team}/people"
    paths = {
        people: 5,
        f"{people}/groups/{group}": 5,
        f"{people}/products/{company.product}/pool_{company.team}.{company.product}": 5,
        f"{people}/products/{full}/pool_{company.team}.{full}": 5,
        f"{people}/requests": 5,
        f"/teams/{company.team}/reporting": 5,
        f"/teams/{company.team}/settings/history?product={company.product}": 5,
        f"{people}/members/{member}": 1,
    }
    tab = await visit(company.people[Role.CONTRACT_MANAGER], width=320)
    for path, count in paths.items():
        await tab.open(path)
        for first, last in NAMES[-count:]:
            await expect(tab.page.locator("main").get_by_text(f"{first} {last}").first).to_be_visible()
        assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 320, path


async def test_the_longest_name_of_the_viewer_fits_on_each_screen(
    company: Company, visit: Open, site_world: World
) -> None:
    account = await site_world.person(*NAMES[-1])
    viewer = await site_world.member(company.team, Role.CONTRACT_MANAGER, account)
    parts = {
        **await parts_of(company, site_world),
        "member": await site_world.member_id(company.team, viewer.id),
    }
    tab = await visit(viewer, width=320)
    await tab.open(f"/teams/{company.team}/people/products/{parts['product']}/{parts['pool']}")
    await rows(tab).get_by_role("button", name="Unassign").click()  # the audit log says who did it
    await expect(tab.page.get_by_text("Nobody holds a seat of this product")).to_be_visible()
    for screen in screens():
        if screen.access == "person" and screen.name != "home":
            await tab.go(screen.address(**parts))
            await tab.page.get_by_role("button", name="Menu").click()
            await expect(tab.page.get_by_role("button", name="settings and sign-out")).to_be_visible()
            assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 320, screen.name
            if screen.name in {"audit", "member"}:
                await expect(tab.page.locator("main").get_by_text(" ".join(NAMES[-1])).first).to_be_visible()
