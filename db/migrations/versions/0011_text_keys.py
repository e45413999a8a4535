"""Store how names sort by the Unicode collation, and the folded texts by which they are found and compared.

Python makes these texts (`db.core.text_keys`), so this revision only adds the columns. `migrate.upgrade` then fills
them, and `usher db renew-text` does it again after a new version of ICU. Names that count as equal now, and did not
before, stay: the younger group or team gets a folded text of its own, and both commands list it.

A name that is changed by SQL keeps its old keys. A trigger then empties their version, so that they are renewed.
"""

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

C = sa.Text(collation="C")
OF_PERSON = ("name_key", "name_search", "email_search", "text_version")
# The columns that Python makes, by table, and the columns that they are made from. A `name_fold` is unique, and null
# until it is made.
MADE = {
    "users": (OF_PERSON, ("first_name", "last_name", "email")),
    "invitations": (OF_PERSON, ("first_name", "last_name", "email")),
    "groups": (("name_key", "name_fold", "text_version"), ("name",)),
    "products": (("name_key", "text_version"), ("name",)),
    "teams": (("name_fold", "text_version"), ("name",)),
}
INDEXES = {
    "ix_memberships_team_id_name_key_id": ("memberships", ["team_id", "name_key", "id"]),
    "ix_groups_team_id_name_key_id": ("groups", ["team_id", "name_key", "id"]),
    "ix_products_name_key_id": ("products", ["name_key", "id"]),
}
OLD_INDEX = "ix_memberships_team_id_last_name_key_first_name_key_id"
OLD_UNIQUE = "uq_groups_team_id_name_lower"

# The account is locked, so that nobody changes its names before the new key is visible to them. The lock is as strong
# as that of a change of the names: two transactions that each take a weaker lock, and then change the names, deadlock.
# Without an account, the foreign key reports the error.
MEMBERSHIP = """
create function set_name_keys() returns trigger language plpgsql as $$
begin
    if new.accepted_at is null then
        select i.name_key into new.name_key from invitations i
        where i.team_id = new.team_id and i.user_id = new.user_id and i.accepted_at is null and i.revoked_at is null;
    else
        select u.name_key into new.name_key from users u
        where u.id = new.user_id for no key update;
    end if;
    new.name_key := coalesce(new.name_key, '');
    return new;
end $$
"""
# Pending memberships have other names. They are not locked: the person who accepts one waits for the account, while it
# holds the lock of the membership.
ACCOUNT = """
create function copy_account_names() returns trigger language plpgsql as $$
begin
    perform from memberships m join changed u on u.id = m.user_id
    where m.accepted_at is not null and m.name_key <> u.name_key
    order by m.user_id, m.team_id for no key update of m;
    if found then
        update memberships m set name_key = u.name_key
        from changed u
        where m.user_id = u.id and m.accepted_at is not null and m.name_key <> u.name_key;
    end if;
    return null;
end $$
"""
INVITED = """
create function copy_invited_names() returns trigger language plpgsql as $$
begin
    update memberships m set name_key = i.name_key
    from changed i
    where m.team_id = i.team_id and m.user_id = i.user_id and m.accepted_at is null
      and i.accepted_at is null and i.revoked_at is null and m.name_key <> i.name_key;
    return null;
end $$
"""
CHANGED_INVITATION = """
create function copy_changed_names() returns trigger language plpgsql as $$
begin
    update memberships m set name_key = k.name_key
    from (
        select coalesce(min(i.name_key), '') as name_key from invitations i
        where i.team_id = old.team_id and i.user_id = old.user_id and i.accepted_at is null and i.revoked_at is null
    ) k
    where m.team_id = old.team_id and m.user_id = old.user_id and m.accepted_at is null and m.name_key <> k.name_key;
    return null;
end $$
"""
CHANGED_INVITATION_TRIGGER = """
create trigger name_keys_of_changed after update on invitations for each row when (
    (old.name_key, old.accepted_at, old.revoked_at) is distinct from (new.name_key, new.accepted_at, new.revoked_at)
) execute function copy_changed_names()
"""
NOTE_OLD = """
create function note_old_text_keys() returns trigger language plpgsql as $$
begin
    new.text_version := '';
    return new;
end $$
"""
NOTE_OLD_TRIGGER = """
create trigger old_text_keys before update on {table} for each row
when (({old_names}) is distinct from ({new_names}) and ({old_made}) is not distinct from ({new_made}))
execute function note_old_text_keys()
"""
FOLLOWING = ("set_name_keys", "copy_account_names", "copy_invited_names", "copy_changed_names", "note_old_text_keys")


