"""Store with each membership the id that the customer's own directory has for the person."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "uq_memberships_external_id"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("memberships", sa.Column("external_id", sa.Text(), nullable=True))
    op.create_index(op.f(INDEX), "memberships", ["team_id", "external_id"], unique=True)


def downgrade() -> None:
    """Downgrade to revision 0012. The external ids are lost."""
    op.drop_index(op.f(INDEX), table_name="memberships")
    op.drop_column("memberships", "external_id")
