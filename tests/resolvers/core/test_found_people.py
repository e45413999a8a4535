"""Mutations on the people that a filter finds: decided one by one, and confirmed by their number."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch
from tests.support.locks import waiting
from tests.support.mutations import Caller, changed_people, new_caller, operation
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

# A mutation, and the scopes that a token needs for it.
MUTATIONS = {
    "assignSeats": [Scope.SEATS_ASSIGN, Scope.POOLS_READ, Scope.SEATS_READ],
    "unassignSeats": [Scope.SEATS_UNASSIGN, Scope.POOLS_READ, Scope.SEATS_READ],
    "removeMembers": [Scope.MEMBERS_REMOVE],
    "changeRoles": [Scope.MEMBERS_CHANGE_ROLE],
    "setGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
    "addGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
    "removeGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
    "moveGroupMembers": [Scope.GROUPS_UPDATE, Scope.GROUPS_READ],
}
USERS = {"role": "USER"}
ERRORS = "errors { code message field row userId count }"


async def setting(client: Client, world: World, mutation: str) -> tuple[Caller, dict[str, Any], list[Account]]:
    """A caller, the input of a mutation without people, and three plain users that it changes, by name."""
    caller = await new_caller(client, world, seats=3)
    joined = [await world.member(caller.team, Role.USER, await world.person("A", last)) for last in "DCB"]
    people = joined[::-1]
    values: dict[str, Any] = {"teamId": caller.team}
    if mutation.endswith("Seats"):
        values["productId"] = caller.product
    if mutation == "unassignSeats":
        for one in people:
            await caller.give_seat(one.id)
    if mutation == "changeRoles":
        values["role"] = "SOFTWARE_COORDINATOR"
    if mutation in ("setGroupMembers", "addGroupMembers", "removeGroupMembers"):
        values = {"groupId": await world.group(caller.team)}
    if mutation == "removeGroupMembers":
        await world.add_to_group(caller.team, values["groupId"], *(one.id for one in people))
    if mutation == "moveGroupMembers":
        left, right = await world.group(caller.team), await world.group(caller.team)
        await world.add_to_group(caller.team, left, *(one.id for one in people))
        values = {"fromGroupId": left, "toGroupId": right}
    return caller, values, people


async def errors(caller: Caller, mutation: str, secret: str | None = None, /, **input: object) -> list[dict[str, Any]]:
    """The errors of a mutation."""
    answer = await caller.client(operation(mutation, ERRORS), secret or caller.secret, input=input)
    found: list[dict[str, Any]] = answer.data[mutation]["errors"]
    return found


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_filter_finds_the_people_of_each_mutation_without_the_exceptions(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, eve, kim] = await setting(client, world, mutation)
    found = {"filter": USERS, "except": [eve.id], "expectedCount": 2}
    assert await errors(caller, mutation, **values, **found) == []
    assert await changed_people(world, caller.team) == [{ada.id, kim.id}]


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_another_number_than_expected_changes_nothing_and_says_the_present_one(
    client: Client, world: World, mutation: str, mode: str
) -> None:
    caller, values, people = await setting(client, world, mutation)
    before = await world.fingerprint()
    for expected in (None, 2, 4, 0, -1):
        found = {"filter": USERS, "expectedCount": expected, "mode": mode}
        [error] = await errors(caller, mutation, **values, **found)
        assert (error["code"], error["field"], error["count"]) == ("CONFIRM_NEEDED", ["expectedCount"], 3)
        assert error["message"] == "`filter` finds 3 people now; to go on, send `expectedCount: 3`."
    assert await world.fingerprint() == before
    found["expectedCount"] = 3
    assert await errors(caller, mutation, **values, **found) == []
    assert await changed_people(world, caller.team) == [{one.id for one in people}]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_filter_that_finds_nobody_changes_nothing(client: Client, world: World, mutation: str) -> None:
    caller, values, people = await setting(client, world, mutation)
    if mutation == "setGroupMembers":
        await world.add_to_group(caller.team, values["groupId"], people[0].id)
    before = await world.fingerprint()
    for mode, expected in (("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 0), ("BEST_EFFORT", None), ("ALL_OR_NOTHING", 3)):
        found = {"filter": {"status": "PENDING"}, "expectedCount": expected, "mode": mode}
        [error] = await errors(caller, mutation, **values, **found)
        assert (error["code"], error["field"], error["message"]) == ("LIST_EMPTY", ["filter"], "`filter` finds nobody.")
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_an_exception_that_is_nobody_of_the_team_is_an_error_as_in_a_list(
    client: Client, world: World, mutation: str
) -> None:
    caller, values, [ada, eve, kim] = await setting(client, world, mutation)
    stranger, before = await world.member(await world.team()), await world.fingerprint()
    found = {"filter": USERS, "except": [eve.id, "user_unknown", stranger.id], "expectedCount": 2}
    shown = [(one["code"], one["field"], one["row"]) for one in await errors(caller, mutation, **values, **found)]
    assert shown == [("NOT_FOUND", ["except"], 1), ("NOT_FOUND", ["except"], 2)]
    assert await world.fingerprint() == before
    again = await errors(caller, mutation, **values, **found, mode="BEST_EFFORT")
    assert ([one["row"] for one in again], await changed_people(world, caller.team)) == ([1, 2], [{ada.id, kim.id}])


async def test_a_dry_run_needs_no_number(client: Client, world: World) -> None:
    caller, values, people = await setting(client, world, "removeMembers")
    before = await world.fingerprint()
    removed = await caller.mutate("removeMembers", **values, filter=USERS, dryRun=True)
    assert removed.content["removedUserIds"] == [one.id for one in people]
    [error] = await errors(caller, "removeMembers", **values, filter=USERS, expectedCount=2, dryRun=True)
    assert (error["code"], error["count"]) == ("CONFIRM_NEEDED", 3)
    assert await world.fingerprint() == before


async def test_a_person_in_a_list_and_in_the_filter_is_no_duplicate(client: Client, world: World) -> None:
    caller, values, [ada, eve, kim] = await setting(client, world, "assignSeats")
    lists = {"userIds": [kim.id, caller.who.id], "emails": [eve.email]}
    found = {"filter": USERS, "expectedCount": 2, "except": [ada.id]}
    assert await errors(caller, "assignSeats", **values, **lists, **found) == []
    assert await caller.holders() == sorted([eve.id, kim.id, caller.who.id])


async def test_errors_name_the_people_that_a_filter_found(client: Client, world: World) -> None:
    caller, values, [ada, eve, kim] = await setting(client, world, "assignSeats")
    await caller.give_seat(eve.id)
    await caller.give_seat(caller.who.id)
    found = {"filter": USERS, "expectedCount": 3, "mode": "BEST_EFFORT"}
    given = await errors(caller, "assignSeats", **values, **found)
    shown = [(one["code"], one["field"], one["row"], one["userId"]) for one in given]
    assert shown == [
        ("NO_SEAT_LEFT", ["filter"], None, kim.id),
        ("ALREADY_ASSIGNED", ["filter"], None, eve.id),
    ]
    assert await caller.holders() == sorted([ada.id, eve.id, caller.who.id])


async def test_each_person_is_decided(client: Client, world: World) -> None:
    caller, values, people = await setting(client, world, "removeMembers")
    await world.member(caller.team, Role.CONTRACT_MANAGER)
    before = await world.fingerprint()
    answer = await caller.send("removeMembers", **values, filter={}, expectedCount=5)
    assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before
    own = {"withoutRole": "CONTRACT_MANAGER"}
    removed = await caller.mutate("removeMembers", **values, filter=own, expectedCount=3, **{"except": [caller.who.id]})
    assert removed.content["removedUserIds"] == [one.id for one in people]


async def test_nobody_gives_a_seat_to_themselves_by_a_filter_if_the_team_separates_duties(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=2, separated=True)
    user = await world.member(caller.team)
    values = {"teamId": caller.team, "productId": caller.product, "filter": {}}
    assert (await caller.send("assignSeats", **values, expectedCount=2)).codes == ["FORBIDDEN"]
    payload = await caller.mutate("assignSeats", **values, expectedCount=1, **{"except": [caller.who.id]})
    assert payload.holders == [user.id]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_token_needs_the_right_to_read_members(client: Client, world: World, mutation: str) -> None:
    caller, values, people = await setting(client, world, mutation)
    found = {"filter": USERS, "expectedCount": 3}
    _, secret = await world.token(caller.team, caller.who.id, *MUTATIONS[mutation])
    answer = await client(operation(mutation, ERRORS), secret, input={**values, **found})
    assert answer.codes == ["FORBIDDEN"]
    assert answer.content["errors"][0]["extensions"]["policy"]["action"] == "members:read"
    _, secret = await world.token(caller.team, caller.who.id, *MUTATIONS[mutation], Scope.MEMBERS_READ)
    assert await errors(caller, mutation, secret, **values, **found) == []
    assert await changed_people(world, caller.team) == [{one.id for one in people}]


async def test_a_filter_on_what_a_token_may_not_read_finds_nobody(client: Client, world: World) -> None:
    caller, values, _ = await setting(client, world, "removeMembers")
    _, secret = await world.token(caller.team, caller.who.id, Scope.MEMBERS_REMOVE, Scope.MEMBERS_READ)
    for which in ({"withoutProductId": caller.product}, {"notUsedSince": "2026-01-01T00:00:00Z"}):
        [error] = await errors(caller, "removeMembers", secret, **values, filter=which, expectedCount=4)
        assert (error["code"], error["field"]) == ("LIST_EMPTY", ["filter"])


async def test_people_of_another_team_are_not_found(client: Client, world: World) -> None:
    _, values, _ = await setting(client, world, "removeMembers")
    stranger = await new_caller(client, world, seats=0)
    answer = await stranger.send("removeMembers", **values, filter={}, expectedCount=4)
    assert answer.codes == ["NOT_FOUND"]


async def test_a_plain_user_is_refused_without_a_number(client: Client, world: World) -> None:
    _, values, [ada, *_] = await setting(client, world, "assignSeats")
    answer = await client(operation("assignSeats", ERRORS), ada.secret, input={**values, "filter": {}})
    assert answer.codes == ["FORBIDDEN"]
    assert "people" not in str(answer.content)


@pytest.mark.parametrize("more", [{"except": []}, {"expectedCount": 0}])
async def test_exceptions_and_a_number_belong_to_a_filter(client: Client, world: World, more: dict[str, Any]) -> None:
    caller, values, [ada, *_] = await setting(client, world, "removeMembers")
    assert (await caller.send("removeMembers", **values, userIds=[ada.id], **more)).codes == ["BAD_USER_INPUT"]


async def test_a_filter_finds_at_most_5000_people(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await world.members(caller.team, 5_001)
    values = {"teamId": caller.team, "productId": caller.product, "filter": USERS}
    [error] = await errors(caller, "assignSeats", **values, expectedCount=5_001)
    assert (error["code"], error["field"]) == ("LIST_TOO_LONG", ["filter"])
    ids = await world.members(caller.team, 1)
    values["filter"] = {"search": "no such name"}
    assert (await caller.mutate("assignSeats", **values, expectedCount=0, userIds=ids)).holders == ids


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str], mutation: str
) -> None:
    counts = []
    # The first change of a gateway also stores the text of the policy.
    for excluded in (2, 2, 1):
        caller, values, people = await setting(client, world, mutation)
        found = {"filter": USERS, "except": [one.id for one in people[:excluded]], "expectedCount": 3 - excluded}
        statements.clear()
        answer = await client(operation(mutation, "errors { code }"), caller.secret, input={**values, **found})
        counts.append(len(statements))
        assert answer.data[mutation]["errors"] == []
    assert counts[1] == counts[2]


async def test_a_person_who_accepts_meanwhile_is_not_removed_as_an_invited_one(client: Client, world: World) -> None:
    """The removal waits for the membership, and looks again at what the filter finds."""
    caller = await new_caller(client, world, seats=0)
    invited = [await world.invited_member(caller.team) for _ in range(2)]
    found = {"teamId": caller.team, "filter": {"status": "PENDING"}, "expectedCount": 2}
    async with world.database.transaction() as accepting:
        accept = "update memberships set accepted_at = now() where team_id = $1 and user_id = $2"
        await fetch(accepting, accept, caller.team, invited[0].id)
        async with waiting(accepting, errors(caller, "removeMembers", **found)) as removing:
            await accepting.commit()
            [error] = await removing
    assert (error["code"], error["count"]) == ("CONFIRM_NEEDED", 1)
    assert await changed_people(world, caller.team) == []
