"""A dead credential does not stop a mutation that needs none. The error about it says why it is invalid."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.tables.audit import AuditEvent
from domain.actions import Scope
from domain.credentials import CredentialFault, CredentialKind, issue
from domain.subjects import Anonymous
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support.examples.example import PASSWORD, Input, Scene
from tests.support.examples.registry import EXAMPLES
from tests.support.mutations import operation
from tests.support.world import World

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
VIEWER = "{ viewer { id } }"
# The mutations for which nobody has to be signed in, as policy.polar says. sign_out and all others are not among them.
OPEN = [
    "signUp", "verifyEmail", "signIn", "completeSignIn", "requestPasswordReset", "resetPassword", "confirmEmail",
    "undoEmailChange", "acceptInvitation", "signInWithPasskey",
]  # fmt: skip
# Hashes are quick: these tests are about who acts.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]


@pytest.fixture(scope="module")
async def scene(client: Client, world: World) -> Scene:
    """A team with a person who is not signed in."""
    team = await world.team()
    return Scene(client, world, team, await world.pool(team, 5), await world.person())


@pytest.fixture(scope="module")
async def dead(client: Client, world: World) -> dict[str, str]:
    """Credentials that identify nobody, by the reason that the error names."""
    team = await world.team()
    coordinator = await world.member(team)
    token, revoked = await world.token(team, coordinator.id, Scope.SEATS_READ)
    await world.revoke(token)
    _, expired = await world.token(team, coordinator.id, Scope.SEATS_READ, expires_at=LONG_AGO)
    ended = await world.session(coordinator.id)
    assert (await client("mutation { signOut(input: {}) { signedOut } }", ended)).data["signOut"]["signedOut"]
    return {
        "ENDED": ended,
        "EXPIRED": await world.session(coordinator.id, LONG_AGO),
        "EXPIRED token": expired,
        "REVOKED": revoked,
        "UNKNOWN": issue(CredentialKind.SESSION)[0],
        "UNKNOWN token": issue(CredentialKind.PARTNER)[0],
        "MALFORMED": ended[:-1],
        "MALFORMED word": "undefined",
        "MALFORMED kind": issue(CredentialKind.INVITATION)[0],
    }


REASONS = [
    "ENDED", "EXPIRED", "EXPIRED token", "REVOKED", "UNKNOWN", "UNKNOWN token", "MALFORMED", "MALFORMED word",
    "MALFORMED kind",
]  # fmt: skip


def test_these_are_the_mutations_that_the_policy_opens_to_everybody() -> None:
    policy = Policy.load(ROOT / "policy.polar")
    at_gateway = [one for one in EXAMPLES.values() if policy.kinds[one.action] is facts.Gateway]
    found = [one.name for one in at_gateway if policy.decide(Anonymous(), one.action, facts.GATEWAY).allowed]
    assert sorted(found) == sorted(OPEN)


async def values_for(scene: Scene, mutation: str) -> Input:
    """The input of a mutation that succeeds without a credential."""
    if mutation != "acceptInvitation":
        return await EXAMPLES[mutation].make(scene)
    invited = await scene.world.invited_member(scene.team)
    return {"token": await scene.world.invitation_token(scene.team, invited.id), "password": PASSWORD}


@pytest.mark.parametrize("mutation", OPEN)
async def test_a_mutation_that_needs_no_credential_ignores_a_dead_one(
    scene: Scene, dead: dict[str, str], mutation: str
) -> None:
    cookie = {"cookie": f"usher_session={dead['ENDED']}", "usher-require-preflight": "1"}
    tokens = [
        {"authorization": f"Bearer {dead[reason]}"} for reason in ("ENDED", "EXPIRED", "REVOKED", "UNKNOWN token")
    ]
    words = [{"authorization": word} for word in ("Bearer undefined", "Bearer", "Basic dXNlcjpwYXNz")]
    for headers in (*tokens, *words, cookie):
        values = await values_for(scene, mutation)
        body = {"query": operation(mutation, "errors { code }"), "variables": {"input": values}}
        answer = await scene.client.post(body, headers)
        assert (answer.status, answer.data) == (200, {mutation: {"errors": []}})


async def test_the_audit_log_says_that_nobody_was_signed_in(scene: Scene, dead: dict[str, str]) -> None:
    values = await values_for(scene, "acceptInvitation")
    answer = await scene.client(operation("acceptInvitation", "member { id }"), dead["ENDED"], input=values)
    member = answer.data["acceptInvitation"]["member"]
    query = select(AuditEvent.actor_kind).where(AuditEvent.target_id == member["id"])
    async with scene.world.engine.connect() as connection:
        assert (await connection.execute(query)).scalars().all() == ["anonymous"]


@pytest.mark.parametrize(
    "query",
    [
        "mutation { signOut(input: {}) { signedOut } }",
        'mutation { signIn(input: {email: "a", password: "b"}) { token } signOut(input: {}) { signedOut } }',
        "mutation { ...F } fragment F on Mutation { signOut(input: {}) { signedOut } __typename }",
        "mutation { ... { ...F } } fragment F on Mutation { signOut(input: {}) @skip(if: true) { signedOut } }",
        VIEWER,
        "{ __typename }",
        "{ nothing }",
        'mutation A { signIn(input: {email: "a", password: "b"}) { token } } query B { __typename }',
    ],
)
@pytest.mark.parametrize("reason", ["ENDED", "MALFORMED"])
async def test_every_other_operation_is_refused_and_changes_nothing(
    client: Client, world: World, dead: dict[str, str], query: str, reason: str
) -> None:
    before = await world.fingerprint()
    answer = await client(query, dead[reason])
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert await world.fingerprint() == before


async def test_a_valid_credential_still_counts(client: Client, world: World, statements: list[str]) -> None:
    team = await world.team()
    me = await world.member(team)
    _, partner = await world.token(team, me.id, Scope.SEATS_READ)
    for secret, codes in ((me.secret, []), (partner, ["FORBIDDEN"])):
        statements.clear()
        query = 'mutation { signIn(input: {email: "nobody@tests.example", password: "b"}) { errors { code } } }'
        assert (await client(query, secret)).codes == codes
        assert sum("from sessions" in one or "from partner_tokens" in one for one in statements) == 1


@pytest.mark.parametrize("reason", REASONS)
async def test_the_error_says_why_a_credential_is_invalid(client: Client, dead: dict[str, str], reason: str) -> None:
    answer = await client(VIEWER, dead[reason])
    [error] = answer.content["errors"]
    fault = CredentialFault[reason.split(maxsplit=1)[0]]
    assert error == {
        "message": fault.description,
        "extensions": {"code": "UNAUTHENTICATED", "reason": fault.name},
    }


async def test_an_unknown_token_shows_nothing_but_that_it_is_unknown(client: Client) -> None:
    answers = [await client(VIEWER, issue(kind)[0]) for kind in (CredentialKind.SESSION, CredentialKind.PARTNER) * 2]
    assert all(answer.content == answers[0].content for answer in answers)
    words = [await client(VIEWER, word) for word in ("x", "usher_session_", "null", issue(CredentialKind.RESET)[0])]
    assert all(answer.content == words[0].content for answer in words)


async def test_a_valid_token_needs_no_statement_to_find_out_why(
    client: Client, world: World, statements: list[str]
) -> None:
    me = await world.person()
    assert (await client(VIEWER, me.secret)).data == {"viewer": {"id": me.id}}
    assert len(statements) == 1
    statements.clear()
    await client(VIEWER, me.secret[:-1])
    assert statements == []
    await client(VIEWER, issue(CredentialKind.SESSION)[0])
    assert len(statements) == 2


async def test_a_query_that_needs_nobody_ignores_a_dead_credential(scene: Scene, dead: dict[str, str]) -> None:
    cookie = {"cookie": f"usher_session={dead['ENDED']}", "usher-require-preflight": "1"}
    tokens = [{"authorization": f"Bearer {dead[reason]}"} for reason in ("ENDED", "REVOKED", "UNKNOWN", "MALFORMED")]
    for headers in (*tokens, cookie):
        answer = await scene.client.post({"query": "{ passkeyOptions __typename }"}, headers)
        assert (answer.status, answer.data["__typename"]) == (200, "Query")
        for query in ("{ passkeyOptions viewer { id } }", "{ __typename }", "{ products { totalCount } }"):
            refused = await scene.client.post({"query": query}, headers)
            assert (refused.status, refused.codes) == (401, ["UNAUTHENTICATED"])
