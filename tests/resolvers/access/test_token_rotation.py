"""A partner token shows itself, and gets a new secret while the one before works for a day."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.queued_mails import queued
from tests.support.world import World

TEAMS = "{ teams { nodes { id } } }"
OWN = "{ viewerToken { id name scopes expiresAt revokedAt previousSecretEndsAt lastUsedAt } }"
DAY = timedelta(hours=24)


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller who is a coordinator."""
    return await new_caller(client, world, seats=1)


async def token(caller: Caller, *scopes: Scope, days: float = 30) -> tuple[str, str]:
    """A token of the caller that ends in some days: its id and its secret."""
    ends = datetime.now(UTC) + timedelta(days=days)
    return await caller.world.token(caller.team, caller.who.id, *(scopes or (Scope.SEATS_READ,)), expires_at=ends)


async def works(caller: Caller, *secrets: str) -> list[bool]:
    """Whether each of these secrets is accepted."""
    return [(await caller.client(TEAMS, secret)).status == 200 for secret in secrets]


async def age(caller: Caller, token_id: str, hours: float) -> None:
    """Let a token be rotated some hours earlier than it was."""
    earlier = "previous_secret_ends_at = previous_secret_ends_at - cast($2 as interval)"
    await fetch_rows(
        caller.world.database, f"update partner_tokens set {earlier} where id = $1", token_id, timedelta(hours=hours)
    )


# --- A token shows itself


async def test_a_token_sees_its_own_scopes_and_its_end_without_a_scope_for_it(caller: Caller) -> None:
    id_, secret = await token(caller, Scope.POOLS_READ, Scope.MEMBERS_INVITE)
    shown = (await caller.client(OWN, secret)).data["viewerToken"]
    assert (shown["id"], shown["name"]) == (id_, "Partner")
    assert sorted(shown["scopes"]) == ["MEMBERS_INVITE", "POOLS_READ"]
    assert datetime.fromisoformat(shown["expiresAt"]) > datetime.now(UTC) + timedelta(days=29)
    assert (shown["revokedAt"], shown["previousSecretEndsAt"]) == (None, None)


async def test_a_token_sees_its_grantor_only_with_the_right_to_read_members(caller: Caller) -> None:
    query = "{ viewerToken { grantor { id } } }"
    for scope, seen in ((Scope.SEATS_READ, None), (Scope.MEMBERS_READ, {"id": caller.who.id})):
        _, secret = await token(caller, scope)
        assert (await caller.client(query, secret)).content["data"] == {"viewerToken": {"grantor": seen}}


async def test_a_person_has_no_token_to_see(caller: Caller) -> None:
    answer = await caller.client(OWN, caller.secret)
    assert (answer.codes, answer.content["data"]) == (["FORBIDDEN"], {"viewerToken": None})
    assert (await caller.client(OWN)).codes == ["UNAUTHENTICATED"]


# --- Rotation


async def test_both_secrets_work_for_a_day_after_a_rotation_and_only_the_new_one_later(caller: Caller) -> None:
    id_, old = await token(caller)
    rotated = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content
    new = rotated["secret"]
    assert (rotated["errors"], new == old, rotated["partnerToken"]["id"]) == ([], False, id_)
    assert [mail["event"] for mail in await queued(caller.world, caller.who.id)] == ["token rotated"]
    ends = datetime.fromisoformat(rotated["partnerToken"]["previousSecretEndsAt"])
    assert timedelta() <= datetime.now(UTC) + DAY - ends < timedelta(minutes=1)
    assert await works(caller, old, new) == [True, True]
    for secret in (old, new):
        shown = (await caller.client(OWN, secret)).data["viewerToken"]
        assert (shown["id"], datetime.fromisoformat(shown["previousSecretEndsAt"])) == (id_, ends)
        assert shown["lastUsedAt"] is not None
    await age(caller, id_, 23.9)
    assert await works(caller, old, new) == [True, True]
    await age(caller, id_, 0.2)
    assert await works(caller, old, new) == [False, True]
    refused = (await caller.client(TEAMS, old)).content["errors"][0]["extensions"]
    assert refused == {"code": "UNAUTHENTICATED", "reason": "EXPIRED"}


async def test_the_audit_log_names_the_token_and_no_secret(caller: Caller) -> None:
    id_, old = await token(caller)
    new = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content["secret"]
    [row] = await audit_rows(caller.world, caller.team)
    assert (row.action, row.target_id, row.actor_id) == ("tokens:rotate", id_, caller.who.id)
    assert row.after.keys() == {"rotated", "previousSecretEnds"}
    for secret in (old, new):
        assert secret.removeprefix("usher_partner_") not in str(row)


async def test_there_are_never_more_than_two_secrets(caller: Caller) -> None:
    id_, first = await token(caller)
    second = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content["secret"]
    before = await caller.world.fingerprint()
    again = await caller.mutate("rotatePartnerToken", tokenId=id_)
    assert (again.errors, again.content["secret"]) == ([("TOKEN_ROTATED", None)], None)
    answer = await caller.client(
        "mutation ($id: ID!) { rotatePartnerToken(input: {tokenId: $id}) { errors { retryAfter } } }",
        caller.secret,
        id=id_,
    )
    assert 86_300 < answer.data["rotatePartnerToken"]["errors"][0]["retryAfter"] <= 86_400
    assert await caller.world.fingerprint() == before
    await age(caller, id_, 24)
    third = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content["secret"]
    assert await works(caller, first, second, third) == [False, True, True]


