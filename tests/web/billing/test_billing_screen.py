"""Billing and Orders: what is due, what was spent, and the seats of the team. It is the place of contract managers."""

import pytest
from playwright.async_api import Locator, expect

from db.billing import payments
from db.core.connection import Connection
from domain.roles import Role
from tests.support.database import committed
from tests.support.orders import invoice_number, order
from tests.support.site import Theme, Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World
from tests.web.conftest import Company, Open

DUE = "Payments and expirations of the next 90 days"


def rows(tab: Visit, name: str) -> Locator:
    """The rows of a table."""
    return tab.page.get_by_role("table", name=name).locator("tbody tr")


async def subscribe(world: World, team: str, contract: str, name: str, ends: int, *, renews: bool = False) -> Made:
    """A subscription that began a year before its last day."""
    product, term = await world.product(f"{name} {team}"), (day(ends - 364), day(ends))
    return await make_subscription(world, contract, team, term, product_id=product, auto_renew=renews)


async def test_a_contract_manager_sees_the_pools_of_the_team(company: Company, visit: Open, site_world: World) -> None:
    other = await site_world.product("<em>Kiln</em>")
    await site_world.pool(company.team, 1, other)
    await site_world.give_seat(company.team, other, company.people[Role.USER].id)
    await site_world.wait(company.team, other, company.people[Role.SOFTWARE_COORDINATOR].id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/billing")
    assert tab.operations() == 1
    pools = rows(tab, "Seats of the team")
    await expect(pools).to_have_count(2)
    kiln = pools.filter(has_text="<em>Kiln</em>")
    assert (await kiln.locator("td").all_inner_texts())[:4] == ["1", "1", "0", "1"]
    await expect(kiln).to_contain_text("100%")
    first = pools.filter(has_not_text="Kiln")
    assert (await first.locator("td").all_inner_texts())[:4] == ["5", "1", "4", "0"]
    await tab.axe()
    await kiln.get_by_role("link", name="<em>Kiln</em>").click()
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_focused()
    await expect(tab.page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_what_is_late_comes_first_and_then_the_nearest_day(visit: Open, site_world: World, theme: Theme) -> None:
    team = await site_world.team()
    contract = await make_contract(site_world, team, grace_days=90)
    renewal = await subscribe(site_world, team, contract, "Renews", 5, renews=True)
    await subscribe(site_world, team, contract, "Ends", 40)
    await subscribe(site_world, team, contract, "Ended", -3)
    await subscribe(site_world, team, contract, "Later", 100)
    overdue = await invoice_number(site_world, await order(site_world, renewal, on=day(-50)))
    payable = await invoice_number(site_world, await order(site_world, renewal, on=day(-10)))
    tab = await visit(await site_world.member(team, Role.CONTRACT_MANAGER), theme=theme)
    await tab.open(f"/teams/{team}/billing")
    assert tab.operations() == 1
    await expect(tab.page.locator("main")).to_contain_text("1 payment is overdue.")
    due = rows(tab, DUE)
    names = [overdue, f"Ended {team}", f"Renewal of Renews {team}", payable, f"Ends {team}"]
    await expect(due.get_by_role("rowheader")).to_have_text(names)
    badges = ["Overdue", "Last chance to renew", "Renews itself", "Payment due", "Ends"]
    await expect(due.locator(".badge")).to_have_text(badges)
    await expect(due.first).to_contain_text("€119.00")
    await tab.axe_everywhere()
    await tab.press(due.get_by_role("link", name=overdue))
    await expect(tab.page.get_by_role("heading", name=f"Invoice {overdue}")).to_be_visible()


async def test_each_overdue_invoice_is_an_alert_with_a_link_until_it_is_paid(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    made = await subscribe(site_world, team, await make_contract(site_world, team), "Kiln", 100)
    placed = [await order(site_world, made, price=price, on=day(on)) for price, on in ((10_000, -50), (20_000, -40))]
    first, second = [await invoice_number(site_world, one) for one in placed]
    payable = await invoice_number(site_world, await order(site_world, made, on=day(-30)))
    tab = await visit(await site_world.member(team, Role.CONTRACT_MANAGER))
    await tab.open(f"/teams/{team}/billing")
    alert = tab.page.locator("main").get_by_role("alert")
    await expect(alert).to_contain_text("2 payments are overdue.")
    await expect(alert.get_by_role("listitem")).to_have_count(2)
    await expect(alert.get_by_role("listitem").first).to_contain_text(f"Invoice {first} was due on")
    await expect(alert.get_by_role("listitem").first).to_contain_text("Still owed: €119.00.")
    await expect(alert).not_to_contain_text(payable)
    await tab.axe_everywhere()
    await alert.get_by_role("link", name=second).focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name=f"Invoice {second}")).to_be_visible()
    # A part of the first one is paid, and the whole of the second one.
    await pay(site_world, first, 11_800)
    await pay(site_world, second, 23_800)
    await tab.open(f"/teams/{team}/billing")
    await expect(alert).to_contain_text("1 payment is overdue.")
    await expect(alert.get_by_role("listitem")).to_contain_text("Still owed: €1.00.")
    await pay(site_world, first, 100)
    await tab.page.reload()
    await expect(rows(tab, DUE).get_by_role("rowheader")).to_have_text([payable])
    await expect(alert).to_be_empty()


async def pay(world: World, number: str, amount: int) -> None:
    """Record a payment of an invoice."""

    async def record(connection: Connection) -> None:
        invoice = await payments.by_number(connection, int(number.removeprefix("INV-")))
        assert invoice is not None
        await payments.pay(connection, invoice, amount, day(0), f"{number} {amount}", "command tests")

    await committed(world.database, record)


async def test_the_spend_of_each_month_is_a_bar_and_a_row_of_a_table(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    made = await subscribe(
        site_world, team, await make_contract(site_world, team, currency="JPY", tax_rate=0), "Kiln", 100
    )
    placed = [await order(site_world, made, price=price, on=day(0)) for price in (1_000, 500)]
    number = await invoice_number(site_world, placed[0])

    async def credit(connection: Connection) -> None:
        invoice = await payments.by_number(connection, int(number.removeprefix("INV-")))
        assert invoice is not None
        await payments.credit(connection, invoice, 200, day(0), "A slip", "command tests")

    await committed(site_world.database, credit)
    tab = await visit(await site_world.member(team, Role.CONTRACT_MANAGER))
    await tab.open(f"/teams/{team}/billing")
    months = rows(tab, "Invoiced by month, less credit notes, in JPY")
    await expect(months).to_have_count(12)
    amounts = await months.locator("td").all_inner_texts()
    assert amounts == ["JP¥0"] * 11 + ["JP¥1,300"]
    figure = tab.page.get_by_role("figure")
    await expect(figure).to_contain_text("Invoiced by month, less credit notes, in JPY")
    heights = await figure.locator("rect").evaluate_all("bars => bars.map((bar) => bar.getAttribute('height'))")
    assert heights == ["0"] * 11 + ["100"]
    await tab.axe_everywhere()


async def test_a_team_without_seats_reads_where_they_come_from(visit: Open, site_world: World) -> None:
    team = await site_world.team()
    tab = await visit(await site_world.member(team, Role.CONTRACT_MANAGER))
    await tab.open(f"/teams/{team}/billing")
    await expect(tab.page.get_by_role("heading", name="The team has no seats")).to_be_visible()
    await expect(tab.page.locator("main")).to_contain_text("Nothing is due, and no subscription ends.")
    await expect(tab.page.locator("main")).to_contain_text("Nothing was invoiced in the last 12 months.")
    await tab.axe()


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_have_no_billing(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/billing")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
