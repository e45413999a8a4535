"""Read all that the document of an order shows, in one statement."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID, Json
from domain.languages import Language
from domain.reach import Reach


class OrderDocument(NamedTuple):
    """An order that has an invoice, as it stands on paper. Money is in minor units of the currency.

    `number` is that of the invoice. `customer` is how the home team was called then, and `language` its language now.
    `lines` have `product`, `team` (that with the seats), `quantity`, `unitPrice`, `startsOn`, `endsOn`, `termDays` and
    `amount`. `credit_notes` have `number`, `issuedOn`, `reason` and `amount`.
    """

    number: int
    order: int
    contract: int
    customer: str
    language: Language
    currency: str
    issued_on: date
    due_on: date
    tax_rate: int
    subtotal: int
    tax: int
    total: int
    paid: int
    credited: int
    lines: list[Json]
    credit_notes: list[Json]

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return self.total - self.paid - self.credited


BY_ORDER = Statement(
    "order_document",
    OrderDocument,
    text("""
select i.number, o.number as "order", c.number as contract, i.customer ->> 'team' as customer, t.language, i.currency,
       i.issued_on, i.due_on, i.tax_rate, i.subtotal, i.tax, i.total, i.paid, i.credited,
       (select jsonb_agg(jsonb_build_object(
                   'product', p.name, 'team', lt.name, 'quantity', l.quantity, 'unitPrice', l.unit_price,
                   'startsOn', l.starts_on, 'endsOn', l.ends_on, 'termDays', l.term_days, 'amount', l.amount)
               order by l.n)
        from order_lines l
        join subscriptions s on s.team_id = l.subscription_team_id and s.id = l.subscription_id
        join products p on p.id = s.product_id
        join teams lt on lt.id = s.team_id
        where l.team_id = o.team_id and l.order_id = o.id) as lines,
       coalesce((select jsonb_agg(jsonb_build_object(
                            'number', n.number, 'issuedOn', n.issued_on, 'reason', n.reason, 'amount', n.amount)
                        order by n.number)
                 from credit_notes n
                 where n.team_id = i.team_id and n.invoice_id = i.id), '[]') as credit_notes
from orders o
join invoices i on i.order_id = o.id
join contracts c on c.team_id = o.team_id and c.id = o.contract_id
join teams t on t.id = o.team_id
where o.id = :order_id and o.team_id = any(:teams)
""").bindparams(bindparam("teams", type_=ARRAY(ID))),
)


async def by_order(connection: Connection, reach: Reach, order_id: str) -> OrderDocument | None:
    """The document of an order of a home team within `reach`; None if there is none, or if the order has no invoice."""
    return await BY_ORDER.row(connection, order_id=order_id, teams=list(reach.teams))
