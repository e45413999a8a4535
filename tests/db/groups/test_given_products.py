"""Given products are returned in the order of their ids, and one transaction at a time changes them."""

from dataclasses import dataclass

import pytest

from db.core.database import Database
from db.groups import given_products
from domain.seats import DEFAULT
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import World


@dataclass(frozen=True)
class GivingTeam:
    """A team with two pools of one seat each and three members, all in the order of their ids."""

    team: str
    products: list[str]
    people: list[str]


@pytest.fixture
async def giving_team(world: World) -> GivingTeam:
    team = await world.team()
    products = sorted([await world.pool(team, 1) for _ in range(2)])
    return GivingTeam(team, products, sorted(await world.members(team, 3)))


async def test_one_transaction_at_a_time_changes_given_products(
    usher_database: Database, giving_team: GivingTeam
) -> None:
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await given_products.lock_changes(one, giving_team.team)
        async with waiting(one, given_products.lock_changes(other, giving_team.team)) as work:
            await one.commit()
            await work


async def test_another_team_can_change_its_given_products_meanwhile(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await given_products.lock_changes(one, giving_team.team)
        await given_products.lock_changes(other, await world.team())


async def test_given_products_are_returned_in_the_order_of_their_ids(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    group = await world.group(giving_team.team)
    for product in reversed(giving_team.products):
        await world.add_group_product(giving_team.team, group, product)
        await world.add_default_product(giving_team.team, product)
    async with usher_database.transaction() as connection:
        assert await given_products.ids_of_groups(connection, giving_team.team, [group]) == {
            group: giving_team.products
        }
        assert await given_products.ids_of_team(connection, giving_team.team) == giving_team.products


async def test_active_members_are_returned_in_the_order_of_their_ids(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    await world.invited_member(giving_team.team)
    async with usher_database.transaction() as connection:
        assert await given_products.active_members(connection, giving_team.team) == giving_team.people


async def test_people_without_a_seat_are_returned_in_the_order_of_the_list(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    first, second, third = giving_team.people
    await world.give_seat(giving_team.team, giving_team.products[0], second, "default")
    async with usher_database.transaction() as connection:
        asked = (connection, giving_team.team, giving_team.products[0], DEFAULT)
        assert await given_products.people_without_source(*asked, [third, second, first]) == [third, first]


async def test_people_with_a_source_are_returned_once(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    first, second, _ = giving_team.people
    for product in giving_team.products:
        await world.give_seat(giving_team.team, product, first, "default")
    await world.pool(giving_team.team, 1, giving_team.products[0])
    await world.give_seat(giving_team.team, giving_team.products[0], second, "direct")
    async with usher_database.transaction() as connection:
        assert await given_products.people_with_source(connection, giving_team.team, None, DEFAULT) == [first]


async def test_defaults_are_given_in_the_order_of_their_ids(
    usher_database: Database, giving_team: GivingTeam, world: World
) -> None:
    for product in reversed(giving_team.products):
        await world.add_default_product(giving_team.team, product)
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await lock(one, "seats", giving_team.team, "product_id", giving_team.products[0])
        async with waiting(one, given_products.give_defaults(other, giving_team.team, giving_team.people[:1])) as work:
            assert await unlocked(usher_database, "seats", giving_team.team, "product_id") == giving_team.products[1:]
            await one.commit()
            assert [seat.product_id for seat in (await work).seats] == giving_team.products
