"""A person sees their own sessions and ends them; nobody else sees or ends them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.access.test_sessions import VIEWER, mutate
from tests.support.mutations import new_caller, operation
from tests.support.queued_mails import queued
from tests.support.world import World

SESSIONS = "{ viewer { sessions { nodes { id method device place createdAt lastUsedAt expiresAt isCurrent } } } }"
OF_MEMBERS = """
query ($id: ID!) { team(id: $id) { members { nodes { user { id sessions { nodes { id } totalCount } } } } } }
"""


async def listed(client: Client, secret: str) -> list[dict[str, Any]]:
    """The sessions that a person sees."""
    nodes: list[dict[str, Any]] = (await client(SESSIONS, secret)).data["viewer"]["sessions"]["nodes"]
    return nodes


async def recorded(world: World, target_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The audit rows about a session or an account: the actor, the action, and the values after the change."""
    query = text("select actor_id, action, after from audit_events where target_id = :id order by id")
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query, {"id": target_id})]


@pytest.mark.parametrize("others", [0, 3])
async def test_the_viewer_sees_their_sessions_with_one_statement(
    client: Client, world: World, statements: list[str], others: int
) -> None:
    ada = await world.person()
    for _ in range(others):
        await world.session(ada.id)
    found = await listed(client, ada.secret)
    assert len(statements) == 1
    assert [one["id"] for one in found] == list(reversed(await world.sessions(ada.id)))
    assert [one["isCurrent"] for one in found] == [False] * others + [True]
    assert {(one["method"], one["device"], one["place"]) for one in found} == {("PASSWORD", None, None)}
    assert all(one["createdAt"] == one["lastUsedAt"] < one["expiresAt"] for one in found)


async def test_ended_and_expired_sessions_are_not_listed(client: Client, world: World) -> None:
    ada = await world.person()
    await world.session(ada.id, datetime.now(UTC) - timedelta(seconds=1))
    ended = await world.session(ada.id)
    await mutate(client, "signOut", ended)
    assert [one["isCurrent"] for one in await listed(client, ada.secret)] == [True]


async def test_nobody_sees_the_sessions_of_another_person(client: Client, world: World) -> None:
    manager = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    await world.member(manager.team)
    people = (await client(OF_MEMBERS, manager.secret, id=manager.team)).data["team"]["members"]["nodes"]
    found = {one["user"]["id"]: one["user"]["sessions"] for one in people}
    own = await world.sessions(manager.who.id)
    assert found.pop(manager.who.id) == {"nodes": [{"id": id_} for id_ in own], "totalCount": 1}
    assert list(found.values()) == [{"nodes": [], "totalCount": 0}]


async def test_a_token_sees_no_session_not_even_those_of_its_grantor(client: Client, world: World) -> None:
    manager = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    _, partner = await world.token(manager.team, manager.who.id, *Scope)
    answer = await client(OF_MEMBERS, partner, id=manager.team)
    assert answer.codes == ["FORBIDDEN"]
    [member] = answer.content["data"]["team"]["members"]["nodes"]
    assert member["user"] == {"id": manager.who.id, "sessions": None}


async def test_a_person_ends_a_session_and_it_signs_nobody_in_any_more(client: Client, world: World) -> None:
    ada = await world.person()
    lost = await world.session(ada.id)
    first, second = await world.sessions(ada.id)
    assert (await client(VIEWER, lost)).status == 200
    assert (await mutate(client, "endSession", ada.secret, sessionId=second))["endedSessionId"] == second
    refused = await client(VIEWER, lost)
    assert (refused.status, refused.content["errors"][0]["extensions"]["reason"]) == (401, "ENDED")
    assert await world.sessions(ada.id) == [first]
    assert await recorded(world, second) == [(ada.id, "sessions:end", {"ended": True})]
    assert [mail["event"] for mail in await queued(world, ada.id)] == ["session ended"]
    before = await world.fingerprint()
    again = await mutate(client, "endSession", ada.secret, sessionId=second)
    assert (again["endedSessionId"], again["errors"]) == (None, [])
    assert await world.fingerprint() == before


async def test_to_end_the_own_session_signs_out(client: Client, world: World) -> None:
    ada = await world.person()
    [own] = await world.sessions(ada.id)
    cookie = {"cookie": f"usher_session={ada.secret}", "usher-require-preflight": "1"}
    body: dict[str, Any] = {"query": operation("endSession")}
    body["variables"] = {"input": {"sessionId": own, "dryRun": True}}
    assert "set-cookie" not in (await client.post(body, cookie)).headers
    body["variables"] = {"input": {"sessionId": own}}
    answer = await client.post(body, cookie)
    assert answer.data["endSession"]["endedSessionId"] == own
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await client(VIEWER, ada.secret)).status == 401
    assert await queued(world, ada.id) == []


async def test_a_person_ends_all_sessions_but_their_own(client: Client, world: World) -> None:
    ada, bob = await world.person(), await world.person()
    others = [await world.session(ada.id) for _ in range(3)]
    first, *rest = await world.sessions(ada.id)
    assert (await mutate(client, "endOtherSessions", ada.secret))["endedSessionIds"] == rest
    assert [(await client(VIEWER, secret)).status for secret in others] == [401] * 3
    assert await world.sessions(ada.id) == [first]
    assert (await client(VIEWER, ada.secret)).status == (await client(VIEWER, bob.secret)).status == 200
    assert await recorded(world, ada.id) == [(ada.id, "sessions:end", {"endedSessions": rest})]
    before = await world.fingerprint()
    assert (await mutate(client, "endOtherSessions", ada.secret))["endedSessionIds"] == []
    assert await world.fingerprint() == before


async def test_a_change_of_the_address_ends_with_the_other_sessions_and_a_link_to_a_new_password_does_not(
    client: Client, world: World
) -> None:
    ada = await world.person()
    reset = await world.reset(ada.id)
    # A thief with a session, which the person ends, has begun this.
    token, _ = await world.email_change(ada, f"thief-{ada.email}")
    assert (await mutate(client, "endOtherSessions", ada.secret))["endedSessionIds"] == []
    confirmed = await mutate(client, "confirmEmail", ada.secret, token=token)
    assert [error["code"] for error in confirmed["errors"]] == ["LINK_INVALID"]
    [(_, _, after)] = await recorded(world, ada.id)
    assert list(after) == ["cancelledChanges"]
    back = await mutate(client, "resetPassword", token=reset, password="a new password of the owner")
    assert back["errors"] == []


async def test_an_ended_session_ends_no_other_one(client: Client, world: World) -> None:
    ada = await world.person()
    stolen = await world.session(ada.id)
    await mutate(client, "endOtherSessions", ada.secret)
    before = await world.fingerprint()
    for mutation, given in (("endOtherSessions", {}), ("endSession", {"sessionId": (await world.sessions(ada.id))[0]})):
        assert (await client(operation(mutation), stolen, input=given)).status == 401
    assert await world.fingerprint() == before
