"""Signing up tells nobody which addresses have an account, and keeps no address from its owner."""

import asyncio
import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from db.access.sign_in_failures import Budget
from domain.actions import Scope
from domain.credentials import CredentialKind, issue
from domain.roles import Role
from resolvers.access import admission, mail_pauses
from tests.conftest import Answer, Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, join, mutate, newcomer, sessions
from tests.support.mutations import audit_rows, new_caller, operation
from tests.support.world import Account, World, counter

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
SELECTION = "email errors { code message field row retryAfter }"


async def execute(world: World, statement: str, **values: object) -> None:
    """Execute a statement in the database."""
    async with world.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def squatter(world: World, email: str) -> Account:
    """An account with this address and a session, which somebody made before addresses were verified."""
    account = await world.person("Mal", "Lory", email)
    sql = "update users set email_verified_at = null, password_hash = :hash where id = :id"
    await execute(world, sql, id=account.id, hash=PasswordHasher().hash("a squatter's password"))
    return account


def address() -> str:
    """An e-mail address of no account."""
    return f"victim{next(counter)}@tests.example"


async def sign_up(client: Client, email: str, **more: object) -> Answer:
    """Sign up with this address. Returns the whole answer."""
    person = {"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Byron", **more}
    return await client(operation("signUp", SELECTION), input=person)


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_sign_up_does_not_show_whether_the_address_is_known(
    client: Client, world: World, statements: list[str], dry_run: bool
) -> None:
    team, taken, invited = await world.team(), await world.person(), await world.invited_member(await world.team())
    pending = await world.invited_member(team)
    await execute(world, "update users set email_verified_at = null where id = :id", id=pending.id)
    known = [taken.email, taken.email.upper(), invited.email, pending.email]
    squatted = address()
    await squatter(world, squatted)
    await sign_up(client, address())  # the first change of a process also stores the policy
    seen = []
    for email in [address(), *known[:1], *known[2:], squatted]:
        statements.clear()
        answer = await sign_up(client, email, dryRun=dry_run)
        assert (answer.data["signUp"]["email"], answer.data["signUp"]["errors"]) == (email, [])
        seen.append(list(statements))
    assert all(one == seen[0] for one in seen)
    # The answer can depend only on what these statements read.
    assert not any(re.search(r"\b(users|memberships|invitations)\b", statement) for statement in seen[0])


async def test_the_password_of_a_sign_up_is_always_hashed(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed, hash_ = list[str](), PasswordHasher.hash

    def note(self: PasswordHasher, password: str) -> str:
        hashed.append(password)
        return hash_(self, password)

    taken = (await world.person()).email
    monkeypatch.setattr(PasswordHasher, "hash", note)
    for email in (address(), taken):
        hashed.clear()
        await sign_up(client, email)
        assert hashed == [PASSWORD]


async def test_an_unverified_sign_up_is_no_account(client: Client) -> None:
    email = address()
    await sign_up(client, email)
    unknown = await mutate(client, "signIn", email=address(), password=PASSWORD)
    assert await mutate(client, "signIn", email=email, password=PASSWORD) == unknown
    assert codes(unknown) == ["INVALID_CREDENTIALS"]


async def test_the_mail_is_sent_again_after_a_pause(client: Client, world: World) -> None:
    email, taken = address(), (await world.person()).email
    for one in (email, taken):
        assert codes((await sign_up(client, one)).data["signUp"]) == []
        before = await world.fingerprint()
        [error] = (await sign_up(client, one.upper())).data["signUp"]["errors"]
        assert (error["code"], error["field"]) == ("MAIL_PAUSED", ["email"])
        assert 0 < error["retryAfter"] <= 60
        assert await world.fingerprint() == before
    await execute(world, "update mail_pauses set until = now() - interval '1 second'")
    assert codes((await sign_up(client, email)).data["signUp"]) == []


async def test_somebody_else_who_signs_up_with_an_address_does_not_keep_its_owner_out(
    client: Client, world: World
) -> None:
    email, strangers_place = address(), PlacedTransport.address
    for _ in range(3):
        assert codes((await sign_up(client, email)).data["signUp"]) == []
        await execute(world, "update mail_pauses set until = now()")
    [error] = (await sign_up(client, email)).data["signUp"]["errors"]
    assert (error["code"], 1100 < error["retryAfter"] <= 1200) == ("MAIL_PAUSED", True)
    PlacedTransport.address = strangers_place + 1
    assert codes((await sign_up(client, email)).data["signUp"]) == []


async def test_many_places_together_cannot_flood_an_address(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_pauses, "OF_ALL", Budget(2, 120.0))
    email, found = address(), list[list[str]]()
    for _ in range(3):
        before = await world.fingerprint()
        found.append(codes((await sign_up(client, email.upper() if found else email)).data["signUp"]))
        PlacedTransport.address += 1
    assert found == [[], [], ["MAIL_PAUSED"]]
    assert await world.fingerprint() == before
    assert codes((await sign_up(client, address())).data["signUp"]) == []


async def test_an_invitation_starts_no_pause_that_a_sign_up_would_show(client: Client, world: World) -> None:
    caller, email = await new_caller(client, world, seats=0), address()
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[person])).errors == []
    assert codes((await sign_up(client, email)).data["signUp"]) == []


