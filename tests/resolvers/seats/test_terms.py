"""Subscriptions that begin serve the waiting list, and those that have ended give nothing any more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.subjects import System
from resolvers.contracts.calendar import CalendarReport, run_calendar
from tests.conftest import Client
from tests.support.contracts import move_term
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.sync_gateway import SyncGateway, sync_gateway
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

CALENDAR = System("job calendar")
WAITLIST = {"mode": "WAITLIST"}
SUBSCRIPTION = "select subscription_id from seats where team_id = :team and id = :seat"
POOLS = "query ($id: ID!) { team(id: $id) { pools { total assigned available } } }"
SOURCES = "select holder_id, kind, group_id from seat_sources where team_id = :team order by id"
WAITS = "select user_id, kind, group_id, queued_by from waits where team_id = :team order by id"
PERIODS = "select holder_id, started_by, ended_by from seat_history where team_id = :team order by id"


async def run(world: World) -> CalendarReport:
    """Run the job once."""
    return await run_calendar(workspace(world.database), CALENDAR)


@pytest.fixture(autouse=True)
async def nothing_due(world: World) -> None:
    """Other tests may have left pools in which something is due."""
    await run(world)


async def rows(caller: Caller, query: str) -> list[tuple[object, ...]]:
    """The rows of a query about the caller's team."""
    async with caller.world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query), {"team": caller.team})]


async def set_term(caller: Caller, seat: str, starts: int, ends: int) -> None:
    """Set the term of the subscription of a seat, in days from today."""
    async with caller.world.engine.begin() as connection:
        found = await connection.execute(text(SUBSCRIPTION), {"team": caller.team, "seat": seat})
        await move_term(connection, caller.team, found.scalar_one(), starts, ends)


async def seats_of(caller: Caller) -> list[str]:
    """The ids of all seats of the team, in order."""
    query = "select id from seats where team_id = :team order by id"
    return [str(id_) for (id_,) in await rows(caller, query)]


async def with_holders(client: Client, world: World, number: int) -> tuple[Caller, list[str]]:
    """A caller in a team whose seats are all held, and the holders in the order in which they got their seat."""
    caller = await new_caller(client, world, seats=number)
    people = await caller.members(number)
    for one in people:
        assert (await caller.assign([one])).errors == []
    return caller, people


