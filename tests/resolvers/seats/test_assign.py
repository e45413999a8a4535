"""Seats given: who gets one, in which order, and what is said of those who do not."""

from datetime import UTC, datetime, timedelta

import pytest

from db.core import ids
from db.tables.seats import Seat, Subscription
from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import Settings
from policies import audit_facts, facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support.mutations import audit_rows, desk_of, operation
from tests.support.world import World

MODES = ["ALL_OR_NOTHING", "BEST_EFFORT"]


async def test_one_person_gets_one_seat(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3)
    [ada] = await desk.members(1)
    told = await desk.assign([ada])
    assert told.said == []
    assert told.holders == [ada]
    assert told.content["seats"][0]["sources"] == [{"kind": "DIRECT", "group": None}]
    assert await desk.holders() == [ada]
    assert await desk.history() == [(ada, True)]


async def test_the_pool_counts_it_at_once(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3)
    people = await desk.members(2)
    assert (await desk.assign(people[:1])).pool == (3, 1, 2)
    assert (await desk.assign(people[1:])).pool == (3, 2, 1)


async def test_seats_are_given_in_the_order_of_the_list(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=20)
    people = await desk.members(20)
    people.sort(key=lambda id_: id_[::-1])
    told = await desk.assign(people)
    assert told.holders == people
    seats = [seat["id"] for seat in told.content["seats"]]
    assert seats == sorted(seats)
    assert [holder for holder, _ in await desk.history()] == people


@pytest.mark.parametrize("mode", MODES)
async def test_five_thousand_people_at_once(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=5_000)
    people = await desk.members(5_000)
    people.sort(key=lambda id_: id_[::-1])
    told = await desk.assign(people, mode=mode)
    assert told.said == []
    assert told.holders == people
    assert told.pool == (5_000, 5_000, 0)
    assert await world.trail(desk.team) == ["seats:assign"]


async def test_five_thousand_people_for_ten_seats_too_few(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=4_990)
    people = await desk.members(5_000)
    assert (await desk.assign(people)).said == [("NO_SEAT_LEFT", row) for row in range(4_990, 5_000)]
    assert await desk.holders() == []
    told = await desk.assign(people, mode="BEST_EFFORT")
    assert told.holders == people[:4_990]
    assert told.said == [("NO_SEAT_LEFT", row) for row in range(4_990, 5_000)]


async def test_a_shortage_stops_all_or_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    people, before = await desk.members(3), await world.fingerprint()
    told = await desk.assign(people)
    assert (told.holders, told.said, told.pool) == ([], [("NO_SEAT_LEFT", 2)], (2, 0, 2))
    assert await world.fingerprint() == before


