"""What the tables of groups do by themselves."""

from sqlalchemy import text

from tests.support.world import World, counter


async def test_the_members_of_a_group_are_deleted_with_it(world: World) -> None:
    team = await world.team()
    ada, group = await world.member(team), await world.group(team, f"Group {next(counter)}")
    async with world.engine.begin() as connection:
        await connection.execute(
            text("insert into group_members values (:t, :g, :u)"), {"t": team, "g": group, "u": ada.id}
        )
        await connection.execute(text("delete from groups where id = :g"), {"g": group})
        left = await connection.execute(text("select count(*) from group_members where group_id = :g"), {"g": group})
        assert left.scalar_one() == 0
