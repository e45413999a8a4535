"""Remove members from a team: what is removed with them, what stays, and which contract manager must stay."""

import asyncio

import pytest
from sqlalchemy import func, select

from db.core import ids
from db.tables.groups import GroupMember
from db.tables.people import Membership, User
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER


async def members_of(world: World, team_id: str, role: Role | None = None) -> set[str]:
    """The user ids of the members of a team in the database, all of them or those with this role."""
    query = select(Membership.user_id, Membership.role).where(Membership.team_id == team_id)
    async with world.engine.connect() as connection:
        return {row.user_id for row in await connection.execute(query) if role in (None, row.role)}


async def test_members_are_removed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    people = await caller.members(3)
    payload = await caller.remove(people[::-1][:2])
    assert (payload.content["removedUserIds"], payload.errors) == (people[::-1][:2], [])
    assert await members_of(world, caller.team) == {caller.who.id, people[0]}


async def test_five_thousand_members_are_removed_at_once(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=5_000)
    people = await caller.members(5_000)
    await caller.assign(people)
    assert (await caller.remove(people)).content["removedUserIds"] == people
    assert await members_of(world, caller.team) == {caller.who.id}
    assert await caller.holders() == []


async def test_seats_of_every_source_are_freed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=2)
    ada, eve = await caller.members(2)
    second = await world.pool(caller.team, 1)
    both = await caller.give_seat(ada)
    await world.add_seat_source(caller.team, both, ada, await world.group(caller.team))
    await world.give_seat(caller.team, second, ada, "default")
    await caller.give_seat(eve)
    await caller.remove([ada])
    assert await caller.holders() == [eve]
    assert await world.holders(caller.team, second) == []


