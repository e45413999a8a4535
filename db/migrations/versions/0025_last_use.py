"""Let the index of the last use begin with the person, so that the usage of a seat is read by its key."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "seat_usage"
BEFORE = "ix_seat_usage_team_id_user_id_last_used_at"
LAST_USE = "ix_seat_usage_user_id_last_used_at"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_index(op.f(LAST_USE), TABLE, ["user_id", "last_used_at"], postgresql_include=["team_id"])
    op.drop_index(op.f(BEFORE), table_name=TABLE)


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.create_index(op.f(BEFORE), TABLE, ["team_id", "user_id", "last_used_at"])
    op.drop_index(op.f(LAST_USE), table_name=TABLE)
