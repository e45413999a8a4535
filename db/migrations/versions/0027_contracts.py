"""Give every subscription a contract, a chain of terms, and a version; let seats be retired.

The subscriptions from before get one contract for each team, in euros and without a price, because nobody has told
Usher another one. They do not renew themselves, as before. Days outside of the years 2 to 9998, in which a subscription
may lie from now on, become the nearest day of these years; a downgrade leaves them so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Usher accepted any day before, such as 9999-12-31 for a subscription without an end. The driver stores the first and
# the last day that Python has as infinite ones, which cannot be subtracted.
DAYS = """
update subscriptions
set starts_on = least(greatest(starts_on, date '0002-01-01'), date '9998-12-31'),
    ends_on = least(greatest(ends_on, date '0002-01-01'), date '9998-12-31')
where starts_on < date '0002-01-01' or ends_on > date '9998-12-31'
"""
CONTRACTS = """
insert into contracts (team_id, id, currency, contact_id)
select s.team_id, 'contract_' || split_part(s.team_id, '_', 2), 'EUR',
       (select m.user_id from memberships m
        where m.team_id = s.team_id and m.role = 'contract_manager' and m.accepted_at is not null
        order by m.accepted_at, m.user_id limit 1)
from (select distinct team_id from subscriptions) s order by s.team_id
"""
CONTRACT_TEAMS = "insert into contract_teams (team_id, contract_id) select team_id, id from contracts"
# The length of the next term: that of the first in months, or as near as months come.
SUBSCRIPTIONS = """
update subscriptions s set contract_id = c.id, currency = c.currency, grace_days = c.grace_days,
    months = least(greatest(round((s.ends_on - s.starts_on + 1) / 30.436875), 1), 120)
from contracts c where c.team_id = s.team_id
"""
TERMS = """
insert into subscription_terms (team_id, subscription_id, n, starts_on, ends_on, anchor_on, step, months, unit_price)
select team_id, id, 1, starts_on, ends_on, starts_on, 0,
       case when cast(starts_on + make_interval(months => months) as date) - 1 = ends_on then months end, 0
from subscriptions
"""
SCOPES = "ck_partner_tokens_scopes"
NEW_SCOPES = "'contracts:read', 'contracts:amend', 'orders:read'"
SCOPES_BEFORE = (
    "'members:read', 'members:invite', 'members:import', 'members:update', 'members:change_role', 'members:remove', "
    "'invitations:resend', 'invitations:revoke', 'emails:read', 'groups:read', 'groups:create', "
    "'groups:update', 'groups:delete', 'groups:assign', 'defaults:set', 'pools:read', 'seats:read', "
    "'seats:assign', 'seats:unassign', 'seats:reassign', 'requests:read', 'requests:answer', "
    "'usage:read', 'history:read', 'audit:read'"
)
NARROW_TOKENS = (
    f'delete from partner_tokens where scopes <@ array[{NEW_SCOPES}] collate "C"',  # noqa: S608 - a constant
    f"""
update partner_tokens
set scopes = array(select scope from unnest(scopes) with ordinality as s (scope, place)
                   where scope <> all(array[{NEW_SCOPES}]) order by place)
