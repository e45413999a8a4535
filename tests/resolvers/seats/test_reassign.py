"""A seat moved from one person to another: it moves whole, or not at all."""

import asyncio

import pytest

from db.core import ids
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import audit_rows, desk_of
from tests.support.world import World


async def test_the_seat_moves(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    told = await desk.reassign(seat, ada, eve)
    assert told.said == []
    assert told.content["seat"]["id"] == seat
    assert told.content["seat"]["holder"] == {"id": eve}
    assert told.content["seat"]["sources"] == [{"kind": "DIRECT", "group": None}]
    assert await desk.holders() == [eve]
    assert await desk.history() == [(ada, False), (eve, True)]


async def test_one_audit_row_tells_from_whom_to_whom(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    await desk.reassign(seat, ada, eve)
    assert await world.trail(desk.team) == ["seats:reassign"]
    [row] = await audit_rows(world, desk.team)
    assert (row.target_id, row.before) == (seat, {"holder": ada})
    assert row.after == {"product": desk.product, "holder": eve}


async def test_a_seat_that_changed_hands_meanwhile_stays(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve, ida = await desk.members(3)
    seat = await desk.hold(ida)
    before = await world.fingerprint()
    told = await desk.reassign(seat, ada, eve)
    assert (told.content["seat"], told.said) == (None, [("SEAT_CHANGED", None)])
    assert told.content["errors"][0]["field"] == ["fromUserId"]
    assert await world.fingerprint() == before


async def test_a_seat_that_nobody_holds_cannot_be_moved(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    await desk.unassign([ada])
    assert (await desk.reassign(seat, ada, eve)).said == [("SEAT_CHANGED", None)]


async def test_a_receiver_who_holds_one_gets_no_second(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    await desk.hold(eve, "group", await world.group(desk.team))
    before = await world.fingerprint()
    told = await desk.reassign(seat, ada, eve)
    assert (told.content["seat"], told.said) == (None, [("ALREADY_ASSIGNED", None)])
    assert await world.fingerprint() == before


@pytest.mark.parametrize("who", ["unknown", "of another team"])
async def test_a_receiver_who_is_no_member_gets_nothing(client: Client, world: World, who: str) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    stranger = ids.new("user") if who == "unknown" else (await world.person()).id
    before = await world.fingerprint()
    told = await desk.reassign(seat, ada, stranger)
    assert (told.content["seat"], told.said) == (None, [("NOT_FOUND", None)])
    assert told.content["errors"][0]["field"] == ["toUserId"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("kind", ["group", "default"])
@pytest.mark.parametrize("also_direct", [True, False])
async def test_a_seat_that_is_given_by_more_than_a_person_stays(
    client: Client, world: World, kind: str, also_direct: bool
) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada, kind, await world.group(desk.team) if kind == "group" else None)
    if also_direct:
        await desk.assign([ada])
    before = await world.fingerprint()
    assert (await desk.reassign(seat, ada, eve)).said == [("SOURCE_REMAINS", None)]
    assert await world.fingerprint() == before


async def test_to_the_same_person_it_is_there_already(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    before = await world.fingerprint()
    assert (await desk.reassign(seat, ada, ada)).said == [("ALREADY_ASSIGNED", None)]
    assert await world.fingerprint() == before


async def test_a_repeat_without_a_key_converges(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    seat = await desk.hold(ada)
    await desk.reassign(seat, ada, eve)
    before = await world.fingerprint()
    told = await desk.reassign(seat, ada, eve)
    assert told.said == [("ALREADY_ASSIGNED", None)]
    assert told.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("which", ["unknown", "of another team", "a user's id"])
async def test_no_such_seat(client: Client, world: World, which: str) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    elsewhere = await desk_of(client, world, seats=1)
    [ida] = await elsewhere.members(1)
    seat = {"unknown": ids.new("seat"), "of another team": await elsewhere.hold(ida), "a user's id": ada}[which]
    before = await world.fingerprint()
    answer = await desk.send("reassignSeat", seatId=seat, fromUserId=ada, toUserId=eve)
    assert (answer.codes, answer.content["data"]) == (["NOT_FOUND"], {"reassignSeat": None})
    assert await world.fingerprint() == before


async def test_a_receiver_with_a_seat_of_it_in_another_team_gets_this_one(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    eve = await world.member(desk.team)
    other = await world.team()
    await world.pool(other, 1, desk.product)
    await world.member(other, Role.USER, eve)
    await world.hold(other, desk.product, eve.id)
    seat = await desk.hold(ada)
    assert (await desk.reassign(seat, ada, eve.id)).said == []
    assert await desk.holders() == [eve.id]


async def test_of_two_moves_at_once_one_wins(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    for _ in range(10):
        ada, eve, ida = await desk.members(3)
        seat = await desk.hold(ada)
        told = await asyncio.gather(desk.reassign(seat, ada, eve), desk.reassign(seat, ada, ida))
        assert sorted(len(one.said) for one in told) == [0, 1]
        assert [one.said for one in told if one.said] == [[("SEAT_CHANGED", None)]]
        [holder] = await desk.holders()
        assert [one.content["seat"]["holder"]["id"] for one in told if one.content["seat"]] == [holder]
        await desk.unassign([holder])


async def test_of_two_seats_moved_to_one_person_one_arrives(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    for _ in range(10):
        ada, eve, ida = await desk.members(3)
        seats = {ada: await desk.hold(ada), eve: await desk.hold(eve)}
        told = await asyncio.gather(*(desk.reassign(seat, giver, ida) for giver, seat in seats.items()))
        assert sorted(one.said for one in told) == [[], [("ALREADY_ASSIGNED", None)]]
        holders = await desk.holders()
        assert (len(holders), ida in holders) == (2, True)
        await desk.unassign(holders)


async def test_a_move_and_an_assignment_to_one_person_leave_them_one_seat(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    for _ in range(10):
        ada, eve = await desk.members(2)
        seat = await desk.hold(ada)
        await asyncio.gather(desk.reassign(seat, ada, eve), desk.assign([eve]))
        holders = await desk.holders()
        assert holders.count(eve) == 1
        await desk.unassign(holders)
