"""Migrations create exactly the declared tables, and a downgrade removes them completely."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core import migrate
from db.core.database import Database
from db.tables.metadata import METADATA
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import new_database
from tests.support import passkeys
from tests.support.database import direct_engine, fetch, fetch_rows
from tests.support.locks import waiting
from tests.support.world import World

COLUMNS = """
select table_name, column_name, data_type, is_nullable, column_default, is_identity, collation_name
from information_schema.columns where table_schema = 'public' and table_name <> 'alembic_version'
"""
CONSTRAINTS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'
"""
INDEXES = "select tablename, indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'"
FUNCTIONS = "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace"
TRIGGERS = "select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
OLD_ROWS = (
    "insert into teams (id, name) values ('team_1', 'Kept')",
    """
insert into users (id, email, first_name, last_name)
select 'user_' || n, n || '@tests.example', 'ADA', 'Byron ' || n from generate_series(1, 3) n
""",
    """
insert into memberships (team_id, user_id, id, role, accepted_at)
select 'team_1', id, 'member_' || id, 'user', case when id = 'user_1' then now() end from users
""",
    """
insert into invitations
    (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at, revoked_at)
select team_id, 'invite_' || n || user_id, user_id, '', 'Grace ' || n, 'HOPPER', 'user', '', now() + interval '1 day',
       case when n = 1 then now() end
from memberships, generate_series(1, 2) n where user_id <> 'user_3' or n = 1
""",
)
# Invitations and requests with what the audit log knows about their mails.
OLD_MAILS = (
    "delete from invitations where user_id = 'user_3'",
    "update invitations set token_hash = convert_to(id, 'UTF8'), sent_at = now() where id = 'invite_1user_1'",
    "insert into products (id, name, description) values ('product_1', 'Fusion', '')",
    """
insert into seat_requests (team_id, id, product_id, user_id, state, answered_at, answered_by)
select 'team_1', 'request_' || n, 'product_1', 'user_1', 'denied', now(), 'user_2' from generate_series(1, 3) n
""",
    "insert into policies (hash, text) values (encode(sha256(''), 'hex'), '')",
    """
insert into audit_events
    (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
select 'team_1', 'system', 'job', 'mails:send', target, '{}', after::jsonb, '[]', encode(sha256(''), 'hex'), 'job_1'
from (values
    ('invite_1user_2', '{"outcome": "new link"}'),
    ('invite_1user_2', '{"outcome": "refused", "reason": "550 5.1.1\\n\\tno … here"}'),
    ('invite_2user_1', '{"outcome": "new link"}'),
    ('invite_2user_2', '{"outcome": "refused", "reason": "550"}'),
    ('invite_2user_2', '{"outcome": "dropped"}'),
    ('request_1', '{"outcome": "sent"}'),
    ('request_2', '{"outcome": "refused", "reason": "' || repeat('x', 600) || '"}')
) as v (target, after)
""",
)
# What entries of the audit log, and their events, told about people before these values stood beside them.
OLD_ENTRIES = (
    OLD_ROWS[1],
    "insert into policies (hash, text) values (encode(sha256('x'), 'hex'), 'x')",
    """
create temporary table told as select * from (values
    ('members:update', '{"name": ["ADA", "Byron"], "role": "user", "externalId": "E1"}'::jsonb,
     '{"user": "user_1", "name": ["Ada", "Byron"], "role": "contract_manager", "externalId": null}'::jsonb),
    ('members:invite', '{}', '{"externalIds": {"user_3": "E3", "user_2": "E2"}}'),
    ('requests:create', '{}', '{"user": "user_2", "product": "product_1", "note": "For me"}'),
    ('requests:create', '{}', '{"user": "user_2", "product": "product_1", "note": null}'),
    ('groups:update', '{"name": "Old"}', '{"name": "New"}')
) e (action, before, after)
""",
    """
insert into audit_events (actor_kind, action, before, after, facts, policy_hash, request_id)
select 'anonymous', action, before, after, '[]', encode(sha256('x'), 'hex'), '' from told
""",
    "insert into events (kind, payload) select action, after from told",
)
# What the newest revisions store: a deleted account, a link that nobody got yet, a session with a passkey, a challenge
# that was used, and a token with two secrets.
NEWER_ROWS = (
    "insert into users (id, email, first_name, last_name, deleted_at) values ('user_1', 'user_1', '', '', now())",
    "insert into password_resets (id, email, expires_at) values ('reset_1', 'a@tests.example', now())",
    "update sessions set method = 'passkey', second_factor_at = now()",
    "insert into used_challenges (challenge) values ('x')",
    "update partner_tokens set previous_hash = 'x', previous_secret_ends_at = now(), notice_days = 14",
)
TOLD = """
insert into notices (team_id, id, user_id, kind, event_key, data, delivery)
values ($1, $2, $3, $4, $2, '{}', 'at_once')
"""
TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[Database]:
    """A new database without tables."""
    opened = Database(await new_database(postgres))
    yield opened
    await opened.close()


