"""Sign up, sign in and sign out: errors, tokens and cookies, and the audit log."""

import itertools
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from db.tables.access import Session
from db.tables.audit import AuditEvent
from domain.actions import Scope
from resolvers.core import emails
from tests.conftest import Answer, Client, PlacedTransport
from tests.support.mutations import operation
from tests.support.world import World

pytestmark = pytest.mark.slow

PASSWORD = "correct horse"
PREFLIGHT = {"usher-require-preflight": "1"}
VIEWER = "{ viewer { id } }"
numbers = itertools.count()


def newcomer(**given: object) -> dict[str, object]:
    """The input to sign up a new person."""
    email = f"newcomer{next(numbers)}@tests.example"
    return {"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Byron", **given}


async def send(client: Client, mutation: str, secret: str | None = None, /, **input: object) -> Answer:
    """Send a mutation with this input. Returns the whole answer."""
    return await client(operation(mutation), secret, input=input)


async def mutate(client: Client, mutation: str, secret: str | None = None, /, **input: object) -> dict[str, Any]:
    """Send a mutation with this input. Returns its payload; fails if the answer has errors at the top."""
    payload: dict[str, Any] = (await send(client, mutation, secret, **input)).data[mutation]
    return payload


async def join(client: Client, world: World, person: dict[str, object], **more: object) -> dict[str, Any]:
    """Verify the address of a person who signed up. Returns the payload: the person is signed in."""
    names = (str(person["firstName"]), str(person["lastName"]))
    link = await world.sign_up(str(person["email"]), str(person["password"]), *names)
    return await mutate(client, "verifyEmail", token=link, password=person["password"], **more)


def codes(payload: dict[str, Any]) -> list[str]:
    """The codes of a payload's errors."""
    return [error["code"] for error in payload["errors"]]


async def sessions(world: World, user_id: str) -> int:
    """The number of sessions of an account that have not ended."""
    query = select(func.count()).where(Session.user_id == user_id, Session.ended_at.is_(None))
    async with world.engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def trail(world: World, user_id: str) -> list[tuple[str, str, str]]:
    """The rows of the audit log about an actor: kind of actor, action, and type of the target."""
    query = select(AuditEvent.actor_kind, AuditEvent.action, AuditEvent.target_id)
    async with world.engine.connect() as connection:
        rows = await connection.execute(query.where(AuditEvent.actor_id == user_id).order_by(AuditEvent.id))
        return [(row[0], row[1], str(row[2]).partition("_")[0]) for row in rows]


async def test_a_person_can_verify_their_address_sign_in_and_sign_out(client: Client, world: World) -> None:
    person = newcomer()
    up = await join(client, world, person)
    me = up["user"]["id"]
    assert (await client(VIEWER, up["token"])).data["viewer"] == {"id": me}
    again = await mutate(client, "signIn", email=person["email"], password=PASSWORD)
    assert (again["user"], again["errors"]) == (up["user"], [])
    assert again["token"] != up["token"]
    assert await mutate(client, "signOut", up["token"]) == {"signedOut": True, "errors": []}
    assert (await client(VIEWER, up["token"])).status == 401
    assert (await client(VIEWER, again["token"])).data["viewer"] == {"id": me}
    assert await trail(world, me) == [
        ("anonymous", "accounts:create", "user"),
        ("anonymous", "sessions:create", "user"),
        ("person", "sessions:end", "session"),
    ]


async def test_a_password_can_be_typed_on_any_keyboard(client: Client, world: World) -> None:
    person = newcomer(password="mañana-café-Zürich")
    await join(client, world, person)
    typed = "man\u0303ana-cafe\u0301-Zu\u0308rich"
    assert (await mutate(client, "signIn", email=person["email"], password=typed))["errors"] == []


async def test_a_session_lasts_30_days(client: Client, world: World) -> None:
    up = await join(client, world, newcomer())
    query = select(func.extract("epoch", Session.expires_at - func.now())).where(Session.user_id == up["user"]["id"])
    async with world.engine.connect() as connection:
        seconds = float((await connection.execute(query)).scalar_one())
    assert 30 * 86_400 - 60 < seconds <= 30 * 86_400


async def test_the_payload_of_a_verification_is_read_with_the_rights_of_the_new_person(
    client: Client, world: World
) -> None:
    query = operation("verifyEmail", "user { email memberships { totalCount } }")
    email = str(newcomer()["email"])
    answer = await client(query, input={"token": await world.sign_up(email, PASSWORD), "password": PASSWORD})
    assert answer.data["verifyEmail"]["user"] == {"email": email, "memberships": {"totalCount": 0}}


WRONG = {
    "EMAIL_INVALID": {"email": "ada"},
    "PASSWORD_INVALID": {"password": "x" * 9},
    "NAME_INVALID": {"firstName": " "},
}


@pytest.mark.parametrize(("code", "wrong"), WRONG.items(), ids=WRONG.keys())
async def test_a_bad_sign_up_returns_an_error_and_changes_nothing(
    client: Client, world: World, code: str, wrong: dict[str, str]
) -> None:
    before = await world.fingerprint()
    payload = await mutate(client, "signUp", **newcomer(**wrong))
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, [*wrong])]
    assert payload["email"] is None
    assert await world.fingerprint() == before


async def test_all_errors_of_a_sign_up_are_returned_at_once(client: Client) -> None:
    payload = await mutate(client, "signUp", email="@", password="x" * 201, firstName="", lastName="B\a")
    assert codes(payload) == ["EMAIL_INVALID", "PASSWORD_INVALID", "NAME_INVALID", "NAME_INVALID"]


