"""The seats that groups give are assigned in the order of the product ids, so no two transactions deadlock."""

from domain.roles import Role
from tests.conftest import Client
from tests.support.locks import lock, unlocked, waiting
from tests.support.mutations import new_caller
from tests.support.world import World


async def test_products_of_several_groups_are_given_in_the_order_of_their_ids(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    first, second, third = sorted([caller.product, await world.pool(caller.team, 1), await world.pool(caller.team, 1)])
    groups = [await world.group(caller.team) for _ in range(2)]
    for group, product in ((groups[0], first), (groups[0], third), (groups[1], second)):
        await world.add_group_product(caller.team, group, product)
    guest = {"firstName": "Ada", "lastName": "Byron", "email": "giving@tests.example", "groupIds": groups}
    async with world.database.transaction() as holder:
        await lock(holder, "seats", caller.team, "product_id", second)
        inviting = caller.mutate("inviteMembers", teamId=caller.team, people=[guest])
        async with waiting(holder, inviting) as work:
            # The seat of the first product is locked. The seat of the third one must not be locked yet.
            assert await unlocked(world.database, "seats", caller.team, "product_id") == [third]
            await holder.commit()
            assert len((await work).content["seats"]) == 3
