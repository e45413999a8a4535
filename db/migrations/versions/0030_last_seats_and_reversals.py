"""Tell contract managers when a pool has fewer free seats than the team has set, and when a payment was reversed."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = "'order_confirmation', 'renewal', 'auto_renew_changed', 'expiry', 'announcement', 'payment_overdue'"
TABLES = ("notices", "notice_preferences")


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("teams", sa.Column("last_seats_below", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_teams_last_seats_below"), "teams", "last_seats_below between 1 and 100000")
    op.create_table(
        "low_pools",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("falls", sa.Integer(), nullable=False),
        sa.Column("is_low", sa.Boolean(), nullable=False),
        sa.CheckConstraint("falls > 0", name=op.f("ck_low_pools_falls")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_low_pools_team_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_low_pools_product_id")),
        sa.PrimaryKeyConstraint("team_id", "product_id", name=op.f("pk_low_pools")),
    )
    op.create_table(
        "payment_reversals",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("payment_id", sa.Text(collation="C"), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reversed_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(reason) between 1 and 500", name=op.f("ck_payment_reversals_reason")),
        sa.ForeignKeyConstraint(
            ["team_id", "payment_id"],
            ["payments.team_id", "payments.id"],
            name=op.f("fk_payment_reversals_team_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "payment_id", name=op.f("pk_payment_reversals")),
    )
    op.execute(
        "create trigger append_only before update or delete on payment_reversals "
        "for each row execute function append_only()"
    )
    _allow_kinds(f"{BEFORE}, 'payment_failed', 'last_seats'")


def downgrade() -> None:
    """Downgrade to revision 0029. What was told since, what the teams have set, and why payments came back is lost.

    What is owed stays right, because the sums are in the invoices.
    """
    for table in TABLES:
        op.execute(f"delete from {table} where kind in ('payment_failed', 'last_seats')")  # noqa: S608 - constants
    _allow_kinds(BEFORE)
    op.drop_table("payment_reversals")
    op.drop_table("low_pools")
    op.drop_column("teams", "last_seats_below")


def _allow_kinds(kinds: str) -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind in ({kinds})")
