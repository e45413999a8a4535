"""Find the entries of the audit log of one action, or of one actor, by an index."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "audit_events"
BY_ACTION = "ix_audit_events_team_id_action_id"
BY_ACTOR = "ix_audit_events_team_id_actor_id_id"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_index(op.f(BY_ACTION), TABLE, ["team_id", "action", "id"])
    op.create_index(op.f(BY_ACTOR), TABLE, ["team_id", "actor_id", "id"])


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_index(op.f(BY_ACTOR), table_name=TABLE)
    op.drop_index(op.f(BY_ACTION), table_name=TABLE)
