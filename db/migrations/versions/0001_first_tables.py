"""Create the first tables: people, teams, products, seats, usage, sessions, tokens, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCOPES = (
    "'members:read', 'members:remove', 'emails:read', 'groups:read', 'pools:read', 'seats:read', "
    "'seats:assign', 'seats:unassign', 'seats:reassign', 'usage:read', 'history:read', 'audit:read'"
)

# A row of the audit log cannot be changed or deleted: an auditor need not trust every statement of the code above.
APPEND_ONLY = """
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% only ever appends', tg_table_name;
end $$;
"""
APPEND_ONLY_TRIGGER = """
create trigger append_only before update or delete on {table}
for each row execute function append_only();
"""
# An update closes an open period. A closed period cannot be changed, and no period can be deleted.
NEVER_DELETED = "create trigger never_deleted before delete on seat_history for each row execute function append_only()"
CLOSED_FOR_GOOD = """
create trigger closed_for_good before update on seat_history
for each row when (old.ended_at is not null) execute function append_only();
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "answers",
        sa.Column("actor", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("payload", postgresql.BYTEA(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_created_at"), "answers", ["created_at"], unique=False)
    op.create_table(
        "policies",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("hash = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name=op.f("ck_policies_hash")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_policies")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("team_id", sa.Text(collation="C"), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(collation="C"), nullable=True),
        sa.Column("token_id", sa.Text(collation="C"), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(collation="C"), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.CheckConstraint("actor_kind in ('anonymous', 'person', 'partner')", name=op.f("ck_audit_events_actor_kind")),
        sa.ForeignKeyConstraint(["policy_hash"], ["policies.hash"], name=op.f("fk_audit_events_policy_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_team_id_id"), "audit_events", ["team_id", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("team_id", sa.Text(collation="C"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_with(id, 'product_')", name=op.f("ck_products_id_prefix")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", postgresql.BYTEA(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("separation_of_duties", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'team_')", name=op.f("ck_teams_id_prefix")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'user_')", name=op.f("ck_users_id_prefix")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email_lower", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "groups",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("starts_with(id, 'group_')", name=op.f("ck_groups_id_prefix")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_groups_team_id")),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_groups")),
    )
    op.create_index(
        "uq_groups_team_id_name_lower", "groups", ["team_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "memberships",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role in ('user', 'software_coordinator', 'contract_manager')", name=op.f("ck_memberships_role")
        ),
        sa.CheckConstraint("starts_with(id, 'member_')", name=op.f("ck_memberships_id_prefix")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("id", name=op.f("uq_memberships_id")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    op.create_table(
        "partner_tokens",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("grantor_id", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'token_')", name=op.f("ck_partner_tokens_id_prefix")),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_partner_tokens_scopes_given")),
        sa.CheckConstraint(
            f'scopes <@ array[{SCOPES}] collate "C"',
            name=op.f("ck_partner_tokens_scopes"),
        ),
        sa.ForeignKeyConstraint(["grantor_id"], ["users.id"], name=op.f("fk_partner_tokens_grantor_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_partner_tokens_team_id")),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_partner_tokens")),
        sa.UniqueConstraint("id", name=op.f("uq_partner_tokens_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_partner_tokens_token_hash")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_with(id, 'release_')", name=op.f("ck_releases_id_prefix")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_releases_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("product_id", "name", name=op.f("uq_releases_product_id_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'session_')", name=op.f("ck_sessions_id_prefix")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_with(id, 'sub_')", name=op.f("ck_subscriptions_id_prefix")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_subscriptions_term")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_subscriptions_product_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_subscriptions_team_id")),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("team_id", "product_id", "id", name=op.f("uq_subscriptions_team_id_product_id_id")),
    )
    op.create_table(
        "group_members",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("group_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "group_id"],
            ["groups.team_id", "groups.id"],
            name=op.f("fk_group_members_team_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_group_members_team_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "group_id", "user_id", name=op.f("pk_group_members")),
    )
    op.create_index(op.f("ix_group_members_team_id_user_id"), "group_members", ["team_id", "user_id"], unique=False)
    op.create_table(
        "seats",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("subscription_id", sa.Text(collation="C"), nullable=False),
        sa.Column("holder_id", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_with(id, 'seat_')", name=op.f("ck_seats_id_prefix")),
        sa.CheckConstraint("(holder_id is null) = (assigned_at is null)", name=op.f("ck_seats_assigned")),
        sa.ForeignKeyConstraint(
            ["team_id", "holder_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_seats_team_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "product_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.product_id", "subscriptions.id"],
            name=op.f("fk_seats_team_id_product_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_seats")),
        sa.UniqueConstraint("id", name=op.f("uq_seats_id")),
        sa.UniqueConstraint("team_id", "id", "holder_id", name=op.f("uq_seats_team_id_id_holder_id")),
    )
    op.create_index(
        "ix_seats_available",
        "seats",
        ["team_id", "product_id", "id"],
        unique=False,
        postgresql_where=sa.text("holder_id is null"),
    )
    op.create_index(
        "ix_seats_holder_id",
        "seats",
        ["holder_id", "id"],
        unique=False,
        postgresql_where=sa.text("holder_id is not null"),
    )
    op.create_index(
        "uq_seats_holder",
        "seats",
        ["team_id", "product_id", "holder_id"],
        unique=True,
        postgresql_where=sa.text("holder_id is not null"),
    )
    op.create_table(
        "seat_history",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("seat_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("product_id", sa.Text(collation="C"), nullable=False),
        sa.Column("holder_id", sa.Text(collation="C"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name=op.f("ck_seat_history_ended")),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_seat_history_order")),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name=op.f("fk_seat_history_holder_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_seat_history_product_id")),
        sa.ForeignKeyConstraint(
            ["team_id", "seat_id"], ["seats.team_id", "seats.id"], name=op.f("fk_seat_history_team_id_seat_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "seat_id", "id", name=op.f("pk_seat_history")),
    )
    op.create_index(
        op.f("ix_seat_history_team_id_product_id_started_at"),
        "seat_history",
        ["team_id", "product_id", "started_at"],
        unique=False,
    )
    op.create_index(
        "uq_seat_history_open",
        "seat_history",
        ["team_id", "seat_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "seat_sources",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("seat_id", sa.Text(collation="C"), nullable=False),
        sa.Column("holder_id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint("(kind = 'group') = (group_id is not null)", name=op.f("ck_seat_sources_group")),
        sa.CheckConstraint("kind in ('direct', 'group', 'default')", name=op.f("ck_seat_sources_kind")),
        sa.ForeignKeyConstraint(
            ["team_id", "group_id"], ["groups.team_id", "groups.id"], name=op.f("fk_seat_sources_team_id_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "seat_id", "holder_id"],
            ["seats.team_id", "seats.id", "seats.holder_id"],
            name=op.f("fk_seat_sources_team_id_seat_id_holder_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_sources")),
        sa.UniqueConstraint(
            "team_id",
            "seat_id",
            "kind",
            "group_id",
            name=op.f("uq_seat_sources_team_id_seat_id_kind_group_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "seat_usage",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("seat_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_seat_usage_minutes")),
        sa.CheckConstraint("sessions > 0", name=op.f("ck_seat_usage_sessions")),
        sa.ForeignKeyConstraint(
            ["team_id", "seat_id"], ["seats.team_id", "seats.id"], name=op.f("fk_seat_usage_team_id_seat_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_seat_usage_user_id")),
        sa.PrimaryKeyConstraint("team_id", "seat_id", "user_id", "day", name=op.f("pk_seat_usage")),
    )
    op.execute(APPEND_ONLY)
    for table in ("audit_events", "policies"):
        op.execute(APPEND_ONLY_TRIGGER.format(table=table))
    op.execute(NEVER_DELETED)
    op.execute(CLOSED_FOR_GOOD)


def downgrade() -> None:
    """Downgrade to an empty database."""
    op.drop_table("seat_usage")
    op.drop_table("seat_sources")
    op.drop_index("uq_seat_history_open", table_name="seat_history", postgresql_where=sa.text("ended_at is null"))
    op.drop_index(op.f("ix_seat_history_team_id_product_id_started_at"), table_name="seat_history")
    op.drop_table("seat_history")
    op.drop_index("uq_seats_holder", table_name="seats", postgresql_where=sa.text("holder_id is not null"))
    op.drop_index("ix_seats_holder_id", table_name="seats", postgresql_where=sa.text("holder_id is not null"))
    op.drop_index("ix_seats_available", table_name="seats", postgresql_where=sa.text("holder_id is null"))
    op.drop_table("seats")
    op.drop_index(op.f("ix_group_members_team_id_user_id"), table_name="group_members")
    op.drop_table("group_members")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("releases")
    op.drop_table("partner_tokens")
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index("uq_groups_team_id_name_lower", table_name="groups")
    op.drop_table("groups")
    op.drop_index("uq_users_email_lower", table_name="users")
    op.drop_table("users")
    op.drop_table("teams")
    op.drop_table("sign_in_failures")
    op.drop_table("products")
    op.drop_table("events")
    op.drop_index(op.f("ix_audit_events_team_id_id"), table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("policies")
    op.drop_index(op.f("ix_answers_created_at"), table_name="answers")
    op.drop_table("answers")
    op.execute("drop function append_only()")
