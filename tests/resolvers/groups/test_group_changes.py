"""Groups made, renamed and deleted; who joins and leaves one gains and loses what it gives."""

import asyncio
from typing import Any

import pytest

from db.tables.groups import GroupMember
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import World


async def gives(desk: Desk, *people: str, name: str | None = None) -> str:
    """A group of these people that gives them the desk's product."""
    group = await desk.world.group(desk.team, name)
    if people:
        await desk.world.enter(desk.team, group, *people)
    told = await desk.tell("assignGroupProduct", groupId=group, productId=desk.product, mode="WAITLIST")
    assert {code for code, _ in told.said} <= {"WAITING"}
    return group


async def put(desk: Desk, group: str, people: list[str], **more: Any) -> Told:
    """Say who is in a group."""
    return await desk.tell("setGroupMembers", groupId=group, userIds=people, **more)


def members(told: Told) -> list[str]:
    """Who is in the payload's group."""
    return sorted(node["user"]["id"] for node in told.content["group"]["members"]["nodes"])


@pytest.fixture
async def desk(client: Client, world: World) -> Desk:
    """A desk with two seats."""
    return await desk_of(client, world, seats=2)


@pytest.mark.parametrize("mutation", ["createGroup", "renameGroup"])
async def test_a_name_is_taken_whatever_its_case(desk: Desk, mutation: str) -> None:
    await desk.world.group(desk.team, "Großhändler")
    group = await desk.world.group(desk.team, "Design")
    asked = {"teamId": desk.team} if mutation == "createGroup" else {"groupId": group}
    before = await desk.world.fingerprint()
    assert (await desk.tell(mutation, **asked, name=" GROßHÄNDLER ")).said == [("NAME_TAKEN", None)]
    assert (await desk.tell(mutation, **asked, name=" ")).said == [("NAME_INVALID", None)]
    assert await desk.world.fingerprint() == before


async def test_another_team_may_use_the_name(client: Client, world: World, desk: Desk) -> None:
    other = await desk_of(client, world, seats=1)
    for one in (desk, other):
        told = await one.tell("createGroup", teamId=one.team, name=" Design ")
        assert (told.said, told.content["group"]["name"]) == ([], "Design")


async def test_of_many_at_once_one_gets_the_name(desk: Desk) -> None:
    told = await asyncio.gather(
        *(desk.tell("createGroup", teamId=desk.team, name=name) for name in ("ops", "Ops", "OPS", "oPs") * 3)
    )
    assert sorted(one.said for one in told) == [[]] + [[("NAME_TAKEN", None)]] * 11


async def test_a_group_may_change_the_case_of_its_own_name(desk: Desk) -> None:
    group = await desk.world.group(desk.team, "design")
    assert (await desk.tell("renameGroup", groupId=group, name="Design")).content["group"]["name"] == "Design"
    [row] = await audit_rows(desk.world, desk.team)
    assert (row.action, row.target_id, row.before, row.after) == (
        "groups:update",
        group,
        {"name": "design"},
        {"name": "Design"},
    )
    before = await desk.world.fingerprint()
    assert (await desk.tell("renameGroup", groupId=group, name="Design")).said == []
    assert await desk.world.fingerprint() == before


async def test_who_joins_gets_what_the_group_gives_and_who_leaves_loses_it(desk: Desk) -> None:
    ada, bob = await desk.members(2)
    group = await gives(desk, ada)
    assert await desk.holders() == [ada]
    told = await put(desk, group, [bob])
    assert (told.said, told.holders, told.freed, members(told)) == ([], [bob], [None], [bob])
    assert told.content["seats"][0]["sources"][0]["kind"] == "GROUP"
    assert await desk.holders() == [bob]
    last = (await audit_rows(desk.world, desk.team))[-1]
    assert (last.after["joined"], last.after["left"]) == ([bob], [ada])
    assert list(last.after["assigned"].values()) == [bob]
    assert list(last.after["unassigned"].values()) == [ada]
    assert await put(desk, group, []) and await desk.holders() == []


async def test_who_is_invited_joins_as_well(desk: Desk) -> None:
    group, grace = await gives(desk), await desk.world.invited(desk.team)
    assert (await put(desk, group, [grace.id])).holders == [grace.id]


async def test_a_seat_held_for_another_reason_too_stays(desk: Desk) -> None:
    [ada] = await desk.members(1)
    group, other = await gives(desk, ada), await gives(desk, ada)
    assert (await put(desk, group, [])).freed == []
    assert await desk.holders() == [ada]
    assert (await put(desk, other, [])).freed == [None]
    assert await desk.holders() == []


