"""Bind partner tokens to the membership of their grantor, and pause between mails to one address.

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


def downgrade() -> None:
    """Downgrade to revision 0005. Removed members' tokens are no longer revoked; those that were revoked stay so."""
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
