"""Names as people really have them: long, from right to left, or with HTML. Nothing leaves a narrow page."""

import pytest

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

NAMES = {"long": "n" * 99, "from right to left": "ש" * 99, "html": "<img src=x onerror=alert(1)>" * 3}
# Tables are scrolled within their box.
OUTSIDE = """() => [...document.querySelectorAll("main *, .dialog-box, .dialog-box *")]
  .filter((one) => !one.closest(".table-box > *, .hidden-text") && one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.outerHTML.slice(0, 200))"""


async def outside(tab: Visit) -> tuple[int, list[str]]:
    """The width of the page, and what of it is outside of the window."""
    return await tab.page.evaluate("document.documentElement.scrollWidth"), await tab.page.evaluate(OUTSIDE)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_no_name_leaves_a_narrow_page(company: Company, visit: Open, site_world: World, name: str) -> None:
    team = company.team
    holder, other = [await site_world.member(team, account=await site_world.person(name, name)) for _ in range(2)]
    product = await site_world.pool(team, 1, await site_world.product(f"{name[:70]}{team}"))
    await site_world.give_seat(team, product, holder.id)
    await site_world.wait(team, product, other.id)
    request = await site_world.request(team, company.product, holder.id)
    pool = f"people/products/{product}/pool_{team}.{product}"
    tab = await visit(company.people[Role.CONTRACT_MANAGER], width=320)
    for path in (
        "people/products",
        pool,
        f"{pool}?dialog=assign",
        f"people/requests?grant={request}",
        f"people/requests?deny={request}",
        f"products?request={product}",
        "billing",
        "reporting",
        f"settings/history?product={product}",
    ):
        await tab.open(f"/teams/{team}/{path}")
        assert await outside(tab) == (320, []), path