where scopes && array[{NEW_SCOPES}] collate "C"
""",  # noqa: S608
)
NEW_COLUMNS = ("contract_id", "currency", "grace_days", "last_term", "held_until", "months", "auto_renew", "version")
FILLED = ("contract_id", "currency", "grace_days", "months")


def upgrade() -> None:
    """Upgrade to this revision."""
    op.execute(DAYS)
    _create_contracts()
    _widen_subscriptions()
    _create_terms()
    _retire_seats()
    _set_scopes(SCOPES_BEFORE.replace("'audit:read'", f"{NEW_SCOPES}, 'audit:read'"))


def downgrade() -> None:
    """Downgrade to revision 0026. The contracts are lost. Seats that were given up can be assigned again.

    Tokens lose the scopes of contracts and orders, and a token without any other scope is deleted.
    """
    for statement in NARROW_TOKENS:
        op.execute(statement)
    _set_scopes(SCOPES_BEFORE)
    op.drop_index("ix_seats_available", table_name="seats")
    op.drop_constraint(op.f("ck_seats_retired"), "seats", type_="check")
    op.drop_column("seats", "retired_at")
    op.create_index(
        "ix_seats_available",
        "seats",
        ["team_id", "product_id", "id"],
        postgresql_where=sa.text("holder_id is null"),
    )
    op.drop_constraint(op.f("fk_subscriptions_team_id_id_last_term_ends_on"), "subscriptions", type_="foreignkey")
    op.drop_table("scheduled_changes")
    op.drop_table("subscription_terms")
    op.drop_constraint(op.f("uq_subscriptions_id"), "subscriptions", type_="unique")
    for column in reversed(NEW_COLUMNS):
        op.drop_column("subscriptions", column)
    op.drop_constraint(op.f("fk_contracts_id_team_id"), "contracts", type_="foreignkey")
    op.drop_table("contract_teams")
    op.drop_table("contracts")


def _create_contracts() -> None:
    op.create_table(
        "contracts",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(collation="C"), nullable=True),
        sa.Column("grace_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tax_rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_contracts_currency")),
        sa.CheckConstraint("starts_with(id, 'contract_')", name=op.f("ck_contracts_id_prefix")),
        sa.CheckConstraint("grace_days between 0 and 90", name=op.f("ck_contracts_grace_days")),
        sa.CheckConstraint("tax_rate between 0 and 10000", name=op.f("ck_contracts_tax_rate")),
        sa.ForeignKeyConstraint(
            ["team_id", "contact_id"],
            ["memberships.team_id", "memberships.user_id"],
            name=op.f("fk_contracts_team_id_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("id", "currency", "grace_days", name=op.f("uq_contracts_id_currency_grace_days")),
        sa.UniqueConstraint("id", name=op.f("uq_contracts_id")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
        sa.UniqueConstraint("team_id", "id", "currency", name=op.f("uq_contracts_team_id_id_currency")),
    )
    op.create_table(
        "contract_teams",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contract_id", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_teams_contract_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_contract_teams_team_id")),
        sa.PrimaryKeyConstraint("team_id", "contract_id", name=op.f("pk_contract_teams")),
        sa.UniqueConstraint("contract_id", "team_id", name=op.f("uq_contract_teams_contract_id_team_id")),
    )
    op.execute(CONTRACTS)
    op.execute(CONTRACT_TEAMS)
    op.create_foreign_key(
        op.f("fk_contracts_id_team_id"),
        "contracts",
        "contract_teams",
        ["id", "team_id"],
        ["contract_id", "team_id"],
        initially="DEFERRED",
        deferrable=True,
    )


def _widen_subscriptions() -> None:
    op.add_column("subscriptions", sa.Column("contract_id", sa.Text(collation="C"), nullable=True))
    op.add_column("subscriptions", sa.Column("currency", sa.Text(), nullable=True))
    op.add_column("subscriptions", sa.Column("grace_days", sa.Integer(), nullable=True))
    op.add_column("subscriptions", sa.Column("last_term", sa.Integer(), server_default="1", nullable=False))
    op.add_column("subscriptions", sa.Column("months", sa.Integer(), nullable=True))
    op.add_column("subscriptions", sa.Column("auto_renew", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("subscriptions", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.execute(SUBSCRIPTIONS)
    for column in FILLED:
        op.alter_column("subscriptions", column, nullable=False)
    op.add_column(
        "subscriptions",
        sa.Column("held_until", sa.Date(), sa.Computed("ends_on + grace_days", persisted=True), nullable=False),
    )
    op.create_check_constraint(op.f("ck_subscriptions_months"), "subscriptions", "months between 1 and 120")
    op.create_index(op.f("ix_subscriptions_contract_id_id"), "subscriptions", ["contract_id", "id"], unique=False)
    op.create_unique_constraint(op.f("uq_subscriptions_id"), "subscriptions", ["id"])
    op.create_foreign_key(
        op.f("fk_subscriptions_team_id_contract_id"),
        "subscriptions",
        "contract_teams",
        ["team_id", "contract_id"],
        ["team_id", "contract_id"],
    )
    op.create_foreign_key(
        op.f("fk_subscriptions_contract_id_currency_grace_days"),
        "subscriptions",
        "contracts",
        ["contract_id", "currency", "grace_days"],
        ["id", "currency", "grace_days"],
        onupdate="CASCADE",
    )


def _create_terms() -> None:
    op.create_table(
        "subscription_terms",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("subscription_id", sa.Text(collation="C"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("previous_ends_on", sa.Date(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(n = 1) = (previous_ends_on is null)", name=op.f("ck_subscription_terms_first")),
        sa.CheckConstraint(
            "ends_on = cast(anchor_on + make_interval(months => step + months) as date) - 1",
            name=op.f("ck_subscription_terms_end"),
        ),
        sa.CheckConstraint("months between 1 and 120", name=op.f("ck_subscription_terms_months")),
        sa.CheckConstraint("months is not null or n = 1", name=op.f("ck_subscription_terms_whole_months")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_subscription_terms_order")),
        sa.CheckConstraint("starts_on = previous_ends_on + 1", name=op.f("ck_subscription_terms_no_gap")),
        sa.CheckConstraint(
            "step >= 0 and starts_on = cast(anchor_on + make_interval(months => step) as date)",
            name=op.f("ck_subscription_terms_start"),
        ),
        sa.CheckConstraint("unit_price between 0 and 1000000000000", name=op.f("ck_subscription_terms_unit_price")),
        sa.ForeignKeyConstraint(
            ["team_id", "subscription_id", "previous_ends_on"],
            ["subscription_terms.team_id", "subscription_terms.subscription_id", "subscription_terms.ends_on"],
            name=op.f("fk_subscription_terms_team_id_subscription_id_previous_ends_on"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.id"],
            name=op.f("fk_subscription_terms_team_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "subscription_id", "n", name=op.f("pk_subscription_terms")),
        sa.UniqueConstraint(
            "team_id", "subscription_id", "ends_on", name=op.f("uq_subscription_terms_team_id_subscription_id_ends_on")
        ),
        sa.UniqueConstraint(
            "team_id",
            "subscription_id",
            "n",
            "ends_on",
            name=op.f("uq_subscription_terms_team_id_subscription_id_n_ends_on"),
        ),
    )
    op.execute(TERMS)
    op.create_foreign_key(
        op.f("fk_subscriptions_team_id_id_last_term_ends_on"),
        "subscriptions",
        "subscription_terms",
        ["team_id", "id", "last_term", "ends_on"],
        ["team_id", "subscription_id", "n", "ends_on"],
        initially="DEFERRED",
        deferrable=True,
    )
    op.create_table(
        "scheduled_changes",
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("subscription_id", sa.Text(collation="C"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seat_ids", sa.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("scheduled_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (ended_at is null)", name=op.f("ck_scheduled_changes_ended")),
        sa.CheckConstraint("starts_with(id, 'change_')", name=op.f("ck_scheduled_changes_id_prefix")),
        sa.CheckConstraint("state in ('pending', 'applied', 'cancelled')", name=op.f("ck_scheduled_changes_state")),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name=op.f("ck_scheduled_changes_ended_by")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_scheduled_changes_seats")),
        sa.ForeignKeyConstraint(
            ["team_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.id"],
            name=op.f("fk_scheduled_changes_team_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "id", name=op.f("pk_scheduled_changes")),
        sa.UniqueConstraint("id", name=op.f("uq_scheduled_changes_id")),
    )
    op.create_index(
        "uq_scheduled_changes_pending",
        "scheduled_changes",
        ["team_id", "subscription_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )


def _retire_seats() -> None:
    op.add_column("seats", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_seats_retired"), "seats", "holder_id is null or retired_at is null")
    op.drop_index("ix_seats_available", table_name="seats")
    op.create_index(
        "ix_seats_available",
        "seats",
        ["team_id", "product_id", "subscription_id", "id"],
        unique=False,
        postgresql_where=sa.text("holder_id is null and retired_at is null"),
    )


def _set_scopes(known: str) -> None:
    op.drop_constraint(op.f(SCOPES), "partner_tokens", type_="check")
    op.create_check_constraint(op.f(SCOPES), "partner_tokens", f'scopes <@ array[{known}] collate "C"')
