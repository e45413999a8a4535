"""A new address is confirmed by its owner, who is also the person. The old one can undo the change for a week."""

import asyncio
import re

import pytest
from sqlalchemy import text

from db.access.sign_in_failures import Budget
from domain.mails import EmailChangeMail
from resolvers.access import email_changes
from tests.conftest import Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, sessions, trail
from tests.resolvers.access.test_sign_ups import address, execute, squatter
from tests.support.queued_mails import queued
from tests.support.world import Account, World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]


async def email_of(world: World, user_id: str) -> str:
    """The present address of an account."""
    async with world.engine.connect() as connection:
        query = text("select email from users where id = :id")
        return str((await connection.execute(query, {"id": user_id})).scalar_one())


async def person(world: World) -> Account:
    """An account with the usual password."""
    account = await world.person()
    await world.set_password(account.id, PASSWORD)
    return account


async def test_a_change_is_confirmed_by_the_link(client: Client, world: World) -> None:
    ada, new = await person(world), address()
    token, _ = await world.email_change(ada, new)
    confirmed = await mutate(client, "confirmEmail", ada.secret, token=token)
    assert confirmed == {"email": new, "errors": []}
    assert (await client("{ viewer { email } }", ada.secret)).data["viewer"] == {"email": new}
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == ["INVALID_CREDENTIALS"]
    assert codes(await mutate(client, "signIn", email=new.upper(), password=PASSWORD)) == []
    assert (await trail(world, ada.id))[0] == ("person", "accounts:confirm_email", "user")
    assert ("email changed", new) in [(job["event"], job["email"]) for job in await queued(world, ada.id)]


async def test_a_request_tells_both_addresses_and_changes_nothing_yet(client: Client, world: World) -> None:
    ada, new = await person(world), address()
    assert await mutate(client, "changeEmail", ada.secret, email=new) == {"email": new, "errors": []}
    async with world.engine.connect() as connection:
        query = text("select id, token_hash, undo_hash from email_changes where user_id = :id")
        [(change, *hashes)] = (await connection.execute(query, {"id": ada.id})).all()
    assert hashes == [None, None]
    parts = (EmailChangeMail.CONFIRM, EmailChangeMail.NOTICE)
    assert await queued(world, change) == [{"change_id": change, "part": part} for part in parts]
    assert (await email_of(world, ada.id), await sessions(world, ada.id)) == (ada.email, 1)
    assert await trail(world, ada.id) == [("person", "accounts:change_email", "user")]


async def test_the_answer_does_not_show_whether_the_new_address_has_an_account(
    client: Client, world: World, statements: list[str]
) -> None:
    seen = []
    squatted = address()
    await squatter(world, squatted)
    for email in (address(), (await world.person()).email, squatted):
        ada = await person(world)
        statements.clear()
        assert await mutate(client, "changeEmail", ada.secret, email=email) == {"email": email, "errors": []}
        seen.append(list(statements))
    assert all(one == seen[0] for one in seen)
    assert not any(re.search(r"\b(memberships m where|invitations)\b", statement) for statement in seen[0])


async def test_the_own_address_and_a_bad_one_are_refused(client: Client, world: World) -> None:
    ada = await person(world)
    before = await world.fingerprint()
    assert codes(await mutate(client, "changeEmail", ada.secret, email=ada.email)) == ["EMAIL_TAKEN"]
    assert codes(await mutate(client, "changeEmail", ada.secret, email="ada")) == ["EMAIL_INVALID"]
    assert await world.fingerprint() == before
    assert codes(await mutate(client, "changeEmail", ada.secret, email=ada.email.upper())) == []


async def test_a_new_request_takes_the_place_of_the_last_one(client: Client, world: World) -> None:
    ada, new = await person(world), address()
    token, undo = await world.email_change(ada, address())
    assert codes(await mutate(client, "changeEmail", ada.secret, email=new)) == []
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=PASSWORD)) == ["LINK_INVALID"]


