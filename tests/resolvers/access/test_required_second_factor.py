"""A team that requires a second factor: those who manage it have the rights of a user there until they give one."""

from typing import Any

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.access.test_sessions import codes, mutate
from tests.support.mutations import operation
from tests.support.second_factors import code
from tests.support.world import Account, World

MANAGERS = pytest.mark.parametrize("role", [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER])
SHOWN = """
query($id: ID!) { team(id: $id) {
  viewerRole secondFactorMissing requiresSecondFactor members { nodes { user { id } } }
  viewerCan { action allowed reason changes { fact value } }
} }
"""
NEEDS = "needs to sign in with a second factor, which this team requires of those who manage it"
POOLS = "query($id: ID!) { team(id: $id) { pools { total } } }"


async def shown(client: Client, secret: str, team: str) -> dict[str, Any]:
    """What somebody sees of a team."""
    found: dict[str, Any] = (await client(SHOWN, secret, id=team)).data["team"]
    return found


async def assign(client: Client, world: World, team: str, secret: str) -> list[str]:
    """Try to assign a seat to another member. Returns the codes of the refusal."""
    given = {"teamId": team, "productId": await world.pool(team, 1), "userIds": await world.members(team, 1)}
    return (await client(operation("assignSeats"), secret, input=given)).codes


@MANAGERS
async def test_an_old_session_loses_the_rights_when_the_team_begins_to_require_it(
    client: Client, world: World, role: Role
) -> None:
    team = await world.team()
    ada = await world.member(team, role)
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    proven = await world.session(manager.id, second_factor=True)
    assert await assign(client, world, team, ada.secret) == []
    assert codes(await mutate(client, "updateTeam", proven, teamId=team, requiresSecondFactor=True)) == []
    assert await assign(client, world, team, ada.secret) == ["FORBIDDEN"]
    assert await assign(client, world, team, manager.secret) == ["FORBIDDEN"]
    assert await assign(client, world, team, proven) == []
    assert codes(await mutate(client, "updateTeam", proven, teamId=team, requiresSecondFactor=False)) == []
    assert await assign(client, world, team, ada.secret) == []


@MANAGERS
async def test_a_manager_without_it_sees_what_a_user_sees_and_is_told_what_to_do(
    client: Client, world: World, role: Role
) -> None:
    team = await world.team(requires_second_factor=True)
    ada, user = await world.member(team, role), await world.member(team)
    seen, of_user = await shown(client, ada.secret, team), await shown(client, user.secret, team)
    assert (seen["viewerRole"], seen["secondFactorMissing"]) == (role.name, True)
    assert [one["user"]["id"] for one in seen["members"]["nodes"]] == [ada.id]
    assert not of_user["secondFactorMissing"]
    allowed = [{one["action"] for one in each["viewerCan"] if one["allowed"]} for each in (seen, of_user)]
    assert allowed[0] == allowed[1]
    reasons = {one["action"]: one["reason"] for one in seen["viewerCan"]}
    assert reasons["GROUPS_CREATE"] == NEEDS
    [changes] = [one["changes"] for one in seen["viewerCan"] if one["action"] == "GROUPS_CREATE"]
    assert changes == [{"fact": "SECOND_FACTOR", "value": role.value}]
    refused = await client(POOLS, ada.secret, id=team)
    [error] = refused.content["errors"]
    assert (error["extensions"]["code"], error["extensions"]["reason"]) == ("FORBIDDEN", "SECOND_FACTOR_MISSING")
    assert error["extensions"]["policy"]["needs"] == NEEDS
    proven = await world.session(ada.id, second_factor=True)
    assert (await client(POOLS, proven, id=team)).codes == []
    assert len((await shown(client, proven, team))["members"]["nodes"]) == 2


