"""The cookie of a session: its name, and what happens if several cookies have this name."""

import random
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request

from domain.credentials import CredentialKind, issue, parse
from gateway.http.credentials import presented
from tests.conftest import Client, PlacedTransport
from tests.gateway.conftest import Company
from tests.support.world import World

PREFLIGHT = {"usher-require-preflight": "1"}
TEAMS = {"query": "{ teams { nodes { id } } }"}
SIGN_IN = """mutation($email: String!) {
  signIn(input: { email: $email, password: "correct horse", delivery: COOKIE }) { user { id } errors { code } }
}"""
PLAIN, SECURE = ("http://usher.test", "usher_session"), ("https://usher.test", "__Host-usher_session")


def cookies(name: str, *values: str) -> dict[str, str]:
    """The header of a request with these values of a cookie, in this order, as a browser sends them."""
    return {**PREFLIGHT, "cookie": "; ".join(f"{name}={value}" for value in values)}


@pytest.fixture
async def secret(world: World, ours: Company) -> str:
    """A new session of the coordinator. One that was last used minutes ago would write down that it is used."""
    return await world.session(ours.coordinator.id)


def unknown() -> str:
    """A token with the form of a session's that nobody has."""
    return issue(CredentialKind.SESSION)[0]


@pytest.mark.parametrize("site", [PLAIN, SECURE])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_of_several_values_the_valid_one_counts_and_is_not_deleted(
    client: Client, ours: Company, secret: str, statements: list[str], site: tuple[str, str], place: int
) -> None:
    origin, name = site
    for tossed in (["tossed", ""], [unknown(), unknown()], [ours.partner, "usher_session_"]):
        values = [*tossed[:place], secret, *tossed[place:]]
        statements.clear()
        response = await client.http.post(f"{origin}/graphql", json=TEAMS, headers=cookies(name, *values))
        assert response.json()["data"] == {"teams": {"nodes": [{"id": ours.team}]}}
        assert "set-cookie" not in response.headers
        assert len(statements) <= 2


async def test_of_several_valid_values_the_first_one_counts(client: Client, ours: Company, theirs: Company) -> None:
    for first, second in ((ours, theirs), (theirs, ours)):
        headers = cookies("usher_session", "tossed", first.coordinator.secret, unknown(), second.coordinator.secret)
        assert (await client.post(TEAMS, headers)).data == {"teams": {"nodes": [{"id": first.team}]}}


async def test_a_session_that_has_ended_is_not_the_valid_one(client: Client, world: World, ours: Company) -> None:
    ended = await world.session(ours.user.id)
    assert (await client("mutation { signOut(input: {}) { signedOut } }", ended)).data["signOut"]["signedOut"]
    expired = await world.session(ours.user.id, datetime(2026, 1, 1, tzinfo=UTC))
    for dead in (ended, expired):
        answer = await client.post(TEAMS, cookies("usher_session", dead, ours.coordinator.secret))
        assert answer.data == {"teams": {"nodes": [{"id": ours.team}]}}


async def test_many_tossed_values_take_one_statement_more(
    client: Client, ours: Company, secret: str, statements: list[str]
) -> None:
    values = [*(unknown() for _ in range(300)), secret, *(unknown() for _ in range(300))]
    answer = await client.post(TEAMS, cookies("usher_session", *values))
    assert answer.data == {"teams": {"nodes": [{"id": ours.team}]}}
    assert len(statements) == 2


async def test_one_value_takes_no_statement_more(client: Client, secret: str, statements: list[str]) -> None:
    for headers in (cookies("usher_session", secret), cookies("usher_session", secret, "tossed", secret)):
        statements.clear()
        assert "errors" not in (await client.post(TEAMS, headers)).content
        assert len(statements) == 1


async def test_if_no_value_is_valid_the_answer_is_401_and_deletes_the_cookie(client: Client) -> None:
    answer = await client.post(TEAMS, cookies("usher_session", unknown(), "tossed", unknown()))
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert answer.headers["set-cookie"].startswith('usher_session=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict')


@pytest.mark.parametrize("values", [["tossed"], ["tossed", "x"], [unknown()], [unknown(), unknown()]])
async def test_no_tossed_value_stops_a_sign_in(client: Client, world: World, values: list[str]) -> None:
    email = f"tossed{random.getrandbits(64)}@tests.example"
    link = await world.sign_up(email, "correct horse")
    verify = 'mutation($t: String!) { verifyEmail(input: {token: $t, password: "correct horse"}) { errors { code } } }'
    assert (await client(verify, t=link)).data["verifyEmail"]["errors"] == []
    body = {"query": SIGN_IN, "variables": {"email": email}}
    answer = await client.post(body, cookies("usher_session", *values))
    assert answer.data["signIn"]["errors"] == []
    [new] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("usher_session=usher_session_")]
    secret = new.partition(";")[0].partition("=")[2]
    # The browser still sends the other value, because this answer cannot delete it.
    for both in ([*values, secret], [secret, *values]):
        after = await client.post({"query": "{ viewer { id } }"}, cookies("usher_session", *both))
        assert after.data["viewer"] == answer.data["signIn"]["user"]
        assert "set-cookie" not in after.headers


