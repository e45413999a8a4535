"""What groups and teams give comes in the order of ids, and is changed by one transaction at a time."""

from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import commit, transaction
from db.groups import given_products
from domain.seats import DEFAULT
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World


@dataclass(frozen=True)
class Giving:
    """A team with two pools of one seat each and three members, all in the order of their ids."""

    team: str
    products: list[str]
    people: list[str]


@pytest.fixture
async def giving(world: World) -> Giving:
    team = await world.team()
    products = sorted([await world.pool(team, 1) for _ in range(2)])
    return Giving(team, products, sorted(await world.members(team, 3)))


async def test_one_transaction_at_a_time_changes_what_is_given(engine: AsyncEngine, giving: Giving) -> None:
    async with transaction(engine) as one, transaction(engine) as other:
        await given_products.changing(one, giving.team)
        async with waiting(one, given_products.changing(other, giving.team)) as work:
            await commit(one)
            await work


async def test_another_team_may_change_meanwhile(engine: AsyncEngine, giving: Giving, world: World) -> None:
    async with transaction(engine) as one, transaction(engine) as other:
        await given_products.changing(one, giving.team)
        await given_products.changing(other, await world.team())


async def test_products_come_in_the_order_of_their_ids(engine: AsyncEngine, giving: Giving, world: World) -> None:
    group = await world.group(giving.team)
    for product in reversed(giving.products):
        await world.gives(giving.team, group, product)
        await world.default(giving.team, product)
    async with transaction(engine) as connection:
        assert await given_products.of_groups(connection, giving.team, [group]) == {group: giving.products}
        assert await given_products.of_team(connection, giving.team) == giving.products


async def test_active_members_come_in_the_order_of_their_ids(engine: AsyncEngine, giving: Giving, world: World) -> None:
    await world.invited(giving.team)
    async with transaction(engine) as connection:
        assert await given_products.active(connection, giving.team) == giving.people


async def test_those_who_lack_a_seat_come_in_the_order_of_the_list(
    engine: AsyncEngine, giving: Giving, world: World
) -> None:
    first, second, third = giving.people
    await world.hold(giving.team, giving.products[0], second, "default")
    async with transaction(engine) as connection:
        asked = (connection, giving.team, giving.products[0], DEFAULT)
        assert await given_products.lacking(*asked, [third, second, first]) == [third, first]


async def test_those_who_have_a_product_for_a_reason_are_named_once(
    engine: AsyncEngine, giving: Giving, world: World
) -> None:
    first, second, _ = giving.people
    for product in giving.products:
        await world.hold(giving.team, product, first, "default")
    await world.pool(giving.team, 1, giving.products[0])
    await world.hold(giving.team, giving.products[0], second, "direct")
    async with transaction(engine) as connection:
        assert await given_products.bound(connection, giving.team, None, DEFAULT) == [first]


async def test_defaults_are_given_in_the_order_of_their_ids(engine: AsyncEngine, giving: Giving, world: World) -> None:
    for product in reversed(giving.products):
        await world.default(giving.team, product)
    async with transaction(engine) as one, transaction(engine) as other:
        await lock(one, "seats", giving.team, "product_id", giving.products[0])
        async with waiting(one, given_products.give_defaults(other, giving.team, giving.people[:1])) as work:
            assert await unlocked(engine, "seats", giving.team, "product_id") == giving.products[1:]
            await commit(one)
            assert [seat.product_id for seat in (await work).seats] == giving.products
