"""What happens at the same moment as the deletion of an account does not stay after it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from db.access import account_deletions, account_notices, actors
from db.access.actors import NewSession
from db.core import ids
from db.queue import jobs
from domain.languages import Language
from domain.mails import ACCOUNT_NOTICE, AccountEvent, AccountNoticeMail
from domain.sign_in_methods import SignInMethod
from tests.db.tables.test_constraints import refusal
from tests.support.locks import waiting
from tests.support.queued_mails import queued
from tests.support.world import World


async def rows(world: World, query: str, user_id: str) -> list[tuple[Any, ...]]:
    """The rows of a query about a person."""
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), {"user": user_id})]


async def test_a_session_that_begins_meanwhile_is_erased_too(world: World) -> None:
    ada = await world.person()
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    values = (ids.new("session"), ada.id, ids.new("session").encode(), expires_at, SignInMethod.PASSKEY)
    session = NewSession(*values, second_factor=True, device="Firefox on Linux", place="203.0.113.7")
    async with world.database.transaction() as beginning, world.database.transaction() as deleting:
        assert await actors.open_session(beginning, session, None)
        async with waiting(beginning, account_deletions.erase(deleting, ada.id)) as work:
            await beginning.commit()
            assert await work == (ada.email, "Ada", "Byron", Language.EN)
            await deleting.commit()
    query = "select ended_at is not null, device, place from sessions where user_id = :user"
    assert await rows(world, query, ada.id) == [(True, None, None)] * 2


async def test_the_address_in_a_mail_that_is_queued_meanwhile_is_erased_too(world: World) -> None:
    ada = await world.person()
    async with world.database.transaction() as telling, world.database.transaction() as deleting:
        email = await account_notices.address(telling, ada.id)
        mail = AccountNoticeMail(ada.id, AccountEvent.PASSKEY_ADDED.value, email)
        await jobs.enqueue(telling, ACCOUNT_NOTICE, [mail])
        async with waiting(telling, account_deletions.erase(deleting, ada.id)) as work:
            await telling.commit()
            await work
            await deleting.commit()
    assert await queued(world, ada.id) == [{"user_id": ada.id, "event": mail.event, "email": None, "token_id": None}]


async def test_no_session_begins_for_a_deleted_account(world: World) -> None:
    ada = await world.person()
    values = (ids.new("session"), ada.id, b"hash", datetime.now(UTC), SignInMethod.PASSKEY)
    session = NewSession(*values, second_factor=True, device=None, place=None)
    async with world.database.transaction() as connection:
        await account_deletions.erase(connection, ada.id)
        assert await actors.open_session(connection, session, None) is False


async def test_the_teams_of_a_person_are_in_the_order_of_their_ids(world: World) -> None:
    teams, ada = [await world.team() for _ in range(3)], await world.person()
    for team in reversed(teams):
        await world.member(team, account=ada)
    async with world.database.connection() as connection:
        found = await account_deletions.memberships(connection, ada.id)
    assert [one.team_id for one in found] == sorted(teams)


async def test_a_deleted_account_joins_no_team(world: World) -> None:
    ada, team = await world.person(), await world.team()
    async with world.database.transaction() as connection:
        await account_deletions.erase(connection, ada.id)
        await connection.commit()
    join = "insert into memberships (team_id, user_id, id, role) values (:team, :user, 'member_gone', 'user')"
    assert "fk_memberships_user_id" in await refusal(world, join, {"team": team, "user": ada.id})


async def test_a_member_is_not_erased(world: World) -> None:
    ada = await world.member(await world.team())
    erase = "update users set deleted_at = now(), email = id, first_name = '', last_name = '', email_verified_at = null"
    assert "fk_memberships_user_id" in await refusal(world, f"{erase} where id = :user", {"user": ada.id})
