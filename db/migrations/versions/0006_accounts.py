"""Verify e-mail addresses, bind partner tokens to the membership of their grantor, and pause between mails.

Accounts that joined a team are verified: they accepted an invitation with its link, or the operator made them. Others
verify their address by signing up again; until then they have no session.

A token that is not revoked needs the membership. If the membership is deleted, by whatever statement, a trigger revokes
the tokens first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GRANTOR_KEY = "fk_partner_tokens_team_id_active_grantor_id"
GRANTOR_INDEX = "ix_partner_tokens_team_id_active_grantor_id"
# A membership that is younger than the token is a second one: the grantor left the team and came back.
REVOKE_OLD = """
update partner_tokens p set revoked_at = now()
where p.revoked_at is null and not exists (
    select from memberships m
    where m.team_id = p.team_id and m.user_id = p.grantor_id and m.accepted_at is not null
      and m.created_at <= p.created_at
)
"""
VERIFY = """
update users u set email_verified_at = coalesce(
    (select min(i.accepted_at) from invitations i where i.user_id = u.id and i.accepted_at is not null), u.created_at
)
where exists (select from memberships m where m.user_id = u.id and m.accepted_at is not null)
"""
END_SESSIONS = """
update sessions s set ended_at = now()
from users u where u.id = s.user_id and u.email_verified_at is null and s.ended_at is null
"""
# Before the delete, when PostgreSQL has already locked the membership: so the trigger also sees a token that another
# transaction created while this one waited for the lock.
REVOKE_TOKENS = """
create function revoke_partner_tokens() returns trigger language plpgsql as $$
begin
    update partner_tokens set revoked_at = now()
    where team_id = old.team_id and active_grantor_id = old.user_id;
    return old;
end $$
"""
REVOKE_TOKENS_TRIGGER = """
create trigger revoke_partner_tokens before delete on memberships
for each row execute function revoke_partner_tokens()
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    _bind_tokens()
    _add_mail_pauses()
    _verify_addresses()
    _add_links()


def downgrade() -> None:
    """Downgrade to revision 0005. Removed members' tokens are no longer revoked; those that were revoked stay so."""
    op.drop_table("password_resets")
    op.drop_table("sign_ups")
    op.drop_column("users", "email_verified_at")
    op.drop_table("mail_pauses")
    op.execute("drop function revoke_partner_tokens cascade")
    op.drop_constraint(GRANTOR_KEY, "partner_tokens", type_="foreignkey")
    op.drop_index(op.f(GRANTOR_INDEX), table_name="partner_tokens")
    op.drop_column("partner_tokens", "active_grantor_id")


def _bind_tokens() -> None:
    op.execute(REVOKE_OLD)
    # Written as PostgreSQL writes it, so that the test that compares the tables with their declaration can tell.
    computed = sa.Computed("case when revoked_at is null then grantor_id else null::text end", persisted=True)
    op.add_column("partner_tokens", sa.Column("active_grantor_id", sa.Text(collation="C"), computed, nullable=True))
    op.create_index(op.f(GRANTOR_INDEX), "partner_tokens", ["team_id", "active_grantor_id"], unique=False)
    columns = (["team_id", "active_grantor_id"], ["team_id", "user_id"])
    op.create_foreign_key(op.f(GRANTOR_KEY), "partner_tokens", "memberships", *columns)
    op.execute(REVOKE_TOKENS)
    op.execute(REVOKE_TOKENS_TRIGGER)


def _add_mail_pauses() -> None:
    op.create_table(
        "mail_pauses",
        sa.Column("subject", postgresql.BYTEA(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_mail_pauses")),
    )
    op.create_index(op.f("ix_mail_pauses_until"), "mail_pauses", ["until"], unique=False)


def _verify_addresses() -> None:
    op.add_column("users", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(VERIFY)
    op.execute(END_SESSIONS)


def _add_links() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'signup_')", name=op.f("ck_sign_ups_id_prefix")),
        sa.CheckConstraint("used_at is null or token_hash is not null", name=op.f("ck_sign_ups_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ups_token_hash")),
    )
    op.create_index(op.f("ix_sign_ups_expires_at"), "sign_ups", ["expires_at"], unique=False)
    op.create_table(
        "password_resets",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'reset_')", name=op.f("ck_password_resets_id_prefix")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    unused = sa.text("used_at is null")
    op.create_index("uq_password_resets_unused", "password_resets", ["user_id"], unique=True, postgresql_where=unused)
