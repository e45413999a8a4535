"""Profile: names and language, the address, the password, the confirmation of sensitive changes, and the deletion."""

import pytest
from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support import second_factors
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

PASSWORD = "a password of eleven words"
NEW = "another password of a few words"


async def opened(tab: Visit, button: str, path: str = "/profile") -> Locator:
    """Open the profile, and the dialog of a button."""
    await tab.open(path)
    await tab.page.get_by_role("button", name=button).click()
    return tab.page.get_by_role("dialog", name=button)


@pytest.mark.parametrize("role", Role)
async def test_a_person_changes_their_names_and_sees_them_at_once(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open("/profile")
    assert tab.operations() == 1
    await tab.page.get_by_label("First name").fill("  ")
    await tab.page.get_by_role("button", name="Save").click()
    await expect(tab.page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
    await tab.axe()
    await tab.page.get_by_label("First name").fill(" 愛子 ")
    await tab.page.get_by_label("Last name").fill("<b>佐藤</b>")
    await tab.page.get_by_label("Language of mails").select_option("Deutsch")
    await tab.page.get_by_label("Last name").press("Enter")
    await expect(tab.page.get_by_role("button", name="愛子 <b>佐藤</b>: settings and sign-out")).to_be_visible()
    await expect(tab.page.get_by_label("First name")).to_have_value("愛子")
    await tab.page.reload()
    await expect(tab.page.get_by_label("Language of mails")).to_have_value("DE")


async def test_a_new_address_is_confirmed_by_a_mail(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    dialog = await opened(tab, "Change the e-mail address")
    await dialog.get_by_label("New e-mail address").fill("nobody")
    await tab.page.keyboard.press("Enter")
    await expect(dialog.get_by_label("New e-mail address")).to_have_attribute("aria-invalid", "true")
    await tab.axe()
    await dialog.get_by_label("New e-mail address").fill(f"new.{company.people[Role.USER].email}")
    await dialog.get_by_role("button", name="Send the link").click()
    await expect(tab.page.get_by_role("status").filter(has_text="We have sent a mail to new.")).to_be_visible()
    await expect(dialog).to_have_count(0)


async def test_an_old_sign_in_needs_the_password(company: Company, visit: Open, site_world: World) -> None:
    who = company.people[Role.USER]
    await site_world.set_password(who.id, PASSWORD)
    await site_world.session(who.id)
    await site_world.grow_old(who.id)
    tab = await visit(who)
    dialog = await opened(tab, "Change the password")
    await dialog.get_by_label("New password").fill(NEW)
    await tab.page.keyboard.press("Enter")
    question = tab.page.get_by_role("dialog", name="Confirm that it is you")
    await expect(question).to_be_visible()
    await tab.axe()
    await tab.escape()
    await expect(question).to_have_count(0)
    await expect(dialog.get_by_label("New password")).to_have_value(NEW)
    await dialog.get_by_role("button", name="Change the password").click()
    await question.get_by_label("Password").fill("a wrong one")
    await tab.page.keyboard.press("Enter")
    await expect(question.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    await question.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="1 other session has ended")).to_be_visible()
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)


async def test_a_password_that_is_too_short_is_named_at_its_field(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    dialog = await opened(tab, "Change the password")
    await dialog.get_by_label("New password").fill("short")
    await tab.page.keyboard.press("Enter")
    await expect(dialog.get_by_label("New password")).to_be_focused()
    await expect(dialog.get_by_label("New password")).to_have_attribute("aria-invalid", "true")


async def test_a_session_without_the_second_factor_signs_in_again(
    company: Company, visit: Open, site_world: World
) -> None:
    who = company.people[Role.USER]
    await site_world.set_password(who.id, PASSWORD)
    secret = await site_world.authenticator(who.id)
    tab = await visit(who)
    dialog = await opened(tab, "Change the password")
    await dialog.get_by_label("New password").fill(NEW)
    await tab.page.keyboard.press("Enter")
    question = tab.page.get_by_role("dialog", name="Sign in again")
    await question.get_by_label("E-mail address").fill(who.email)
    await question.get_by_label("Password").fill(PASSWORD)
    await tab.axe()
    await tab.page.keyboard.press("Enter")
    await question.get_by_label("Code of your authenticator app").fill(second_factors.code(secret))
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("status").filter(has_text="The password is changed")).to_be_visible()
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)


async def test_the_account_is_deleted_only_after_its_address_was_typed(
    company: Company, visit: Open, site_world: World
) -> None:
    who = company.people[Role.USER]
    tab = await visit(who)
    await tab.open("/profile")
    await tab.page.get_by_role("button", name="Delete the account").click()
    dialog = tab.page.get_by_role("alertdialog", name="Delete the account")
    button = dialog.get_by_role("button", name="Delete for good")
    await button.hover()
    await expect(tab.page.get_by_role("tooltip")).to_contain_text(who.email)
    await dialog.get_by_label("to confirm").fill("somebody@else.example")
    await tab.page.keyboard.press("Enter")
    await tab.axe()
    assert await site_world.sessions(who.id) != []
    await dialog.get_by_label("to confirm").fill(who.email.upper())
    await button.click()
    await expect(tab.page.get_by_role("dialog", name="Sign in")).to_be_visible()
    assert await site_world.sessions(who.id) == []


async def test_the_only_contract_manager_cannot_go(company: Company, visit: Open) -> None:
    who = company.people[Role.CONTRACT_MANAGER]
    tab = await visit(who)
    await tab.open("/profile?dialog=delete")
    dialog = tab.page.get_by_role("alertdialog")
    await dialog.get_by_label("to confirm").fill(who.email)
    await tab.page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("must keep at least one contract manager")


@pytest.mark.parametrize("path", ["/profile", "/profile/security", "/profile/sessions"])
async def test_the_profile_in_german(company: Company, visit: Open, path: str) -> None:
    tab = await visit(company.people[Role.USER], width=320, theme="dark")
    await tab.page.add_init_script("localStorage.setItem('usher:language', 'de')")
    await tab.open(path)
    await expect(tab.page.get_by_role("heading", name="Profil")).to_be_visible()
    await expect(tab.page.get_by_role("navigation", name="Teile des Profils")).to_be_visible()
    await tab.axe()
    assert await tab.page.evaluate("document.documentElement.scrollWidth") == 320
