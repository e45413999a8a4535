"""Accepting an invitation: who may accept it, what the person gets, and how other requests are answered."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from domain.credentials import CredentialKind, issue
from domain.roles import Role
from resolvers.access import admission
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.password_gate import OLD, Gate
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"
TEAMS = "{ viewer { id email memberships { nodes { role status } } } teams { nodes { id } } }"
TEAM = "team { id name viewerRole }"
REPEATED = operation(
    "acceptInvitation",
    f"member {{ {TEAM} }} teamEdges {{ node {{ viewerRole }} }} seatEdges {{ node {{ {TEAM} }} }} errors {{ code }}",
)
JOINED = "member { status team { id } } token errors { code }"


@dataclass(frozen=True)
class Invitee:
    """A person with an invitation to the caller's team and its token; their account has no password."""

    caller: Caller
    account: Account
    link: str

    async def accept(self, secret: str | None = None, **more: Any) -> Payload:
        """Accept the invitation."""
        values = {"token": self.link, "password": PASSWORD, **more}
        answer = await self.caller.client(operation("acceptInvitation"), secret, input=values)
        return Payload(answer.data["acceptInvitation"])

    async def change(self, assignment: str) -> None:
        """Change the row of the invitation by this SQL assignment."""
        async with self.caller.world.engine.begin() as connection:
            sql = f"update invitations set {assignment} where user_id = :id"
            await connection.execute(text(sql), {"id": self.account.id})

    async def open_account(self) -> None:
        """Give the account a password."""
        async with self.caller.world.engine.begin() as connection:
            sql = "update users set password_hash = 'x' where id = :id"
            await connection.execute(text(sql), {"id": self.account.id})


async def new_invitee(client: Client, world: World, seats: int = 1, role: Role = Role.USER, **more: Any) -> Invitee:
    """A person who is invited to a new team."""
    caller = await new_caller(client, world, seats=seats, **more)
    account = await world.invited_member(caller.team, role)
    return Invitee(caller, account, await world.invitation_token(caller.team, account.id))


async def test_a_person_without_an_account_opens_one_and_is_signed_in(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world, role=Role.SOFTWARE_COORDINATOR)
    result = await invitee.accept()
    member = result.content["member"]
    assert (result.errors, member["role"], member["status"], member["user"]["id"]) == (
        [], "SOFTWARE_COORDINATOR", "ACTIVE", invitee.account.id,
    )  # fmt: skip
    seen = (await client(TEAMS, result.content["token"])).data
    assert seen["teams"]["nodes"] == [{"id": invitee.caller.team}]
    assert seen["viewer"]["memberships"]["nodes"] == [{"role": "SOFTWARE_COORDINATOR", "status": "ACTIVE"}]
    signed = await client(operation("signIn"), input={"email": invitee.account.email, "password": PASSWORD})
    assert signed.data["signIn"]["user"]["id"] == invitee.account.id


