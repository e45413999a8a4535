"""Payments and credit notes at once: an invoice is settled once, whatever settles it."""

import asyncio
from collections.abc import Awaitable, Callable

from db.billing import payments
from db.billing.payments import Recorded
from db.core.connection import Connection
from tests.support.database import committed, fetch_rows
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import World

SUMS = "select paid, credited from invoices where number = $1"


async def test_of_64_that_settle_an_invoice_at_once_one_does(world: World) -> None:
    team = await world.team()
    made = await make_subscription(world, await make_contract(world, team, tax_rate=0), team, (day(0), day(29)))
    number = int((await invoice_number(world, await order(world, made, price=10_000))).removeprefix("INV-"))

    def settling(one: int) -> Callable[[Connection], Awaitable[Recorded | None]]:
        return lambda connection: settle(connection, one)

    async def settle(connection: Connection, one: int) -> Recorded | None:
        invoice = await payments.by_number(connection, number)
        assert invoice is not None
        if one % 2:
            return await payments.credit(connection, invoice, 10_000, day(0), "Wrong", "command tests")
        return await payments.pay(connection, invoice, 10_000, day(0), f"{number} {one}", "command tests")

    done = await asyncio.gather(*(committed(world.database, settling(one)) for one in range(64)))
    assert len([one for one in done if one is not None]) == 1
    [(paid, credited)] = await fetch_rows(world.database, SUMS, number)
    assert sorted((paid, credited)) == [0, 10_000]
    query = "select count(*) from (select id from payments where reference like $1 union all "
    query += "select c.id from credit_notes c join invoices i on i.id = c.invoice_id where i.number = $2) as found"
    assert await fetch_rows(world.database, query, f"{number} %", number) == [(1,)]
