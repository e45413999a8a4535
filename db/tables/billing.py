"""The tables of orders, their lines, invoices, payments and credit notes. Money is in minor units of the currency."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import Created, Id, Json
from domain.money import WHOLE_RATE


class Order(Base):
    """What was ordered under a contract, on a day. `team_id` is the home team of the contract. It is never changed."""

    __tablename__ = "orders"

    team_id: Mapped[Id]
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    contract_id: Mapped[Id]
    currency: Mapped[str]
    kind: Mapped[str]
    ordered_on: Mapped[date]
    ordered_by: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("number"),
        UniqueConstraint("team_id", "id", "kind"),
        UniqueConstraint("team_id", "id", "contract_id", "currency"),
        ForeignKeyConstraint(
            ["team_id", "contract_id", "currency"], ["contracts.team_id", "contracts.id", "contracts.currency"]
        ),
        Index(None, "team_id", "contract_id", "id"),
        CheckConstraint("kind in ('purchase', 'seats', 'renewal', 'move')", name="kind"),
        id_prefix_check("order"),
    )


class OrderLine(Base):
    """A line of an order: seats of one term of a subscription. It is never changed.

    `subscription_team_id` is the team of the subscription. `quantity` is negative only if seats moved away. `days` are
    those from `starts_on` to `ends_on`, of the `term_days` of the whole term. `tax` is the line's part of the tax.
    """

    __tablename__ = "order_lines"

    team_id: Mapped[Id]
    order_id: Mapped[Id]
    n: Mapped[int]
    kind: Mapped[str]
    subscription_team_id: Mapped[Id]
    subscription_id: Mapped[Id]
    term_n: Mapped[int]
    quantity: Mapped[int]
    unit_price: Mapped[int] = mapped_column(BigInteger)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    term_days: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "order_id", "n"),
        ForeignKeyConstraint(["team_id", "order_id", "kind"], ["orders.team_id", "orders.id", "orders.kind"]),
        ForeignKeyConstraint(
            ["subscription_team_id", "subscription_id", "term_n"],
            ["subscription_terms.team_id", "subscription_terms.subscription_id", "subscription_terms.n"],
        ),
        # No term is billed twice, whatever runs at the same time.
        Index(
            "uq_order_lines_renewal",
            "subscription_team_id",
            "subscription_id",
            "term_n",
            unique=True,
            postgresql_where=text("kind in ('purchase', 'renewal')"),
        ),
        CheckConstraint("quantity > 0 or (kind = 'move' and quantity < 0)", name="quantity"),
        CheckConstraint("unit_price >= 0 and (kind <> 'move' or unit_price = 0)", name="unit_price"),
        CheckConstraint("ends_on - starts_on + 1 between 1 and term_days", name="days"),
        CheckConstraint(
            "amount = div(2 * cast(unit_price as numeric) * quantity * (ends_on - starts_on + 1) + term_days, "
            "2 * term_days)",
            name="amount",
        ),
        CheckConstraint("tax >= 0", name="tax"),
    )


class Invoice(Base):
    """The invoice of an order that costs something. Only what was paid and credited changes.

    Numbers have no gaps. `tax_rate` is in hundredths of a percent. `customer` is how the team was called then.
    """

    __tablename__ = "invoices"

    team_id: Mapped[Id]
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[Id]
    contract_id: Mapped[Id]
    currency: Mapped[str]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    customer: Mapped[Json]
    tax_rate: Mapped[int]
    subtotal: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    credited: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("number"),
        UniqueConstraint("order_id"),
        ForeignKeyConstraint(
            ["team_id", "order_id", "contract_id", "currency"],
            ["orders.team_id", "orders.id", "orders.contract_id", "orders.currency"],
        ),
        Index(None, "team_id", "due_on", postgresql_where=text("paid + credited < total")),
        CheckConstraint("issued_on <= due_on", name="due"),
        CheckConstraint(f"tax_rate between 0 and {WHOLE_RATE}", name="tax_rate"),
        CheckConstraint("subtotal > 0 and subtotal + tax = total", name="total"),
        CheckConstraint(
            f"tax = div(2 * cast(subtotal as numeric) * tax_rate + {WHOLE_RATE}, {2 * WHOLE_RATE})", name="tax"
        ),
        CheckConstraint("paid >= 0 and credited >= 0 and paid + credited <= total", name="paid"),
        id_prefix_check("invoice"),
    )


class Payment(Base):
    """A payment of an invoice that was received. It is never changed."""

    __tablename__ = "payments"

    team_id: Mapped[Id]
    id: Mapped[Id]
    invoice_id: Mapped[Id]
    amount: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date]
    reference: Mapped[str]
    recorded_by: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("reference"),
        ForeignKeyConstraint(["team_id", "invoice_id"], ["invoices.team_id", "invoices.id"]),
        Index(None, "team_id", "invoice_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("char_length(reference) between 1 and 100", name="reference"),
        id_prefix_check("payment"),
    )


class PaymentReversal(Base):
    """That a payment came back, so that its amount is owed again. It is never changed."""

    __tablename__ = "payment_reversals"

    team_id: Mapped[Id]
    payment_id: Mapped[Id]
    reversed_on: Mapped[date]
    reason: Mapped[str]
    reversed_by: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "payment_id"),
        ForeignKeyConstraint(["team_id", "payment_id"], ["payments.team_id", "payments.id"]),
        CheckConstraint("char_length(reason) between 1 and 500", name="reason"),
    )


class CreditNote(Base):
    """A correction of an invoice: this amount of it is not owed. It is never changed. Numbers have no gaps."""

    __tablename__ = "credit_notes"

    team_id: Mapped[Id]
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[Id]
    amount: Mapped[int] = mapped_column(BigInteger)
    issued_on: Mapped[date]
    reason: Mapped[str]
    issued_by: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("number"),
        ForeignKeyConstraint(["team_id", "invoice_id"], ["invoices.team_id", "invoices.id"]),
        Index(None, "team_id", "invoice_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("char_length(reason) between 1 and 500", name="reason"),
        id_prefix_check("credit"),
    )


class DocumentCounter(Base):
    """The last number of a kind of document. It is counted in the transaction of the document, so no number is lost."""

    __tablename__ = "document_counters"

    kind: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind in ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("last_number > 0", name="last_number"),
    )