@pytest.fixture
async def empty_engine(empty: Database) -> AsyncIterator[AsyncEngine]:
    """SQLAlchemy's way to the database without tables."""
    engine = direct_engine(empty.url)
    yield engine
    await engine.dispose()


async def catalogue(database: Database, *queries: str) -> list[list[tuple[object, ...]]]:
    """Return the sorted rows of each query of PostgreSQL's catalogue."""
    return [sorted(await fetch_rows(database, query), key=repr) for query in queries]


async def test_the_migrated_tables_are_the_declared_ones(empty: Database, empty_engine: AsyncEngine) -> None:
    await migrate.upgrade(empty)

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    async with empty_engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_columns_constraints_and_indexes_are_the_declared_ones(
    empty: Database, empty_engine: AsyncEngine, usher_database: Database
) -> None:
    async with empty_engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    queries = (COLUMNS, CONSTRAINTS, INDEXES)
    for migrated, declared in zip(
        await catalogue(usher_database, *queries), await catalogue(empty, *queries), strict=True
    ):
        assert migrated == declared
        assert migrated


async def test_a_downgrade_leaves_an_empty_database(empty: Database) -> None:
    await migrate.upgrade(empty)
    await migrate.downgrade(empty)
    assert await catalogue(empty, TABLES, FUNCTIONS, TRIGGERS, INDEXES) == [[], [], [], []]
    assert not await migrate.is_current(empty)


async def test_an_upgrade_after_a_downgrade_gives_the_same_tables(empty: Database) -> None:
    everything = (COLUMNS, CONSTRAINTS, INDEXES, FUNCTIONS, TRIGGERS)
    await migrate.upgrade(empty)
    first = await catalogue(empty, *everything)
    await migrate.downgrade(empty)
    await migrate.upgrade(empty)
    assert await catalogue(empty, *everything) == first
    assert all(first)


async def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty: Database) -> None:
    assert not await migrate.is_current(empty)
    await migrate.upgrade(empty)
    assert await migrate.is_current(empty)


async def test_a_database_that_ran_both_revisions_under_their_former_numbers_is_upgraded(empty: Database) -> None:
    await migrate.upgrade(empty, "0024")
    first = await catalogue(empty, COLUMNS, CONSTRAINTS)
    # The last one of them was 0023.
    await fetch_rows(empty, "update alembic_version set version_num = '0023'")
    await migrate.upgrade(empty, "0024")
    assert await catalogue(empty, COLUMNS, CONSTRAINTS) == first
    await migrate.upgrade(empty)
    assert await migrate.is_current(empty)


async def test_a_second_upgrade_keeps_the_rows(empty: Database) -> None:
    await migrate.upgrade(empty)
    await fetch_rows(empty, "insert into teams (id, name) values ('team_1', 'Kept')")
    await migrate.upgrade(empty)
    assert await catalogue(empty, "select name from teams") == [[("Kept",)]]


async def test_the_second_process_waits_for_the_first_to_migrate(empty: Database) -> None:
    async with empty.transaction() as first:
        await fetch(first, str(migrate.LOCK))
        async with waiting(first, migrate.upgrade(empty)) as second:
            assert not await migrate.is_current(empty)
            await first.rollback()
            await second
    assert await migrate.is_current(empty)