async def test_over_https_only_the_cookie_of_this_host_counts(client: Client, ours: Company) -> None:
    for name, status in (("usher_session", "UNAUTHENTICATED"), ("__Host-usher_session", None)):
        headers = cookies(name, ours.coordinator.secret)
        response = await client.http.post("https://usher.test/graphql", json=TEAMS, headers=headers)
        codes = [error["extensions"]["code"] for error in response.json().get("errors", [])]
        assert codes == ([status] if status else [])
    plain = await client.post(TEAMS, cookies("__Host-usher_session", ours.coordinator.secret))
    assert plain.codes == ["UNAUTHENTICATED"]


async def test_over_https_an_invalid_cookie_is_deleted_as_it_was_set(client: Client) -> None:
    headers = cookies("__Host-usher_session", "tossed")
    response = await client.http.post("https://usher.test/graphql", json=TEAMS, headers=headers)
    assert response.status_code == 401
    [deleted] = response.headers.get_list("set-cookie")
    # Browsers ignore a cookie of this prefix that is not Secure, not for the whole host, or for a domain.
    assert deleted.startswith('__Host-usher_session=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure')
    assert "domain" not in deleted.lower()


def request(headers: list[tuple[bytes, bytes]]) -> Request:
    """A request over plain HTTP with these headers."""
    scope: dict[str, Any] = {"type": "http", "scheme": "http", "server": ("usher.test", 80), "path": "/graphql"}
    return Request({**scope, "query_string": b"", "headers": headers})


TOKENS = [unknown() for _ in range(4)]
# A name of another cookie does not contain the separators, and is not the name of this one.
NAMES = st.text("abcdefghijk_-.$ ", max_size=12).filter(lambda name: name.strip() != "usher_session")
VALUES = st.sampled_from([*TOKENS, f'"{TOKENS[0]}"', "tossed", "", "usher_session", "a=b"])
PAIRS = st.lists(st.tuples(st.just("usher_session") | NAMES, VALUES), max_size=8)


@given(st.lists(PAIRS, max_size=3))
@settings(max_examples=80)
def test_every_value_of_the_cookie_is_a_candidate_in_the_order_of_the_header(
    headers: list[list[tuple[str, str]]],
) -> None:
    lines = ["; ".join(f"{name}={value}" for name, value in pairs) for pairs in headers]
    found = presented(request([(b"cookie", line.encode()) for line in lines]), preflighted=True)
    values = [value.strip('"') for pairs in headers for name, value in pairs if name == "usher_session"]
    wanted = [parse(value) for value in dict.fromkeys(values) if value in TOKENS]
    assert [one for one in (found.credential, *found.others) if one] == wanted
    assert (found.refusal is not None) == (bool(values) and not wanted)


@pytest.mark.parametrize("origin", [PLAIN[0], SECURE[0]])
async def test_a_browser_with_a_tossed_cookie_signs_in_and_out(app: Starlette, world: World, origin: str) -> None:
    name = dict([PLAIN, SECURE])[origin]
    transport = PlacedTransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=origin, headers=PREFLIGHT) as browser:
        # httpx sends the cookie with the longer path first, as browsers do.
        browser.cookies.set(name, unknown(), domain="usher.test", path="/graphql")
        link = await world.sign_up(f"browser{random.getrandbits(64)}@tests.example", "correct horse")
        verify = """mutation($t: String!) {
          verifyEmail(input: {token: $t, password: "correct horse", delivery: COOKIE}) { user { id } errors { code } }
        }"""
        signed_in = await browser.post("/graphql", json={"query": verify, "variables": {"t": link}})
        user = signed_in.json()["data"]["verifyEmail"]["user"]
        seen = await browser.post("/graphql", json={"query": "{ viewer { id } }"})
        assert seen.json()["data"]["viewer"] == user
        out = await browser.post("/graphql", json={"query": "mutation { signOut(input: {}) { signedOut } }"})
        assert out.json()["data"]["signOut"]["signedOut"]
        assert [cookie.path for cookie in browser.cookies.jar if cookie.name == name] == ["/graphql"]
