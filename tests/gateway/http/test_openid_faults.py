"""A provider that errs, or an attacker: nobody is signed in, nothing changes, and the page says what to do."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from structlog.testing import capture_logs

from db.core import ids
from db.tables.identities import Identity
from domain.openid_connect import FlowCookies, SignInFlow
from gateway.http import openid_provider, provider_client
from gateway.http.openid_provider import OpenIdProvider
from gateway.runtime.provider_settings import BEGIN, CALLBACK
from tests.conftest import Client
from tests.support.issuer import CLIENT_SECRET, Issuer, new_key, serving, unsigned
from tests.support.openid_browser import Browser, parameters, settings, usher
from tests.support.world import World, counter

pytestmark = pytest.mark.slow
SECRET = "a secret of 32 characters for tests"
PERSON = {"email_verified": True, "given_name": "Ada"}


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Issuer]:
    """A provider on a real socket."""
    async with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture(scope="module")
async def gateway(
    running: Issuer, postgres: str, world: World
) -> AsyncIterator[tuple[httpx.AsyncClient, OpenIdProvider]]:
    """A client of a gateway that knows the provider, and what this gateway knows of it."""
    assert world
    made: list[OpenIdProvider] = []

    def make(*arguments: Any) -> OpenIdProvider:
        made.append(OpenIdProvider(*arguments))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openid_provider, "OpenIdProvider", make)
        async with usher(settings(postgres, running.address, secret=SECRET)) as http:
            yield http, made[0]


@pytest.fixture
def issuer(running: Issuer) -> Issuer:
    """The provider, which answers rightly unless the test changes it."""
    claims = {"sub": f"faults-{next(counter)}", **PERSON, "email": f"faults{next(counter)}@tests.example"}
    vars(running).update(vars(Issuer(running.address, claims=claims)))
    return running


@pytest.fixture
def browser(gateway: tuple[httpx.AsyncClient, OpenIdProvider]) -> Browser:
    """A new browser. The gateway has not asked the provider yet."""
    http, provider = gateway
    vars(provider).update(vars(OpenIdProvider(provider._settings, provider._callback)))
    return Browser(http)


async def begin(browser: Browser, issuer: Issuer) -> dict[str, str]:
    """Begin a sign-in. Returns the parameters of the callback with which an honest provider answers."""
    sent = parameters(await browser.begin())
    issuer.nonce = sent["nonce"]
    return {"code": "code", "state": sent["state"]}


async def sign_in(browser: Browser, issuer: Issuer, **changed: str) -> httpx.Response:
    """Sign in; `changed` are parameters of the callback. Returns the last answer."""
    return await browser.get(CALLBACK, **(await begin(browser, issuer) | changed))


async def refused(browser: Browser, world: World, attempt: Callable[[], Any], status: int, code: str) -> str:
    """Make an attempt that must be refused with this status and code, and change nothing. Returns the page."""
    before = await world.fingerprint()
    response: httpx.Response = await attempt()
    assert (response.status_code, code in response.text) == (status, True), response.text
    assert browser.session is None
    assert await world.fingerprint() == before
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["referrer-policy"] == "no-referrer"
    return response.text


async def test_the_same_subject_at_another_provider_is_another_person(
    browser: Browser, issuer: Issuer, world: World
) -> None:
    bob, subject = await world.person(), issuer.claims["sub"]
    row = {"id": ids.new("identity"), "issuer": "https://another.example", "subject": subject, "user_id": bob.id}
    await world.insert(Identity, row)
    await sign_in(browser, issuer)
    viewer = (await Client(browser.http)("{ viewer { email } }", browser.session)).data["viewer"]
    assert viewer == {"email": issuer.claims["email"]}
    assert len(await world.sessions(bob.id)) == 1


def with_secret(claims: dict[str, Any]) -> str:
    """A token that everybody who knows the client's secret can sign."""
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(CLIENT_SECRET))


NOW = int(time.time())
CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"iss": "https://another.example"},
    {"iss": None},
    {"aud": "another client"},
    {"aud": None},
    {"aud": ["usher", "another"]},
    {"aud": ["usher", "another"], "azp": "another"},
    {"azp": "another"},
    {"exp": NOW - 120},
    {"exp": None},
    {"exp": "tomorrow"},
    {"iat": NOW + 3_600},
    {"nbf": NOW + 3_600},
    {"sub": None},
    {"sub": ""},
    {"sub": "x" * 256},
    {"sub": "a\u0000b"},
    {"sub": 7},
]


@pytest.mark.parametrize("claims", CLAIMS, ids=range(len(CLAIMS)))
async def test_an_id_token_with_a_wrong_claim_is_refused(
    browser: Browser, issuer: Issuer, world: World, claims: dict[str, Any]
) -> None:
    issuer.claims |= claims
    await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")


async def test_a_token_that_lacks_nothing_is_accepted(browser: Browser, issuer: Issuer) -> None:
    issuer.claims |= {"aud": ["usher", "another"], "azp": "usher"}
    response = await sign_in(browser, issuer)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert browser.session is not None
    [sent] = issuer.sent
    assert "authorization: basic " in sent.lower()
    assert "code_verifier=" in sent


