"""Record payments, their reversals and credit notes. Each changes the sums of its invoice in the same statement."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Date, bindparam, text

from db.core import ids
from db.core.connection import Connection
from db.core.statements import Statement


class Owed(NamedTuple):
    """An invoice, its home team, and what is still to be paid of it."""

    team_id: str
    invoice_id: str
    currency: str
    owed: int


class Recorded(NamedTuple):
    """The id of what was recorded; None if a payment has the reference already."""

    id: str | None


class Reversed(NamedTuple):
    """A payment that was reversed, with its invoice as it is now."""

    team_id: str
    invoice_id: str
    contract_id: str
    currency: str
    owed: int
    payment_id: str
    amount: int


BY_NUMBER = Statement(
    "invoice_by_number",
    Owed,
    text("""
select team_id, id as invoice_id, currency, total - paid - credited as owed from invoices where number = :number
"""),
)
PAY = Statement(
    "record_payment",
    Recorded,
    text("""
with paid as (
    update invoices set paid = paid + :amount
    where team_id = :team_id and id = :invoice_id and total - paid - credited >= :amount
    returning team_id, id
), recorded as (
    insert into payments (team_id, id, invoice_id, amount, received_on, reference, recorded_by)
    select team_id, :id, id, :amount, :received_on, :reference, :by from paid
    on conflict (reference) do nothing
    returning id
)
select (select id from recorded) as id from paid
""").bindparams(bindparam("amount", type_=BigInteger), bindparam("received_on", type_=Date)),
)
# The counter is locked until the transaction ends, so numbers have no gaps.
CREDIT = Statement(
    "issue_credit_note",
    Recorded,
    text("""
with credited as (
    update invoices set credited = credited + :amount
    where team_id = :team_id and id = :invoice_id and total - paid - credited >= :amount
    returning team_id, id
), counted as (
    insert into document_counters (kind, last_number) select 'credit_note', 1 from credited
    on conflict (kind) do update set last_number = document_counters.last_number + 1
    returning last_number
)
insert into credit_notes (team_id, id, number, invoice_id, amount, issued_on, reason, issued_by)
select credited.team_id, :id, counted.last_number, credited.id, :amount, :issued_on, :reason, :by
from credited, counted
returning id
""").bindparams(bindparam("amount", type_=BigInteger), bindparam("issued_on", type_=Date)),
)
KNOWN = Statement("payment_by_reference", str, text("select id from payments where reference = :reference"))
# Of two at once, the second waits for the row of the first, and then changes nothing.
REVERSE = Statement(
    "reverse_payment",
    Reversed,
    text("""
with reversed as (
    insert into payment_reversals (team_id, payment_id, reversed_on, reason, reversed_by)
    select team_id, id, :on, :reason, :by from payments where id = :payment_id
    on conflict (team_id, payment_id) do nothing
    returning team_id, payment_id
)
update invoices i set paid = i.paid - p.amount
from reversed join payments p on p.team_id = reversed.team_id and p.id = reversed.payment_id
where i.team_id = p.team_id and i.id = p.invoice_id
returning i.team_id, i.id as invoice_id, i.contract_id, i.currency, i.total - i.paid - i.credited as owed,
          p.id as payment_id, p.amount
""").bindparams(bindparam("on", type_=Date)),
)


async def by_number(connection: Connection, number: int) -> Owed | None:
    """The invoice with this number, and what is owed of it; None if there is none."""
    return await BY_NUMBER.row(connection, number=number)


async def pay(
    connection: Connection, invoice: Owed, amount: int, received_on: date, reference: str, by: str
) -> Recorded | None:
    """Record a payment. Returns None, and changes nothing, if less is owed now.

    If a payment has the reference already, the id is None, and the caller must roll back.
    """
    key = {"team_id": invoice.team_id, "invoice_id": invoice.invoice_id, "id": ids.new("payment")}
    values = {"amount": amount, "received_on": received_on, "reference": reference, "by": by}
    return await PAY.row(connection, **key, **values)


async def credit(
    connection: Connection, invoice: Owed, amount: int, issued_on: date, reason: str, by: str
) -> Recorded | None:
    """Issue a credit note. Returns None, and changes nothing, if less is owed now."""
    key = {"team_id": invoice.team_id, "invoice_id": invoice.invoice_id, "id": ids.new("credit")}
    return await CREDIT.row(connection, **key, amount=amount, issued_on=issued_on, reason=reason, by=by)


async def by_reference(connection: Connection, reference: str) -> str | None:
    """The id of the payment with this reference; None if there is none."""
    return await KNOWN.row(connection, reference=reference)


async def reverse(connection: Connection, payment_id: str, on: date, reason: str, by: str) -> Reversed | None:
    """Note that a payment came back, so that its amount is owed again. Returns None if that was noted before."""
    return await REVERSE.row(connection, payment_id=payment_id, on=on, reason=reason, by=by)
