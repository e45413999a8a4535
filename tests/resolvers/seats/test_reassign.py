"""Reassigning a seat: it moves with its sources and its history, or nothing changes."""

import asyncio

import pytest

from db.core import ids
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import audit_rows, new_caller
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_reassigning_moves_the_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    payload = await caller.reassign(seat, ada, eve)
    assert payload.errors == []
    assert payload.content["seat"]["id"] == seat
    assert payload.content["seat"]["holder"] == {"id": eve}
    assert payload.content["seat"]["sources"] == [{"kind": "DIRECT", "group": None}]
    assert await caller.holders() == [eve]
    assert await caller.history() == [(ada, False), (eve, True)]


async def test_one_audit_row_has_the_old_and_the_new_holder(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    await caller.reassign(seat, ada, eve)
    assert await world.audit_actions(caller.team) == ["seats:reassign"]
    [row] = await audit_rows(world, caller.team)
    assert (row.target_id, row.before) == (seat, {"holder": ada})
    assert row.after == {"product": caller.product, "holder": eve}


async def test_a_seat_that_somebody_else_holds_meanwhile_is_not_moved(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve, ida = await caller.members(3)
    seat = await caller.give_seat(ida)
    before = await world.fingerprint()
    payload = await caller.reassign(seat, ada, eve)
    assert (payload.content["seat"], payload.errors) == (None, [("SEAT_CHANGED", None)])
    assert payload.content["errors"][0]["field"] == ["fromUserId"]
    assert await world.fingerprint() == before


async def test_a_seat_that_nobody_holds_cannot_be_moved(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    await caller.unassign([ada])
    assert (await caller.reassign(seat, ada, eve)).errors == [("SEAT_CHANGED", None)]


async def test_a_receiver_who_already_holds_a_seat_gets_no_second_one(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    await caller.give_seat(eve, "group", await world.group(caller.team))
    before = await world.fingerprint()
    payload = await caller.reassign(seat, ada, eve)
    assert (payload.content["seat"], payload.errors) == (None, [("ALREADY_ASSIGNED", None)])
    assert await world.fingerprint() == before


@pytest.mark.parametrize("who", ["unknown", "of another team"])
async def test_a_receiver_who_is_not_a_member_gets_nothing(client: Client, world: World, who: str) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    stranger = ids.new("user") if who == "unknown" else (await world.person()).id
    before = await world.fingerprint()
    payload = await caller.reassign(seat, ada, stranger)
    assert (payload.content["seat"], payload.errors) == (None, [("NOT_FOUND", None)])
    assert payload.content["errors"][0]["field"] == ["toUserId"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("kind", ["group", "default"])
@pytest.mark.parametrize("also_direct", [True, False])
async def test_a_seat_that_a_group_or_a_default_gives_is_not_moved(
    client: Client, world: World, kind: str, also_direct: bool
) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada, kind, await world.group(caller.team) if kind == "group" else None)
    if also_direct:
        await caller.assign([ada])
    before = await world.fingerprint()
    assert (await caller.reassign(seat, ada, eve)).errors == [("SOURCE_REMAINS", None)]
    assert await world.fingerprint() == before


async def test_moving_a_seat_to_its_holder_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    before = await world.fingerprint()
    assert (await caller.reassign(seat, ada, ada)).errors == [("ALREADY_ASSIGNED", None)]
    assert await world.fingerprint() == before


async def test_a_repeat_without_an_idempotency_key_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    seat = await caller.give_seat(ada)
    await caller.reassign(seat, ada, eve)
    before = await world.fingerprint()
    payload = await caller.reassign(seat, ada, eve)
    assert payload.errors == [("ALREADY_ASSIGNED", None)]
    assert payload.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("which", ["unknown", "of another team", "a user's id"])
async def test_an_unknown_seat_is_not_found(client: Client, world: World, which: str) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    elsewhere = await new_caller(client, world, seats=1)
    [ida] = await elsewhere.members(1)
    seat = {"unknown": ids.new("seat"), "of another team": await elsewhere.give_seat(ida), "a user's id": ada}[which]
    before = await world.fingerprint()
    answer = await caller.send("reassignSeat", seatId=seat, fromUserId=ada, toUserId=eve)
    assert (answer.codes, answer.content["data"]) == (["NOT_FOUND"], {"reassignSeat": None})
    assert await world.fingerprint() == before


async def test_a_seat_in_another_team_does_not_stop_the_receiver(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    eve = await world.member(caller.team)
    other = await world.team()
    await world.pool(other, 1, caller.product)
    await world.member(other, Role.USER, eve)
    await world.give_seat(other, caller.product, eve.id)
    seat = await caller.give_seat(ada)
    assert (await caller.reassign(seat, ada, eve.id)).errors == []
    assert await caller.holders() == [eve.id]


async def test_one_of_two_simultaneous_moves_succeeds(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    for _ in range(10):
        ada, eve, ida = await caller.members(3)
        seat = await caller.give_seat(ada)
        payloads = await asyncio.gather(caller.reassign(seat, ada, eve), caller.reassign(seat, ada, ida))
        assert sorted(len(one.errors) for one in payloads) == [0, 1]
        assert [one.errors for one in payloads if one.errors] == [[("SEAT_CHANGED", None)]]
        [holder] = await caller.holders()
        assert [one.content["seat"]["holder"]["id"] for one in payloads if one.content["seat"]] == [holder]
        await caller.unassign([holder])


async def test_one_of_two_seats_moved_to_one_person_arrives(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    for _ in range(10):
        ada, eve, ida = await caller.members(3)
        seats = {ada: await caller.give_seat(ada), eve: await caller.give_seat(eve)}
        payloads = await asyncio.gather(*(caller.reassign(seat, giver, ida) for giver, seat in seats.items()))
        assert sorted(one.errors for one in payloads) == [[], [("ALREADY_ASSIGNED", None)]]
        holders = await caller.holders()
        assert (len(holders), ida in holders) == (2, True)
        await caller.unassign(holders)


async def test_a_move_and_an_assignment_to_one_person_leave_them_one_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    for _ in range(10):
        ada, eve = await caller.members(2)
        seat = await caller.give_seat(ada)
        await asyncio.gather(caller.reassign(seat, ada, eve), caller.assign([eve]))
        holders = await caller.holders()
        assert holders.count(eve) == 1
        await caller.unassign(holders)
