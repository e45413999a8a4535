"""Profile: authenticator apps, recovery codes, and passkeys with the virtual authenticator of Chromium."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Locator, expect

from domain.roles import Role
from gateway.runtime.settings import ROOT
from tests.support import second_factors, site
from tests.support.site import Visit
from tests.support.world import Account, World
from tests.web.conftest import Company, Open, Site

PASSWORD = "a password of eleven words"
SECURITY = "/profile/security"
READ_CODE = """
async (png) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return jsQR(context.getImageData(0, 0, image.width, image.height).data, image.width, image.height).data;
}
"""


async def read_code(tab: Visit, code: Locator) -> str:
    """What a camera reads in the QR code on the page."""
    await tab.page.evaluate((ROOT / "web" / "node_modules" / "jsqr" / "dist" / "jsQR.js").read_text(encoding="utf-8"))
    text: str = await tab.page.evaluate(READ_CODE, b64encode(await code.screenshot()).decode())
    return text


async def keep_codes(tab: Visit, folder: Path) -> list[str]:
    """Keep the recovery codes that are shown, as a file. Returns them."""
    dialog = tab.page.get_by_role("dialog", name="Recovery codes")
    await expect(dialog.get_by_role("listitem")).to_have_count(10)
    shown = await dialog.get_by_role("listitem").all_inner_texts()
    await tab.axe()
    await tab.escape()
    await expect(dialog).to_be_visible()
    async with tab.page.expect_download() as download:
        await dialog.get_by_role("button", name="Download").click()
    path = folder / "codes.txt"
    await (await download.value).save_as(path)
    assert path.read_text(encoding="utf-8").split() == shown
    await dialog.get_by_role("button", name="I have kept them").click()
    await expect(dialog).to_have_count(0)
    return shown


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_person_sets_up_an_app_and_removes_it(
    company: Company, visit: Open, tmp_path: Path, theme: site.Theme
) -> None:
    tab = await visit(company.people[Role.USER], theme=theme)
    await tab.open(SECURITY)
    assert tab.operations() == 1
    renew = tab.page.get_by_role("button", name="Make new recovery codes")
    await expect(renew).to_have_attribute("aria-disabled", "true")
    await tab.page.get_by_role("button", name="Set up an authenticator app").click()
    dialog = tab.page.get_by_role("dialog", name="Set up an authenticator app")
    await dialog.get_by_role("button", name="Next").click()
    uri = await read_code(tab, dialog.get_by_role("img", name="QR code"))
    secret = await dialog.locator(".copyable code").inner_text()
    assert uri.startswith("otpauth://totp/")
    assert f"secret={secret}" in uri
    await tab.axe()
    await dialog.get_by_label("Code that the app shows").fill("000000")
    await tab.page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Code that the app shows")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Code that the app shows").fill(second_factors.code(secret))
    await tab.page.keyboard.press("Enter")
    first = await keep_codes(tab, tmp_path)
    await expect(tab.page.get_by_text("10 codes are left.")).to_be_visible()
    await renew.click()
    await tab.page.get_by_role("dialog").get_by_role("button", name="Make new recovery codes").click()
    assert set(await keep_codes(tab, tmp_path)).isdisjoint(first)
    await tab.page.get_by_role("button", name="Remove the authenticator app").click()
    question = tab.page.get_by_role("alertdialog", name="Remove the authenticator app")
    await tab.axe()
    await question.get_by_role("button", name="Remove").click()
    await expect(tab.page.get_by_role("button", name="Set up an authenticator app")).to_be_visible()
    await expect(renew).to_have_attribute("aria-disabled", "true")


async def at_localhost(browser: Browser, usher: Site, account: Account) -> tuple[Visit, CDPSession, str]:
    """A tab at `localhost`, because passkeys belong to names, with an authenticator. Returns its id, too."""
    address = usher.address.replace("127.0.0.1", "localhost")
    context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
    await site.sign_in(context, address, account)
    tab = await Visit.of(context, address)
    device = await context.new_cdp_session(tab.page)
    await device.send("WebAuthn.enable")
    added: dict[str, Any] = await device.send("WebAuthn.addVirtualAuthenticator", {"options": site.AUTHENTICATOR})
    return tab, device, str(added["authenticatorId"])


async def add(tab: Visit, name: str) -> Locator:
    """Ask for a passkey of this name. Returns the dialog."""
    await tab.page.get_by_role("button", name="Add a passkey").click()
    dialog = tab.page.get_by_role("dialog", name="Add a passkey")
    await dialog.get_by_label("Name of the passkey").fill(name)
    await tab.page.keyboard.press("Enter")
    return dialog


async def test_a_person_adds_renames_and_removes_passkeys(
    company: Company, browser: Browser, usher: Site, site_world: World, tmp_path: Path
) -> None:
    who = company.people[Role.CONTRACT_MANAGER]
    tab, device, authenticator = await at_localhost(browser, usher, who)
    await tab.open(SECURITY)
    dialog = await add(tab, " ")
    await expect(dialog.get_by_label("Name of the passkey")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Name of the passkey").fill("Ada's <b>laptop</b>")
    await tab.page.keyboard.press("Enter")
    await keep_codes(tab, tmp_path)
    kept = await device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert len(kept["credentials"]) == 1, "The passkey with the refused name was used."
    row = tab.page.locator("tbody tr")
    await expect(row).to_contain_text("Ada's <b>laptop</b>")
    await tab.axe()
    dialog = await add(tab, "The same device")
    await expect(dialog.get_by_role("alert").filter(has_text="has a passkey of your account already")).to_be_visible()
    await tab.escape()
    await row.get_by_role("button", name="Rename").click()
    dialog = tab.page.get_by_role("dialog", name="Rename the passkey")
    await dialog.get_by_label("Name of the passkey").fill("Laptop")
    await tab.page.keyboard.press("Enter")
    await expect(row.get_by_role("rowheader")).to_have_text("Laptop")
    await site_world.set_password(who.id, PASSWORD)
    await site_world.grow_old(who.id)
    await row.get_by_role("button", name="Remove").click()
    await (
        tab.page.get_by_role("alertdialog", name="Remove the passkey Laptop")
        .get_by_role("button", name="Remove")
        .click()
    )
    question = tab.page.get_by_role("dialog", name="Confirm that it is you")
    await question.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(row).to_have_count(0)
    await tab.no_complaints()
    await tab.page.context.close()


async def test_a_passkey_that_is_cancelled_says_so_and_can_be_tried_again(
    company: Company, browser: Browser, usher: Site, tmp_path: Path
) -> None:
    tab, device, authenticator = await at_localhost(browser, usher, company.people[Role.USER])
    await tab.open(SECURITY)
    refused = {"authenticatorId": authenticator, "isUserVerified": False}
    await device.send("WebAuthn.setUserVerified", refused)
    dialog = await add(tab, "Laptop")
    await expect(dialog.get_by_role("alert").filter(has_text="No passkey was made")).to_be_visible()
    await tab.axe()
    await device.send("WebAuthn.setUserVerified", refused | {"isUserVerified": True})
    await dialog.get_by_role("button", name="Add a passkey").click()
    await keep_codes(tab, tmp_path)
    await expect(tab.page.get_by_role("rowheader")).to_have_text("Laptop")
    await tab.no_complaints()
    await tab.page.context.close()


async def test_passkeys_need_the_name_of_the_site(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open(SECURITY)
    dialog = await add(tab, "Laptop")
    await expect(dialog.get_by_role("alert").filter(has_text="Open the site under its own name")).to_be_visible()


async def lose_answer(tab: Visit, button: Locator, of: str = "") -> None:
    """Press the button, and lose the answer on its way."""
    message = tab.page.get_by_role("region", name="Messages").get_by_role("alert")
    async with tab.answers_lost(of):
        await button.click()
        await expect(message).to_contain_text("nothing is done twice")
        await message.get_by_role("button", name="Dismiss").click()


async def told_of_loss(tab: Visit) -> None:
    """A message says that what was lost is shown once."""
    message = tab.page.locator(".toast").filter(has_text="are shown once")
    await message.get_by_role("button", name="Dismiss").click()
    await expect(message).to_have_count(0)


async def test_recovery_codes_that_were_lost_with_the_answer_are_made_anew(
    company: Company, visit: Open, tmp_path: Path
) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open(f"{SECURITY}?dialog=app")
    dialog = tab.page.get_by_role("dialog", name="Set up an authenticator app")
    await lose_answer(tab, dialog.get_by_role("button", name="Next"))
    await dialog.get_by_role("button", name="Next").click()
    secret = await dialog.locator(".copyable code").inner_text()
    await dialog.get_by_label("Code that the app shows").fill(second_factors.code(secret))
    await lose_answer(tab, dialog.get_by_role("button", name="Confirm"))
    await dialog.get_by_role("button", name="Confirm").click()
    await told_of_loss(tab)
    make = tab.page.get_by_role("dialog").get_by_role("button", name="Make new recovery codes")
    await lose_answer(tab, make)
    await make.click()
    await told_of_loss(tab)
    await make.click()
    await keep_codes(tab, tmp_path)
    await expect(tab.page.get_by_text("10 codes are left.")).to_be_visible()
    await expect(tab.page.get_by_role("button", name="Remove the authenticator app")).to_be_visible()


async def test_recovery_codes_that_were_lost_with_a_passkey_are_made_anew(
    company: Company, browser: Browser, usher: Site, tmp_path: Path
) -> None:
    tab, _, _ = await at_localhost(browser, usher, company.people[Role.USER])
    await tab.open(f"{SECURITY}?dialog=passkey")
    dialog = tab.page.get_by_role("dialog", name="Add a passkey")
    await dialog.get_by_label("Name of the passkey").fill("Laptop")
    button = dialog.get_by_role("button", name="Add a passkey")
    await lose_answer(tab, button, of='"answer"')
    await button.click()
    await told_of_loss(tab)
    await tab.page.get_by_role("dialog").get_by_role("button", name="Make new recovery codes").click()
    await keep_codes(tab, tmp_path)
    await expect(tab.page.get_by_role("rowheader")).to_have_text("Laptop")
    await tab.no_complaints()
    await tab.page.context.close()
