"""`usher account reset` makes a link with which a person sets a new password."""

import re

import pytest
from sqlalchemy import select

from db.core.database import Database
from db.tables.audit import AuditEvent
from tests.conftest import Client
from tests.support.command_line import error_output, usher
from tests.support.mutations import operation
from tests.support.world import World

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"
VIEWER = "{ viewer { id } }"


async def reset(world: World, email: str) -> str:
    """Run the command. Returns the token of the link that it prints."""
    result = await usher(
        "account", "reset", email, DATABASE_URL=world.database.url, USHER_PUBLIC_URL="https://u.example"
    )
    assert result.exit_code == 0, result.output
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


async def test_the_command_is_in_the_audit_log(world: World) -> None:
    ada = await world.person()
    token = await reset(world, ada.email)
    query = select(AuditEvent.__table__).where(AuditEvent.target_id == ada.id)
    async with world.engine.connect() as connection:
        [row] = (await connection.execute(query)).all()
    assert (row.actor_kind, row.actor_id, row.action) == ("system", "command account reset", "accounts:reset")
    assert (row.after["endedSessions"], row.after["reset"].startswith("reset_")) == (1, True)
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