async def test_a_link_alone_does_not_open_an_account(client: Client, world: World) -> None:
    link = await world.sign_up(address(), "a stranger's password")
    before = await world.fingerprint()
    refused = await mutate(client, "verifyEmail", token=link, password=PASSWORD)
    assert (codes(refused), refused["user"], refused["token"]) == (["INVALID_CREDENTIALS"], None, None)
    assert await world.fingerprint() == before


@pytest.mark.parametrize("kind", ["", "nonsense", *CredentialKind])
async def test_a_forged_link_is_refused(client: Client, world: World, kind: object) -> None:
    token = issue(kind)[0] if isinstance(kind, CredentialKind) else kind
    before = await world.fingerprint()
    assert codes(await mutate(client, "verifyEmail", token=token, password=PASSWORD)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "resetPassword", token=token, password=PASSWORD)) == ["LINK_INVALID"]
    assert await world.fingerprint() == before


async def test_a_link_is_used_once_and_expires(client: Client, world: World) -> None:
    link, expired = await world.sign_up(address(), PASSWORD), address()
    assert codes(await mutate(client, "verifyEmail", token=link, password=PASSWORD)) == []
    assert codes(await mutate(client, "verifyEmail", token=link, password=PASSWORD)) == ["LINK_INVALID"]
    late = await world.sign_up(expired, PASSWORD)
    await execute(world, "update sign_ups set expires_at = now() where email = :email", email=expired)
    assert codes(await mutate(client, "verifyEmail", token=late, password=PASSWORD)) == ["LINK_INVALID"]


async def test_of_simultaneous_verifications_one_wins(client: Client, world: World) -> None:
    for links in (1, 3):
        email = address()
        tokens = [await world.sign_up(email, PASSWORD) for _ in range(links)] * (3 // links)
        payloads = await asyncio.gather(
            *(mutate(client, "verifyEmail", token=token, password=PASSWORD) for token in tokens)
        )
        [winner] = [one for one in payloads if not one["errors"]]
        assert {code for one in payloads for code in codes(one)} <= {"LINK_INVALID", "EMAIL_TAKEN"}
        assert await sessions(world, winner["user"]["id"]) == 1


async def test_a_verification_takes_an_unverified_account_over(client: Client, world: World) -> None:
    email = address()
    mallory = await squatter(world, email.upper())
    joined = await join(client, world, newcomer(email=email))
    assert joined["user"]["id"] == mallory.id
    assert (await client(VIEWER, mallory.secret)).status == 401
    assert await sessions(world, mallory.id) == 1
    old = await mutate(client, "signIn", email=email, password="a squatter's password")
    assert codes(old) == ["INVALID_CREDENTIALS"]
    assert codes(await mutate(client, "signIn", email=email, password=PASSWORD)) == []


async def test_an_unverified_account_can_do_nothing(client: Client, world: World) -> None:
    team, email = await world.team(), address()
    mallory = await squatter(world, email)
    await world.invited_member(team, account=mallory)
    link = await world.invitation_token(team, mallory.id)
    before = await world.fingerprint()
    assert (await client(VIEWER, mallory.secret)).codes == ["UNAUTHENTICATED"]
    # The session identifies nobody, so the answer is that for anybody who has the link.
    accepted = await mutate(client, "acceptInvitation", mallory.secret, token=link)
    assert codes(accepted) == ["PASSWORD_INVALID"]
    signed = await mutate(client, "signIn", email=email, password="a squatter's password")
    assert codes(signed) == ["INVALID_CREDENTIALS"]
    assert await world.fingerprint() == before


async def test_the_holder_of_an_invitation_takes_a_squatted_account_over(client: Client, world: World) -> None:
    caller, email = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER), address()
    mallory, elsewhere = await squatter(world, email), await world.team()
    await world.member(elsewhere, Role.SOFTWARE_COORDINATOR, mallory)
    token, secret = await world.token(elsewhere, mallory.id, *Scope)
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[person])).errors == []
    link = await world.invitation_token(caller.team, mallory.id)
    result = await mutate(client, "acceptInvitation", token=link, password=PASSWORD, lastName="Lovelace")
    assert (codes(result), result["member"]["user"]["name"]) == ([], "Ada Lovelace")
    row = (await audit_rows(world, caller.team))[-1]
    assert (row.after["endedSessions"], row.after["revokedTokens"]) == (1, [token])
    for old in (mallory.secret, secret):
        assert (await client("{ teams { totalCount } }", old)).status == 401
    assert codes(await mutate(client, "signIn", email=email, password=PASSWORD)) == []
    assert (await client(VIEWER, result["token"])).data["viewer"] == {"id": mallory.id}


