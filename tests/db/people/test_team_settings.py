"""Two changes of one team's settings wait for each other, so that none is lost."""

from db.people import team_settings
from domain.languages import Language
from tests.support.locks import waiting
from tests.support.world import World


async def test_the_second_change_waits_and_sees_the_first(world: World) -> None:
    team = await world.team()
    async with world.database.transaction() as one, world.database.transaction() as other:
        first = await team_settings.locked(one, team)
        assert first is not None
        async with waiting(one, team_settings.locked(other, team)) as work:
            assert await team_settings.update_team(one, first._replace(language=Language.DE))
            await one.commit()
            assert await work == first._replace(language=Language.DE)


async def test_a_name_that_counts_as_equal_is_taken_and_the_transaction_goes_on(world: World) -> None:
    team, other = await world.team(), await world.team()
    async with world.database.transaction() as connection:
        mine, theirs = [await team_settings.locked(connection, one) for one in (team, other)]
        assert mine is not None
        assert theirs is not None
        assert not await team_settings.update_team(connection, mine._replace(name=theirs.name.upper()))
        assert await team_settings.update_team(connection, mine._replace(name=mine.name.upper()))
