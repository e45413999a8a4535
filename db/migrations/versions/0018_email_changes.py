"""Let people ask for a link to set a new password, and let them change their e-mail address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNUSED = "uq_password_resets_unused"
TOKEN, ACCOUNT = "ck_password_resets_token", "ck_password_resets_account"
BY_ACCOUNT, BY_EMAIL = "ix_password_resets_user_id", "ix_password_resets_email_lower"


def upgrade() -> None:
    """Upgrade to this revision."""
    _let_people_ask_for_resets()
    _add_email_changes()


def downgrade() -> None:
    """Downgrade to revision 0017. Links that people asked for are deleted, and addresses stay as they are."""
    op.drop_table("email_changes")
    op.execute("delete from password_resets where email is not null")
    op.drop_index(op.f(BY_EMAIL), table_name="password_resets")
    op.drop_index(op.f(BY_ACCOUNT), table_name="password_resets")
    op.drop_index(UNUSED, table_name="password_resets")
    _index_unused("used_at is null")
    op.drop_constraint(op.f(ACCOUNT), "password_resets", type_="check")
    op.drop_constraint(op.f(TOKEN), "password_resets", type_="check")
    op.drop_column("password_resets", "language")
    op.drop_column("password_resets", "email")
    for column in ("user_id", "token_hash"):
        op.alter_column("password_resets", column, nullable=False)


def _let_people_ask_for_resets() -> None:
    op.add_column("password_resets", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("password_resets", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    op.create_check_constraint(op.f("ck_password_resets_language"), "password_resets", "language in ('en', 'de')")
    for column in ("user_id", "token_hash"):
        op.alter_column("password_resets", column, nullable=True)
    op.create_check_constraint(op.f(TOKEN), "password_resets", "(user_id is null) = (token_hash is null)")
    known = "user_id is not null or (email is not null and used_at is null)"
    op.create_check_constraint(op.f(ACCOUNT), "password_resets", known)
    op.drop_index(UNUSED, table_name="password_resets")
    _index_unused("used_at is null and email is null")
    op.create_index(op.f(BY_ACCOUNT), "password_resets", ["user_id"], unique=False)
    op.create_index(op.f(BY_EMAIL), "password_resets", [sa.text("lower(email)")], unique=False)


def _index_unused(condition: str) -> None:
    op.create_index(UNUSED, "password_resets", ["user_id"], unique=True, postgresql_where=sa.text(condition))


def _add_email_changes() -> None:
    op.create_table(
        "email_changes",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("old_email", sa.Text(), nullable=False),
        sa.Column("new_email", sa.Text(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("undo_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'change_')", name=op.f("ck_email_changes_id_prefix")),
        sa.CheckConstraint("confirmed_at is null or token_hash is not null", name=op.f("ck_email_changes_confirmed")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_email_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_changes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_changes_token_hash")),
        sa.UniqueConstraint("undo_hash", name=op.f("uq_email_changes_undo_hash")),
    )
    op.create_index(op.f("ix_email_changes_user_id"), "email_changes", ["user_id"], unique=False)
    waiting = sa.text("confirmed_at is null and ended_at is null")
    op.create_index("uq_email_changes_waiting", "email_changes", ["user_id"], unique=True, postgresql_where=waiting)
