"""Sign-in as a page of its own, by passkey and by provider, sign-up, and a forgotten password."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pyotp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.async_api import Browser, expect

from domain.credentials import CredentialKind, issue
from domain.roles import Role
from tests.conftest import new_database
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, Answer, Issuer, serving
from tests.support.openid_browser import parameters
from tests.support.passkeys import Device, device_of
from tests.support.process import Run, running
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.site import AUTHENTICATOR, Visit, screens
from tests.support.world import Account, World, world_of
from tests.web.conftest import Company, Open, Site

PASSWORD = "a password of eleven words"
PUBLIC = [screen for screen in screens() if screen.access == "public"]
ELSEWHERE = ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\t/evil.example"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_axe_finds_nothing_on_any_public_page(visit: Open, theme: str, width: int) -> None:
    tab = await visit(theme=theme, width=width)
    for screen in PUBLIC:
        await tab.open(screen.address())
        await tab.axe()
        assert await tab.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_page_signs_in_and_returns(company: Company, visit: Open, site_world: World) -> None:
    manager = company.people[Role.CONTRACT_MANAGER]
    await site_world.set_password(manager.id, PASSWORD)
    tab = await visit()
    await tab.open(f"/sign-in?{urlencode({'returnTo': f'/teams/{company.team}/people?role=USER'})}")
    await tab.page.keyboard.press("Tab")
    await expect(tab.page.get_by_label("E-mail address")).to_be_focused()
    await tab.page.keyboard.type(manager.email)
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.type(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
    assert tab.path == f"/teams/{company.team}/people?role=USER"


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/second-step"])
async def test_nobody_is_sent_to_another_site(
    company: Company, visit: Open, site_world: World, path: str, address: str
) -> None:
    user = company.people[Role.USER]
    tab = await visit()
    query = urlencode({"returnTo": address})
    if path == "/sign-in":
        await site_world.set_password(user.id, PASSWORD)
        await tab.open(f"{path}?{query}")
        await tab.page.get_by_label("E-mail address").fill(user.email)
        await tab.page.get_by_label("Password").fill(PASSWORD)
    else:
        secret = await site_world.authenticator(user.id)
        challenge = await site_world.challenge(user.id, delivery="cookie")
        await tab.open(f"{path}?{query}#{challenge}")
        assert "usher_" not in tab.page.url
        await tab.page.get_by_label("Code of your authenticator app").fill(pyotp.TOTP(secret).now())
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_visible()
    assert tab.page.url.startswith(tab.address)


async def test_a_session_that_ended_does_not_stop_a_sign_in(company: Company, visit: Open, site_world: World) -> None:
    user = company.people[Role.USER]
    await site_world.set_password(user.id, PASSWORD)
    tab = await visit(Account(user.id, user.email, issue(CredentialKind.SESSION)[0]))
    await tab.open("/sign-in")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    await tab.page.get_by_label("E-mail address").fill(user.email)
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_visible()
    tab.complaints.clear()  # the browser reports the answer 401


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("path", ["/forgot", "/sign-up"])
async def test_known_and_unknown_addresses_get_the_same_answer(
    company: Company, visit: Open, path: str, *, known: bool
) -> None:
    user = company.people[Role.USER]
    email = user.email if known else f"nobody.{user.id[-8:]}@web.example"
    tab = await visit()
    await tab.open(path)
    if path == "/sign-up":
        await tab.page.get_by_label("First name").fill("Grace")
        await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.get_by_label("E-mail address").fill(email)
    await tab.page.keyboard.press("Enter")
    status = tab.page.get_by_role("status").filter(has_text="A mail was sent")
    await expect(status).to_be_visible()
    text = "within a day. If the address has an account already, the mail says so."
    if path == "/forgot":
        text = "within an hour. If the address has no account, the mail says so."
    shown = " ".join((await status.inner_text()).split())
    assert shown == f"A mail was sent to {email}. Open the link in it {text}"
    await tab.axe()


async def test_what_is_wrong_stands_at_its_field_in_the_language_of_the_person(visit: Open) -> None:
    tab = await visit()
    await tab.open("/sign-up")
    await tab.page.get_by_label("Language").select_option("Deutsch")
    await tab.page.get_by_label("Vorname").fill("<b>נעמי</b>")
    await tab.page.get_by_label("E-Mail-Adresse").fill("no address")
    await tab.page.get_by_label("Passwort").fill("short")
    await tab.page.get_by_role("button", name="Konto anlegen").click()
    await expect(tab.page.get_by_label("E-Mail-Adresse")).to_be_focused()
    await expect(tab.page.get_by_text("Das ist keine E-Mail-Adresse.")).to_be_visible()
    await expect(tab.page.get_by_text("Ein Passwort hat 10 bis 200 Zeichen")).to_be_visible()
    await expect(tab.page.get_by_label("Vorname")).to_have_value("<b>נעמי</b>")
    await tab.axe()


async def at_localhost(browser: Browser, usher: Site, device: Device) -> Visit:
    """Open a tab at a domain, as passkeys need it, on a device that has this passkey."""
    address = usher.address.replace("127.0.0.1", "localhost")
    tab = await Visit.of(await browser.new_context(locale="en-GB", reduced_motion="reduce"), address)
    devtools = await tab.page.context.new_cdp_session(tab.page)
    await devtools.send("WebAuthn.enable")
    added = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    key = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": b64encode(device.credential_id).decode(),
        "isResidentCredential": True,
        "rpId": "localhost",
        "privateKey": b64encode(key).decode(),
        "userHandle": b64encode((device.handle or "").encode()).decode(),
        "signCount": 1,
    }
    of_device = {"authenticatorId": added["authenticatorId"], "credential": credential}
    await devtools.send("WebAuthn.addCredential", of_device)
    return tab


async def test_a_passkey_signs_in_in_the_place_of_a_password(
    company: Company, browser: Browser, usher: Site, site_world: World
) -> None:
    user = company.people[Role.USER]
    tab = await at_localhost(browser, usher, await device_of(site_world, user.id))
    await tab.open(f"/sign-in?{urlencode({'returnTo': '/profile'})}")
    await tab.axe()
    await tab.page.get_by_role("button", name="Use a passkey").click()
    await expect(tab.page.get_by_role("heading", name="Profile")).to_be_visible()
    await tab.no_complaints()
    await tab.page.context.close()


async def test_a_passkey_is_a_second_step(company: Company, browser: Browser, usher: Site, site_world: World) -> None:
    user = company.people[Role.USER]
    await site_world.set_password(user.id, PASSWORD)
    tab = await at_localhost(browser, usher, await device_of(site_world, user.id))
    await tab.open("/sign-in")
    await tab.page.get_by_label("E-mail address").fill(user.email)
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_label("Recovery code")).to_be_visible()
    await tab.page.get_by_role("button", name="Use a passkey").click()
    await expect(tab.page.get_by_role("heading", name="Products and Services")).to_be_visible()
    await tab.no_complaints()
    await tab.page.context.close()


async def test_a_device_without_a_passkey_says_so(browser: Browser, usher: Site, site_world: World) -> None:
    person = await site_world.person()
    tab = await at_localhost(browser, usher, Device(handle=person.id))
    await tab.open("/sign-in")
    await tab.page.get_by_role("button", name="Use a passkey").click()
    await expect(tab.page.get_by_role("alert").filter(has_text="No account has this passkey")).to_be_visible()
    await tab.no_complaints()
    await tab.page.context.close()


@dataclass
class Provider(Issuer):
    """A provider at which the person has signed in already: it sends the browser back at once."""

    def answer(self, path: str) -> Answer:
        """The answer to a request."""
        if urlsplit(path).path != "/authorize":
            return super().answer(path)
        asked = parameters(path)
        self.nonce = asked["nonce"]
        back = urlencode({"code": "a code", "state": asked["state"]})
        return 303, {"location": f"{asked['redirect_uri']}?{back}"}, b""


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    """A provider."""
    async with serving(Provider()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def with_provider(
    postgres: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Run, World]]:
    """A server whose people sign in at the provider, and its database."""
    url = await new_database(postgres)
    known = {"USHER_OIDC_ISSUER": issuer.address, "USHER_OIDC_CLIENT_ID": CLIENT_ID, "USHER_OIDC_NAME": "Acme"}
    given = {"DATABASE_URL": url, "USHER_ONLY_TRUSTED_DOCUMENTS": "true", "USHER_SECRET": OPERATORS_SECRET}
    folder = tmp_path_factory.mktemp("provider")
    with running(folder, **known, **given, USHER_OIDC_CLIENT_SECRET=CLIENT_SECRET) as run:
        async with world_of(url) as world:
            yield run, world


@pytest.mark.parametrize("factor", [False, True])
async def test_a_provider_signs_in_and_returns_to_where_the_person_was(
    browser: Browser, issuer: Issuer, with_provider: tuple[Run, World], *, factor: bool
) -> None:
    run, world = with_provider
    account = await world.person(email=f"grace{int(factor)}@provider.example")
    secret = await world.authenticator(account.id) if factor else ""
    issuer.claims = {"sub": account.id, "email": account.email, "email_verified": True}
    tab = await Visit.of(await browser.new_context(locale="en-GB", reduced_motion="reduce"), run.address)

    await tab.page.goto(f"{run.address}/profile")
    await tab.page.get_by_role("link", name="Continue with Acme").click()
    if factor:
        code = tab.page.get_by_label("Code of your authenticator app")
        await expect(code).to_be_visible()
        assert (urlsplit(tab.page.url).path, urlsplit(tab.page.url).fragment) == ("/sign-in/second-step", "")
        await code.fill(pyotp.TOTP(secret).now())
        await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="Profile")).to_be_visible()
    assert tab.path == "/profile"
    await tab.page.context.close()
