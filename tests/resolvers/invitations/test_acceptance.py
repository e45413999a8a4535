"""Accepting an invitation: who may, with what, what they get, and what is said to everybody else."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from domain.credentials import CredentialKind, issue
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import Someone, World

PASSWORD = "correct horse battery"
TEAMS = "{ viewer { id email memberships { nodes { role status } } } teams { nodes { id } } }"


JOINED = "member { status team { id } } token errors { code }"


@dataclass(frozen=True)
class Guest:
    """Somebody with the link of an invitation to the desk's team; their account has no password."""

    desk: Desk
    who: Someone
    link: str

    async def accept(self, secret: str | None = None, **more: Any) -> Told:
        """Accept it."""
        asked = {"token": self.link, "password": PASSWORD, **more}
        answer = await self.desk.client(operation("acceptInvitation"), secret, input=asked)
        return Told(answer.data["acceptInvitation"])

    async def change(self, assignment: str) -> None:
        """Change the row of the invitation."""
        async with self.desk.world.engine.begin() as connection:
            sql = f"update invitations set {assignment} where user_id = :id"
            await connection.execute(text(sql), {"id": self.who.id})

    async def open_account(self) -> None:
        """Give the account a password."""
        async with self.desk.world.engine.begin() as connection:
            sql = "update users set password_hash = 'x' where id = :id"
            await connection.execute(text(sql), {"id": self.who.id})


async def guest_of(client: Client, world: World, seats: int = 1, role: Role = Role.USER, **more: Any) -> Guest:
    """Somebody invited to a new team."""
    desk = await desk_of(client, world, seats=seats, **more)
    who = await world.invited(desk.team, role)
    return Guest(desk, who, await world.link(desk.team, who.id))


async def test_who_has_no_account_opens_one_and_is_signed_in(client: Client, world: World) -> None:
    guest = await guest_of(client, world, role=Role.SOFTWARE_COORDINATOR)
    told = await guest.accept()
    member = told.content["member"]
    assert (told.said, member["role"], member["status"], member["user"]["id"]) == (
        [], "SOFTWARE_COORDINATOR", "ACTIVE", guest.who.id,
    )  # fmt: skip
    seen = (await client(TEAMS, told.content["token"])).data
    assert seen["teams"]["nodes"] == [{"id": guest.desk.team}]
    assert seen["viewer"]["memberships"]["nodes"] == [{"role": "SOFTWARE_COORDINATOR", "status": "ACTIVE"}]
    signed = await client(operation("signIn"), input={"email": guest.who.email, "password": PASSWORD})
    assert signed.data["signIn"]["user"]["id"] == guest.who.id


