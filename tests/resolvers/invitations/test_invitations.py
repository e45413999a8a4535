"""Inviting people: the invitations, the errors, and how an invitation is sent again or revoked."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from db.invitations.invitations import InvitationRow
from domain.actions import Scope
from domain.members import InvitationStatus
from domain.roles import Role
from resolvers.core import repeats
from resolvers.invitations.invitations import ResendInvitationPayload
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World, counter

MEMBERS = """
query ($team: ID!) { team(id: $team) { members(filter: { status: PENDING }) { nodes {
  role user { id name email } invitation { id status email sentAt invitedBy } groups { nodes { id } }
} } } }
"""


def person(email: str | None = None, **more: Any) -> dict[str, Any]:
    """The input for one person."""
    names = {"firstName": "Grace", "lastName": "Hopper"}
    return {**names, "email": email or f"guest{next(counter)}@tests.example", **more}


async def invite(caller: Caller, *people: dict[str, Any], **more: Any) -> Payload:
    """Invite these people to the caller's team."""
    return await caller.mutate("inviteMembers", teamId=caller.team, people=people, **more)


async def pending(caller: Caller, secret: str | None = None) -> list[Any]:
    """The pending members of the caller's team, as the coordinator sees them."""
    return list(
        (await caller.client(MEMBERS, secret or caller.secret, team=caller.team)).data["team"]["members"]["nodes"]
    )


async def queued(world: World) -> list[dict[str, Any]]:
    """The payloads of the queued jobs, in the order in which they were queued."""
    query = "select convert_from(payload, 'UTF8') from jobs.pgqueuer order by id"
    return [json.loads(payload) for (payload,) in await fetch_rows(world.database, query)]


