"""Add the places from which somebody signed in to an account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "sign_in_places",
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("place", postgresql.BYTEA(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_places_user_id")),
        sa.PrimaryKeyConstraint("user_id", "place", name=op.f("pk_sign_in_places")),
    )


def downgrade() -> None:
    """Downgrade to revision 0006. All places are new again."""
    op.drop_table("sign_in_places")
