"""In the days of grace, holders keep their seats, and nobody gets a new one of the subscription."""

from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from domain.terms import SubscriptionStatus, status
from tests.conftest import Client
from tests.support.calendar import execute
from tests.support.contracts import move_term
from tests.support.mutations import Caller, new_caller
from tests.support.subscriptions import day
from tests.support.world import World

pytestmark = pytest.mark.slow

POOLS = "query ($id: ID!) { team(id: $id) { pools { total assigned available } } }"
GRACE = """
update contracts set grace_days = :days where team_id = :team
"""


class Case(NamedTuple):
    """The first and the last day of the only subscription in days from today, its days of grace, and what follows."""

    starts: int
    ends: int
    grace: int
    status: SubscriptionStatus
    pool: tuple[int, int, int] | None
    assignable: bool


CASES = [
    Case(1, 90, 0, SubscriptionStatus.UPCOMING, None, False),
    Case(0, 100, 0, SubscriptionStatus.ACTIVE, (3, 1, 2), True),
    Case(-90, 90, 0, SubscriptionStatus.EXPIRING, (3, 1, 2), True),
    Case(-90, 0, 0, SubscriptionStatus.EXPIRING, (3, 1, 2), True),
    Case(-90, -1, 0, SubscriptionStatus.ENDED, None, False),
    Case(-90, -1, 1, SubscriptionStatus.EXPIRED, (1, 1, 0), False),
    Case(-90, -15, 30, SubscriptionStatus.EXPIRED, (1, 1, 0), False),
    Case(-90, -16, 30, SubscriptionStatus.SUSPENDED, (1, 1, 0), False),
    Case(-90, -30, 30, SubscriptionStatus.SUSPENDED, (1, 1, 0), False),
    Case(-90, -31, 30, SubscriptionStatus.ENDED, None, False),
]


async def with_term(client: Client, world: World, case: Case) -> tuple[Caller, str, str]:
    """A caller in a team with three seats, one of which is held, with this term. Returns the seat and its holder."""
    caller = await new_caller(client, world, seats=3)
    [holder] = await caller.members(1)
    seat = await caller.give_seat(holder)
    await execute(world, GRACE, team=caller.team, days=case.grace)
    async with world.engine.begin() as connection:
        query = text("select id from subscriptions where team_id = :team")
        id_ = (await connection.execute(query, {"team": caller.team})).scalar_one()
        await move_term(connection, caller.team, id_, case.starts, case.ends)
    return caller, seat, holder


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.ends} days, grace {case.grace}")
async def test_what_a_subscription_gives(client: Client, world: World, case: Case) -> None:
    caller, seat, holder = await with_term(client, world, case)
    today = day(0)
    assert status(day(case.starts), day(case.ends), case.grace, today) is case.status
    answer = await client(POOLS, caller.secret, id=caller.team)
    assert answer.data["team"]["pools"] == expected_pools(case)
    [eve] = await caller.members(1)
    reassigned = await caller.reassign(seat, holder, eve)
    assert (reassigned.content["seat"] is not None) is case.assignable
    holder = eve if case.assignable else holder
    [ida] = await caller.members(1)
    payload = await caller.assign([ida])
    assert [code for code, _ in payload.errors] == ([] if case.assignable else ["NO_SEAT_LEFT"])
    assert await caller.holders() == sorted([holder, ida] if case.assignable else [holder])


def expected_pools(case: Case) -> list[dict[str, Any]]:
    """The pools of the team as the graph shows them."""
    if case.pool is None:
        return []
    return [dict(zip(("total", "assigned", "available"), case.pool, strict=True))]


async def test_retired_seats_are_neither_counted_nor_listed_nor_given(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    [free, retired] = sorted(await world.free_seats(caller.team, caller.product))
    await execute(world, "update seats set retired_at = now() where id = :id", id=retired)
    answer = await client(POOLS, caller.secret, id=caller.team)
    assert answer.data["team"]["pools"] == [{"total": 1, "assigned": 0, "available": 1}]
    query = "query ($id: ID!) { team(id: $id) { seats { nodes { id } } } }"
    answer = await client(query, caller.secret, id=caller.team)
    assert [node["id"] for node in answer.data["team"]["seats"]["nodes"]] == [free]
    people = await caller.members(2)
    payload = await caller.assign(people, mode="WAITLIST")
    assert [code for code, _ in payload.errors] == ["WAITING"]
    await caller.unassign(people[:1])
    assert await caller.holders() == people[1:], "the freed seat is promoted; the retired one is not"
