"""Seats that groups give are taken product by product in the order of ids: then no two transactions deadlock."""

from db.core.engine import commit, transaction
from domain.roles import Role
from tests.conftest import Client
from tests.support.locks import lock, unlocked, waiting
from tests.support.mutations import desk_of
from tests.support.world import World


async def test_products_of_several_groups_are_given_in_the_order_of_their_ids(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    first, second, third = sorted([desk.product, await world.pool(desk.team, 1), await world.pool(desk.team, 1)])
    groups = [await world.group(desk.team) for _ in range(2)]
    for group, product in ((groups[0], first), (groups[0], third), (groups[1], second)):
        await world.gives(desk.team, group, product)
    guest = {"firstName": "Ada", "lastName": "Byron", "email": "giving@tests.example", "groupIds": groups}
    async with transaction(world.engine) as holder:
        await lock(holder, "seats", desk.team, "product_id", second)
        inviting = desk.tell("inviteMembers", teamId=desk.team, people=[guest])
        async with waiting(holder, inviting) as work:
            # A seat of the first product is taken. That of the third one must wait for its turn.
            assert await unlocked(world.engine, "seats", desk.team, "product_id") == [third]
            await commit(holder)
            assert len((await work).content["seats"]) == 3