async def test_an_invited_person_is_a_pending_member_and_a_mail_is_queued(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    result = await invite(caller, person("Grace@Tests.example"))
    [one] = await pending(caller)
    assert (result.errors, one["role"], one["user"]["name"]) == ([], "USER", "Grace Hopper")
    [made] = result.content["invitations"]
    assert one["invitation"] == {
        "id": made["id"], "status": "OPEN", "email": "Grace@tests.example", "sentAt": None, "invitedBy": caller.who.id,
    }  # fmt: skip
    assert {"team_id": caller.team, "invitation_id": made["id"]} in await queued(world)


async def test_invitations_come_in_the_order_of_the_list_with_roles_and_groups(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    group = await world.group(caller.team)
    people = [person(), person(role="CONTRACT_MANAGER"), person(role="SOFTWARE_COORDINATOR", groupIds=[group, group])]
    made = (await invite(caller, *people)).content["invitations"]
    assert [one["email"] for one in made] == [one["email"] for one in people]
    assert [one["member"]["role"] for one in made] == ["USER", "CONTRACT_MANAGER", "SOFTWARE_COORDINATOR"]
    assert [one["member"]["groups"]["nodes"] for one in made] == [[], [], [{"id": group}]]


async def test_all_errors_are_reported_together_and_nobody_is_invited(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    foreign = await world.group(await world.team())
    before = await world.fingerprint()
    result = await invite(
        caller,
        person("grace@tests-a.example"),
        person("no address"),
        person("GRACE@tests-a.example"),
        person(firstName=" ", lastName="\u0007"),
        person("nobody", groupIds=[foreign]),
        person(groupIds=["group_unknown"]),
    )
    assert result.errors == [
        ("EMAIL_INVALID", 1),
        ("DUPLICATE", 2),
        ("NAME_INVALID", 3),
        ("NAME_INVALID", 3),
        ("EMAIL_INVALID", 4),
        ("GROUP_NOT_FOUND", 4),
        ("GROUP_NOT_FOUND", 5),
    ]
    assert [error["field"] for error in result.content["errors"]][2:5] == [
        ["people", "firstName"], ["people", "lastName"], ["people", "email"],
    ]  # fmt: skip
    assert (result.content["invitations"], await world.fingerprint()) == ([], before)


async def test_under_best_effort_an_error_stops_only_its_own_row(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    result = await invite(caller, person(), person("nobody"), person(), mode="BEST_EFFORT")
    assert (result.errors, len(result.content["invitations"])) == ([("EMAIL_INVALID", 1)], 2)


@pytest.mark.parametrize(("people", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, people: int, code: str) -> None:
    caller = await new_caller(client, world, seats=0)
    result = await invite(caller, *(person(f"p{n}@tests.example") for n in range(people)))
    assert result.errors == [(code, None)]
    assert await pending(caller) == []


async def test_a_person_who_is_a_member_or_invited_is_reported_as_information(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    other = await world.member(caller.team)
    once = person()
    await invite(caller, once)
    result = await invite(caller, {**once, "email": once["email"].upper()}, person(other.email), person())
    assert result.errors == [("ALREADY_MEMBER", 0), ("ALREADY_MEMBER", 1)]
    assert len(await pending(caller)) == 2


async def test_two_spellings_of_one_address_are_one_person(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    n = next(counter)
    result = await invite(caller, person(f"kelvin{n}@tests.example"), person(f"\u212aelvin{n}@tests.example"))
    assert result.errors == [("DUPLICATE", 1)]


async def test_inviting_an_existing_account_does_not_show_its_name(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    ada = await world.person("Ada", "Byron")
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set password_hash = 'x' where id = :id"), {"id": ada.id})
    await invite(caller, person(ada.email))
    [one] = await pending(caller)
    assert one["user"]["name"] == "Grace Hopper"


async def test_two_teams_that_invite_the_same_people_at_once_share_their_accounts(client: Client, world: World) -> None:
    desks = [await new_caller(client, world, seats=0) for _ in range(3)]
    people = [person() for _ in range(50)]
    orders = (people, people[::-1], people[25:] + people[:25])
    result = await asyncio.gather(*(invite(caller, *order) for caller, order in zip(desks, orders, strict=True)))
    accounts = [{one["member"]["user"]["id"] for one in each.content["invitations"]} for each in result]
    assert [each.errors for each in result] == [[], [], []]
    assert len(accounts[0]) == 50
    assert accounts[0] == accounts[1] == accounts[2]


async def test_if_several_requests_invite_a_person_at_once_only_one_invites(client: Client, world: World) -> None:
    caller, guest = await new_caller(client, world, seats=0), person()
    result = await asyncio.gather(*(invite(caller, guest) for _ in range(3)))
    assert sorted(each.errors for each in result) == [[], [("ALREADY_MEMBER", 0)], [("ALREADY_MEMBER", 0)]]


async def test_a_pending_member_has_no_rights(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    ada = await world.person()
    await invite(caller, person(ada.email, role="CONTRACT_MANAGER"))
    assert (await client(MEMBERS, ada.secret, team=caller.team)).codes == ["NOT_FOUND"]


async def test_a_coordinator_cannot_invite_a_contract_manager_even_among_others(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    before = await world.fingerprint()
    values = {"teamId": caller.team, "people": [person(), person(role="CONTRACT_MANAGER")], "mode": "BEST_EFFORT"}
    assert (await caller.send("inviteMembers", **values)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_invited_people_get_what_their_groups_give(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    people = [person(groupIds=[group]), person(groupIds=[group])]
    before = await world.fingerprint()
    refused = await invite(caller, *people)
    assert (refused.errors, refused.content["invitations"]) == ([("NO_SEAT_LEFT", 1)], [])
    assert await world.fingerprint() == before
    result = await invite(caller, *people, mode="WAITLIST")
    first, second = (one["member"]["user"]["id"] for one in result.content["invitations"])
    assert (result.errors, result.holders, result.waiting_list) == ([("WAITING", 1)], [first], [(1, second)])
    assert [source["kind"] for source in result.content["seats"][0]["sources"]] == ["GROUP"]


@pytest.mark.parametrize(
    ("scopes", "code"),
    [
        ((Scope.MEMBERS_INVITE,), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.GROUPS_UPDATE), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.SEATS_ASSIGN), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.GROUPS_UPDATE, Scope.SEATS_ASSIGN), None),
    ],
)
async def test_a_token_needs_the_scopes_of_everything_that_the_invitation_does(
    client: Client, world: World, scopes: tuple[Scope, ...], code: str | None
) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    _, secret = await world.token(caller.team, caller.who.id, *scopes)
    values = {"teamId": caller.team, "people": [person(groupIds=[group])]}
    answer = await client(operation("inviteMembers", "errors { code }"), secret, input=values)
    assert answer.codes == ([code] if code else [])
    assert len(await pending(caller)) == (0 if code else 1)


async def test_the_audit_row_has_the_change_and_the_facts_of_the_decision(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    made = (await invite(caller, person(groupIds=[group]))).content["invitations"][0]
    user = made["member"]["user"]["id"]
    [row] = await audit_rows(world, caller.team)
    assert (row.action, row.after["invited"]) == ("members:invite", {made["id"]: {"user": user, "role": "user"}})
    assert (row.after["joined"], list(row.after["assigned"].values())) == ({user: [group]}, [user])
    assert [fact["action"] for fact in row.facts if "action" in fact] == ["groups:update", "seats:assign"]


@pytest.mark.parametrize("people", [1, 40])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str], people: int
) -> None:
    caller = await new_caller(client, world, seats=50)
    group = await world.group(caller.team)
    await world.add_group_product(caller.team, group, caller.product)
    # The first change of a process also stores the policy.
    for guests in ([person()], [person(groupIds=[group]) for _ in range(people)]):
        statements.clear()
        values = {"teamId": caller.team, "people": guests}
        await client(operation("inviteMembers", "errors { code }"), caller.secret, input=values)
    assert len(statements) == 17


async def test_a_dry_run_queues_no_mail(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    before = await queued(world)
    assert len((await invite(caller, person(), dryRun=True)).content["invitations"]) == 1
    assert (await queued(world), await pending(caller)) == (before, [])


async def test_an_invitation_that_is_sent_again_has_a_new_link_and_the_old_one_stops_working(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    old, link = await world.invitation(caller.team, grace.id), await world.invitation_token(caller.team, grace.id)
    result = await caller.mutate("resendInvitation", teamId=caller.team, invitationId=old)
    new = result.content["invitation"]
    assert (result.errors, new["status"], new["sentAt"], new["id"] != old) == ([], "OPEN", None, True)
    assert {"team_id": caller.team, "invitation_id": new["id"]} in await queued(world)
    accepted = await client(operation("acceptInvitation"), input={"token": link, "password": "correct horse battery"})
    assert [error["code"] for error in accepted.data["acceptInvitation"]["errors"]] == ["INVITATION_INVALID"]
    assert [one["invitation"]["id"] for one in await pending(caller)] == [new["id"]]
    for mutation in ("resendInvitation", "revokeInvitation"):
        again = await caller.mutate(mutation, teamId=caller.team, invitationId=old)
        assert again.errors == [("INVITATION_INVALID", None)]


async def test_the_seats_of_a_revoked_person_go_to_the_waiting_list(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    grace = await world.invited_member(caller.team)
    link = await world.invitation_token(caller.team, grace.id)
    await caller.give_seat(grace.id)
    [ada] = await caller.members(1)
    await caller.assign([ada], mode="WAITLIST")
    values = {"teamId": caller.team, "invitationId": await world.invitation(caller.team, grace.id)}
    result = await caller.mutate("revokeInvitation", **values)
    assert (result.content["revokedUserId"], result.promoted) == (grace.id, [ada])
    assert (await caller.holders(), await pending(caller)) == ([ada], [])
    assert (await caller.send("revokeInvitation", **values)).codes == ["NOT_FOUND"]
    accepted = await client(operation("acceptInvitation"), input={"token": link, "password": "correct horse battery"})
    assert [error["code"] for error in accepted.data["acceptInvitation"]["errors"]] == ["INVITATION_INVALID"]


async def test_an_accepted_invitation_can_be_neither_sent_again_nor_revoked(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    grace = await world.invited_member(caller.team)
    values = {"teamId": caller.team, "invitationId": await world.invitation(caller.team, grace.id)}
    link = await world.invitation_token(caller.team, grace.id)
    assert (await client(operation("acceptInvitation"), grace.secret, input={"token": link})).codes == []
    for mutation in ("resendInvitation", "revokeInvitation"):
        assert (await caller.mutate(mutation, **values)).errors == [("INVITATION_ACCEPTED", None)]


async def test_an_invitation_of_another_team_is_not_found(client: Client, world: World) -> None:
    caller, other = await new_caller(client, world, seats=0), await new_caller(client, world, seats=0)
    grace = await world.invited_member(other.team)
    id_ = await world.invitation(other.team, grace.id)
    for team in (caller.team, other.team):
        for mutation in ("resendInvitation", "revokeInvitation"):
            assert (await caller.send(mutation, teamId=team, invitationId=id_)).codes == ["NOT_FOUND"]


async def test_the_address_is_shown_only_to_actors_who_may_read_addresses(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    _, secret = await world.token(caller.team, caller.who.id, Scope.MEMBERS_READ)
    await invite(caller, person())
    query = "query ($team: ID!) { team(id: $team) { members { nodes { invitation { status email } } } } }"
    nodes = (await client(query, secret, team=caller.team)).data["team"]["members"]["nodes"]
    assert {"status": "OPEN", "email": None} in [one["invitation"] for one in nodes]


def test_an_answer_that_was_stored_before_invitations_had_a_state_of_the_mail_can_be_read() -> None:
    now = datetime.now(UTC)
    values = ("invite_1", "team_1", "user_1", "member_1", Role.USER, "ada@tests.example")
    row = InvitationRow(*values, InvitationStatus.OPEN, now, None, now, "user_2")
    stored = json.loads(repeats.answer_of(ResendInvitationPayload(row)))
    del stored["invitation"][11:]
    assert repeats.payload_of(ResendInvitationPayload, json.dumps(stored).encode()).invitation == row
