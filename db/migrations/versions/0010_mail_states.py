"""Store what became of the mails of invitations and of answered requests for seats.

For mails that were sent or refused before, the audit log knows it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = "mail_state in ('queued', 'sent', 'refused', 'dropped')"
# The last outcome of each mail. An invitation that is sent again gets a new id, so at most a few rows have one target.
KNOWN = """
create temporary table known_mails on commit drop as
select distinct on (target_id) target_id, after ->> 'outcome' as state,
       case when after ->> 'outcome' = 'refused' then
           left(coalesce(regexp_replace(after ->> 'reason', '[[\\:cntrl\\:]]+', ' ', 'g'), ''), 500)
       end as reason
from audit_events
where action = 'mails:send' and after ->> 'outcome' in ('sent', 'refused', 'dropped')
order by target_id, id desc
"""
OF_INVITATIONS = """
update invitations i set mail_state = k.state, mail_reason = k.reason
from known_mails k where k.target_id = i.id and i.sent_at is null and k.state <> 'sent'
"""
OF_REQUESTS = """
update seat_requests r set mail_state = k.state, mail_reason = k.reason
from known_mails k where k.target_id = r.id and r.answered_at is not null
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    state = sa.Column("mail_state", sa.Text(), server_default="queued", nullable=False)
    op.add_column("invitations", state)
    op.add_column("seat_requests", sa.Column("mail_state", sa.Text(), nullable=True))
    for table in ("invitations", "seat_requests"):
        op.add_column(table, sa.Column("mail_reason", sa.Text(), nullable=True))
    op.execute("update invitations set mail_state = 'sent' where sent_at is not null")
    for statement in (KNOWN, OF_INVITATIONS, OF_REQUESTS):
        op.execute(statement)
    for table in ("invitations", "seat_requests"):
        op.create_check_constraint(op.f(f"ck_{table}_mail_state"), table, STATES)
        op.create_check_constraint(op.f(f"ck_{table}_mail_reason_length"), table, "char_length(mail_reason) <= 500")
    _check("invitations", "mail_sent", "(mail_state = 'sent') = (sent_at is not null)")
    _check("invitations", "mail_reason", "(mail_state = 'refused') = (mail_reason is not null)")
    _check("seat_requests", "mail", "mail_state is null or answered_at is not null")
    _check("seat_requests", "mail_reason", "(mail_state is not distinct from 'refused') = (mail_reason is not null)")


def downgrade() -> None:
    """Downgrade to revision 0009. The audit log still knows what became of the mails."""
    for table in ("invitations", "seat_requests"):
        op.drop_column(table, "mail_reason")
        op.drop_column(table, "mail_state")


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
