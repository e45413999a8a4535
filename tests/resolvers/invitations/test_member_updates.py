"""Edit one person: who may change names, and what happens to roles, groups and seats."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation, personal_values
from tests.support.queued_mails import queued
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER
MEMBERS = "query ($id: ID!) { team(id: $id) { members(first: 100) { nodes { user { id name } } } } }"
EXTERNAL_IDS = "query ($id: ID!) { team(id: $id) { members(first: 100) { nodes { externalId user { id } } } } }"
HOLDERS = "query ($id: ID!) { team(id: $id) { seats(assigned: true) { nodes { holder { id name } } } } }"


async def updated(caller: Caller, user_id: str, **changes: Any) -> Payload:
    """Update a person in the caller's team."""
    return await caller.mutate("updateMember", teamId=caller.team, userId=user_id, **changes)


async def names(client: Client, secret: str, team: str) -> dict[str, str]:
    """The name of each member of a team that this secret sees, by user id."""
    nodes = (await client(MEMBERS, secret, id=team)).data["team"]["members"]["nodes"]
    return {one["user"]["id"]: one["user"]["name"] for one in nodes}


async def invited(caller: Caller, email: str, *, team: str | None = None) -> str:
    """Invite Grace Hopper, who has no account. Returns the user id."""
    person = {"firstName": "Grace", "lastName": "Hopper", "email": email}
    payload = await caller.mutate("inviteMembers", teamId=team or caller.team, people=[person])
    user_id: str = payload.content["invitations"][0]["member"]["user"]["id"]
    return user_id


