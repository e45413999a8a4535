"""An identity and the deletion of its account at the same moment."""

from db.access import account_deletions, identities
from db.core import ids
from tests.support.locks import waiting
from tests.support.world import World


async def test_no_identity_is_added_while_its_account_is_deleted(world: World) -> None:
    ada = await world.person()
    async with world.database.transaction() as deleting, world.database.transaction() as adding:
        await account_deletions.erase(deleting, ada.id)
        added = identities.add(adding, ids.new("identity"), "https://provider.example", ada.id, ada.id)
        async with waiting(deleting, added) as work:
            await deleting.commit()
            assert await work is None


async def test_a_deletion_removes_the_identities(world: World) -> None:
    ada = await world.person()
    await world.identity(ada.id)
    async with world.database.transaction() as connection:
        await account_deletions.erase(connection, ada.id)
        assert await identities.remove_all(connection, ada.id) == []
