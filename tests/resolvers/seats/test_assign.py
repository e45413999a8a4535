"""Assigning seats: who gets one, in which order, and the errors for those who get none."""

import pytest

from db.core import ids
from domain.actions import Scope
from domain.roles import Role
from gateway.runtime.settings import Settings
from policies import audit_facts, facts
from policies.engine.policy import Policy
from tests.conftest import Client
from tests.support.mutations import audit_rows, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

MODES = ["ALL_OR_NOTHING", "BEST_EFFORT"]


async def test_one_person_gets_one_seat(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3)
    [ada] = await caller.members(1)
    payload = await caller.assign([ada])
    assert payload.errors == []
    assert payload.holders == [ada]
    assert payload.content["seats"][0]["sources"] == [{"kind": "DIRECT", "group": None}]
    assert await caller.holders() == [ada]
    assert await caller.history() == [(ada, True)]


async def test_the_pool_counts_an_assigned_seat_immediately(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3)
    people = await caller.members(2)
    assert (await caller.assign(people[:1])).pool == (3, 1, 2)
    assert (await caller.assign(people[1:])).pool == (3, 2, 1)


async def test_seats_are_given_in_the_order_of_the_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=20)
    people = await caller.members(20)
    people.sort(key=lambda id_: id_[::-1])
    payload = await caller.assign(people)
    assert payload.holders == people
    seats = [seat["id"] for seat in payload.content["seats"]]
    assert seats == sorted(seats)
    assert [holder for holder, _ in await caller.history()] == people


@pytest.mark.parametrize("mode", MODES)
async def test_five_thousand_people_at_once(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=5_000)
    people = await caller.members(5_000)
    people.sort(key=lambda id_: id_[::-1])
    payload = await caller.assign(people, mode=mode)
    assert payload.errors == []
    assert payload.holders == people
    assert payload.pool == (5_000, 5_000, 0)
    assert await world.audit_actions(caller.team) == ["seats:assign"]


async def test_five_thousand_people_for_ten_seats_too_few(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=4_990)
    people = await caller.members(5_000)
    assert (await caller.assign(people)).errors == [("NO_SEAT_LEFT", row) for row in range(4_990, 5_000)]
    assert await caller.holders() == []
    payload = await caller.assign(people, mode="BEST_EFFORT")
    assert payload.holders == people[:4_990]
    assert payload.errors == [("NO_SEAT_LEFT", row) for row in range(4_990, 5_000)]


async def test_a_shortage_stops_all_or_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    people, before = await caller.members(3), await world.fingerprint()
    payload = await caller.assign(people)
    assert (payload.holders, payload.errors, payload.pool) == ([], [("NO_SEAT_LEFT", 2)], (2, 0, 2))
    assert await world.fingerprint() == before


async def test_a_shortage_under_best_effort_serves_the_first(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    people = await caller.members(4)
    payload = await caller.assign(people, mode="BEST_EFFORT")
    assert (payload.holders, payload.pool) == (people[:2], (2, 2, 0))
    assert payload.errors == [("NO_SEAT_LEFT", 2), ("NO_SEAT_LEFT", 3)]
    assert await caller.holders() == sorted(people[:2])


@pytest.mark.parametrize("mode", MODES)
async def test_a_person_who_already_holds_a_seat_gets_no_second_one(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=3)
    ada, eve = await caller.members(2)
    await caller.give_seat(ada)
    payload = await caller.assign([ada, eve], mode=mode)
    assert (payload.holders, payload.errors) == ([eve], [("ALREADY_ASSIGNED", 0)])
    assert payload.content["errors"][0]["isInformation"]
    assert await caller.history() == [(ada, True), (eve, True)]


async def test_assigning_twice_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    await caller.assign([ada])
    before = await world.fingerprint()
    assert (await caller.assign([ada])).errors == [("ALREADY_ASSIGNED", 0)]
    assert await world.fingerprint() == before


async def test_the_seats_that_people_already_held_are_in_the_answer_apart_from_new_ones(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=4)
    ada, eve, kim, leo = await caller.members(4)
    first = (await caller.assign([eve, ada])).content
    assert first["alreadyHeld"] == []
    again = await caller.assign([kim, ada, leo, eve])
    assert again.holders == [kim, leo]
    assert again.content["alreadyHeld"] == first["seats"][::-1]


@pytest.mark.parametrize("kind", ["group", "default"])
async def test_the_direct_source_is_added_to_a_seat_with_another_source(
    client: Client, world: World, kind: str
) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    group = await world.group(caller.team, "Designers") if kind == "group" else None
    seat = await caller.give_seat(ada, kind, group)
    payload = await caller.assign([ada])
    assert payload.errors == []
    assert [given["id"] for given in payload.content["seats"]] == [seat]
    assert [source["kind"] for source in payload.content["seats"][0]["sources"]] == [kind.upper(), "DIRECT"]
    assert await caller.history() == [(ada, True)]
    assert await world.audit_actions(caller.team) == ["seats:assign"]


async def test_old_and_new_seats_are_returned_in_the_order_of_the_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=4)
    people = await caller.members(4)
    await caller.give_seat(people[2], "group", await world.group(caller.team))
    assert (await caller.assign(people)).holders == people


@pytest.mark.parametrize(("mode", "got"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 2)])
async def test_a_duplicate_is_reported_with_its_row(client: Client, world: World, mode: str, got: int) -> None:
    caller = await new_caller(client, world, seats=5)
    ada, eve = await caller.members(2)
    payload = await caller.assign([ada, eve, ada, ada], mode=mode)
    assert payload.errors == [("DUPLICATE", 2), ("DUPLICATE", 3)]
    assert "row 0" in payload.messages[0]
    assert len(payload.holders) == len(await caller.holders()) == got