async def test_processes_that_start_at_the_same_time_migrate_once(empty: Database) -> None:
    await asyncio.gather(*(migrate.upgrade(empty) for _ in range(4)))
    assert await migrate.is_current(empty)


async def test_members_from_before_invitations_have_accepted_their_membership(empty: Database) -> None:
    await migrate.upgrade(empty, "0001")
    await fetch_rows(empty, "insert into teams (id, name) values ('team_1', 'Kept')")
    await fetch_rows(empty, "insert into users values ('user_1', 'ada@tests.example', 'Ada', 'Byron')")
    join = "insert into memberships values ('team_1', 'user_1', 'member_1', 'user', now() - interval '1 day')"
    await fetch_rows(empty, join)
    await migrate.upgrade(empty)
    assert await catalogue(empty, "select accepted_at = created_at from memberships") == [[(True,)]]


async def test_a_downgrade_below_invitations_removes_members_who_have_not_accepted(
    empty: Database, empty_engine: AsyncEngine
) -> None:
    await migrate.upgrade(empty)
    world = World(empty_engine, empty)
    team = await world.team()
    ada, grace = await world.member(team), await world.invited_member(team)
    product = await world.pool(team, 2)
    for someone in (ada, grace):
        await world.give_seat(team, product, someone.id)
    kept_token, _ = await world.token(team, ada.id, Scope.SEATS_READ, Scope.GROUPS_CREATE)
    await world.token(team, ada.id, Scope.GROUPS_CREATE)
    await migrate.downgrade(empty, "0001")
    assert await world.holders(team, product) == [ada.id]
    assert await world.history(team, product) == [(ada.id, True), (grace.id, False)]
    members, tokens = await catalogue(
        empty, "select user_id from memberships", "select id, scopes::text from partner_tokens"
    )
    assert members == [(ada.id,)]
    assert tokens == [(kept_token, "{seats:read}")]


async def test_a_downgrade_below_second_factors_and_back_keeps_the_accounts_and_their_sessions(
    empty: Database, empty_engine: AsyncEngine
) -> None:
    await migrate.upgrade(empty)
    world = World(empty_engine, empty)
    team = await world.team(requires_second_factor=True)
    ada = await world.member(team)
    for make in (world.authenticator, world.challenge, world.identity, world.reset):
        await make(ada.id)
    await world.email_change(ada, "new@tests.example")
    await passkeys.device_of(world, ada.id)
    await world.token(team, ada.id, Scope.SEATS_READ)
    for statement in NEWER_ROWS:
        await fetch_rows(empty, statement)
    await migrate.downgrade(empty, "0014")
    await migrate.upgrade(empty)
    lost = ("passkeys", "used_challenges", "identities", "authenticators", "sign_in_challenges", "email_changes")
    kept = "select user_id, method, ended_at is null from sessions", "select id from users", "select 1 from memberships"
    assert await catalogue(empty, *(f"select count(*) from {table}" for table in lost)) == len(lost) * [[(0,)]]
    assert await catalogue(empty, *kept) == [[(ada.id, "password", True)], sorted([(ada.id,), ("user_1",)]), [(1,)]]
    links, tokens = await catalogue(
        empty, "select user_id, email from password_resets", "select id from partner_tokens"
    )
    assert (links, len(tokens)) == ([(ada.id, None)], 1)


async def test_a_downgrade_below_the_last_seats_keeps_the_other_notices(
    empty: Database, empty_engine: AsyncEngine
) -> None:
    await migrate.upgrade(empty)
    world = World(empty_engine, empty)
    team = await world.team()
    ada = await world.member(team, Role.CONTRACT_MANAGER)
    product = await world.product()
    for kind in ("renewal", "last_seats", "payment_failed"):
        await fetch_rows(empty, TOLD, team, f"notice_{kind}", ada.id, kind)
        await fetch_rows(empty, "insert into notice_preferences values ($1, $2, $3, 'digest')", team, ada.id, kind)
    await fetch_rows(empty, "update teams set last_seats_below = 2")
    await fetch_rows(empty, "insert into low_pools values ($1, $2, 1, true)", team, product)
    await migrate.downgrade(empty, "0029")
    kinds = [f"select kind from {table}" for table in ("notices", "notice_preferences")]
    assert await catalogue(empty, *kinds) == [[("renewal",)]] * 2
    await migrate.upgrade(empty)
    lost = "select count(*) from low_pools", "select last_seats_below from teams"
    assert await catalogue(empty, *kinds, *lost) == [[("renewal",)], [("renewal",)], [(0,)], [(None,)]]


