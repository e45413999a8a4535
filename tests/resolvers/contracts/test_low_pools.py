"""The last free seats of a pool are told once each time that there are fewer than the team has set."""

import asyncio
from dataclasses import dataclass

import pytest

from db.core.connection import DatabaseError
from db.core.database import Database
from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from domain.subjects import System
from resolvers.contracts.announcements import announce
from tests.support.database import fetch_rows, noted
from tests.support.notices import Agreement, agree, day
from tests.support.subscriptions import make_contract, make_subscription
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

CALENDAR = System("job announcements")
SERVE = "insert into contract_teams (team_id, contract_id) values ($1, $2)"
SET = "update teams set last_seats_below = $2 where id = $1"
TOLD = "select event_key, user_id from notices where team_id = $1 order by event_key, user_id"
FREE = "update seats set holder_id = null, assigned_at = null where team_id = $1 and product_id = $2"
HOLD = """
with numbered as (
    select s.id, row_number() over (order by s.id) as n from seats s
    where s.team_id = $1 and s.product_id = $2 and s.retired_at is null
)
update seats s set holder_id = people.id, assigned_at = now()
from numbered join unnest($3::text[]) with ordinality as people (id, n) using (n) where s.id = numbered.id
"""
RENAMED = "update notices set event_key = event_key || ' of ' || id where team_id = $1"


@dataclass(frozen=True)
class Pool:
    """A pool of 3 seats under a contract, and 3 people who can hold them."""

    agreed: Agreement
    product: str
    people: list[str]

    async def run(self, query: str, *values: object) -> None:
        """Run a statement about the team."""
        await fetch_rows(self.agreed.world.database, query, self.agreed.team, *values)

    async def free(self, seats: int) -> None:
        """Let this number of the seats be free, and the others be held."""
        await self.run(FREE, self.product)
        await self.run(HOLD, self.product, self.people[seats:])

    async def told(self, days: int = 0) -> list[tuple[str, str]]:
        """Announce what is due so many days from now. Returns how many times it fell, and who is told."""
        database, team = self.agreed.world.database, self.agreed.team
        before = await fetch_rows(database, TOLD, team)
        number = await announce(workspace(database), CALENDAR, day(days))
        new = [row for row in await fetch_rows(database, TOLD, team) if row not in before]
        assert number == len(new)
        return [(key.removeprefix(f"last_seats:{team}:{self.product}:"), user) for key, user in new]

    @property
    def once(self) -> list[tuple[str, str]]:
        """What the contact person is told when the pool falls for the first time."""
        return [("1", self.agreed.contact.id)]


@pytest.fixture
async def pool(clean_database: Database, own_world: World) -> Pool:
    """The only contract of which something may be told. Its team wants to hear of fewer than 2 free seats of 3."""
    for table in ("notices", "low_pools", "contract_teams, contracts, subscriptions, orders, invoices"):
        await fetch_rows(clean_database, f"truncate {table} cascade")
    agreed = await agree(own_world, starts=-165, ends=199)
    [[product]] = await fetch_rows(
        own_world.database, "select product_id from subscriptions where id = $1", agreed.subscription
    )
    people = [(await own_world.member(agreed.team)).id for _ in range(3)]
    made = Pool(agreed, product, people)
    await made.run(SET, 2)
    return made


async def test_it_is_told_once_and_again_only_after_there_were_enough(pool: Pool) -> None:
    found = []
    for seats in (3, 2, 1, 1, 0, 1, 2, 1, 0, 3, 0):
        await pool.free(seats)
        found.append([falls for falls, _ in await pool.told()])
    assert found == [[], [], ["1"], [], [], [], [], ["2"], [], [], ["3"]]


async def test_what_rose_and_fell_between_two_runs_is_not_told(pool: Pool) -> None:
    await pool.free(1)
    assert await pool.told() == pool.once
    await pool.free(3)
    await pool.free(1)
    assert await pool.told() == []


async def test_a_team_that_sets_nothing_is_told_nothing(pool: Pool) -> None:
    await pool.free(0)
    await pool.run(SET, None)
    assert await pool.told() == []
    await pool.run(SET, 1)
    assert await pool.told() == pool.once


async def test_a_setting_that_is_switched_off_begins_anew(pool: Pool) -> None:
    await pool.free(1)
    assert await pool.told() == pool.once
    await pool.run(SET, None)
    assert await pool.told() == []
    await pool.run(SET, 2)
    assert [falls for falls, _ in await pool.told()] == ["2"]


async def test_a_lower_number_lets_the_pool_have_enough_and_a_higher_one_tells_nothing_again(pool: Pool) -> None:
    await pool.free(1)
    assert await pool.told() == pool.once
    for below in (3, 1):
        await pool.run(SET, below)
        assert await pool.told() == []
    await pool.free(0)
    assert [falls for falls, _ in await pool.told()] == ["2"]


