"""Passkeys in a real browser with a virtual authenticator, by the code that docs/spa-developers.md shows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.async_api import Page

from db.people import users
from gateway.http.credentials import SESSION_COOKIE
from gateway.runtime.settings import ROOT
from resolvers.access import passwords
from tests.support import doc_pages
from tests.support.process import running
from tests.support.site import AUTHENTICATOR, chromium
from tests.support.world import World

EMAIL, PASSWORD = "ada@tests.example", "correct horse battery"
SIGN_IN = """mutation ($email: String!, $password: String!) {
  signIn(input: { email: $email, password: $password, delivery: COOKIE }) {
    challenge secondFactors errors { code message }
  }
}"""
LIST = "{ viewer { passkeys { nodes { id name device lastUsedAt } } } }"
REMOVE = "mutation ($id: ID!) { removePasskey(input: { passkeyId: $id }) { removedPasskeyId errors { code message } } }"
SIGN_OUT = "mutation { signOut(input: {}) { signedOut errors { code message } } }"


def shown_code() -> str:
    """The functions on the page: `ask` and `signIn`, and those of the section about passkeys."""
    code = [
        block.text
        for block in doc_pages.blocks(ROOT / "docs/spa-developers.md")
        if "async function" in block.text and block.language == "js"
    ]
    assert len(code) == 2
    return "\n".join(code)


@pytest.fixture
async def page(own_world: World, tmp_path: Path) -> AsyncIterator[Page]:
    """A page of a real server, in a browser whose device verifies the person. Ada is signed in."""
    ada = await own_world.person(email=EMAIL)
    async with own_world.database.transaction() as connection:
        await users.set_password(connection, ada.id, passwords.HASHER.hash(PASSWORD))
        await connection.commit()
    with running(tmp_path, DATABASE_URL=own_world.database.url) as server:
        async with chromium() as browser:
            opened = await browser.new_page()
            session: Any = {"name": SESSION_COOKIE, "value": ada.secret, "domain": "localhost", "path": "/graphql"}
            await opened.context.add_cookies([session])
            devtools = await opened.context.new_cdp_session(opened)
            await devtools.send("WebAuthn.enable")
            await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
            await opened.goto(f"http://localhost:{server.port}/verify")
            yield opened


async def run(page: Page, call: str, *given: object) -> Any:
    """Run a call of the code that is shown, with arguments in `given`. Returns its result, or the code of its error."""
    name = "error instanceof DOMException ? error.name : error.code ?? String(error)"
    body = f"try {{ return await {call} }} catch (error) {{ return {name} }}"
    return await page.evaluate(f"async (given) => {{ {shown_code()} {body} }}", list(given))


async def use_page(page: Page) -> None:
    """Sign in with the password, and with the passkey on the console's page for the second step."""
    first = await run(page, "ask(given[0], given[1])", SIGN_IN, {"email": EMAIL, "password": PASSWORD})
    await page.goto(urljoin(page.url, f"/sign-in/second-step?returnTo=/verify%3Fback#{first['challenge']}"))
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url("**/verify?back")


async def test_a_person_adds_a_passkey_and_signs_in_with_it_until_it_is_removed(page: Page) -> None:
    made = await run(page, "addPasskey('My laptop')")
    added = made["passkey"]
    assert len(made["recoveryCodes"]) == 10
    assert (added["name"], added["device"]) == ("My laptop", "BUILT_IN")
    # The device knows from the options that it has a passkey of this account already.
    assert await run(page, "addPasskey('Again')") == "InvalidStateError"
    assert (await run(page, "ask(given[0])", SIGN_OUT))["signedOut"] is True
    assert await run(page, "signInWithPasskey()") == {"name": "Ada Byron"}
    assert (await run(page, "ask(given[0])", SIGN_OUT))["signedOut"] is True
    first = await run(page, "ask(given[0], given[1])", SIGN_IN, {"email": EMAIL, "password": PASSWORD})
    assert first["secondFactors"] == ["PASSKEY", "RECOVERY_CODE"]
    assert await run(page, "completeWithPasskey(given[0])", first["challenge"]) == {"name": "Ada Byron"}
    assert (await run(page, "ask(given[0])", SIGN_OUT))["signedOut"] is True
    second_step = "async () => ({ recoveryCode: given[2] })"
    signed_in = await run(page, f"signIn(given[0], given[1], {second_step})", EMAIL, PASSWORD, made["recoveryCodes"][0])
    assert signed_in == {"name": "Ada Byron"}
    assert (await run(page, "ask(given[0])", SIGN_OUT))["signedOut"] is True
    await use_page(page)
    [listed] = (await run(page, "ask(given[0])", LIST))["passkeys"]["nodes"]
    assert (listed["id"], listed["lastUsedAt"] is not None) == (added["id"], True)
    assert await run(page, "ask(given[0], { id: given[1] })", REMOVE, added["id"]) == {
        "removedPasskeyId": added["id"],
        "errors": [],
    }
    assert (await run(page, "ask(given[0])", SIGN_OUT))["signedOut"] is True
    assert await run(page, "signInWithPasskey()") == "PASSKEY_UNKNOWN"
