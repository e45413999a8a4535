"""`node(id:)` finds every type that has an id, and each of these types is declared by one `NodeKind`."""

import re
from collections.abc import Awaitable, Callable

import pytest
from graphql import GraphQLInterfaceType
from sqlalchemy import CheckConstraint

from db.tables.metadata import METADATA
from domain.actions import Scope
from domain.ids import pool_id
from domain.roles import Role
from resolvers.nodes import NODES as KINDS
from schema.build import Schema
from schema.core.nodes import Node
from schema.core.shortcuts import instances
from tests.conftest import Client
from tests.support import notices
from tests.support.orders import order as place
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

QUERY = "query ($id: ID!) { node(id: $id) { __typename id } }"
# The prefixes of what has ids, but is no node. Changes are those of addresses, and of the numbers of seats.
NO_NODES = [
    "announcement",
    "session",
    "signup",
    "reset",
    "change",
    "change",
    "challenge",
    "identity",
    "passkey",
    "payment",
    "credit",
]
# The nodes that have no table: their ids are made of other ids.
WITHOUT_TABLE = {"pool", "wait"}
Make = Callable[[World, str, Account], Awaitable[str]]


async def one_id(world: World, table: str, column: str, value: str) -> str:
    """The id of the only row of a table with this value."""
    async with world.engine.connect() as connection:
        sql = f"select id from {table} where {column} = $1"
        return str((await connection.exec_driver_sql(sql, (value,))).scalar_one())


async def user(_world: World, _team: str, me: Account) -> str:
    """An account."""
    return me.id


async def team(_world: World, team: str, _me: Account) -> str:
    """A team."""
    return team


async def member(world: World, _team: str, me: Account) -> str:
    """A membership."""
    return await one_id(world, "memberships", "user_id", me.id)


async def invitation(world: World, team: str, _me: Account) -> str:
    """An invitation."""
    return await world.invitation(team, (await world.invited_member(team)).id)


async def group(world: World, team: str, _me: Account) -> str:
    """A group."""
    return await world.group(team)


async def product(world: World, _team: str, _me: Account) -> str:
    """A product."""
    return await world.product()


async def release(world: World, _team: str, _me: Account) -> str:
    """A release."""
    return await one_id(world, "releases", "product_id", await world.product())


async def seat(world: World, team: str, me: Account) -> str:
    """A seat."""
    return await world.give_seat(team, await world.pool(team, 1), me.id)


async def pool(world: World, team: str, _me: Account) -> str:
    """A pool of seats."""
    return pool_id(team, await world.pool(team, 1))


async def wait(world: World, team: str, me: Account) -> str:
    """A place on a waiting list."""
    return await world.wait(team, await world.pool(team, 1), me.id)


async def request(world: World, team: str, me: Account) -> str:
    """A request for a seat."""
    return await world.request(team, await world.pool(team, 1), me.id)


async def contract(world: World, team: str, _me: Account) -> str:
    """A contract."""
    return await make_contract(world, team)


async def subscription(world: World, team: str, _me: Account) -> str:
    """A subscription."""
    return (await make_subscription(world, await make_contract(world, team), team, (day(0), day(9)))).id


async def order(world: World, team: str, _me: Account) -> str:
    """An order."""
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(9)))
    return (await place(world, made)).id


async def invoice(world: World, team: str, _me: Account) -> str:
    """An invoice."""
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(9)))
    return str((await place(world, made)).invoice_id)


async def token(world: World, team: str, me: Account) -> str:
    """A partner token."""
    return (await world.token(team, me.id, Scope.SEATS_READ))[0]


async def notice(world: World, team: str, me: Account) -> str:
    """A notice about a contract."""
    return await notices.row(world, team, me.id)


NODES: dict[str, Make] = {
    "User": user,
    "Team": team,
    "Member": member,
    "Invitation": invitation,
    "Group": group,
    "Product": product,
    "Release": release,
    "Seat": seat,
    "Pool": pool,
    "Wait": wait,
    "SeatRequest": request,
    "Contract": contract,
    "Subscription": subscription,
    "Order": order,
    "Invoice": invoice,
    "PartnerToken": token,
    "Notice": notice,
}


def test_every_type_with_an_id_has_an_example(schema: Schema) -> None:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {type_.name for type_ in schema._schema.get_possible_types(node)} == set(NODES)


def test_every_type_with_an_id_has_exactly_one_kind(schema: Schema) -> None:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    shown = [instances(type_) for type_ in schema._schema.get_possible_types(node)]
    assert sorted(map(str, shown)) == sorted(str(kind.row) for kind in KINDS)
    assert len(Node.__subclasses__()) == len(KINDS)


def test_no_two_kinds_share_a_prefix_or_a_row() -> None:
    assert len({kind.prefix for kind in KINDS}) == len({kind.row for kind in KINDS}) == len(KINDS)


def test_every_id_prefix_of_a_table_belongs_to_a_node_kind_or_to_a_known_exception() -> None:
    checks = [
        str(constraint.sqltext)
        for table in METADATA.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and str(constraint.name).endswith("id_prefix")
    ]
    prefixes = [prefix for check in checks for prefix in re.findall(r"^starts_with\(id, '(\w+)_'\)$", check)]
    assert len(prefixes) == len(checks)
    kinds = [kind.prefix for kind in KINDS if kind.prefix not in WITHOUT_TABLE]
    assert sorted(prefixes) == sorted([*kinds, *NO_NODES])


@pytest.mark.parametrize("name", NODES)
async def test_node_finds_each_type_by_id_and_no_similar_id(client: Client, world: World, name: str) -> None:
    me, home = await world.person(), await world.team()
    await world.member(home, Role.CONTRACT_MANAGER, me)
    id_ = await NODES[name](world, home, me)
    assert (await client(QUERY, me.secret, id=id_)).data["node"] == {"__typename": name, "id": id_}
    # An id with another last letter and an id with another prefix get the same answer: NOT_FOUND.
    for wrong in (id_[:-1] + ("0" if id_[-1] != "0" else "1"), "session_" + id_.partition("_")[2]):
        assert (await client(QUERY, me.secret, id=wrong)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("id_", ["", "_", "seat_", "seat", "SEAT_01", "é_1", "x" * 10_000, "' or true --"])
async def test_a_malformed_id_is_not_found(client: Client, world: World, id_: str) -> None:
    me = await world.person()
    assert (await client(QUERY, me.secret, id=id_)).codes == ["NOT_FOUND"]
