"""Nobody raises themselves: not by any role they have, a token, a second account, or an invitation."""

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.people.test_roles import role_of
from tests.support.mutations import desk_of, operation
from tests.support.world import World

COORDINATOR, MANAGER = Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize("into", [COORDINATOR, MANAGER])
@pytest.mark.parametrize("own", [Role.USER, COORDINATOR])
async def test_not_by_inviting_oneself(client: Client, world: World, own: Role, into: Role, by_token: bool) -> None:
    desk = await desk_of(client, world, seats=0, role=own)
    secret = (await world.token(desk.team, desk.who.id, *Scope))[1] if by_token else desk.secret
    for email in (desk.who.email, desk.who.email.upper()):
        me = {"firstName": "Ada", "lastName": "Byron", "email": email, "role": into.name}
        asked = {"teamId": desk.team, "people": [me], "mode": "BEST_EFFORT"}
        answer = await client(operation("inviteMembers"), secret, input=asked)
        if own is COORDINATOR and into is COORDINATOR:
            assert [one["code"] for one in answer.data["inviteMembers"]["errors"]] == ["ALREADY_MEMBER"]
        else:
            assert answer.codes == ["FORBIDDEN"]
    assert await role_of(world, desk.team, desk.who.id) is own
    assert await world.trail(desk.team) == []


@pytest.mark.parametrize("mutation", ["inviteMembers", "changeRole"])
async def test_not_by_a_second_account(client: Client, world: World, mutation: str) -> None:
    desk = await desk_of(client, world, seats=0)
    second = await world.member(desk.team, COORDINATOR)
    guest = {"firstName": "A", "lastName": "B", "email": f"second-{desk.team}@tests.example", "role": MANAGER.name}
    asked: dict[str, dict[str, object]] = {
        "inviteMembers": {"teamId": desk.team, "people": [guest]},
        "changeRole": {"teamId": desk.team, "userId": second.id, "role": MANAGER.name},
    }
    before = await world.fingerprint()
    assert (await desk.send(mutation, **asked[mutation])).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("into", Role)
async def test_not_by_a_token_that_invites_a_person_with_more_rights(client: Client, world: World, into: Role) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    _, secret = await world.token(desk.team, desk.who.id, Scope.MEMBERS_INVITE)
    _, trusted = await world.token(desk.team, desk.who.id, Scope.MEMBERS_INVITE, Scope.MEMBERS_CHANGE_ROLE)
    guest = {"firstName": "A", "lastName": "B", "email": f"partner-{desk.team}@tests.example", "role": into.name}
    asked = {"teamId": desk.team, "people": [guest], "dryRun": True}
    answer = await client(operation("inviteMembers", "errors { code }"), secret, input=asked)
    assert answer.codes == ([] if into is Role.USER else ["FORBIDDEN"])
    assert (await client(operation("inviteMembers", "errors { code }"), trusted, input=asked)).codes == []


async def test_not_by_the_invitation_to_what_one_was_to_be(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    ada = await world.person()
    await world.invited(desk.team, COORDINATOR, ada)
    link = await world.link(desk.team, ada.id)
    await desk.make(ada.id, "USER")
    accepted = await client(operation("acceptInvitation"), ada.secret, input={"token": link})
    assert accepted.data["acceptInvitation"]["member"]["role"] == "USER"
    await desk.make(ada.id, "SOFTWARE_COORDINATOR")
    await desk.make(ada.id, "USER")
    again = await client(operation("acceptInvitation"), ada.secret, input={"token": link})
    assert again.data["acceptInvitation"]["member"] is None
    assert await role_of(world, desk.team, ada.id) is Role.USER


async def test_not_by_a_token_of_a_better_time(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=MANAGER)
    ada = await world.member(desk.team, MANAGER)
    _, secret = await world.token(desk.team, ada.id, *Scope)
    [eve] = await desk.members(1)
    await desk.make(ada.id, "SOFTWARE_COORDINATOR")
    for one in (ada.id, eve):
        asked = {"teamId": desk.team, "userId": one, "role": "CONTRACT_MANAGER"}
        assert (await client(operation("changeRole"), secret, input=asked)).codes == ["FORBIDDEN"]
    assert await role_of(world, desk.team, ada.id) is COORDINATOR
