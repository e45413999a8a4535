"""Store with each membership the id that the customer's own directory has for the person."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "uq_memberships_external_id"
CHECK = (
    r"external_id ~ '^[^\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,100}$'"
    r" and external_id !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]'"
    r" and external_id !~ '[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'"
)


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("memberships", sa.Column("external_id", sa.Text(), nullable=True))
    op.create_index(op.f(INDEX), "memberships", ["team_id", "external_id"], unique=True)
    op.create_check_constraint(op.f("ck_memberships_external_id"), "memberships", CHECK)


def downgrade() -> None:
    """Downgrade to revision 0012. The external ids are lost."""
    op.drop_constraint(op.f("ck_memberships_external_id"), "memberships", type_="check")
    op.drop_index(op.f(INDEX), table_name="memberships")
    op.drop_column("memberships", "external_id")
