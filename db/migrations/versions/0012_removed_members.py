"""Keep which people were removed from a team, so that an import does not invite them again unless it is asked to.

The people who were removed before are found in the audit log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FILL = """
insert into removed_members (team_id, user_id, removed_at)
select e.team_id, r.user_id, max(e.at)
from audit_events e
cross join lateral (
    select jsonb_array_elements_text(e.after -> 'removed') as user_id where e.action = 'members:remove'
    union all
    select e.before ->> 'user' where e.action = 'invitations:revoke'
) r
join teams t on t.id = e.team_id
join users u on u.id = r.user_id
where e.action in ('members:remove', 'invitations:revoke')
  and not exists (select from memberships m where m.team_id = e.team_id and m.user_id = r.user_id)
group by e.team_id, r.user_id
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "removed_members",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_removed_members_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_removed_members_user_id")),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_removed_members")),
    )
    op.execute(FILL)


def downgrade() -> None:
    """Downgrade to revision 0011. Imports invite removed people again."""
    op.drop_table("removed_members")