async def test_a_shortage_under_best_effort_serves_the_first(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    people = await desk.members(4)
    told = await desk.assign(people, mode="BEST_EFFORT")
    assert (told.holders, told.pool) == (people[:2], (2, 2, 0))
    assert told.said == [("NO_SEAT_LEFT", 2), ("NO_SEAT_LEFT", 3)]
    assert await desk.holders() == sorted(people[:2])


@pytest.mark.parametrize("mode", MODES)
async def test_who_holds_one_already_keeps_it_and_takes_no_second(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=3)
    ada, eve = await desk.members(2)
    await desk.hold(ada)
    told = await desk.assign([ada, eve], mode=mode)
    assert (told.holders, told.said) == ([eve], [("ALREADY_ASSIGNED", 0)])
    assert told.content["errors"][0]["isInformation"]
    assert await desk.history() == [(ada, True), (eve, True)]


async def test_assigning_what_is_assigned_changes_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    await desk.assign([ada])
    before = await world.fingerprint()
    assert (await desk.assign([ada])).said == [("ALREADY_ASSIGNED", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("kind", ["group", "default"])
async def test_who_holds_one_for_another_reason_gets_the_direct_one_added(
    client: Client, world: World, kind: str
) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    group = await world.group(desk.team, "Designers") if kind == "group" else None
    seat = await desk.hold(ada, kind, group)
    told = await desk.assign([ada])
    assert told.said == []
    assert [given["id"] for given in told.content["seats"]] == [seat]
    assert [source["kind"] for source in told.content["seats"][0]["sources"]] == [kind.upper(), "DIRECT"]
    assert await desk.history() == [(ada, True)]
    assert await world.trail(desk.team) == ["seats:assign"]


async def test_old_and_new_seats_stand_in_the_order_of_the_list(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=4)
    people = await desk.members(4)
    await desk.hold(people[2], "group", await world.group(desk.team))
    assert (await desk.assign(people)).holders == people


@pytest.mark.parametrize(("mode", "got"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 2)])
async def test_a_duplicate_is_told_by_row(client: Client, world: World, mode: str, got: int) -> None:
    desk = await desk_of(client, world, seats=5)
    ada, eve = await desk.members(2)
    told = await desk.assign([ada, eve, ada, ada], mode=mode)
    assert told.said == [("DUPLICATE", 2), ("DUPLICATE", 3)]
    assert "row 0" in told.messages[0]
    assert len(told.holders) == len(await desk.holders()) == got


@pytest.mark.parametrize(("mode", "got"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 1)])
async def test_an_unknown_person_and_one_of_another_team_look_alike(
    client: Client, world: World, mode: str, got: int
) -> None:
    desk = await desk_of(client, world, seats=5)
    [ada] = await desk.members(1)
    [foreign] = await world.members(await world.team(), 1)
    told = await desk.assign([ids.new("user"), ada, foreign, "", "👻"], mode=mode)
    assert told.said == [("NOT_FOUND", row) for row in (0, 2, 3, 4)]
    assert len(set(told.messages)) == 1
    assert len(await desk.holders()) == got


@pytest.mark.parametrize("mode", MODES)
async def test_an_empty_list_is_an_error(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=1)
    before = await world.fingerprint()
    assert (await desk.assign([], mode=mode)).said == [("LIST_EMPTY", None)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mode", MODES)
async def test_a_list_of_5001_is_an_error(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    before = await world.fingerprint()
    told = await desk.assign([ada, *(f"user_{n}" for n in range(5_000))], mode=mode)
    assert told.said == [("LIST_TOO_LONG", None)]
    assert "5001" in told.messages[0]
    assert await world.fingerprint() == before


async def test_an_expired_subscription_gives_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    await world.pool(desk.team, 5, desk.product, active=False)
    people = await desk.members(2)
    told = await desk.assign(people, mode="BEST_EFFORT")
    assert (told.holders, told.pool) == (people[:1], (1, 1, 0))


async def test_a_subscription_that_has_not_begun_gives_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    owned = {"team_id": desk.team, "product_id": desk.product}
    term = {"starts_on": tomorrow, "ends_on": tomorrow}
    await world.insert(Subscription, {**owned, **term, "id": (subscription := ids.new("sub"))})
    await world.insert(Seat, {**owned, "id": ids.new("seat"), "subscription_id": subscription})
    assert (await desk.assign(await desk.members(1))).said == [("NO_SEAT_LEFT", 0)]


async def test_a_product_the_team_never_bought_has_no_pool(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    sold_elsewhere = await world.pool(await world.team(), 5)
    people = await desk.members(1)
    told = await desk.tell("assignSeats", teamId=desk.team, productId=sold_elsewhere, userIds=people)
    assert (told.said, told.content["pool"]) == ([("NO_SEAT_LEFT", 0)], None)


@pytest.mark.parametrize("wrong", ["unknown team", "foreign team", "unknown product", "a user's id"])
async def test_no_such_team_or_product(client: Client, world: World, wrong: str) -> None:
    desk = await desk_of(client, world, seats=1)
    people = await desk.members(1)
    ids_of = {
        "unknown team": {"teamId": ids.new("team")},
        "foreign team": {"teamId": await world.team()},
        "unknown product": {"productId": ids.new("product")},
        "a user's id": {"teamId": people[0]},
    }
    before = await world.fingerprint()
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": people, **ids_of[wrong]}
    answer = await desk.send("assignSeats", **asked)
    assert (answer.codes, answer.content["data"]) == (["NOT_FOUND"], {"assignSeats": None})
    assert await world.fingerprint() == before


async def test_a_character_that_cannot_be_stored_is_the_clients_to_mend(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    before = await world.fingerprint()
    answer = await desk.send("assignSeats", teamId=desk.team, productId=desk.product, userIds=["user_\0"])
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_two_teams_give_one_person_a_seat_each(client: Client, world: World) -> None:
    here = await desk_of(client, world, seats=1)
    ada = await world.member(here.team)
    there = await desk_of(client, world, seats=0)
    await world.pool(there.team, 1, here.product)
    await world.member(there.team, Role.USER, ada)
    assert (await here.assign([ada.id])).holders == [ada.id]
    both = {"teamId": there.team, "productId": here.product, "userIds": [ada.id]}
    assert (await there.tell("assignSeats", **both)).holders == [ada.id]


async def test_what_a_partner_may_not_read_is_withheld_from_them_and_the_change_done(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=1)
    people = await desk.members(1)
    _, secret = await world.token(desk.team, desk.who.id, Scope.SEATS_ASSIGN)
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": people}
    answer = await client(operation("assignSeats"), secret, input=asked)
    assert [error["path"] for error in answer.content["errors"]] == [["assignSeats", "pool"]]
    assert answer.codes == ["FORBIDDEN"]
    payload = answer.content["data"]["assignSeats"]
    assert (payload["pool"], [seat["holder"] for seat in payload["seats"]]) == (None, [None])
    assert await desk.holders() == people


async def test_one_change_is_one_audit_row_and_one_event(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3)
    await desk.assign(await desk.members(3))
    assert await world.trail(desk.team) == ["seats:assign"]


async def test_the_audit_row_tells_who_did_what_and_why_they_might(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": [ada]}
    body = {"query": operation("assignSeats"), "variables": {"input": asked}}
    headers = {"authorization": f"Bearer {desk.secret}", "x-request-id": "sync-2026-07"}
    answer = await client.post(body, headers)
    [seat] = answer.data["assignSeats"]["seats"]
    [row] = await audit_rows(world, desk.team)
    assert (row.actor_kind, row.actor_id, row.token_id) == ("person", desk.who.id, None)
    assert (row.action, row.target_id, row.request_id) == ("seats:assign", desk.product, "sync-2026-07")
    assert row.after == {"product": desk.product, "assigned": {seat["id"]: ada}}
    decided = facts.Seat(Role.SOFTWARE_COORDINATOR, own=False, separation_of_duties=False)
    assert row.facts == [audit_facts.spell(facts.PERSON), audit_facts.spell(decided)]
    assert row.policy_hash == Policy.load(Settings().policy).hash
