"""Add the tables of passkeys and of used challenges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DEVICES = "device in ('synced', 'built_in', 'security_key')"
NOW = sa.text("now()")


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("credential_id", postgresql.BYTEA(), nullable=False),
        sa.Column("public_key", postgresql.BYTEA(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alone", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'passkey_')", name=op.f("ck_passkeys_id_prefix")),
        sa.CheckConstraint("octet_length(credential_id) between 1 and 1023", name=op.f("ck_passkeys_credential_id")),
        sa.CheckConstraint("sign_count between 0 and 4294967295", name=op.f("ck_passkeys_sign_count")),
        sa.CheckConstraint(DEVICES, name=op.f("ck_passkeys_device")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"])
    op.create_table(
        "used_challenges",
        sa.Column("challenge", postgresql.BYTEA(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_used_challenges")),
    )


def downgrade() -> None:
    """Downgrade to the revision before. All passkeys are lost."""
    op.drop_table("used_challenges")
    op.drop_table("passkeys")
