"""Many clients compete over HTTP for too few seats of two worker processes. Each seat gets exactly one holder.

Every round must assign exactly the free seats. No seat is freed during a round, so NO_SEAT_LEFT stays true once a
client has got it. More people ask for one seat each than there are free seats. So if a seat were left at the end, one
of them would have got a wrong NO_SEAT_LEFT.
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
from db.core.database import POOL_SIZE
from domain.roles import Role
from tests.support.process import running
from tests.support.world import Account, World, world_of

pytestmark = pytest.mark.slow

# MOVING seats have a holder, and RIVALS requests each want to move the same one. SINGLES requests name one person, and
# LISTS requests of each mode name several.
FREE, MOVING, ROUNDS = 10, 4, 20
SINGLES, LISTS, RIVALS = 24, 12, 4
CLIENTS = SINGLES + 2 * LISTS + MOVING * RIVALS
DRY_RUNS = 4

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
class Race:
    """Two workers of one gateway, a client for each request, and the coordinator who sends all requests."""

    world: World
    clients: list[httpx.AsyncClient]
    coordinator: Account

    async def send_all(self, requests: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        """Send all requests at once, each with its own client. Returns their data; fails if one has errors."""
        return await asyncio.gather(
            *(self.send(client, *request) for client, request in zip(self.clients, requests, strict=False))
        )

    async def send(self, client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> Any:
        """Send a request. Returns its data; fails if it has errors."""
        headers = {"authorization": f"Bearer {self.coordinator.secret}"}
        response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert response.status_code == 200, response.text
        assert "errors" not in response.json(), response.text
        return response.json()["data"]


@pytest.fixture(scope="module")
async def race(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Race]:
    folder: Path = tmp_path_factory.mktemp("race")
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(world_of(database))
        await migrate.upgrade(world.database)
        coordinator = await world.person()
        run = stack.enter_context(running(folder, DATABASE_URL=database, USHER_WORKERS="2"))
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=run.address, timeout=60))
            for _ in range(CLIENTS + DRY_RUNS)
        ]
        yield Race(world, clients, coordinator)
        async with world.engine.connect() as connection:
            assert (await connection.execute(DEADLOCKS)).scalar_one() == 0
    log = (folder / "stderr").read_text()
    assert "Traceback" not in log
    assert '"level":"info"' in log
    assert '"level":"error"' not in log


@dataclass(frozen=True)
class Round:
    """A new team's pool, the people whose seats are to be moved, and the people who want a seat.

    `moving` has the seat of each holder. `singles` are named alone and `crowd` in lists. `heirs` want the seats
    in `moving`.
    """

    team: str
    product: str
    moving: dict[str, str]
    singles: list[str]
    crowd: list[str]
    heirs: list[str]

    def assign(self, people: list[str], mode: str = "ALL_OR_NOTHING", **more: Any) -> tuple[str, dict[str, Any]]:
        """A request to assign seats to these people."""
        required = {"teamId": self.team, "productId": self.product, "userIds": people, "mode": mode}
        return ASSIGN, {"input": required | more}

    def requests(self, random: Random) -> list[tuple[str, dict[str, Any]]]:
        """One request for each client: for single people, for lists that overlap, and to move the same seats."""

        def some(least: int, most: int) -> list[str]:
            return random.sample(self.crowd, random.randint(least, most))

        requests = [self.assign([one]) for one in self.singles]
        requests += [self.assign(some(2, 4), mode) for mode in ("BEST_EFFORT", "ALL_OR_NOTHING") for _ in range(LISTS)]
        for (holder, seat), heir in zip(self.moving.items(), self.heirs, strict=True):
            # People of the crowd may get another seat first. The heir asks for no other, so every seat does move.
            for rival in [heir, *some(RIVALS - 1, RIVALS - 1)]:
                requests.append((REASSIGN, {"input": {"seatId": seat, "fromUserId": holder, "toUserId": rival}}))
        assert len(requests) == CLIENTS
        requests += [self.assign(some(5, 10), "BEST_EFFORT", dryRun=True) for _ in range(DRY_RUNS)]
        random.shuffle(requests)
        return requests


@pytest.fixture
async def round_(race: Race) -> Round:
    team = await race.world.team()
    await race.world.member(team, Role.SOFTWARE_COORDINATOR, race.coordinator)
    people = await race.world.members(team, MOVING + SINGLES + 30 + MOVING)
    product = await race.world.pool(team, FREE + MOVING)
    moving = {one: await race.world.give_seat(team, product, one) for one in people[:MOVING]}
    others = people[MOVING:]
    return Round(team, product, moving, others[:SINGLES], others[SINGLES:-MOVING], others[-MOVING:])


async def holders_by_seat(race: Race, round_: Round) -> dict[str, str]:
    """The holder of each held seat. Fails if the history or the sources of a seat do not agree with it."""
    async with race.world.engine.connect() as connection:
        found = (await connection.execute(SEATS, {"team": round_.team})).all()
    for _, holder, open_periods, sources in found:
        assert open_periods == sources == ([holder] if holder else [])
    return {seat: holder for seat, holder, *_ in found if holder}


def won(answers: list[Any]) -> list[tuple[str, str]]:
    """Each assigned seat in these answers with its holder."""
    return [(seat["id"], seat["holder"]["id"]) for answer in answers for seat in answer["change"]["seats"]]


@dataclass(frozen=True)
class AnsweredRequest:
    """A request and its answer."""

    query: str
    input: dict[str, Any]
    answer: Any

    @property
    def won(self) -> list[tuple[str, str]]:
        """Each seat that the request got, with its new holder."""
        seats = self.answer["change"]["seats"] if self.query == ASSIGN else [self.answer["change"]["seat"]]
        return [(seat["id"], seat["holder"]["id"]) for seat in seats if seat]

    @property
    def short(self) -> list[int]:
        """The rows with NO_SEAT_LEFT. Fails if there is an error other than those of a request that came too late."""
        late = {"ALREADY_ASSIGNED", "NO_SEAT_LEFT" if self.query == ASSIGN else "SEAT_CHANGED"}
        errors = self.answer["change"]["errors"]
        assert {error["code"] for error in errors} <= late
        return [error["row"] for error in errors if error["code"] == "NO_SEAT_LEFT"]


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_each_of_the_last_seats_gets_exactly_one_holder(race: Race, round_: Round, number: int) -> None:
    requests = round_.requests(Random(number))  # noqa: S311 - no secret: the requests must be the same in every run
    answers = await race.send_all(requests)
    answered = [
        AnsweredRequest(query, variables["input"], answer)
        for (query, variables), answer in zip(requests, answers, strict=True)
    ]
    real = [one for one in answered if not one.input.get("dryRun")]
    wins = [win for one in real if one.query == ASSIGN for win in one.won]
    moves = [win for one in real if one.query == REASSIGN for win in one.won]
    assert (len(wins), len(moves)) == (FREE, MOVING)

    held = await holders_by_seat(race, round_)
    assert held == dict(wins + moves)
    assert len(set(held.values())) == FREE + MOVING
    history = await race.world.history(round_.team, round_.product)
    assert sorted(holder for holder, open_ in history if not open_) == sorted(round_.moving)
    assert len(await race.world.audit_actions(round_.team)) == sum(bool(one.won) for one in real)
    [pool] = (await race.send(race.clients[0], POOLS, {"team": round_.team}))["team"]["pools"]
    assert pool == {"total": FREE + MOVING, "assigned": FREE + MOVING, "available": 0}

    for one in real:
        served = [one.input["userIds"].index(holder) for _, holder in one.won] if one.query == ASSIGN else []
        if one.input.get("mode") == "ALL_OR_NOTHING":
            assert not (served and one.short)
        assert [*served, *one.short] == sorted([*served, *one.short])


async def test_dry_runs_take_no_seat_from_other_requests(race: Race, round_: Round) -> None:
    dry_runs = [round_.assign(round_.crowd[:FREE], dryRun=True)] * 8
    answers = await race.send_all([*dry_runs, *(round_.assign([one]) for one in round_.singles[:FREE])])
    assert len(won(answers[len(dry_runs) :])) == FREE
    assert sorted((await holders_by_seat(race, round_)).values()) == sorted([*round_.moving, *round_.singles[:FREE]])


async def test_parallel_requests_with_one_idempotency_key_make_one_change(race: Race, round_: Round) -> None:
    answers = await race.send_all([round_.assign(round_.crowd[:3], idempotencyKey="once")] * 16)
    assert answers == answers[:1] * 16
    assert [holder for _, holder in won(answers[:1])] == round_.crowd[:3]
    assert len(await holders_by_seat(race, round_)) == MOVING + 3
    assert await race.world.audit_actions(round_.team) == ["seats:assign"]


async def test_both_workers_use_the_database(race: Race, round_: Round) -> None:
    await race.send_all([round_.assign([one]) for one in round_.singles + round_.crowd])
    async with race.world.engine.connect() as connection:
        assert (await connection.execute(WORKERS)).scalar_one() > POOL_SIZE + 1
