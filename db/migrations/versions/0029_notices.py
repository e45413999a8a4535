"""Keep what contract managers were told about contracts by mail, and how they want to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = "kind in ('order_confirmation', 'renewal', 'auto_renew_changed', 'expiry', 'announcement', 'payment_overdue')"
STATES = "mail_state in ('queued', 'sent', 'refused', 'dropped')"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "notices",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(collation="C"), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Text(collation="C"), nullable=True),
        sa.Column("mail_state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("mail_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_notices_kind")),
        sa.CheckConstraint("delivery in ('at_once', 'digest')", name=op.f("ck_notices_delivery")),
        sa.CheckConstraint("digest_id is null or delivery = 'digest'", name=op.f("ck_notices_digest")),
        sa.CheckConstraint(STATES, name=op.f("ck_notices_mail_state")),
        sa.CheckConstraint("(mail_state = 'refused') = (mail_reason is not null)", name=op.f("ck_notices_mail_reason")),
        sa.CheckConstraint("char_length(mail_reason) <= 500", name=op.f("ck_notices_mail_reason_length")),
        sa.CheckConstraint("starts_with(id, 'notice_')", name=op.f("ck_notices_id_prefix")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_notices_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_notices")),
        sa.UniqueConstraint("id", name=op.f("uq_notices_id")),
        sa.UniqueConstraint("event_key", "user_id", name=op.f("uq_notices_event_key_user_id")),
    )
    op.create_index(op.f("ix_notices_user_id_digest_id"), "notices", ["user_id", "digest_id"], unique=False)
    op.create_table(
        "notice_preferences",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_notice_preferences_kind")),
        sa.CheckConstraint("delivery in ('at_once', 'digest', 'off')", name=op.f("ck_notice_preferences_delivery")),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_notice_preferences_team_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", "kind", name=op.f("pk_notice_preferences")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(subject) between 1 and 200", name=op.f("ck_announcements_subject")),
        sa.CheckConstraint("char_length(text) between 1 and 10000", name=op.f("ck_announcements_text")),
        sa.CheckConstraint("starts_with(id, 'announcement_')", name=op.f("ck_announcements_id_prefix")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )


def downgrade() -> None:
    """Downgrade to revision 0028. What was told and how people want to be told is lost."""
    op.drop_table("announcements")
    op.drop_table("notice_preferences")
    op.drop_table("notices")
