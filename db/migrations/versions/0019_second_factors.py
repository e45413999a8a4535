"""Add second factors (authenticator apps, recovery codes, sign-ins that wait), and settings of teams."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision. Mails stay in English, no account has a second factor, and no team requires one."""
    op.add_column("teams", sa.Column("requires_second_factor", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("teams", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    op.create_check_constraint(op.f("ck_teams_language"), "teams", "language in ('en', 'de')")
    _add_factors()
    _add_challenges()


def downgrade() -> None:
    """Downgrade to the revision before. Second factors are lost: a password is enough again."""
    op.drop_table("sign_in_challenges")
    op.drop_table("recovery_codes")
    op.drop_table("authenticators")
    op.drop_column("teams", "language")
    op.drop_column("teams", "requires_second_factor")


def _add_factors() -> None:
    op.create_table(
        "authenticators",
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("confirmed_at is null or last_step is not null", name=op.f("ck_authenticators_confirmed")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_authenticators_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_authenticators")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("code_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )


def _add_challenges() -> None:
    op.create_table(
        "sign_in_challenges",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("password_digest", postgresql.BYTEA(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'challenge_')", name=op.f("ck_sign_in_challenges_id_prefix")),
        sa.CheckConstraint("tries between 0 and 5", name=op.f("ck_sign_in_challenges_tries")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_challenges_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_challenges")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_challenges_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_challenges_user_id"), "sign_in_challenges", ["user_id"], unique=False)
