"""Unassigning seats: which seats go back to their pool, which stay, and what the history has."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.core import ids
from db.tables.seats import SeatPeriod
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import audit_rows, new_caller
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_a_direct_seat_goes_back_to_its_pool(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    payload = await caller.unassign([ada])
    assert payload.errors == []
    assert payload.content["seats"] == [{"id": seat, "assignedAt": None, "holder": None, "sources": []}]
    assert payload.pool == (2, 0, 2)
    assert await caller.holders() == []


async def test_the_history_has_the_end_of_the_period_and_the_person_who_ended_it(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    started = datetime.now(UTC)
    await caller.assign([ada])
    await caller.unassign([ada])
    query = select(SeatPeriod.__table__).where(SeatPeriod.team_id == caller.team)
    async with world.engine.connect() as connection:
        [period] = (await connection.execute(query)).all()
    assert (period.holder_id, period.product_id) == (ada, caller.product)
    assert (period.started_by, period.ended_by) == (caller.who.id, caller.who.id)
    assert started <= period.started_at <= period.ended_at <= datetime.now(UTC)


async def test_a_seat_given_again_begins_a_new_period(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, eve = await caller.members(2)
    for person in (ada, eve, ada):
        await caller.assign([person])
        await caller.unassign([person])
    await caller.assign([eve])
    assert await caller.history() == [(ada, False), (eve, False), (ada, False), (eve, True)]


async def test_five_thousand_seats_are_unassigned_at_once(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=5_000)
    people = await caller.members(5_000)
    await caller.assign(people)
    payload = await caller.unassign(people)
    assert (payload.errors, len(payload.holders), payload.pool) == ([], 5_000, (5_000, 0, 5_000))
    assert [open_ for _, open_ in await caller.history()] == [False] * 5_000


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_a_person_without_a_seat_gets_information_and_stops_nobody(
    client: Client, world: World, mode: str
) -> None:
    caller = await new_caller(client, world, seats=2)
    eve, ada = await caller.members(2)
    await caller.give_seat(ada)
    payload = await caller.unassign([eve, ada], mode=mode)
    assert payload.errors == [("NOT_ASSIGNED", 0)]
    assert payload.content["errors"][0]["isInformation"]
    assert await caller.holders() == []


async def test_unassigning_a_person_without_a_seat_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    people, before = await caller.members(1), await world.fingerprint()
    assert (await caller.unassign(people)).errors == [("NOT_ASSIGNED", 0)]
    assert await world.fingerprint() == before


async def test_a_seat_that_a_group_still_gives_stays_and_the_group_is_named(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    for name in ("Designers", "Engineers"):
        await world.add_seat_source(caller.team, seat, ada, await world.group(caller.team, name))
    payload = await caller.unassign([ada])
    assert (payload.errors, payload.holders, payload.pool) == ([("SOURCE_REMAINS", 0)], [], (1, 1, 0))
    assert payload.messages == ["This person keeps the seat, because it is still given by “Designers”, “Engineers”."]
    assert await caller.history() == [(ada, True)]


async def test_the_direct_source_ends_although_the_seat_stays(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    seat = await caller.give_seat(ada)
    await world.add_seat_source(caller.team, seat, ada, await world.group(caller.team))
    await caller.unassign([ada])
    kinds = "query ($id: ID!) { node(id: $id) { ... on Seat { sources { kind } } } }"
    answer = await client(kinds, caller.secret, id=seat)
    assert answer.data["node"]["sources"] == [{"kind": "GROUP"}]
    assert await world.audit_actions(caller.team) == ["seats:unassign"]


async def test_a_seat_that_only_a_group_gives_does_not_change(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    await caller.give_seat(ada, "group", await world.group(caller.team, "Designers"))
    before = await world.fingerprint()
    payload = await caller.unassign([ada])
    assert payload.errors == [("SOURCE_REMAINS", 0)]
    assert await world.fingerprint() == before


async def test_a_seat_that_the_team_gives_to_everybody_stays(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    await caller.give_seat(ada, "default")
    payload = await caller.unassign([ada])
    assert payload.messages == ["This person keeps the seat, because it is still given by the team to everybody."]
    assert await caller.holders() == [ada]


@pytest.mark.parametrize(("mode", "left"), [("ALL_OR_NOTHING", 2), ("BEST_EFFORT", 0)])
async def test_duplicates_and_strangers_stop_only_all_or_nothing(
    client: Client, world: World, mode: str, left: int
) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    await caller.assign([ada, eve])
    [foreign] = await world.members(await world.team(), 1)
    payload = await caller.unassign([ada, ids.new("user"), eve, ada, foreign], mode=mode)
    assert payload.errors == [("DUPLICATE", 3), ("NOT_FOUND", 1), ("NOT_FOUND", 4)]
    assert len(await caller.holders()) == left


@pytest.mark.parametrize(("number", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, number: int, code: str) -> None:
    caller = await new_caller(client, world, seats=1)
    before = await world.fingerprint()
    payload = await caller.unassign([f"user_{n}" for n in range(number)], mode="BEST_EFFORT")
    assert payload.errors == [(code, None)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("wrong", ["unknown team", "foreign team", "unknown product"])
async def test_an_unknown_team_or_product_is_not_found(client: Client, world: World, wrong: str) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(1)
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": people}
    asked |= {
        "unknown team": {"teamId": ids.new("team")},
        "foreign team": {"teamId": await world.team()},
        "unknown product": {"productId": ids.new("product")},
    }[wrong]
    before = await world.fingerprint()
    assert (await caller.send("unassignSeats", **asked)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def test_other_products_and_other_teams_keep_their_seats(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada = await world.member(caller.team)
    other_product = await world.pool(caller.team, 1)
    other_team = await world.team()
    await world.pool(other_team, 1, caller.product)
    await world.member(other_team, Role.USER, ada)
    await caller.give_seat(ada.id)
    await world.give_seat(caller.team, other_product, ada.id)
    await world.give_seat(other_team, caller.product, ada.id)
    await caller.unassign([ada.id])
    assert await caller.holders() == []
    assert await world.holders(caller.team, other_product) == [ada.id]
    assert await world.holders(other_team, caller.product) == [ada.id]


async def test_a_seat_of_an_expired_subscription_can_be_taken_back(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    await world.pool(caller.team, 1, caller.product, ends=-1)
    [ada] = await caller.members(1)
    await caller.give_seat(ada)
    assert len((await caller.unassign([ada])).holders) == 1
    assert (await caller.assign([ada])).errors == [("NO_SEAT_LEFT", 0)]


async def test_one_audit_row_lists_all_seats_that_were_unassigned(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3)
    ada, eve, ida = await caller.members(3)
    seats = {await caller.give_seat(person): person for person in (ada, eve)}
    await caller.unassign([ada, eve, ida])
    assert await world.audit_actions(caller.team) == ["seats:unassign"]
    [row] = await audit_rows(world, caller.team)
    assert row.after == {"product": caller.product, "freed": seats}
    assert (row.actor_id, row.target_id) == (caller.who.id, caller.product)


@pytest.mark.parametrize("waiting", [False, True], ids=["at once", "with a waiting list"])
async def test_the_audit_row_tells_an_ended_source_from_a_freed_seat(
    client: Client, world: World, waiting: bool
) -> None:
    caller = await new_caller(client, world, seats=3)
    ada, eve, ida, other = await caller.members(4)
    group = await world.group(caller.team)
    await world.add_to_group(caller.team, group, ada, ida)
    kept, given = await caller.give_seat(ada, "group", group), await caller.give_seat(ida, "group", group)
    freed = await caller.give_seat(eve)
    await caller.assign([ada])
    assert (await audit_rows(world, caller.team))[-1].after == {"product": caller.product, "sourceAdded": {kept: ada}}
    if waiting:
        await caller.assign([other], mode="WAITLIST")
    payload = await caller.unassign([ada, eve, ida])
    # Ida's seat comes from the group alone, so nothing of hers has ended.
    assert payload.errors == [("SOURCE_REMAINS", 0), ("SOURCE_REMAINS", 2)]
    promoted = {"promoted": {freed: other}} if waiting else {}
    expected = {"product": caller.product, "freed": {freed: eve}, "sourceEnded": {kept: ada}, **promoted}
    assert (await audit_rows(world, caller.team))[-1].after == expected
    assert given not in str(expected)
    await caller.mutate("setGroupMembers", groupId=group, userIds=[])
    lost = {"freed": {kept: ada, given: ida}}
    assert {name: (await audit_rows(world, caller.team))[-1].after.get(name) for name in (*lost, "sourceEnded")} == {
        **lost,
        "sourceEnded": None,
    }
