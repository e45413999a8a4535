"""Orders as they are stored: the amounts that the database computes again, the parts of the tax, and the numbers."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from db.billing import orders
from db.billing.orders import NewLine, PlacedOrder
from db.core.connection import Connection
from domain.orders import OrderKind
from tests.support.database import committed, fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World

LINES = "select amount, tax from order_lines where order_id = $1 order by n"


async def subscription(world: World, tax_rate: int = 2_000) -> tuple[str, Made]:
    """A contract and a subscription of it."""
    team = await world.team()
    contract = await make_contract(world, team, tax_rate=tax_rate)
    return contract, await make_subscription(world, contract, team, (day(0), day(29)))


async def place(connection: Connection, contract_id: str, lines: Sequence[NewLine]) -> PlacedOrder:
    """Place an order of seats."""
    contract = await orders.billed(connection, contract_id)
    assert contract is not None
    return await orders.place(connection, contract, OrderKind.SEATS, day(0), "command tests", lines)


def line(
    made: Made, price: int, quantity: int = 1, first: date = date(2026, 1, 1), days: int = 30, of: int = 30
) -> NewLine:
    """A line for this number of days, of a term that has `of`."""
    return NewLine(made.team, made.id, 1, quantity, price, first, first + timedelta(days - 1), of)


@pytest.mark.parametrize(
    ("sold", "amount"),
    [
        ((29_900, 5, date(2026, 3, 17), 290, 365), 118_781),
        ((29_900, 5, date(2028, 3, 17), 290, 366), 118_456),
        ((29_900, 5, date(2026, 1, 1), 365, 365), 149_500),
        ((29_900, 5, date(2026, 12, 31), 1, 365), 410),
        ((2_000, 3, date(2026, 2, 14), 14, 28), 3_000),
        ((80_000, 1, date(2027, 5, 10), 932, 1_096), 68_029),
        ((1, 1, date(2026, 1, 1), 15, 30), 1),
        ((505, 1, date(2026, 1, 1), 15, 30), 253),
        ((15, 1, date(2028, 1, 1), 183, 366), 8),
        ((29_900, 100_000, date(2026, 3, 17), 290, 365), 2_375_616_438),
        ((29_900, 2, date(2026, 3, 17), 290, 365), 47_512),
        ((29_900, 3, date(2026, 3, 17), 290, 365), 71_268),
        ((9_100, 1, date(2026, 2, 18), 42, 91), 4_200),
    ],
)
async def test_the_database_stores_the_amount_that_the_days_give(
    world: World, sold: tuple[int, int, date, int, int], amount: int
) -> None:
    contract, made = await subscription(world, tax_rate=0)
    ordered = line(made, *sold)  # price, seats, first day, days, days of the term
    placed = await committed(world.database, lambda connection: place(connection, contract, [ordered]))
    assert await fetch_rows(world.database, LINES, placed.id) == [(amount, 0)]
    query = "select subtotal, total, issued_on, due_on from invoices where id = $1"
    assert await fetch_rows(world.database, query, placed.invoice_id) == [(amount, amount, day(0), day(30))]


async def test_the_tax_is_rounded_once_and_its_parts_add_up(world: World) -> None:
    contract, made = await subscription(world)
    lines = [line(made, price) for price in (6_833, 6_833, 5_750, 8_500)]
    placed = await committed(world.database, lambda connection: place(connection, contract, lines))
    stored = await fetch_rows(world.database, LINES, placed.id)
    assert stored == [(6_833, 1_367), (6_833, 1_366), (5_750, 1_150), (8_500, 1_700)]
    query = "select subtotal, tax, total from invoices where id = $1"
    assert await fetch_rows(world.database, query, placed.invoice_id) == [(27_916, 5_583, 33_499)]


async def test_an_order_that_is_rolled_back_takes_no_invoice_number(world: World) -> None:
    contract, made = await subscription(world)
    first = await order(world, made)
    async with world.database.transaction() as connection:
        lost = await place(connection, contract, [line(made, 100)])
        assert lost.invoice_id is not None
    second = await order(world, made)
    numbers = [int((await invoice_number(world, one)).removeprefix("INV-")) for one in (first, second)]
    assert numbers[1] - numbers[0] == 1
    assert await fetch_rows(world.database, "select 1 from orders where id = $1", lost.id) == []
