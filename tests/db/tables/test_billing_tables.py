"""The constraints of orders, invoices, payments and credit notes refuse wrong rows, whatever the code does."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.orders import order
from tests.support.subscriptions import make_contract, make_subscription
from tests.support.world import World

pytestmark = pytest.mark.slow

TERM = (date(2026, 1, 1), date(2026, 12, 31))
ORDER = """
insert into orders (team_id, id, contract_id, currency, kind, ordered_on, ordered_by)
values (:team, {id}, :contract, {currency}, {kind}, '2026-01-01', 'x')
"""
LINE = """
insert into order_lines (team_id, order_id, n, kind, subscription_team_id, subscription_id, term_n, quantity,
                         unit_price, starts_on, ends_on, term_days, amount, tax)
select team_id, order_id, 2, kind, subscription_team_id, subscription_id, term_n, {quantity}, {price}, starts_on,
       {ends}, term_days, {amount}, {tax}
from order_lines where order_id = :order
"""
INVOICE = """
insert into invoices (team_id, id, number, order_id, contract_id, currency, issued_on, due_on, customer, tax_rate,
                      subtotal, tax, total)
select team_id, {id}, {number}, {order}, contract_id, currency, issued_on, {due}, customer, {rate}, {subtotal}, {tax},
       {total}
