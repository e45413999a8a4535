"""The seed on a real server: repeatable rows, in the requested numbers, that real use could have created."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typeid import TypeID

from db.core.database import Database
from db.demo import company
from db.demo.plan import apportion, generate
from db.demo.rows import Rows, lock_and_check_empty, write
from db.demo.seed import SeedRefused, Sizes, seed
from db.tables.metadata import METADATA
from domain.text import display_name
from tests.support.database import committed, fetch_rows
from tests.support.locks import waiting

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 3, 2)
SIZES = Sizes(teams=12, users=300, seats=1500, usage_days=10)
DIGEST = """
import hashlib
from datetime import date
from db.demo.plan import Sizes, generate
rows = generate(Sizes(12, 300, 1500, 10), 1, date(2026, 3, 2))
tables = {name: list(rows.records(name)) for name in [*rows.tables, "seat_usage"]}
print(hashlib.sha256(repr(tables).encode()).hexdigest())
"""
# Rules that hold in a database after real use. Each query finds the rows that break its rule.
VIOLATIONS = {
    "a held seat has a source": """
        select s.id from seats s where holder_id is not null
        and not exists (select from seat_sources r where r.seat_id = s.id and r.holder_id = s.holder_id)""",
    "a held seat has one open period, which belongs to its holder and starts at the assignment": """
        select s.id from seats s where holder_id is not null and (
          select array_agg((h.team_id, h.product_id, h.holder_id, h.started_at)) from seat_history h
          where h.seat_id = s.id and h.ended_at is null
        ) is distinct from array[(s.team_id, s.product_id, s.holder_id, s.assigned_at)]""",
    "an available seat has no open period": """
        select s.id from seats s join seat_history h on h.seat_id = s.id
        where s.holder_id is null and h.ended_at is null""",
    "nobody held two seats of a product in a team at the same time": """
        select a.id from seat_history a join seat_history b using (team_id, product_id, holder_id)
        where a.id < b.id and tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)""",
    "a seat had at most one holder at a time": """
        select a.id from seat_history a join seat_history b using (seat_id)
        where a.id < b.id and tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)""",
    "a person who used a seat held it on that day": """
        select u.seat_id from seat_usage u where not exists (
          select from seat_history h where h.seat_id = u.seat_id and h.holder_id = u.user_id
          and u.day >= h.started_at::date and (h.ended_at is null or u.day <= h.ended_at::date))""",
    "the last use of a day is on that day": "select seat_id from seat_usage where last_used_at::date <> day",
    "a group gives seats to its members": """
        select r.id from seat_sources r where r.group_id is not null and not exists (
          select from group_members g where g.group_id = r.group_id and g.user_id = r.holder_id)""",
    "a seat is assigned in the term, by a member who may assign it, to a member": """
        select h.id from seat_history h join seats s on s.id = h.seat_id
        join subscriptions b on b.id = s.subscription_id
        join memberships m on m.team_id = h.team_id and m.user_id = h.holder_id
        left join memberships g on g.team_id = h.team_id and g.user_id = h.started_by and g.role <> 'user'
        where h.started_at < b.starts_on or h.started_at < m.created_at or g is null or h.started_at < g.created_at""",
    "an account and a team are older than their memberships": """
        select m.id from memberships m join users u on u.id = m.user_id join teams t on t.id = m.team_id
        where u.created_at > m.created_at or t.created_at > m.created_at""",
    "a team has a contract manager": """
        select t.id from teams t where not exists (
          select from memberships m where m.team_id = t.id and m.role = 'contract_manager')""",
    "a subscription is active and owns seats": """
        select b.id from subscriptions b where not exists (select from seats s where s.subscription_id = b.id)
        or $1 not between starts_on and ends_on""",
}


class Steps:
    """Records the calls to the progress bar. It fails at the first rows of the table `broken_at`."""

    def __init__(self, broken_at: str | None = None) -> None:
        self.totals: dict[str, int] = {}
        self.loaded: dict[str, int] = {}
        self.broken_at = broken_at

    def start(self, table: str, total: int) -> None:
        self.totals[table] = total
        self.loaded[table] = 0

    def advance(self, table: str, rows: int) -> None:
        if table == self.broken_at:
            raise ConnectionAbortedError
        self.loaded[table] += rows


@pytest.fixture
async def empty(own_database: Database) -> Database:
    await fetch_rows(own_database, "truncate users, teams, products, document_counters cascade")
    return own_database


@pytest.fixture(params=["seed", "demo"])
async def loaded(request: pytest.FixtureRequest, empty: Database) -> tuple[Database, date]:
    """A loaded database, and the day that counts as today in it."""
    if request.param == "seed":
        await seeded(empty, SIZES, 1, Steps(), TODAY)
        return empty, TODAY
    today = datetime.now(UTC).date()
    async with empty.transaction() as connection:
        await write(connection, company.rows(today, {sign_in.email: "no hash" for sign_in in company.SIGN_INS}))
        await connection.commit()
    return empty, today


async def seeded(database: Database, sizes: Sizes, number: int, steps: Steps, today: date) -> None:
    """Seed the database and commit."""
    await committed(database, lambda connection: seed(connection, sizes, number, steps, today))


async def everything(database: Database) -> dict[str, list[Any]]:
    tables = METADATA.sorted_tables
    return {
        table.name: await fetch_rows(
            database, f"select * from {table.name} order by {', '.join(c.name for c in table.primary_key)}"
        )
        for table in tables
    }


async def counts(database: Database) -> dict[str, int]:
    return {table: len(rows) for table, rows in (await everything(database)).items() if rows}


async def test_the_same_seed_gives_the_same_rows_and_another_gives_others(empty: Database) -> None:
    loaded_rows = []
    for number in (1, 1, 2):
        await fetch_rows(empty, "truncate users, teams, products, document_counters cascade")
        await seeded(empty, SIZES, number, Steps(), TODAY)
        loaded_rows.append(await everything(empty))
    first, again, other = loaded_rows
    assert first == again
    assert all(first[table] != other[table] for table in first if first[table])


def test_the_rows_do_not_depend_on_the_hashes_of_the_process() -> None:
    def digest(hash_seed: str) -> bytes:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        return subprocess.check_output([sys.executable, "-c", DIGEST], cwd=ROOT, env=environment)  # noqa: S603

    assert digest("1") == digest("2")


async def test_the_loaded_rows_break_no_rule(loaded: tuple[Database, date]) -> None:
    database, today = loaded
    broken = {}
    for rule, query in VIOLATIONS.items():
        if found := await fetch_rows(database, query, *([today] if "$1" in query else [])):
            broken[rule] = found[:3]
    assert broken == {}


async def test_the_seed_loads_the_requested_numbers_of_rows(empty: Database) -> None:
    steps = Steps()
    await seeded(empty, SIZES, 1, steps, TODAY)
    found = await counts(empty)
    assert (found["teams"], found["users"], found["seats"], found["products"]) == (12, 300, 1500, 12)
    told = found.pop("notices")
    assert steps.totals == steps.loaded == found
    assert told > 0
    [(held, used, groups, direct)] = await fetch_rows(
        empty,
        """
        select (select count(holder_id) from seats), (select count(*) from seat_usage),
               (select count(*) from seat_sources where kind = 'group'),
               (select count(*) from seat_sources where kind = 'direct')""",
    )
    assert 0.7 < held / 1500 < 1
    assert 0.9 < used / (held * 10) <= 1
    assert 0 < groups < direct
    days = await fetch_rows(empty, "select distinct day from seat_usage order by day")
    assert days == [(TODAY - timedelta(ago),) for ago in range(10, 0, -1)]


async def test_team_sizes_differ_and_people_have_names_in_many_scripts(empty: Database) -> None:
    await seeded(empty, SIZES, 1, Steps(), TODAY)
    sizes = await fetch_rows(empty, "select count(*) from memberships group by team_id order by 1")
    assert sizes[-1][0] > 3 * sizes[len(sizes) // 2][0]
    people = await fetch_rows(empty, "select first_name, last_name, email, password_hash from users")
    assert all((display_name(first), display_name(last)) == (first, last) for first, last, _, _ in people)
    assert all(email.isascii() and email.endswith("@example.com") and secret is None for _, _, email, secret in people)
    assert len([last for _, last, _, _ in people if not last.isascii()]) > 100


async def test_each_id_is_a_typeid_with_the_time_of_its_row(empty: Database) -> None:
    await seeded(empty, SIZES, 1, Steps(), TODAY)
    prefixes = {"users": "user", "teams": "team", "memberships": "member", "groups": "group"}
    for table, prefix in prefixes.items():
        for text_id, made_at in await fetch_rows(empty, f"select id, created_at from {table}"):
            typed = TypeID.from_string(text_id)
            assert (typed.prefix, typed.uuid.version) == (prefix, 7)
            assert typed.uuid.timestamp == int(made_at.timestamp() * 1000)
    for table, prefix in {
        "products": "product",
        "releases": "release",
        "subscriptions": "sub",
        "seats": "seat",
    }.items():
        assert {TypeID.from_string(i).prefix for (i,) in await fetch_rows(empty, f"select id from {table}")} == {prefix}


async def test_a_second_seed_is_refused_and_changes_nothing(empty: Database) -> None:
    await seeded(empty, SIZES, 1, Steps(), TODAY)
    before = await everything(empty)
    with pytest.raises(SeedRefused, match="usher db reset"):
        await seeded(empty, SIZES, 2, Steps(), TODAY)
    assert await everything(empty) == before


async def test_of_two_seeds_at_the_same_time_the_second_waits_and_is_refused(empty: Database) -> None:
    async with empty.transaction() as first:
        assert await lock_and_check_empty(first)
        async with waiting(first, seeded(empty, SIZES, 2, Steps(), TODAY)) as second:
            await write(first, generate(SIZES, 1, TODAY), Steps())
            await first.commit()
            with pytest.raises(SeedRefused, match="usher db reset"):
                await second


async def test_a_seed_that_fails_on_the_way_leaves_no_rows(empty: Database) -> None:
    with pytest.raises(ConnectionAbortedError):
        await seeded(empty, SIZES, 1, Steps(broken_at="seat_usage"), TODAY)
    assert await counts(empty) == {}


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (Sizes(0, 0, 0, 0), "--teams must be 1 or more"),
        (Sizes(3, 2, 0, 0), "--users must be 3 or more, one for each team; it is 2"),
        (Sizes(1, 1, 13, 0), "1 users can hold at most 12 seats"),
        (Sizes(1, 1, -1, 0), "--seats cannot be negative; it is -1"),
        (Sizes(1, 1, 1, -5), "--usage-days cannot be negative; it is -5"),
    ],
)
async def test_impossible_sizes_are_refused(empty: Database, sizes: Sizes, message: str) -> None:
    with pytest.raises(SeedRefused, match=message):
        await seeded(empty, sizes, 1, Steps(), TODAY)
    assert await counts(empty) == {}


@pytest.mark.parametrize("sizes", [Sizes(1, 1, 0, 0), Sizes(1, 1, 12, 1), Sizes(7, 7, 84, 400), Sizes(2, 90, 5, 3)])
async def test_all_possible_sizes_are_loaded(empty: Database, sizes: Sizes) -> None:
    await seeded(empty, sizes, 3, Steps(), TODAY)
    found = await counts(empty)
    assert (found["teams"], found["users"], found.get("seats", 0)) == sizes[:3]


async def test_new_rows_get_numbers_after_those_of_the_seeded_rows(empty: Database) -> None:
    await seeded(empty, SIZES, 1, Steps(), TODAY)
    [(new, last)] = await fetch_rows(
        empty,
        """
            insert into seat_history
              (team_id, seat_id, product_id, holder_id, started_at, started_by, ended_at, ended_by)
            select team_id, seat_id, product_id, holder_id, started_at, started_by, started_at, started_by
            from seat_history order by id limit 1 returning id, (select max(id) from seat_history)""",
    )
    assert new == last + 1


@pytest.mark.parametrize(("total", "weights"), [(10, [1, 1, 1]), (0, [1, 2]), (7, [0.1, 5, 0.1]), (100, [3, 1])])
def test_apportioned_numbers_add_up_and_are_nearly_exact(total: int, weights: list[float]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert all(abs(s - total * w / sum(weights)) < 1 for s, w in zip(shares, weights, strict=True))


def test_the_number_of_usage_rows_is_the_number_that_are_loaded() -> None:
    rows: Rows = generate(SIZES, 1, TODAY)
    usage: Iterator[Any] = rows.records("seat_usage")
    assert rows.count("seat_usage") == sum(1 for _ in usage) > 0