async def test_a_subscription_that_begins_serves_the_line_in_order(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    [seat, _] = await seats_of(caller)
    await set_term(caller, seat, 1, 9)
    people = await caller.members(3)
    people.reverse()
    assert [code for code, _ in (await caller.assign(people, **WAITLIST)).errors] == ["WAITING"] * 3
    assert await run(world) == CalendarReport()
    assert await caller.holders() == []
    await set_term(caller, seat, 0, 9)
    assert await run(world) == CalendarReport(promoted=2)
    assert await caller.holders() == sorted(people[:2])
    [row] = [one for one in await audit_rows(world, caller.team) if one.actor_kind == "system"]
    assert (row.action, row.actor_id, row.target_id) == ("subscriptions:begin", "job calendar", caller.product)
    assert sorted(row.after["promoted"].values()) == sorted(people[:2])
    assert (await rows(caller, PERIODS))[0][1] == caller.who.id, "the giver is the one who put them on the list"


async def test_an_ended_subscription_takes_its_seats_back_and_the_holders_wait(client: Client, world: World) -> None:
    caller, [ada, eve] = await with_holders(client, world, 2)
    [seat, _] = await seats_of(caller)
    await set_term(caller, seat, -9, 0)
    assert await run(world) == CalendarReport(), "it lasts until the end of its last day"
    await set_term(caller, seat, -9, -1)
    assert await run(world) == CalendarReport(waiting=2)
    assert await caller.holders() == []
    assert await rows(caller, SOURCES) == []
    assert await rows(caller, WAITS) == [(one, "direct", None, caller.who.id) for one in (ada, eve)]
    assert await rows(caller, PERIODS) == [(one, caller.who.id, "job calendar") for one in (ada, eve)]
    [row] = [one for one in await audit_rows(world, caller.team) if one.actor_kind == "system"]
    assert (row.action, sorted(row.before["holders"].values())) == ("subscriptions:end", sorted([ada, eve]))
    assert row.after == {"product": caller.product, "waiting": [ada, eve]}
    assert row.facts == [{"kind": "System"}, {"kind": "Subscription", "role": None}]


async def test_holders_move_to_the_renewal_before_others_are_served(client: Client, world: World) -> None:
    caller, [ada, eve] = await with_holders(client, world, 2)
    [seat, _] = await seats_of(caller)
    group = await world.group(caller.team)
    await world.add_seat_source(caller.team, seat, ada, group)
    [ida] = await caller.members(1)
    await caller.assign([ida], **WAITLIST)
    await set_term(caller, seat, -9, -1)
    await world.pool(caller.team, 2, caller.product)
    assert await run(world) == CalendarReport(moved=2)
    assert await caller.holders() == sorted([ada, eve])
    assert await rows(caller, SOURCES) == [(ada, "direct", None), (ada, "group", group), (eve, "direct", None)]
    assert [who for who, *_ in await rows(caller, WAITS)] == [ida]
    assert (await rows(caller, PERIODS))[2:] == [(ada, "job calendar", None), (eve, "job calendar", None)]


async def test_a_renewal_that_comes_late_gives_the_seats_back(client: Client, world: World) -> None:
    caller, [ada, eve] = await with_holders(client, world, 2)
    [seat, _] = await seats_of(caller)
    await set_term(caller, seat, -9, -1)
    await run(world)
    await world.pool(caller.team, 1, caller.product)
    assert await run(world) == CalendarReport(promoted=1)
    assert await caller.holders() == [ada]
    assert [who for who, *_ in await rows(caller, WAITS)] == [eve]


async def test_the_pool_counts_only_active_subscriptions_before_the_job_runs(client: Client, world: World) -> None:
    caller, _ = await with_holders(client, world, 2)
    [seat, _] = await seats_of(caller)
    await world.pool(caller.team, 3, caller.product)
    await set_term(caller, seat, -9, -1)
    answer = await client(POOLS, caller.secret, id=caller.team)
    assert answer.data["team"]["pools"] == [{"total": 3, "assigned": 0, "available": 3}]


@pytest.mark.parametrize("term", [(-9, -1), (1, 9)], ids=["ended", "not begun"])
async def test_a_seat_of_an_inactive_subscription_cannot_be_reassigned(
    client: Client, world: World, term: tuple[int, int]
) -> None:
    caller, [ada] = await with_holders(client, world, 1)
    [seat] = await seats_of(caller)
    [eve] = await caller.members(1)
    await set_term(caller, seat, *term)
    before = await world.fingerprint()
    payload = await caller.reassign(seat, ada, eve)
    assert (payload.content["seat"], payload.errors) == (None, [("SUBSCRIPTION_INACTIVE", None)])
    assert await world.fingerprint() == before


async def test_two_workers_and_repeats_do_everything_once(client: Client, world: World) -> None:
    caller, people = await with_holders(client, world, 6)
    [seat, *_] = await seats_of(caller)
    await set_term(caller, seat, -9, -1)
    await world.pool(caller.team, 4, caller.product)
    reports = await asyncio.gather(*(run(world) for _ in range(4)))
    assert sum(one.moved for one in reports) == 4
    assert sum(one.waiting for one in reports) == 2
    assert await caller.holders() == sorted(people[:4])
    before = await world.fingerprint()
    assert await run(world) == CalendarReport()
    assert await world.fingerprint() == before


@dataclass
class Line:
    """The rules in plain Python: who holds which subscription's seat, since when, and the waiting list."""

    held: dict[str, int] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)

    def run(self, sizes: Sequence[int], terms: Sequence[tuple[int, int]]) -> None:
        """What the job does: holders move, then the others wait, then the line is served."""
        ended = [one for one, at in self.held.items() if terms[at][1] < 0]
        for one in ended:
            del self.held[one]
        for one in ended:
            self.line.append(one) if not self.take(one, sizes, terms) else None
        while self.line and self.take(self.line[0], sizes, terms):
            self.line.pop(0)

    def take(self, person: str, sizes: Sequence[int], terms: Sequence[tuple[int, int]]) -> bool:
        """Give a person the first free seat of the subscription that ends last. Returns whether there is one."""
        for at in sorted(range(len(sizes)), key=lambda at: (-terms[at][1], at)):
            size, (starts, ends) = sizes[at], terms[at]
            if starts <= 0 <= ends and list(self.held.values()).count(at) < size:
                self.held[person] = at
                return True
        return False


TERMS = st.sampled_from([(-9, -1), (-9, 0), (0, 9), (1, 9)])
SIZES = (2, 1, 2)


@given(days=st.lists(st.tuples(TERMS, TERMS, TERMS, st.integers(1, 2)), min_size=1, max_size=4))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def check_days(ready: SyncGateway, days: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int], int]]) -> None:
    """On each day other subscriptions are active, and one person more wants a seat."""
    caller = ready.run(new_caller(ready.client, ready.world, seats=SIZES[0]))
    for size in SIZES[1:]:
        ready.run(ready.world.pool(caller.team, size, caller.product))
    seats, people, model = ready.run(seats_of(caller)), ready.run(caller.members(4)), Line()
    firsts = [seats[0], seats[SIZES[0]], seats[SIZES[0] + SIZES[1]]]
    for *terms, runs in days:
        for seat, term in zip(firsts, terms, strict=True):
            ready.run(set_term(caller, seat, *term))
        for _ in range(runs):
            ready.run(run(ready.world))
        model.run(SIZES, terms)
        if people:
            one = people.pop()
            ready.run(caller.assign([one], **WAITLIST))
            if model.line or not model.take(one, SIZES, terms):
                model.line.append(one)
        held = {str(who): firsts_of(seats, str(seat)) for who, seat in ready.run(rows(caller, HELD))}
        assert held == model.held
        assert list(dict.fromkeys(str(who) for who, *_ in ready.run(rows(caller, WAITS)))) == model.line
        [(opened, sources)] = ready.run(rows(caller, OPEN))
        assert opened == sources == len(held)


HELD = "select holder_id, id from seats where team_id = :team and holder_id is not null"
OPEN = """
select (select count(*) from seat_history where team_id = :team and ended_at is null),
       (select count(*) from seat_sources where team_id = :team)
"""


def firsts_of(seats: Sequence[str], seat: str) -> int:
    """The number of the subscription of a seat."""
    place = seats.index(seat)
    return next(at for at in range(len(SIZES)) if place < sum(SIZES[: at + 1]))


@pytest.mark.usefixtures("engine")
def test_on_any_days_the_holders_and_the_line_are_those_of_a_model(postgres: str) -> None:
    with sync_gateway(postgres) as ready:
        check_days(ready)
