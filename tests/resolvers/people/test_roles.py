"""Change roles: who may change which role, when the new rights begin, and which contract manager must stay."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from db.core import ids
from db.tables.audit import Event
from db.tables.invitations import Invitation
from db.tables.people import Membership
from domain.actions import Scope
from domain.roles import Role
from gateway.app import application
from gateway.runtime.settings import ROOT, Settings
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
ROLES = "query($id: ID!) { team(id: $id) { viewerRole pools { total } } }"


async def role_of(world: World, team_id: str, user_id: str) -> Role:
    """The role of a member in the database."""
    query = select(Membership.role).where(Membership.team_id == team_id, Membership.user_id == user_id)
    async with world.engine.connect() as connection:
        return Role((await connection.execute(query)).scalar_one())


def caller_for(caller: Caller, who: Account) -> Caller:
    """A caller for another account in the same team."""
    return Caller(caller.client, caller.world, caller.team, caller.product, who.secret, who)


@pytest.mark.parametrize(
    ("by", "before", "after"),
    [
        (COORDINATOR, Role.USER, COORDINATOR),
        (COORDINATOR, COORDINATOR, Role.USER),
        (MANAGER, Role.USER, MANAGER),
        (MANAGER, MANAGER, Role.USER),
        (MANAGER, MANAGER, COORDINATOR),
    ],
)
async def test_a_role_is_changed(client: Client, world: World, by: Role, before: Role, after: Role) -> None:
    caller = await new_caller(client, world, seats=0, role=by)
    ada = await world.member(caller.team, before)
    payload = await caller.change_role(ada.id, after.name)
    assert payload.content == {"member": {"role": after.name, "status": "ACTIVE", "user": {"id": ada.id}}, "errors": []}
    assert await role_of(world, caller.team, ada.id) is after


@pytest.mark.parametrize("before", list(Role))
async def test_a_role_that_the_person_already_has_changes_nothing(client: Client, world: World, before: Role) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    ada = await world.member(caller.team, before)
    fingerprint = await world.fingerprint()
    payload = await caller.change_role(ada.id, before.name)
    assert (payload.errors, payload.content["member"]["role"]) == ([("ALREADY_IN_ROLE", None)], before.name)
    assert payload.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == fingerprint


async def test_the_new_rights_begin_with_the_next_request(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1, role=MANAGER)
    ada = await world.member(caller.team)
    assert (await client(ROLES, ada.secret, id=caller.team)).codes == ["FORBIDDEN"]
    await caller.change_role(ada.id, "SOFTWARE_COORDINATOR")
    raised = {"viewerRole": "SOFTWARE_COORDINATOR", "pools": [{"total": 1}]}
    assert (await client(ROLES, ada.secret, id=caller.team)).data["team"] == raised
    await caller.change_role(ada.id, "USER")
    lowered = await client(ROLES, ada.secret, id=caller.team)
    assert (lowered.codes, lowered.content["data"]["team"]["viewerRole"]) == (["FORBIDDEN"], "USER")


async def test_the_rights_of_tokens_follow_the_role_of_their_grantor(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=3, role=MANAGER)
    grantor, people = await world.member(caller.team, COORDINATOR), await caller.members(3)
    _, secret = await world.token(caller.team, grantor.id, *Scope)
    input_ = [{"teamId": caller.team, "productId": caller.product, "userIds": [one]} for one in people]
    assert (await client(operation("assignSeats"), secret, input=input_[0])).codes == []
    await caller.change_role(grantor.id, "USER")
    assert (await client(operation("assignSeats"), secret, input=input_[1])).codes == ["FORBIDDEN"]
    await caller.change_role(grantor.id, "SOFTWARE_COORDINATOR")
    assert (await client(operation("assignSeats"), secret, input=input_[2])).codes == []
    assert await caller.holders() == sorted([people[0], people[2]])


async def test_the_role_in_other_teams_stays(client: Client, world: World) -> None:
    caller, other = await new_caller(client, world, seats=0), await world.team()
    ada = await world.member(caller.team)
    await world.member(other, Role.USER, ada)
    await caller.change_role(ada.id, "SOFTWARE_COORDINATOR")
    assert await role_of(world, other, ada.id) is Role.USER


async def test_a_changed_role_of_an_invited_person_changes_the_invitation_too(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    payload = await caller.change_role(grace.id, "SOFTWARE_COORDINATOR")
    assert payload.content["member"] == {"role": COORDINATOR.name, "status": "PENDING", "user": {"id": grace.id}}
    assert await role_of(world, caller.team, grace.id) is COORDINATOR
    async with world.engine.connect() as connection:
        invited = select(Invitation.role).where(Invitation.user_id == grace.id)
        assert (await connection.execute(invited)).scalar_one() == COORDINATOR
    assert (await client(ROLES, grace.secret, id=caller.team)).codes == ["NOT_FOUND"]


async def test_a_coordinator_cannot_change_the_role_of_an_invited_contract_manager(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team, MANAGER)
    before = await world.fingerprint()
    assert (await caller.send("changeRole", teamId=caller.team, userId=grace.id, role="USER")).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize("into", list(Role))
@pytest.mark.parametrize("own", list(Role))
async def test_nobody_can_change_their_own_role(
    client: Client, world: World, own: Role, into: Role, by_token: bool
) -> None:
    caller = await new_caller(client, world, seats=0, role=own)
    await world.member(caller.team, MANAGER)
    secret = (await world.token(caller.team, caller.who.id, *Scope))[1] if by_token else caller.secret
    before = await world.fingerprint()
    input_ = {"teamId": caller.team, "userId": caller.who.id, "role": into.name}
    assert (await client(operation("changeRole"), secret, input=input_)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_role_in_another_team_gives_no_right(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.USER)
    elsewhere = await world.team()
    await world.member(elsewhere, MANAGER, caller.who)
    [ada] = await caller.members(1)
    _, token = await world.token(elsewhere, caller.who.id, *Scope)
    before = await world.fingerprint()
    for secret, code in ((caller.secret, "FORBIDDEN"), (token, "NOT_FOUND")):
        for one in (ada, caller.who.id):
            input_ = {"teamId": caller.team, "userId": one, "role": "CONTRACT_MANAGER"}
            assert (await client(operation("changeRole"), secret, input=input_)).codes == [code]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("which", ["unknown", "foreign"])
async def test_a_person_outside_the_team_is_not_found(client: Client, world: World, which: str) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = ids.new("user") if which == "unknown" else (await world.member(await world.team())).id
    before = await world.fingerprint()
    payload = await caller.change_role(ada, "USER")
    assert (payload.errors, payload.content["member"]) == ([("NOT_FOUND", None)], None)
    assert await world.fingerprint() == before


@pytest.mark.parametrize("as_partner", [False, True])
async def test_a_refusal_does_not_reveal_roles(client: Client, world: World, as_partner: bool) -> None:
    caller = await new_caller(client, world, seats=0, role=COORDINATOR if as_partner else Role.USER)
    secret = (await world.token(caller.team, caller.who.id, Scope.SEATS_READ))[1] if as_partner else caller.secret
    people = [(await world.member(caller.team, role)).id for role in Role]
    refusals = []
    for one in (*people, ids.new("user")):
        input_ = {"teamId": caller.team, "userId": one, "role": "USER"}
        answer = await client(operation("changeRole"), secret, input=input_)
        refusals.append(
            (answer.codes, answer.content["errors"][0]["message"], answer.content["errors"][0]["extensions"])
        )
    assert refusals[0][0] == ["FORBIDDEN"]
    assert all(one == refusals[0] for one in refusals)


async def test_an_actor_who_may_change_nobody_locks_no_membership(
    client: Client, world: World, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.USER)
    [ada] = await caller.members(1)
    statements.clear()
    assert (await caller.send("changeRole", teamId=caller.team, userId=ada, role="USER")).codes == ["FORBIDDEN"]
    assert not any("FOR NO KEY UPDATE" in statement.upper() for statement in statements)


async def test_a_token_that_may_not_read_members_changes_a_role_without_seeing_the_member(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=0)
    [ada] = await caller.members(1)
    _, secret = await world.token(caller.team, caller.who.id, Scope.MEMBERS_CHANGE_ROLE)
    input_ = {"teamId": caller.team, "userId": ada, "role": "SOFTWARE_COORDINATOR"}
    answer = await client(operation("changeRole"), secret, input=input_)
    assert answer.data["changeRole"] == {"member": None, "errors": []}
    assert await role_of(world, caller.team, ada) is COORDINATOR


async def test_one_audit_row_has_the_old_and_the_new_role(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    [ada] = await caller.members(1)
    await caller.change_role(ada, "SOFTWARE_COORDINATOR")
    assert await world.audit_actions(caller.team) == ["members:change_role"]
    [row] = await audit_rows(world, caller.team)
    async with world.engine.connect() as connection:
        member = (await connection.execute(select(Membership.id).where(Membership.user_id == ada))).scalar_one()
    assert (row.target_id, row.before) == (member, {"role": "user"})
    assert row.after == {"user": ada, "role": "software_coordinator"}


async def change_roles(caller: Caller, people: list[str], role: Role, **more: object) -> Payload:
    """Give many people a role."""
    return await caller.mutate("changeRoles", teamId=caller.team, userIds=people, role=role.name, **more)


async def test_many_roles_are_changed_each_with_its_row_and_event(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    people = [await world.member(caller.team, role) for role in Role]
    invited = await world.invited_member(caller.team)
    payload = await change_roles(caller, [*(one.id for one in people), invited.id], COORDINATOR)
    already = [row for row, role in enumerate(Role) if role is COORDINATOR]
    assert payload.errors == [("ALREADY_IN_ROLE", row) for row in already]
    assert payload.content["errors"][0]["isInformation"]
    changed = {one.id: role for one, role in zip(people, Role, strict=True) if role is not COORDINATOR}
    changed[invited.id] = Role.USER
    shown = {node["user"]["id"]: node["role"] for node in payload.content["members"]}
    assert shown == dict.fromkeys(changed, COORDINATOR.name)
    assert {await role_of(world, caller.team, one) for one in shown} == {COORDINATOR}
    rows = await audit_rows(world, caller.team)
    assert [(row.action, row.before, row.after) for row in rows] == [
        ("members:change_role", {"role": before}, {"user": user_id, "role": COORDINATOR})
        for user_id, before in changed.items()
    ]
    async with world.engine.connect() as connection:
        of_team = Event.team_id == caller.team
        events = (await connection.execute(select(Event.payload).where(of_team).order_by(Event.id))).scalars().all()
        role = (await connection.execute(select(Invitation.role).where(Invitation.user_id == invited.id))).scalar_one()
    assert ([*events], role) == ([row.after for row in rows], COORDINATOR)
    before = await world.fingerprint()
    again = await change_roles(caller, list(changed), COORDINATOR)
    assert (again.errors, again.content["members"]) == ([("ALREADY_IN_ROLE", row) for row in range(3)], [])
    assert await world.fingerprint() == before


async def test_a_list_with_an_error_changes_no_role_or_the_others(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada, bob = await caller.members(2)
    stranger = await world.member(await world.team())
    before = await world.fingerprint()
    people, errors = [ada, stranger.id, ada, bob], [("DUPLICATE", 2), ("NOT_FOUND", 1)]
    assert (await change_roles(caller, people, COORDINATOR)).errors == errors
    for wrong, code in (([], "LIST_EMPTY"), (["user_x"] * 5_001, "LIST_TOO_LONG")):
        assert (await change_roles(caller, wrong, COORDINATOR, mode="BEST_EFFORT")).errors == [(code, None)]
    answer = await caller.send("changeRoles", teamId=caller.team, userIds=[ada], role="USER", mode="WAITLIST")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await world.fingerprint() == before
    assert (await change_roles(caller, people, COORDINATOR, mode="BEST_EFFORT")).errors == errors
    assert [await role_of(world, caller.team, one) for one in (ada, bob)] == [COORDINATOR] * 2


@pytest.mark.parametrize("mode", ["ALL_OR_NOTHING", "BEST_EFFORT"])
@pytest.mark.parametrize("refused", ["a manager", "self"])
async def test_if_one_role_may_not_be_changed_none_is(client: Client, world: World, refused: str, mode: str) -> None:
    caller = await new_caller(client, world, seats=0)
    [ada], boss = await caller.members(1), await world.member(caller.team, MANAGER)
    other = boss.id if refused == "a manager" else caller.who.id
    before = await world.fingerprint()
    values = {"teamId": caller.team, "userIds": [ada, other], "role": COORDINATOR.name, "mode": mode}
    assert (await caller.send("changeRoles", **values)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_refusal_of_many_does_not_reveal_roles(client: Client, world: World, statements: list[str]) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.USER)
    refusals = []
    for one in (*[(await world.member(caller.team, role)).id for role in Role], ids.new("user")):
        statements.clear()
        answer = await caller.send("changeRoles", teamId=caller.team, userIds=[one], role="USER")
        assert not any("FOR NO KEY UPDATE" in statement.upper() for statement in statements)
        refusals.append((answer.codes, answer.content["errors"][0]["message"]))
    assert refusals[0][0] == ["FORBIDDEN"]
    assert set(map(str, refusals)) == {str(refusals[0])}


async def test_the_number_of_statements_does_not_depend_on_the_number_of_roles(
    client: Client, world: World, statements: list[str]
) -> None:
    taken = []
    # The first change of a gateway also stores the text of the policy.
    for size in (1, 1, 9):
        caller = await new_caller(client, world, seats=0)
        asked = {"teamId": caller.team, "userIds": await caller.members(size), "role": COORDINATOR.name}
        statements.clear()
        answer = await client(operation("changeRoles"), caller.secret, input=asked)
        assert len(answer.data["changeRoles"]["members"]) == size
        taken.append(len(statements))
    assert taken[1] == taken[2], statements


@pytest.mark.parametrize("others", [0, 1])
async def test_two_contract_managers_cannot_demote_each_other(client: Client, world: World, others: int) -> None:
    for _ in range(15):
        caller = await new_caller(client, world, seats=0, role=MANAGER)
        rival = await world.member(caller.team, MANAGER)
        for _ in range(others):
            await world.member(caller.team, MANAGER)
        answers = await asyncio.gather(
            caller.send("changeRole", teamId=caller.team, userId=rival.id, role="USER"),
            caller_for(caller, rival).send("changeRoles", teamId=caller.team, userIds=[caller.who.id], role="USER"),
        )
        left = [await role_of(world, caller.team, one.id) for one in (caller.who, rival)]
        assert sorted(left) == [MANAGER, Role.USER]
        assert sorted(one.codes for one in answers) == [[], ["FORBIDDEN"]]


async def test_a_removal_and_a_demotion_at_once_leave_a_contract_manager(client: Client, world: World) -> None:
    for _ in range(15):
        caller = await new_caller(client, world, seats=0, role=MANAGER)
        rival = await world.member(caller.team, MANAGER)
        await asyncio.gather(
            caller.send("changeRole", teamId=caller.team, userId=rival.id, role="USER"),
            caller_for(caller, caller.who).send("removeMembers", teamId=caller.team, userIds=[caller.who.id]),
        )
        query = select(Membership.user_id).where(Membership.team_id == caller.team, Membership.role == MANAGER)
        async with world.engine.connect() as connection:
            assert len((await connection.execute(query)).all()) == 1


@pytest.fixture
async def lenient(postgres: str, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a gateway with a policy that allows contract managers to change their own role."""
    policy = tmp_path / "policy.polar"
    text = (ROOT / "policy.polar").read_text(encoding="utf-8")
    rule = '"members:change_role", member: Member) if\n    member.own = false and\n    has_role(subject, "contract'
    assert rule in text
    policy.write_text(text.replace(rule, rule.replace("    member.own = false and\n", "")), encoding="utf-8")
    app = application(Settings(database_url=postgres, policy=policy))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        yield Client(http)


