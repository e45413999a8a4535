"""`usher account reset` makes a link with which a person sets a new password."""

import re

import pytest
from sqlalchemy import select

from db.access import sign_in_places
from db.core import ids
from db.core.database import Database
from db.people import users
from db.tables.audit import AuditEvent
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.command_line import error_output, usher
from tests.support.mutations import operation
from tests.support.passkeys import Device, add_row
from tests.support.world import Account, World

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"
VIEWER = "{ viewer { id } }"


async def reset(world: World, email: str) -> str:
    """Run the command. Returns the token of the link that it prints."""
    result = await usher(
        "account", "reset", email, DATABASE_URL=world.database.url, USHER_PUBLIC_URL="https://u.example"
    )
    assert result.exit_code == 0, result.output
    assert "The old password is refused from now on." in result.stderr
    found = re.fullmatch(r"https://u\.example/reset#(usher_reset_\S+)\n", result.stdout)
    assert found
    return found[1]


async def test_the_link_sets_a_new_password_and_the_sessions_end(client: Client, world: World) -> None:
    ada = await world.person()
    first, link = await reset(world, ada.email.upper()), await reset(world, ada.email)
    assert (await client(VIEWER, ada.secret)).status == 401
    for token, expected in ((first, ["LINK_INVALID"]), (link, []), (link, ["LINK_INVALID"])):
        answer = await client(operation("resetPassword"), input={"token": token, "password": PASSWORD})
        assert [error["code"] for error in answer.data["resetPassword"]["errors"]] == expected
    signed = await client(operation("signIn"), input={"email": ada.email, "password": PASSWORD})
    assert signed.data["signIn"]["user"]["id"] == ada.id


async def test_the_old_password_is_refused_before_the_link_is_used(client: Client, world: World) -> None:
    email = f"{ids.new('user')}@tests.example"
    link = await world.sign_up(email, PASSWORD)
    opened = await client(operation("verifyEmail"), input={"token": link, "password": PASSWORD})
    user_id = opened.data["verifyEmail"]["user"]["id"]
    place, old = "10.9.0.1", {"email": email, "password": PASSWORD}
    async with world.database.connection() as connection:
        account = await users.credentials(connection, email)
        assert account is not None
        assert account.password_hash is not None
        assert await sign_in_places.remember(connection, user_id, account.password_hash, place)
        assert await sign_in_places.is_known(connection, email, place)
    token = await reset(world, email)
    refused = await client(operation("signIn"), input=old)
    assert [error["code"] for error in refused.data["signIn"]["errors"]] == ["INVALID_CREDENTIALS"]
    async with world.database.connection() as connection:
        assert not await sign_in_places.is_known(connection, email, place)
    used = await client(operation("resetPassword"), input={"token": token, "password": "another password"})
    assert used.data["resetPassword"]["user"]["id"] == user_id


async def test_the_command_ends_the_links_to_all_addresses_but_the_present_one(client: Client, world: World) -> None:
    ada, addresses, links = await world.person(), [f"{ids.new('user')}@tests.example" for _ in range(2)], []
    account = ada
    for email in addresses:
        confirm, undo = await world.email_change(account, email)
        changed = await client(operation("confirmEmail"), ada.secret, input={"token": confirm})
        assert changed.data["confirmEmail"]["errors"] == []
        account = Account(ada.id, email, ada.secret)
        links.append(undo)
    token = await reset(world, account.email)
    owner = await client(operation("resetPassword"), input={"token": token, "password": PASSWORD})
    # The owner goes back. The link that this mails to the last address of the thief is none that works.
    session = owner.data["resetPassword"]["token"]
    confirm, undo = await world.email_change(account, ada.email)
    assert (await client(operation("confirmEmail"), session, input={"token": confirm})).codes == []
    before = await world.fingerprint()
    for link in (*links, undo):
        refused = await client(operation("undoEmailChange"), input={"token": link, "password": "of a thief"})
        assert [error["code"] for error in refused.data["undoEmailChange"]["errors"]] == ["LINK_INVALID"]
    assert await world.fingerprint() == before
    async with world.database.connection() as connection:
        assert await users.id_of(connection, ada.email) == ada.id


