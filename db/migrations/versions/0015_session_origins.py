"""Store with each session how, when and where the person proved who they are, and with each account its language.

The audit log knows which sessions began with a link. It does not know the devices and places of old sessions.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

METHODS = "method in ('password', 'link', 'passkey', 'openid_connect')"
ORIGIN = "char_length(device) <= 60 and char_length(place) <= 60"
TIMES = "update sessions set authenticated_at = created_at, last_used_at = created_at"
LINKS = """
update sessions s set method = 'link' from audit_events e
where e.action in ('accounts:create', 'accounts:reset', 'invitations:accept') and e.after ->> 'session' = s.id
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    op.add_column("sessions", _moment("authenticated_at", nullable=False))
    op.add_column("sessions", _moment("second_factor_at", nullable=True))
    op.add_column("sessions", sa.Column("method", sa.Text(), server_default="password", nullable=False))
    op.add_column("sessions", sa.Column("device", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("sessions", _moment("last_used_at", nullable=False))
    op.execute(TIMES)
    op.execute(LINKS)
    op.create_check_constraint(op.f("ck_sessions_method"), "sessions", METHODS)
    op.create_check_constraint(op.f("ck_sessions_origin"), "sessions", ORIGIN)
    for table in ("users", "sign_ups"):
        op.add_column(table, sa.Column("language", sa.Text(), server_default="en", nullable=False))
        op.create_check_constraint(op.f(f"ck_{table}_language"), table, "language in ('en', 'de')")


def downgrade() -> None:
    """Downgrade to revision 0014. The languages of the accounts are lost."""
    for table in ("sign_ups", "users"):
        op.drop_column(table, "language")
    for column in ("last_used_at", "place", "device", "method", "second_factor_at", "authenticated_at"):
        op.drop_column("sessions", column)


def _moment(name: str, *, nullable: bool) -> sa.Column[Any]:
    default = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)