@pytest.mark.parametrize("length", [10, 200])
async def test_a_password_has_10_to_200_characters(client: Client, world: World, length: int) -> None:
    person = newcomer(password="ß" * length)
    assert codes(await mutate(client, "signUp", **person)) == []
    assert codes(await join(client, world, person)) == []
    assert codes(await mutate(client, "signIn", email=person["email"], password="ß" * length)) == []


SPELLINGS = [
    ("Ada{}@X.example", "ada{}@x.example"),
    ("ada{}@x.example", "ADA{}@X.EXAMPLE"),
    ("Äda{}@x.example", "äDA{}@X.example"),
    ("\u00e9{}@x.example", "e\u0301{}@x.example"),
    ("ada{}@b\u00fccher.example", "ada{}@xn--bcher-kva.example"),
    ("ada{}@x.example", " ada{}@x.example "),
]


@pytest.mark.parametrize(("first", "second"), SPELLINGS, ids=ascii)
async def test_all_spellings_of_an_e_mail_address_find_the_same_account(
    client: Client, world: World, first: str, second: str
) -> None:
    number = next(numbers)
    address = emails.valid(first.format(number))
    user = (await join(client, world, newcomer(email=address)))["user"]
    assert user["email"] == address
    signed_in = await mutate(client, "signIn", email=second.format(number), password=PASSWORD)
    assert signed_in["user"] == user
    taken = await join(client, world, newcomer(email=emails.valid(second.format(number))))
    assert (codes(taken), taken["user"], taken["token"]) == (["EMAIL_TAKEN"], None, None)


async def test_a_partner_token_cannot_sign_up_in_or_out(client: Client, world: World) -> None:
    team = await world.team()
    _, partner = await world.token(team, (await world.member(team)).id, Scope.SEATS_READ)
    for mutation in ("signUp", "signIn", "signOut"):
        given = newcomer() if mutation == "signUp" else {}
        given = {"email": "a@b.example", "password": PASSWORD} if mutation == "signIn" else given
        assert (await send(client, mutation, partner, **given)).codes == ["FORBIDDEN"]
    assert (await send(client, "signOut")).codes == ["UNAUTHENTICATED"]


async def test_a_person_who_is_signed_in_can_sign_in_to_another_account(client: Client, world: World) -> None:
    person = newcomer()
    me = (await join(client, world, person))["user"]
    other = await world.person()
    again = await mutate(client, "signIn", other.secret, email=person["email"], password=PASSWORD)
    assert again["user"] == me


@pytest.fixture
def browser(app: Starlette) -> httpx.AsyncClient:
    """A client that keeps cookies and sends the header that scripts of the same site send."""
    transport = PlacedTransport(app)
    return httpx.AsyncClient(transport=transport, base_url="https://usher.test", headers=PREFLIGHT)


async def ask(http: httpx.AsyncClient, query: str, **variables: object) -> httpx.Response:
    """Send an operation without a bearer token."""
    return await http.post("/graphql", json={"query": query, "variables": variables})


async def link_input(world: World) -> dict[str, str]:
    """The input to verify the address of a new person and get a cookie."""
    token = await world.sign_up(str(newcomer()["email"]), PASSWORD)
    return {"token": token, "password": PASSWORD, "delivery": "COOKIE"}


async def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(browser: httpx.AsyncClient, world: World) -> None:
    response = await ask(browser, operation("verifyEmail"), input=await link_input(world))
    assert response.json()["data"]["verifyEmail"]["token"] is None
    value, *flags = response.headers.get_list("set-cookie")[0].split("; ")
    assert value.startswith("__Host-usher_session=usher_session_")
    assert flags == ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=strict", "Secure"]


async def test_a_cookie_is_valid_until_sign_out(browser: httpx.AsyncClient, world: World) -> None:
    up = await ask(browser, operation("verifyEmail"), input=await link_input(world))
    secret = browser.cookies["__Host-usher_session"]
    me = up.json()["data"]["verifyEmail"]["user"]["id"]
    assert (await ask(browser, VIEWER)).json()["data"] == {"viewer": {"id": me}}
    await ask(browser, operation("signOut"), input={"dryRun": True})
    assert browser.cookies["__Host-usher_session"] == secret
    out = await ask(browser, operation("signOut"), input={})
    assert out.json()["data"]["signOut"]["signedOut"]
    assert "__Host-usher_session" not in browser.cookies
    browser.cookies.set("__Host-usher_session", secret, domain="usher.test")
    assert (await ask(browser, VIEWER)).status_code == 401


async def test_over_plain_http_the_cookie_is_not_marked_secure(browser: httpx.AsyncClient, world: World) -> None:
    body = {"query": operation("verifyEmail"), "variables": {"input": await link_input(world)}}
    response = await browser.post("http://usher.test/graphql", json=body)
    cookie = response.headers.get_list("set-cookie")[0]
    assert cookie.startswith("usher_session=usher_session_")
    assert cookie.endswith("HttpOnly; Max-Age=2592000; Path=/; SameSite=strict")


@pytest.mark.parametrize("mutation", ["verifyEmail", "signIn"])
async def test_no_cookie_is_set_without_the_preflight_header(client: Client, world: World, mutation: str) -> None:
    given = await link_input(world)
    if mutation == "signIn":
        del given["token"]
        given["email"] = str(newcomer()["email"])
    before = await world.fingerprint()
    answer = await send(client, mutation, **given)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "set-cookie" not in answer.headers
    assert await world.fingerprint() == before