async def test_a_downgrade_below_the_last_day_of_sale_keeps_the_products(
    empty: Database, empty_engine: AsyncEngine
) -> None:
    await migrate.upgrade(empty)
    product = await World(empty_engine, empty).product()
    await fetch_rows(empty, "update products set sold_until = '2031-01-31'")
    await migrate.downgrade(empty, "0030")
    assert await catalogue(empty, "select id from products") == [[(product,)]]
    await migrate.upgrade(empty)
    assert await catalogue(empty, "select id, sold_until from products") == [[(product, None)]]


async def test_accounts_have_their_second_factors_since_they_added_the_first_one(
    empty: Database, empty_engine: AsyncEngine
) -> None:
    await migrate.upgrade(empty)
    world = World(empty_engine, empty)
    ada, bob = await world.person(), await world.person()
    await world.authenticator(ada.id)
    await passkeys.device_of(world, ada.id)
    await world.authenticator(bob.id, confirmed=False)
    await migrate.downgrade(empty, "0022")
    await migrate.upgrade(empty)
    same = "select user_id from authenticators join users u on u.id = user_id where second_factor_since = confirmed_at"
    assert await fetch_rows(empty, same) == [(ada.id,)]
    assert await fetch_rows(empty, "select count(*) from users where second_factor_since is not null") == [(1,)]


async def test_existing_members_get_the_keys_of_their_names(empty: Database) -> None:
    await migrate.upgrade(empty, "0004")
    for statement in OLD_ROWS:
        await fetch_rows(empty, statement)
    keys = "select user_id, last_name_key, first_name_key from memberships"
    expected = [[("user_1", "byron 1", "ada"), ("user_2", "hopper", "grace 2"), ("user_3", "", "")]]
    await migrate.upgrade(empty, "0005")
    assert await catalogue(empty, keys) == expected
    await migrate.downgrade(empty, "0004")
    await fetch_rows(empty, "update users set last_name = 'Byron 1' where id = 'user_1'")
    assert await catalogue(empty, "select count(*) from memberships") == [[(3,)]]
    await migrate.upgrade(empty, "0005")
    assert await catalogue(empty, keys) == expected
    await migrate.upgrade(empty)
    await migrate.downgrade(empty, "0009")
    assert await catalogue(empty, keys) == expected


async def test_mails_from_before_their_states_have_the_outcome_that_the_audit_log_knows(empty: Database) -> None:
    await migrate.upgrade(empty, "0009")
    for statement in (*OLD_ROWS, *OLD_MAILS):
        await fetch_rows(empty, statement)
    await migrate.upgrade(empty)
    invitations, requests = await catalogue(
        empty,
        "select id, mail_state, mail_reason from invitations",
        "select id, mail_state, mail_reason from seat_requests",
    )
    assert invitations == [
        ("invite_1user_1", "sent", None),
        ("invite_1user_2", "refused", "550 5.1.1 no … here"),
        ("invite_2user_1", "queued", None),
        ("invite_2user_2", "dropped", None),
    ]
    assert requests == [
        ("request_1", "sent", None),
        ("request_2", "refused", "x" * 500),
        ("request_3", None, None),
    ]
    await migrate.downgrade(empty, "0009")
    await migrate.upgrade(empty)
    assert await catalogue(empty, "select id, mail_state, mail_reason from invitations") == [invitations]


