"""Groups are created, renamed and deleted. People who join a group get what it gives; people who leave lose it."""

import asyncio
from typing import Any

import pytest

from db.tables.groups import GroupMember
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World


async def giving_group(caller: Caller, *people: str, name: str | None = None) -> str:
    """Create a group of these people that gives the caller's product. Returns its id."""
    group = await caller.world.group(caller.team, name)
    if people:
        await caller.world.add_to_group(caller.team, group, *people)
    payload = await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product, mode="WAITLIST")
    assert {code for code, _ in payload.errors} <= {"WAITING"}
    return group


async def set_members(caller: Caller, group: str, people: list[str], **more: Any) -> Payload:
    """Set the members of a group."""
    return await caller.mutate("setGroupMembers", groupId=group, userIds=people, **more)


def members(payload: Payload) -> list[str]:
    """The user ids of the members of the payload's group, sorted."""
    return sorted(node["user"]["id"] for node in payload.content["group"]["members"]["nodes"])


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller whose pool has two seats."""
    return await new_caller(client, world, seats=2)


@pytest.mark.parametrize("mutation", ["createGroup", "renameGroup"])
async def test_a_name_is_taken_in_upper_and_lower_case(caller: Caller, mutation: str) -> None:
    await caller.world.group(caller.team, "Großhändler")
    group = await caller.world.group(caller.team, "Design")
    asked = {"teamId": caller.team} if mutation == "createGroup" else {"groupId": group}
    before = await caller.world.fingerprint()
    assert (await caller.mutate(mutation, **asked, name=" GROßHÄNDLER ")).errors == [("NAME_TAKEN", None)]
    for name in (" ", "\u200b", "\u3164\u2060", "\u202eDesign"):
        assert (await caller.mutate(mutation, **asked, name=name)).errors == [("NAME_INVALID", None)]
    assert await caller.world.fingerprint() == before


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("\u00c9quipe", ["E\u0301quipe", "\u00c9quipe\u200b", "equipe", " EQUIPE "]),
        ("\u00c9quipe A", ["\u00c9quipe  A", "\u00c9quipe\u00a0A", "\u00e9quipe\u3000a"]),
    ],
)
async def test_names_that_look_the_same_are_the_same(caller: Caller, first: str, others: list[str]) -> None:
    created = await caller.mutate("createGroup", teamId=caller.team, name=first)
    assert created.content["group"]["name"] == first
    group = await caller.world.group(caller.team)
    for name in others:
        assert (await caller.mutate("createGroup", teamId=caller.team, name=name)).errors == [("NAME_TAKEN", None)]
        assert (await caller.mutate("renameGroup", groupId=group, name=name)).errors == [("NAME_TAKEN", None)]


async def test_another_team_may_use_the_name(client: Client, world: World, caller: Caller) -> None:
    other = await new_caller(client, world, seats=1)
    for one in (caller, other):
        payload = await one.mutate("createGroup", teamId=one.team, name=" Design ")
        assert (payload.errors, payload.content["group"]["name"]) == ([], "Design")


async def test_one_of_many_simultaneous_groups_gets_the_name(caller: Caller) -> None:
    payloads = await asyncio.gather(
        *(caller.mutate("createGroup", teamId=caller.team, name=name) for name in ("ops", "Ops", "OPS", "oPs") * 3)
    )
    assert sorted(one.errors for one in payloads) == [[]] + [[("NAME_TAKEN", None)]] * 11


async def test_a_group_may_change_the_case_of_its_own_name(caller: Caller) -> None:
    group = await caller.world.group(caller.team, "design")
    assert (await caller.mutate("renameGroup", groupId=group, name="Design")).content["group"]["name"] == "Design"
    [row] = await audit_rows(caller.world, caller.team)
    assert (row.action, row.target_id, row.before, row.after) == (
        "groups:update",
        group,
        {"name": "design"},
        {"name": "Design"},
    )
    before = await caller.world.fingerprint()
    assert (await caller.mutate("renameGroup", groupId=group, name="Design")).errors == []
    assert await caller.world.fingerprint() == before


async def test_joining_a_group_gives_its_products_and_leaving_takes_them(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await giving_group(caller, ada)
    assert await caller.holders() == [ada]
    payload = await set_members(caller, group, [bob])
    assert (payload.errors, payload.holders, payload.freed, members(payload)) == ([], [bob], [None], [bob])
    assert payload.content["seats"][0]["sources"][0]["kind"] == "GROUP"
    assert await caller.holders() == [bob]
    last = (await audit_rows(caller.world, caller.team))[-1]
    assert (last.after["joined"], last.after["left"]) == ([bob], [ada])
    assert list(last.after["assigned"].values()) == [bob]
    assert list(last.after["freed"].values()) == [ada]
    assert await set_members(caller, group, []) and await caller.holders() == []


async def test_invited_people_can_join_a_group(caller: Caller) -> None:
    group, grace = await giving_group(caller), await caller.world.invited_member(caller.team)
    assert (await set_members(caller, group, [grace.id])).holders == [grace.id]


async def test_a_seat_with_another_source_stays(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group, other = await giving_group(caller, ada), await giving_group(caller, ada)
    assert (await set_members(caller, group, [])).freed == []
    assert await caller.holders() == [ada]
    assert (await set_members(caller, other, [])).freed == [None]
    assert await caller.holders() == []


async def test_after_a_shortage_nobody_joins_or_leaves(caller: Caller) -> None:
    ada, *others = await caller.members(4)
    group = await giving_group(caller, ada)
    before = await caller.world.fingerprint()
    payload = await set_members(caller, group, others)
    assert (payload.errors, payload.errors_with_users) == ([("NO_SEAT_LEFT", 2)], [("NO_SEAT_LEFT", others[2])])
    assert members(payload) == [ada]
    assert await caller.world.fingerprint() == before


async def test_under_best_effort_people_without_a_seat_join_the_group_too(caller: Caller) -> None:
    people = await caller.members(3)
    group = await giving_group(caller)
    payload = await set_members(caller, group, [*people, "user_unknown"], mode="BEST_EFFORT")
    assert payload.errors == [("NOT_FOUND", 3), ("NO_SEAT_LEFT", 2)]
    assert (payload.holders, members(payload)) == (people[:2], sorted(people))
    await caller.world.pool(caller.team, 1, caller.product)
    again = await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product)
    assert again.holders == people[2:]


async def test_the_waiting_list_is_served_when_somebody_leaves_the_group(caller: Caller) -> None:
    people = await caller.members(4)
    group = await giving_group(caller)
    payload = await set_members(caller, group, people, mode="WAITLIST")
    assert payload.waiting_list == [(1, people[2]), (2, people[3])]
    assert payload.errors == [("WAITING", 2), ("WAITING", 3)]
    payload = await set_members(caller, group, people[1:])
    assert (payload.freed, payload.promoted) == ([people[2]], [people[2]])
    payload = await set_members(caller, group, people[1:3])
    assert (payload.errors, payload.freed) == ([], [])
    assert (await audit_rows(caller.world, caller.team))[-1].after["withdrawn"] == {caller.product: people[3:]}


async def test_members_gain_and_lose_every_product_of_the_group(caller: Caller) -> None:
    [ada] = await caller.members(1)
    second = await caller.world.pool(caller.team, 1)
    group = await giving_group(caller)
    await caller.mutate("assignGroupProduct", groupId=group, productId=second)
    assert len((await set_members(caller, group, [ada])).content["seats"]) == 2
    assert len((await set_members(caller, group, [])).content["freed"]) == 2


async def test_invalid_lists_of_members_change_nothing(caller: Caller) -> None:
    [ada] = await caller.members(1)
    group = await giving_group(caller, ada)
    elsewhere = await caller.world.member(await caller.world.team())
    before = await caller.world.fingerprint()
    assert (await set_members(caller, group, [ada, ada])).errors == [("DUPLICATE", 1)]
    assert (await set_members(caller, group, [elsewhere.id])).errors == [("NOT_FOUND", 0)]
    for mode in ("ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"):
        assert (await set_members(caller, group, ["user_x"] * 5_001, mode=mode)).errors == [("LIST_TOO_LONG", None)]
    assert await caller.world.fingerprint() == before


async def test_a_person_who_is_removed_from_the_team_leaves_the_group(caller: Caller) -> None:
    [ada] = await caller.members(1)
    await giving_group(caller, ada)
    await caller.remove([ada])
    assert await caller.holders() == []
    async with caller.world.engine.connect() as connection:
        rows = await connection.execute(GroupMember.__table__.select().where(GroupMember.team_id == caller.team))
        assert rows.all() == []


async def test_a_deletion_that_frees_few_seats_needs_no_confirmation(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=10)
    ada, *others = await caller.members(10)
    await caller.assign(others)
    group = await giving_group(caller, ada, name="Night shift")
    payload = await caller.mutate("deleteGroup", teamId=caller.team, groupId=group)
    assert (payload.errors, payload.content["deletedGroupId"], payload.content["freedSeats"]) == ([], group, 1)
    last = (await audit_rows(world, caller.team))[-1]
    assert last.before == {"name": "Night shift", "members": [ada], "products": [caller.product]}
    assert list(last.after["freed"].values()) == [ada]
    assert (await caller.send("deleteGroup", teamId=caller.team, groupId=group)).codes == ["NOT_FOUND"]


async def test_a_deletion_that_frees_many_seats_must_be_confirmed_with_their_number(caller: Caller) -> None:
    ada, bob = await caller.members(2)
    group = await giving_group(caller, ada, bob)
    await caller.assign([bob])
    about = {"teamId": caller.team, "groupId": group}
    before = await caller.world.fingerprint()
    for wrong in ({}, {"confirm": 2}, {"confirm": 0}, {"dryRun": True}):
        payload = await caller.mutate("deleteGroup", **about, **wrong)
        assert (payload.errors, payload.content["freedSeats"]) == ([("CONFIRM_NEEDED", None)], 1)
        assert "1 of 2" in payload.messages[0]
    assert (await caller.mutate("deleteGroup", **about, confirm=1, dryRun=True)).errors == []
    assert await caller.world.fingerprint() == before
    assert (await caller.mutate("deleteGroup", **about, confirm=1)).content["deletedGroupId"] == group
    assert await caller.holders() == [bob]


async def test_a_wrong_number_is_refused_even_for_a_small_group(caller: Caller) -> None:
    group = await caller.world.group(caller.team)
    payload = await caller.mutate("deleteGroup", teamId=caller.team, groupId=group, confirm=3)
    assert payload.errors == [("CONFIRM_NEEDED", None)]


async def test_deleting_a_group_ends_its_waits_and_serves_the_waiting_list(caller: Caller) -> None:
    ada, bob, cy, dan = await caller.members(4)
    group = await giving_group(caller, ada, bob, cy)
    await caller.assign([dan], mode="WAITLIST")
    payload = await caller.mutate("deleteGroup", teamId=caller.team, groupId=group, confirm=2)
    assert (payload.errors, payload.promoted) == ([], [dan])
    assert await caller.holders() == [dan]


@pytest.mark.parametrize(
    "mutation",
    [
        "setGroupMembers",
        "addGroupMembers",
        "removeGroupMembers",
        "assignGroupProduct",
        "unassignGroupProduct",
        "deleteGroup",
    ],
)
@pytest.mark.parametrize("missing", [Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN])
async def test_a_token_without_the_right_to_seats_cannot_use_a_group_instead(
    caller: Caller, mutation: str, missing: Scope
) -> None:
    ada, bob = await caller.members(2)
    group = await giving_group(caller, ada)
    more: dict[str, dict[str, Any]] = {
        "setGroupMembers": {"userIds": [bob]},
        "addGroupMembers": {"userIds": [bob]},
        "removeGroupMembers": {"userIds": [ada]},
        "deleteGroup": {"teamId": caller.team, "confirm": 1},
    }
    asked = {"groupId": group, **more.get(mutation, {"productId": caller.product})}
    _, secret = await caller.world.token(caller.team, caller.who.id, *(set(Scope) - {missing}))
    needs = {
        "assignGroupProduct": {Scope.SEATS_ASSIGN},
        "addGroupMembers": {Scope.SEATS_ASSIGN},
        "setGroupMembers": {Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN},
    }
    before = await caller.world.fingerprint()
    answer = await caller.client(operation(mutation), secret, input=asked)
    if missing in needs.get(mutation, {Scope.SEATS_UNASSIGN}):
        assert answer.codes == ["FORBIDDEN"]
        assert missing.value in answer.content["errors"][0]["message"]
        assert await caller.world.fingerprint() == before
    else:
        assert answer.codes == []


async def test_a_token_that_may_not_read_seats_learns_no_number_by_deleting_a_group(caller: Caller) -> None:
    group = await giving_group(caller, *await caller.members(1))
    _, secret = await caller.world.token(caller.team, caller.who.id, *(set(Scope) - {Scope.SEATS_READ}))
    before = await caller.world.fingerprint()
    for confirm in (None, 0, 1):
        asked = {"teamId": caller.team, "groupId": group, "confirm": confirm, "dryRun": True}
        answer = await caller.client(operation("deleteGroup", "freedSeats errors { count }"), secret, input=asked)
        assert answer.codes == ["FORBIDDEN"]
        assert "seats:read" in answer.content["errors"][0]["message"]
    assert await caller.world.fingerprint() == before


async def test_changing_a_group_without_products_needs_no_right_to_seats(caller: Caller) -> None:
    [ada], group = await caller.members(1), await caller.world.group(caller.team)
    _, secret = await caller.world.token(caller.team, caller.who.id, Scope.GROUPS_READ, Scope.GROUPS_UPDATE)
    changes: tuple[tuple[str, list[str]], ...] = (("set", [ada]), ("set", []), ("add", [ada]), ("remove", [ada]))
    for what, people in changes:
        asked, mutation = {"groupId": group, "userIds": people}, f"{what}GroupMembers"
        answer = await caller.client(operation(mutation, "errors { code }"), secret, input=asked)
        assert answer.data[mutation]["errors"] == []


async def test_nobody_gives_themselves_a_seat_through_a_group(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, separated=True)
    [ada] = await caller.members(1)
    group = await giving_group(caller)
    payload = await set_members(caller, group, [caller.who.id, ada])
    assert payload.errors_with_users == [("SEPARATION_OF_DUTIES", caller.who.id)]
    assert payload.errors == [("SEPARATION_OF_DUTIES", 0)]
    assert await caller.holders() == [ada]
    own = {"groupId": group, "userIds": [caller.who.id]}
    assert (await caller.mutate("removeGroupMembers", **own)).errors == []
    assert (await caller.mutate("addGroupMembers", **own)).errors == [("SEPARATION_OF_DUTIES", 0)]
    assert await caller.holders() == [ada]
    again = await caller.mutate("assignGroupProduct", groupId=group, productId=caller.product)
    assert (again.errors_with_users, again.holders) == ([("SEPARATION_OF_DUTIES", caller.who.id)], [])
    _, secret = await world.token(caller.team, caller.who.id, *Scope)
    asked = {"groupId": group, "productId": caller.product, "mode": "WAITLIST"}
    assert (await client(operation("assignGroupProduct"), secret, input=asked)).data["assignGroupProduct"]["errors"]
    assert await caller.holders() == [ada]
    other = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    theirs = Caller(client, world, caller.team, caller.product, other.secret, other)
    assert (await theirs.mutate("assignGroupProduct", **asked)).holders == [caller.who.id]


async def test_simultaneous_changes_of_a_group_are_made_one_after_the_other(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=6)
    people = await caller.members(6)
    group = await giving_group(caller)
    await asyncio.gather(*(set_members(caller, group, people[n : n + 3]) for n in (0, 1, 2, 3) * 2))
    last = await set_members(caller, group, people[:2])
    assert (members(last), await caller.holders()) == (sorted(people[:2]), sorted(people[:2]))
