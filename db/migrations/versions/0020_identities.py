"""Store which people at an OpenID provider may sign in to an account, and which of their sign-ins were used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "identities",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("issuer", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'identity_')", name=op.f("ck_identities_id_prefix")),
        sa.CheckConstraint("char_length(subject) between 1 and 255", name=op.f("ck_identities_subject_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_identities_user_id_issuer")),
    )
    op.create_table(
        "spent_sign_ins",
        sa.Column("state", postgresql.BYTEA(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_spent_sign_ins")),
    )
    op.create_index(op.f("ix_spent_sign_ins_until"), "spent_sign_ins", ["until"], unique=False)


def downgrade() -> None:
    """Downgrade to the revision before. Nobody can sign in by OpenID Connect any more."""
    op.drop_table("spent_sign_ins")
    op.drop_table("identities")