async def test_an_account_without_a_password_gets_none_from_the_command(world: World) -> None:
    ada = await world.person()
    await reset(world, ada.email)
    async with world.database.connection() as connection:
        account = await users.credentials(connection, ada.email)
    assert account is not None
    assert account.password_hash is None


async def test_the_command_is_in_the_audit_log(client: Client, world: World) -> None:
    ada, team = await world.person(), await world.team()
    await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    token_id, secret = await world.token(team, ada.id, Scope.SEATS_READ)
    token = await reset(world, ada.email)
    assert (await client("{ __typename }", secret)).codes == ["UNAUTHENTICATED"]
    query = select(AuditEvent.__table__).where(AuditEvent.target_id == ada.id)
    async with world.engine.connect() as connection:
        [row] = (await connection.execute(query)).all()
    assert (row.actor_kind, row.actor_id, row.action) == ("system", "command account reset", "accounts:reset")
    assert (row.after["endedSessions"], row.after["revokedTokens"]) == (1, [token_id])
    assert row.after["reset"].startswith("reset_")
    assert token not in str(row)


async def test_an_unknown_address_is_refused(usher_database: Database, world: World) -> None:
    before = await world.fingerprint()
    result = await usher("account", "reset", "nobody@none.example", DATABASE_URL=usher_database.url)
    assert error_output(result) == "usher: No account has the e-mail address nobody@none.example."
    assert await world.fingerprint() == before


async def test_a_replay_of_the_audit_log_repeats_no_decision_of_a_command(own_world: World) -> None:
    ada = await own_world.person()
    await reset(own_world, ada.email)
    result = await usher("audit", "replay", DATABASE_URL=own_world.database.url)
    assert (result.exit_code, "none not allowed" in result.stdout) == (0, True), result.output


async def test_the_operator_removes_the_second_factor_of_a_person_who_lost_it(client: Client, world: World) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    session = await world.session(ada.id, second_factor=True)
    words = ("account", "remove-second-factor", ada.email.upper())
    assert (await usher(*words, DATABASE_URL=world.database.url)).exit_code == 0
    shown = await client("{ viewer { secondFactors { authenticatorApp recoveryCodes isUsed } } }", session)
    assert shown.data["viewer"]["secondFactors"] == {"authenticatorApp": False, "recoveryCodes": 0, "isUsed": False}
    query = select(AuditEvent.actor_id, AuditEvent.after).where(AuditEvent.target_id == ada.id)
    async with world.engine.connect() as connection:
        [(actor, after)] = (await connection.execute(query)).all()
    assert (actor, after) == (
        "command account remove-second-factor",
        {"authenticatorApp": "removed", "sessionsWithout": 1},
    )
    again = await usher(*words, DATABASE_URL=world.database.url)
    assert "has no second factor" in error_output(again)


async def test_the_operator_removes_all_passkeys_of_a_person_who_lost_them(client: Client, world: World) -> None:
    ada = await world.person()
    added = [await add_row(world, ada.id, Device()) for _ in range(2)]
    session = await world.session(ada.id, second_factor=True)
    words = ("account", "remove-second-factor", ada.email)
    assert (await usher(*words, DATABASE_URL=world.database.url)).exit_code == 0
    shown = await client("{ viewer { secondFactors { passkeys isUsed } } }", session)
    assert shown.data["viewer"]["secondFactors"] == {"passkeys": 0, "isUsed": False}
    query = select(AuditEvent.after).where(AuditEvent.target_id == ada.id)
    async with world.engine.connect() as connection:
        assert (await connection.execute(query)).scalars().all() == [{"removedPasskeys": sorted(added)}]
