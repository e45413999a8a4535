"""Team: the audit log, and who held a seat on a day."""

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
BROKEN = ["?on=2026-02-31", "?on=yesterday", "?product=1%27--", "?at=after.%00&size=7"]
COPY = """
insert into audit_events
  (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
select team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id
from audit_events, generate_series(1, :times) where team_id = :team
"""
ABOUT = """
insert into audit_events
  (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
select team_id, actor_kind, actor_id, action, target, cast(cast(:before as text) as jsonb), '{}', facts, policy_hash,
       request_id
from audit_events, unnest(cast(:targets as text[])) as target where team_id = :team
"""
GONE, DELETED = "group_01jzxywz00egdv8xk6k2413pey", "group_01jzxywz00egdv8xk6k2413pez"


async def copy_event(world: World, team: str, times: int) -> None:
    """Repeat the only entry of the log of a team."""
    async with world.engine.begin() as connection:
        await connection.execute(text(COPY), {"team": team, "times": times})


@pytest.mark.parametrize("role", MANAGERS)
async def test_the_log_says_who_did_what(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    audit = f"/teams/{company.team}/settings/audit"
    await tab.open(audit)
    assert tab.operations() == 1
    await expect(tab.page.get_by_role("heading", name="Nothing has been changed yet")).to_be_visible()
    await tab.open(f"/teams/{company.team}/settings")
    await tab.page.get_by_label("Name", exact=True).fill(f"<b>Logged</b> {company.team[-6:]}")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    await tab.page.get_by_role("link", name="Audit log").click()
    event = tab.page.locator("tbody tr")
    await expect(event).to_have_count(1)
    await expect(event).to_contain_text("Settings changed")
    await expect(event).to_contain_text("Ada Byron")
    await event.get_by_text("Show").click()
    await expect(event).to_contain_text("<b>Logged</b>")
    await tab.axe()
    await tab.page.get_by_role("link", name="Ada Byron").click()
    await expect(tab.page.get_by_role("button", name="Only by Ada Byron")).to_be_visible()
    assert tab.path == f"{audit}?actor={company.people[role].id}"
    await expect(event).to_have_count(1)
    await tab.page.get_by_label("What", exact=True).select_option("Seats assigned")
    await expect(tab.page.get_by_role("heading", name="No change matches the filters")).to_be_visible()
    await tab.axe()
    await tab.page.locator(".empty").get_by_role("button", name="Clear filters").click()
    await tab.page.get_by_label("To the day").fill("2001-02-03")
    await expect(event).to_have_count(0)
    await tab.page.go_back()
    await expect(event).to_have_count(1)
    assert tab.path == audit


async def test_the_log_is_read_in_pages_with_back_and_forward(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings")
    await tab.page.get_by_label("Name", exact=True).fill(f"Paged {company.team[-6:]}")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    await copy_event(site_world, company.team, 31)
    await tab.open(f"/teams/{company.team}/settings/audit?size=25")
    rows = tab.page.locator("tbody tr")
    await expect(rows).to_have_count(25)
    await tab.page.get_by_role("button", name="Next page").click()
    await expect(rows).to_have_count(7)
    second = tab.path
    await tab.page.go_back()
    await expect(rows).to_have_count(25)
    await tab.page.go_forward()
    await expect(rows).to_have_count(7)
    assert tab.path == second


async def test_the_log_names_what_was_changed(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings")
    await tab.page.get_by_label("Name", exact=True).fill(f"Named {company.team[-6:]}")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    zoe = await site_world.member(company.team, account=await site_world.person("Zoë", "Zweig"))
    product = await site_world.pool(company.team, 1, await site_world.product(f"Loom {company.team}"))
    names = {
        product: f"Loom {company.team}",
        await site_world.member_id(company.team, zoe.id): "Zoë Zweig",
        await site_world.group(company.team, "Design"): "Design",
        await site_world.give_seat(company.team, product, zoe.id): f"Loom {company.team}",
        await site_world.request(company.team, product, zoe.id): f"Zoë Zweig · Loom {company.team}",
        (await site_world.token(company.team, zoe.id, Scope.SEATS_READ))[0]: "Partner",
        GONE: GONE,
    }
    async with site_world.engine.begin() as connection:
        await connection.execute(text(ABOUT), {"team": company.team, "targets": list(names), "before": "{}"})
        deleted = {"team": company.team, "targets": [DELETED], "before": '{"name": "Old group"}'}
        await connection.execute(text(f"{ABOUT} and target_id = team_id"), deleted)
    tab.operations()
    await tab.open(f"/teams/{company.team}/settings/audit")
    assert tab.operations() == 1
    cells = tab.page.locator("tbody tr td:nth-child(4)")
    shown = [f"Named {company.team[-6:]}", *names.values(), "Old group"]
    await expect(cells).to_have_text(shown[::-1])


@pytest.mark.parametrize("role", MANAGERS)
async def test_who_held_a_seat_on_a_day(company: Company, visit: Open, site_world: World, role: Role) -> None:
    async with site_world.engine.connect() as connection:
        products = (await connection.execute(text("select count(*) from products"))).scalar_one()
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings/history")
    assert tab.operations() == -(-products // 100), "One for the screen, and one for each further page of products."
    await expect(tab.page.get_by_role("heading", name="Choose a product")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_label("Product").select_option(value=company.product)
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await expect(tab.page.locator("tbody tr")).to_contain_text("Ada Byron")
    await expect(tab.page.locator("tbody tr")).to_contain_text("Still held")
    await tab.axe()
    await tab.page.get_by_label("Day").fill("2001-02-03")
    await expect(tab.page.get_by_role("heading", name="Nobody held a seat on this day")).to_be_visible()
    assert tab.path.endswith(f"?product={company.product}&on=2001-02-03")
    await tab.page.go_back()
    await expect(tab.page.locator("tbody tr")).to_have_count(1)
    await tab.page.get_by_role("button", name="Clear filters").click()
    await expect(tab.page.get_by_role("heading", name="Choose a product")).to_be_visible()


async def test_a_day_is_typed_digit_by_digit(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings/audit")
    tab.operations()
    day = tab.page.get_by_label("From the day")
    await day.focus()
    await tab.page.keyboard.type("02022001", delay=60)  # the day is the month, which comes first for some browsers
    await tab.page.keyboard.press("Enter")
    await tab.page.wait_for_url("**?since=2001-02-02")
    await tab.settled()
    await expect(day).to_have_value("2001-02-02")
    assert tab.operations() == 1


@pytest.mark.parametrize("query", [*BROKEN, "?on=0000-01-01&since=0000-01-01", "?on=9999-12-31&until=9999-12-31"])
@pytest.mark.parametrize("screen", ["history", "audit", "tokens"])
async def test_a_broken_address_never_blocks_a_screen(company: Company, visit: Open, screen: str, query: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/settings/{screen}{query}")
    await expect(tab.page.get_by_role("heading", name="Team", exact=True)).to_be_visible()