async def test_the_last_contract_manager_stays_under_any_policy(client: Client, lenient: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    await world.invited_member(caller.team, MANAGER)
    there = Caller(lenient, world, caller.team, caller.product, caller.secret, caller.who)
    before = await world.fingerprint()
    assert (await there.change_role(caller.who.id, "USER")).errors == [("LAST_CONTRACT_MANAGER", None)]
    ada = await world.member(caller.team)
    before = await world.fingerprint()
    payload = await change_roles(there, [caller.who.id, ada.id], COORDINATOR)
    assert payload.errors == [("LAST_CONTRACT_MANAGER", 0)]
    assert await world.fingerprint() == before
    payload = await change_roles(there, [caller.who.id, ada.id], COORDINATOR, mode="BEST_EFFORT")
    assert payload.errors == [("LAST_CONTRACT_MANAGER", 0)]
    assert [node["user"]["id"] for node in payload.content["members"]] == [ada.id]
    before = await world.fingerprint()
    payload = await there.mutate("updateMember", teamId=caller.team, userId=caller.who.id, role="USER")
    assert payload.errors == [("LAST_CONTRACT_MANAGER", None)]
    text = f"First name,Last name,Email address,Role\nAda,Byron,{caller.who.email},user"
    report = await there.mutate("importMembers", teamId=caller.team, text=text, mode="UPSERT_BEST_EFFORT")
    assert [problem["reason"] for problem in report.content["problems"]] == ["LAST_CONTRACT_MANAGER"]
    assert await world.fingerprint() == before
    await world.member(caller.team, MANAGER)
    assert (await there.change_role(caller.who.id, "USER")).errors == []