@pytest.mark.parametrize("sign", [unsigned, with_secret, lambda _: "no token", lambda _: ""])
async def test_a_token_that_anybody_could_have_signed_is_refused(
    browser: Browser, issuer: Issuer, world: World, sign: Callable[[dict[str, Any]], str]
) -> None:
    issuer.sign = sign
    await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")


async def test_a_token_signed_with_another_key_of_the_same_name_is_refused(
    browser: Browser, issuer: Issuer, world: World
) -> None:
    issuer.published = [issuer.key]
    issuer.key = new_key("first")
    await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")


async def test_unknown_keys_let_usher_ask_only_a_few_times(browser: Browser, issuer: Issuer, world: World) -> None:
    await sign_in(browser, issuer)
    browser.cookies.clear()
    issuer.published, issuer.key = [issuer.key], new_key("made up")
    for _ in range(openid_provider.MAX_RENEWALS + 3):
        await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")
    assert issuer.asked.count("/keys") == 1 + openid_provider.MAX_RENEWALS
    assert issuer.asked.count("/.well-known/openid-configuration") == 1


async def test_the_userinfo_of_another_person_is_refused(browser: Browser, issuer: Issuer, world: World) -> None:
    issuer.claims["email"] = None
    issuer.userinfo = {"sub": "somebody else", **PERSON}
    await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")
    issuer.userinfo = {**PERSON, "email": f"userinfo{next(counter)}@tests.example"}
    assert (await sign_in(browser, issuer)).status_code == 303


async def test_the_answer_of_another_provider_gets_no_code(browser: Browser, issuer: Issuer, world: World) -> None:
    issuer.metadata = {"authorization_response_iss_parameter_supported": True}
    attempt = lambda: sign_in(browser, issuer, iss="https://another.example")  # noqa: E731
    await refused(browser, world, attempt, 400, "SIGN_IN_REFUSED")
    await refused(browser, world, lambda: sign_in(browser, issuer), 400, "SIGN_IN_REFUSED")
    assert issuer.sent == []
    assert (await sign_in(browser, issuer, iss=issuer.address)).status_code == 303


@pytest.mark.parametrize("changed", [{"state": "another"}, {"state": ""}, {"state": "ü"}])
async def test_a_callback_with_another_state_is_refused(
    browser: Browser, issuer: Issuer, world: World, changed: dict[str, str]
) -> None:
    await refused(browser, world, lambda: sign_in(browser, issuer, **changed), 400, "SIGN_IN_OVER")
    assert issuer.sent == []


async def test_a_callback_needs_the_cookie_of_its_own_browser(browser: Browser, issuer: Issuer, world: World) -> None:
    answer, victim = await begin(browser, issuer), Browser(browser.http)
    await refused(victim, world, lambda: victim.get(CALLBACK, **answer), 400, "SIGN_IN_OVER")
    await victim.begin()
    await refused(victim, world, lambda: victim.get(CALLBACK, **answer), 400, "SIGN_IN_OVER")
    assert issuer.sent == []


def flow(**changed: Any) -> SignInFlow:
    """A sign-in that somebody made up."""
    return SignInFlow(
        **{"state": "s", "nonce": "n", "verifier": "v", "return_to": "/", "ends_at": NOW + 600, **changed}
    )


@pytest.mark.parametrize(
    "cookie",
    [
        FlowCookies("another secret").write(flow()),
        FlowCookies(SECRET).write(flow(ends_at=NOW - 1)),
        FlowCookies(SECRET).write(flow())[:-8],
        "",
        "x" * 5_000,
    ],
    ids=["signed with another key", "too old", "cut", "empty", "too long"],
)
async def test_a_made_up_or_old_cookie_is_refused(browser: Browser, issuer: Issuer, world: World, cookie: str) -> None:
    browser.cookies["usher_openid"] = cookie
    await refused(browser, world, lambda: browser.get(CALLBACK, code="code", state="s"), 400, "SIGN_IN_OVER")
    assert issuer.sent == []


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "evil", "/\t/evil.example", "",
     "javascript:alert(1)", "/" + "x" * 1_000],
)  # fmt: skip
async def test_a_sign_in_leads_to_no_other_site(browser: Browser, issuer: Issuer, world: World, path: str) -> None:
    page = await refused(browser, world, lambda: browser.get(BEGIN, returnTo=path), 400, "BAD_USER_INPUT")
    assert "evil" not in page
    assert (issuer.asked, browser.cookies) == ([], {})


async def test_a_page_shows_nothing_that_the_address_says(browser: Browser, issuer: Issuer, world: World) -> None:
    attempt = lambda: sign_in(browser, issuer, error="<b>bold</b>", error_description="call 555")  # noqa: E731
    page = await refused(browser, world, attempt, 400, "SIGN_IN_CANCELLED")
    assert "bold" not in page
    assert "555" not in page


