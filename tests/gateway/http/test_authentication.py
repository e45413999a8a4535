"""A bearer token or a cookie identifies the actor. An invalid one is refused before anything runs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.actions import Scope
from domain.credentials import CredentialKind, issue
from tests.conftest import Client
from tests.gateway.conftest import Company
from tests.support.world import World

TEAMS_QUERY = {"query": "{ teams { nodes { id } } }"}
PREFLIGHT = {"Usher-Require-Preflight": "1"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
async def invalid_tokens(world: World, ours: Company) -> dict[str, str]:
    """Tokens that are not valid, by the reason."""
    revoked, revoked_secret = await world.token(ours.team, ours.coordinator.id, Scope.SEATS_READ)
    await world.revoke(revoked)
    _, expired_secret = await world.token(ours.team, ours.coordinator.id, Scope.SEATS_READ, expires_at=LONG_AGO)
    return {
        "unknown session": issue(CredentialKind.SESSION)[0],
        "unknown token": issue(CredentialKind.PARTNER)[0],
        "expired session": await world.session(ours.coordinator.id, LONG_AGO),
        "expired token": expired_secret,
        "revoked token": revoked_secret,
        "cut off": ours.coordinator.secret[:-1],
        "too long": ours.coordinator.secret + "A",
        "wrong prefix": ours.coordinator.secret.replace("session", "partner"),
        "upper case": ours.coordinator.secret.upper(),
        "hash": "0" * 64,
        "empty": "",
        "two": f"{ours.coordinator.secret} {ours.coordinator.secret}",
    }


KINDS = [
    "unknown session",
    "unknown token",
    "expired session",
    "expired token",
    "revoked token",
    "cut off",
    "too long",
    "wrong prefix",
    "upper case",
    "hash",
    "empty",
    "two",
]


@pytest.mark.usefixtures("invalid_tokens", "unchanged")
class TestRefused:
    """The request is refused, and nothing changes."""

    @pytest.mark.parametrize("kind", KINDS)
    async def test_an_invalid_token(self, client: Client, invalid_tokens: dict[str, str], kind: str) -> None:
        answer = await client.post(TEAMS_QUERY, {"authorization": f"Bearer {invalid_tokens[kind]}"})
        assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
        assert answer.headers["www-authenticate"] == "Bearer"
        assert list(answer.content) == ["errors"]

    @pytest.mark.parametrize(
        "header", ["Basic YTpi", "Token x", "Bearer", "usher_session_x", "", "\xff", "Bearer \xff"]
    )
    async def test_another_scheme(self, client: Client, header: str) -> None:
        response = await client.http.post(
            "/graphql", json=TEAMS_QUERY, headers=[(b"authorization", header.encode("latin-1"))]
        )
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    @pytest.mark.parametrize("name", ["Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Usher-Require-Preflight"])
    async def test_each_header_that_forces_a_preflight_counts(self, client: Client, ours: Company, name: str) -> None:
        headers = {"cookie": f"usher_session={ours.coordinator.secret}", name: ""}
        assert (await client.post(TEAMS_QUERY, headers)).data == {"teams": {"nodes": [{"id": ours.team}]}}

    @pytest.mark.parametrize("name", ["Accept", "Content-Language", "X-Requested", "Usher-Require-Preflight-2"])
    async def test_no_other_header_counts(self, client: Client, ours: Company, name: str) -> None:
        headers = {"cookie": f"usher_session={ours.coordinator.secret}", name: "application/json"}
        assert (await client.post(TEAMS_QUERY, headers)).codes == ["PREFLIGHT_REQUIRED"]

    async def test_a_cookie_without_the_preflight_header(self, client: Client, ours: Company) -> None:
        answer = await client.post(TEAMS_QUERY, {"cookie": f"usher_session={ours.coordinator.secret}"})
        assert (answer.status, answer.codes) == (403, ["PREFLIGHT_REQUIRED"])
        assert "set-cookie" not in answer.headers

    async def test_a_bad_token_beside_a_good_cookie(self, client: Client, ours: Company) -> None:
        cookie = f"usher_session={ours.coordinator.secret}"
        answer = await client.post(TEAMS_QUERY, {"cookie": cookie, "authorization": "Bearer x", **PREFLIGHT})
        assert answer.status == 401
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("kind", KINDS)
    async def test_an_invalid_cookie_is_removed(
        self, client: Client, invalid_tokens: dict[str, str], kind: str
    ) -> None:
        answer = await client.post(TEAMS_QUERY, {"cookie": f"usher_session={invalid_tokens[kind]}", **PREFLIGHT})
        assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
        assert answer.headers["set-cookie"].startswith('usher_session=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict')

    @pytest.mark.parametrize("query", ["{ viewer { id } }", "{ teams { totalCount } }", "{ products { totalCount } }"])
    async def test_an_anonymous_client(self, client: Client, query: str) -> None:
        answer = await client(query)
        assert (answer.status, answer.codes) == (200, ["UNAUTHENTICATED"])


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_bearer_token_identifies_the_actor(client: Client, ours: Company, scheme: str) -> None:
    answer = await client.post(TEAMS_QUERY, {"authorization": f"{scheme} {ours.coordinator.secret}"})
    assert answer.data == {"teams": {"nodes": [{"id": ours.team}]}}


async def test_a_cookie_with_the_preflight_header_identifies_the_actor(client: Client, ours: Company) -> None:
    answer = await client.post(TEAMS_QUERY, {"cookie": f"usher_session={ours.coordinator.secret}", **PREFLIGHT})
    assert answer.data == {"teams": {"nodes": [{"id": ours.team}]}}


async def test_a_bearer_token_takes_precedence_over_a_cookie(client: Client, ours: Company, theirs: Company) -> None:
    headers = {"cookie": f"usher_session={theirs.coordinator.secret}", "authorization": f"Bearer {ours.partner}"}
    assert (await client.post(TEAMS_QUERY, headers)).data == {"teams": {"nodes": [{"id": ours.team}]}}


async def test_a_session_ends_when_it_expires(client: Client, world: World, ours: Company) -> None:
    secret = await world.session(ours.coordinator.id, datetime.now(UTC) + timedelta(milliseconds=400))
    assert (await client("{ viewer { id } }", secret)).status == 200
    await asyncio.sleep(0.5)
    assert (await client("{ viewer { id } }", secret)).status == 401
