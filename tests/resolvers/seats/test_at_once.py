"""The usual assignment takes two statements. In every other case it ends as the longer way does, and holds no lock."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from db.core.connection import Connection
from db.seats import allocation, waiting_list
from domain.actions import Scope
from domain.bulk import BulkMode
from domain.roles import Role
from domain.seats import DIRECT
from tests.conftest import Client
from tests.support.database import fetch
from tests.support.locks import lock, unlocked, waiting
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.world import World

BEGIN = "begin isolation level read committed"
MUTATIONS = {
    "assignSeats": "mutation ($input: AssignSeatsInput!) { assignSeats(input: $input) { errors { code } } }",
    "unassignSeats": "mutation ($input: UnassignSeatsInput!) { unassignSeats(input: $input) { errors { code } } }",
}
LOCK_MEMBERS = "select from memberships where team_id = $1 for update"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The commands that begin and end transactions, in order, while the test runs."""
    sent: list[str] = []
    run = Connection._run

    async def note(self: Connection, command: str) -> None:
        sent.append(command)
        await run(self, command)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "_run", note)
        yield sent


async def send(caller: Caller, mutation: str, people: list[str], **more: object) -> list[str]:
    """Send a mutation that selects the errors only. Returns the codes of all errors."""
    values = {"teamId": caller.team, "productId": caller.product, "userIds": people, **more}
    answer = await caller.client(MUTATIONS[mutation], caller.secret, input=values)
    payload = (answer.content.get("data") or {}).get(mutation) or {"errors": []}
    return answer.codes + [error["code"] for error in payload["errors"]]


@pytest.mark.parametrize("people", [1, 40])
@pytest.mark.parametrize("separated", [False, True])
async def test_assigning_and_unassigning_take_two_statements_each(
    client: Client, world: World, statements: list[str], commands: list[str], people: int, separated: bool
) -> None:
    caller = await new_caller(client, world, seats=people, separated=separated)
    members = await caller.members(people)
    await send(caller, "assignSeats", members)  # now the text of the policy is stored
    await send(caller, "unassignSeats", members)
    for mutation in MUTATIONS:
        statements.clear()
        commands.clear()
        assert await send(caller, mutation, members) == []
        assert len(statements) == 2, statements
        assert commands == [BEGIN, "commit"]


async def test_a_partner_token_takes_two_statements_too(
    client: Client, world: World, statements: list[str], commands: list[str]
) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    _, secret = await world.token(caller.team, caller.who.id, Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN)
    partner = replace(caller, secret=secret)
    await send(partner, "assignSeats", [ada])  # now the use of this minute is stored
    await send(partner, "unassignSeats", [ada])
    for mutation in MUTATIONS:
        statements.clear()
        commands.clear()
        assert await send(partner, mutation, [ada]) == []
        assert len(statements) == 2, statements
        assert commands == [BEGIN, "commit"]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_dry_run_takes_the_same_statements_and_changes_nothing(
    client: Client, world: World, statements: list[str], commands: list[str], mutation: str
) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, bob = await caller.members(2)
    await send(caller, "assignSeats", [ada])
    before = await world.fingerprint()
    statements.clear()
    commands.clear()
    assert await send(caller, mutation, [bob if mutation == "assignSeats" else ada], dryRun=True) == []
    assert len(statements) == 2
    assert commands == [BEGIN, "rollback"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_person_without_the_right_locks_nothing(client: Client, world: World, mutation: str) -> None:
    caller = await new_caller(client, world, seats=1, role=Role.USER)
    people = await caller.members(2)
    async with world.database.transaction() as others, asyncio.timeout(5):
        await fetch(others, LOCK_MEMBERS, caller.team)
        await waiting_list.lock_for_joining(others, caller.team)
        assert await send(caller, mutation, people) == ["FORBIDDEN"]


async def test_nothing_is_locked_for_a_list_with_somebody_who_must_not_get_a_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2, separated=True)
    [ada] = await caller.members(1)
    async with world.database.transaction() as others, asyncio.timeout(5):
        await fetch(others, LOCK_MEMBERS, caller.team)
        assert await send(caller, "assignSeats", [ada, caller.who.id]) == ["FORBIDDEN"]


