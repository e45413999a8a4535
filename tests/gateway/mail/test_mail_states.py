"""A coordinator sees what became of each mail, and the mail server's reason if it refused one."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from db.core.database import Database
from domain.actions import Scope
from domain.mails import MAX_REASON
from gateway import worker
from gateway.mail.sender import clean_reason
from tests.conftest import Client
from tests.gateway.mail.test_request_mails import caller, create_request, short_pauses
from tests.support.database import fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.mutations import Caller, new_caller
from tests.support.queued_mails import settings, wait_until_done
from tests.support.workspaces import workspace
from tests.support.world import World, counter

pytestmark = pytest.mark.slow
__all__ = ["caller", "short_pauses"]

MAIL = "mailState mailReason"
MEMBERS = f"""
query ($team: ID!, $filter: MembersFilter) {{
  team(id: $team) {{ members(filter: $filter) {{ totalCount nodes {{ invitation {{ id sentAt {MAIL} }} }} }} }}
}}
"""
NODE = """
query ($id: ID!) { node(id: $id) {
  ... on Invitation { invitation: mailState mailReason }
  ... on SeatRequest { request: mailState mailReason }
} }
"""
REQUESTS = f"""
query ($team: ID!, $mail: MailState) {{ team(id: $team) {{ requests(mailState: $mail) {{ nodes {{ id {MAIL} }} }} }} }}
"""
REFUSAL = "550 5.1.1 no such person"
END_PAUSES = "update mail_pauses set until = now() - interval '1 second'"


def address(name: str = "ada", domain: str = "tests.example") -> str:
    """An address that got no mail yet."""
    return f"{name}{next(counter)}@{domain}"


async def invite(caller: Caller, *addresses: str) -> list[str]:
    """Invite people to the team. Returns the ids of their invitations."""
    people = [{"firstName": "Grace", "lastName": "Hopper", "email": address} for address in addresses]
    payload = await caller.mutate("inviteMembers", teamId=caller.team, people=people)
    return [one["id"] for one in payload.content["invitations"]]


async def members(caller: Caller, secret: str | None = None, **filter: object) -> list[dict[str, Any]]:
    """The invitations of the members that this filter finds."""
    answer = await caller.client(MEMBERS, secret or caller.secret, team=caller.team, filter=filter)
    found = answer.data["team"]["members"]
    assert found["totalCount"] == len(found["nodes"])
    return [one["invitation"] for one in found["nodes"]]


async def node(caller: Caller, id_: str, secret: str | None = None) -> tuple[str | None, str | None]:
    """The state and the reason of the mail about an object."""
    found = (await caller.client(NODE, secret or caller.secret, id=id_)).data["node"]
    return found.get("invitation", found.get("request")), found["mailReason"]


async def send_all(database: Database, at_rcpt: Callable[[str], str | None] = lambda _: None) -> MailCatcher:
    """Send all queued mails to a server that answers so. It does not support SMTPUTF8."""
    mail_catcher = MailCatcher(at_rcpt=at_rcpt)
    with mail_catcher.open(smtputf8=False):
        async with worker.in_background(workspace(database), settings(mail_catcher)):
            await wait_until_done(database)
    return mail_catcher


async def test_a_coordinator_finds_the_invited_people_that_no_mail_reached(
    caller: Caller, clean_database: Database
) -> None:
    people = {name: address(name) for name in ("refused", "strange", "sent", "accepted", "用户")}
    people["idn"] = address("idn", "xn--mller-kva.example")
    invited = dict(zip(people, await invite(caller, *people.values()), strict=True))
    assert {one["mailState"] for one in await members(caller, mailState="QUEUED")} == {"QUEUED"}
    async with caller.world.engine.begin() as connection:
        accept = text("update invitations set accepted_at = now() where id = :id")
        await connection.execute(accept, {"id": invited["accepted"]})
    strange = f"550-5.1.1 <{people['strange'].upper()}>\x00\x1b[31mevil\r\n550 {'long ' * 200}"
    answers = {people["refused"]: REFUSAL, people["strange"]: strange}
    mail_catcher = await send_all(clean_database, answers.get)
    assert {str(mail["Delivered-To"]) for mail in mail_catcher.mails} == {people["sent"], people["idn"]}
    assert {name: (await node(caller, id_))[0] for name, id_ in invited.items()} == {
        **dict.fromkeys(["refused", "strange", "用户"], "REFUSED"),
        **dict.fromkeys(["sent", "idn"], "SENT"),
        "accepted": "DROPPED",
    }
    refused = await members(caller, mailState="REFUSED")
    reasons = {one["id"]: one["mailReason"] for one in refused}
    assert reasons.keys() == {invited[name] for name in ("refused", "strange", "用户")}
    assert {one["sentAt"] for one in refused} == {None}
    assert reasons[invited["refused"]] == REFUSAL
    assert reasons[invited["strange"]].startswith("550 5.1.1 <…> [31mevil long long")
    assert len(reasons[invited["strange"]]) == MAX_REASON
    assert "does not support SMTPUTF8" in reasons[invited["用户"]]
    _, partner = await caller.world.token(caller.team, caller.who.id, Scope.MEMBERS_READ)
    hidden = [{**one, "mailReason": None} for one in refused]
    assert await members(caller, partner, mailState="REFUSED") == hidden
    assert await members(caller, mailState="SENT", status="ACTIVE") == []


async def test_an_invitation_that_is_sent_again_has_no_state_of_the_refused_mail(
    caller: Caller, clean_database: Database
) -> None:
    [refused] = await invite(caller, address())
    await send_all(clean_database, lambda _: REFUSAL)
    await fetch_rows(clean_database, END_PAUSES)
    again = await caller.mutate("resendInvitation", teamId=caller.team, invitationId=refused)
    new = again.content["invitation"]
    assert (new["mailState"], new["mailReason"], await members(caller, mailState="REFUSED")) == ("QUEUED", None, [])
    await send_all(clean_database)
    assert [one["id"] for one in await members(caller, mailState="SENT")] == [new["id"]]
    assert [await node(caller, id_) for id_ in (refused, new["id"])] == [("REFUSED", REFUSAL), ("SENT", None)]


async def test_the_mail_of_an_answered_request_has_a_state(caller: Caller, clean_database: Database) -> None:
    (bounced, bounces), (reached, _) = await create_request(caller), await create_request(caller)
    assert await node(caller, bounced) == (None, None)
    for request in (bounced, reached):
        await caller.answer_request(request, grant=False)
    assert await node(caller, bounced) == ("QUEUED", None)
    withdrawn = (await caller.request_seat()).content["request"]["id"]
    await caller.mutate("withdrawRequest", requestId=withdrawn)
    await send_all(clean_database, lambda to: REFUSAL if to == bounces else None)
    assert [await node(caller, one) for one in (reached, withdrawn)] == [("SENT", None), (None, None)]
    found = await caller.client(REQUESTS, caller.secret, team=caller.team, mail="REFUSED")
    expected = {"id": bounced, "mailState": "REFUSED", "mailReason": REFUSAL}
    assert found.data["team"]["requests"]["nodes"] == [expected]


async def test_the_states_of_a_page_are_read_with_its_members(
    client: Client, world: World, statements: list[str]
) -> None:
    caller = await new_caller(client, world, seats=0)
    await invite(caller, *(address() for _ in range(3)))
    for which in ({"mailState": "QUEUED"}, {"status": "PENDING"}):
        statements.clear()
        assert len(await members(caller, **which)) == 3
        assert len(statements) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("550 no ada@müller.example here", "550 no … here"),
        ("550 no ADA@XN--MLLER-KVA.example here", "550 no … here"),
        ("550 a\tb\x07\x85c\u2028d\udcffe", "550 a b c d e"),
        ("550 \u202eabc\u200b\u2066d\ufeff", "550 abcd"),
        ("5" * 500, "5" * 500),
        ("5" * 501, "5" * 499 + "…"),
    ],
)
def test_a_reason_is_one_line_without_the_address(words: str, reason: str) -> None:
    assert clean_reason(words, "ada@müller.example") == reason


def test_an_address_without_a_domain_can_have_a_reason() -> None:
    assert clean_reason("The recipient must be an address", "") == "The recipient must be an address"
