"""A token that may change people but not read them does not hear in which state they were."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.mutations import Caller, new_caller, operation
from tests.support.world import World


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


async def ask(caller: Caller, name: str, selection: str, scopes: list[Scope], **input: Any) -> Answer:
    """The answer to a dry run that a token of the caller with these scopes sends."""
    _, secret = await caller.world.token(caller.team, caller.who.id, *scopes)
    return await caller.client(operation(name, selection), secret, input={"dryRun": True, **input})


async def codes(caller: Caller, name: str, scopes: list[Scope], **input: Any) -> list[str]:
    """The codes that a token of the caller with these scopes hears in a dry run that stops nobody."""
    more = {"mode": "BEST_EFFORT"} if "userIds" in input else {}
    answer = await ask(caller, name, "errors { code }", scopes, **{**more, **input})
    return [error["code"] for error in answer.data[name]["errors"]]


async def counted(
    caller: Caller, name: str, scopes: list[Scope], **input: Any
) -> list[tuple[str, str | None, int | None]]:
    """The code, the user id and the number of each error that a token of the caller with these scopes hears."""
    answer = await ask(caller, name, "errors { code userId productId count }", scopes, **input)
    errors = answer.data[name]["errors"]
    assert {error["productId"] for error in errors} == {caller.product}
    return sorted((error["code"], error["userId"], error["count"]) for error in errors)


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


async def test_a_dry_run_shows_the_groups_of_people_only_to_those_who_may_read_members(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group = await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, group, ada)
    blind, asked = [Scope.MEMBERS_REMOVE, Scope.GROUPS_READ], {"teamId": caller.team, "userIds": [ada]}
    for scopes, dry_run, shown in (
        (blind, True, []),
        ([*blind, Scope.MEMBERS_READ], True, [{"id": group}]),
        (blind, False, [{"id": group}]),
    ):
        answer = await ask(caller, "removeMembers", "groups { id }", scopes, **asked, dryRun=dry_run)
        assert answer.data["removeMembers"]["groups"] == shown


async def test_a_dry_run_shows_pools_only_to_those_who_may_read_seats(caller: Caller) -> None:
    [ada] = await caller.members(1)
    await caller.assign([ada])
    asked = {"teamId": caller.team, "userIds": [ada]}
    removing, pool = [Scope.MEMBERS_REMOVE, Scope.POOLS_READ], {"assigned": 0}
    changed = "pools { assigned } team { pools { assigned } }"
    for more, pools in ([], []), ([Scope.SEATS_READ], [pool]):
        answer = await ask(caller, "removeMembers", changed, [*removing, *more], **asked)
        assert answer.data["removeMembers"] == {"pools": pools, "team": {"pools": pools}}
    unassigning, product = [Scope.SEATS_UNASSIGN, Scope.POOLS_READ], {"productId": caller.product}
    for more, shown in ([], None), ([Scope.SEATS_READ], pool):
        answer = await ask(caller, "unassignSeats", "pool { assigned }", [*unassigning, *more], **asked, **product)
        assert answer.data["unassignSeats"] == {"pool": shown}
    answer = await ask(caller, "removeMembers", changed, removing, **asked, dryRun=False)
    assert answer.data["removeMembers"] == {"pools": [pool], "team": {"pools": [pool]}}


async def test_a_refusal_does_not_tell_who_is_in_a_group(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group, other = await caller.world.group(caller.team), await caller.world.group(caller.team)
    given = {"groupId": group, "productId": caller.product}
    await caller.world.add_to_group(caller.team, group, ada)
    assert (await caller.mutate("assignGroupProduct", **given)).errors == []
    blind = [Scope.GROUPS_READ, Scope.GROUPS_UPDATE]
    assign, unassign = {Scope.SEATS_ASSIGN}, {Scope.SEATS_UNASSIGN}
    for name, groups, needed in (
        ("addGroupMembers", {"groupId": group}, assign),
        ("removeGroupMembers", {"groupId": group}, unassign),
        ("setGroupMembers", {"groupId": group}, assign | unassign),
        ("moveGroupMembers", {"fromGroupId": group, "toGroupId": other}, unassign),
        ("moveGroupMembers", {"fromGroupId": other, "toGroupId": group}, assign),
    ):
        for person in (ada, bob):
            for scope in needed:
                scopes = [*blind, *needed - {scope}]
                answer = await ask(caller, name, "errors { code }", scopes, **groups, userIds=[person])
                assert answer.codes == ["FORBIDDEN"]
            assert await codes(caller, name, [*blind, *needed], **groups, userIds=[person]) == []


async def test_a_move_does_not_tell_who_is_in_neither_group(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    left, joined = await caller.world.group(caller.team), await caller.world.group(caller.team)
    await caller.world.add_to_group(caller.team, left, ada)
    blind = [Scope.GROUPS_READ, Scope.GROUPS_UPDATE]
    asked = {"fromGroupId": left, "toGroupId": joined, "userIds": [ada, bob], "mode": "ALL_OR_NOTHING"}
    assert await codes(caller, "moveGroupMembers", [*blind, Scope.MEMBERS_READ], **asked) == ["NOT_IN_GROUP"]
    assert await codes(caller, "moveGroupMembers", blind, **asked, dryRun=False) == []
    query = "query ($id: ID!) { node(id: $id) { ... on Group { members { nodes { user { id } } } } } }"
    group = (await caller.client(query, caller.secret, id=joined)).data["node"]
    assert group == {"members": {"nodes": [{"user": {"id": ada}}]}}


async def test_a_token_that_may_not_read_members_hears_how_many_get_no_seat_and_not_who(caller: Caller) -> None:
    people = await caller.members(3)
    group = await caller.world.group(caller.team)
    for person in people:
        await caller.world.add_to_group(caller.team, group, person)
    # The team gives to its coordinator, too.
    for name, scopes, asked, lacking in (
        ("setDefaultProducts", [Scope.DEFAULTS_SET], {"teamId": caller.team, "productIds": [caller.product]}, 2),
        (
            "assignGroupProduct",
            [Scope.GROUPS_READ, Scope.GROUPS_ASSIGN],
            {"groupId": group, "productId": caller.product},
            1,
        ),
    ):
        blind = [*scopes, Scope.SEATS_ASSIGN]
        for mode, code in (("ALL_OR_NOTHING", "NO_SEAT_LEFT"), ("WAITLIST", "WAITING")):
            assert await counted(caller, name, blind, **asked, mode=mode) == [(code, None, lacking)]
            told = await counted(caller, name, [*blind, Scope.MEMBERS_READ], **asked, mode=mode)
            assert {(each, count) for each, _, count in told} == {(code, None)}
            assert len({user_id for _, user_id, _ in told} & {*people, caller.who.id}) == lacking
