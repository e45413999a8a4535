"""Nobody can raise their own role: not by their role, a token, a second account, or an invitation."""

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.people.test_roles import role_of
from tests.support.mutations import new_caller, operation
from tests.support.world import World

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize("into", [COORDINATOR, MANAGER])
@pytest.mark.parametrize("own", [Role.USER, COORDINATOR])
async def test_nobody_gets_a_higher_role_by_inviting_themselves(
    client: Client, world: World, own: Role, into: Role, by_token: bool
) -> None:
    caller = await new_caller(client, world, seats=0, role=own)
    secret = (await world.token(caller.team, caller.who.id, *Scope))[1] if by_token else caller.secret
    for email in (caller.who.email, caller.who.email.upper()):
        me = {"firstName": "Ada", "lastName": "Byron", "email": email, "role": into.name}
        values = {"teamId": caller.team, "people": [me], "mode": "BEST_EFFORT"}
        answer = await client(operation("inviteMembers"), secret, input=values)
        if own is COORDINATOR and into is COORDINATOR:
            assert [one["code"] for one in answer.data["inviteMembers"]["errors"]] == ["ALREADY_MEMBER"]
        else:
            assert answer.codes == ["FORBIDDEN"]
    assert await role_of(world, caller.team, caller.who.id) is own
    assert await world.audit_actions(caller.team) == []


@pytest.mark.parametrize("mutation", ["inviteMembers", "changeRole", "changeRoles"])
async def test_a_coordinator_makes_no_contract_manager_through_a_second_account(
    client: Client, world: World, mutation: str
) -> None:
    caller = await new_caller(client, world, seats=0)
    second = await world.member(caller.team, COORDINATOR)
    guest = {"firstName": "A", "lastName": "B", "email": f"second-{caller.team}@tests.example", "role": MANAGER.name}
    values: dict[str, dict[str, object]] = {
        "inviteMembers": {"teamId": caller.team, "people": [guest]},
        "changeRole": {"teamId": caller.team, "userId": second.id, "role": MANAGER.name},
        "changeRoles": {"teamId": caller.team, "userIds": [second.id], "role": MANAGER.name},
    }
    before = await world.fingerprint()
    assert (await caller.send(mutation, **values[mutation])).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("into", Role)
async def test_a_token_without_the_scope_invites_nobody_with_a_role(client: Client, world: World, into: Role) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    _, secret = await world.token(caller.team, caller.who.id, Scope.MEMBERS_INVITE)
    _, trusted = await world.token(caller.team, caller.who.id, Scope.MEMBERS_INVITE, Scope.MEMBERS_CHANGE_ROLE)
    guest = {"firstName": "A", "lastName": "B", "email": f"partner-{caller.team}@tests.example", "role": into.name}
    values = {"teamId": caller.team, "people": [guest], "dryRun": True}
    answer = await client(operation("inviteMembers", "errors { code }"), secret, input=values)
    assert answer.codes == ([] if into is Role.USER else ["FORBIDDEN"])
    assert (await client(operation("inviteMembers", "errors { code }"), trusted, input=values)).codes == []


async def test_an_old_invitation_does_not_restore_a_role_that_was_lowered(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    ada = await world.person()
    await world.invited_member(caller.team, COORDINATOR, ada)
    link = await world.invitation_token(caller.team, ada.id)
    await caller.change_role(ada.id, "USER")
    accepted = await client(operation("acceptInvitation"), ada.secret, input={"token": link})
    assert accepted.data["acceptInvitation"]["member"]["role"] == "USER"
    await caller.change_role(ada.id, "SOFTWARE_COORDINATOR")
    await caller.change_role(ada.id, "USER")
    again = await client(operation("acceptInvitation"), ada.secret, input={"token": link})
    assert again.data["acceptInvitation"]["member"] is None
    assert await role_of(world, caller.team, ada.id) is Role.USER


async def test_a_token_loses_the_rights_that_its_grantor_loses(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=MANAGER)
    ada = await world.member(caller.team, MANAGER)
    _, secret = await world.token(caller.team, ada.id, *Scope)
    [eve] = await caller.members(1)
    await caller.change_role(ada.id, "SOFTWARE_COORDINATOR")
    for one in (ada.id, eve):
        values = {"teamId": caller.team, "userId": one, "role": "CONTRACT_MANAGER"}
        assert (await client(operation("changeRole"), secret, input=values)).codes == ["FORBIDDEN"]
    assert await role_of(world, caller.team, ada.id) is COORDINATOR