async def test_old_sessions_get_the_way_in_which_they_began_from_the_audit_log(empty: Database) -> None:
    await migrate.upgrade(empty, "0014")
    for statement in (
        OLD_ROWS[1],
        """
insert into sessions (id, user_id, token_hash, created_at, expires_at)
select 'session_' || n, 'user_1', convert_to(n::text, 'UTF8'), date '2026-01-01' + n, now() from generate_series(1, 2) n
""",
        "insert into policies (hash, text) values (encode(sha256('x'), 'hex'), 'x')",
        """
insert into audit_events (actor_kind, action, before, after, facts, policy_hash, request_id)
select 'anonymous', action, '{}', jsonb_build_object('session', session), '[]', encode(sha256('x'), 'hex'), ''
from (values ('accounts:reset', 'session_1'), ('sessions:create', 'session_2')) e (action, session)
""",
    ):
        await fetch_rows(empty, statement)
    await migrate.upgrade(empty)
    origins = """
select id, method, authenticated_at = created_at, last_used_at = created_at, second_factor_at, device, place
from sessions
"""
    assert await catalogue(empty, origins) == [
        [("session_1", "link", True, True, None, None, None), ("session_2", "password", True, True, None, None, None)]
    ]


async def test_what_identifies_people_in_old_entries_moves_beside_them(empty: Database) -> None:
    await migrate.upgrade(empty, "0016")
    async with empty.transaction() as connection:
        for statement in OLD_ENTRIES:
            await fetch(connection, statement)
        await connection.commit()
    await migrate.upgrade(empty)
    entries, events, people = [
        [tuple(json.loads(value) if isinstance(value, str) else value for value in row) for row in await rows]
        for rows in (
            fetch_rows(empty, "select before::text, after::text from audit_events order by id"),
            fetch_rows(empty, "select payload::text from events order by id"),
            fetch_rows(empty, "select to_json(user_id)::text, before::text, after::text from audit_people order by 1"),
        )
    ]
    new = {"user": "user_1", "role": "contract_manager", "personal": ["externalId", "name"]}
    asked = {"user": "user_2", "product": "product_1"}
    given = {"users": ["user_2", "user_3"], "personal": ["externalId"]}
    after = [new, given, asked | {"personal": ["note"]}, asked, {"name": "New"}]
    assert [one for _, one in entries] == [one for (one,) in events] == after
    assert [one for one, _ in entries] == [{"role": "user"}, {}, {}, {}, {"name": "Old"}]
    names = {"name": ["ADA", "Byron"], "externalId": "E1"}, {"name": ["Ada", "Byron"], "externalId": None}
    assert sorted(people, key=repr) == [
        ("user_1", *names),
        ("user_2", {}, {"externalId": "E2"}),
        ("user_2", {}, {"note": "For me"}),
        ("user_3", {}, {"externalId": "E3"}),
    ]


async def test_people_who_were_removed_before_are_found_in_the_audit_log(empty: Database) -> None:
    await migrate.upgrade(empty, "0009")
    for statement in (
        OLD_ROWS[0],
        OLD_ROWS[1].replace("1, 3", "1, 4"),
        "insert into memberships (team_id, user_id, id, role) values ('team_1', 'user_2', 'member_2', 'user')",
        "insert into policies (hash, text) values (encode(sha256('x'), 'hex'), 'x')",
        """
insert into audit_events (at, team_id, actor_kind, action, before, after, facts, policy_hash, request_id)
select at, 'team_1', 'anonymous', action, before, after, '[]', encode(sha256('x'), 'hex'), '' from (values
    (timestamptz '2026-01-01Z', 'members:remove', '{}'::jsonb, '{"removed": ["user_1", "user_2"]}'::jsonb),
    (timestamptz '2026-01-02Z', 'members:remove', '{}', '{"removed": ["user_1", "user_gone"]}'),
    (timestamptz '2026-01-03Z', 'invitations:revoke', '{"user": "user_3"}', '{}'),
    (timestamptz '2026-01-04Z', 'members:import', '{"user": "user_4"}', '{"removed": ["user_4"]}')
) e (at, action, before, after)
""",
    ):
        await fetch_rows(empty, statement)
    await migrate.upgrade(empty)
    days = "select user_id, cast(extract(day from removed_at at time zone 'utc') as int) from removed_members"
    assert await catalogue(empty, days) == [[("user_1", 2), ("user_3", 3)]]
