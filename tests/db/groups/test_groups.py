"""The members of a group."""

from db.core.database import Database
from db.groups import groups
from tests.support.world import World


async def test_members_of_a_group_are_returned_in_the_order_of_their_ids(
    usher_database: Database, world: World
) -> None:
    team = await world.team()
    group, people = await world.group(team), sorted(await world.members(team, 3))
    await world.add_to_group(team, group, *people[::-1])
    async with usher_database.transaction() as connection:
        assert await groups.member_ids(connection, team, group) == people