async def test_an_account_can_ask_for_few_mails(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_changes, "OF_ACCOUNT", Budget(2, 600.0))
    ada = await person(world)
    found = [codes(await mutate(client, "changeEmail", ada.secret, email=address())) for _ in range(3)]
    assert found == [[], [], ["MAIL_PAUSED"]]
    other, email = await person(world), address()
    assert codes(await mutate(client, "changeEmail", other.secret, email=email)) == []
    eve = await person(world)
    assert codes(await mutate(client, "changeEmail", eve.secret, email=email)) == ["MAIL_PAUSED"]
    PlacedTransport.address += 1
    assert codes(await mutate(client, "changeEmail", eve.secret, email=email)) == []


async def test_a_link_alone_confirms_nothing(client: Client, world: World) -> None:
    ada, eve = await person(world), await world.person()
    token, _ = await world.email_change(ada, eve.email.replace("person", "stranger"))
    before = await world.fingerprint()
    for secret in (None, eve.secret):
        assert codes(await mutate(client, "confirmEmail", secret, token=token)) == ["PASSWORD_NEEDED"]
        wrong = await mutate(client, "confirmEmail", secret, token=token, password="a guess")
        assert codes(wrong) == ["INVALID_CREDENTIALS"]
    assert await world.fingerprint() == before
    assert codes(await mutate(client, "confirmEmail", token=token, password=PASSWORD)) == []


async def test_a_link_asks_for_no_password_that_nobody_knows(client: Client, world: World) -> None:
    ada = await person(world)
    token, _ = await world.email_change(ada, address())
    await execute(world, "update users set password_known = false where id = :id", id=ada.id)
    for password in (None, PASSWORD):
        [error] = (await mutate(client, "confirmEmail", token=token, password=password))["errors"]
        assert (error["code"], error["field"]) == ("SIGN_IN_AGAIN", [])
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []


async def test_a_link_needs_the_second_factor_of_the_account(client: Client, world: World) -> None:
    ada = await person(world)
    token, _ = await world.email_change(ada, address())
    # A thief began this, with a session or the password, before the owner got the second factor.
    await world.authenticator(ada.id)
    before = await world.fingerprint()
    for secret, password in ((ada.secret, None), (ada.secret, PASSWORD), (None, PASSWORD), (None, None)):
        payload = await mutate(client, "confirmEmail", secret, token=token, password=password)
        assert codes(payload) == ["SIGN_IN_AGAIN"]
    assert await world.fingerprint() == before
    proven = await world.session(ada.id, second_factor=True)
    assert codes(await mutate(client, "confirmEmail", proven, token=token)) == []