def upgrade() -> None:
    """Upgrade to this revision."""
    _remove_lowered_names()
    for table, (made, names) in MADE.items():
        for column in made:
            unique = column == "name_fold"
            op.add_column(table, sa.Column(column, C, server_default=None if unique else "", nullable=unique))
        fields = {"old_names": names, "new_names": names, "old_made": made, "new_made": made}
        rows = {name: ", ".join(f"{name[:3]}.{column}" for column in columns) for name, columns in fields.items()}
        if table == "users":
            op.execute(NOTE_OLD)
        op.execute(NOTE_OLD_TRIGGER.format(table=table, **rows))
    op.add_column("memberships", sa.Column("name_key", C, server_default="", nullable=False))
    _copy_names([MEMBERSHIP, ACCOUNT, INVITED, CHANGED_INVITATION], CHANGED_INVITATION_TRIGGER)
    for index, (table, columns) in INDEXES.items():
        op.create_index(op.f(index), table, columns, unique=False)
    op.create_unique_constraint(op.f("uq_groups_team_id_name_fold"), "groups", ["team_id", "name_fold"])
    op.create_unique_constraint(op.f("uq_teams_name_fold"), "teams", ["name_fold"])


def downgrade() -> None:
    """Downgrade to revision 0010. Names are compared and sorted in lower case again.

    Fails if names of groups that differ in a folded text are equal in lower case.
    """
    for function in FOLLOWING:
        op.execute(f"drop function {function} cascade")
    for index, (table, _) in INDEXES.items():
        op.drop_index(op.f(index), table_name=table)
    for table, (made, _) in MADE.items():
        for column in made:
            op.drop_column(table, column)
    op.drop_column("memberships", "name_key")
    before = _revision_0005()
    for key in before.KEYS:
        op.add_column("memberships", sa.Column(key, sa.Text(), server_default="", nullable=False))
    functions = [before.MEMBERSHIP, before.ACCOUNT, before.INVITED, before.CHANGED_INVITATION]
    _copy_names(functions, before.CHANGED_INVITATION_TRIGGERS[0])
    op.execute(before.FILL)
    op.create_index(op.f(OLD_INDEX), "memberships", ["team_id", *before.KEYS, "id"], unique=False)
    op.create_index(OLD_UNIQUE, "groups", ["team_id", sa.literal_column("lower(name)")], unique=True)


def _remove_lowered_names() -> None:
    for function in FOLLOWING[:-1]:
        op.execute(f"drop function {function} cascade")
    op.drop_index(op.f(OLD_INDEX), table_name="memberships")
    op.drop_index(OLD_UNIQUE, table_name="groups")
    for key in _revision_0005().KEYS:
        op.drop_column("memberships", key)


def _copy_names(functions: list[str], of_changed_invitation: str) -> None:
    """Create these functions, and the triggers of revision 0005 that call them."""
    before = _revision_0005()
    triggers = (
        *before.MEMBERSHIP_TRIGGERS,
        before.ACCOUNT_TRIGGER,
        before.INVITED_TRIGGER,
        of_changed_invitation,
        before.CHANGED_INVITATION_TRIGGERS[1],
    )
    for statement in (*functions, *triggers):
        op.execute(statement)


def _revision_0005() -> Any:
    # The name of the module begins with a number.
    return import_module("db.migrations.versions.0005_name_keys")
