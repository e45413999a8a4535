"""Additions of passkeys to one account wait for each other, and uses of one passkey are counted in order."""

from db.access import passkeys
from db.access.passkeys import NewPasskey
from db.core import ids
from db.core.connection import Connection
from domain.passkeys import PasskeyDevice
from tests.support.locks import waiting
from tests.support.world import World


async def add(connection: Connection, user_id: str) -> str:
    """Add a passkey to an account. Returns its id."""
    id_ = ids.new("passkey")
    made = NewPasskey(id_, user_id, "x", PasskeyDevice.SYNCED, id_.encode(), b"key", 1, [])
    assert await passkeys.add(connection, made)
    return id_


async def test_a_second_addition_waits_and_counts_the_first(world: World) -> None:
    ada = await world.person()
    async with world.database.transaction() as first, world.database.transaction() as second:
        assert await passkeys.count_locked(first, ada.id) == 0
        async with waiting(first, passkeys.count_locked(second, ada.id)) as work:
            await add(first, ada.id)
            await first.commit()
            assert await work == 1


async def test_of_two_uses_at_the_same_time_the_lower_count_loses(world: World) -> None:
    ada = await world.person()
    async with world.database.transaction() as adding:
        id_ = await add(adding, ada.id)
        await adding.commit()
    async with world.database.transaction() as first, world.database.transaction() as second:
        assert await passkeys.use(first, id_, 3, second_step=False)
        async with waiting(first, passkeys.use(second, id_, 2, second_step=False)) as work:
            await first.commit()
            assert not await work


async def test_after_a_reset_a_passkey_stands_for_the_password_again_when_it_was_a_second_step(world: World) -> None:
    ada = await world.person()
    async with world.database.transaction() as connection:
        id_ = await add(connection, ada.id)
        assert (await passkeys.end_alone(connection, ada.id), await passkeys.end_alone(connection, ada.id)) == (1, 0)
        assert not await passkeys.use(connection, id_, 2, second_step=False)
        assert await passkeys.use(connection, id_, 2, second_step=True)
        assert await passkeys.use(connection, id_, 3, second_step=False)