async def test_names_that_were_written_wrong_are_corrected(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    told = await guest.accept(firstName=" Amazing Grace ")
    assert told.content["member"]["user"]["name"] == "Amazing Grace Hopper"


async def test_a_seat_given_meanwhile_is_kept(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    await guest.desk.assign([guest.who.id])
    before = await guest.desk.history()
    await guest.accept()
    assert await guest.desk.holders() == [guest.who.id]
    assert await guest.desk.history() == before


@pytest.mark.parametrize("seats", [1, 0])
async def test_the_default_products_of_the_team_are_given_or_waited_for(
    client: Client, world: World, seats: int
) -> None:
    guest = await guest_of(client, world, seats=seats)
    await world.default(guest.desk.team, guest.desk.product, guest.desk.who.id)
    token = (await guest.accept()).content["token"]
    mine = "{ viewer { seats { nodes { sources { kind } } } memberships { nodes { waits { position } } } } }"
    seen = (await client(mine, token)).data["viewer"]
    held = [source["kind"] for seat in seen["seats"]["nodes"] for source in seat["sources"]]
    waits = [wait["position"] for one in seen["memberships"]["nodes"] for wait in one["waits"]]
    assert (held, waits) == ((["DEFAULT"], []) if seats else ([], [1]))
    [row] = await audit_rows(world, guest.desk.team)
    told = list(row.after["assigned"].values()) if seats else row.after["waiting"][guest.desk.product]
    assert (row.action, row.actor_kind, told) == ("invitations:accept", "anonymous", [guest.who.id])


async def test_who_set_the_default_gets_none_where_duties_are_separated(client: Client, world: World) -> None:
    guest = await guest_of(client, world, separated=True)
    await world.default(guest.desk.team, guest.desk.product, guest.who.id)
    assert (await guest.accept()).said == []
    assert await guest.desk.holders() == []


async def test_who_has_an_account_signs_in_first(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    await guest.open_account()
    before = await world.fingerprint()
    told = await guest.accept()
    assert (told.said, told.content["token"]) == ([("SIGN_IN_FIRST", None)], None)
    assert await world.fingerprint() == before
    answer = await client(operation("acceptInvitation", JOINED), guest.who.secret, input={"token": guest.link})
    joined = {"status": "ACTIVE", "team": {"id": guest.desk.team}}
    assert answer.data["acceptInvitation"] == {"member": joined, "token": None, "errors": []}


async def test_who_is_signed_in_as_another_is_told_nothing_of_the_account(client: Client, world: World) -> None:
    guest, other = await guest_of(client, world), await world.person()
    before = await world.fingerprint()
    told = await guest.accept(other.secret)
    assert (told.said, told.content["member"]) == ([("EMAIL_DIFFERS", None)], None)
    assert guest.who.email not in str(told.content)
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    "link",
    ["", "nonsense", issue(CredentialKind.INVITATION)[0], issue(CredentialKind.SESSION)[0], "ключ"],
    ids=["empty", "nonsense", "unknown", "a session's", "in another script"],
)
async def test_a_forged_link_is_answered_like_an_unknown_one(client: Client, world: World, link: str) -> None:
    guest = await guest_of(client, world)
    before = await world.fingerprint()
    unknown = await guest.accept(token=issue(CredentialKind.INVITATION)[0])
    assert (await guest.accept(token=link)).content == unknown.content
    assert unknown.said == [("INVITATION_INVALID", None)]
    assert await world.fingerprint() == before


async def test_a_session_is_no_link_and_a_link_is_no_session(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    assert (await client(TEAMS, guest.link)).codes == ["UNAUTHENTICATED"]
    assert (await guest.accept(token=guest.who.secret)).said == [("INVITATION_INVALID", None)]


async def test_an_old_link_is_dead(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    await guest.change("created_at = now() - interval '31 days', expires_at = now() - interval '1 second'")
    before = await world.fingerprint()
    assert (await guest.accept()).said == [("INVITATION_EXPIRED", None)]
    assert await world.fingerprint() == before


async def test_accepting_twice_is_told(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    token = (await guest.accept()).content["token"]
    before = await world.fingerprint()
    for secret in (None, token):
        told = await guest.accept(secret)
        assert (told.said, told.content["token"]) == ([("INVITATION_ACCEPTED", None)], None)
    assert await world.fingerprint() == before


async def test_of_many_at_once_one_accepts(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    told = await asyncio.gather(*(guest.accept(password=f"{PASSWORD} {n}") for n in range(6)))
    accepted = [one for one in told if one.content["token"]]
    assert len(accepted) == 1
    assert {one.said[0][0] for one in told if one.said} <= {"INVITATION_ACCEPTED", "INVITATION_INVALID"}
    assert len(await audit_rows(world, guest.desk.team)) == 1


@pytest.mark.parametrize("password", [None, "", "too short", "x" * 201])
async def test_a_new_account_needs_a_password(client: Client, world: World, password: str | None) -> None:
    guest = await guest_of(client, world)
    told = await guest.accept(password=password, lastName=" ")
    assert told.said == [("PASSWORD_INVALID", None), ("NAME_INVALID", None)]


async def test_neither_link_nor_password_is_kept(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    token = (await guest.accept(idempotencyKey="k")).content["token"]
    async with world.engine.connect() as connection:
        kept = (
            await connection.execute(text("select string_agg(convert_from(payload, 'UTF8'), ' ') from answers"))
        ).scalar()
        told = (await connection.execute(text("select string_agg(after::text, ' ') from audit_events"))).scalar()
    for secret in (guest.link, token, PASSWORD):
        assert secret not in str(kept)
        assert secret not in str(told)


async def test_a_repeat_is_told_that_it_was_its_own_doing(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    first = await guest.accept(idempotencyKey="k")
    before = await world.fingerprint()
    repeat = await guest.accept(idempotencyKey="k")
    assert (repeat.content["member"], repeat.content["token"]) == (first.content["member"], None)
    assert repeat.said == [("SECRET_SHOWN_ONCE", None)]
    assert (await guest.accept(idempotencyKey="other")).said == [("INVITATION_ACCEPTED", None)]
    assert await world.fingerprint() == before


async def test_one_key_for_two_invitations_accepts_both(client: Client, world: World) -> None:
    first, me = await guest_of(client, world), await world.person()
    for _ in range(2):
        team = await world.team()
        await world.invited(team, someone=me)
        told = await first.accept(me.secret, token=await world.link(team, me.id), idempotencyKey="k")
        assert told.said == []
    assert (await client("{ teams { totalCount } }", me.secret)).data == {"teams": {"totalCount": 2}}


async def test_a_wrong_password_uses_no_key(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    await guest.accept(password="short", idempotencyKey="k")
    assert (await guest.accept(idempotencyKey="k")).said == []


async def test_the_session_goes_into_a_cookie_for_who_asks_for_that(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    asked = {"token": guest.link, "password": PASSWORD, "delivery": "COOKIE"}
    body = {"query": operation("acceptInvitation"), "variables": {"input": asked}}
    assert (await client.post(body)).codes == ["BAD_USER_INPUT"]
    answer = await client.post(body, {"usher-require-preflight": "1"})
    assert answer.data["acceptInvitation"]["token"] is None
    assert "HttpOnly" in answer.headers["set-cookie"]
    client.http.cookies.clear()


async def test_a_dry_run_tells_and_leaves_the_link_alive(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    before = await world.fingerprint()
    told = await guest.accept(dryRun=True)
    assert (told.said, told.content["token"], told.content["member"]["status"]) == ([], None, "ACTIVE")
    assert await world.fingerprint() == before
    assert (await guest.accept()).said == []


async def test_signing_up_with_the_address_of_an_invitation_names_the_mail(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    asked = {"email": guest.who.email.upper(), "password": PASSWORD, "firstName": "Eve", "lastName": "Mallory"}
    before = await world.fingerprint()
    told = (await client(operation("signUp"), input=asked)).data["signUp"]
    assert [error["code"] for error in told["errors"]] == ["INVITATION_PENDING"]
    assert await world.fingerprint() == before


async def test_once_it_is_taken_back_one_signs_up_as_if_it_had_never_been(client: Client, world: World) -> None:
    guest = await guest_of(client, world)
    await guest.desk.assign([guest.who.id])
    id_ = await world.invitation(guest.desk.team, guest.who.id)
    await guest.desk.tell("revokeInvitation", teamId=guest.desk.team, invitationId=id_)
    asked = {"email": guest.who.email, "password": PASSWORD, "firstName": "Eve", "lastName": "Mallory"}
    told = (await client(operation("signUp"), input=asked)).data["signUp"]
    assert (told["errors"], told["user"]["email"]) == ([], guest.who.email)
    assert (await client("{ teams { totalCount } }", told["token"])).data == {"teams": {"totalCount": 0}}