async def test_guesses_with_a_link_are_limited(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.access.admission.FREE_FROM_ANYWHERE", 2)
    ada = await person(world)
    token, _ = await world.email_change(ada, address())
    found = []
    for _ in range(3):
        PlacedTransport.address += 1
        found.append(codes(await mutate(client, "confirmEmail", token=token, password="a guess")))
    assert found == [["INVALID_CREDENTIALS"]] * 2 + [["TOO_MANY_ATTEMPTS"]]
    # They count as failed sign-ins: nobody guesses on beside that limit.
    PlacedTransport.address += 1
    waiting = await mutate(client, "signIn", email=ada.email, password="a guess")
    assert codes(waiting) == ["TOO_MANY_ATTEMPTS"]
    # The person is not locked out: with a session the link needs no password.
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []


async def test_a_right_password_with_a_link_costs_the_place_nothing(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.access.admission.PLACE", Budget(2, 1_000.0))
    PlacedTransport.address += 1
    for _ in range(4):
        ada = await person(world)
        token, _ = await world.email_change(ada, address())
        assert codes(await mutate(client, "confirmEmail", token=token, password=PASSWORD)) == []


async def test_a_link_is_used_once_and_expires(client: Client, world: World) -> None:
    ada, eve = await person(world), await person(world)
    token, _ = await world.email_change(ada, address())
    used = [codes(await mutate(client, "confirmEmail", ada.secret, token=token)) for _ in range(2)]
    assert used == [[], ["LINK_INVALID"]]
    late, undo = await world.email_change(eve, address())
    await execute(world, "update email_changes set expires_at = now() where user_id = :id", id=eve.id)
    before = await world.fingerprint()
    assert codes(await mutate(client, "confirmEmail", eve.secret, token=late)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=PASSWORD)) == ["LINK_INVALID"]
    assert await world.fingerprint() == before


async def test_the_address_of_another_account_cannot_be_taken(client: Client, world: World) -> None:
    ada, eve = await person(world), await person(world)
    token, _ = await world.email_change(ada, eve.email.upper())
    before = await world.fingerprint()
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == ["EMAIL_TAKEN"]
    assert await world.fingerprint() == before


async def test_of_simultaneous_confirmations_of_one_address_one_wins(client: Client, world: World) -> None:
    new, people = address(), [await person(world) for _ in range(3)]
    tokens = [(await world.email_change(one, new))[0] for one in people]
    payloads = await asyncio.gather(
        *(mutate(client, "confirmEmail", one.secret, token=token) for one, token in zip(people, tokens, strict=True))
    )
    assert sorted(map(codes, payloads)) == [[], ["EMAIL_TAKEN"], ["EMAIL_TAKEN"]]


async def test_an_account_that_nobody_opened_makes_room_for_the_owner(client: Client, world: World) -> None:
    ada, new = await person(world), address()
    squatted = await squatter(world, new.upper())
    token, _ = await world.email_change(ada, new)
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []
    assert await email_of(world, squatted.id) == f"{squatted.id}@replaced.invalid"


async def test_an_invited_address_is_taken_until_the_invitation_is_accepted_or_revoked(
    client: Client, world: World
) -> None:
    ada, team = await person(world), await world.team()
    invited = await world.invited_member(team)
    await execute(world, "update users set email_verified_at = null where id = :id", id=invited.id)
    token, _ = await world.email_change(ada, invited.email)
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == ["EMAIL_TAKEN"]
    await world.leave(team, invited.id)
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []


async def test_the_old_address_undoes_a_change_that_is_not_confirmed(client: Client, world: World) -> None:
    ada = await person(world)
    token, undo = await world.email_change(ada, address())
    undone = await mutate(client, "undoEmailChange", token=undo, password="a new password")
    assert (codes(undone), undone["user"]) == ([], {"id": ada.id, "email": ada.email})
    assert [(await client(VIEWER, secret)).status for secret in (ada.secret, undone["token"])] == [401, 200]
    assert codes(await mutate(client, "confirmEmail", undone["token"], token=token)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=PASSWORD)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "signIn", email=ada.email, password="a new password")) == []
    assert (await trail(world, ada.id))[0] == ("anonymous", "accounts:confirm_email", "user")


@pytest.mark.parametrize(("days", "expected"), [(6, []), (8, ["LINK_INVALID"])])
async def test_the_old_address_undoes_a_change_for_7_days(
    client: Client, world: World, days: int, expected: list[str]
) -> None:
    ada, new = await person(world), address()
    token, undo = await world.email_change(ada, new)
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []
    since = "update email_changes set confirmed_at = now() - :days * interval '1 day' where user_id = :id"
    await execute(world, since, days=days, id=ada.id)
    assert codes(await mutate(client, "undoEmailChange", token=undo, password="a new password")) == expected
    assert await email_of(world, ada.id) == (new if expected else ada.email)


async def test_a_new_account_with_the_old_address_stays(client: Client, world: World) -> None:
    ada = await person(world)
    token, undo = await world.email_change(ada, address())
    await mutate(client, "confirmEmail", ada.secret, token=token)
    await world.person(email=ada.email)
    before = await world.fingerprint()
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=PASSWORD)) == ["EMAIL_TAKEN"]
    assert await world.fingerprint() == before