async def test_a_sign_up_does_not_stand_in_the_way_of_an_invitation(client: Client, world: World) -> None:
    caller, email = await new_caller(client, world, seats=0), address()
    await sign_up(client, email)
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    invited = await caller.mutate("inviteMembers", teamId=caller.team, people=[person])
    link = await world.invitation_token(caller.team, invited.content["invitations"][0]["member"]["user"]["id"])
    assert codes(await mutate(client, "acceptInvitation", token=link, password="another password")) == []
    assert codes(await mutate(client, "signIn", email=email, password="another password")) == []


async def test_an_invited_person_can_sign_up_and_then_accept(client: Client, world: World) -> None:
    caller, email = await new_caller(client, world, seats=0), address()
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    await caller.mutate("inviteMembers", teamId=caller.team, people=[person])
    joined = await join(client, world, newcomer(email=email))
    assert (await client("{ teams { totalCount } }", joined["token"])).data == {"teams": {"totalCount": 0}}
    link = await world.invitation_token(caller.team, joined["user"]["id"])
    assert codes(await mutate(client, "acceptInvitation", token=link, password=PASSWORD)) == ["SIGN_IN_FIRST"]
    assert codes(await mutate(client, "acceptInvitation", joined["token"], token=link)) == []


async def test_a_dry_run_of_an_invitation_does_not_show_an_account(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    foreign, team = await world.person(), await world.team()
    await world.member(team, Role.USER, foreign)
    emails = [foreign.email, address()]
    people = [{"firstName": "Ada", "lastName": "Byron", "email": email} for email in emails]
    selection = "invitations { member { id user { id name email createdAt } } } errors { code }"
    query = operation("inviteMembers", selection)
    before, seen = await world.fingerprint(), []
    for _ in range(2):
        values = {"teamId": caller.team, "people": people, "dryRun": True}
        payload = (await client(query, caller.secret, input=values)).data["inviteMembers"]
        assert payload["errors"] == []
        seen.append([one["member"]["user"] for one in payload["invitations"]])
    assert [user["email"] for user in seen[0]] == emails
    ids = [user["id"] for users in seen for user in users]
    # A new id each time: an id that stays the same would show that the account exists.
    assert len({*ids, foreign.id}) == 5
    assert await world.fingerprint() == before


async def test_attempts_with_many_links_spend_the_budget_of_their_place(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PLACE", Budget(2, 60.0))
    links = [await world.sign_up(address(), "a stranger's password") for _ in range(3)]
    found = [codes(await mutate(client, "verifyEmail", token=link, password=PASSWORD)) for link in links]
    assert found == [["INVALID_CREDENTIALS"]] * 2 + [["TOO_MANY_ATTEMPTS"]]
    PlacedTransport.address += 1
    assert codes(await mutate(client, "verifyEmail", token=links[2], password=PASSWORD)) == ["INVALID_CREDENTIALS"]


async def test_a_link_that_is_used_costs_its_place_nothing(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PLACE", Budget(1, 60.0))
    for _ in range(2):
        link = await world.sign_up(address(), PASSWORD)
        assert codes(await mutate(client, "verifyEmail", token=link, password=PASSWORD)) == []
    for _ in range(2):
        link = await world.reset((await world.person()).id)
        assert codes(await mutate(client, "resetPassword", token=link, password=PASSWORD)) == []
    for _ in range(2):
        team = await world.team()
        account = await world.invited_member(team)
        await execute(world, "update users set password_hash = null where id = :id", id=account.id)
        link = await world.invitation_token(team, account.id)
        assert codes(await mutate(client, "acceptInvitation", token=link, password=PASSWORD)) == []