async def test_of_many_rotations_at_once_one_succeeds(caller: Caller) -> None:
    id_, old = await token(caller)
    payloads = await asyncio.gather(*(caller.mutate("rotatePartnerToken", tokenId=id_) for _ in range(4)))
    secrets = [one.content["secret"] for one in payloads if one.errors == []]
    assert sorted(one.errors for one in payloads)[1:] == [[("TOKEN_ROTATED", None)]] * 3
    assert await works(caller, old, *secrets) == [True, True]


async def test_revoking_a_token_ends_both_secrets(caller: Caller) -> None:
    id_, old = await token(caller)
    new = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content["secret"]
    await caller.mutate("revokePartnerToken", tokenId=id_)
    assert await works(caller, old, new) == [False, False]
    query = "query ($id: ID!) { node(id: $id) { ... on PartnerToken { revokedAt previousSecretEndsAt } } }"
    shown = (await caller.client(query, caller.secret, id=id_)).data["node"]
    assert shown["revokedAt"] == shown["previousSecretEndsAt"]
    for secret in (old, new):
        assert (await caller.client(TEAMS, secret)).content["errors"][0]["extensions"]["reason"] == "REVOKED"


async def test_both_secrets_end_with_the_token(caller: Caller) -> None:
    id_, old = await token(caller, days=0.5)
    rotated = (await caller.mutate("rotatePartnerToken", tokenId=id_)).content
    shown = (await caller.client(OWN, old)).data["viewerToken"]
    assert shown["previousSecretEndsAt"] == shown["expiresAt"]
    query = "mutation ($id: ID!) { rotatePartnerToken(input: {tokenId: $id}) { errors { code retryAfter message } } }"
    [again] = (await caller.client(query, caller.secret, id=id_)).data["rotatePartnerToken"]["errors"]
    assert (again["code"], again["retryAfter"]) == ("TOKEN_ROTATED", None)
    assert again["message"].endswith("Create a new token.")
    await fetch_rows(caller.world.database, "update partner_tokens set expires_at = now() where id = $1", id_)
    assert await works(caller, old, rotated["secret"]) == [False, False]


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
async def test_a_token_that_has_ended_gets_no_new_secret(caller: Caller, end: str) -> None:
    id_, old = await token(caller)
    await fetch_rows(caller.world.database, f"update partner_tokens set {end} = now() where id = $1", id_)
    before = await caller.world.fingerprint()
    rotated = await caller.mutate("rotatePartnerToken", tokenId=id_)
    assert (rotated.errors, rotated.content["secret"]) == ([("TOKEN_ENDED", None)], None)
    assert await caller.world.fingerprint() == before
    assert await works(caller, old) == [False]


async def test_only_the_grantor_gets_a_new_secret(caller: Caller) -> None:
    """A coordinator could act with the rights of a contract manager otherwise."""
    manager = await caller.world.member(caller.team, Role.CONTRACT_MANAGER)
    id_, secret = await caller.world.token(caller.team, manager.id, Scope.MEMBERS_CHANGE_ROLE)
    before = await caller.world.fingerprint()
    refused = await caller.send("rotatePartnerToken", tokenId=id_)
    assert refused.codes == ["FORBIDDEN"]
    only = "tokens:rotate: only the person who granted a token may rotate it; create another one."
    assert refused.content["errors"][0]["message"] == only
    assert (await caller.client(OWN, secret)).codes == []
    by_itself = "mutation ($id: ID!) { rotatePartnerToken(input: {tokenId: $id}) { secret } }"
    refused = await caller.client(by_itself, secret, id=id_)
    assert refused.codes == ["FORBIDDEN"]
    assert "is for a signed-in person, not for a token" in refused.content["errors"][0]["message"]
    assert await caller.world.fingerprint() == before
    own = await caller.client(by_itself, manager.secret, id=id_)
    assert own.data["rotatePartnerToken"]["secret"]


async def test_viewer_can_says_who_may_rotate_a_token(caller: Caller) -> None:
    manager = await caller.world.member(caller.team, Role.CONTRACT_MANAGER)
    id_, _ = await caller.world.token(caller.team, manager.id, Scope.SEATS_READ)
    query = "query ($id: ID!) { node(id: $id) { viewerCan { action allowed } } }"
    for secret, allowed in ((caller.secret, False), (manager.secret, True)):
        shown = (await caller.client(query, secret, id=id_)).data["node"]["viewerCan"]
        assert {one["action"]: one["allowed"] for one in shown}["TOKENS_ROTATE"] is allowed


async def test_a_dry_run_and_a_repeat_show_no_secret(caller: Caller) -> None:
    id_, old = await token(caller)
    before = await caller.world.fingerprint()
    tried = (await caller.mutate("rotatePartnerToken", tokenId=id_, dryRun=True)).content
    assert (tried["secret"], tried["errors"], tried["partnerToken"]["previousSecretEndsAt"] is None) == (
        None,
        [],
        False,
    )
    assert await caller.world.fingerprint() == before
    input_ = {"tokenId": id_, "idempotencyKey": "a key"}
    new = (await caller.mutate("rotatePartnerToken", **input_)).content["secret"]
    again = await caller.mutate("rotatePartnerToken", **input_)
    assert (again.errors, again.content["secret"]) == ([("SECRET_SHOWN_ONCE", None)], None)
    assert await works(caller, old, new) == [True, True]