async def test_a_coordinator_can_give_a_seat_to_themselves_and_others(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    people = [*await caller.members(1), caller.who.id]
    for mutation in MUTATIONS:
        assert await send(caller, mutation, people) == []
    assert await caller.holders() == []
    assert len(await audit_rows(world, caller.team)) == 2


async def test_a_seat_is_waited_for_without_holding_another(client: Client, world: World, commands: list[str]) -> None:
    caller = await new_caller(client, world, seats=2)
    people = await caller.members(2)
    first, second = sorted(await world.free_seats(caller.team, caller.product))
    async with world.database.transaction() as others:
        await lock(others, "seats", caller.team, "id", first)
        commands.clear()
        async with waiting(others, send(caller, "assignSeats", people)) as work:
            assert commands == [BEGIN, "rollback", BEGIN, "savepoint savepoint_1", "rollback to savepoint savepoint_1"]
            assert await unlocked(world.database, "seats", caller.team) == [second]
            await others.commit()
            assert await work == []
    assert await caller.holders() == sorted(people)
    assert await world.audit_actions(caller.team) == ["seats:assign"]


@pytest.mark.parametrize(("mode", "got"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 1)])
async def test_a_shortage_is_reported_after_a_second_attempt(client: Client, world: World, mode: str, got: int) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(2)
    codes = await send(caller, "assignSeats", people, mode=mode, idempotencyKey="short")
    assert codes == ["NO_SEAT_LEFT"]
    assert await caller.holders() == people[:got]
    assert await send(caller, "assignSeats", people, mode=mode, idempotencyKey="short") == codes
    assert await world.audit_actions(caller.team) == ["seats:assign"] * got


async def test_a_person_who_is_being_served_from_the_waiting_list_gets_no_second_seat(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, bob, eve = await caller.members(3)
    pool = (caller.team, caller.product)
    assert await send(caller, "assignSeats", [bob, eve]) == []
    assert await send(caller, "assignSeats", [ada], mode="WAITLIST") == ["WAITING"]
    async with world.database.transaction() as freeing:
        await allocation.end(freeing, *pool, [bob, eve], DIRECT, "taker")
        async with waiting(freeing, send(caller, "assignSeats", [ada])) as work:
            await freeing.commit()
            assert await work == ["ALREADY_ASSIGNED"]
    assert await caller.holders() == [ada]


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "with-others"])
async def test_a_seat_is_not_freed_past_somebody_who_is_joining_the_waiting_list(
    client: Client, world: World, others: int
) -> None:
    caller = await new_caller(client, world, seats=1 + others)
    ada, bob, *more = await caller.members(2 + others)
    assert await send(caller, "assignSeats", [ada, *more]) == []
    async with world.database.transaction() as joining:
        given = await allocation.give(
            joining, caller.team, caller.product, [bob], DIRECT, "giver", mode=BulkMode.WAITLIST
        )
        assert [wait.user_id for wait in given.waiting] == [bob]
        async with waiting(joining, send(caller, "unassignSeats", [ada])) as work:
            await joining.commit()
            assert await work == []
    assert await caller.holders() == sorted([bob, *more])
    assert (await audit_rows(world, caller.team))[-1].after["promoted"]


async def test_somebody_who_joins_the_waiting_list_waits_for_a_seat_that_is_being_freed(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, bob = await caller.members(2)
    assert await send(caller, "assignSeats", [ada]) == []
    async with world.database.transaction() as others:
        await lock(others, "seats", caller.team, "holder_id", ada)
        async with waiting(others, send(caller, "unassignSeats", [ada])) as freeing:
            joining = asyncio.create_task(send(caller, "assignSeats", [bob], mode="WAITLIST"))
            await asyncio.sleep(0.1)
            assert not joining.done()
            await others.commit()
            assert await freeing == []
            assert await joining == []
    assert await caller.holders() == [bob]


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("wrong", [{}, {"mode": "UNKNOWN"}], ids=["good-input", "bad-input"])
async def test_a_session_that_ended_is_the_only_error(
    client: Client, world: World, mutation: str, wrong: dict[str, object]
) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(1)
    values = {"teamId": caller.team, "productId": caller.product, "userIds": people, **wrong}
    secret = caller.secret[:-6] + "AAAAAA"
    answer = await client(MUTATIONS[mutation], secret, input=values)
    other = await client("mutation { signOut(input: {}) { errors { code } } }", secret)
    assert answer.codes == ["UNAUTHENTICATED"]
    assert (answer.status, answer.content) == (other.status, {**answer.content, **other.content})