@pytest.mark.parametrize(("mode", "got"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 1)])
async def test_an_unknown_person_and_one_of_another_team_get_the_same_error(
    client: Client, world: World, mode: str, got: int
) -> None:
    caller = await new_caller(client, world, seats=5)
    [ada] = await caller.members(1)
    [foreign] = await world.members(await world.team(), 1)
    payload = await caller.assign([ids.new("user"), ada, foreign, "", "👻"], mode=mode)
    assert payload.errors == [("NOT_FOUND", row) for row in (0, 2, 3, 4)]
    assert len(set(payload.messages)) == 1
    assert len(await caller.holders()) == got


@pytest.mark.parametrize("mode", MODES)
async def test_an_empty_list_is_an_error(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=1)
    before = await world.fingerprint()
    assert (await caller.assign([], mode=mode)).errors == [("LIST_EMPTY", None)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mode", MODES)
async def test_a_list_of_5001_is_an_error(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    before = await world.fingerprint()
    payload = await caller.assign([ada, *(f"user_{n}" for n in range(5_000))], mode=mode)
    assert payload.errors == [("LIST_TOO_LONG", None)]
    assert "5001" in payload.messages[0]
    assert await world.fingerprint() == before


async def test_an_expired_subscription_gives_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await world.pool(caller.team, 5, caller.product, ends=-1)
    people = await caller.members(2)
    payload = await caller.assign(people, mode="BEST_EFFORT")
    assert (payload.holders, payload.pool) == (people[:1], (1, 1, 0))


async def test_a_subscription_that_has_not_begun_gives_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    await world.pool(caller.team, 1, caller.product, starts=1, ends=1)
    assert (await caller.assign(await caller.members(1))).errors == [("NO_SEAT_LEFT", 0)]


async def test_a_product_that_the_team_never_bought_has_no_pool(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    sold_elsewhere = await world.pool(await world.team(), 5)
    people = await caller.members(1)
    payload = await caller.mutate("assignSeats", teamId=caller.team, productId=sold_elsewhere, userIds=people)
    assert (payload.errors, payload.content["pool"]) == ([("NO_SEAT_LEFT", 0)], None)


@pytest.mark.parametrize("wrong", ["unknown team", "foreign team", "unknown product", "a user's id"])
async def test_an_unknown_team_or_product_is_not_found(client: Client, world: World, wrong: str) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(1)
    ids_of = {
        "unknown team": {"teamId": ids.new("team")},
        "foreign team": {"teamId": await world.team()},
        "unknown product": {"productId": ids.new("product")},
        "a user's id": {"teamId": people[0]},
    }
    before = await world.fingerprint()
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": people, **ids_of[wrong]}
    answer = await caller.send("assignSeats", **asked)
    assert (answer.codes, answer.content["data"]) == (["NOT_FOUND"], {"assignSeats": None})
    assert await world.fingerprint() == before


async def test_a_character_that_cannot_be_stored_is_bad_user_input(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    before = await world.fingerprint()
    answer = await caller.send("assignSeats", teamId=caller.team, productId=caller.product, userIds=["user_\0"])
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before


async def test_two_teams_give_one_person_a_seat_each(client: Client, world: World) -> None:
    here = await new_caller(client, world, seats=1)
    ada = await world.member(here.team)
    there = await new_caller(client, world, seats=0)
    await world.pool(there.team, 1, here.product)
    await world.member(there.team, Role.USER, ada)
    assert (await here.assign([ada.id])).holders == [ada.id]
    both = {"teamId": there.team, "productId": here.product, "userIds": [ada.id]}
    assert (await there.mutate("assignSeats", **both)).holders == [ada.id]


async def test_a_partner_makes_a_change_without_seeing_what_they_may_not_read(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    people = await caller.members(1)
    _, secret = await world.token(caller.team, caller.who.id, Scope.SEATS_ASSIGN)
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": people}
    answer = await client(operation("assignSeats"), secret, input=asked)
    assert [error["path"] for error in answer.content["errors"]] == [["assignSeats", "pool"]]
    assert answer.codes == ["FORBIDDEN"]
    payload = answer.content["data"]["assignSeats"]
    assert (payload["pool"], payload["seats"]) == (None, [])
    assert await caller.holders() == people


async def test_one_change_writes_one_audit_row_and_one_event(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3)
    await caller.assign(await caller.members(3))
    assert await world.audit_actions(caller.team) == ["seats:assign"]


async def test_the_audit_row_has_the_actor_the_change_and_the_facts_of_the_decision(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
    body = {"query": operation("assignSeats"), "variables": {"input": asked}}
    headers = {"authorization": f"Bearer {caller.secret}", "x-request-id": "sync-2026-07"}
    answer = await client.post(body, headers)
    [seat] = answer.data["assignSeats"]["seats"]
    [row] = await audit_rows(world, caller.team)
    assert (row.actor_kind, row.actor_id, row.token_id) == ("person", caller.who.id, None)
    assert (row.action, row.target_id, row.request_id) == ("seats:assign", caller.product, "sync-2026-07")
    assert row.after == {"product": caller.product, "assigned": {seat["id"]: ada}}
    decided = facts.Seat(Role.SOFTWARE_COORDINATOR, own=False, separation_of_duties=False)
    assert row.facts == [audit_facts.to_record(facts.PERSON), audit_facts.to_record(decided)]
    assert row.policy_hash == Policy.load(Settings().policy).hash