from invoices where order_id = :order
"""
PAYMENT = """
insert into payments (team_id, id, invoice_id, amount, received_on, reference, recorded_by)
values (:team, {id}, :invoice, {amount}, '2026-01-01', {reference}, 'x')
"""
REVERSAL = """
insert into payment_reversals (team_id, payment_id, reversed_on, reason, reversed_by)
values (:team, '{id}', '2026-01-01', {reason}, 'x')
"""
CREDIT = """
insert into credit_notes (team_id, id, number, invoice_id, amount, issued_on, reason, issued_by)
values (:team, {id}, {number}, :invoice, {amount}, '2026-01-01', {reason}, 'x')
"""


def new_order(id_: str = "'order_x'", currency: str = "'EUR'", kind: str = "'seats'") -> str:
    """A statement that adds an order."""
    return ORDER.format(id=id_, currency=currency, kind=kind)


def line(**given: str) -> str:
    """A statement that adds a second line to the order."""
    usual = {"quantity": "quantity", "price": "unit_price", "ends": "ends_on", "amount": "amount", "tax": "tax"}
    return LINE.format(**{**usual, **given})


def invoice(**given: str) -> str:
    """A statement that adds an invoice like the first one."""
    usual = {"id": "'invoice_x'", "number": "number + 1000000", "order": ":free", "due": "due_on", "rate": "tax_rate"}
    return INVOICE.format(**{**usual, "subtotal": "subtotal", "tax": "tax", "total": "total", **given})


def payment(**given: str) -> str:
    """A statement that adds a payment."""
    return PAYMENT.format(**{"id": "'payment_x'", "amount": "1", "reference": "'Other'", **given})


def credit(**given: str) -> str:
    """A statement that adds a credit note."""
    return CREDIT.format(**{"id": "'credit_x'", "number": "1000000", "amount": "1", "reason": "'Wrong'", **given})


# Statements by what they try, and the constraint that must refuse each of them.
REFUSED = {
    "an order with another type's id": (new_order("'x'"), "ck_orders_id_prefix"),
    "an order of an unknown kind": (new_order(kind="'gift'"), "ck_orders_kind"),
    "an order in another currency than its contract": (
        new_order(currency="'USD'"),
        "fk_orders_team_id_contract_id_currency",
    ),
    "an order's id twice": (new_order(":order"), "pk_orders"),
    "a line for no seats": (line(quantity="0", amount="0"), "ck_order_lines_quantity"),
    "a line for seats that go without having moved": (
        line(quantity="-1", price="0", amount="0"),
        "ck_order_lines_quantity",
    ),
    "a line with a negative price": (line(price="-1", amount="0"), "ck_order_lines_unit_price"),
    "a line for more days than its term has": (line(ends="ends_on + 1", price="0", amount="0"), "ck_order_lines_days"),
    "a line that ends before it begins": (line(ends="starts_on - 1", price="0", amount="0"), "ck_order_lines_days"),
    "a line whose amount is a cent too low": (line(amount="amount - 1"), "ck_order_lines_amount"),
    "a line with a negative tax": (line(tax="-1"), "ck_order_lines_tax"),
    "a term that is bought twice": (
        line().replace("order_id, 2", ":bought, 2").replace("2, kind", "2, 'purchase'"),
        "uq_order_lines_renewal",
    ),
    "an invoice with another type's id": (invoice(id="'x'"), "ck_invoices_id_prefix"),
    "an invoice's number twice": (invoice(number="number"), "uq_invoices_number"),
    "a second invoice of an order": (invoice(order="order_id"), "uq_invoices_order_id"),
    "an invoice that is due before it is issued": (invoice(due="issued_on - 1"), "ck_invoices_due"),
    "an invoice with a negative tax rate": (invoice(rate="-1", tax="0", total="subtotal"), "ck_invoices_tax_rate"),
    "an invoice whose sum is wrong": (invoice(total="total + 1"), "ck_invoices_total"),
    "an invoice over nothing": (invoice(subtotal="0", tax="0", total="0"), "ck_invoices_total"),
    "an invoice whose tax is a cent too high": (invoice(tax="tax + 1", total="total + 1"), "ck_invoices_tax"),
    "an invoice that is paid by more than its total": (
        "update invoices set paid = total, credited = 1 where id = :invoice",
        "ck_invoices_paid",
    ),
    "another total of an invoice": (
        "update invoices set total = total + 1 where id = :invoice",
        "invoices can only be paid or credited",
    ),
    "an invoice that is deleted": ("delete from invoices where id = :invoice", "invoices can only be paid or credited"),
    "an order that is changed": ("update orders set kind = kind where id = :order", "append"),
    "a line that is deleted": ("delete from order_lines where order_id = :order", "append"),
    "a payment that is changed": ("update payments set amount = amount where id = 'payment_kept'", "append"),
    "a reversal that is changed": ("update payment_reversals set reason = reason", "append"),
    "a payment that came back twice": (REVERSAL.format(id="payment_back", reason="'x'"), "pk_payment_reversals"),
    "a reversal of no payment": (
        REVERSAL.format(id="payment_x", reason="'x'"),
        "fk_payment_reversals_team_id_payment_id",
    ),
    "a reversal without a reason": (REVERSAL.format(id="payment_kept", reason="''"), "ck_payment_reversals_reason"),
    "a credit note that is deleted": ("delete from credit_notes where id = 'credit_kept'", "append"),
    "a payment with another type's id": (payment(id="'x'"), "ck_payments_id_prefix"),
    "a payment of nothing": (payment(amount="0"), "ck_payments_amount"),
    "a payment without a reference": (payment(reference="''"), "ck_payments_reference"),
    "a payment's reference twice": (payment(reference="'Kept'"), "uq_payments_reference"),
    "a credit note with another type's id": (credit(id="'x'"), "ck_credit_notes_id_prefix"),
    "a credit note over nothing": (credit(amount="0"), "ck_credit_notes_amount"),
    "a credit note without a reason": (credit(reason="''"), "ck_credit_notes_reason"),
    "a credit note's number twice": (credit(number="999999"), "uq_credit_notes_number"),
    "an unknown kind of document": (
        "insert into document_counters (kind, last_number) values ('offer', 1)",
        "ck_document_counters_kind",
    ),
    "a counter that begins at 0": (
        "update document_counters set last_number = 0 where kind = 'invoice'",
        "ck_document_counters_last_number",
    ),
}


@pytest.fixture(scope="module")
async def names(world: World) -> dict[str, str]:
    """An order with its invoice, a payment and a credit note; another order that costs nothing; and a purchase."""
    team = await world.team()
    contract = await make_contract(world, team)
    made = await make_subscription(world, contract, team, TERM)
    placed, free, bought = [
        await order(world, made, price=price, kind=kind)
        for price, kind in [(10_000, "seats"), (0, "seats"), (10_000, "purchase")]
    ]
    found = {"team": team, "contract": contract, "order": placed.id, "free": free.id, "bought": bought.id}
    names = {**found, "invoice": placed.invoice_id or ""}
    kept = [
        payment(id="'payment_kept'", reference="'Kept'"),
        payment(id="'payment_back'", reference="'Back'"),
        REVERSAL.format(id="payment_back", reason="'Kept'"),
        credit(id="'credit_kept'", number="999999"),
    ]
    async with world.engine.begin() as connection:
        for statement in kept:
            await connection.execute(text(statement), {name: names[name] for name in names if f":{name}" in statement})
    return names


@pytest.mark.parametrize(("statement", "constraint"), REFUSED.values(), ids=REFUSED.keys())
async def test_the_constraint_refuses_the_statement(
    world: World, names: dict[str, str], statement: str, constraint: str
) -> None:
    before = await world.fingerprint()
    used = {name: value for name, value in names.items() if f":{name}" in statement}
    with pytest.raises(DBAPIError) as refused:
        async with world.engine.begin() as connection:
            await connection.execute(text(statement), used)
    assert constraint in str(refused.value.orig)
    assert await world.fingerprint() == before
