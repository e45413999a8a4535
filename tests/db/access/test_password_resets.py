"""A link to set a password that was ended is worth nothing, not even to a transaction that started before its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from db.access import password_resets
from db.core import ids
from db.core.connection import Connection
from domain.credentials import parse
from domain.languages import Language
from tests.support.database import committed, fetch
from tests.support.world import World


@asynccontextmanager
async def started_before_the_end(world: World, user_id: str) -> AsyncIterator[Connection]:
    """A transaction that started before another one ended all links of an account."""
    async with world.database.transaction() as early:
        await fetch(early, "select now()")
        assert await committed(world.database, lambda connection: password_resets.end(connection, user_id)) == 1
        yield early


async def test_a_link_that_was_ended_meanwhile_cannot_be_used(world: World) -> None:
    ada = await world.person()
    credential = parse(await world.reset(ada.id))
    assert credential is not None
    async with started_before_the_end(world, ada.id) as early:
        link = await password_resets.by_token(early, credential.token_hash)
        assert link is not None
        assert not await password_resets.use(early, link.id)


async def test_a_link_that_was_ended_before_its_mail_gets_no_token(world: World) -> None:
    ada, id_ = await world.person(), ids.new("reset")
    ends = datetime.now(UTC) + timedelta(hours=1)
    await committed(
        world.database, lambda connection: password_resets.request(connection, id_, ada.email, Language.EN, ends)
    )
    async with started_before_the_end(world, ada.id) as early:
        assert await password_resets.store_token(early, id_, b"hash") is None
