"""Memberships are locked in the order of ids, and a team always keeps a contract manager."""

from db.core.database import Database
from db.groups import groups
from db.people import members
from domain.roles import Role
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World


async def test_memberships_are_locked_in_the_order_of_user_ids(usher_database: Database, world: World) -> None:
    team = await world.team()
    people = sorted(await world.members(team, 3))
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await lock(one, "memberships", team, "user_id", people[0])
        async with waiting(one, members.lock(other, team, people[::-1])) as work:
            assert await unlocked(usher_database, "memberships", team, "user_id") == people[1:]
            await one.commit()
            assert list(await work) == people


async def test_a_locked_member_can_still_join_a_group(usher_database: Database, world: World) -> None:
    team = await world.team()
    [ada] = await world.members(team, 1)
    group = await world.group(team)
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await members.lock(one, team, [ada])
        await groups.add_members(other, team, {ada: [group]})


async def test_two_contract_managers_cannot_remove_each_other(usher_database: Database, world: World) -> None:
    team = await world.team()
    ada, bob = [(await world.member(team, Role.CONTRACT_MANAGER)).id for _ in range(2)]
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        assert await members.last_managers(one, team, [ada]) == []
        await members.remove(one, team, [ada])
        async with waiting(one, members.last_managers(other, team, [bob])) as work:
            await one.commit()
            assert await work == [bob]


async def test_a_group_can_be_created_while_a_contract_manager_is_removed(
    usher_database: Database, world: World
) -> None:
    team = await world.team()
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    async with usher_database.transaction() as one:
        assert await members.last_managers(one, team, [manager.id]) == [manager.id]
        await world.group(team)
