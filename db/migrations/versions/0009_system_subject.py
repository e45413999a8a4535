"""Let the audit log name commands and jobs: the kind of actor `system`, and the operating-system user of a command."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KIND = "ck_audit_events_actor_kind"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("audit_events", sa.Column("operator", sa.Text(), nullable=True))
    op.drop_constraint(op.f(KIND), "audit_events", type_="check")
    op.create_check_constraint(op.f(KIND), "audit_events", "actor_kind in ('anonymous', 'person', 'partner', 'system')")
    op.create_check_constraint(
        op.f("ck_audit_events_system"),
        "audit_events",
        "actor_kind <> 'system' or (actor_id is not null and token_id is null)",
    )
    op.create_check_constraint(
        op.f("ck_audit_events_operator"), "audit_events", "operator is null or actor_kind = 'system'"
    )


def downgrade() -> None:
    """Downgrade to revision 0008. Rows of commands and jobs stay, because the audit log keeps every row.

    The names of the people who ran commands are lost.
    """
    op.drop_constraint(op.f("ck_audit_events_operator"), "audit_events", type_="check")
    op.drop_constraint(op.f("ck_audit_events_system"), "audit_events", type_="check")
    op.drop_constraint(op.f(KIND), "audit_events", type_="check")
    # Not checked for the existing rows, of which some may have the kind `system`.
    op.create_check_constraint(
        op.f(KIND), "audit_events", "actor_kind in ('anonymous', 'person', 'partner')", postgresql_not_valid=True
    )
    op.drop_column("audit_events", "operator")
