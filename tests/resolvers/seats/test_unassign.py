"""Seats taken back: which go back to their pool, which stay, and what the history says."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.core import ids
from db.tables.seats import SeatPeriod
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import audit_rows, desk_of
from tests.support.world import World


async def test_a_direct_seat_goes_back_to_its_pool(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    told = await desk.unassign([ada])
    assert told.said == []
    assert told.content["seats"] == [{"id": seat, "assignedAt": None, "holder": None, "sources": []}]
    assert told.pool == (2, 0, 2)
    assert await desk.holders() == []


async def test_the_history_closes_with_the_seat_and_says_who_took_it(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    started = datetime.now(UTC)
    await desk.assign([ada])
    await desk.unassign([ada])
    query = select(SeatPeriod.__table__).where(SeatPeriod.team_id == desk.team)
    async with world.engine.connect() as connection:
        [period] = (await connection.execute(query)).all()
    assert (period.holder_id, period.product_id) == (ada, desk.product)
    assert (period.started_by, period.ended_by) == (desk.who.id, desk.who.id)
    assert started <= period.started_at <= period.ended_at <= datetime.now(UTC)


async def test_a_seat_given_again_begins_a_new_period(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, eve = await desk.members(2)
    for person in (ada, eve, ada):
        await desk.assign([person])
        await desk.unassign([person])
    await desk.assign([eve])
    assert await desk.history() == [(ada, False), (eve, False), (ada, False), (eve, True)]


async def test_many_go_back_at_once(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=5_000)
    people = await desk.members(5_000)
    await desk.assign(people)
    told = await desk.unassign(people)
    assert (told.said, len(told.holders), told.pool) == ([], 5_000, (5_000, 0, 5_000))
    assert [open_ for _, open_ in await desk.history()] == [False] * 5_000


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_who_holds_none_is_told_so_and_stops_nobody(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=2)
    eve, ada = await desk.members(2)
    await desk.hold(ada)
    told = await desk.unassign([eve, ada], mode=mode)
    assert told.said == [("NOT_ASSIGNED", 0)]
    assert told.content["errors"][0]["isInformation"]
    assert await desk.holders() == []


async def test_unassigning_what_is_unassigned_changes_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    people, before = await desk.members(1), await world.fingerprint()
    assert (await desk.unassign(people)).said == [("NOT_ASSIGNED", 0)]
    assert await world.fingerprint() == before


async def test_a_seat_that_a_group_still_gives_stays_and_the_group_is_named(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    for name in ("Designers", "Engineers"):
        await world.source(desk.team, seat, ada, await world.group(desk.team, name))
    told = await desk.unassign([ada])
    assert (told.said, told.holders, told.pool) == ([("SOURCE_REMAINS", 0)], [], (1, 1, 0))
    assert told.messages == ["The seat stays: “Designers”, “Engineers” still gives it."]
    assert await desk.history() == [(ada, True)]


async def test_the_direct_reason_ends_although_the_seat_stays(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    seat = await desk.hold(ada)
    await world.source(desk.team, seat, ada, await world.group(desk.team))
    await desk.unassign([ada])
    kinds = "query ($id: ID!) { node(id: $id) { ... on Seat { sources { kind } } } }"
    answer = await client(kinds, desk.secret, id=seat)
    assert answer.data["node"]["sources"] == [{"kind": "GROUP"}]
    assert await world.trail(desk.team) == ["seats:unassign"]


async def test_a_seat_that_only_a_group_gives_is_left_as_it_is(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    await desk.hold(ada, "group", await world.group(desk.team, "Designers"))
    before = await world.fingerprint()
    told = await desk.unassign([ada])
    assert told.said == [("SOURCE_REMAINS", 0)]
    assert await world.fingerprint() == before


async def test_a_seat_that_the_teams_default_gives_stays(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    await desk.hold(ada, "default")
    told = await desk.unassign([ada])
    assert told.messages == ["The seat stays: the default of the team still gives it."]
    assert await desk.holders() == [ada]


@pytest.mark.parametrize(("mode", "left"), [("ALL_OR_NOTHING", 2), ("BEST_EFFORT", 0)])
async def test_duplicates_and_strangers_stop_all_or_nothing_only(
    client: Client, world: World, mode: str, left: int
) -> None:
    desk = await desk_of(client, world, seats=2)
    ada, eve = await desk.members(2)
    await desk.assign([ada, eve])
    [foreign] = await world.members(await world.team(), 1)
    told = await desk.unassign([ada, ids.new("user"), eve, ada, foreign], mode=mode)
    assert told.said == [("DUPLICATE", 3), ("NOT_FOUND", 1), ("NOT_FOUND", 4)]
    assert len(await desk.holders()) == left


@pytest.mark.parametrize(("number", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, number: int, code: str) -> None:
    desk = await desk_of(client, world, seats=1)
    before = await world.fingerprint()
    told = await desk.unassign([f"user_{n}" for n in range(number)], mode="BEST_EFFORT")
    assert told.said == [(code, None)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("wrong", ["unknown team", "foreign team", "unknown product"])
async def test_no_such_team_or_product(client: Client, world: World, wrong: str) -> None:
    desk = await desk_of(client, world, seats=1)
    people = await desk.members(1)
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": people}
    asked |= {
        "unknown team": {"teamId": ids.new("team")},
        "foreign team": {"teamId": await world.team()},
        "unknown product": {"productId": ids.new("product")},
    }[wrong]
    before = await world.fingerprint()
    assert (await desk.send("unassignSeats", **asked)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_other_products_and_other_teams_keep_their_seats(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada = await world.member(desk.team)
    other_product = await world.pool(desk.team, 1)
    other_team = await world.team()
    await world.pool(other_team, 1, desk.product)
    await world.member(other_team, Role.USER, ada)
    await desk.hold(ada.id)
    await world.hold(desk.team, other_product, ada.id)
    await world.hold(other_team, desk.product, ada.id)
    await desk.unassign([ada.id])
    assert await desk.holders() == []
    assert await world.holders(desk.team, other_product) == [ada.id]
    assert await world.holders(other_team, desk.product) == [ada.id]


async def test_a_seat_of_an_expired_subscription_can_be_taken_back(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    await world.pool(desk.team, 1, desk.product, active=False)
    [ada] = await desk.members(1)
    await desk.hold(ada)
    assert len((await desk.unassign([ada])).holders) == 1
    assert (await desk.assign([ada])).said == [("NO_SEAT_LEFT", 0)]


async def test_one_audit_row_tells_all_that_ended(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3)
    ada, eve, ida = await desk.members(3)
    seats = {await desk.hold(person): person for person in (ada, eve)}
    await desk.unassign([ada, eve, ida])
    assert await world.trail(desk.team) == ["seats:unassign"]
    [row] = await audit_rows(world, desk.team)
    assert row.after == {"product": desk.product, "unassigned": seats}
    assert (row.actor_id, row.target_id) == (desk.who.id, desk.product)