async def test_a_shortage_lets_nobody_in_or_out(desk: Desk) -> None:
    ada, *others = await desk.members(4)
    group = await gives(desk, ada)
    before = await desk.world.fingerprint()
    told = await put(desk, group, others)
    assert (told.said, told.about) == ([("NO_SEAT_LEFT", 2)], [("NO_SEAT_LEFT", others[2])])
    assert members(told) == [ada]
    assert await desk.world.fingerprint() == before


async def test_by_best_effort_who_gets_none_is_in_the_group_all_the_same(desk: Desk) -> None:
    people = await desk.members(3)
    group = await gives(desk)
    told = await put(desk, group, [*people, "user_unknown"], mode="BEST_EFFORT")
    assert told.said == [("NOT_FOUND", 3), ("NO_SEAT_LEFT", 2)]
    assert (told.holders, members(told)) == (people[:2], sorted(people))
    await desk.world.pool(desk.team, 1, desk.product)
    again = await desk.tell("assignGroupProduct", groupId=group, productId=desk.product)
    assert again.holders == people[2:]


async def test_who_waits_is_served_when_somebody_leaves(desk: Desk) -> None:
    people = await desk.members(4)
    group = await gives(desk)
    told = await put(desk, group, people, mode="WAITLIST")
    assert told.line == [(1, people[2]), (2, people[3])]
    assert told.said == [("WAITING", 2), ("WAITING", 3)]
    told = await put(desk, group, people[1:])
    assert (told.freed, told.promoted) == ([people[2]], [people[2]])
    told = await put(desk, group, people[1:3])
    assert (told.said, told.freed) == ([], [])
    assert (await audit_rows(desk.world, desk.team))[-1].after["withdrawn"] == {desk.product: people[3:]}


async def test_every_product_of_the_group_comes_and_goes(desk: Desk) -> None:
    [ada] = await desk.members(1)
    second = await desk.world.pool(desk.team, 1)
    group = await gives(desk)
    await desk.tell("assignGroupProduct", groupId=group, productId=second)
    assert len((await put(desk, group, [ada])).content["seats"]) == 2
    assert len((await put(desk, group, [])).content["freed"]) == 2


async def test_bad_lists(desk: Desk) -> None:
    [ada] = await desk.members(1)
    group = await gives(desk, ada)
    elsewhere = await desk.world.member(await desk.world.team())
    before = await desk.world.fingerprint()
    assert (await put(desk, group, [ada, ada])).said == [("DUPLICATE", 1)]
    assert (await put(desk, group, [elsewhere.id])).said == [("NOT_FOUND", 0)]
    for mode in ("ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"):
        assert (await put(desk, group, ["user_x"] * 5_001, mode=mode)).said == [("LIST_TOO_LONG", None)]
    assert await desk.world.fingerprint() == before


async def test_who_is_removed_from_the_team_leaves_the_group(desk: Desk) -> None:
    [ada] = await desk.members(1)
    await gives(desk, ada)
    await desk.remove([ada])
    assert await desk.holders() == []
    async with desk.world.engine.connect() as connection:
        rows = await connection.execute(GroupMember.__table__.select().where(GroupMember.team_id == desk.team))
        assert rows.all() == []


async def test_a_small_group_is_deleted_without_asking(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=10)
    ada, *others = await desk.members(10)
    await desk.assign(others)
    group = await gives(desk, ada, name="Night shift")
    told = await desk.tell("deleteGroup", teamId=desk.team, groupId=group)
    assert (told.said, told.content["deletedGroupId"], told.content["freedSeats"]) == ([], group, 1)
    last = (await audit_rows(world, desk.team))[-1]
    assert last.before == {"name": "Night shift", "members": [ada], "products": [desk.product]}
    assert list(last.after["unassigned"].values()) == [ada]
    assert (await desk.send("deleteGroup", teamId=desk.team, groupId=group)).codes == ["NOT_FOUND"]


async def test_what_frees_much_is_to_be_confirmed_with_the_number(desk: Desk) -> None:
    ada, bob = await desk.members(2)
    group = await gives(desk, ada, bob)
    await desk.assign([bob])
    about = {"teamId": desk.team, "groupId": group}
    before = await desk.world.fingerprint()
    for wrong in ({}, {"confirm": 2}, {"confirm": 0}, {"dryRun": True}):
        told = await desk.tell("deleteGroup", **about, **wrong)
        assert (told.said, told.content["freedSeats"]) == ([("CONFIRM_NEEDED", None)], 1)
        assert "1 of 2" in told.messages[0]
    assert (await desk.tell("deleteGroup", **about, confirm=1, dryRun=True)).said == []
    assert await desk.world.fingerprint() == before
    assert (await desk.tell("deleteGroup", **about, confirm=1)).content["deletedGroupId"] == group
    assert await desk.holders() == [bob]


