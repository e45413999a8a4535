"""Add the transaction id to each event, so that events can be read in the order of commits.

The existing events are committed, so no reader can miss one of them. They get 0, which is less than every transaction
id that PostgreSQL assigns (the first is 3), and they keep the order of their ids.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    # A constant default fills the existing rows without a rewrite of the table. The second default is for new rows.
    op.add_column("events", sa.Column("transaction_id", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("events", "transaction_id", server_default=sa.text("pg_current_xact_id()::text::bigint"))
    op.create_index(op.f("ix_events_transaction_id_id"), "events", ["transaction_id", "id"], unique=False)


def downgrade() -> None:
    """Downgrade to revision 0003. Events are in the order of their ids again."""
    op.drop_index(op.f("ix_events_transaction_id_id"), table_name="events")
    op.drop_column("events", "transaction_id")
