"""The pages that links in mails open: spent by a button, the secret out of the address, each kind of account."""

import pyotp
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from db.tables.people import Team
from domain.credentials import CredentialKind, issue
from domain.roles import Role
from tests.resolvers.access.test_sign_ups import execute
from tests.resolvers.access.test_stolen_accounts import mailed_reset
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

PASSWORD, NEW = "a password of eleven words", "another password of words"
LINKS = ["/invitations", "/verify", "/reset", "/email", "/undo", "/sign-in/second-step"]
KEPT = "JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }])"


async def follow(tab: Visit, link: str) -> None:
    """Open a link as a mail has it. Its secret must be out of the address at once."""
    await tab.page.goto(f"{tab.address}{link}")
    await expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    assert "#" not in tab.page.url
    assert "usher_" not in tab.page.url


async def team_name(world: World, team: str) -> str:
    """The name of a team."""
    async with world.engine.connect() as connection:
        found = await connection.execute(select(Team.name).where(Team.id == team))
        return str(found.scalar_one())


async def products(page: Page) -> None:
    """Wait for the first screen of a person who is signed in."""
    await expect(page.get_by_role("heading", name="Products and Services")).to_be_visible()


@pytest.mark.parametrize("path", LINKS)
async def test_a_link_without_its_secret_says_so_and_sends_nothing(visit: Open, path: str) -> None:
    tab = await visit()
    await follow(tab, path)
    await expect(tab.page.get_by_role("alert").filter(has_text="The link is not complete")).to_be_visible()
    assert tab.operations() == 0
    await tab.axe()


async def test_opening_links_changes_nothing(company: Company, visit: Open, site_world: World) -> None:
    invited = await site_world.invited_member(company.team)
    user = company.people[Role.USER]
    confirm, undo = await site_world.email_change(user, f"moved.{user.id[-8:]}@tests.example")
    links = {
        "/invitations": await site_world.invitation_token(company.team, invited.id),
        "/verify": await site_world.sign_up(f"scanned.{user.id[-8:]}@web.example", PASSWORD),
        "/reset": await site_world.reset(user.id),
        "/email": confirm,
        "/undo": undo,
    }
    tab = await visit()
    before = await site_world.fingerprint()
    for path, token in links.items():
        await follow(tab, f"{path}#{token}")
        await expect(tab.page.locator("form")).to_be_visible()
        await tab.axe()
        # The secret is neither in the history nor in what the tab keeps.
        assert token not in await tab.page.evaluate(KEPT)
    assert await site_world.fingerprint() == before


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_person_without_an_account_accepts_an_invitation(
    company: Company, visit: Open, site_world: World, theme: str
) -> None:
    invited = await site_world.invited_member(company.team)
    token = await site_world.invitation_token(company.team, invited.id)
    tab = await visit(theme=theme, width=320)
    await follow(tab, f"/invitations#{token}")
    team = await team_name(site_world, company.team)
    await expect(tab.page.locator(".offer")).to_contain_text(team)
    await expect(tab.page.locator(".offer")).to_contain_text(f"Grace Hopper ({invited.email})")
    await expect(tab.page.get_by_label("First name")).to_have_value("Grace")
    await tab.page.get_by_label("First name").fill("Amazing Grace")
    await tab.page.get_by_label("Password").fill("short")
    await tab.page.get_by_role("button", name="Accept the invitation").click()
    await expect(tab.page.get_by_label("Password")).to_be_focused()
    await expect(tab.page.get_by_text("A password has 10 to 200 characters")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await products(tab.page)
    assert tab.path == f"/teams/{company.team}/products"
    await expect(tab.page.get_by_role("status").filter(has_text=f"You are in the team {team}.")).to_be_visible()
    # The link is spent, and Back does not lead to it.
    await tab.page.goto(f"{tab.address}/invitations#{token}")
    await expect(tab.page.get_by_role("alert").filter(has_text="accepted this invitation already")).to_be_visible()
    await expect(tab.page.locator(".offer")).to_have_count(0)


async def test_a_person_with_an_account_signs_in_first_and_then_accepts(
    company: Company, visit: Open, site_world: World
) -> None:
    person = await site_world.person("Grace", "Hopper")
    await site_world.set_password(person.id, PASSWORD)
    await site_world.invited_member(company.team, account=person)
    token = await site_world.invitation_token(company.team, person.id)
    tab = await visit()
    await follow(tab, f"/invitations#{token}")
    await expect(tab.page.get_by_text("You have an account.")).to_be_visible()
    await expect(tab.page.get_by_label("E-mail address")).to_have_value(person.email)
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(tab.page.get_by_label("Password")).to_have_count(0)
    await tab.page.get_by_role("button", name="Accept the invitation").dblclick()
    await products(tab.page)
    assert tab.path == f"/teams/{company.team}/products"


async def test_another_person_learns_nothing_and_can_sign_out(company: Company, visit: Open, site_world: World) -> None:
    invited = await site_world.invited_member(company.team)
    token = await site_world.invitation_token(company.team, invited.id)
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await follow(tab, f"/invitations#{token}")
    await expect(tab.page.get_by_role("alert").filter(has_text="sent to another address")).to_be_visible()
    assert invited.email not in await tab.page.content()
    await tab.axe()
    await tab.page.get_by_role("button", name="Sign out").click()
    await expect(tab.page.locator(".offer")).to_contain_text(invited.email)
    await expect(tab.page.get_by_label("Password")).to_be_visible()


async def test_links_that_are_put_into_one_tab_are_told_apart(company: Company, visit: Open, site_world: World) -> None:
    invited = await site_world.invited_member(company.team)
    token = await site_world.invitation_token(company.team, invited.id)
    tab = await visit()
    await follow(tab, f"/invitations#{issue(CredentialKind.INVITATION)[0]}")
    await expect(tab.page.get_by_role("alert").filter(has_text="There is no such invitation")).to_be_visible()
    # Only the part after the # changes, so the browser does not load the page again.
    await tab.page.evaluate("(token) => { location.hash = token }", token)
    await expect(tab.page.locator(".offer")).to_contain_text(invited.email)
    assert token not in tab.page.url


async def test_a_new_person_signs_up_and_verifies(visit: Open, site_world: World) -> None:
    token = await site_world.sign_up("ada.new@web.example", PASSWORD)
    tab = await visit()
    await follow(tab, f"/verify#{token}")
    password = tab.page.get_by_label("Password that you chose")
    await password.fill("a wrong password here")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_text("The address or the password is wrong")).to_be_visible()
    await expect(password).to_be_focused()
    await password.fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="You are in no team yet")).to_be_visible()