async def test_only_free_seats_of_running_subscriptions_count(pool: Pool) -> None:
    world, team = pool.agreed.world, pool.agreed.team
    later = await make_subscription(world, pool.agreed.contract, team, (day(1), day(400)), 5, product_id=pool.product)
    await pool.run("update seats set retired_at = now() where team_id = $1 and subscription_id <> $2", later.id)
    assert await pool.told() == pool.once
    assert await pool.told(days=1) == [], "the new seats are enough"


async def test_a_pool_without_a_running_subscription_is_left_as_it_was(pool: Pool) -> None:
    assert await pool.told(days=211) == [], "it has ended, which has a notice of its own"
    await pool.free(1)
    assert await pool.told() == pool.once
    assert await pool.told(days=211) == []
    assert await pool.told() == []


async def test_other_contract_managers_are_told_if_they_want_it(pool: Pool) -> None:
    agreed = pool.agreed
    await agreed.prefer(agreed.other, NoticeKind.LAST_SEATS, Delivery.AT_ONCE)
    await agreed.prefer(agreed.contact, NoticeKind.LAST_SEATS, Delivery.OFF)
    await pool.free(1)
    assert await pool.told() == [("1", agreed.other.id)]


async def test_a_pool_of_two_contracts_is_told_to_both_contact_persons_once(pool: Pool) -> None:
    world, team, other = pool.agreed.world, pool.agreed.team, pool.agreed.other
    for contact in (other.id, pool.agreed.contact.id, None):
        contract = await make_contract(world, team, contact_id=contact)
        await make_subscription(world, contract, team, (day(-165), day(199)), 0, product_id=pool.product)
    await pool.free(1)
    assert await pool.told() == [("1", who) for who in sorted((pool.agreed.contact.id, other.id))]


async def test_a_team_that_a_contract_only_serves_tells_its_own_contract_managers(pool: Pool) -> None:
    world = pool.agreed.world
    served = await world.team()
    manager = await world.member(served, Role.CONTRACT_MANAGER)
    await fetch_rows(world.database, SERVE, served, pool.agreed.contract)
    made = await make_subscription(world, pool.agreed.contract, served, (day(-165), day(199)))
    await fetch_rows(world.database, SET, served, 5)
    assert await announce(workspace(world.database), CALENDAR) == 1
    [row] = await fetch_rows(world.database, TOLD, served)
    assert tuple(row) == (f"last_seats:{served}:{made.product}:1", manager.id)


async def test_workers_that_run_at_once_tell_each_person_once(pool: Pool) -> None:
    await pool.run("update contracts set contact_id = null where team_id = $1")
    for falls in (1, 2):
        await pool.free(1)
        runs = (announce(workspace(pool.agreed.world.database), CALENDAR) for _ in range(4))
        assert sum(await asyncio.gather(*runs)) == 2
        await pool.free(3)
        await asyncio.gather(*(announce(workspace(pool.agreed.world.database), CALENDAR) for _ in range(4)))
        query = "select falls, is_low from low_pools where team_id = $1"
        [row] = await fetch_rows(pool.agreed.world.database, query, pool.agreed.team)
        assert tuple(row) == (falls, False)


async def test_a_run_that_is_rolled_back_tells_later(pool: Pool) -> None:
    await pool.free(1)
    # The notice cannot be stored, so neither can that the pool fell.
    database = pool.agreed.world.database
    await fetch_rows(database, "alter table notices add constraint refused check (kind <> 'last_seats') not valid")
    try:
        with pytest.raises(DatabaseError):
            await announce(workspace(database), CALENDAR)
    finally:
        await fetch_rows(database, "alter table notices drop constraint refused")
    assert await pool.told() == pool.once


async def test_the_number_of_statements_is_that_of_one_pool(pool: Pool) -> None:
    world, numbers = pool.agreed.world, []
    await pool.free(1)
    for pools in (1, 6):
        for _ in range(pools - 1):
            await world.pool(pool.agreed.team, 1, starts=-165, ends=199)
        await announce(workspace(world.database), CALENDAR)  # the policy is stored by the first run
        await pool.run("delete from low_pools where team_id = $1")
        await pool.run(RENAMED)
        with noted(world.database) as sent:
            assert await announce(workspace(world.database), CALENDAR) == pools
        numbers.append(len(sent))
    with noted(world.database) as sent:
        assert await announce(workspace(world.database), CALENDAR) == 0
    assert numbers[0] == numbers[1]
    assert len([text for text, _ in sent if "low_pools" in text]) == 1


async def test_it_is_audited_with_the_people_who_are_told(pool: Pool) -> None:
    await pool.free(1)
    await pool.told()
    query = """
    select a.actor_id, a.action, a.after ->> 'user' from audit_events a join notices n on n.id = a.target_id
    where a.team_id = $1"""
    [row] = await fetch_rows(pool.agreed.world.database, query, pool.agreed.team)
    assert tuple(row) == ("job announcements", "mails:queue", pool.agreed.contact.id)
