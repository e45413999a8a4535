"""Members taken out of a team: what goes with them, what stays, and who must stay."""

import asyncio

import pytest
from sqlalchemy import func, select

from db.core import ids
from db.tables.groups import GroupMember
from db.tables.people import Membership, User
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, audit_rows, desk_of, operation
from tests.support.world import World

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER


async def members_of(world: World, team_id: str, role: Role | None = None) -> set[str]:
    """Who is a member of a team, by the rows."""
    query = select(Membership.user_id, Membership.role).where(Membership.team_id == team_id)
    async with world.engine.connect() as connection:
        return {row.user_id for row in await connection.execute(query) if role in (None, row.role)}


async def test_members_go(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    people = await desk.members(3)
    told = await desk.remove(people[::-1][:2])
    assert (told.content["removedUserIds"], told.said) == (people[::-1][:2], [])
    assert await members_of(world, desk.team) == {desk.who.id, people[0]}


async def test_five_thousand_go_at_once(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=5_000)
    people = await desk.members(5_000)
    await desk.assign(people)
    assert (await desk.remove(people)).content["removedUserIds"] == people
    assert await members_of(world, desk.team) == {desk.who.id}
    assert await desk.holders() == []


async def test_their_seats_go_back_whatever_gave_them(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=2)
    ada, eve = await desk.members(2)
    second = await world.pool(desk.team, 1)
    both = await desk.hold(ada)
    await world.source(desk.team, both, ada, await world.group(desk.team))
    await world.hold(desk.team, second, ada, "default")
    await desk.hold(eve)
    await desk.remove([ada])
    assert await desk.holders() == [eve]
    assert await world.holders(desk.team, second) == []


async def test_account_and_history_stay(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    [ada] = await desk.members(1)
    await desk.assign([ada])
    await desk.remove([ada])
    assert await desk.history() == [(ada, False)]
    async with world.engine.connect() as connection:
        assert (await connection.execute(select(func.count()).where(User.id == ada))).scalar_one() == 1


async def test_seats_in_other_teams_stay(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    ada, other = await world.member(desk.team), await world.team()
    await world.member(other, Role.USER, ada)
    await world.pool(other, 1, desk.product)
    await world.hold(other, desk.product, ada.id)
    await desk.hold(ada.id)
    await desk.remove([ada.id])
    assert await world.holders(other, desk.product) == [ada.id]
    assert ada.id in await members_of(world, other)


async def test_their_places_in_groups_go(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    ada, eve = await desk.members(2)
    group = await world.group(desk.team)
    await world.insert(GroupMember, *({"team_id": desk.team, "group_id": group, "user_id": one} for one in (ada, eve)))
    await desk.remove([ada])
    query = select(GroupMember.user_id).where(GroupMember.team_id == desk.team)
    async with world.engine.connect() as connection:
        assert list((await connection.execute(query)).scalars()) == [eve]


async def test_their_rights_end_with_the_next_request(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    gone = await world.member(desk.team, COORDINATOR)
    other = Desk(client, world, desk.team, desk.product, gone.secret, gone)
    people = await desk.members(2)
    await other.assign(people[:1])
    await desk.remove([gone.id])
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": people[1:]}
    assert (await other.send("assignSeats", **asked)).codes == ["NOT_FOUND"]


async def test_the_rights_of_their_tokens_end_with_them(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    gone, [ada] = await world.member(desk.team, COORDINATOR), await desk.members(1)
    _, secret = await world.token(desk.team, gone.id, *Scope)
    asked = {"teamId": desk.team, "productId": desk.product, "userIds": [ada]}
    assert (await client(operation("assignSeats"), secret, input=asked)).data
    await desk.remove([gone.id])
    before = await world.fingerprint()
    assert (await client(operation("unassignSeats"), secret, input=asked)).codes == ["NOT_FOUND"]
    assert (await client("{ teams { nodes { id } } }", secret)).data["teams"]["nodes"] == []
    assert await world.fingerprint() == before


async def test_a_coordinator_removes_no_contract_manager(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    managers = [await world.member(desk.team, MANAGER) for _ in range(2)]
    [ada] = await desk.members(1)
    before = await world.fingerprint()
    answer = await desk.send("removeMembers", teamId=desk.team, userIds=[ada, managers[0].id], mode="BEST_EFFORT")
    assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_coordinator_removes_coordinators(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    other = await world.member(desk.team, COORDINATOR)
    assert (await desk.remove([other.id])).said == []


@pytest.mark.parametrize("own", [True, False])
async def test_a_contract_manager_removes_contract_managers_even_themselves(
    client: Client, world: World, own: bool
) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    other = await world.member(desk.team, MANAGER)
    going, staying = (desk.who.id, other.id) if own else (other.id, desk.who.id)
    assert (await desk.remove([going])).said == []
    assert await members_of(world, desk.team) == {staying}


async def test_the_last_contract_manager_stays(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    await world.member(desk.team, COORDINATOR)
    before = await world.fingerprint()
    assert (await desk.remove([desk.who.id])).said == [("LAST_CONTRACT_MANAGER", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_all_contract_managers_in_one_list_stay(client: Client, world: World, mode: str) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    other, [ada] = await world.member(desk.team, MANAGER), await desk.members(1)
    told = await desk.remove([desk.who.id, ada, other.id], mode=mode)
    assert told.said == [("LAST_CONTRACT_MANAGER", 0), ("LAST_CONTRACT_MANAGER", 2)]
    assert await members_of(world, desk.team, MANAGER) == {desk.who.id, other.id}
    assert (ada in await members_of(world, desk.team)) == (mode == "ALL_OR_NOTHING")


@pytest.mark.parametrize(("mode", "gone"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 2)])
async def test_duplicates_and_strangers_stop_all_or_nothing_only(
    client: Client, world: World, mode: str, gone: int
) -> None:
    desk = await desk_of(client, world, seats=0)
    ada, eve = await desk.members(2)
    [foreign] = await world.members(await world.team(), 1)
    told = await desk.remove([ada, ids.new("user"), eve, ada, foreign], mode=mode)
    assert told.said == [("DUPLICATE", 3), ("NOT_FOUND", 1), ("NOT_FOUND", 4)]
    assert told.content["removedUserIds"] == [ada, eve][:gone]
    assert len(await members_of(world, desk.team)) == 3 - gone


@pytest.mark.parametrize(("number", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, number: int, code: str) -> None:
    desk = await desk_of(client, world, seats=0)
    before = await world.fingerprint()
    assert (await desk.remove([f"user_{n}" for n in range(number)], mode="BEST_EFFORT")).said == [(code, None)]
    assert await world.fingerprint() == before


async def test_removing_who_is_gone_changes_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    people = await desk.members(1)
    await desk.remove(people)
    before = await world.fingerprint()
    assert (await desk.remove(people)).said == [("NOT_FOUND", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("as_partner", [False, True])
async def test_a_refusal_does_not_tell_who_has_which_role(client: Client, world: World, as_partner: bool) -> None:
    desk = await desk_of(client, world, seats=0, role=COORDINATOR if as_partner else Role.USER)
    secret = (await world.token(desk.team, desk.who.id, Scope.SEATS_READ))[1] if as_partner else desk.secret
    people = [(await world.member(desk.team, role)).id for role in Role]
    told = []
    for one in (*people, ids.new("user")):
        answer = await client(operation("removeMembers"), secret, input={"teamId": desk.team, "userIds": [one]})
        told.append((answer.codes, answer.content["errors"][0]["message"], answer.content["errors"][0]["extensions"]))
    assert told[0][0] == ["FORBIDDEN"]
    assert all(one == told[0] for one in told)


async def test_who_may_remove_nobody_locks_nobody(client: Client, world: World, statements: list[str]) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.USER)
    people = await desk.members(1)
    statements.clear()
    assert (await desk.send("removeMembers", teamId=desk.team, userIds=people)).codes == ["FORBIDDEN"]
    assert not any("FOR NO KEY UPDATE" in statement.upper() for statement in statements)


@pytest.mark.parametrize("which", ["unknown", "foreign"])
async def test_no_such_team(client: Client, world: World, which: str) -> None:
    desk = await desk_of(client, world, seats=0)
    team = ids.new("team") if which == "unknown" else await world.team()
    answer = await desk.send("removeMembers", teamId=team, userIds=await desk.members(1))
    assert answer.codes == ["NOT_FOUND"]


async def test_one_audit_row_tells_who_went_with_which_role_and_seats(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    other, [ada] = await world.member(desk.team, COORDINATOR), await desk.members(1)
    seat = await desk.hold(ada)
    await desk.remove([ada, other.id])
    assert await world.trail(desk.team) == ["members:remove"]
    [row] = await audit_rows(world, desk.team)
    assert (row.target_id, row.before) == (desk.team, {"members": {ada: "user", other.id: "software_coordinator"}})
    assert row.after == {"removed": [ada, other.id], "freed": {seat: ada}}


@pytest.mark.parametrize("others", [0, 1])
async def test_two_contract_managers_who_remove_each_other_do_not_both_go(
    client: Client, world: World, others: int
) -> None:
    for _ in range(15):
        desk = await desk_of(client, world, seats=0, role=MANAGER)
        other = await world.member(desk.team, MANAGER)
        for _ in range(others):
            await world.member(desk.team, MANAGER)
        back = Desk(client, world, desk.team, desk.product, other.secret, other)
        answers = await asyncio.gather(
            desk.send("removeMembers", teamId=desk.team, userIds=[other.id]),
            back.send("removeMembers", teamId=desk.team, userIds=[desk.who.id]),
        )
        assert len(await members_of(world, desk.team, MANAGER)) == 1 + others
        # The loser is told so, or, when it came after all, has no team any more.
        lost = [one for one in answers if one.codes or one.data["removeMembers"]["errors"]]
        assert len(lost) == 1
        assert lost[0].codes in ([], ["NOT_FOUND"], ["FORBIDDEN"])


async def test_an_assignment_and_a_removal_at_once_leave_no_seat_behind(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    for _ in range(15):
        [ada] = await desk.members(1)
        asked = {"teamId": desk.team, "productId": desk.product, "userIds": [ada]}
        answer, told = await asyncio.gather(desk.send("assignSeats", **asked), desk.remove([ada]))
        assert (answer.codes, told.said) == ([], [])
        assert ada not in await members_of(world, desk.team)
        assert await desk.holders() == []
    assert all(not open_ for _, open_ in await desk.history())
