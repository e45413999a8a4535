"""Keep orders, invoices, payments and credit notes, and each change of the number of seats of a subscription."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SEAT_CHANGES = """
insert into seat_changes (team_id, subscription_id, n, effective_on, delta)
select p.team_id, p.id, 1, p.starts_on, count(*)
from subscriptions p join seats s on s.team_id = p.team_id and s.subscription_id = p.id
group by p.team_id, p.id
"""
NEVER_CHANGED = ("seat_changes", "orders", "order_lines", "payments", "credit_notes")
# What is on the paper of an invoice stays; only what was paid and credited changes.
ONLY_PAID = """
create function only_paid() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(old) - 'paid' - 'credited' = to_jsonb(new) - 'paid' - 'credited' then
        return new;
    end if;
    raise exception '% can only be paid or credited', tg_table_name;
end $$
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    _create_orders()
    _create_invoices()
    _create_payments()
    op.execute(SEAT_CHANGES)
    for table in NEVER_CHANGED:
        op.execute(
            f"create trigger append_only before update or delete on {table} for each row execute function append_only()"
        )
    op.execute(ONLY_PAID)
    op.execute("create trigger only_paid before update or delete on invoices for each row execute function only_paid()")


def downgrade() -> None:
    """Downgrade to revision 0027. The orders, invoices and payments are lost."""
    for table in ("payments", "credit_notes", "invoices", "order_lines", "seat_changes", "orders", "document_counters"):
        op.drop_table(table)
    op.execute("drop function only_paid()")


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("contract_id", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('purchase', 'seats', 'renewal', 'move')", name=op.f("ck_orders_kind")),
        sa.CheckConstraint("starts_with(id, 'order_')", name=op.f("ck_orders_id_prefix")),
        sa.ForeignKeyConstraint(
            ["team_id", "contract_id", "currency"],
            ["contracts.team_id", "contracts.id", "contracts.currency"],
            name=op.f("fk_orders_team_id_contract_id_currency"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("id", name=op.f("uq_orders_id")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint(
            "team_id", "id", "contract_id", "currency", name=op.f("uq_orders_team_id_id_contract_id_currency")
        ),
        sa.UniqueConstraint("team_id", "id", "kind", name=op.f("uq_orders_team_id_id_kind")),
    )
    op.create_index(op.f("ix_orders_team_id_contract_id_id"), "orders", ["team_id", "contract_id", "id"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("order_id", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subscription_team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("subscription_id", sa.Text(collation="C"), nullable=False),
        sa.Column("term_n", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("term_days", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0 or (kind = 'move' and quantity < 0)", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint(
            "unit_price >= 0 and (kind <> 'move' or unit_price = 0)", name=op.f("ck_order_lines_unit_price")
        ),
        sa.CheckConstraint(
            "amount = div(2 * cast(unit_price as numeric) * quantity * (ends_on - starts_on + 1) + term_days, "
            "2 * term_days)",
            name=op.f("ck_order_lines_amount"),
        ),
        sa.CheckConstraint("ends_on - starts_on + 1 between 1 and term_days", name=op.f("ck_order_lines_days")),
        sa.CheckConstraint("tax >= 0", name=op.f("ck_order_lines_tax")),
        sa.ForeignKeyConstraint(
            ["subscription_team_id", "subscription_id", "term_n"],
            ["subscription_terms.team_id", "subscription_terms.subscription_id", "subscription_terms.n"],
            name=op.f("fk_order_lines_subscription_team_id_subscription_id_term_n"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "order_id", "kind"],
            ["orders.team_id", "orders.id", "orders.kind"],
            name=op.f("fk_order_lines_team_id_order_id_kind"),
        ),
        sa.PrimaryKeyConstraint("team_id", "order_id", "n", name=op.f("pk_order_lines")),
    )
    op.create_index(
        "uq_order_lines_renewal",
        "order_lines",
        ["subscription_team_id", "subscription_id", "term_n"],
        unique=True,
        postgresql_where=sa.text("kind in ('purchase', 'renewal')"),
    )
    op.create_table(
        "seat_changes",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("subscription_id", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_seat_changes_delta")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_seat_changes_order_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.id"],
            name=op.f("fk_seat_changes_team_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "subscription_id", "n", name=op.f("pk_seat_changes")),
    )


def _create_invoices() -> None:
    op.create_table(
        "document_counters",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind in ('invoice', 'credit_note')", name=op.f("ck_document_counters_kind")),
        sa.CheckConstraint("last_number > 0", name=op.f("ck_document_counters_last_number")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_document_counters")),
    )
    op.create_table(
        "invoices",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contract_id", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("customer", postgresql.JSONB(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'invoice_')", name=op.f("ck_invoices_id_prefix")),
        sa.CheckConstraint("issued_on <= due_on", name=op.f("ck_invoices_due")),
        sa.CheckConstraint("paid >= 0 and credited >= 0 and paid + credited <= total", name=op.f("ck_invoices_paid")),
        sa.CheckConstraint("subtotal > 0 and subtotal + tax = total", name=op.f("ck_invoices_total")),
        sa.CheckConstraint(
            "tax = div(2 * cast(subtotal as numeric) * tax_rate + 10000, 20000)", name=op.f("ck_invoices_tax")
        ),
        sa.CheckConstraint("tax_rate between 0 and 10000", name=op.f("ck_invoices_tax_rate")),
        sa.ForeignKeyConstraint(
            ["team_id", "order_id", "contract_id", "currency"],
            ["orders.team_id", "orders.id", "orders.contract_id", "orders.currency"],
            name=op.f("fk_invoices_team_id_order_id_contract_id_currency"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("id", name=op.f("uq_invoices_id")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoices_order_id")),
    )
    op.create_index(
        op.f("ix_invoices_team_id_due_on"),
        "invoices",
        ["team_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("paid + credited < total"),
    )


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("invoice_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'payment_')", name=op.f("ck_payments_id_prefix")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("char_length(reference) between 1 and 100", name=op.f("ck_payments_reference")),
        sa.ForeignKeyConstraint(
            ["team_id", "invoice_id"], ["invoices.team_id", "invoices.id"], name=op.f("fk_payments_team_id_invoice_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_payments")),
        sa.UniqueConstraint("id", name=op.f("uq_payments_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
    )
    op.create_index(op.f("ix_payments_team_id_invoice_id"), "payments", ["team_id", "invoice_id"], unique=False)
    op.create_table(
        "credit_notes",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'credit_')", name=op.f("ck_credit_notes_id_prefix")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_notes_amount")),
        sa.CheckConstraint("char_length(reason) between 1 and 500", name=op.f("ck_credit_notes_reason")),
        sa.ForeignKeyConstraint(
            ["team_id", "invoice_id"],
            ["invoices.team_id", "invoices.id"],
            name=op.f("fk_credit_notes_team_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("id", name=op.f("uq_credit_notes_id")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_notes_number")),
    )
    op.create_index(op.f("ix_credit_notes_team_id_invoice_id"), "credit_notes", ["team_id", "invoice_id"], unique=False)
