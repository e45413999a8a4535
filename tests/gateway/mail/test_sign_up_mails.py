"""The mail of a sign-up has a link that opens the account, or says that there is an account already."""

import re

import httpx
import pytest

from gateway.http.pages import SAFE
from tests.gateway.mail.test_request_mails import arrived, caller, short_pauses
from tests.support.mutations import Caller, operation

pytestmark = pytest.mark.slow
__all__ = ["caller", "short_pauses"]

PASSWORD = "correct horse battery"
TOKEN = re.compile(r"/verify#(usher_signup_\S+)")


async def sign_up(caller: Caller, email: str, first_name: str = "Ada") -> None:
    """Sign up with this address."""
    person = {"email": email, "password": PASSWORD, "firstName": first_name, "lastName": "Byron"}
    answer = await caller.client(operation("signUp"), input=person)
    assert answer.data["signUp"]["errors"] == []


async def test_the_link_in_the_mail_opens_the_account(caller: Caller) -> None:
    await sign_up(caller, "new@tests.example", "https://evil.example Ada")
    [(to, subject, letter)] = await arrived(caller.world.database)
    assert ("new@tests.example" in to, subject) == (True, "Verify your e-mail address")
    [token] = TOKEN.findall(letter)
    assert "evil.example" not in letter
    given = {"token": token, "password": PASSWORD}
    joined = (await caller.client(operation("verifyEmail"), input=given)).data["verifyEmail"]
    assert (joined["errors"], joined["user"]["email"]) == ([], "new@tests.example")


async def test_the_owner_of_an_account_is_told_and_gets_no_link(caller: Caller) -> None:
    owner = await caller.world.person()
    async with caller.world.engine.begin() as connection:
        await connection.exec_driver_sql("update users set password_hash = 'x' where id = $1", (owner.id,))
    await sign_up(caller, owner.email.upper(), "Mallory")
    [(to, subject, letter)] = await arrived(caller.world.database)
    assert (owner.email in to.lower(), subject) == (True, "You have an account already")
    assert TOKEN.search(letter) is None
    assert "Mallory" not in letter + to


@pytest.mark.parametrize("path", ["/invitations", "/verify", "/reset", "/forgot", "/email", "/undo"])
async def test_each_page_has_the_safe_headers(caller: Caller, path: str) -> None:
    page: httpx.Response = await caller.client.http.get(path, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert page.headers.items() >= SAFE.items()
    assert (page.headers["x-content-type-options"], page.headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/invitations", "/verify", "/reset", "/email", "/undo"])
async def test_a_program_that_opens_the_link_changes_nothing(caller: Caller, path: str) -> None:
    await caller.world.sign_up(f"scanned{path[1:]}@tests.example", PASSWORD)
    before = await caller.world.fingerprint()
    page: httpx.Response = await caller.client.http.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "form-action 'none'" in page.headers["content-security-policy"]
    assert await caller.world.fingerprint() == before
