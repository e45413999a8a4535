"""The stored keys of names sort by the Unicode collation. They are renewed when they are old, and report collisions."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.core import migrate, text_renewal
from db.core.connection import Connection
from db.core.database import Database
from db.core.text_keys import TEXT_VERSION, person_keys, sort_key
from db.core.text_renewal import MARK, Renewal, renew
from tests.conftest import new_database
from tests.support.database import fetch, fetch_rows
from tests.support.locks import waiting
from tests.support.world import World

NAMES = ["adam", "Ádám", "Łęcki", "Lee", "Mueller", "Müller", "Novak", "Novák", "Öz", "Zweig", "Ολγα", "Ольга", "王"]
TEXTS = st.text(st.one_of(st.sampled_from("aAáÁ bBßłŁéÉ"), st.characters(codec="utf-8", exclude_characters="\0")))
# Two teams with names that count as equal. A version from before the rule made them.
OLD = (
    "insert into teams (id, name) values ('team_1', 'Lumen'), ('team_2', 'LÚMEN'), ('team_3', 'Other')",
    "insert into products (id, name, description) values ('product_1', 'Fusion', '')",
    """
insert into groups (team_id, id, name) values
    ('team_1', 'group_1', 'Équipe'), ('team_1', 'group_2', E'E\\u0301quipe'), ('team_1', 'group_3', E'Équipe\\u200b'),
    ('team_1', 'group_4', 'Design'), ('team_2', 'group_5', 'ÉQUIPE')
""",
    """
insert into users (id, email, first_name, last_name)
select 'user_' || n, n || '@tests.example', 'Ádám', 'Novák ' || n from generate_series(1, 3) n
""",
    """
insert into memberships (team_id, user_id, id, role, accepted_at)
select 'team_1', id, 'member_' || id, 'user', case when id = 'user_1' then now() end from users
""",
    """
insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at)
values ('team_1', 'invite_1', 'user_2', 'Éva@tests.example', 'Éva', 'Łęcki', 'user', '', now() + interval '1 day')
""",
)
FOLDS = "select id, name_fold from groups union all select id, name_fold from teams order by id"
PEOPLE = "select name_key, name_search, email_search, text_version from {} where id = $1"


@pytest.fixture
async def old(postgres: str) -> AsyncIterator[Database]:
    """A database with rows from before names had keys."""
    opened = Database(await new_database(postgres))
    await migrate.upgrade(opened, "0009")
    for statement in OLD:
        await fetch_rows(opened, statement)
    yield opened
    await opened.close()


async def person(database: Database, table: str, id_: str) -> dict[str, Any]:
    """The keys of an account or an invitation."""
    [row] = await fetch_rows(database, PEOPLE.format(table), id_)
    return dict(zip(("name_key", "name_search", "email_search", "text_version"), row, strict=True))


def test_keys_sort_by_the_unicode_collation() -> None:
    backwards = NAMES[::-1]
    assert sorted(backwards, key=sort_key) == NAMES


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_the_second_field_counts_only_if_the_first_are_equal(one: str, other: str, first: str, second: str) -> None:
    assert all(c in "0123456789abcdef" for c in sort_key(one, first))
    # U+FFFE, which joins fields, may itself be in a text.
    if one.isalpha() and other.isalpha() and sort_key(one)[:2] != sort_key(other)[:2]:
        assert (sort_key(one, first) < sort_key(other, second)) is (sort_key(one) < sort_key(other))
    assert (sort_key(one, first) == sort_key(one, second)) is (sort_key(first) == sort_key(second))


async def test_an_upgrade_makes_all_keys_and_names_the_groups_and_teams_that_collide(old: Database) -> None:
    renewal = await migrate.upgrade(old)
    assert renewal.rows == 13
    assert renewal.same_names == [
        ("group_2", "E\u0301quipe"),
        ("group_3", "Équipe\u200b"),
        ("team_2", "LÚMEN"),
    ]
    assert await fetch_rows(old, FOLDS) == [
        ("group_1", "equipe"),
        ("group_2", f"equipe{MARK}group_2"),
        ("group_3", f"equipe{MARK}group_3"),
        ("group_4", "design"),
        ("group_5", "equipe"),
        ("team_1", "lumen"),
        ("team_2", f"lumen{MARK}team_2"),
        ("team_3", "other"),
    ]
    assert await person(old, "users", "user_1") == person_keys("Ádám", "Novák 1", "1@tests.example")
    assert await person(old, "invitations", "invite_1") == person_keys("Éva", "Łęcki", "Éva@tests.example")
    keys = await fetch_rows(old, "select user_id, name_key from memberships order by user_id")
    assert keys == [("user_1", sort_key("Novák 1", "Ádám")), ("user_2", sort_key("Łęcki", "Éva")), ("user_3", "")]
    assert await fetch_rows(old, "select name_key, text_version from products") == [(sort_key("Fusion"), TEXT_VERSION)]
    names = [name for (name,) in await fetch_rows(old, "select name from groups order by id")]
    assert names == ["Équipe", "E\u0301quipe", "Équipe\u200b", "Design", "ÉQUIPE"]


async def test_a_second_renewal_changes_nothing_and_a_free_name_is_taken_back(old: Database) -> None:
    first = await migrate.upgrade(old)
    folds = await fetch_rows(old, FOLDS)
    assert await renew(old) == Renewal(0, first.same_names)
    assert await fetch_rows(old, FOLDS) == folds
    await fetch_rows(old, "delete from groups where id = 'group_1'")
    assert [one.id for one in (await renew(old)).same_names] == ["group_3", "team_2"]
    assert ("group_2", "equipe") in await fetch_rows(old, FOLDS)


async def test_keys_of_another_version_are_renewed_in_batches(old: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate.upgrade(old)
    for table in ("users", "invitations", "groups", "products", "teams"):
        await fetch_rows(old, f"update {table} set text_version = 'icu 1'")
    await fetch_rows(old, "update users set name_key = 'old', name_search = 'old', text_version = 'icu 1'")
    committed: list[int] = []
    commit = Connection.commit

    async def note(connection: Connection) -> None:
        committed.append(1)
        await commit(connection)

    monkeypatch.setattr(Connection, "commit", note)
    monkeypatch.setattr(text_renewal, "BATCH", 2)
    renewal = await renew(old)
    assert (renewal.rows, len(committed)) == (13, 9)
    for table in ("users", "invitations", "groups", "products", "teams"):
        assert set(await fetch_rows(old, f"select text_version from {table}")) == {(TEXT_VERSION,)}
    assert await person(old, "users", "user_2") == person_keys("Ádám", "Novák 2", "2@tests.example")
    [(key,)] = await fetch_rows(old, "select name_key from memberships where user_id = 'user_1'")
    assert key == sort_key("Novák 1", "Ádám")


async def test_a_renewal_waits_for_a_change_of_a_name(old: Database) -> None:
    await migrate.upgrade(old)
    await fetch_rows(old, "update users set text_version = ''")
    async with old.transaction() as one:
        await fetch(one, "update users set first_name = 'Zoë' where id = 'user_2'")
        async with waiting(one, renew(old)) as work:
            await one.commit()
            await work
    assert await person(old, "users", "user_2") == person_keys("Zoë", "Novák 2", "2@tests.example")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((table, column) for table in ("users", "invitations") for column in ("first_name", "last_name", "email")),
        *((table, "name") for table in ("groups", "teams", "products")),
    ],
)
async def test_a_name_that_is_changed_by_sql_is_renewed(own_world: World, table: str, column: str) -> None:
    team = await own_world.team()
    await own_world.invited_member(team)
    await own_world.group(team)
    await own_world.product()
    database = own_world.database
    changed = f"update {table} set {column} = {column} || 'é' where text_version <> '' returning id"
    ids = [id_ for (id_,) in await fetch_rows(database, changed)]
    versions = f"select text_version from {table} where id = any($1)"
    assert set(await fetch_rows(database, versions, ids)) == {("",)}
    assert (await renew(database)).rows == len(ids) > 0
    assert set(await fetch_rows(database, versions, ids)) == {(TEXT_VERSION,)}
    assert (await renew(database)).rows == 0
