"""Names as people really have them: long, from right to left, or with HTML. Nothing leaves a narrow page."""

import pytest
from sqlalchemy import update

from db.tables.people import Team
from domain.roles import Role
from tests.support.database import fetch_rows
from tests.support.notices import row
from tests.support.orders import order
from tests.support.site import Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription, schedule
from tests.support.world import World
from tests.web.conftest import Company, Open

NAMES = {"long": "n" * 99, "from right to left": "ש" * 99, "html": "<img src=x onerror=alert(1)>" * 3}
AMENDMENTS = ["add", "reduce", "renew", "autoRenew", "move", "cancel", "contact"]
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
    holder, second, other = [
        await site_world.member(team, account=await site_world.person(name, name)) for _ in range(3)
    ]
    product = await site_world.pool(team, 2, await site_world.product(f"{name[:70]}{team}"))
    for one in (holder, second):
        await site_world.give_seat(team, product, one.id)
    await site_world.wait(team, product, other.id)
    request = await site_world.request(team, company.product, holder.id)
    made = Made(await site_world.subscription_id(team, product), team, product, [])
    placed = await order(site_world, made)
    await schedule(site_world, made, 1)
    await row(site_world, team, other.id)
    await fetch_rows(site_world.database, "update teams set name = $2 where id = $1", team, name)
    subscription = f"contracts/subscriptions/{made.id}"
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
        "billing/orders",
        f"billing/orders/{placed.id}",
        "billing/notices",
        "contracts",
        subscription,
        *(f"{subscription}?dialog={name}" for name in AMENDMENTS),
        "reporting",
        f"settings/history?product={product}",
    ):
        await tab.open(f"/teams/{team}/{path}")
        assert await outside(tab) == (320, []), path
    await tab.open("/profile/notices")
    assert await outside(tab) == (320, [])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_no_name_of_a_company_leaves_a_narrow_page(
    company: Company, visit: Open, site_world: World, name: str
) -> None:
    team, vendor = company.team, company.people[Role.USER]
    await site_world.make_vendor(vendor.id)
    product = await site_world.product(f"{name[:70]}{team}")
    contract = await make_contract(site_world, team)
    made = await make_subscription(site_world, contract, team, (day(0), day(99)), product_id=product)
    placed = await order(site_world, made, 99_999, 999_999_999_999)
    async with site_world.engine.begin() as connection:
        await connection.execute(update(Team).where(Team.id == team).values(name=name[:99]))
    tab = await visit(vendor, width=320)
    page = f"/companies/{team}"
    dialogs = [f"dialog={one}" for one in ("announce", "contract", "subscription")]
    about = [f"{one}={placed.invoice_id}" for one in ("pay", "credit")]
    for path in ("/companies", page, *(f"{page}?{one}" for one in (*dialogs, *about))):
        await tab.open(path)
        assert await outside(tab) == (320, []), path
