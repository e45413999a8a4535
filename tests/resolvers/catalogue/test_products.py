"""`addProduct`: the vendor's staff adds a product to the catalogue."""

import asyncio

import pytest
from sqlalchemy import func, select

from db.tables.audit import AuditEvent, Event
from db.tables.catalogue import Product
from tests.conftest import Client
from tests.support.examples.example import numbers
from tests.support.mutations import Caller, new_caller
from tests.support.world import World


@pytest.fixture
async def vendor(client: Client, world: World) -> Caller:
    """A person of the vendor's staff."""
    caller = await new_caller(client, world, seats=0)
    await world.make_vendor(caller.who.id)
    return caller


def new_name() -> str:
    return f"Catalogue {next(numbers)}"


async def test_a_product_is_in_the_catalogue_of_everybody(client: Client, world: World, vendor: Caller) -> None:
    name = new_name()
    added = (await vendor.mutate("addProduct", name=f" {name} ", description="Draws")).content["product"]
    assert (added["name"], added["description"]) == (name, "Draws")
    stranger = await world.person()
    query = "query ($id: ID!) { node(id: $id) { ... on Product { name description releases { id } } } }"
    shown = (await client(query, stranger.secret, id=added["id"])).data["node"]
    assert shown == {"name": name, "description": "Draws", "releases": []}
    async with world.engine.connect() as connection:
        [row] = await connection.execute(select(AuditEvent.__table__).where(AuditEvent.target_id == added["id"]))
        [event] = await connection.execute(select(Event.__table__).where(Event.payload == {"name": name}))
    assert (row.action, row.team_id, row.actor_id, row.after) == ("products:add", None, vendor.who.id, {"name": name})
    assert (event.kind, event.team_id) == ("products:add", None)


async def test_a_name_is_in_the_catalogue_once_even_if_many_add_it_at_once(world: World, vendor: Caller) -> None:
    name = new_name()
    results = await asyncio.gather(*(vendor.mutate("addProduct", name=name) for _ in range(6)))
    assert sorted(str(one.errors) for one in results) == ["[('NAME_TAKEN', None)]"] * 5 + ["[]"]
    async with world.engine.connect() as connection:
        found = select(func.count()).select_from(Product).where(Product.name == name)
        assert (await connection.execute(found)).scalar_one() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb"])
async def test_a_wrong_name_is_refused(world: World, vendor: Caller, name: str) -> None:
    before = await world.fingerprint()
    assert (await vendor.mutate("addProduct", name=name)).errors == [("NAME_INVALID", None)]
    assert await world.fingerprint() == before


async def test_a_long_description_is_refused(vendor: Caller) -> None:
    answer = await vendor.send("addProduct", name=new_name(), description="x" * 1_001)
    assert answer.codes == ["BAD_USER_INPUT"]