async def test_a_person_can_correct_their_name(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    result = await invitee.accept(firstName=" Amazing Grace ")
    assert result.content["member"]["user"]["name"] == "Amazing Grace Hopper"


async def test_a_seat_that_an_invited_person_got_is_kept(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await invitee.caller.assign([invitee.account.id])
    before = await invitee.caller.history()
    await invitee.accept()
    assert await invitee.caller.holders() == [invitee.account.id]
    assert await invitee.caller.history() == before


@pytest.mark.parametrize("seats", [1, 0])
async def test_a_new_member_gets_the_default_products_or_joins_their_waiting_lists(
    client: Client, world: World, seats: int
) -> None:
    invitee = await new_invitee(client, world, seats=seats)
    await world.add_default_product(invitee.caller.team, invitee.caller.product, invitee.caller.who.id)
    token = (await invitee.accept()).content["token"]
    mine = "{ viewer { seats { nodes { sources { kind } } } memberships { nodes { waits { position } } } } }"
    seen = (await client(mine, token)).data["viewer"]
    held = [source["kind"] for seat in seen["seats"]["nodes"] for source in seat["sources"]]
    waits = [wait["position"] for one in seen["memberships"]["nodes"] for wait in one["waits"]]
    assert (held, waits) == ((["DEFAULT"], []) if seats else ([], [1]))
    [row] = await audit_rows(world, invitee.caller.team)
    result = list(row.after["assigned"].values()) if seats else row.after["waiting"][invitee.caller.product]
    assert (row.action, row.actor_kind, result) == ("invitations:accept", "anonymous", [invitee.account.id])


async def test_the_person_who_set_a_default_gets_no_seat_if_duties_are_separated(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world, separated=True)
    await world.add_default_product(invitee.caller.team, invitee.caller.product, invitee.account.id)
    assert (await invitee.accept()).errors == []
    assert await invitee.caller.holders() == []


async def test_a_person_with_an_account_must_sign_in_first(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await invitee.open_account()
    before = await world.fingerprint()
    result = await invitee.accept()
    assert (result.errors, result.content["token"]) == ([("SIGN_IN_FIRST", None)], None)
    assert await world.fingerprint() == before
    answer = await client(operation("acceptInvitation", JOINED), invitee.account.secret, input={"token": invitee.link})
    joined = {"status": "ACTIVE", "team": {"id": invitee.caller.team}}
    assert answer.data["acceptInvitation"] == {"member": joined, "token": None, "errors": []}


async def test_another_signed_in_person_learns_nothing_about_the_invited_account(client: Client, world: World) -> None:
    invitee, other = await new_invitee(client, world), await world.person()
    before = await world.fingerprint()
    result = await invitee.accept(other.secret)
    assert (result.errors, result.content["member"]) == ([("EMAIL_DIFFERS", None)], None)
    assert invitee.account.email not in str(result.content)
    assert await world.fingerprint() == before


OFFER = "offer { teamName firstName lastName email } errors { code }"


async def offered(invitee: Invitee, secret: str | None = None, **more: Any) -> dict[str, Any]:
    """Read what the link offers, as its page does: by a dry run."""
    before = await invitee.caller.world.fingerprint()
    values = {"token": invitee.link, "dryRun": True, **more}
    answer = await invitee.caller.client(operation("acceptInvitation", OFFER), secret, input=values)
    assert await invitee.caller.world.fingerprint() == before
    shown: dict[str, Any] = answer.data["acceptInvitation"]
    return shown


async def test_a_dry_run_names_the_team_and_the_invited_person(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    name = "query ($id: ID!) { team(id: $id) { name } }"
    team = await client(name, invitee.caller.who.secret, id=invitee.caller.team)
    person = {"firstName": "Grace", "lastName": "Hopper", "email": invitee.account.email}
    offer = {"teamName": team.data["team"]["name"], **person}
    assert await offered(invitee) == {"offer": offer, "errors": [{"code": "PASSWORD_INVALID"}]}
    assert await offered(invitee, password=PASSWORD) == {"offer": offer, "errors": []}
    await invitee.open_account()
    assert await offered(invitee) == {"offer": offer, "errors": [{"code": "SIGN_IN_FIRST"}]}
    assert await offered(invitee, invitee.account.secret) == {"offer": offer, "errors": []}


async def test_a_link_names_nobody_to_another_person_and_after_its_end(client: Client, world: World) -> None:
    invitee, other = await new_invitee(client, world), await world.person()
    assert await offered(invitee, other.secret) == {"offer": None, "errors": [{"code": "EMAIL_DIFFERS"}]}
    unknown = issue(CredentialKind.INVITATION)[0]
    assert await offered(invitee, token=unknown) == {"offer": None, "errors": [{"code": "INVITATION_INVALID"}]}
    assert (await invitee.accept()).errors == []
    assert await offered(invitee) == {"offer": None, "errors": [{"code": "INVITATION_ACCEPTED"}]}
    late = await new_invitee(client, world)
    await late.change("created_at = now() - interval '31 days', expires_at = now() - interval '1 second'")
    assert await offered(late) == {"offer": None, "errors": [{"code": "INVITATION_EXPIRED"}]}


@pytest.mark.parametrize(
    "link",
    ["", "nonsense", issue(CredentialKind.INVITATION)[0], issue(CredentialKind.SESSION)[0], "ключ"],
    ids=["empty", "nonsense", "unknown", "a session token", "in another script"],
)
async def test_a_forged_link_gets_the_same_answer_as_an_unknown_one(client: Client, world: World, link: str) -> None:
    invitee = await new_invitee(client, world)
    before = await world.fingerprint()
    unknown = await invitee.accept(token=issue(CredentialKind.INVITATION)[0])
    assert (await invitee.accept(token=link)).content == unknown.content
    assert unknown.errors == [("INVITATION_INVALID", None)]
    assert await world.fingerprint() == before


async def test_a_session_token_is_no_invitation_token_and_the_reverse(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    assert (await client(TEAMS, invitee.link)).codes == ["UNAUTHENTICATED"]
    assert (await invitee.accept(token=invitee.account.secret)).errors == [("INVITATION_INVALID", None)]


async def test_an_expired_link_cannot_be_used(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await invitee.change("created_at = now() - interval '31 days', expires_at = now() - interval '1 second'")
    before = await world.fingerprint()
    assert (await invitee.accept()).errors == [("INVITATION_EXPIRED", None)]
    assert await world.fingerprint() == before


async def test_accepting_twice_is_reported(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    token = (await invitee.accept()).content["token"]
    before = await world.fingerprint()
    for secret in (None, token):
        result = await invitee.accept(secret)
        assert (result.errors, result.content["token"]) == ([("INVITATION_ACCEPTED", None)], None)
    assert await world.fingerprint() == before


async def test_only_one_of_many_simultaneous_requests_accepts(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    result = await asyncio.gather(*(invitee.accept(password=f"{PASSWORD} {n}") for n in range(6)))
    accepted = [one for one in result if one.content["token"]]
    assert len(accepted) == 1
    assert {one.errors[0][0] for one in result if one.errors} <= {"INVITATION_ACCEPTED", "INVITATION_INVALID"}
    assert len(await audit_rows(world, invitee.caller.team)) == 1


@pytest.mark.parametrize("password", [None, "", "too short", "x" * 201])
async def test_a_new_account_needs_a_password(client: Client, world: World, password: str | None) -> None:
    invitee = await new_invitee(client, world)
    result = await invitee.accept(password=password, firstName=" ")
    assert result.errors == [("PASSWORD_INVALID", None), ("NAME_INVALID", None)]


async def test_neither_the_link_nor_the_password_is_stored(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    token = (await invitee.accept(idempotencyKey="k")).content["token"]
    async with world.engine.connect() as connection:
        kept = (
            await connection.execute(text("select string_agg(convert_from(payload, 'UTF8'), ' ') from answers"))
        ).scalar()
        result = (await connection.execute(text("select string_agg(after::text, ' ') from audit_events"))).scalar()
    for secret in (invitee.link, token, PASSWORD):
        assert secret not in str(kept)
        assert secret not in str(result)


async def test_a_repeat_gets_the_first_answer_and_not_that_the_invitation_was_accepted(
    client: Client, world: World
) -> None:
    invitee = await new_invitee(client, world)
    await world.add_default_product(invitee.caller.team, invitee.caller.product)
    first = await invitee.accept(idempotencyKey="k")
    before = await world.fingerprint()
    repeat = await invitee.accept(idempotencyKey="k")
    changed = {"token": None, "errors": repeat.content["errors"], "teamEdges": []}
    assert repeat.content == {**first.content, **changed}
    assert [len(first.told[name]) for name in ("memberEdges", "teamEdges", "seatEdges")] == [1, 1, 1]
    assert repeat.errors == [("SECRET_SHOWN_ONCE", None)]
    assert (await invitee.accept(idempotencyKey="other")).errors == [("INVITATION_ACCEPTED", None)]
    assert await world.fingerprint() == before


async def test_a_repeat_needs_the_session_or_the_password_of_the_account(client: Client, world: World) -> None:
    invitee, other = await new_invitee(client, world), await world.person()
    first = await invitee.accept(idempotencyKey="k")
    own = await invitee.accept(first.content["token"], password=None, idempotencyKey="k")
    assert own.content["member"] == first.content["member"] is not None
    tries = ((None, "a wrong password"), (None, None), *((other.secret, one) for one in (None, "wrong", PASSWORD)))
    for secret, password in tries:
        refused = await invitee.accept(secret, password=password, idempotencyKey="k")
        assert (refused.errors, refused.content["member"]) == ([("INVITATION_ACCEPTED", None)], None)


async def test_a_repeat_shows_no_row_whose_team_its_sender_may_not_read(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await world.add_default_product(invitee.caller.team, invitee.caller.product)
    own = (await invitee.accept(idempotencyKey="k")).content["token"]
    repeat = {"token": invitee.link, "password": PASSWORD, "idempotencyKey": "k"}
    shown = (await client(REPEATED, own, input=repeat)).data["acceptInvitation"]
    assert (shown["member"]["team"]["viewerRole"], len(shown["teamEdges"]), len(shown["seatEdges"])) == ("USER", 1, 1)
    unsigned = await client(operation("acceptInvitation", "teamEdges { node { viewerRole } }"), None, input=repeat)
    assert (unsigned.codes, unsigned.data["acceptInvitation"]["teamEdges"]) == ([], [])
    assert set((await client(REPEATED, None, input=repeat)).codes) == {"UNAUTHENTICATED"}
    refused = await client(REPEATED, (await world.person()).secret, input=repeat)
    nothing = {"member": None, "teamEdges": [], "seatEdges": [], "errors": [{"code": "INVITATION_ACCEPTED"}]}
    assert (refused.codes, refused.data["acceptInvitation"]) == ([], nothing)


async def test_a_repeat_with_a_password_that_is_replaced_meanwhile_gets_no_answer(
    client: Client, world: World, gate: Gate
) -> None:
    invitee = await new_invitee(client, world)
    assert (await invitee.accept(password=OLD, idempotencyKey="k")).errors == []
    repeat = asyncio.create_task(invitee.accept(password=OLD, idempotencyKey="k"))
    await gate.wait()
    values = {"token": await world.reset(invitee.account.id), "password": PASSWORD}
    assert (await client(operation("resetPassword"), input=values)).data["resetPassword"]["errors"] == []
    gate.open()
    refused = await repeat
    assert (refused.errors, refused.content["member"]) == ([("INVITATION_ACCEPTED", None)], None)


async def test_passwords_in_repeats_count_as_sign_ins(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await invitee.accept(idempotencyKey="k")
    for _ in range(admission.FREE_FROM_ONE_ADDRESS):
        assert (await invitee.accept(password="wrong", idempotencyKey="k")).errors == [("INVITATION_ACCEPTED", None)]
    assert (await invitee.accept(idempotencyKey="k")).errors == [("INVITATION_ACCEPTED", None)]
    signed = await client(operation("signIn"), input={"email": invitee.account.email, "password": PASSWORD})
    assert [error["code"] for error in signed.data["signIn"]["errors"]] == ["TOO_MANY_ATTEMPTS"]


async def test_one_key_for_two_invitations_accepts_both(client: Client, world: World) -> None:
    first, me = await new_invitee(client, world), await world.person()
    for _ in range(2):
        team = await world.team()
        await world.invited_member(team, account=me)
        result = await first.accept(me.secret, token=await world.invitation_token(team, me.id), idempotencyKey="k")
        assert result.errors == []
    assert (await client("{ teams { totalCount } }", me.secret)).data == {"teams": {"totalCount": 2}}


async def test_a_refused_password_does_not_use_up_the_key(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    await invitee.accept(password="short", idempotencyKey="k")
    assert (await invitee.accept(idempotencyKey="k")).errors == []


async def test_the_session_token_is_sent_in_a_cookie_on_request(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    values = {"token": invitee.link, "password": PASSWORD, "delivery": "COOKIE"}
    body = {"query": operation("acceptInvitation"), "variables": {"input": values}}
    assert (await client.post(body)).codes == ["BAD_USER_INPUT"]
    answer = await client.post(body, {"usher-require-preflight": "1"})
    assert answer.data["acceptInvitation"]["token"] is None
    assert "HttpOnly" in answer.headers["set-cookie"]
    client.http.cookies.clear()


async def test_after_a_dry_run_the_link_still_works(client: Client, world: World) -> None:
    invitee = await new_invitee(client, world)
    before = await world.fingerprint()
    result = await invitee.accept(dryRun=True)
    assert (result.errors, result.content["token"], result.content["member"]) == ([], None, None)
    assert await world.fingerprint() == before
    assert (await invitee.accept()).errors == []