async def test_other_teams_and_other_refusals_are_as_before(client: Client, world: World) -> None:
    strict, other = await world.team(requires_second_factor=True), await world.team()
    ada = await world.member(strict, Role.SOFTWARE_COORDINATOR)
    await world.member(other, Role.SOFTWARE_COORDINATOR, ada)
    assert await assign(client, world, other, ada.secret) == []
    user = await world.member(strict)
    refused = await client(POOLS, user.secret, id=strict)
    assert "reason" not in refused.content["errors"][0]["extensions"]
    secure = await client(operation("updateTeam"), ada.secret, input={"teamId": strict, "separationOfDuties": True})
    assert secure.content["errors"][0]["extensions"]["policy"]["needs"] == (
        "needs the role contract manager in this team"
    )


async def test_setting_up_an_app_gives_the_rights_and_removing_it_takes_them_at_once(
    client: Client, world: World
) -> None:
    team = await world.team(requires_second_factor=True)
    ada = await world.member(team, Role.CONTRACT_MANAGER)
    secret = await world.authenticator(ada.id, confirmed=False)
    assert codes(await mutate(client, "confirmAuthenticatorApp", ada.secret, code=code(secret))) == []
    assert await assign(client, world, team, ada.secret) == []
    elsewhere = await world.session(ada.id, second_factor=True)
    assert (await mutate(client, "removeAuthenticatorApp", ada.secret))["removed"]
    assert await assign(client, world, team, ada.secret) == ["FORBIDDEN"]
    assert await assign(client, world, team, elsewhere) == ["FORBIDDEN"]


async def test_a_partner_token_needs_a_grantor_who_has_a_second_factor(client: Client, world: World) -> None:
    team = await world.team(requires_second_factor=True)
    ada = await world.member(team, Role.SOFTWARE_COORDINATOR)
    _, token = await world.token(team, ada.id, *Scope)
    refused = await client(POOLS, token, id=team)
    [error] = refused.content["errors"]
    assert error["extensions"]["reason"] == "SECOND_FACTOR_MISSING"
    assert error["extensions"]["policy"]["needs"] == (
        "the token's grantor needs a second factor, which this team requires of those who manage it"
    )
    assert (await shown(client, token, team))["secondFactorMissing"]
    await world.authenticator(ada.id)
    assert (await client(POOLS, token, id=team)).codes == []


async def test_only_a_session_with_a_second_factor_creates_tokens_there(client: Client, world: World) -> None:
    team = await world.team(requires_second_factor=True)
    ada = await world.member(team, Role.SOFTWARE_COORDINATOR)
    await world.authenticator(ada.id)
    given = {"teamId": team, "name": "Sync", "scopes": ["SEATS_READ"], "expiresAt": "2026-12-31T00:00:00Z"}
    assert (await client(operation("createPartnerToken"), ada.secret, input=given)).codes == ["FORBIDDEN"]


async def test_an_explanation_of_a_member_says_whether_they_have_set_one_up(client: Client, world: World) -> None:
    team = await world.team(requires_second_factor=True)
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    asking = await world.session(manager.id, second_factor=True)
    ada = await world.member(team, Role.SOFTWARE_COORDINATOR)
    query = "query($t: ID!, $s: ID!) { explain(action: GROUPS_CREATE, target: $t, subject: $s) { allowed reason } }"

    async def explained() -> dict[str, Any]:
        found: dict[str, Any] = (await client(query, asking, t=team, s=ada.id)).data["explain"]
        return found

    assert await explained() == {"allowed": False, "reason": NEEDS}
    await world.authenticator(ada.id)
    assert (await explained())["allowed"]


async def test_the_requirement_needs_no_further_statement(client: Client, world: World, statements: list[str]) -> None:
    """The statement that reads the actor carries the fact, for each kind of actor and with each setting of the team."""
    sent = []
    for requires in (False, True):
        team = await world.team(requires_second_factor=requires)
        ada: Account = await world.member(team, Role.CONTRACT_MANAGER)
        _, token = await world.token(team, ada.id, *Scope)
        for secret in (ada.secret, await world.session(ada.id, second_factor=True), token):
            before = len(statements)
            await client("query($id: ID!) { team(id: $id) { members { nodes { user { id } } } } }", secret, id=team)
            sent.append(len([one for one in statements[before:] if "last_used_at = now()" not in one]))
    assert sent == [1] * 6
