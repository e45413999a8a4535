"""Store with each membership the two keys that order members by name, so that a page is a range of an index.

The names belong to the account, or to the open invitation while the membership is pending. Triggers write the keys
whenever one of the three tables changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEYS = ("last_name_key", "first_name_key")
INDEX = "ix_memberships_team_id_last_name_key_first_name_key_id"
FILL = """
update memberships m set last_name_key = lower(k.last_name), first_name_key = lower(k.first_name)
from (
    select o.id, case when o.accepted_at is null then coalesce(i.last_name, '') else u.last_name end as last_name,
           case when o.accepted_at is null then coalesce(i.first_name, '') else u.first_name end as first_name
    from memberships o
    join users u on u.id = o.user_id
    left join invitations i on o.accepted_at is null and i.team_id = o.team_id and i.user_id = o.user_id
        and i.accepted_at is null and i.revoked_at is null
) k
where k.id = m.id
"""

# The account is locked, so that nobody changes its names before the new key is visible to them. The lock is as strong
# as that of a change of the names: two transactions that each take a weaker lock, and then change the names, deadlock.
# Without an account, the foreign key reports the error.
MEMBERSHIP = """
create function set_name_keys() returns trigger language plpgsql as $$
begin
    if new.accepted_at is null then
        select lower(i.last_name), lower(i.first_name) into new.last_name_key, new.first_name_key from invitations i
        where i.team_id = new.team_id and i.user_id = new.user_id and i.accepted_at is null and i.revoked_at is null;
    else
        select lower(u.last_name), lower(u.first_name) into new.last_name_key, new.first_name_key from users u
        where u.id = new.user_id for no key update;
    end if;
    new.last_name_key := coalesce(new.last_name_key, '');
    new.first_name_key := coalesce(new.first_name_key, '');
    return new;
end $$
"""
# A pending membership is inserted before its invitation, and so without names.
MEMBERSHIP_TRIGGERS = (
    """
create trigger name_keys_of_new before insert on memberships
for each row when (new.accepted_at is not null) execute function set_name_keys()
""",
    """
create trigger name_keys_of_accepted before update of accepted_at on memberships
for each row execute function set_name_keys()
""",
)

# Pending memberships have other names. They are not locked: the person who accepts one waits for the account, while it
# holds the lock of the membership.
ACCOUNT = """
create function copy_account_names() returns trigger language plpgsql as $$
begin
    perform from memberships m join changed u on u.id = m.user_id
    where m.accepted_at is not null
      and (m.last_name_key, m.first_name_key) <> (lower(u.last_name), lower(u.first_name))
    order by m.user_id, m.team_id for no key update of m;
    if found then
        update memberships m set last_name_key = lower(u.last_name), first_name_key = lower(u.first_name)
        from changed u
        where m.user_id = u.id and m.accepted_at is not null
          and (m.last_name_key, m.first_name_key) <> (lower(u.last_name), lower(u.first_name));
    end if;
    return null;
end $$
"""
ACCOUNT_TRIGGER = """
create trigger name_keys after update on users
referencing new table as changed for each statement execute function copy_account_names()
"""

INVITED = """
create function copy_invited_names() returns trigger language plpgsql as $$
begin
    update memberships m set last_name_key = lower(i.last_name), first_name_key = lower(i.first_name)
    from changed i
    where m.team_id = i.team_id and m.user_id = i.user_id and m.accepted_at is null
      and i.accepted_at is null and i.revoked_at is null
      and (m.last_name_key, m.first_name_key) <> (lower(i.last_name), lower(i.first_name));
    return null;
end $$
"""
INVITED_TRIGGER = """
create trigger name_keys_of_new after insert on invitations
referencing new table as changed for each statement execute function copy_invited_names()
"""
# Row by row: these changes are rare, and the condition spares the updates that only note a mail.
CHANGED_INVITATION = """
create function copy_changed_names() returns trigger language plpgsql as $$
begin
    update memberships m set last_name_key = k.last_name_key, first_name_key = k.first_name_key
    from (
        select coalesce(min(lower(i.last_name)), '') as last_name_key,
               coalesce(min(lower(i.first_name)), '') as first_name_key
        from invitations i
        where i.team_id = old.team_id and i.user_id = old.user_id and i.accepted_at is null and i.revoked_at is null
    ) k
    where m.team_id = old.team_id and m.user_id = old.user_id and m.accepted_at is null
      and (m.last_name_key, m.first_name_key) <> (k.last_name_key, k.first_name_key);
    return null;
end $$
"""
CHANGED_INVITATION_TRIGGERS = (
    """
create trigger name_keys_of_changed after update on invitations for each row when (
    (old.last_name, old.first_name, old.accepted_at, old.revoked_at)
    is distinct from (new.last_name, new.first_name, new.accepted_at, new.revoked_at)
) execute function copy_changed_names()
""",
    """
create trigger name_keys_of_deleted after delete on invitations
for each row when (old.accepted_at is null and old.revoked_at is null) execute function copy_changed_names()
""",
)
FUNCTIONS = {
    "set_name_keys": (MEMBERSHIP, *MEMBERSHIP_TRIGGERS),
    "copy_account_names": (ACCOUNT, ACCOUNT_TRIGGER),
    "copy_invited_names": (INVITED, INVITED_TRIGGER),
    "copy_changed_names": (CHANGED_INVITATION, *CHANGED_INVITATION_TRIGGERS),
}


def upgrade() -> None:
    """Upgrade to this revision."""
    for key in KEYS:
        op.add_column("memberships", sa.Column(key, sa.Text(), server_default="", nullable=False))
    # Before the rows are filled: a transaction that changes a name meanwhile waits for the trigger.
    for statements in FUNCTIONS.values():
        for statement in statements:
            op.execute(statement)
    op.execute(FILL)
    op.create_index(op.f(INDEX), "memberships", ["team_id", *KEYS, "id"], unique=False)


def downgrade() -> None:
    """Downgrade to revision 0004. Members are sorted by the names themselves again."""
    for function in FUNCTIONS:
        op.execute(f"drop function {function} cascade")
    op.drop_index(op.f(INDEX), table_name="memberships")
    for key in KEYS:
        op.drop_column("memberships", key)
