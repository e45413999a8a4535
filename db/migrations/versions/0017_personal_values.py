"""Store apart from the audit log and the events what identifies people, so that it can be erased with an account.

The entries and events from before get the same form: names, external ids, notes and answers move to `audit_people`. An
entry cannot be changed otherwise, so the trigger is off during the migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LIVE_ID = "uq_users_live_id"
MEMBER_KEY = "fk_memberships_user_id"
ERASED = (
    "deleted_at is null or (email = id and first_name = '' and last_name = '' and num_nonnulls(password_hash, "
    "email_verified_at) = 0)"
)
# Only an erasure changes a row, and nothing deletes one.
ERASED_ONLY = """
create function erased_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null
        and (new.audit_id, new.user_id) = (old.audit_id, old.user_id)
    then
        return new;
    end if;
    raise exception '% can only be erased', tg_table_name;
end $$
"""
ERASED_ONLY_TRIGGER = """
create trigger erased_only before update or delete on audit_people for each row execute function erased_only()
"""
# The values of one person in an entry, by their name in it.
KEYS = "array['name', 'externalId', 'note', 'answer']"
ABOUT_ONE = "'members:update', 'members:import', 'requests:create', 'requests:answer'"
ABOUT_MANY = "'members:invite', 'members:import'"
# The tables with such values: the column that has them after the change, and the column with the action.
TABLES = {"audit_events": ("after", "action"), "events": ("payload", "kind")}


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "audit_people",
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nulls(before, after) = case when erased_at is null then 0 else 2 end",
            name=op.f("ck_audit_people_erased"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_events.id"], name=op.f("fk_audit_people_audit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_people_user_id")),
        sa.PrimaryKeyConstraint("audit_id", "user_id", name=op.f("pk_audit_people")),
    )
    op.create_index(op.f("ix_audit_people_user_id"), "audit_people", ["user_id"], unique=False)
    _move_values()
    op.execute(ERASED_ONLY)
    op.execute(ERASED_ONLY_TRIGGER)
    _let_accounts_be_deleted()


def downgrade() -> None:
    """Downgrade to revision 0016. The values that identify people in the audit log are lost."""
    op.drop_constraint(op.f(MEMBER_KEY), "memberships", type_="foreignkey")
    op.create_foreign_key(op.f(MEMBER_KEY), "memberships", "users", ["user_id"], ["id"])
    op.drop_constraint(op.f("ck_users_erased"), "users", type_="check")
    for column in ("live_id", "deleted_at"):
        op.drop_column("users", column)
    op.drop_table("audit_people")
    op.execute("drop function erased_only")


def _move_values() -> None:
    about_one, about_many = _about_one("after", "action"), _about_many("after", "action")
    op.execute(f"""
insert into audit_people (audit_id, user_id, before, after)
select e.id, u.id, {_personal("before")}, {_personal("after")}
from audit_events e join users u on u.id = e.after ->> 'user'
where {about_one} and {_personal("after")} <> '{{}}'
""")  # noqa: S608 - all parts are constants
    op.execute(f"""
insert into audit_people (audit_id, user_id, before, after)
select e.id, u.id, '{{}}', jsonb_build_object('externalId', given.value)
from audit_events e cross join jsonb_each(e.after -> 'externalIds') as given join users u on u.id = given.key
where {about_many}
""")  # noqa: S608
    op.execute("alter table audit_events disable trigger append_only")
    op.execute(f"update audit_events set before = before - {KEYS} where {about_one}")  # noqa: S608
    for table, (column, action) in TABLES.items():
        _strip(table, column, _about_one(column, action), _about_many(column, action))
    op.execute("alter table audit_events enable trigger append_only")


def _strip(table: str, column: str, about_one: str, about_many: str) -> None:
    """Leave only the names of the values in the entries or the events."""
    op.execute(f"""
update {table} set {column} = ({column} - {KEYS}) || case when {_personal(column)} = '{{}}' then '{{}}' else
    jsonb_build_object('personal', (select jsonb_agg(key order by key) from jsonb_each({_personal(column)})))
end
where {about_one}
""")  # noqa: S608
    op.execute(f"""
update {table} set {column} = ({column} - 'externalIds') || jsonb_build_object(
    'personal', jsonb_build_array('externalId'),
    'users', (select jsonb_agg(key order by key) from jsonb_each({column} -> 'externalIds'))
)
where {about_many}
""")  # noqa: S608


def _about_one(column: str, action: str) -> str:
    return f"{action} in ({ABOUT_ONE}) and {column} ? 'user' and {column} ?| {KEYS}"


def _about_many(column: str, action: str) -> str:
    return f"{action} in ({ABOUT_MANY}) and jsonb_typeof({column} -> 'externalIds') = 'object'"


def _personal(column: str) -> str:
    """The values in this column that identify the person. An external id is null if it was taken away."""
    return f"""(
        select coalesce(jsonb_object_agg(key, value), '{{}}') from jsonb_each({column})
        where key = any({KEYS}) and (value <> 'null' or key = 'externalId')
    )"""  # noqa: S608


def _let_accounts_be_deleted() -> None:
    op.add_column("users", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    # Written as PostgreSQL writes it, so that the test that compares the tables with their declaration can tell.
    computed = sa.Computed("case when deleted_at is null then id else null::text end", persisted=True)
    op.add_column("users", sa.Column("live_id", sa.Text(collation="C"), computed, nullable=True))
    op.create_unique_constraint(op.f(LIVE_ID), "users", ["live_id"])
    op.create_check_constraint(op.f("ck_users_erased"), "users", ERASED)
    op.drop_constraint(op.f(MEMBER_KEY), "memberships", type_="foreignkey")
    op.create_foreign_key(op.f(MEMBER_KEY), "memberships", "users", ["user_id"], ["live_id"])
