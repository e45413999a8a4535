"""A person who leaves a team loses the partner tokens that they granted in it, for good."""

from typing import Any

import pytest
from sqlalchemy import text

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.access.test_partner_tokens import TEAMS, token_input
from tests.support.database import fetch
from tests.support.locks import lock, waiting
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.world import World

pytestmark = pytest.mark.slow


async def active_tokens(world: World, team: str) -> list[str]:
    """The ids of the team's tokens that are not revoked."""
    query = text("select id from partner_tokens where team_id = :team and revoked_at is null order by id")
    async with world.engine.connect() as connection:
        return list((await connection.execute(query, {"team": team})).scalars())


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller who is a contract manager, in a team with another one."""
    made = await new_caller(client, world, seats=1, role=Role.CONTRACT_MANAGER)
    await world.member(made.team, Role.CONTRACT_MANAGER)
    return made


async def test_a_token_stays_revoked_when_its_grantor_comes_back(client: Client, world: World, caller: Caller) -> None:
    grantor = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    made = await client(operation("createPartnerToken"), grantor.secret, input=token_input(caller))
    secret, token = made.data["createPartnerToken"]["secret"], made.data["createPartnerToken"]["partnerToken"]["id"]
    assert (await client(TEAMS, secret)).status == 200
    assert (await caller.remove([grantor.id])).errors == []
    row = (await audit_rows(world, caller.team))[-1]
    assert (row.action, row.after["revokedTokens"]) == ("members:remove", [token])
    await world.invited_member(caller.team, Role.CONTRACT_MANAGER, grantor)
    link = await world.invitation_token(caller.team, grantor.id)
    accepted = await client(operation("acceptInvitation"), grantor.secret, input={"token": link})
    assert accepted.data["acceptInvitation"]["errors"] == []
    answer = await client(TEAMS, secret)
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert await active_tokens(world, caller.team) == []


async def test_a_removal_of_several_people_revokes_their_tokens_and_no_others(world: World, caller: Caller) -> None:
    elsewhere = await world.team()
    people = [await world.member(caller.team, Role.SOFTWARE_COORDINATOR) for _ in range(3)]
    for one in people:
        await world.member(elsewhere, Role.SOFTWARE_COORDINATOR, one)
    tokens = [(await world.token(caller.team, one.id, Scope.SEATS_READ))[0] for one in people]
    other, _ = await world.token(elsewhere, people[0].id, Scope.SEATS_READ)
    assert (await caller.remove([one.id for one in people[:2]])).errors == []
    assert (await audit_rows(world, caller.team))[-1].after["revokedTokens"] == sorted(tokens[:2])
    assert await active_tokens(world, caller.team) == [tokens[2]]
    assert await active_tokens(world, elsewhere) == [other]


@pytest.mark.parametrize("by_token", [False, True])
async def test_a_person_who_leaves_revokes_their_own_tokens(
    client: Client, world: World, caller: Caller, by_token: bool
) -> None:
    _, secret = await world.token(caller.team, caller.who.id, *Scope)
    leave = {"teamId": caller.team, "userIds": [caller.who.id]}
    answer = await client(operation("removeMembers"), secret if by_token else caller.secret, input=leave)
    assert answer.data["removeMembers"]["errors"] == []
    assert (await client(TEAMS, secret)).status == 401


async def test_a_dry_run_of_a_removal_revokes_nothing(client: Client, world: World, caller: Caller) -> None:
    grantor = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    _, secret = await world.token(caller.team, grantor.id, Scope.SEATS_READ)
    assert (await caller.remove([grantor.id], dryRun=True)).errors == []
    assert (await client(TEAMS, secret)).status == 200


async def test_a_demoted_grantor_keeps_the_token(client: Client, world: World, caller: Caller) -> None:
    grantor = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)
    token, secret = await world.token(caller.team, grantor.id, *Scope)
    assert (await caller.change_role(grantor.id, "USER")).errors == []
    assert await active_tokens(world, caller.team) == [token]
    assert (await client(TEAMS, secret)).status == 200


async def test_deleting_a_membership_by_any_statement_revokes_its_tokens(world: World, caller: Caller) -> None:
    grantor = await world.member(caller.team)
    await world.token(caller.team, grantor.id, Scope.SEATS_READ)
    await world.leave(caller.team, grantor.id)
    assert await active_tokens(world, caller.team) == []


async def test_a_token_that_is_created_during_the_removal_does_not_outlive_it(
    client: Client, world: World, caller: Caller
) -> None:
    grantor = await world.member(caller.team, Role.SOFTWARE_COORDINATOR)

    async def create() -> Any:
        return await client(operation("createPartnerToken"), grantor.secret, input=token_input(caller))

    async with world.database.transaction() as connection:
        await lock(connection, "memberships", caller.team, "user_id", grantor.id)
        async with waiting(connection, create()) as creating:
            delete = "delete from memberships where team_id = $1 and user_id = $2"
            await fetch(connection, delete, caller.team, grantor.id)
            await connection.commit()
            assert (await creating).codes == ["FORBIDDEN"]
    assert await active_tokens(world, caller.team) == []


async def test_a_removal_waits_for_a_token_that_is_being_created(world: World, caller: Caller) -> None:
    grantor = await world.member(caller.team)
    insert = """
insert into partner_tokens (team_id, id, name, token_hash, scopes, grantor_id, expires_at)
values ($1, 'token_late' || right($2, 8), 'x', sha256(convert_to($2, 'UTF8')), array['seats:read'], $2, now())
"""
    async with world.database.transaction() as connection:
        await fetch(connection, insert, caller.team, grantor.id)
        async with waiting(connection, caller.remove([grantor.id])) as removing:
            await connection.commit()
            assert (await removing).errors == []
    assert await active_tokens(world, caller.team) == []
