"""Many clients over HTTP, two worker processes, and too few seats: whoever wins one really holds it, and nobody else.

That every round gives away exactly the free seats is no luck. Nothing is freed during a round, so a client who asks for
one seat and hears that none is left hears the truth for good. More people than there are seats ask so, each for one: if
a seat were left, all of them would hold one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from db.core import migrate
from db.core.engine import POOL_SIZE, connect
from domain.roles import Role
from tests.support.process import running
from tests.support.world import Someone, World

FREE, MOVING, ROUNDS = 10, 4, 20
SINGLES, LISTS, RIVALS = 24, 12, 4
CLIENTS = SINGLES + 2 * LISTS + MOVING * RIVALS
REHEARSALS = 4

ASSIGN = """mutation($input: AssignSeatsInput!) {
  change: assignSeats(input: $input) { seats { id holder { id } } errors { code row } }
}"""
REASSIGN = """mutation($input: ReassignSeatInput!) {
  change: reassignSeat(input: $input) { seat { id holder { id } } errors { code row } }
}"""
POOLS = "query($team: ID!) { team(id: $team) { pools { total assigned available } } }"
SEATS = text("""
    select s.id, s.holder_id,
           array(select h.holder_id from seat_history h where h.seat_id = s.id and h.ended_at is null),
           array(select r.holder_id from seat_sources r where r.seat_id = s.id)
    from seats s where s.team_id = :team
""")
WORKERS = text("""
    select count(*) from pg_stat_activity where datname = current_database() and application_name = 'usher'
""")
DEADLOCKS = text("select deadlocks from pg_stat_database where datname = current_database()")


@dataclass(frozen=True)
class Field:
    """Two workers of one gateway, a client for each who asks, and a coordinator as whom they all ask."""

    world: World
    clients: list[httpx.AsyncClient]
    coordinator: Someone

    async def all(self, requests: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        """Send each request by a client of its own, all at once; the payloads, when nothing went wrong."""
        return await asyncio.gather(
            *(self.one(client, *request) for client, request in zip(self.clients, requests, strict=False))
        )

    async def one(self, client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> Any:
        """Send a request."""
        headers = {"authorization": f"Bearer {self.coordinator.secret}"}
        response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert response.status_code == 200, response.text
        assert "errors" not in response.json(), response.text
        return response.json()["data"]


@pytest.fixture(scope="module")
async def field(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Field]:
    engine = connect(database)
    await migrate.upgrade(engine)
    world = World(engine)
    coordinator = await world.person()
    folder: Path = tmp_path_factory.mktemp("race")
    async with AsyncExitStack() as stack:
        run = stack.enter_context(running(folder, DATABASE_URL=database, USHER_WORKERS="2"))
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=run.address, timeout=60))
            for _ in range(CLIENTS + REHEARSALS)
        ]
        yield Field(world, clients, coordinator)
    async with engine.connect() as connection:
        assert (await connection.execute(DEADLOCKS)).scalar_one() == 0
    await engine.dispose()
    log = (folder / "stderr").read_text()
    assert "Traceback" not in log
    assert '"level":"info"' in log
    assert '"level":"error"' not in log


@dataclass(frozen=True)
class Round:
    """A new team's pool: who holds a seat that is to be moved, and who wants one."""

    team: str
    product: str
    moving: dict[str, str]  # seats by holder
    singles: list[str]
    crowd: list[str]
    heirs: list[str]

    def assign(self, people: list[str], mode: str = "ALL_OR_NOTHING", **more: Any) -> tuple[str, dict[str, Any]]:
        """A request for seats."""
        asked = {"teamId": self.team, "productId": self.product, "userIds": people, "mode": mode}
        return ASSIGN, {"input": asked | more}

    def requests(self, random: Random) -> list[tuple[str, dict[str, Any]]]:
        """One request a client: for one person, for lists that overlap, and for the same seats to be moved."""

        def some(least: int, most: int) -> list[str]:
            return random.sample(self.crowd, random.randint(least, most))

        asked = [self.assign([one]) for one in self.singles]
        asked += [self.assign(some(2, 4), mode) for mode in ("BEST_EFFORT", "ALL_OR_NOTHING") for _ in range(LISTS)]
        for (holder, seat), heir in zip(self.moving.items(), self.heirs, strict=True):
            # The crowd may get a seat otherwise; the heir asks for nothing else, so that every seat does move.
            for rival in [heir, *some(RIVALS - 1, RIVALS - 1)]:
                asked.append((REASSIGN, {"input": {"seatId": seat, "fromUserId": holder, "toUserId": rival}}))
        assert len(asked) == CLIENTS
        asked += [self.assign(some(5, 10), "BEST_EFFORT", dryRun=True) for _ in range(REHEARSALS)]
        random.shuffle(asked)
        return asked


