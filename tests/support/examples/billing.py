"""What the vendor's staff does with invoices."""

from datetime import UTC, datetime

from db.billing import payments
from db.core.connection import Connection
from domain.actions import Action
from tests.support.database import committed
from tests.support.examples.example import Input, Scene, example, numbers
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import day, make_contract, make_subscription

INVOICE = "invoice { id number status owed { amount currency } paid { amount } credited { amount } }"


async def invoice(scene: Scene) -> str:
    """The number of a new invoice of the team, over 119.00 EUR."""
    contract = await make_contract(scene.world, scene.team)
    made = await make_subscription(scene.world, contract, scene.team, (day(-10), day(354)))
    return await invoice_number(scene.world, await order(scene.world, made))


@example(Action.PAYMENTS_RECORD, INVOICE, changed={"amount": "5000"}, vendor=True)
async def record_payment(scene: Scene, _: str = "an invoice") -> Input:
    """A payment of a part of an invoice."""
    received = datetime.now(UTC).date().isoformat()
    return {
        "invoiceNumber": await invoice(scene),
        "amount": "1900",
        "receivedOn": received,
        "reference": f"Transfer {next(numbers)}",
    }


@example(Action.PAYMENTS_RECORD, INVOICE, changed={"reason": "Another one"}, vendor=True)
async def reverse_payment(scene: Scene, _: str = "a payment") -> Input:
    """A payment that came back."""
    reference, number = f"Transfer {next(numbers)}", await invoice(scene)

    async def record(connection: Connection) -> None:
        owed = await payments.by_number(connection, int(number.removeprefix("INV-")))
        assert owed is not None
        await payments.pay(connection, owed, 1_900, day(0), reference, "command tests")

    await committed(scene.world.database, record)
    return {"reference": reference, "reason": "The account has no money."}


@example(Action.PAYMENTS_RECORD, INVOICE, changed={"reason": "Another one"}, vendor=True)
async def credit_invoice(scene: Scene, _: str = "an invoice") -> Input:
    """A correction of an invoice."""
    return {"invoiceNumber": await invoice(scene), "amount": "1900", "reason": "Two seats were ordered by mistake."}
