"""An address gets at most one invitation mail in five minutes, in every way in which somebody can ask for it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.mails import MailPurpose
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, new_caller
from tests.support.world import World, counter

pytestmark = pytest.mark.slow
PAUSE, LONGEST = MailPurpose.INVITATION.pause, MailPurpose.INVITATION.longest_delay


async def delays(world: World, *teams: str) -> list[timedelta]:
    """How long each queued invitation mail of these teams waits after it was queued, the first job first."""
    query = text("""
select execute_after - created from jobs.pgqueuer
where entrypoint = 'invitation' and convert_from(payload, 'UTF8')::jsonb ->> 'team_id' = any(:teams) order by id
""")
    async with world.engine.connect() as connection:
        return list((await connection.execute(query, {"teams": list(teams)})).scalars())


def rounded(found: list[timedelta]) -> list[int]:
    """Delays in minutes."""
    return [round(one / timedelta(minutes=1)) for one in found]


async def end_pauses(world: World) -> None:
    """Let all pauses be over."""
    async with world.engine.begin() as connection:
        await connection.execute(text("update mail_pauses set until = now() - interval '1 second'"))


def address() -> str:
    """An e-mail address that nobody has."""
    return f"Paused{next(counter)}@Tests.example"


async def invite(caller: Caller, email: str) -> dict[str, Any]:
    """Invite this address to the caller's team. Returns the invitation."""
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    payload = await caller.mutate("inviteMembers", teamId=caller.team, people=[person])
    assert payload.errors == []
    invitation: dict[str, Any] = payload.content["invitations"][0]
    return invitation


async def resend(caller: Caller, invitation: str, **more: object) -> dict[str, Any]:
    """Send an invitation again. Returns the payload."""
    selection = "mutation($input: ResendInvitationInput!) { resendInvitation(input: $input) { "
    selection += "invitation { id } errors { code field retryAfter } } }"
    values = {"teamId": caller.team, "invitationId": invitation, **more}
    payload: dict[str, Any] = (await caller.client(selection, caller.secret, input=values)).data["resendInvitation"]
    return payload


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A caller who is a coordinator."""
    return await new_caller(client, world, seats=1)


async def test_an_invitation_is_not_sent_again_before_its_pause_is_over(world: World, caller: Caller) -> None:
    invitation = (await invite(caller, address()))["id"]
    before = await world.fingerprint()
    for _ in range(25):
        payload = await resend(caller, invitation)
        [error] = payload["errors"]
        assert (payload["invitation"], error["code"], error["field"]) == (None, "MAIL_PAUSED", ["invitationId"])
        assert 0 < error["retryAfter"] <= PAUSE.total_seconds()
    assert await world.fingerprint() == before
    await end_pauses(world)
    again = await resend(caller, invitation)
    assert (again["errors"], bool(again["invitation"])) == ([], True)
    assert [error["code"] for error in (await resend(caller, again["invitation"]["id"]))["errors"]] == ["MAIL_PAUSED"]
    assert rounded(await delays(world, caller.team)) == [0, 0]


async def test_a_paused_request_can_be_repeated_with_its_key(world: World, caller: Caller) -> None:
    invitation = (await invite(caller, address()))["id"]
    assert (await resend(caller, invitation, idempotencyKey="k"))["errors"]
    await end_pauses(world)
    assert (await resend(caller, invitation, idempotencyKey="k"))["errors"] == []


async def test_a_dry_run_starts_no_pause(world: World, caller: Caller) -> None:
    invitation = (await invite(caller, address()))["id"]
    await end_pauses(world)
    assert (await resend(caller, invitation, dryRun=True))["errors"] == []
    assert (await resend(caller, invitation))["errors"] == []


async def test_of_simultaneous_requests_one_sends_the_mail(world: World, caller: Caller) -> None:
    email, other = address(), await new_caller(caller.client, world, seats=1)
    first, second = (await invite(caller, email))["id"], (await invite(other, email))["id"]
    await end_pauses(world)
    payloads = await asyncio.gather(*(resend(one, id_) for one, id_ in ((caller, first), (other, second)) * 4))
    assert sum(payload["errors"] == [] for payload in payloads) == 1


async def test_the_pause_of_an_address_is_the_same_in_all_teams_and_spellings(world: World, caller: Caller) -> None:
    email, other = address(), await new_caller(caller.client, world, seats=1)
    await invite(caller, email)
    invitation = (await invite(other, email.upper()))["id"]
    assert rounded(await delays(world, other.team)) == [PAUSE // timedelta(minutes=1)]
    assert [error["code"] for error in (await resend(other, invitation))["errors"]] == ["MAIL_PAUSED"]


async def test_revoking_and_inviting_again_is_no_way_round(world: World, caller: Caller) -> None:
    email = address()
    for _ in range(4):
        invitation = (await invite(caller, email))["id"]
        revoked = await caller.mutate("revokeInvitation", teamId=caller.team, invitationId=invitation)
        assert revoked.errors == []
    assert rounded(await delays(world, caller.team)) == [0, 5, 10, 15]


async def test_revoked_invitations_do_not_keep_others_from_the_address_for_long(world: World, caller: Caller) -> None:
    email = address()
    for _ in range(15):
        invitation = (await invite(caller, email))["id"]
        await caller.mutate("revokeInvitation", teamId=caller.team, invitationId=invitation)
    assert max(await delays(world, caller.team)) <= LONGEST


async def test_an_import_books_each_address_once(world: World, caller: Caller) -> None:
    emails = [address() for _ in range(3)]
    await invite(caller, emails[1])
    manager = await world.member(await world.team(), Role.CONTRACT_MANAGER)
    async with world.engine.connect() as connection:
        query = text("select team_id from memberships where user_id = :id")
        team = str((await connection.execute(query, {"id": manager.id})).scalar_one())
    other = Caller(caller.client, world, team, caller.product, manager.secret, manager)
    lines = ["First name,Last name,Email address", *(f"Ada,Byron,{email}" for email in emails)]
    payload = await other.mutate("importMembers", teamId=team, text="\n".join(lines))
    assert payload.content["imported"] == 3
    assert sorted(rounded(await delays(world, team))) == [0, 0, 5]
