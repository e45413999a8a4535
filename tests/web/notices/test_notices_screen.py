"""Notices: what the contract managers were told by mail, when and about what, and what became of the mail."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, expect

from db.core import ids
from db.notices import notices
from db.notices.notices import NewNotice
from domain.notices import NoticeKind
from domain.roles import Role
from tests.support.database import committed, fetch_rows
from tests.support.notices import Agreement, agree, row
from tests.support.orders import invoice_number, order
from tests.support.site import Theme, Visit
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World
from tests.web.conftest import Company, Open

REFUSE = "update notices set mail_state = 'refused', mail_reason = $2 where id = $1"


def rows(tab: Visit, text: str = "") -> Locator:
    """The rows of the list, or those with a text."""
    return tab.page.get_by_role("table", name="Notices").locator("tbody tr").filter(has_text=text)


@pytest.fixture
async def agreed(site_world: World) -> Agreement:
    """A contract with a contact person and another contract manager."""
    return await agree(site_world)


def about(agreed: Agreement, kind: NoticeKind, **data: object) -> NewNotice:
    """A notice of a kind, with its data."""
    return NewNotice(agreed.team, agreed.contract, kind, f"{kind.value}:{ids.new('run')}", data)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_each_notice_says_what_it_is_about_and_leads_there(
    agreed: Agreement, visit: Open, site_world: World, theme: Theme
) -> None:
    made = Made(agreed.subscription, agreed.team, "", [])
    placed = await order(site_world, made)
    number = await invoice_number(site_world, placed)
    await agreed.queue(
        agreed.renewal(),
        about(agreed, NoticeKind.ORDER_CONFIRMATION, orderId=placed.id),
        about(agreed, NoticeKind.PAYMENT_OVERDUE, invoiceId=placed.invoice_id, daysOverdue=14),
        about(agreed, NoticeKind.ANNOUNCEMENT, announcementId=ids.new("announcement")),
    )
    refused = await row(site_world, agreed.team, agreed.other.id)  # without a job, which would send it
    await fetch_rows(site_world.database, REFUSE, refused, "No such <b>mailbox</b>")
    tab = await visit(agreed.other, theme=theme)
    await tab.open(f"/teams/{agreed.team}/billing/notices")
    assert tab.operations() == 1
    await expect(rows(tab).first).to_contain_text("Not delivered No such <b>mailbox</b>")  # the newest
    await expect(rows(tab, "Announcement of the vendor").get_by_role("link")).to_have_text(["Ada Lovelace"])
    await expect(rows(tab, "Ada Lovelace").filter(has_text="30 days before")).to_contain_text("At once")
    await tab.axe_everywhere()
    for what, link, heading in (
        ("Order confirmed", "Order", f"Invoice {number}"),
        ("Payment overdue", "Invoice", f"Invoice {number}"),
        ("Ada Lovelace", "Subscription", "Terms"),
        ("Order confirmed", "Ada Lovelace", "Ada Lovelace"),
    ):
        await rows(tab, what).get_by_role("link", name=link, exact=True).focus()
        await tab.page.keyboard.press("Enter")
        await expect(tab.page.get_by_role("heading", name=heading)).to_be_visible()
        await tab.settled()
        assert tab.operations() == 1
        await tab.page.go_back()
        await tab.settled()
        tab.operations()


async def test_a_subscription_of_another_team_is_shown_under_the_home_team(visit: Open, site_world: World) -> None:
    home, other = await site_world.team(), await site_world.team()
    manager = await site_world.member(home, Role.CONTRACT_MANAGER)
    await site_world.add_member(other, manager.id, Role.CONTRACT_MANAGER)
    contract = await make_contract(site_world, home, other)
    made = await make_subscription(site_world, contract, other, (day(-335), day(29)))
    told = NewNotice(
        home, contract, NoticeKind.EXPIRY, f"expiry:{made.id}:1:30", {"subscriptionId": made.id, "term": 1}
    )
    await committed(site_world.database, lambda connection: notices.queue(connection, [told]))
    tab = await visit(manager)
    await tab.open(f"/teams/{home}/billing/notices")
    await rows(tab, "Subscription ends").get_by_role("link", name="Subscription", exact=True).click()
    await expect(tab.page.get_by_role("table", name="Terms")).to_be_visible()
    assert urlsplit(tab.page.url).path == f"/teams/{home}/contracts/subscriptions/{made.id}"


async def test_many_notices_have_pages(agreed: Agreement, visit: Open, site_world: World) -> None:
    for _ in range(51):
        await row(site_world, agreed.team, agreed.contact.id)
    tab = await visit(agreed.contact)
    await tab.open(f"/teams/{agreed.team}/billing/notices")
    await expect(rows(tab)).to_have_count(50)
    await tab.page.get_by_role("button", name="Next page").click()
    await expect(rows(tab)).to_have_count(1)
    await tab.page.go_back()
    await expect(rows(tab)).to_have_count(50)
    await expect(tab.page.get_by_role("navigation", name="Pages")).to_contain_text("51 in all")


async def test_a_team_without_notices_reads_which_there_will_be_in_german(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open(f"/teams/{company.team}/billing/notices")
    await expect(tab.page.get_by_role("heading", name="Es gibt noch keine Mitteilungen")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_role("link", name="Ihre Mitteilungen").click()
    await expect(tab.page.get_by_role("heading", name="Profil", level=1)).to_be_focused()


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_find_no_notices(company: Company, visit: Open, site_world: World, role: Role) -> None:
    await row(site_world, company.team, company.people[Role.CONTRACT_MANAGER].id)
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/billing/notices")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()
