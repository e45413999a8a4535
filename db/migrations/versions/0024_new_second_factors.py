"""Store since when an account has a second factor, and when recovery codes were made."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SINCE = """
update users u set second_factor_since = f.since from (
    select user_id, min(added_at) as since from (
        select user_id, confirmed_at as added_at from authenticators where confirmed_at is not null
        union all select user_id, created_at from passkeys
    ) added group by user_id
) f where f.user_id = u.id
"""
# Nobody knows when they were made. So they count as old, and no link removes them.
OLD_CODES = "update recovery_codes c set created_at = u.created_at from users u where u.id = c.user_id"


def upgrade() -> None:
    """Upgrade to this revision."""
    # This revision was 0023 once, after one that was 0024. A database of that time has the columns already.
    if any(column["name"] == "second_factor_since" for column in sa.inspect(op.get_bind()).get_columns("users")):
        return
    op.add_column("users", sa.Column("second_factor_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(SINCE)
    created = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    op.add_column("recovery_codes", created)
    op.execute(OLD_CODES)


def downgrade() -> None:
    """Downgrade to the revision before. No link removes new second factors any more."""
    op.drop_column("recovery_codes", "created_at")
    op.drop_column("users", "second_factor_since")
