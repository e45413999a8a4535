"""Names as long as they may be, without a space, from right to left and with HTML, on the narrowest screen."""

from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

WIDE = "W" * 100
FIRST = ("<b>נ</b>" + "נעמי" * 25)[:100]
# What stands out of the page or of its dialog. What can be scrolled in a box of its own may be wider.
STICKS_OUT = """() => {
  const scrolled = ".table-box, .outcomes, .copyable, .hidden-text, select";
  const edge = document.documentElement.clientWidth;
  const out = document.documentElement.scrollWidth > edge ? ["the page"] : [];
  for (const one of document.querySelectorAll("main *, .dialog *")) {
    const { left, right, width } = one.getBoundingClientRect();
    const box = one.closest(".dialog, main").getBoundingClientRect();
    const within = left >= Math.max(0, box.left) - 1 && right <= Math.min(edge, box.right) + 1;
    if (width > 0 && !within && !one.closest(scrolled)) out.push(`${one.tagName} ${one.textContent.slice(0, 20)}`);
  }
  return out;
}"""


@dataclass(frozen=True)
class Long:
    """The ids of a member, of a group and of a product with long names."""

    member: str
    group: str
    product: str


@pytest.fixture
async def long(company: Company, site_world: World) -> Long:
    """A member who holds a seat from a group, and waits for another one."""
    person = await site_world.member(company.team, account=await site_world.person(FIRST, WIDE))
    product = await site_world.pool(company.team, 3, await site_world.product(WIDE[:70] + company.team[-30:]))
    group = await site_world.group(company.team, WIDE)
    await site_world.group(company.team, WIDE[:99])
    await site_world.add_group_product(company.team, group, product)
    await site_world.add_to_group(company.team, group, person.id)
    await site_world.give_seat(company.team, product, person.id, "group", group)
    await site_world.wait(company.team, company.product, person.id)
    return Long(await site_world.member_id(company.team, person.id), group, product)


async def fits(tab: Visit) -> None:
    """Fail if something stands out of the page or of its dialog."""
    assert await tab.page.evaluate(STICKS_OUT) == [], tab.path


async def test_no_name_breaks_a_screen_or_a_dialog(company: Company, visit: Open, long: Long) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER], width=320)
    people = f"/teams/{company.team}/people"
    member, group = f"{people}/members/{long.member}", f"{people}/groups/{long.group}"
    for path in (people, member, f"{people}/groups", group, f"{people}/invite"):
        await tab.open(path)
        await fits(tab)
    of_member = [f"{member}?dialog={name}" for name in ("remove", "role", "groups")]
    of_group = [f"{group}?dialog={name}" for name in ("rename", "delete", "add", "give")]
    for path in (*of_member, *of_group, f"{group}?stop={long.product}", f"{people}/groups?dialog=defaults"):
        await tab.open(path)
        await tab.page.locator(".dialog").wait_for()
        await fits(tab)


async def test_no_name_breaks_a_change_of_many(company: Company, visit: Open, long: Long) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR], width=320)
    dialog = tab.page.get_by_role("dialog")
    await tab.open(f"/teams/{company.team}/people?product={long.product}")
    await expect(tab.page.get_by_role("link", name=f"{FIRST} {WIDE}")).to_be_visible()
    await tab.page.get_by_label(f"Select {FIRST} {WIDE}").check()
    for action, field in (("Assign a product", "Product"), ("Add to a group", "Group"), ("Change role", "Role")):
        await tab.page.locator(".selection-bar").get_by_role("button", name=action, exact=True).click()
        await dialog.get_by_label(field, exact=True).select_option(index=1)
        await expect(dialog).to_contain_text("This is what it will do:")
        await fits(tab)
        await tab.escape()
        await expect(dialog).to_have_count(0)
