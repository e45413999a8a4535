"""The demo company on a real server: it loads only once, and each of its three people finds something to see."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.core.database import Database
from db.demo import company
from db.people import users
from domain.text import PASSWORD_LENGTHS
from resolvers.access import passwords
from resolvers.access.hash_queue import Priority
from tests.support.database import committed, fetch_rows


async def load(database: Database) -> bool:
    """Load the demo company, if the database is empty. Return whether it was loaded."""
    return await committed(database, lambda connection: company.load(connection, passwords.hash_password))


@pytest.fixture(scope="module")
async def loaded(own_database: Database) -> Database:
    """A database into which two tasks load the demo at the same time, on two connections."""
    results = await asyncio.gather(*(load(own_database) for _ in range(2)))
    assert sorted(results) == [False, True]
    return own_database


async def test_the_demo_loads_only_once(loaded: Database) -> None:
    query = "select (select count(*) from users), (select count(*) from seats), (select count(*) from seat_usage)"
    before = await fetch_rows(loaded, query)
    assert await load(loaded) is False
    assert await fetch_rows(loaded, query) == before
    assert await fetch_rows(loaded, "select count(*) from users") == [(68,)]


@pytest.mark.parametrize("sign_in", company.SIGN_INS, ids=lambda sign_in: str(sign_in.role))
async def test_each_demo_account_can_sign_in(loaded: Database, sign_in: company.SignIn) -> None:
    async with loaded.connection() as connection:
        account = await users.credentials(connection, sign_in.email.upper())
    assert account is not None
    assert f"{account.user.first_name} {account.user.last_name}" == sign_in.name
    assert await passwords.verify(account.password_hash, sign_in.password, Priority.QUIET)
    assert not await passwords.verify(account.password_hash, sign_in.password.upper(), Priority.QUIET)
    assert len(sign_in.password) in PASSWORD_LENGTHS


async def test_nobody_else_can_sign_in(loaded: Database) -> None:
    assert await fetch_rows(loaded, "select count(*) from users where password_hash is not null") == [(3,)]


async def test_the_three_demo_accounts_have_their_roles(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select u.email, t.name, m.role from memberships m join users u on u.id = m.user_id
        join teams t on t.id = m.team_id where u.password_hash is not null order by 1, 2""",
    )
    assert found == [
        ("carl.coordinator@lumen.example", "Lumen Labs", "software_coordinator"),
        ("carl.coordinator@lumen.example", "Lumen Works", "software_coordinator"),
        ("maria.manager@lumen.example", "Lumen Works", "contract_manager"),
        ("ursula.user@lumen.example", "Lumen Works", "user"),
    ]


async def test_the_demo_has_two_teams(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select t.name, t.separation_of_duties, count(*) from teams t
        join memberships m on m.team_id = t.id group by 1, 2 order by 1""",
    )
    assert found == [("Lumen Labs", True, 11), ("Lumen Works", False, 60)]


async def test_all_pools_but_one_have_available_seats(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select p.name, count(*), count(s.holder_id) from seats s join products p on p.id = s.product_id
        join teams t on t.id = s.team_id where t.name = 'Lumen Works' group by 1 order by 1""",
    )
    assert found == [
        ("Cantilever", 25, 15),
        ("Fusion", 40, 13),
        ("Kiln", 5, 0),
        ("Lattice", 6, 6),
        ("Meridian", 80, 60),
    ]


async def test_there_are_seats_with_each_kind_of_source_and_with_two_sources(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select reasons, count(*) from (
          select string_agg(kind, '+' order by kind) as reasons from seat_sources group by seat_id
        ) seats group by 1 order by 1""",
    )
    assert [reasons for reasons, _ in found] == ["default", "direct", "direct+group", "group"]


async def test_usage_covers_the_last_thirty_days_and_some_seats_are_unused(loaded: Database) -> None:
    [(first, last)] = await fetch_rows(loaded, "select min(day), max(day) from seat_usage")
    today = datetime.now(UTC).date()
    assert today - timedelta(32) < first < today - timedelta(27)
    assert today - timedelta(4) < last < today
    [(unused, held)] = await fetch_rows(
        loaded,
        """
        select count(*) filter (where not exists (select from seat_usage u where u.seat_id = s.id)), count(*)
        from seats s where holder_id is not null""",
    )
    assert 0 < unused < held / 4


async def test_ursula_holds_three_seats_and_has_used_them(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select p.name, (select count(*) from seat_usage u where u.seat_id = s.id) > 5 from seats s
        join users h on h.id = s.holder_id join products p on p.id = s.product_id
        where h.email = 'ursula.user@lumen.example' order by 1""",
    )
    assert found == [("Cantilever", True), ("Fusion", True), ("Meridian", True)]


async def test_the_company_has_two_contracts_and_one_serves_both_teams(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select c.grace_days, array_agg(t.name order by t.name) from contracts c
        join contract_teams s on s.contract_id = c.id join teams t on t.id = s.team_id
        group by c.team_id, c.id order by c.number""",
    )
    assert found == [(0, ["Lumen Labs", "Lumen Works"]), (30, ["Lumen Works"])]


async def test_a_subscription_is_renewed_in_twenty_days_with_fewer_seats(loaded: Database) -> None:
    [(days, seats, pending)] = await fetch_rows(
        loaded,
        """
        select p.ends_on - current_date, c.seats, c.effective_on = p.ends_on + 1 and p.auto_renew
        from scheduled_changes c join subscriptions p on p.id = c.subscription_id where c.state = 'pending'""",
    )
    assert (days in range(18, 22), seats, pending) == (True, 70, True)


async def test_there_is_a_year_of_orders_and_one_invoice_is_overdue(loaded: Database) -> None:
    [(orders, first)] = await fetch_rows(loaded, "select count(*), current_date - min(ordered_on) from orders")
    assert orders > 10
    assert first > 330
    found = await fetch_rows(
        loaded,
        "select paid > 0 and paid < total from invoices where due_on < current_date and paid + credited < total",
    )
    assert found == [(True,)]
    gaps = await fetch_rows(loaded, "select max(number) - count(*), count(*) from invoices")
    assert gaps == [(0, orders)]


async def test_each_subscription_has_as_many_seats_as_were_bought(loaded: Database) -> None:
    found = await fetch_rows(
        loaded,
        """
        select p.id from subscriptions p
        where (select count(*) from seats s where s.subscription_id = p.id and s.retired_at is null) <> (
          select sum(delta) from seat_changes c where c.subscription_id = p.id)""",
    )
    assert found == []
