"""Store who belongs to the vendor's staff."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "vendors",
        sa.Column("user_id", sa.Text(collation="C"), sa.ForeignKey("users.id", name="fk_vendors_user_id")),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_vendors"),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("vendors")
