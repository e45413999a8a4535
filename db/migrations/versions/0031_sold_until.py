"""Keep the last day on which a product is sold."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("products", sa.Column("sold_until", sa.Date(), nullable=True))


def downgrade() -> None:
    """Downgrade to revision 0030. All products are sold again; subscriptions that renew no more stay so."""
    op.drop_column("products", "sold_until")
