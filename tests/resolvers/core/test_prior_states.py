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
    moved = {"fromGroupId": other, "toGroupId": group, "userIds": [ada]}
    for name, given, code in (
        ("addGroupMembers", asked, "ALREADY_IN_GROUP"),
        ("removeGroupMembers", asked, "ALREADY_OUT_OF_GROUP"),
        ("moveGroupMembers", moved, "ALREADY_IN_GROUP"),
    ):
        assert await codes(caller, name, blind, **given) == []
        assert await codes(caller, name, [*blind, Scope.MEMBERS_READ], **given) == [code]


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
