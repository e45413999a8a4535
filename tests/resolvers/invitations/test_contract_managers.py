"""`inviteContractManager`: another person is invited, but only while nobody manages the company."""

import asyncio

import pytest

from db.core.database import Database
from db.groups import given_products
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.invitations.test_companies import queued_invitations, rows_of, scene, vendor
from tests.support.database import fetch
from tests.support.examples.example import PASSWORD, Input
from tests.support.examples.vendor import create_company, invite_contract_manager
from tests.support.locks import WAITING, waiting
from tests.support.mutations import Caller, audit_rows, operation
from tests.support.world import World

__all__ = ["vendor"]


def codes(result: dict[str, object]) -> list[tuple[str, list[str]]]:
    """The codes and the fields of the errors of a payload."""
    errors = result["errors"]
    assert isinstance(errors, list)
    return [(error["code"], error["field"]) for error in errors]


async def accept(client: Client, token: str) -> list[str]:
    """Accept an invitation with a password. Returns the codes of the errors."""
    accepting = {"token": token, "password": PASSWORD}
    accepted = (await client(operation("acceptInvitation"), input=accepting)).data["acceptInvitation"]
    return [error["code"] for error in accepted["errors"]]


async def user_ids(world: World, team: str) -> list[str]:
    """The ids of the people in a team, invited or not."""
    async with world.engine.connect() as connection:
        rows = await connection.exec_driver_sql("select user_id from memberships where team_id = $1", (team,))
        return list(rows.scalars())


async def test_the_new_link_works_and_the_old_one_does_not(client: Client, world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    team = given["teamId"]
    [wrong] = await user_ids(world, team)
    old = await world.invitation_token(team, wrong)
    result = (await vendor.mutate("inviteContractManager", **given)).content
    assert (result["email"], result["errors"]) == (given["email"], [])
    assert await rows_of(world, team) == [("contract_manager", False, vendor.who.id)]
    [person] = await user_ids(world, team)
    [row] = await audit_rows(world, team)
    assert (row.action, row.actor_id, row.before) == ("companies:invite", vendor.who.id, {"invited": [wrong]})
    [(invitation, invited)] = row.after.pop("invited").items()
    assert (invited, row.after) == ({"user": person, "role": "contract_manager"}, {})
    assert await queued_invitations(world, team) == [invitation]
    assert await accept(client, old) == ["INVITATION_INVALID"]
    assert await accept(client, await world.invitation_token(team, person)) == []
    assert await rows_of(world, team) == [("contract_manager", True, vendor.who.id)]


async def test_the_same_address_gets_a_new_link_after_the_pause(world: World, vendor: Caller) -> None:
    company = await create_company.make(scene(vendor), "a company")
    team = (await vendor.mutate("createCompany", **company)).content["teamId"]
    manager = company["contractManager"]
    again = {"teamId": team, **manager, "email": manager["email"].upper()}
    before = await world.fingerprint()
    result = (await vendor.mutate("inviteContractManager", **again)).content
    assert (result["email"], codes(result)) == (None, [("MAIL_PAUSED", ["email"])])
    assert await world.fingerprint() == before
    people = await user_ids(world, team)
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql("update mail_pauses set until = now() - interval '1 second'")
        await connection.exec_driver_sql(
            "update invitations set created_at = now() - interval '31 days', expires_at = now() - interval '1 day'"
            " where team_id = $1", (team,)
        )  # fmt: skip
    assert (await vendor.mutate("inviteContractManager", **again)).content["errors"] == []
    assert await user_ids(world, team) == people
    assert len(await queued_invitations(world, team)) == 2


async def test_a_company_with_a_contract_manager_invites_people_itself(world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    await world.member(given["teamId"], Role.CONTRACT_MANAGER)
    before = await world.fingerprint()
    result = (await vendor.mutate("inviteContractManager", **given)).content
    assert (result["email"], codes(result)) == (None, [("CONTRACT_MANAGER_EXISTS", ["teamId"])])
    assert await world.fingerprint() == before


async def test_another_role_in_the_team_closes_nothing_and_is_kept(world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    coordinator = await world.member(given["teamId"], Role.SOFTWARE_COORDINATOR)
    result = (await vendor.mutate("inviteContractManager", **{**given, "email": coordinator.email})).content
    assert codes(result) == [("ALREADY_MEMBER", ["email"])]
    assert (await vendor.mutate("inviteContractManager", **given)).content["errors"] == []
    assert coordinator.id in await user_ids(world, given["teamId"])


async def test_the_seats_of_the_person_who_was_invited_before_are_free_again(world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    team = given["teamId"]
    product, [wrong] = await world.pool(team, 1), await user_ids(world, team)
    seat = await world.give_seat(team, product, wrong)
    assert (await vendor.mutate("inviteContractManager", **given)).content["errors"] == []
    assert await world.free_seats(team, product) == [seat]
    [row] = await audit_rows(world, team)
    assert row.after["freed"] == {seat: wrong}


async def test_it_waits_for_an_acceptance_and_then_invites_nobody(
    client: Client, world: World, vendor: Caller, usher_database: Database
) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    team = given["teamId"]
    [person] = await user_ids(world, team)
    token = await world.invitation_token(team, person)
    async with usher_database.transaction() as holder:
        await given_products.lock_changes(holder, team)
        async with waiting(holder, accept(client, token)) as accepted:
            inviting = asyncio.create_task(vendor.mutate("inviteContractManager", **given))
            async with asyncio.timeout(10):
                while len(await fetch(holder, WAITING)) < 2:
                    assert not inviting.done(), "it did not wait for the acceptance"
                    await asyncio.sleep(0.01)
            await holder.rollback()
            assert await accepted == []
            assert codes((await inviting).content) == [("CONTRACT_MANAGER_EXISTS", ["teamId"])]
    assert await user_ids(world, team) == [person]


async def test_of_simultaneous_requests_the_last_one_holds(world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    inputs = [{**given, "email": f"at-once-{number}-{given['email']}"} for number in range(4)]
    results = await asyncio.gather(*(vendor.mutate("inviteContractManager", **one) for one in inputs))
    assert [result.content["errors"] for result in results] == [[]] * 4
    assert await rows_of(world, given["teamId"]) == [("contract_manager", False, vendor.who.id)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("firstName", "", "NAME_INVALID"), ("lastName", "a\tb", "NAME_INVALID"), ("email", "nowhere", "EMAIL_INVALID")],
)
async def test_a_wrong_value_changes_nothing(world: World, vendor: Caller, field: str, value: str, code: str) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    before = await world.fingerprint()
    result = (await vendor.mutate("inviteContractManager", **{**given, field: value})).content
    assert (result["email"], codes(result)) == (None, [(code, [field])])
    assert await world.fingerprint() == before


async def test_there_must_be_such_a_team(world: World, vendor: Caller) -> None:
    given: Input = await invite_contract_manager.make(scene(vendor))
    before = await world.fingerprint()
    answer = await vendor.send("inviteContractManager", **{**given, "teamId": "team_unknown"})
    assert answer.codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before
