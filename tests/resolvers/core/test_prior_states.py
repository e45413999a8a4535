"""A token that may change people but not read them does not hear in which state they were."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller, operation
from tests.support.world import World


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


async def codes(caller: Caller, name: str, scopes: list[Scope], **input: Any) -> list[str]:
    """The codes that a token of the caller with these scopes hears in a dry run that stops nobody."""
    _, secret = await caller.world.token(caller.team, caller.who.id, *scopes)
    more = {"mode": "BEST_EFFORT"} if "userIds" in input else {}
    answer = await caller.client(operation(name, "errors { code }"), secret, input={"dryRun": True, **more, **input})
    return [error["code"] for error in answer.data[name]["errors"]]


async def test_a_token_that_may_not_read_members_does_not_hear_who_is_in_a_group(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group, other = await caller.world.group(caller.team), await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, group, ada)
    blind, asked = [Scope.GROUPS_READ, Scope.GROUPS_UPDATE], {"groupId": group, "userIds": [ada, bob]}
    for name, code in (("addGroupMembers", "ALREADY_IN_GROUP"), ("removeGroupMembers", "ALREADY_OUT_OF_GROUP")):
        assert await codes(caller, name, blind, **asked) == []
        assert await codes(caller, name, [*blind, Scope.MEMBERS_READ], **asked) == [code]
    moved = {"fromGroupId": other, "toGroupId": group, "userIds": [ada]}
    assert await codes(caller, "moveGroupMembers", [*blind, Scope.MEMBERS_READ], **moved) == ["ALREADY_IN_GROUP"]
    _, secret = await caller.world.token(caller.team, caller.who.id, *blind)
    for one in (ada, bob):
        answer = await caller.client(
            operation("moveGroupMembers", "errors { code }"), secret, input={**moved, "userIds": [one]}
        )
        assert answer.codes == ["FORBIDDEN"]


async def test_a_refusal_does_not_tell_who_is_in_a_group_that_gives_products(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, group, ada)
    await caller.world.add_group_product(caller.team, group, caller.product)
    await caller.world.give_seat(caller.team, caller.product, ada, "group", group)
    _, secret = await caller.world.token(caller.team, caller.who.id, Scope.GROUPS_READ, Scope.GROUPS_UPDATE)
    for name in ("addGroupMembers", "removeGroupMembers", "setGroupMembers"):
        for one in (ada, bob):
            given = {"groupId": group, "userIds": [one], "dryRun": True}
            answer = await caller.client(operation(name, "errors { code }"), secret, input=given)
            assert answer.codes == ["FORBIDDEN"], (name, one)


async def test_a_dry_run_does_not_tell_the_groups_and_products_of_a_person(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group = await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, group, ada)
    await caller.assign([ada])
    blind = [Scope.MEMBERS_REMOVE, Scope.SEATS_UNASSIGN, Scope.GROUPS_READ, Scope.POOLS_READ]
    asked = {"teamId": caller.team, "userIds": [ada], "dryRun": True}
    for scopes, told in ((blind, 0), ([*blind, Scope.MEMBERS_READ, Scope.SEATS_READ], 1)):
        _, secret = await caller.world.token(caller.team, caller.who.id, *scopes)
        removed = operation("removeMembers", "groups { id } pools { id } errors { code }")
        payload = (await caller.client(removed, secret, input=asked)).data["removeMembers"]
        assert (len(payload["groups"]), len(payload["pools"])) == (told, told)


async def test_a_token_that_may_not_read_members_hears_only_how_many_people_get_no_seat(caller: Caller) -> None:
    people = await caller.members(5)
    group = await caller.world.group(caller.team)
    for one in people:
        await caller.world.add_to_group(caller.team, group, one)
    blind = [Scope.GROUPS_READ, Scope.GROUPS_ASSIGN, Scope.SEATS_ASSIGN]
    for mode, code in (("BEST_EFFORT", "NO_SEAT_LEFT"), ("WAITLIST", "WAITING")):
        given = {"groupId": group, "productId": caller.product, "mode": mode, "dryRun": True}
        for scopes, told in ((blind, [None]), ([*blind, Scope.MEMBERS_READ], people[2:])):
            _, secret = await caller.world.token(caller.team, caller.who.id, *scopes)
            assigned = operation("assignGroupProduct", "errors { code userId message }")
            errors = (await caller.client(assigned, secret, input=given)).data["assignGroupProduct"]["errors"]
            assert {error["code"] for error in errors} == {code}
            assert [error["userId"] for error in errors] == told
            assert ("number: 3" in errors[0]["message"]) is (told == [None])


async def test_a_token_that_may_not_read_members_does_not_hear_their_roles(caller: Caller) -> None:
    [ada] = await caller.members(1)
    blind, role = [Scope.MEMBERS_CHANGE_ROLE], {"teamId": caller.team, "role": Role.USER.name}
    for name, who in (("changeRole", {"userId": ada}), ("changeRoles", {"userIds": [ada]})):
        assert await codes(caller, name, blind, **role, **who) == []
        assert await codes(caller, name, [*blind, Scope.MEMBERS_READ], **role, **who) == ["ALREADY_IN_ROLE"]


async def test_a_token_that_may_not_read_seats_does_not_hear_who_holds_one(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    await caller.assign([ada])
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": [ada, bob]}
    for name, scope, code in (
        ("assignSeats", Scope.SEATS_ASSIGN, "ALREADY_ASSIGNED"),
        ("unassignSeats", Scope.SEATS_UNASSIGN, "NOT_ASSIGNED"),
    ):
        assert await codes(caller, name, [scope, Scope.POOLS_READ], **asked) == []
        assert await codes(caller, name, [scope, Scope.POOLS_READ, Scope.SEATS_READ], **asked) == [code]


async def test_a_token_that_may_not_read_seats_does_not_hear_who_keeps_one_by_a_group(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await caller.world.group(caller.team, "Drawing")
    await caller.world.add_to_group(caller.team, group, ada)
    given = {"groupId": group, "productId": caller.product}
    answer = await caller.client(operation("assignGroupProduct", "errors { code }"), caller.who.secret, input=given)
    assert answer.data["assignGroupProduct"]["errors"] == []
    asked = {"teamId": caller.team, "productId": caller.product, "userIds": [ada, bob]}
    blind = [Scope.SEATS_UNASSIGN, Scope.POOLS_READ, Scope.GROUPS_READ]
    assert await codes(caller, "unassignSeats", blind, **asked) == []
    for scopes, name in (
        ([*blind, Scope.SEATS_READ], "a group"),
        ([*blind, Scope.SEATS_READ, Scope.MEMBERS_READ], "“Drawing”"),
    ):
        _, secret = await caller.world.token(caller.team, caller.who.id, *scopes)
        ended = operation("unassignSeats", "errors { code message }")
        answer = await caller.client(ended, secret, input={"dryRun": True, "mode": "BEST_EFFORT", **asked})
        told = {error["code"]: error["message"] for error in answer.data["unassignSeats"]["errors"]}
        assert told["SOURCE_REMAINS"] == f"This person keeps the seat, because it is still given by {name}."


async def test_a_token_that_may_not_read_seats_does_not_hear_that_the_asker_holds_one(caller: Caller) -> None:
    asker = await caller.world.member(caller.team)
    asking = Caller(caller.client, caller.world, caller.team, caller.product, asker.secret, asker)
    request = (await asking.request_seat()).content["request"]["id"]
    await caller.assign([asker.id])
    blind, answer = (
        [Scope.REQUESTS_READ, Scope.REQUESTS_ANSWER, Scope.SEATS_ASSIGN],
        {"requestId": request, "grant": True},
    )
    assert await codes(caller, "answerRequest", blind, **answer) == []
    assert await codes(caller, "answerRequest", [*blind, Scope.SEATS_READ], **answer) == ["ALREADY_ASSIGNED"]