async def test_the_account_and_the_history_stay(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    [ada] = await caller.members(1)
    await caller.assign([ada])
    await caller.remove([ada])
    assert await caller.history() == [(ada, False)]
    async with world.engine.connect() as connection:
        assert (await connection.execute(select(func.count()).where(User.id == ada))).scalar_one() == 1


async def test_seats_in_other_teams_stay(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, other = await world.member(caller.team), await world.team()
    await world.member(other, Role.USER, ada)
    await world.pool(other, 1, caller.product)
    await world.give_seat(other, caller.product, ada.id)
    await caller.give_seat(ada.id)
    await caller.remove([ada.id])
    assert await world.holders(other, caller.product) == [ada.id]
    assert ada.id in await members_of(world, other)


async def test_group_memberships_are_removed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada, eve = await caller.members(2)
    group = await world.group(caller.team)
    await world.insert(
        GroupMember, *({"team_id": caller.team, "group_id": group, "user_id": one} for one in (ada, eve))
    )
    await caller.remove([ada])
    query = select(GroupMember.user_id).where(GroupMember.team_id == caller.team)
    async with world.engine.connect() as connection:
        assert list((await connection.execute(query)).scalars()) == [eve]


async def test_rights_end_with_the_next_request(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    gone = await world.member(caller.team, COORDINATOR)
    other = Caller(client, world, caller.team, caller.product, gone.secret, gone)
    people = await caller.members(2)
    await other.assign(people[:1])
    await caller.remove([gone.id])
    input_ = {"teamId": caller.team, "productId": caller.product, "userIds": people[1:]}
    assert (await other.send("assignSeats", **input_)).codes == ["NOT_FOUND"]


async def test_the_rights_of_tokens_end_when_their_grantor_is_removed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    gone, [ada] = await world.member(caller.team, COORDINATOR), await caller.members(1)
    _, secret = await world.token(caller.team, gone.id, *Scope)
    input_ = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
    assert (await client(operation("assignSeats"), secret, input=input_)).data
    await caller.remove([gone.id])
    before = await world.fingerprint()
    assert (await client(operation("unassignSeats"), secret, input=input_)).codes == ["UNAUTHENTICATED"]
    assert (await client("{ teams { nodes { id } } }", secret)).codes == ["UNAUTHENTICATED"]
    assert await world.fingerprint() == before


async def test_a_coordinator_cannot_remove_a_contract_manager(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    managers = [await world.member(caller.team, MANAGER) for _ in range(2)]
    [ada] = await caller.members(1)
    before = await world.fingerprint()
    answer = await caller.send("removeMembers", teamId=caller.team, userIds=[ada, managers[0].id], mode="BEST_EFFORT")
    assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_coordinator_can_remove_a_coordinator(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    other = await world.member(caller.team, COORDINATOR)
    assert (await caller.remove([other.id])).errors == []


@pytest.mark.parametrize("own", [True, False])
async def test_a_contract_manager_can_remove_a_contract_manager_or_themselves(
    client: Client, world: World, own: bool
) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    other = await world.member(caller.team, MANAGER)
    going, staying = (caller.who.id, other.id) if own else (other.id, caller.who.id)
    assert (await caller.remove([going])).errors == []
    assert await members_of(world, caller.team) == {staying}


async def test_the_last_contract_manager_cannot_be_removed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    await world.member(caller.team, COORDINATOR)
    before = await world.fingerprint()
    assert (await caller.remove([caller.who.id])).errors == [("LAST_CONTRACT_MANAGER", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
async def test_all_contract_managers_cannot_be_removed_in_one_list(client: Client, world: World, mode: str) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    other, [ada] = await world.member(caller.team, MANAGER), await caller.members(1)
    payload = await caller.remove([caller.who.id, ada, other.id], mode=mode)
    assert payload.errors == [("LAST_CONTRACT_MANAGER", 0), ("LAST_CONTRACT_MANAGER", 2)]
    assert await members_of(world, caller.team, MANAGER) == {caller.who.id, other.id}
    assert (ada in await members_of(world, caller.team)) == (mode == "ALL_OR_NOTHING")


@pytest.mark.parametrize(("mode", "gone"), [("ALL_OR_NOTHING", 0), ("BEST_EFFORT", 2)])
async def test_duplicates_and_strangers_stop_only_all_or_nothing(
    client: Client, world: World, mode: str, gone: int
) -> None:
    caller = await new_caller(client, world, seats=0)
    ada, eve = await caller.members(2)
    [foreign] = await world.members(await world.team(), 1)
    payload = await caller.remove([ada, ids.new("user"), eve, ada, foreign], mode=mode)
    assert payload.errors == [("DUPLICATE", 3), ("NOT_FOUND", 1), ("NOT_FOUND", 4)]
    assert payload.content["removedUserIds"] == [ada, eve][:gone]
    assert len(await members_of(world, caller.team)) == 3 - gone


@pytest.mark.parametrize(("number", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, number: int, code: str) -> None:
    caller = await new_caller(client, world, seats=0)
    before = await world.fingerprint()
    assert (await caller.remove([f"user_{n}" for n in range(number)], mode="BEST_EFFORT")).errors == [(code, None)]
    assert await world.fingerprint() == before


async def test_removing_a_person_twice_changes_nothing(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    people = await caller.members(1)
    await caller.remove(people)
    before = await world.fingerprint()
    assert (await caller.remove(people)).errors == [("NOT_FOUND", 0)]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("as_partner", [False, True])
async def test_a_refusal_does_not_reveal_roles(client: Client, world: World, as_partner: bool) -> None:
    caller = await new_caller(client, world, seats=0, role=COORDINATOR if as_partner else Role.USER)
    secret = (await world.token(caller.team, caller.who.id, Scope.SEATS_READ))[1] if as_partner else caller.secret
    people = [(await world.member(caller.team, role)).id for role in Role]
    refusals = []
    for one in (*people, ids.new("user")):
        answer = await client(operation("removeMembers"), secret, input={"teamId": caller.team, "userIds": [one]})
        refusals.append(
            (answer.codes, answer.content["errors"][0]["message"], answer.content["errors"][0]["extensions"])
        )
    assert refusals[0][0] == ["FORBIDDEN"]
    assert all(one == refusals[0] for one in refusals)


async def test_an_actor_who_may_remove_nobody_locks_no_membership(
    client: Client, world: World, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.USER)
    people = await caller.members(1)
    statements.clear()
    assert (await caller.send("removeMembers", teamId=caller.team, userIds=people)).codes == ["FORBIDDEN"]
    assert not any("FOR NO KEY UPDATE" in statement.upper() for statement in statements)


@pytest.mark.parametrize("which", ["unknown", "foreign"])
async def test_an_unknown_or_foreign_team_is_not_found(client: Client, world: World, which: str) -> None:
    caller = await new_caller(client, world, seats=0)
    team = ids.new("team") if which == "unknown" else await world.team()
    answer = await caller.send("removeMembers", teamId=team, userIds=await caller.members(1))
    assert answer.codes == ["NOT_FOUND"]


async def test_one_audit_row_has_the_people_and_their_roles_and_seats(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    other, [ada] = await world.member(caller.team, COORDINATOR), await caller.members(1)
    seat = await caller.give_seat(ada)
    await caller.remove([ada, other.id])
    assert await world.audit_actions(caller.team) == ["members:remove"]
    [row] = await audit_rows(world, caller.team)
    assert (row.target_id, row.before) == (caller.team, {"members": {ada: "user", other.id: "software_coordinator"}})
    assert row.after == {"removed": [ada, other.id], "freed": {seat: ada}}


@pytest.mark.parametrize("others", [0, 1])
async def test_two_contract_managers_cannot_remove_each_other(client: Client, world: World, others: int) -> None:
    for _ in range(15):
        caller = await new_caller(client, world, seats=0, role=MANAGER)
        other = await world.member(caller.team, MANAGER)
        for _ in range(others):
            await world.member(caller.team, MANAGER)
        back = Caller(client, world, caller.team, caller.product, other.secret, other)
        answers = await asyncio.gather(
            caller.send("removeMembers", teamId=caller.team, userIds=[other.id]),
            back.send("removeMembers", teamId=caller.team, userIds=[caller.who.id]),
        )
        assert len(await members_of(world, caller.team, MANAGER)) == 1 + others
        # The second request returns the error, or finds that its sender is no longer in the team.
        lost = [one for one in answers if one.codes or one.data["removeMembers"]["errors"]]
        assert len(lost) == 1
        assert lost[0].codes in ([], ["NOT_FOUND"], ["FORBIDDEN"])


async def test_an_assignment_during_a_removal_leaves_no_seat_behind(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    for _ in range(15):
        [ada] = await caller.members(1)
        input_ = {"teamId": caller.team, "productId": caller.product, "userIds": [ada]}
        answer, payload = await asyncio.gather(caller.send("assignSeats", **input_), caller.remove([ada]))
        assert (answer.codes, payload.errors) == ([], [])
        assert ada not in await members_of(world, caller.team)
        assert await caller.holders() == []
    assert all(not open_ for _, open_ in await caller.history())
