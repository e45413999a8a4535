"""Inviting people: who comes in how, what is told of the others, and how an invitation is sent again or taken back."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from db.core.engine import fetch, transaction
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import World, counter

MEMBERS = """
query ($team: ID!) { team(id: $team) { members(filter: { status: PENDING }) { nodes {
  role user { id name email } invitation { id status email sentAt invitedBy } groups { nodes { id } }
} } } }
"""


def person(email: str | None = None, **more: Any) -> dict[str, Any]:
    """Somebody to invite."""
    names = {"firstName": "Grace", "lastName": "Hopper"}
    return {**names, "email": email or f"guest{next(counter)}@tests.example", **more}


async def invite(desk: Desk, *people: dict[str, Any], **more: Any) -> Told:
    """Invite them to the desk's team."""
    return await desk.tell("inviteMembers", teamId=desk.team, people=people, **more)


async def pending(desk: Desk, secret: str | None = None) -> list[Any]:
    """Who is invited to the desk's team, as its coordinator sees it."""
    return list((await desk.client(MEMBERS, secret or desk.secret, team=desk.team)).data["team"]["members"]["nodes"])


async def queued(world: World) -> list[dict[str, Any]]:
    """The mails that wait to be sent."""
    async with transaction(world.engine) as connection:
        rows = await fetch(connection, "select convert_from(payload, 'UTF8')::jsonb from jobs.pgqueuer order by id")
    return [row[0] for row in rows]


