"""The keys that order members by name: triggers keep them equal to those of the accounts or invitations.

What the keys mean does not matter to the triggers, so some tests write other texts.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from db.core import ids
from db.core.connection import DatabaseError
from db.core.database import Database
from db.core.text_keys import sort_key
from db.invitations import bulk_invitations, invitations
from db.invitations.bulk_invitations import Newcomer
from db.people import members, users
from domain.roles import Role
from tests.support.database import fetch, fetch_rows
from tests.support.locks import lock, unlocked, waiting
from tests.support.world import Account, World, counter

# The names as they are shown, from the three tables.
WRONG = """
select m.user_id, m.name_key from memberships m join users u on u.id = m.user_id
left join invitations i on m.accepted_at is null and i.team_id = m.team_id and i.user_id = m.user_id
    and i.accepted_at is null and i.revoked_at is null
where m.name_key is distinct from case when m.accepted_at is null then coalesce(i.name_key, '') else u.name_key end
"""
KEYS = "select name_key from memberships where user_id = $1 order by team_id"
RENAME = "update users u set name_key = 'new' from unnest($1::text[]) w (id) where u.id = w.id"
ONE = "order by md5('{salt}' || id) limit 1"
# Changes of one row, or of several. `{salt}` and `{number}` are random.
CHANGES = (
    f"update users set name_key = 'N{{number}}' where id = (select id from users {ONE})",
    "update users set name_key = reverse(name_key)",
    f"update invitations set name_key = 'I{{number}}' where id = (select id from invitations {ONE})",
    f"update invitations set revoked_at = now(), accepted_at = null where id = (select id from invitations {ONE})",
    f"update invitations set revoked_at = null, accepted_at = null where id = (select id from invitations {ONE})",
    f"delete from invitations where id = (select id from invitations {ONE})",
    "update invitations set name_key = upper(name_key) where mod(ascii(right(id, 1)) + {number}, 2) = 0",
    f"update memberships set accepted_at = now() where id = (select id from memberships {ONE})",
    f"update memberships set accepted_at = null where id = (select id from memberships {ONE})",
    f"delete from memberships where id = (select id from memberships {ONE})",
    """
insert into memberships (team_id, user_id, id, role, accepted_at)
select t.id, u.id, 'member_{number}' || t.id || u.id, 'user', case when {number} > 50 then now() end
from teams t, users u order by md5('{salt}' || t.id || u.id) limit 2 on conflict do nothing
""",
    """
insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at, name_key)
select team_id, 'invite_{salt}' || id, user_id, '', 'Ünal', 'Ö', 'user', '', now() + interval '1 day', '{number}'
from memberships order by md5('{salt}' || id) limit 2 on conflict do nothing
""",
)


def key(first: str, last: str) -> str:
    """The key that sorts a person with this name."""
    return sort_key(last, first)


def newcomer(account: Account, first: str, last: str) -> Newcomer:
    """A person to invite by these names."""
    return Newcomer(account.id, ids.new("member"), ids.new("invite"), account.email, first, last, Role.USER)


class Keys:
    """The keys of one person, and their changes by Usher's own statements."""

    def __init__(self, database: Database, world: World, team: str, account: Account) -> None:
        self.database, self.world, self.team, self.account = database, world, team, account
        self.expires_at = datetime.now(UTC) + timedelta(days=1)

    async def all(self) -> list[str]:
        """The keys in each team, in the order of the teams. Fails if a key in the database is wrong."""
        assert await fetch_rows(self.database, WRONG) == []
        return [keys for (keys,) in await fetch_rows(self.database, KEYS, self.account.id)]

    async def run(self, statement: str) -> None:
        """Run a statement with the id of the account as `$1`."""
        await fetch_rows(self.database, statement, self.account.id)

    async def invite(self, first: str, last: str) -> None:
        """Invite the person to the team by these names."""
        async with self.database.transaction() as connection:
            people = [newcomer(self.account, first, last)]
            await bulk_invitations.invite(connection, self.team, people, "user_somebody", self.expires_at)
            await connection.commit()

    async def accept(self) -> None:
        """Accept the open invitation."""
        invitation = await self.world.invitation(self.team, self.account.id)
        async with self.database.transaction() as connection:
            await members.lock(connection, self.team, [self.account.id])
            assert await invitations.accept(connection, self.team, invitation, self.account.id)
            await connection.commit()


@pytest.fixture
async def keys(usher_database: Database, world: World) -> Keys:
    """The keys of an account named Ada Byron, which is in no team yet."""
    return Keys(usher_database, world, await world.team(), await world.person())


async def test_a_member_has_the_keys_of_the_account(keys: Keys) -> None:
    await keys.world.member(keys.team, account=keys.account)
    assert await keys.all() == [key("Ada", "Byron")]


