"""Sign-in by OpenID Connect at a real provider: `oidc-provider` from npm."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from pyotp import TOTP
from sqlalchemy import text

from domain.roles import Role
from gateway.runtime.provider_settings import LINK
from tests.conftest import Client
from tests.support import node
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET
from tests.support.openid_browser import CALLBACK_URL, Browser, settings, through_provider, usher
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.world import Account, World, counter

pytestmark = pytest.mark.slow
PREFLIGHT = {"usher-require-preflight": "1"}
VIEWER = "{ viewer { id email firstName lastName } }"
LINK_IDENTITY = "mutation ($input: LinkIdentityInput!) { linkIdentity(input: $input) { url errors { code } } }"
PASSWORD = "correct horse battery"
Person = dict[str, Any]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a real provider."""
    node.install(node.CLIENTS)
    words = [str(node.home() / "bin" / "node"), "provider.mjs", CLIENT_ID, CLIENT_SECRET, CALLBACK_URL]
    with subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        words, cwd=node.CLIENTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        yield running.stdout.readline().strip()
        running.stdin.close()


@pytest.fixture(scope="module")
async def http(postgres: str, world: World, provider: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway that knows this provider."""
    assert world
    async with usher(settings(postgres, provider, oidc_second_factor="mfa,phr", secret=OPERATORS_SECRET)) as opened:
        yield opened


@pytest.fixture
def browser(http: httpx.AsyncClient) -> Browser:
    """A new browser."""
    return Browser(http)


def somebody(**more: object) -> Person:
    """A new person at the provider, with a verified address."""
    number = next(counter)
    names = {"given_name": "Ada", "family_name": "Byron"}
    return {
        "sub": f"person-{number}",
        "email": f"Openid{number}@tests.example",
        "email_verified": True,
        **names,
        **more,
    }


async def sign_in(browser: Browser, person: Person, **parameters: str) -> httpx.Response:
    """Sign in as a person at the provider. Returns the last answer of Usher."""
    return await browser.come_back(await through_provider(await browser.begin(**parameters), person))


async def viewer(browser: Browser) -> Any:
    """The person who is signed in in a browser."""
    return (await Client(browser.http)(VIEWER, browser.session)).data["viewer"]


async def rows(world: World, query: str, **values: object) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), values)]


async def audited(world: World, user_id: str) -> list[str]:
    """The actions of the audit rows about an account, the oldest first."""
    query = "select action from audit_events where target_id = :id order by id"
    return [action for (action,) in await rows(world, query, id=user_id)]


async def mails(world: World, user_id: str) -> list[str]:
    """The events about an account that a queued mail tells."""
    query = "select convert_from(payload, 'UTF8')::json from jobs.pgqueuer where entrypoint = 'account_notice'"
    payloads = [payload for (payload,) in await rows(world, query)]
    return [payload["event"] for payload in payloads if payload["user_id"] == user_id]


async def test_a_new_person_signs_up_and_signs_in_again_to_the_same_account(browser: Browser, world: World) -> None:
    person = somebody()
    response = await sign_in(browser, person, returnTo="/teams?tab=1#top")
    assert (response.status_code, response.headers["location"]) == (303, "/teams?tab=1#top")
    first = await viewer(browser)
    assert first == {"id": first["id"], "email": person["email"], "firstName": "Ada", "lastName": "Byron"}
    again = Browser(browser.http)
    await sign_in(again, person)
    assert (await viewer(again))["id"] == first["id"]
    assert again.session != browser.session
    assert await audited(world, first["id"]) == ["accounts:create", "sessions:create"]


async def test_the_account_stays_the_same_when_the_address_changes_at_the_provider(
    browser: Browser, world: World
) -> None:
    person = somebody()
    await sign_in(browser, person)
    known = await viewer(browser)
    other = await world.person(email=f"other{next(counter)}@tests.example")
    for changed in ({"email": other.email}, {"email": f"new{next(counter)}@tests.example", "email_verified": False}):
        await sign_in(browser, person | changed)
        assert await viewer(browser) == known


async def test_a_verified_address_leads_to_the_verified_account_and_its_owner_gets_a_mail(
    browser: Browser, world: World
) -> None:
    account = await world.person(email=f"owner{next(counter)}@tests.example")
    await sign_in(browser, somebody(email=account.email.upper(), given_name="Mallory"))
    found = await viewer(browser)
    assert (found["id"], found["firstName"]) == (account.id, "Ada")
    assert await audited(world, account.id) == ["identities:match"]
    assert await mails(world, account.id) == ["identity linked"]


@pytest.mark.parametrize("verified", [False, None, "false", 1])
async def test_an_address_that_the_provider_has_not_verified_is_refused(
    browser: Browser, world: World, verified: object
) -> None:
    account = await world.person()
    for email in (account.email, f"nobody{next(counter)}@tests.example"):
        before = await world.fingerprint()
        response = await sign_in(browser, somebody(email=email, email_verified=verified))
        assert response.status_code == 400
        assert "EMAIL_UNVERIFIED" in response.text
        assert (browser.session, browser.cookies) == (None, {})
        assert await world.fingerprint() == before


async def test_an_account_whose_address_nobody_verified_is_not_linked(browser: Browser, world: World) -> None:
    account = await world.person()
    update = "update users set email_verified_at = null, password_hash = 'x' where id = :id"
    async with world.engine.begin() as connection:
        await connection.execute(text(update), {"id": account.id})
    before = await world.fingerprint()
    response = await sign_in(browser, somebody(email=account.email))
    assert "ACCOUNT_UNVERIFIED" in response.text
    assert await world.fingerprint() == before


async def test_another_person_who_gets_the_address_does_not_get_the_account(browser: Browser) -> None:
    person = somebody()
    await sign_in(browser, person)
    stranger = Browser(browser.http)
    response = await sign_in(stranger, somebody(email=person["email"]))
    assert (response.status_code, stranger.session) == (400, None)
    assert "IDENTITY_DIFFERS" in response.text


async def test_an_invited_person_signs_up_and_accepts_the_invitation(browser: Browser, world: World) -> None:
    team, email = await world.team(), f"invited{next(counter)}@tests.example"
    account = Account((await invited(world, team, email)).id, email, "")
    token = await world.invitation_token(team, account.id)
    await sign_in(browser, somebody(email=email))
    assert (await viewer(browser))["id"] == account.id
    accept = "mutation ($t: String!) { acceptInvitation(input: {token: $t}) { member { role } errors { code } } }"
    answer = await Client(browser.http)(accept, browser.session, t=token)
    assert answer.data["acceptInvitation"] == {"member": {"role": "USER"}, "errors": []}


async def invited(world: World, team: str, email: str) -> Account:
    """An invited person whose account nobody has opened."""
    account = await world.person("Grace", "Hopper", email)
    await world.invited_member(team, Role.USER, account)
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set email_verified_at = null where id = :id"), {"id": account.id})
    return account


async def begin_link(browser: Browser, account: Account, **input: object) -> Any:
    """Begin to add the provider to an account. Returns the payload."""
    body = {"query": LINK_IDENTITY, "variables": {"input": input}}
    headers = {"authorization": f"Bearer {account.secret}", **PREFLIGHT}
    response = await browser.http.post("/graphql", json=body, headers=headers)
    browser.keep(response.headers)
    return response.json()["data"]["linkIdentity"]


async def link(browser: Browser, account: Account, person: Person) -> httpx.Response:
    """Add a person at the provider to an account. Returns the last answer of Usher."""
    payload = await begin_link(browser, account, returnTo="/profile")
    assert payload == {"url": f"http://usher.test{LINK}", "errors": []}
    return await browser.come_back(await through_provider(await browser.begin(LINK), person))


async def test_a_signed_in_person_adds_a_provider_whatever_address_they_have_there(
    browser: Browser, world: World
) -> None:
    account, person = await world.person(), somebody(email_verified=False)
    response = await link(browser, account, person)
    assert (response.status_code, response.headers["location"]) == (303, "/profile")
    assert browser.session is None
    assert await mails(world, account.id) == ["identity linked"]
    await sign_in(browser, person)
    assert (await viewer(browser))["id"] == account.id
    # Once more changes nothing, and another account cannot have the same person.
    assert (await link(browser, account, person)).status_code == 303
    refused = await link(browser, await world.person(), person)
    assert (refused.status_code, "IDENTITY_TAKEN" in refused.text) == (400, True)
    assert '<a href="/profile">Go back to your profile' in refused.text
    refused = await link(browser, account, somebody())
    assert (refused.status_code, "IDENTITY_DIFFERS" in refused.text) == (400, True)


async def test_a_link_needs_the_session_that_began_it(browser: Browser, world: World) -> None:
    account = await world.person()
    await begin_link(browser, account)
    address = await through_provider(await browser.begin(LINK), somebody())
    end = "mutation { signOut(input: {}) { signedOut } }"
    assert (await Client(browser.http)(end, account.secret)).data["signOut"]["signedOut"]
    before = await world.fingerprint()
    response = await browser.come_back(address)
    assert (response.status_code, "UNAUTHENTICATED" in response.text) == (401, True)
    assert await world.fingerprint() == before


async def test_the_link_of_another_browser_adds_nothing(browser: Browser, world: World) -> None:
    await begin_link(browser, await world.person())
    victim = Browser(browser.http)
    assert (await victim.get(LINK)).status_code == 400
    await victim.begin()
    assert (await victim.get(LINK)).status_code == 400  # a sign-in is no link


@pytest.mark.parametrize(("more", "used"), [({}, False), ({"amr": ["pwd"]}, False), ({"amr": ["pwd", "mfa"]}, True)])
async def test_the_session_has_a_second_factor_if_the_provider_says_so(
    browser: Browser, world: World, more: Person, used: bool
) -> None:
    person = somebody(**more)
    await sign_in(browser, person)
    query = "select method, second_factor_at is not null from sessions s join users u on u.id = s.user_id"
    found = await rows(world, f"{query} where u.email = :email", email=person["email"])
    assert found == [("openid_connect", used)]


async def test_a_new_key_of_the_provider_is_read_when_a_token_names_it(browser: Browser, provider: str) -> None:
    await sign_in(browser, somebody())
    async with httpx.AsyncClient() as http:
        await http.post(f"{provider}/rotate")
    assert (await sign_in(browser, somebody())).status_code == 303


async def test_a_person_who_cancels_is_told_so(browser: Browser) -> None:
    response = await sign_in(browser, somebody(cancels=True))
    assert (response.status_code, browser.cookies) == (400, {})
    assert "SIGN_IN_CANCELLED" in response.text


async def test_two_first_sign_ins_at_once_open_one_account(http: httpx.AsyncClient, world: World) -> None:
    person, browsers = somebody(), [Browser(http) for _ in range(3)]
    addresses = [await through_provider(await one.begin(), person) for one in browsers]
    await asyncio.gather(*(one.come_back(address) for one, address in zip(browsers, addresses, strict=True)))
    assert len({(await viewer(one))["id"] for one in browsers}) == 1
    assert await rows(world, "select count(*) from identities where subject = :sub", sub=person["sub"]) == [(1,)]


async def test_a_callback_works_once(browser: Browser, world: World) -> None:
    address = await through_provider(await browser.begin(), somebody())
    cookies = dict(browser.cookies)
    assert (await browser.come_back(address)).status_code == 303
    before = await world.fingerprint()
    thief = Browser(browser.http, cookies)
    response = await thief.come_back(address)
    assert (response.status_code, thief.session) == (400, None)
    assert await world.fingerprint() == before


async def test_the_address_of_the_provider_is_what_openid_connect_says(browser: Browser, provider: str) -> None:
    address = httpx.URL(await browser.begin())
    sent = dict(address.params)
    assert str(address).startswith(f"{provider}/auth?")
    known = {"client_id": CLIENT_ID, "response_type": "code", "scope": "openid email profile"}
    assert sent.items() >= {**known, "redirect_uri": CALLBACK_URL, "code_challenge_method": "S256"}.items()
    assert all(len(sent[name]) >= 43 for name in ("state", "nonce", "code_challenge"))


async def test_an_account_with_a_second_factor_needs_it_unless_the_provider_says_that_it_was_used(
    browser: Browser, world: World
) -> None:
    account = await world.person()
    secret = await world.authenticator(account.id)
    person = somebody(email=account.email)
    response = await sign_in(browser, person, returnTo="/teams")
    address, _, challenge = response.headers["location"].partition("#")
    assert (response.status_code, address) == (303, "/sign-in/second-step?returnTo=%2Fteams")
    assert browser.session is None
    page = await browser.get(address)
    assert (page.status_code, challenge in page.text) == (200, False)
    complete = "mutation ($i: CompleteSignInInput!) { completeSignIn(input: $i) { user { id } errors { code } } }"
    body = {"query": complete, "variables": {"i": {"challenge": challenge, "code": TOTP(secret).now()}}}
    answer = await browser.http.post("/graphql", json=body, headers=PREFLIGHT)
    assert answer.json()["data"]["completeSignIn"] == {"user": {"id": account.id}, "errors": []}
    browser.keep(answer.headers)
    assert (await viewer(browser))["id"] == account.id
    assert await mails(world, account.id) == ["identity linked"]
    await sign_in(Browser(browser.http), person)
    used = Browser(browser.http)
    await sign_in(used, {**person, "amr": ["mfa"]})
    assert (await viewer(used))["id"] == account.id


async def test_an_address_links_nobody_before_the_account_s_own_second_factor_was_given(
    browser: Browser, world: World
) -> None:
    account = await world.person()
    await world.authenticator(account.id)
    thief = somebody(email=account.email, amr=["mfa"])
    for _ in range(2):  # the first time must not open the way for the second one
        response = await sign_in(browser, thief)
        assert response.headers["location"].startswith("/sign-in/second-step")
        assert browser.session is None
    assert await rows(world, "select id from identities where user_id = :id", id=account.id) == []
    assert await mails(world, account.id) == []


RESET = "mutation ($i: ResetPasswordInput!) { resetPassword(input: $i) { errors { code } } }"
UNLINK = "mutation ($i: UnlinkIdentityInput!) { unlinkIdentity(input: $i) { errors { code } } }"


@pytest.mark.parametrize("how", ["unlink", "reset"])
async def test_an_address_does_not_link_again_what_was_removed(browser: Browser, world: World, how: str) -> None:
    account = await world.person(email=f"owner{next(counter)}@tests.example")
    person = somebody(email=account.email)
    await sign_in(browser, person)
    [(identity,)] = await rows(world, "select id from identities where user_id = :id", id=account.id)
    client, secret = Client(browser.http), account.secret
    if how == "unlink":
        answer = await client(UNLINK, secret, i={"identityId": identity})
    else:
        given = {"token": await world.reset(account.id), "password": PASSWORD}
        answer, secret = await client(RESET, i=given), await world.session(account.id)
    assert not next(iter(answer.data.values()))["errors"]
    for again in (person, somebody(email=account.email)):
        before, other = await world.fingerprint(), Browser(browser.http)
        response = await sign_in(other, again)
        assert (response.status_code, "IDENTITY_ENDED" in response.text, other.session) == (400, True, None)
        assert await world.fingerprint() == before
    assert (await link(browser, Account(account.id, account.email, secret), person)).status_code == 303
    await sign_in(browser, person)
    assert (await viewer(browser))["id"] == account.id
    query = "select password_known from users where id = :id"
    assert await rows(world, query, id=account.id) == [(how == "reset",)]


async def test_a_person_who_signed_up_at_the_provider_is_asked_for_no_password(browser: Browser, world: World) -> None:
    person = somebody()
    await sign_in(browser, person)
    user_id = (await viewer(browser))["id"]
    await world.grow_old(user_id)
    change = 'mutation { changePassword(input: {newPassword: "0123456789"}) { errors { code message } } }'
    [error] = (await Client(browser.http)(change, browser.session)).data["changePassword"]["errors"]
    assert (error["code"], "Sign in again" in error["message"]) == ("SIGN_IN_AGAIN", True)
    await sign_in(browser, person)
    assert (await Client(browser.http)(change, browser.session)).data["changePassword"]["errors"] == []
