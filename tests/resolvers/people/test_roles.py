"""Roles changed: by whom, into what, from when on, and who must stay what they are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from db.core import ids
from db.tables.invitations import Invitation
from db.tables.people import Membership
from domain.actions import Scope
from domain.roles import Role
from gateway.app import application
from gateway.runtime.settings import ROOT, Settings
from tests.conftest import Client
from tests.support.mutations import Desk, audit_rows, desk_of, operation
from tests.support.world import Someone, World

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
ROLES = "query($id: ID!) { team(id: $id) { viewerRole pools { total } } }"


async def role_of(world: World, team_id: str, user_id: str) -> Role:
    """What somebody is in a team, by the rows."""
    query = select(Membership.role).where(Membership.team_id == team_id, Membership.user_id == user_id)
    async with world.engine.connect() as connection:
        return Role((await connection.execute(query)).scalar_one())


def desk_for(desk: Desk, who: Someone) -> Desk:
    """Another person's desk in the same team."""
    return Desk(desk.client, desk.world, desk.team, desk.product, who.secret, who)


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
    desk = await desk_of(client, world, seats=0, role=by)
    ada = await world.member(desk.team, before)
    told = await desk.make(ada.id, after.name)
    assert told.content == {"member": {"role": after.name, "status": "ACTIVE", "user": {"id": ada.id}}, "errors": []}
    assert await role_of(world, desk.team, ada.id) is after


@pytest.mark.parametrize("before", list(Role))
async def test_who_is_that_already_stays_it(client: Client, world: World, before: Role) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    ada = await world.member(desk.team, before)
    fingerprint = await world.fingerprint()
    told = await desk.make(ada.id, before.name)
    assert (told.said, told.content["member"]["role"]) == ([("ALREADY_IN_ROLE", None)], before.name)
    assert told.content["errors"][0]["isInformation"]
    assert await world.fingerprint() == fingerprint


async def test_it_holds_from_the_next_request_on(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1, role=MANAGER)
    ada = await world.member(desk.team)
    assert (await client(ROLES, ada.secret, id=desk.team)).codes == ["FORBIDDEN"]
    await desk.make(ada.id, "SOFTWARE_COORDINATOR")
    raised = {"viewerRole": "SOFTWARE_COORDINATOR", "pools": [{"total": 1}]}
    assert (await client(ROLES, ada.secret, id=desk.team)).data["team"] == raised
    await desk.make(ada.id, "USER")
    lowered = await client(ROLES, ada.secret, id=desk.team)
    assert (lowered.codes, lowered.content["data"]["team"]["viewerRole"]) == (["FORBIDDEN"], "USER")


async def test_it_holds_for_the_tokens_of_that_person_too(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=3, role=MANAGER)
    grantor, people = await world.member(desk.team, COORDINATOR), await desk.members(3)
    _, secret = await world.token(desk.team, grantor.id, *Scope)
    asked = [{"teamId": desk.team, "productId": desk.product, "userIds": [one]} for one in people]
    assert (await client(operation("assignSeats"), secret, input=asked[0])).codes == []
    await desk.make(grantor.id, "USER")
    assert (await client(operation("assignSeats"), secret, input=asked[1])).codes == ["FORBIDDEN"]
    await desk.make(grantor.id, "SOFTWARE_COORDINATOR")
    assert (await client(operation("assignSeats"), secret, input=asked[2])).codes == []
    assert await desk.holders() == sorted([people[0], people[2]])


async def test_in_other_teams_nothing_changes(client: Client, world: World) -> None:
    desk, other = await desk_of(client, world, seats=0), await world.team()
    ada = await world.member(desk.team)
    await world.member(other, Role.USER, ada)
    await desk.make(ada.id, "SOFTWARE_COORDINATOR")
    assert await role_of(world, other, ada.id) is Role.USER