async def test_a_provider_that_is_away_is_a_page_and_costs_the_place_nothing(
    browser: Browser, issuer: Issuer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid_provider, "PAUSE_SECONDS", -1)
    answer = await begin(browser, issuer)
    issuer.answers["/token"] = (502, {}, b"<h1>secret name of a proxy</h1>")
    page = await refused(browser, world, lambda: browser.get(CALLBACK, **answer), 503, "UNAVAILABLE")
    assert "proxy" not in page


Break = Callable[[Issuer], object]
DEFECTS: dict[str, Break] = {
    "no metadata": lambda issuer: issuer.answers.update({"/.well-known/openid-configuration": (404, {}, b"")}),
    "no JSON": lambda issuer: issuer.answers.update({"/.well-known/openid-configuration": (200, {}, b"<html>")}),
    "no object": lambda issuer: issuer.answers.update({"/.well-known/openid-configuration": (200, {}, b"[]")}),
    "too large": lambda issuer: issuer.answers.update({"/keys": (200, {}, b" " * 300_000)}),
    "compressed": lambda issuer: issuer.answers.update(
        {"/keys": (200, {"content-encoding": "gzip"}, gzip.compress(b'{"keys": []}'))}
    ),
    "moved": lambda issuer: issuer.answers.update({"/keys": (302, {"location": "/other"}, b"")}),
    "no keys": lambda issuer: issuer.answers.update({"/keys": (200, {}, b'{"keys": 1}')}),
    "another issuer": lambda issuer: issuer.metadata.update(issuer="https://another.example"),
    "an address without TLS": lambda issuer: issuer.metadata.update(token_endpoint="http://another.example/token"),
    "no token endpoint": lambda issuer: issuer.metadata.update(token_endpoint=None),
    "silent": lambda issuer: setattr(issuer, "delay", 5),
}


@pytest.mark.parametrize("defect", DEFECTS)
async def test_a_provider_with_a_defect_is_a_clear_page(
    browser: Browser, issuer: Issuer, world: World, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    DEFECTS[defect](issuer)
    monkeypatch.setattr(provider_client, "REQUEST_SECONDS", 0.2)
    await refused(browser, world, lambda: browser.get(BEGIN), 503, "UNAVAILABLE")
    asked = len(issuer.asked)
    # Then the provider is left alone for a moment.
    await refused(browser, world, lambda: browser.get(BEGIN), 503, "UNAVAILABLE")
    assert len(issuer.asked) == asked


async def test_the_log_has_both_issuers_if_the_provider_has_another(
    browser: Browser, issuer: Issuer, world: World
) -> None:
    issuer.metadata.update(issuer=f"{issuer.address}/")
    with capture_logs() as logged:
        page = await refused(browser, world, lambda: browser.get(BEGIN), 503, "UNAVAILABLE")
    [away] = [line for line in logged if line["event"] == "provider_away"]
    known = f"the issuer {issuer.address}/, but USHER_OIDC_ISSUER is {issuer.address}"
    assert away["reason"] == f"its metadata are of {known}"
    assert f"request {away['request_id']}" in page


async def test_a_link_that_failed_leads_back_to_the_profile(browser: Browser, world: World) -> None:
    page = await refused(browser, world, lambda: browser.get(f"{BEGIN}/link"), 400, "SIGN_IN_OVER")
    assert '<a href="/">Go back to your profile, and add this sign-in again</a>' in page
    page = await refused(browser, world, lambda: browser.get(CALLBACK, code="code", state="s"), 400, "SIGN_IN_OVER")
    assert f'<a href="{BEGIN}">Begin again</a>' in page


async def test_a_slow_provider_keeps_nobody_else_waiting(
    browser: Browser, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await begin(browser, issuer)
    issuer.delay = 5
    monkeypatch.setattr(provider_client, "REQUEST_SECONDS", 0.5)
    slow = asyncio.create_task(browser.get(CALLBACK, **answer))
    while "/token" not in issuer.asked:  # noqa: ASYNC110 - the provider notes it
        await asyncio.sleep(0.01)
    assert (await browser.http.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
    assert not slow.done()
    assert (await slow).status_code == 503


async def test_too_many_people_at_once_at_a_slow_provider_are_told_to_wait(
    browser: Browser, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(browser, issuer)
    monkeypatch.setattr(openid_provider, "MAX_CALLS", 0)
    assert (await sign_in(browser, issuer)).status_code == 503


@pytest.mark.parametrize(("error", "status"), [("invalid_grant", 400), ("invalid_client", 503), ("<b>", 400)])
async def test_an_error_of_the_token_request_is_a_page(
    browser: Browser, issuer: Issuer, world: World, error: str, status: int
) -> None:
    issuer.answers["/token"] = (400, {}, f'{{"error": "{error}"}}'.encode())
    await refused(browser, world, lambda: sign_in(browser, issuer), status, "request")


async def test_made_up_codes_make_a_place_wait(browser: Browser, issuer: Issuer) -> None:
    issuer.answers["/token"] = (400, {}, b'{"error": "invalid_grant"}')
    answers = [await sign_in(browser, issuer) for _ in range(62)]
    assert [one.status_code for one in answers[:60]] == [400] * 60
    assert (answers[-1].status_code, int(answers[-1].headers["retry-after"]) > 0) == (429, True)
    assert len(issuer.sent) == 60
