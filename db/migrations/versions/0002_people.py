"""Add invitations, the products that groups and teams give, the waiting list, and seat requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCOPES = (
    "'members:read', 'members:invite', 'members:import', 'members:change_role', 'members:remove', "
    "'invitations:resend', 'invitations:revoke', 'emails:read', 'groups:read', 'groups:create', "
    "'groups:update', 'groups:delete', 'groups:assign', 'defaults:set', 'pools:read', 'seats:read', "
    "'seats:assign', 'seats:unassign', 'seats:reassign', 'requests:read', 'requests:answer', "
    "'usage:read', 'history:read', 'audit:read'"
)
SCOPES_BEFORE = (
    "'members:read', 'members:remove', 'emails:read', 'groups:read', 'pools:read', 'seats:read', "
    "'seats:assign', 'seats:unassign', 'seats:reassign', 'usage:read', 'history:read', 'audit:read'"
)

FREE_PENDING = """
with held as (
    select s.team_id, s.id from seats s
    join memberships m on m.team_id = s.team_id and m.user_id = s.holder_id
    where m.accepted_at is null
), dropped as (
    delete from seat_sources d using held where d.team_id = held.team_id and d.seat_id = held.id
), closed as (
    update seat_history h set ended_at = clock_timestamp(), ended_by = h.started_by
    from held where h.team_id = held.team_id and h.seat_id = held.id and h.ended_at is null
)
update seats s set holder_id = null, assigned_at = null
from held where s.team_id = held.team_id and s.id = held.id
"""
# A token keeps the scopes that revision 0001 knows. A token that has none of them is deleted.
NARROW_TOKENS = (
    'delete from partner_tokens where not scopes && array[{known}] collate "C"',
    "update partner_tokens set scopes = array(select s from unnest(scopes) s where s = any(array[{known}]))",
)


def upgrade() -> None:
    """Upgrade to this revision."""
    # All members so far have accepted their membership. The default of the column is for new members.
    op.add_column("memberships", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update memberships set accepted_at = created_at")
    op.alter_column("memberships", "accepted_at", server_default=sa.text("now()"))
    _scopes(SCOPES)
    op.create_table(
        "default_products",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("set_by", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_default_products_product_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_default_products_team_id")),
        sa.PrimaryKeyConstraint("team_id", "product_id", name=op.f("pk_default_products")),
    )
    op.create_table(
        "group_products",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("group_id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("given_by", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_group_products_product_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "group_id"], ["groups.team_id", "groups.id"], name=op.f("fk_group_products_team_id_group_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "group_id", "product_id", name=op.f("pk_group_products")),
    )
    op.create_table(
        "invitations",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("invited_by", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('user', 'software_coordinator', 'contract_manager')", name=op.f("ck_invitations_role")
        ),
        sa.CheckConstraint("starts_with(id, 'invite_')", name=op.f("ck_invitations_id_prefix")),
        sa.CheckConstraint("accepted_at is null or revoked_at is null", name=op.f("ck_invitations_ended_once")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_invitations_term")),
        sa.CheckConstraint("sent_at is null or token_hash is not null", name=op.f("ck_invitations_sent")),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_invitations_team_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("id", name=op.f("uq_invitations_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["team_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and revoked_at is null"),
    )
    op.create_table(
        "seat_requests",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(collation="C"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (answered_at is null)", name=op.f("ck_seat_requests_answered")),
        sa.CheckConstraint("starts_with(id, 'request_')", name=op.f("ck_seat_requests_id_prefix")),
        sa.CheckConstraint("state in ('open', 'granted', 'denied', 'withdrawn')", name=op.f("ck_seat_requests_state")),
        sa.CheckConstraint("(answered_at is null) = (answered_by is null)", name=op.f("ck_seat_requests_answered_by")),
        sa.CheckConstraint("answer is null or answered_at is not null", name=op.f("ck_seat_requests_answer")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_seat_requests_product_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_seat_requests_team_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_seat_requests")),
        sa.UniqueConstraint("id", name=op.f("uq_seat_requests_id")),
    )
    op.create_index(op.f("ix_seat_requests_team_id_user_id"), "seat_requests", ["team_id", "user_id"], unique=False)
    op.create_index(
        "uq_seat_requests_open",
        "seat_requests",
        ["team_id", "product_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "waits",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(collation="C"), nullable=True),
        sa.Column("queued_by", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'group') = (group_id is not null)", name=op.f("ck_waits_group")),
        sa.CheckConstraint("kind in ('direct', 'group', 'default')", name=op.f("ck_waits_kind")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_waits_product_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "group_id"], ["groups.team_id", "groups.id"], name=op.f("fk_waits_team_id_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_waits_team_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_waits")),
        sa.UniqueConstraint(
            "team_id",
            "product_id",
            "user_id",
            "kind",
            "group_id",
            name=op.f("uq_waits_team_id_product_id_user_id_kind_group_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_waits_team_id_product_id_id"), "waits", ["team_id", "product_id", "id"], unique=False)
    op.create_index(op.f("ix_waits_team_id_user_id"), "waits", ["team_id", "user_id"], unique=False)


def downgrade() -> None:
    """Downgrade to revision 0001.

    There, a person who has not accepted the membership would be a member. So these memberships are deleted, and their
    seats become available.
    """
    op.drop_index(op.f("ix_waits_team_id_user_id"), table_name="waits")
    op.drop_index(op.f("ix_waits_team_id_product_id_id"), table_name="waits")
    op.drop_table("waits")
    op.drop_index("uq_seat_requests_open", table_name="seat_requests", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_seat_requests_team_id_user_id"), table_name="seat_requests")
    op.drop_table("seat_requests")
    op.drop_index(
        "uq_invitations_open",
        table_name="invitations",
        postgresql_where=sa.text("accepted_at is null and revoked_at is null"),
    )
    op.drop_table("invitations")
    op.drop_table("group_products")
    op.drop_table("default_products")
    op.execute(FREE_PENDING)
    op.execute("delete from memberships where accepted_at is null")
    for statement in NARROW_TOKENS:
        op.execute(statement.format(known=SCOPES_BEFORE))
    _scopes(SCOPES_BEFORE)
    op.drop_column("memberships", "accepted_at")


def _scopes(known: str) -> None:
    name = op.f("ck_partner_tokens_scopes")
    op.drop_constraint(name, "partner_tokens", type_="check")
    op.create_check_constraint(name, "partner_tokens", f'scopes <@ array[{known}] collate "C"')