async def test_a_number_that_is_wrong_is_refused_however_small_the_group(desk: Desk) -> None:
    group = await desk.world.group(desk.team)
    told = await desk.tell("deleteGroup", teamId=desk.team, groupId=group, confirm=3)
    assert told.said == [("CONFIRM_NEEDED", None)]


async def test_deleting_ends_the_waits_and_serves_others(desk: Desk) -> None:
    ada, bob, cy, dan = await desk.members(4)
    group = await gives(desk, ada, bob, cy)
    await desk.assign([dan], mode="WAITLIST")
    told = await desk.tell("deleteGroup", teamId=desk.team, groupId=group, confirm=2)
    assert (told.said, told.promoted) == ([], [dan])
    assert await desk.holders() == [dan]


@pytest.mark.parametrize("mutation", ["setGroupMembers", "assignGroupProduct", "unassignGroupProduct", "deleteGroup"])
@pytest.mark.parametrize("missing", [Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN])
async def test_a_token_that_may_not_move_seats_moves_none_by_a_group(desk: Desk, mutation: str, missing: Scope) -> None:
    ada, bob = await desk.members(2)
    group = await gives(desk, ada)
    more: dict[str, dict[str, Any]] = {
        "setGroupMembers": {"userIds": [bob]},
        "deleteGroup": {"teamId": desk.team, "confirm": 1},
    }
    asked = {"groupId": group, **more.get(mutation, {"productId": desk.product})}
    _, secret = await desk.world.token(desk.team, desk.who.id, *(set(Scope) - {missing}))
    needs = {"assignGroupProduct": {Scope.SEATS_ASSIGN}, "setGroupMembers": {Scope.SEATS_ASSIGN, Scope.SEATS_UNASSIGN}}
    before = await desk.world.fingerprint()
    answer = await desk.client(operation(mutation), secret, input=asked)
    if missing in needs.get(mutation, {Scope.SEATS_UNASSIGN}):
        assert answer.codes == ["FORBIDDEN"]
        assert missing.value in answer.content["errors"][0]["message"]
        assert await desk.world.fingerprint() == before
    else:
        assert answer.codes == []


async def test_a_group_that_gives_nothing_needs_no_right_to_seats(desk: Desk) -> None:
    [ada], group = await desk.members(1), await desk.world.group(desk.team)
    _, secret = await desk.world.token(desk.team, desk.who.id, Scope.GROUPS_READ, Scope.GROUPS_UPDATE)
    for people in ([ada], []):
        asked = {"groupId": group, "userIds": people}
        assert (await desk.client(operation("setGroupMembers", "errors { code }"), secret, input=asked)).codes == []


async def test_nobody_gets_a_seat_from_themselves_through_a_group(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3, separated=True)
    [ada] = await desk.members(1)
    group = await gives(desk)
    told = await put(desk, group, [desk.who.id, ada])
    assert told.about == [("SEPARATION_OF_DUTIES", desk.who.id)]
    assert told.said == [("SEPARATION_OF_DUTIES", 0)]
    assert await desk.holders() == [ada]
    again = await desk.tell("assignGroupProduct", groupId=group, productId=desk.product)
    assert (again.about, again.holders) == ([("SEPARATION_OF_DUTIES", desk.who.id)], [])
    _, secret = await world.token(desk.team, desk.who.id, *Scope)
    asked = {"groupId": group, "productId": desk.product, "mode": "WAITLIST"}
    assert (await client(operation("assignGroupProduct"), secret, input=asked)).data["assignGroupProduct"]["errors"]
    assert await desk.holders() == [ada]
    other = await world.member(desk.team, Role.SOFTWARE_COORDINATOR)
    theirs = Desk(client, world, desk.team, desk.product, other.secret, other)
    assert (await theirs.tell("assignGroupProduct", **asked)).holders == [desk.who.id]


async def test_two_who_change_one_group_at_once_do_it_one_after_the_other(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=6)
    people = await desk.members(6)
    group = await gives(desk)
    await asyncio.gather(*(put(desk, group, people[n : n + 3]) for n in (0, 1, 2, 3) * 2))
    last = await put(desk, group, people[:2])
    assert (members(last), await desk.holders()) == (sorted(people[:2]), sorted(people[:2]))
