"""Places orders of subscriptions for tests."""

from datetime import date

from db.billing import orders
from db.billing.orders import NewLine, PlacedOrder
from db.core.connection import Connection
from domain.orders import OrderKind
from tests.support.database import committed, fetch_rows
from tests.support.subscriptions import Made
from tests.support.world import World


async def order(
    world: World, made: Made, quantity: int = 1, price: int = 10_000, on: date | None = None, kind: str = "seats"
) -> PlacedOrder:
    """Place an order for seats of the first term of a subscription, whole, at a price. By default on its first day."""
    query = """
    select t.starts_on, t.ends_on, p.contract_id from subscription_terms t
    join subscriptions p on p.id = t.subscription_id where t.subscription_id = $1 and t.n = 1"""
    [(starts_on, ends_on, contract_id)] = await fetch_rows(world.database, query, made.id)
    days = (ends_on - starts_on).days + 1
    line = NewLine(made.team, made.id, 1, quantity, price, starts_on, ends_on, days)

    async def place(connection: Connection) -> PlacedOrder:
        contract = await orders.billed(connection, contract_id)
        assert contract is not None
        return await orders.place(connection, contract, OrderKind(kind), on or starts_on, "command tests", [line])

    return await committed(world.database, place)


async def invoice_number(world: World, placed: PlacedOrder) -> str:
    """The number of the invoice of an order."""
    [(number,)] = await fetch_rows(world.database, "select number from invoices where id = $1", placed.invoice_id)
    return f"INV-{number:06d}"
