"""Give partner tokens a second secret for a day, remember the notices of their ends, and find a person's last use."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "partner_tokens"
LAST_USE = "ix_seat_usage_team_id_user_id_last_used_at"
CHECKS = {
    "ck_partner_tokens_previous": "(previous_hash is null) = (previous_secret_ends_at is null)",
    "ck_partner_tokens_notice_days": "notice_days in (14, 1)",
}


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column(TABLE, sa.Column("previous_hash", sa.LargeBinary(), nullable=True))
    op.add_column(TABLE, sa.Column("previous_secret_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("notice_days", sa.Integer(), nullable=True))
    op.create_unique_constraint(op.f("uq_partner_tokens_previous_hash"), TABLE, ["previous_hash"])
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(name), TABLE, condition)
    op.create_index(op.f(LAST_USE), "seat_usage", ["team_id", "user_id", "last_used_at"])


def downgrade() -> None:
    """Downgrade. The secrets before a rotation stop working at once, and grantors may be told again of an end."""
    op.drop_index(op.f(LAST_USE), table_name="seat_usage")
    for name in CHECKS:
        op.drop_constraint(op.f(name), TABLE, type_="check")
    op.drop_constraint(op.f("uq_partner_tokens_previous_hash"), TABLE, type_="unique")
    for name in ("notice_days", "previous_secret_ends_at", "previous_hash"):
        op.drop_column(TABLE, name)
