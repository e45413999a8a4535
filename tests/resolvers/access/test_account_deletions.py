"""A person deletes their account: all rules of leaving hold, nothing identifies them any more, the history stays."""

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import text

from db.access import account_deletions
from db.tables.metadata import METADATA
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.gateway.mail.test_request_mails import arrived, caller, short_pauses
from tests.gateway.mail.test_sign_up_mails import TOKEN
from tests.resolvers.access.test_own_sessions import recorded
from tests.resolvers.access.test_password_resets import a_wait_for_a_lock
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, newcomer
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.traces import columns_with
from tests.support.world import Account, World

__all__ = ["caller", "short_pauses"]
pytestmark = pytest.mark.slow

INVITATION = re.compile(r"/invitations#(usher_invitation_\S+)")
LOG = """
query ($id: ID!) {
  team(id: $id) {
    audit { nodes { action actorId actor { id } deletedUserIds personal { userId before after } } }
  }
}
"""
PERSON = {"email": "Quilla.Feather@tests.example", "firstName": "Quilla", "lastName": "Feather", "password": PASSWORD}
NEW_ADDRESS = "feather@quilla.example"
WORDS = ("quilla", "feather")
REFUSED_NOTICE = """
insert into notices (team_id, id, user_id, kind, event_key, data, delivery, mail_state, mail_reason)
values ($1, 'notice_x', $2, 'renewal', 'x', '{}', 'at_once', 'refused', '550 Ms Feather has left')
"""


async def opened(caller: Caller) -> Account:
    """A person who has signed up by mail, with a key, and is signed in."""
    async with caller.world.engine.begin() as connection:
        await connection.execute(text("delete from mail_pauses"))
    given = {**PERSON, "idempotencyKey": "k"}
    assert (await caller.client(operation("signUp"), input=given)).data["signUp"]["errors"] == []
    [(_, _, letter)] = await arrived(caller.world.database)
    link = {"token": TOKEN.findall(letter)[0], "password": PASSWORD, "idempotencyKey": "k"}
    up = (await caller.client(operation("verifyEmail"), input=link)).data["verifyEmail"]
    return Account(up["user"]["id"], str(PERSON["email"]), up["token"])


async def joined(caller: Caller, person: Account) -> Caller:
    """The person as a coordinator of the team of the caller, who invited them with a key."""
    about = {"firstName": "Quilla", "lastName": "Feather", "email": person.email, "externalId": "feather-1"}
    await caller.mutate("inviteMembers", teamId=caller.team, people=[about], idempotencyKey="k")
    [(_, _, letter)] = await arrived(caller.world.database)
    accept = {"token": INVITATION.findall(letter)[0], "idempotencyKey": "k2"}
    assert codes(await mutate(caller.client, "acceptInvitation", person.secret, **accept)) == []
    await caller.mutate("changeRole", teamId=caller.team, userId=person.id, role="SOFTWARE_COORDINATOR")
    return Caller(caller.client, caller.world, caller.team, caller.product, person.secret, person)


async def lived(caller: Caller) -> Caller:
    """A person of a life that leaves something in every table that can hold a name."""
    me = await joined(caller, await opened(caller))
    await mutate(me.client, "updateProfile", me.secret, firstName="Quillabelle", idempotencyKey="k3")
    await mutate(me.client, "updateProfile", me.secret, firstName="Quilla")
    await caller.mutate("updateMember", teamId=me.team, userId=me.who.id, externalId="quilla-2")
    request = (await me.request_seat(note="For Quilla")).content["request"]["id"]
    await caller.answer_request(request, grant=True, message="Enjoy, Ms Feather", idempotencyKey="k4")
    await arrived(me.world.database)
    await me.world.token(me.team, me.who.id, Scope.SEATS_READ)
    await mutate(me.client, "signIn", email=me.who.email, password=PASSWORD)
    token, _ = await me.world.email_change(me.who, NEW_ADDRESS)
    assert codes(await mutate(me.client, "confirmEmail", me.secret, token=token, idempotencyKey="k5")) == []
    await me.client(operation("signUp"), input={**PERSON, "email": me.who.email.upper()})
    await mutate(me.client, "requestPasswordReset", email=NEW_ADDRESS.upper(), idempotencyKey="k6")
    await arrived(me.world.database)
    await mutate(me.client, "requestPasswordReset", email=me.who.email, idempotencyKey="k7")
    await fetch_rows(me.world.database, REFUSED_NOTICE, me.team, me.who.id)
    return me