@pytest.mark.parametrize("factor", [False, True])
async def test_a_new_password_signs_in_after_the_second_factor(
    company: Company, visit: Open, site_world: World, *, factor: bool
) -> None:
    user = company.people[Role.USER]
    secret = await site_world.authenticator(user.id) if factor else ""
    tab = await visit()
    await follow(tab, f"/reset#{await site_world.reset(user.id)}")
    await tab.page.get_by_label("New password").fill(NEW)
    await tab.page.get_by_role("button", name="Set the password and sign in").click()
    if factor:
        code = tab.page.get_by_label("Code of your authenticator app")
        await expect(code).to_be_visible()
        await tab.axe()
        await code.fill(pyotp.TOTP(secret).now())
        await tab.page.keyboard.press("Enter")
    await products(tab.page)


async def test_a_link_by_mail_needs_no_second_factor_that_is_new(
    company: Company, visit: Open, site_world: World
) -> None:
    user = company.people[Role.USER]
    await site_world.authenticator(user.id)
    await execute(site_world, "update users set second_factor_since = now() where id = :id", id=user.id)
    tab = await visit()
    await follow(tab, f"/reset#{await mailed_reset(site_world, user)}")
    await tab.page.get_by_label("New password").fill(NEW)
    await tab.page.get_by_role("button", name="Set the password and sign in").click()
    await products(tab.page)
    await tab.open("/profile/security")
    await expect(tab.page.get_by_role("button", name="Set up an authenticator app")).to_be_visible()


async def test_a_spent_link_leads_to_a_new_one(company: Company, visit: Open) -> None:
    assert company.team
    tab = await visit()
    await follow(tab, f"/reset#{issue(CredentialKind.RESET)[0]}")
    await tab.page.get_by_label("New password").fill(NEW)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("alert").filter(has_text="has expired, was used")).to_be_visible()
    await tab.page.get_by_role("link", name="Forgot your password?").click()
    await expect(tab.page.get_by_role("heading", name="Ask for a new password")).to_be_visible()


async def test_a_new_address_is_confirmed_with_a_session_or_the_password(
    company: Company, visit: Open, site_world: World
) -> None:
    for user, signed_in in [(company.people[Role.USER], True), (company.people[Role.CONTRACT_MANAGER], False)]:
        await site_world.set_password(user.id, PASSWORD)
        email = f"moved.{user.id[-8:]}@web.example"
        confirm, _ = await site_world.email_change(user, email)
        tab = await visit(user if signed_in else None)
        await follow(tab, f"/email#{confirm}")
        button = tab.page.get_by_role("button", name="Confirm the address")
        await button.click()
        if not signed_in:
            await expect(tab.page.get_by_role("alert").filter(has_text="Enter the password")).to_be_visible()
            await tab.axe()
            await tab.page.get_by_label("Password").fill(PASSWORD)
            await button.click()
        await expect(tab.page.get_by_role("status").filter(has_text=email)).to_be_visible()


async def test_the_old_address_is_kept_with_a_new_password(company: Company, visit: Open, site_world: World) -> None:
    user = company.people[Role.USER]
    _, undo = await site_world.email_change(user, f"thief.{user.id[-6:]}@web.example")
    # The app was added after the change of the address began, so it goes with the change.
    await site_world.authenticator(user.id)
    tab = await visit()
    await follow(tab, f"/undo#{undo}")
    await tab.page.get_by_label("New password").fill(NEW)
    await tab.page.get_by_role("button", name="Keep the address and set the password").click()
    await products(tab.page)


async def test_a_lost_answer_costs_nothing_that_was_typed(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit()
    await follow(tab, f"/reset#{await site_world.reset(company.people[Role.USER].id)}")
    await tab.page.route("**/graphql", lambda route: route.fulfill(status=503, body="{}"))
    await tab.page.get_by_label("New password").fill(NEW)
    button = tab.page.get_by_role("button", name="Set the password and sign in")
    await button.click()
    await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await expect(tab.page.get_by_label("New password")).to_have_value(NEW)
    await tab.page.unroute("**/graphql")
    await button.click()
    await products(tab.page)
    tab.complaints.clear()  # the browser reports the answer 503
