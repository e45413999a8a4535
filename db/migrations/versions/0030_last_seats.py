"""Tell contract managers when a pool has fewer free seats than the team has set."""

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
    _allow_kinds(f"{BEFORE}, 'last_seats'")


def downgrade() -> None:
    """Downgrade to revision 0029. What was told about free seats and what the teams have set is lost."""
    for table in TABLES:
        op.execute(f"delete from {table} where kind = 'last_seats'")  # noqa: S608 - constants
    _allow_kinds(BEFORE)
    op.drop_table("low_pools")
    op.drop_column("teams", "last_seats_below")


def _allow_kinds(kinds: str) -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind in ({kinds})")