@pytest.fixture
async def new(field: Field) -> Round:
    team = await field.world.team()
    await field.world.member(team, Role.SOFTWARE_COORDINATOR, field.coordinator)
    people = await field.world.members(team, MOVING + SINGLES + 30 + MOVING)
    product = await field.world.pool(team, FREE + MOVING)
    moving = {one: await field.world.hold(team, product, one) for one in people[:MOVING]}
    others = people[MOVING:]
    return Round(team, product, moving, others[:SINGLES], others[SINGLES:-MOVING], others[-MOVING:])


async def seats(field: Field, new: Round) -> dict[str, str]:
    """Who holds which seat, when all that is written about it agrees."""
    async with field.world.engine.connect() as connection:
        found = (await connection.execute(SEATS, {"team": new.team})).all()
    for _, holder, open_periods, sources in found:
        assert open_periods == sources == ([holder] if holder else [])
    return {seat: holder for seat, holder, *_ in found if holder}


def won(answers: list[Any]) -> list[tuple[str, str]]:
    return [(seat["id"], seat["holder"]["id"]) for answer in answers for seat in answer["change"]["seats"]]


@dataclass(frozen=True)
class Told:
    """A request in earnest, and its answer."""

    query: str
    input: dict[str, Any]
    answer: Any

    @property
    def won(self) -> list[tuple[str, str]]:
        """The seats won, each with its winner."""
        seats = self.answer["change"]["seats"] if self.query == ASSIGN else [self.answer["change"]["seat"]]
        return [(seat["id"], seat["holder"]["id"]) for seat in seats if seat]

    @property
    def short(self) -> list[int]:
        """The rows that no seat was left for; nobody is told anything else than that it was too late."""
        late = {"ALREADY_ASSIGNED", "NO_SEAT_LEFT" if self.query == ASSIGN else "SEAT_CHANGED"}
        errors = self.answer["change"]["errors"]
        assert {error["code"] for error in errors} <= late
        return [error["row"] for error in errors if error["code"] == "NO_SEAT_LEFT"]


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_the_last_seats_are_won_once_each(field: Field, new: Round, number: int) -> None:
    requests = new.requests(Random(number))  # noqa: S311 - no secret: the same mix in every run
    answers = await field.all(requests)
    told = [Told(query, asked["input"], answer) for (query, asked), answer in zip(requests, answers, strict=True)]
    real = [one for one in told if not one.input.get("dryRun")]
    wins = [win for one in real if one.query == ASSIGN for win in one.won]
    moves = [win for one in real if one.query == REASSIGN for win in one.won]
    assert (len(wins), len(moves)) == (FREE, MOVING)

    held = await seats(field, new)
    assert held == dict(wins + moves)
    assert len(set(held.values())) == FREE + MOVING
    history = await field.world.history(new.team, new.product)
    assert sorted(holder for holder, open_ in history if not open_) == sorted(new.moving)
    assert len(await field.world.trail(new.team)) == sum(bool(one.won) for one in real)
    [pool] = (await field.one(field.clients[0], POOLS, {"team": new.team}))["team"]["pools"]
    assert pool == {"total": FREE + MOVING, "assigned": FREE + MOVING, "available": 0}

    for one in real:
        served = [one.input["userIds"].index(holder) for _, holder in one.won] if one.query == ASSIGN else []
        if one.input.get("mode") == "ALL_OR_NOTHING":
            assert not (served and one.short)
        assert [*served, *one.short] == sorted([*served, *one.short])


async def test_rehearsals_take_no_seat_from_anybody(field: Field, new: Round) -> None:
    rehearsals = [new.assign(new.crowd[:FREE], dryRun=True)] * 8
    answers = await field.all([*rehearsals, *(new.assign([one]) for one in new.singles[:FREE])])
    assert len(won(answers[len(rehearsals) :])) == FREE
    assert sorted((await seats(field, new)).values()) == sorted([*new.moving, *new.singles[:FREE]])


async def test_parallel_repeats_of_one_key_are_one_change(field: Field, new: Round) -> None:
    answers = await field.all([new.assign(new.crowd[:3], idempotencyKey="once")] * 16)
    assert answers == answers[:1] * 16
    assert [holder for _, holder in won(answers[:1])] == new.crowd[:3]
    assert len(await seats(field, new)) == MOVING + 3
    assert await field.world.trail(new.team) == ["seats:assign"]


async def test_both_workers_are_at_work(field: Field, new: Round) -> None:
    await field.all([new.assign([one]) for one in new.singles + new.crowd])
    async with field.world.engine.connect() as connection:
        assert (await connection.execute(WORKERS)).scalar_one() > POOL_SIZE + 1