async def test_who_is_invited_gets_the_role_that_is_theirs_then(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    grace = await world.invited(desk.team)
    told = await desk.make(grace.id, "SOFTWARE_COORDINATOR")
    assert told.content["member"] == {"role": COORDINATOR.name, "status": "PENDING", "user": {"id": grace.id}}
    assert await role_of(world, desk.team, grace.id) is COORDINATOR
    async with world.engine.connect() as connection:
        invited = select(Invitation.role).where(Invitation.user_id == grace.id)
        assert (await connection.execute(invited)).scalar_one() == COORDINATOR
    assert (await client(ROLES, grace.secret, id=desk.team)).codes == ["NOT_FOUND"]


async def test_a_coordinator_unmakes_no_contract_manager_who_is_invited(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    grace = await world.invited(desk.team, MANAGER)
    before = await world.fingerprint()
    assert (await desk.send("changeRole", teamId=desk.team, userId=grace.id, role="USER")).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize("into", list(Role))
@pytest.mark.parametrize("own", list(Role))
async def test_nobody_changes_their_own_role(
    client: Client, world: World, own: Role, into: Role, by_token: bool
) -> None:
    desk = await desk_of(client, world, seats=0, role=own)
    await world.member(desk.team, MANAGER)
    secret = (await world.token(desk.team, desk.who.id, *Scope))[1] if by_token else desk.secret
    before = await world.fingerprint()
    asked = {"teamId": desk.team, "userId": desk.who.id, "role": into.name}
    assert (await client(operation("changeRole"), secret, input=asked)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_what_one_is_elsewhere_counts_for_nothing(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.USER)
    elsewhere = await world.team()
    await world.member(elsewhere, MANAGER, desk.who)
    [ada] = await desk.members(1)
    _, token = await world.token(elsewhere, desk.who.id, *Scope)
    before = await world.fingerprint()
    for secret, code in ((desk.secret, "FORBIDDEN"), (token, "NOT_FOUND")):
        for one in (ada, desk.who.id):
            asked = {"teamId": desk.team, "userId": one, "role": "CONTRACT_MANAGER"}
            assert (await client(operation("changeRole"), secret, input=asked)).codes == [code]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("which", ["unknown", "foreign"])
async def test_who_is_no_member_has_no_role(client: Client, world: World, which: str) -> None:
    desk = await desk_of(client, world, seats=0)
    ada = ids.new("user") if which == "unknown" else (await world.member(await world.team())).id
    before = await world.fingerprint()
    told = await desk.make(ada, "USER")
    assert (told.said, told.content["member"]) == ([("NOT_FOUND", None)], None)
    assert await world.fingerprint() == before


@pytest.mark.parametrize("as_partner", [False, True])
async def test_a_refusal_does_not_tell_who_has_which_role(client: Client, world: World, as_partner: bool) -> None:
    desk = await desk_of(client, world, seats=0, role=COORDINATOR if as_partner else Role.USER)
    secret = (await world.token(desk.team, desk.who.id, Scope.SEATS_READ))[1] if as_partner else desk.secret
    people = [(await world.member(desk.team, role)).id for role in Role]
    told = []
    for one in (*people, ids.new("user")):
        asked = {"teamId": desk.team, "userId": one, "role": "USER"}
        answer = await client(operation("changeRole"), secret, input=asked)
        told.append((answer.codes, answer.content["errors"][0]["message"], answer.content["errors"][0]["extensions"]))
    assert told[0][0] == ["FORBIDDEN"]
    assert all(one == told[0] for one in told)


async def test_who_may_change_nobody_locks_nobody(client: Client, world: World, statements: list[str]) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.USER)
    [ada] = await desk.members(1)
    statements.clear()
    assert (await desk.send("changeRole", teamId=desk.team, userId=ada, role="USER")).codes == ["FORBIDDEN"]
    assert not any("FOR NO KEY UPDATE" in statement.upper() for statement in statements)


async def test_a_token_that_may_not_read_members_sees_none(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    [ada] = await desk.members(1)
    _, secret = await world.token(desk.team, desk.who.id, Scope.MEMBERS_CHANGE_ROLE)
    asked = {"teamId": desk.team, "userId": ada, "role": "SOFTWARE_COORDINATOR"}
    answer = await client(operation("changeRole"), secret, input=asked)
    assert answer.data["changeRole"] == {"member": None, "errors": []}
    assert await role_of(world, desk.team, ada) is COORDINATOR


async def test_one_audit_row_tells_what_they_were_and_are(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    [ada] = await desk.members(1)
    await desk.make(ada, "SOFTWARE_COORDINATOR")
    assert await world.trail(desk.team) == ["members:change_role"]
    [row] = await audit_rows(world, desk.team)
    async with world.engine.connect() as connection:
        member = (await connection.execute(select(Membership.id).where(Membership.user_id == ada))).scalar_one()
    assert (row.target_id, row.before) == (member, {"role": "user"})
    assert row.after == {"user": ada, "role": "software_coordinator"}


@pytest.mark.parametrize("others", [0, 1])
async def test_two_contract_managers_who_demote_each_other_do_not_both_succeed(
    client: Client, world: World, others: int
) -> None:
    for _ in range(15):
        desk = await desk_of(client, world, seats=0, role=MANAGER)
        rival = await world.member(desk.team, MANAGER)
        for _ in range(others):
            await world.member(desk.team, MANAGER)
        answers = await asyncio.gather(
            desk.send("changeRole", teamId=desk.team, userId=rival.id, role="USER"),
            desk_for(desk, rival).send("changeRole", teamId=desk.team, userId=desk.who.id, role="USER"),
        )
        left = [await role_of(world, desk.team, one.id) for one in (desk.who, rival)]
        assert sorted(left) == [MANAGER, Role.USER]
        assert sorted(one.codes for one in answers) == [[], ["FORBIDDEN"]]


async def test_one_who_goes_and_one_who_is_demoted_at_once_leave_a_contract_manager(
    client: Client, world: World
) -> None:
    for _ in range(15):
        desk = await desk_of(client, world, seats=0, role=MANAGER)
        rival = await world.member(desk.team, MANAGER)
        await asyncio.gather(
            desk.send("changeRole", teamId=desk.team, userId=rival.id, role="USER"),
            desk_for(desk, desk.who).send("removeMembers", teamId=desk.team, userIds=[desk.who.id]),
        )
        query = select(Membership.user_id).where(Membership.team_id == desk.team, Membership.role == MANAGER)
        async with world.engine.connect() as connection:
            assert len((await connection.execute(query)).all()) == 1


@pytest.fixture
async def lenient(postgres: str, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a gateway whose operator lets contract managers change their own role."""
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


async def test_the_last_contract_manager_stays_whatever_the_policy_says(
    client: Client, lenient: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    await world.invited(desk.team, MANAGER)
    there = Desk(lenient, world, desk.team, desk.product, desk.secret, desk.who)
    before = await world.fingerprint()
    assert (await there.make(desk.who.id, "USER")).said == [("LAST_CONTRACT_MANAGER", None)]
    assert await world.fingerprint() == before
    await world.member(desk.team, MANAGER)
    assert (await there.make(desk.who.id, "USER")).said == []