async def test_an_invited_person_has_the_keys_of_the_invitation_until_they_accept(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    assert await keys.all() == [key("Countess", "Lovelace")]
    await keys.run("update users set name_key = 'king' where id = $1")
    assert await keys.all() == [key("Countess", "Lovelace")]
    await keys.accept()
    assert await keys.all() == ["king"]


async def test_a_person_who_corrects_their_names_on_acceptance_gets_new_keys(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    await keys.accept()
    async with keys.database.transaction() as connection:
        assert await users.open_account(connection, keys.account.id, "hash", "Augusta", "King")
        await connection.commit()
    assert await keys.all() == [key("Augusta", "King")]


async def test_an_invitation_that_is_sent_again_keeps_the_keys(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    async with keys.database.transaction() as connection:
        new_id = ids.new("invite")
        await invitations.replace(connection, keys.team, keys.account.id, new_id, "user_x", keys.expires_at)
        await connection.commit()
    assert await keys.all() == [key("Countess", "Lovelace")]


async def test_a_pending_membership_without_an_open_invitation_has_empty_keys(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    await keys.run("update invitations set revoked_at = now() where user_id = $1")
    assert await keys.all() == [""]
    await keys.run("update invitations set revoked_at = null, name_key = 'king' where user_id = $1")
    assert await keys.all() == ["king"]
    await keys.run("delete from invitations where user_id = $1")
    assert await keys.all() == [""]


async def test_a_person_who_was_removed_and_invited_again_has_the_new_keys(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    async with keys.database.transaction() as connection:
        await members.remove(connection, keys.team, [keys.account.id])
        await connection.commit()
    assert await keys.all() == []
    await keys.invite("Ada", "King")
    assert await keys.all() == [key("Ada", "King")]


async def test_an_invitation_after_the_membership_is_enough(keys: Keys) -> None:
    await keys.world.invited_member(keys.team, account=keys.account)
    assert await keys.all() == [key("Grace", "Hopper")]


async def test_a_new_name_reaches_each_team_in_which_the_person_is_a_member(keys: Keys) -> None:
    for _ in range(2):
        await keys.world.member(await keys.world.team(), account=keys.account)
    await fetch_rows(keys.database, RENAME, [keys.account.id])
    assert await keys.all() == ["new", "new"]


async def test_many_people_are_invited_by_one_statement(keys: Keys) -> None:
    people = [newcomer(await keys.world.person(), f"First{n}", f"Last{n}") for n in range(20)]
    async with keys.database.transaction() as connection:
        await bulk_invitations.invite(connection, keys.team, people, "user_somebody", keys.expires_at)
        await connection.commit()
    found = await fetch_rows(keys.database, "select name_key from memberships where team_id = $1", keys.team)
    assert sorted(found) == sorted((key(f"First{n}", f"Last{n}"),) for n in range(20))
    assert await keys.all() == []


@pytest.mark.parametrize("seed", range(3))
async def test_the_keys_are_right_after_any_changes(own_database: Database, own_world: World, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the changes must be repeatable
    for _ in range(3):
        await own_world.team()
        await own_world.person(f"First{next(counter)}", "Last")
    for _ in range(150):
        change = random.choice(CHANGES).format(salt=random.random(), number=random.randint(10, 99))
        try:
            await fetch_rows(own_database, change)
        except DatabaseError as error:
            assert error.constraint == "uq_invitations_open", change
        assert await fetch_rows(own_database, WRONG) == [], change


async def test_a_change_of_the_name_waits_for_a_person_who_joins(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    join = "update memberships set accepted_at = now() where user_id = $1"
    async with keys.database.transaction() as one, keys.database.transaction() as other:
        await fetch(one, join, keys.account.id)
        async with waiting(one, fetch(other, RENAME, [keys.account.id])) as work:
            await one.commit()
            await work
        await other.commit()
    assert await keys.all() == ["new"]


async def test_a_person_who_joins_waits_for_a_change_of_the_name(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    join = "update memberships set accepted_at = now() where user_id = $1"
    async with keys.database.transaction() as one, keys.database.transaction() as other:
        await fetch(one, RENAME, [keys.account.id])
        async with waiting(one, fetch(other, join, keys.account.id)) as work:
            await one.commit()
            await work
        await other.commit()
    assert await keys.all() == ["new"]


async def test_a_change_of_the_name_does_not_wait_for_pending_memberships(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    async with keys.database.transaction() as one, keys.database.transaction() as other:
        await members.lock(one, keys.team, [keys.account.id])
        await fetch(other, RENAME, [keys.account.id])


async def test_two_teams_that_one_new_person_joins_at_the_same_time_do_not_deadlock(keys: Keys) -> None:
    teams = [keys.team, await keys.world.team()]
    for team in teams:
        keys.team = team
        await keys.invite("Countess", "Lovelace")
    join = "update memberships set accepted_at = now() where team_id = $1 and user_id = $2"
    names = ("hash", "Augusta", "King")
    async with keys.database.transaction() as one, keys.database.transaction() as other:
        await fetch(one, join, teams[0], keys.account.id)
        async with waiting(one, fetch(other, join, teams[1], keys.account.id)) as work:
            assert await users.open_account(one, keys.account.id, *names)
            await one.commit()
            await work
        assert await users.open_account(other, keys.account.id, *names) is None
        await other.commit()
    assert await keys.all() == [key("Augusta", "King"), key("Augusta", "King")]


async def test_the_memberships_of_renamed_people_are_locked_in_the_order_of_user_ids(keys: Keys) -> None:
    # In the reverse order of the ids, so that neither the rows nor the changes have the right order by chance.
    people = sorted([(await keys.world.person()).id for _ in range(3)], reverse=True)
    for person in people:
        await keys.world.add_member(keys.team, person, Role.USER)
    *others, first = people
    others.reverse()
    async with keys.database.transaction() as one, keys.database.transaction() as other:
        await lock(one, "memberships", keys.team, "user_id", first)
        async with waiting(one, fetch(other, RENAME, people)) as work:
            assert await unlocked(keys.database, "memberships", keys.team, "user_id") == others
            await one.commit()
            await work
        await other.commit()
    assert await keys.all() == []


async def test_an_account_can_be_referred_to_while_a_person_joins(keys: Keys) -> None:
    await keys.invite("Countess", "Lovelace")
    async with keys.database.transaction() as one:
        await fetch(one, "update memberships set accepted_at = now() where user_id = $1", keys.account.id)
        # Otherwise PostgreSQL ends the idle transaction after a while, and lets the session in.
        async with asyncio.timeout(30):
            await keys.world.session(keys.account.id)