async def test_after_a_deletion_nothing_in_the_database_tells_who_it_was(caller: Caller) -> None:
    me, world = await lived(caller), caller.world
    waiting = await world.member(me.team)
    await caller.assign([waiting.id], mode="WAITLIST")
    columns = ("users.email", "answers.payload", "audit_people.after", "sign_ups.email", "notices.mail_reason")
    assert {f"public.{column}" for column in columns} <= {*await columns_with(world.engine, *WORDS)}
    history = await me.history()
    payload = await mutate(me.client, "deleteAccount", me.secret)
    assert (payload["errors"], payload["deletedUserId"]) == ([], me.who.id)
    [(to, subject, letter)] = await arrived(world.database)
    assert (NEW_ADDRESS in to, subject, "Hello Quilla Feather," in letter) == (True, "Your account was deleted", True)
    assert await columns_with(world.engine, *WORDS) == []
    assert await me.history() == [
        *((user, user != me.who.id and is_open) for user, is_open in history),
        (waiting.id, True),
    ]
    assert await me.holders() == [waiting.id]


async def test_the_audit_log_shows_a_deleted_person_as_such(caller: Caller) -> None:
    me = await joined(caller, await opened(caller))
    await caller.mutate("updateMember", teamId=me.team, userId=me.who.id, externalId="quilla-2")
    await me.mutate("createGroup", teamId=me.team, name="Design")

    async def log() -> list[dict[str, Any]]:
        manager = await caller.world.member(me.team, Role.CONTRACT_MANAGER)
        nodes = (await me.client(LOG, manager.secret, id=me.team)).data["team"]["audit"]["nodes"]
        return [one for one in nodes if one["action"] in {"members:update", "groups:create", "members:invite"}]

    before = await log()
    assert [one["deletedUserIds"] for one in before] == [[]] * 4
    assert before[0]["actor"] == {"id": me.who.id}
    values = {"userId": me.who.id, "before": {"externalId": "feather-1"}, "after": {"externalId": "quilla-2"}}
    assert before[1]["personal"] == [values]
    await mutate(me.client, "deleteAccount", me.secret)
    after = await log()
    assert [one["deletedUserIds"] for one in after] == [[me.who.id]] * 4
    assert (after[0]["actorId"], after[0]["actor"]) == (me.who.id, None)
    assert after[1]["personal"] == [{"userId": me.who.id, "before": None, "after": None}]


async def test_a_person_leaves_all_teams_by_the_rules_of_removal(client: Client, world: World) -> None:
    first = await new_caller(client, world, seats=1, role=Role.USER)
    second, ada = await new_caller(client, world, seats=0), first.who
    await world.member(second.team, Role.SOFTWARE_COORDINATOR, ada)
    invited_to = await world.team()
    await world.invited_member(invited_to, Role.USER, ada)
    _, partner = await world.token(second.team, ada.id, Scope.SEATS_READ)
    seat = await first.give_seat(ada.id)
    other = await world.session(ada.id)
    payload = await mutate(client, "deleteAccount", ada.secret)
    assert (payload["errors"], payload["deletedUserId"]) == ([], ada.id)
    assert [(await client(VIEWER, secret)).status for secret in (ada.secret, other, partner)] == [401] * 3
    assert (await first.holders(), await first.history()) == ([], [(ada.id, False)])
    rows = [row for team in (first.team, second.team, invited_to) for row in await audit_rows(world, team)]
    assert [(row.action, row.before) for row in rows] == [
        ("accounts:delete", {"members": {ada.id: "user"}}),
        ("accounts:delete", {"members": {ada.id: "software_coordinator"}}),
        ("accounts:delete", {"members": {ada.id: "user"}}),
    ]
    assert rows[0].after == {"removed": [ada.id], "freed": {seat: ada.id}}
    assert [row.after.get("revokedTokens") is not None for row in rows] == [False, True, False]
    [(_, action, after)] = await recorded(world, ada.id)
    assert (action, after["teams"]) == ("accounts:delete", sorted([first.team, second.team, invited_to]))