async def test_who_is_invited_is_a_pending_member_with_a_mail_on_its_way(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    told = await invite(desk, person("Grace@Tests.example"))
    [one] = await pending(desk)
    assert (told.said, one["role"], one["user"]["name"]) == ([], "USER", "Grace Hopper")
    [made] = told.content["invitations"]
    assert one["invitation"] == {
        "id": made["id"], "status": "OPEN", "email": "Grace@tests.example", "sentAt": None, "invitedBy": desk.who.id,
    }  # fmt: skip
    assert {"team_id": desk.team, "invitation_id": made["id"]} in await queued(world)


async def test_many_come_in_the_order_of_the_list_with_their_roles_and_groups(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    group = await world.group(desk.team)
    people = [person(), person(role="CONTRACT_MANAGER"), person(role="SOFTWARE_COORDINATOR", groupIds=[group, group])]
    made = (await invite(desk, *people)).content["invitations"]
    assert [one["email"] for one in made] == [one["email"] for one in people]
    assert [one["member"]["role"] for one in made] == ["USER", "CONTRACT_MANAGER", "SOFTWARE_COORDINATOR"]
    assert [one["member"]["groups"]["nodes"] for one in made] == [[], [], [{"id": group}]]


async def test_all_that_is_wrong_is_told_at_once_and_nobody_is_invited(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    foreign = await world.group(await world.team())
    before = await world.fingerprint()
    told = await invite(
        desk,
        person("grace@tests-a.example"),
        person("no address"),
        person("GRACE@tests-a.example"),
        person(firstName=" ", lastName="\u0007"),
        person("nobody", groupIds=[foreign]),
        person(groupIds=["group_unknown"]),
    )
    assert told.said == [
        ("EMAIL_INVALID", 1),
        ("DUPLICATE", 2),
        ("NAME_INVALID", 3),
        ("NAME_INVALID", 3),
        ("EMAIL_INVALID", 4),
        ("GROUP_NOT_FOUND", 4),
        ("GROUP_NOT_FOUND", 5),
    ]
    assert [error["field"] for error in told.content["errors"]][2:5] == [
        ["people", "firstName"], ["people", "lastName"], ["people", "email"],
    ]  # fmt: skip
    assert (told.content["invitations"], await world.fingerprint()) == ([], before)


async def test_under_best_effort_only_their_own_rows_stop(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    told = await invite(desk, person(), person("nobody"), person(), mode="BEST_EFFORT")
    assert (told.said, len(told.content["invitations"])) == ([("EMAIL_INVALID", 1)], 2)


@pytest.mark.parametrize(("people", "code"), [(0, "LIST_EMPTY"), (5_001, "LIST_TOO_LONG")])
async def test_a_list_has_1_to_5000_people(client: Client, world: World, people: int, code: str) -> None:
    desk = await desk_of(client, world, seats=0)
    told = await invite(desk, *(person(f"p{n}@tests.example") for n in range(people)))
    assert told.said == [(code, None)]
    assert await pending(desk) == []


async def test_who_is_a_member_or_invited_already_is_information(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    other = await world.member(desk.team)
    once = person()
    await invite(desk, once)
    told = await invite(desk, {**once, "email": once["email"].upper()}, person(other.email), person())
    assert told.said == [("ALREADY_MEMBER", 0), ("ALREADY_MEMBER", 1)]
    assert len(await pending(desk)) == 2


async def test_spellings_that_are_one_account_are_one_person(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    n = next(counter)
    told = await invite(desk, person(f"kelvin{n}@tests.example"), person(f"\u212aelvin{n}@tests.example"))
    assert told.said == [("DUPLICATE", 1)]


async def test_an_account_that_exists_is_not_shown_for_inviting_it(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    ada = await world.person("Ada", "Byron")
    async with world.engine.begin() as connection:
        await connection.execute(text("update users set password_hash = 'x' where id = :id"), {"id": ada.id})
    await invite(desk, person(ada.email))
    [one] = await pending(desk)
    assert one["user"]["name"] == "Grace Hopper"


async def test_two_teams_that_invite_the_same_people_at_once_share_their_accounts(client: Client, world: World) -> None:
    desks = [await desk_of(client, world, seats=0) for _ in range(3)]
    people = [person() for _ in range(50)]
    orders = (people, people[::-1], people[25:] + people[:25])
    told = await asyncio.gather(*(invite(desk, *order) for desk, order in zip(desks, orders, strict=True)))
    accounts = [{one["member"]["user"]["id"] for one in each.content["invitations"]} for each in told]
    assert [each.said for each in told] == [[], [], []]
    assert len(accounts[0]) == 50
    assert accounts[0] == accounts[1] == accounts[2]


async def test_of_two_who_invite_somebody_at_once_one_is_told(client: Client, world: World) -> None:
    desk, guest = await desk_of(client, world, seats=0), person()
    told = await asyncio.gather(*(invite(desk, guest) for _ in range(3)))
    assert sorted(each.said for each in told) == [[], [("ALREADY_MEMBER", 0)], [("ALREADY_MEMBER", 0)]]


async def test_inviting_gives_no_right(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    ada = await world.person()
    await invite(desk, person(ada.email, role="CONTRACT_MANAGER"))
    assert (await client(MEMBERS, ada.secret, team=desk.team)).codes == ["NOT_FOUND"]


async def test_a_coordinator_invites_no_contract_manager_not_even_among_others(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    before = await world.fingerprint()
    asked = {"teamId": desk.team, "people": [person(), person(role="CONTRACT_MANAGER")], "mode": "BEST_EFFORT"}
    assert (await desk.send("inviteMembers", **asked)).codes == ["FORBIDDEN"]
    assert await world.fingerprint() == before


async def test_newcomers_get_what_their_groups_give(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    group = await world.group(desk.team)
    await world.gives(desk.team, group, desk.product)
    people = [person(groupIds=[group]), person(groupIds=[group])]
    before = await world.fingerprint()
    refused = await invite(desk, *people)
    assert (refused.said, refused.content["invitations"]) == ([("NO_SEAT_LEFT", 1)], [])
    assert await world.fingerprint() == before
    told = await invite(desk, *people, mode="WAITLIST")
    first, second = (one["member"]["user"]["id"] for one in told.content["invitations"])
    assert (told.said, told.holders, told.line) == ([("WAITING", 1)], [first], [(1, second)])
    assert [source["kind"] for source in told.content["seats"][0]["sources"]] == ["GROUP"]


@pytest.mark.parametrize(
    ("scopes", "code"),
    [
        ((Scope.MEMBERS_INVITE,), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.GROUPS_UPDATE), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.SEATS_ASSIGN), "FORBIDDEN"),
        ((Scope.MEMBERS_INVITE, Scope.GROUPS_UPDATE, Scope.SEATS_ASSIGN), None),
    ],
)
async def test_a_token_needs_the_scopes_of_all_that_inviting_does(
    client: Client, world: World, scopes: tuple[Scope, ...], code: str | None
) -> None:
    desk = await desk_of(client, world, seats=1)
    group = await world.group(desk.team)
    await world.gives(desk.team, group, desk.product)
    _, secret = await world.token(desk.team, desk.who.id, *scopes)
    asked = {"teamId": desk.team, "people": [person(groupIds=[group])]}
    answer = await client(operation("inviteMembers", "errors { code }"), secret, input=asked)
    assert answer.codes == ([code] if code else [])
    assert len(await pending(desk)) == (0 if code else 1)


async def test_what_was_done_is_told_with_what_the_policy_knew(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    group = await world.group(desk.team)
    await world.gives(desk.team, group, desk.product)
    made = (await invite(desk, person(groupIds=[group]))).content["invitations"][0]
    user = made["member"]["user"]["id"]
    [row] = await audit_rows(world, desk.team)
    assert (row.action, row.after["invited"]) == ("members:invite", {made["id"]: {"user": user, "role": "user"}})
    assert (row.after["joined"], list(row.after["assigned"].values())) == ({user: [group]}, [user])
    assert [fact["action"] for fact in row.facts if "action" in fact] == ["groups:update", "seats:assign"]


@pytest.mark.parametrize("people", [1, 40])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    client: Client, world: World, statements: list[str], people: int
) -> None:
    desk = await desk_of(client, world, seats=50)
    group = await world.group(desk.team)
    await world.gives(desk.team, group, desk.product)
    guests = [person(groupIds=[group]) for _ in range(people)]
    statements.clear()
    asked = {"teamId": desk.team, "people": guests}
    await client(operation("inviteMembers", "errors { code }"), desk.secret, input=asked)
    assert len(statements) == 18


async def test_a_dry_run_queues_no_mail(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    before = await queued(world)
    assert len((await invite(desk, person(), dryRun=True)).content["invitations"]) == 1
    assert (await queued(world), await pending(desk)) == (before, [])


async def test_sent_again_an_invitation_has_a_new_link_and_the_old_one_is_dead(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    grace = await world.invited(desk.team)
    old, link = await world.invitation(desk.team, grace.id), await world.link(desk.team, grace.id)
    told = await desk.tell("resendInvitation", teamId=desk.team, invitationId=old)
    new = told.content["invitation"]
    assert (told.said, new["status"], new["sentAt"], new["id"] != old) == ([], "OPEN", None, True)
    assert {"team_id": desk.team, "invitation_id": new["id"]} in await queued(world)
    accepted = await client(operation("acceptInvitation"), input={"token": link, "password": "correct horse battery"})
    assert [error["code"] for error in accepted.data["acceptInvitation"]["errors"]] == ["INVITATION_INVALID"]
    assert [one["invitation"]["id"] for one in await pending(desk)] == [new["id"]]
    for mutation in ("resendInvitation", "revokeInvitation"):
        again = await desk.tell(mutation, teamId=desk.team, invitationId=old)
        assert again.said == [("INVITATION_INVALID", None)]


async def test_a_revoked_persons_seats_go_to_who_waits(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    grace = await world.invited(desk.team)
    link = await world.link(desk.team, grace.id)
    await desk.hold(grace.id)
    [ada] = await desk.members(1)
    await desk.assign([ada], mode="WAITLIST")
    asked = {"teamId": desk.team, "invitationId": await world.invitation(desk.team, grace.id)}
    told = await desk.tell("revokeInvitation", **asked)
    assert (told.content["revokedUserId"], told.promoted) == (grace.id, [ada])
    assert (await desk.holders(), await pending(desk)) == ([ada], [])
    assert (await desk.send("revokeInvitation", **asked)).codes == ["NOT_FOUND"]
    accepted = await client(operation("acceptInvitation"), input={"token": link, "password": "correct horse battery"})
    assert [error["code"] for error in accepted.data["acceptInvitation"]["errors"]] == ["INVITATION_INVALID"]


async def test_who_accepted_is_neither_invited_again_nor_revoked(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    grace = await world.invited(desk.team)
    asked = {"teamId": desk.team, "invitationId": await world.invitation(desk.team, grace.id)}
    link = await world.link(desk.team, grace.id)
    assert (await client(operation("acceptInvitation"), grace.secret, input={"token": link})).codes == []
    for mutation in ("resendInvitation", "revokeInvitation"):
        assert (await desk.tell(mutation, **asked)).said == [("INVITATION_ACCEPTED", None)]


async def test_an_invitation_of_another_team_is_not_there(client: Client, world: World) -> None:
    desk, other = await desk_of(client, world, seats=0), await desk_of(client, world, seats=0)
    grace = await world.invited(other.team)
    id_ = await world.invitation(other.team, grace.id)
    for team in (desk.team, other.team):
        for mutation in ("resendInvitation", "revokeInvitation"):
            assert (await desk.send(mutation, teamId=team, invitationId=id_)).codes == ["NOT_FOUND"]


async def test_an_address_is_for_those_who_may_read_addresses(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    _, secret = await world.token(desk.team, desk.who.id, Scope.MEMBERS_READ)
    await invite(desk, person())
    query = "query ($team: ID!) { team(id: $team) { members { nodes { invitation { status email } } } } }"
    nodes = (await client(query, secret, team=desk.team)).data["team"]["members"]["nodes"]
    assert {"status": "OPEN", "email": None} in [one["invitation"] for one in nodes]