async def test_the_names_of_an_invited_person_are_corrected_everywhere(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    grace = await invited(caller, "grace@corrected.example")
    await caller.assign([grace])
    payload = await updated(caller, grace, firstName=" Augusta ", lastName="Byron")
    assert (payload.errors, payload.content["member"]["user"]["name"]) == ([], "Augusta Byron")
    assert (await names(client, caller.secret, caller.team))[grace] == "Augusta Byron"
    [seat] = (await client(HOLDERS, caller.secret, id=caller.team)).data["team"]["seats"]["nodes"]
    assert seat["holder"] == {"id": grace, "name": "Augusta Byron"}
    row = (await audit_rows(world, caller.team))[-1]
    assert (row.action, row.before, row.after) == ("members:update", {}, {"user": grace, "personal": ["name"]})
    changed = ({"name": ["Grace", "Hopper"]}, {"name": ["Augusta", "Byron"]})
    assert await personal_values(world, row.id) == {grace: changed}


async def test_a_correction_does_not_reach_another_team_that_invited_the_person(client: Client, world: World) -> None:
    caller, other = [await new_caller(client, world, seats=1) for _ in range(2)]
    grace = await invited(caller, "grace@two-teams.example")
    assert await invited(other, "grace@two-teams.example") == grace
    await other.assign([grace])
    before = await names(client, other.secret, other.team)
    await updated(caller, grace, firstName="Augusta")
    assert await names(client, other.secret, other.team) == before
    [seat] = (await client(HOLDERS, other.secret, id=other.team)).data["team"]["seats"]["nodes"]
    assert seat["holder"] == {"id": grace, "name": "Grace Hopper"}


@pytest.mark.parametrize("role", [COORDINATOR, MANAGER])
async def test_nobody_renames_the_account_of_another_person(client: Client, world: World, role: Role) -> None:
    caller = await new_caller(client, world, seats=0, role=role)
    ada = await world.member(caller.team)
    before = await world.fingerprint()
    answer = await caller.send("updateMember", teamId=caller.team, userId=ada.id, firstName="Eve")
    assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_a_person_renames_themselves_in_all_of_their_teams(client: Client, world: World) -> None:
    caller, other = [await new_caller(client, world, seats=0) for _ in range(2)]
    ada = await world.member(caller.team)
    await world.member(other.team, account=ada)
    values = {"teamId": caller.team, "userId": ada.id, "lastName": "Lovelace"}
    answer = await client(operation("updateMember", "errors { code }"), ada.secret, input=values)
    assert answer.data["updateMember"]["errors"] == []
    for team in (caller, other):
        assert (await names(client, team.secret, team.team))[ada.id] == "Ada Lovelace"
    mail = {"user_id": ada.id, "event": "names changed", "email": ada.email, "token_id": None}
    assert await queued(world, ada.id) == [mail]


async def test_what_stays_as_it_is_needs_no_right(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.member(caller.team)
    form = {"firstName": "Ada", "lastName": "Byron", "groupIds": []}
    payload = await updated(caller, ada.id, **form, role="SOFTWARE_COORDINATOR")
    assert (payload.errors, payload.content["member"]["role"]) == ([], "SOFTWARE_COORDINATOR")
    assert [row.after for row in await audit_rows(world, caller.team)] == [
        {"user": ada.id, "role": "software_coordinator"}
    ]
    before = await world.fingerprint()
    assert (await updated(caller, caller.who.id, **form, role="SOFTWARE_COORDINATOR")).errors == []
    assert await world.fingerprint() == before


async def test_seats_follow_groups(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, zoe = await world.member(caller.team), await world.member(caller.team)
    old, new = await world.group(caller.team), await world.group(caller.team)
    await caller.mutate("setGroupMembers", groupId=old, userIds=[ada.id, zoe.id], mode="WAITLIST")
    await caller.mutate("assignGroupProduct", groupId=old, productId=caller.product, mode="WAITLIST")
    holder = (await caller.holders())[0]
    waiting = ({ada.id, zoe.id} - {holder}).pop()
    payload = await updated(caller, holder, groupIds=[new])
    assert (payload.errors, payload.promoted, await caller.holders()) == ([], [waiting], [waiting])
    assert payload.content["member"]["groups"]["nodes"] == [{"id": new}]
    row = (await audit_rows(world, caller.team))[-1]
    assert (row.after["joined"], row.after["left"]) == ([new], [old])
    assert row.after["promoted"].keys() == row.after["freed"].keys()


@pytest.mark.parametrize(
    ("mode", "done", "code"),
    [("ALL_OR_NOTHING", False, "NO_SEAT_LEFT"), ("BEST_EFFORT", True, "NO_SEAT_LEFT"), ("WAITLIST", True, "WAITING")],
)
async def test_a_shortage_is_handled_by_the_mode(
    client: Client, world: World, mode: str, done: bool, code: str
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace, group = await world.invited_member(caller.team), await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    before = await world.fingerprint()
    payload = await updated(caller, grace.id, firstName="Augusta", groupIds=[group], mode=mode)
    assert [one for one, _ in payload.errors] == [code]
    assert (payload.content["member"]["user"]["name"] == "Augusta Hopper") is done
    assert (await world.fingerprint() != before) is done


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"firstName": " ", "lastName": "\u0007"}, ["NAME_INVALID", "NAME_INVALID"]),
        ({"groupIds": ["group_00000000000000000000000000"], "role": "SOFTWARE_COORDINATOR"}, ["GROUP_NOT_FOUND"]),
    ],
)
async def test_an_error_stops_all_changes(
    client: Client, world: World, changes: dict[str, Any], errors: list[str]
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    before = await world.fingerprint()
    payload = await updated(caller, grace.id, **changes)
    assert [code for code, _ in payload.errors] == errors
    assert await world.fingerprint() == before


async def test_a_stranger_is_not_found_and_nothing_to_change_is_refused(client: Client, world: World) -> None:
    caller, stranger = await new_caller(client, world, seats=0), await world.person()
    assert (await updated(caller, stranger.id, firstName="Eve")).errors == [("NOT_FOUND", None)]
    answer = await caller.send("updateMember", teamId=caller.team, userId=stranger.id)
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_a_token_does_not_rename_its_grantor(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    _, secret = await world.token(caller.team, caller.who.id, *Scope)
    token = Caller(client, world, caller.team, caller.product, secret, Account(caller.who.id, "", secret))
    answer = await token.send("updateMember", teamId=caller.team, userId=caller.who.id, firstName="Eve")
    assert answer.codes == ["FORBIDDEN"]


async def test_an_external_id_is_set_corrected_and_removed(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada, eve = await world.member(caller.team), await world.invited_member(caller.team)
    for given, stored in ((" E1 ", "E1"), ("E2", "E2"), (None, "E2"), ("", None), ("E2", "E2")):
        payload = await updated(caller, ada.id, externalId=given, groupIds=[])
        member = (await client(EXTERNAL_IDS, caller.secret, id=caller.team)).data["team"]["members"]["nodes"]
        assert (payload.errors, {one["user"]["id"]: one["externalId"] for one in member}[ada.id]) == ([], stored)
    values = [await personal_values(world, row.id) for row in await audit_rows(world, caller.team)]
    changes = [(before["externalId"], after["externalId"]) for [(before, after)] in map(dict.values, values)]
    assert changes == [(None, "E1"), ("E1", "E2"), ("E2", None), (None, "E2")]
    before = await world.fingerprint()
    for wrong, code in (("E2", "EXTERNAL_ID_TAKEN"), ("x" * 101, "EXTERNAL_ID_INVALID")):
        payload = await updated(caller, eve.id, externalId=wrong, firstName="Augusta")
        assert payload.errors == [(code, None)]
        assert payload.content["errors"][0]["field"] == ["externalId"]
    assert (await updated(caller, ada.id, externalId="E2")).errors == []
    assert await world.fingerprint() == before
    assert (await updated(caller, caller.who.id, externalId="E3")).errors == []


async def test_an_external_id_is_set_only_by_those_who_may_edit_the_member(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    manager, ada = await world.member(caller.team, MANAGER), await world.member(caller.team)
    _, blind = await world.token(caller.team, caller.who.id, Scope.MEMBERS_UPDATE)
    _, reader = await world.token(caller.team, caller.who.id, Scope.MEMBERS_READ)
    before = await world.fingerprint()
    # The id is the team's: a plain user may not choose the one by which others name them.
    for secret, about in ((caller.secret, manager), (ada.secret, ada), (blind, ada), (reader, ada)):
        values = {"teamId": caller.team, "userId": about.id, "externalId": "E1"}
        answer = await client(operation("updateMember", "errors { code }"), secret, input=values)
        assert answer.codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before
    values = {"teamId": caller.team, "userId": manager.id, "externalId": "E1"}
    answer = await client(operation("updateMember", "errors { code }"), manager.secret, input=values)
    assert answer.data["updateMember"]["errors"] == []
