"""Team, its partner tokens: made with scopes and an end, the secret once, a new secret, revoked."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import Locator, expect

from domain.actions import Scope
from domain.roles import Role
from gateway.http import console
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]


async def works(tab: Visit, secret: str) -> bool:
    """Whether the secret of a token is taken. The document is one that the server trusts."""
    document = next(id_ for id_, text in console.documents().items() if text.startswith("query HomeScreenQuery"))
    async with httpx.AsyncClient(base_url=tab.address, headers={"authorization": f"Bearer {secret}"}) as http:
        return (await http.post("/graphql", json={"documentId": document})).status_code != 401


def row(tab: Visit, name: str) -> Locator:
    """The row of a token."""
    return tab.page.locator("tbody tr").filter(has_text=name)


@pytest.mark.parametrize("role", MANAGERS)
async def test_a_token_is_made_and_its_secret_is_shown_once(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings/tokens")
    assert tab.operations() == 1
    await expect(tab.page.get_by_role("heading", name="The team has no partner tokens")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_role("button", name="Create a token").click()
    dialog = tab.page.get_by_role("dialog", name="Create a token")
    assert tab.path.endswith("?ask=create")
    await dialog.get_by_label("Name", exact=True).fill("<i>Shop</i> حداد")
    await dialog.get_by_label("See members, without addresses").check()
    await dialog.get_by_label("See seats", exact=True).check()
    await tab.axe()
    await dialog.get_by_role("button", name="Create a token").dblclick()
    shown = tab.page.get_by_role("alertdialog", name="The secret of the token")
    secret = await shown.locator("code").inner_text()
    assert await works(tab, secret)
    await tab.axe()
    await tab.escape()
    await expect(shown).to_be_visible()
    await shown.get_by_role("button", name="I have kept it").click()
    await expect(row(tab, "<i>Shop</i> حداد")).to_have_count(1)
    await expect(row(tab, "Shop").get_by_text("Active")).to_be_visible()
    await row(tab, "Shop").get_by_text("2 things").click()
    await expect(row(tab, "Shop").get_by_text("See seats")).to_be_visible()
    assert secret not in await tab.page.content()
    await tab.page.go_back()
    assert secret not in await tab.page.content()


async def test_a_lost_secret_is_told_of_and_no_second_token_is_made(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/settings/tokens?ask=create")
    dialog = tab.page.get_by_role("dialog", name="Create a token")
    await dialog.get_by_label("Name", exact=True).fill("Shop")
    await dialog.get_by_label("See seats", exact=True).check()
    async with tab.answers_lost():
        await dialog.get_by_role("button", name="Create a token").click()
        await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await dialog.get_by_role("button", name="Create a token").click()
    await expect(tab.page.get_by_role("status").filter(has_text="shown once")).to_be_visible()
    await expect(dialog).to_have_count(0)
    await expect(row(tab, "Shop")).to_have_count(1)


async def test_what_is_wrong_with_a_token_stands_at_its_field(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    await tab.open(f"/teams/{company.team}/settings/tokens?ask=create")
    dialog = tab.page.get_by_role("dialog", name="Create a token")
    far = datetime.now(UTC).date() + timedelta(days=400)
    await dialog.get_by_label("Ends", exact=True).fill(str(far))
    await dialog.get_by_role("button", name="Create a token").click()
    for text in ("A name has 1 to 100 characters", "in at most 366 days.", "Choose at least one."):
        await expect(dialog.get_by_text(text).first).to_be_visible()
    await expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    await tab.axe()
    await tab.escape()
    await expect(dialog).to_have_count(0)
    assert tab.path == f"/teams/{company.team}/settings/tokens"


@pytest.mark.parametrize("role", MANAGERS)
async def test_only_who_granted_a_token_gives_it_a_new_secret_and_others_read_why(
    company: Company, visit: Open, site_world: World, role: Role
) -> None:
    coordinator = company.people[Role.SOFTWARE_COORDINATOR]
    _, old = await site_world.token(company.team, coordinator.id, Scope.MEMBERS_READ)
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings/tokens")
    button = row(tab, "Partner").get_by_role("button", name="New secret")
    if role is Role.CONTRACT_MANAGER:
        await button.focus()
        await expect(button).to_have_attribute("aria-disabled", "true")
        await expect(tab.page.get_by_role("tooltip")).to_be_visible()
        return
    await button.click()
    dialog = tab.page.get_by_role("alertdialog", name="A new secret for Partner")
    await tab.axe()
    await dialog.get_by_role("button", name="Make a new secret").click()
    shown = tab.page.get_by_role("alertdialog", name="The secret of the token")
    secret = await shown.locator("code").inner_text()
    assert secret != old
    assert [await works(tab, one) for one in (secret, old, f"{old[:-1]}!")] == [True, True, False]
    await shown.get_by_role("button", name="I have kept it").click()
    await expect(row(tab, "Partner").get_by_text("The old secret works until")).to_be_visible()
    await button.click()
    await dialog.get_by_role("button", name="Make a new secret").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("both secrets work")


@pytest.mark.parametrize("role", MANAGERS)
async def test_a_token_is_revoked_by_keyboard(company: Company, visit: Open, site_world: World, role: Role) -> None:
    coordinator = company.people[Role.SOFTWARE_COORDINATOR]
    _, secret = await site_world.token(company.team, coordinator.id, Scope.MEMBERS_READ)
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/settings/tokens")
    await tab.press(row(tab, "Partner").get_by_role("button", name="Revoke"))
    dialog = tab.page.get_by_role("alertdialog", name="Revoke Partner")
    await expect(dialog).to_be_visible()
    await tab.axe()
    await tab.page.reload()
    await expect(dialog).to_be_visible()
    await tab.press(dialog.get_by_role("button", name="Revoke the token"))
    await expect(row(tab, "Partner").get_by_text("Revoked")).to_be_visible()
    await expect(row(tab, "Partner").get_by_role("button")).to_have_count(0)
    await tab.page.go_back()
    await tab.settled()
    assert tab.path == f"/teams/{company.team}/settings/tokens"
    await expect(dialog).to_have_count(0)
    assert not await works(tab, secret)