async def test_the_only_contract_manager_of_a_team_is_told_what_to_do(client: Client, world: World) -> None:
    managers = [await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER) for _ in range(2)]
    ada = managers[0].who
    await world.member(managers[1].team, Role.CONTRACT_MANAGER, ada)
    await managers[0].give_seat(ada.id)
    before = await world.fingerprint()
    payload = await mutate(client, "deleteAccount", ada.secret)
    assert (codes(payload), payload["deletedUserId"]) == (["LAST_CONTRACT_MANAGER"], None)
    assert "Make somebody else a contract manager first" in payload["errors"][0]["message"]
    assert await world.fingerprint() == before
    await world.member(managers[0].team, Role.CONTRACT_MANAGER)
    assert codes(await mutate(client, "deleteAccount", ada.secret)) == []


async def test_a_stolen_old_session_deletes_nothing_without_the_password(client: Client, world: World) -> None:
    ada = await world.person()
    await world.set_password(ada.id, PASSWORD)
    await world.grow_old(ada.id)
    for given, code in (({}, "PASSWORD_NEEDED"), ({"password": "a wrong password"}, "INVALID_CREDENTIALS")):
        before = await world.fingerprint()
        payload = await mutate(client, "deleteAccount", ada.secret, **given)
        assert (codes(payload), payload["deletedUserId"]) == ([code], None)
        assert await world.fingerprint() == before
    assert codes(await mutate(client, "deleteAccount", ada.secret, password=PASSWORD)) == []
    assert (await client(VIEWER, ada.secret)).status == 401


async def test_a_token_cannot_delete_the_account_of_its_grantor(client: Client, world: World) -> None:
    manager = await new_caller(client, world, seats=0, role=Role.SOFTWARE_COORDINATOR)
    _, partner = await world.token(manager.team, manager.who.id, *Scope)
    before = await world.fingerprint()
    for given in ({}, {"password": PASSWORD}):
        assert (await client(operation("deleteAccount"), partner, input=given)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_the_old_address_signs_up_as_another_person(client: Client, world: World) -> None:
    person = newcomer()
    link = await world.sign_up(str(person["email"]), PASSWORD)
    first = await mutate(client, "verifyEmail", token=link, password=PASSWORD)
    await mutate(client, "deleteAccount", first["token"])
    signed = await mutate(client, "signIn", email=person["email"], password=PASSWORD)
    assert codes(signed) == ["INVALID_CREDENTIALS"]
    link = await world.sign_up(str(person["email"]), PASSWORD)
    second = await mutate(client, "verifyEmail", token=link, password=PASSWORD)
    assert (codes(second), second["user"]["id"] != first["user"]["id"]) == ([], True)
    assert codes(await mutate(client, "deleteAccount", second["token"])) == []


async def test_a_team_that_invites_the_person_meanwhile_invites_a_new_one(client: Client, world: World) -> None:
    boss, ada = await new_caller(client, world, seats=0), await world.person()
    people = [{"firstName": "Ada", "email": ada.email}]
    async with world.database.transaction() as deleting:
        await account_deletions.erase(deleting, ada.id)
        late = asyncio.create_task(boss.mutate("inviteMembers", teamId=boss.team, people=people))
        await a_wait_for_a_lock(world)
        await deleting.commit()
    payload = await late
    assert payload.errors == []
    async with world.engine.connect() as connection:
        query = text("select user_id from memberships where team_id = :team and accepted_at is null")
        assert (await connection.execute(query, {"team": boss.team})).scalar_one() != ada.id


def test_each_table_that_refers_to_accounts_has_a_rule_for_deleted_ones() -> None:
    referring = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "users"
    }
    rules = account_deletions
    listed = [*rules.DELETED, *rules.ERASED, *rules.KEPT, *rules.ENDED]
    assert sorted(listed) == sorted(referring)


async def test_a_dry_run_of_a_deletion_keeps_the_cookie(client: Client, world: World) -> None:
    ada = await world.person()
    cookie = {"cookie": f"usher_session={ada.secret}", "usher-require-preflight": "1"}
    body: dict[str, Any] = {"query": operation("deleteAccount"), "variables": {"input": {"dryRun": True}}}
    answer = await client.post(body, cookie)
    assert (answer.data["deleteAccount"]["errors"], "set-cookie" in answer.headers) == ([], False)
    body["variables"] = {"input": {}}
    assert "Max-Age=0" in (await client.post(body, cookie)).headers["set-cookie"]
