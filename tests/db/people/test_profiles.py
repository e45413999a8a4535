"""The audit log shows the names before a change, so nobody else may change them in between."""

from db.people import profiles
from db.people.profiles import Profile
from domain.languages import Language
from tests.support.locks import waiting
from tests.support.world import World


async def test_two_changes_of_a_profile_wait_for_each_other(world: World) -> None:
    ada = await world.person()
    first = Profile("Augusta", "King", Language.DE)
    async with world.database.transaction() as one, world.database.transaction() as other:
        assert await profiles.lock(one, ada.id) == Profile("Ada", "Byron", Language.EN)
        async with waiting(one, profiles.lock(other, ada.id)) as late:
            await profiles.update_profile(one, ada.id, first)
            await one.commit()
            assert await late == first
