"""The stories of accounts with real mails: a forgotten password, a new address, and the mails that tell of changes."""

import re
from dataclasses import fields

import pytest

from db.core.database import Database
from domain.actions import Scope
from domain.languages import Language
from domain.mails import ACCOUNT_NOTICE, AccountEvent, AccountNoticeMail
from domain.roles import Role
from gateway.http import console
from gateway.mail.account_texts import ACCOUNT_TEXTS, AccountTexts
from tests.gateway.mail.test_request_mails import LINK, NAME_WITH_LINKS, arrived, caller, short_pauses
from tests.gateway.mail.test_texts import places
from tests.support.command_line import error_output, usher
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, operation
from tests.support.queued_mails import queue_job
from tests.support.world import Account

pytestmark = pytest.mark.slow
__all__ = ["caller", "short_pauses"]

OLD, NEW = "correct horse battery", "another horse battery"
TOKENS = {
    "/reset": re.compile(r"http://127\.0\.0\.1:8000/reset#(usher_reset_\S+)"),
    "/email": re.compile(r"http://127\.0\.0\.1:8000/email#(usher_email_\S+)"),
    "/undo": re.compile(r"http://127\.0\.0\.1:8000/undo#(usher_undo_\S+)"),
}


async def send(caller: Caller, mutation: str, secret: str | None = None, **input: object) -> dict[str, object]:
    """Send a mutation. Returns its payload, which must have no errors."""
    payload: dict[str, object] = (await caller.client(operation(mutation), secret, input=input)).data[mutation]
    assert payload["errors"] == []
    return payload


async def account(caller: Caller, first: str = "Ada", last: str = "Byron") -> Account:
    """An account with the old password."""
    person = await caller.world.person(first, last)
    await caller.world.set_password(person.id, OLD)
    return person


def token(page: str, letter: str) -> str:
    """The token of the only link to this page in a mail."""
    [found] = TOKENS[page].findall(letter)
    return str(found)


async def stored_secrets(caller: Caller) -> str:
    """All that the queue, its log, the audit log and the events hold, as text."""
    tables = ("jobs.pgqueuer", "jobs.pgqueuer_log", "audit_events", "events", "password_resets", "email_changes")
    rows = [
        row for table in tables for row in await fetch_rows(caller.world.database, f"select t::text from {table} t")
    ]
    payloads = await fetch_rows(caller.world.database, "select convert_from(payload, 'UTF8') from jobs.pgqueuer")
    return str(rows + payloads)


async def test_a_person_who_forgot_the_password_sets_a_new_one(caller: Caller, clean_database: Database) -> None:
    ada = await account(caller)
    await send(caller, "requestPasswordReset", email=ada.email.upper())
    [(to, subject, letter)] = await arrived(clean_database)
    assert (ada.email in to.lower(), subject) == (True, "Set a new password")
    link = token("/reset", letter)
    assert link not in await stored_secrets(caller)
    # Programs that scan mails open the link, and the person may open it twice.
    for _ in range(2):
        page = await caller.client.http.get("/reset")
        assert (page.status_code, page.headers["content-security-policy"]) == (200, console.PAGE_POLICY)
    signed = await send(caller, "resetPassword", token=link, password=NEW)
    assert signed["user"] == {"id": ada.id, "email": ada.email}
    [(to, subject, letter)] = await arrived(clean_database)
    assert (ada.email in to, subject) == (True, "A new password was set")
    assert "http://127.0.0.1:8000/forgot\n" in letter
    await send(caller, "signIn", email=ada.email, password=NEW)


async def test_an_address_without_an_account_gets_a_mail_without_a_link(
    caller: Caller, clean_database: Database
) -> None:
    pending = await caller.world.invited_member(caller.team)
    await fetch_rows(clean_database, "update users set email_verified_at = null where id = $1", pending.id)
    for email in ("nobody@tests.example", pending.email):
        await send(caller, "requestPasswordReset", email=email)
        [(to, subject, letter)] = await arrived(clean_database)
        assert (email in to, subject) == (True, "You have no account with this e-mail address")
        assert "#" not in letter


async def test_both_addresses_are_told_and_the_new_one_confirms(caller: Caller, clean_database: Database) -> None:
    ada = await account(caller)
    await send(caller, "changeEmail", ada.secret, email="new@tests.example")
    mails = {subject: (to, letter) for to, subject, letter in await arrived(clean_database)}
    to, letter = mails["Confirm your new e-mail address"]
    assert (to, "Ada" in letter, ada.email in letter) == ("new@tests.example", False, False)
    confirm = token("/email", letter)
    to, letter = mails["Your e-mail address is to be changed"]
    assert (ada.email in to, "new@tests.example" in letter) == (True, False)
    first_undo = token("/undo", letter)
    secrets = await stored_secrets(caller)
    assert [one in secrets for one in (confirm, first_undo)] == [False, False]
    for path in ("/email", "/undo"):
        page = await caller.client.http.get(path)
        assert (page.status_code, page.headers["content-security-policy"]) == (200, console.PAGE_POLICY)
    assert (await send(caller, "confirmEmail", token=confirm, password=OLD))["email"] == "new@tests.example"
    mails = {subject: (to, letter) for to, subject, letter in await arrived(clean_database)}
    assert "new@tests.example" in mails["This is your new e-mail address"][0]
    to, letter = mails["Your e-mail address was changed"]
    assert (ada.email in to, "new@tests.example" in letter) == (True, False)
    undo = token("/undo", letter)
    await send(caller, "signIn", email="new@tests.example", password=OLD)
    # The link in the newer mail replaces the first one.
    given = {"token": first_undo, "password": NEW}
    refused = (await caller.client(operation("undoEmailChange"), input=given)).data["undoEmailChange"]
    assert [error["code"] for error in refused["errors"]] == ["LINK_INVALID"]
    await send(caller, "undoEmailChange", token=undo, password=NEW)
    told = {subject: to for to, subject, _ in await arrived(clean_database)}
    assert ada.email in told["The change of your e-mail address was undone"]
    assert told["Your e-mail address was changed back"] == "new@tests.example"
    await send(caller, "signIn", email=ada.email, password=NEW)


async def test_the_owner_of_an_address_is_told_that_it_is_in_use(caller: Caller, clean_database: Database) -> None:
    ada, owner = await account(caller), await account(caller, "Grace", "Hopper")
    await send(caller, "changeEmail", ada.secret, email=owner.email)
    mails = {subject: (to, letter) for to, subject, letter in await arrived(clean_database)}
    to, letter = mails["You have an account already"]
    assert (owner.email in to, "#" in letter, "Ada" in letter) == (True, False, False)
    assert len(mails) == 2


async def test_a_changed_password_is_told(caller: Caller, clean_database: Database) -> None:
    ada = await account(caller)
    await send(caller, "changePassword", ada.secret, newPassword=NEW)
    [(to, subject, letter)] = await arrived(clean_database)
    assert (ada.email in to, subject) == (True, "Your password was changed")
    assert re.search(r"was changed on \d\d \w+ \d{4}, \d\d:\d\d UTC\.", letter)
    assert "Your passkeys and your sign-ins by OpenID Connect still work" in " ".join(letter.split())


async def test_a_thief_who_changes_the_address_does_not_take_the_mails_of_earlier_changes_along(
    caller: Caller, clean_database: Database
) -> None:
    ada = await account(caller)
    await send(caller, "changePassword", ada.secret, newPassword=NEW)
    there, _ = await caller.world.email_change(ada, "robber@tests.example")
    await send(caller, "confirmEmail", ada.secret, token=there)
    told = {subject: to for to, subject, _ in await arrived(clean_database)}
    assert ada.email in told["Your password was changed"]
    assert "robber@" in told["This is your new e-mail address"]


async def test_an_address_to_which_an_account_does_not_go_back_gets_no_link(
    caller: Caller, clean_database: Database
) -> None:
    ada = await account(caller)
    there, _ = await caller.world.email_change(ada, "thief@tests.example")
    await send(caller, "confirmEmail", ada.secret, token=there)
    back, _ = await caller.world.email_change(Account(ada.id, "thief@tests.example", ada.secret), ada.email)
    await send(caller, "confirmEmail", ada.secret, token=back)
    letters = {to: letter for to, subject, letter in await arrived(clean_database) if "was changed" in subject}
    [to_ada] = [letter for to, letter in letters.items() if ada.email in to]
    [to_thief] = [letter for to, letter in letters.items() if "thief@" in to]
    assert (len(TOKENS["/undo"].findall(to_ada)), "#" in to_thief) == (1, False)
    assert "so this address cannot undo the change" in to_thief


async def test_the_operator_moves_an_account_away_from_the_mailbox_of_a_thief(
    caller: Caller, clean_database: Database
) -> None:
    ada, other = await account(caller), await account(caller, "Grace", "Hopper")
    there, undo = await caller.world.email_change(ada, "thief@tests.example")
    await send(caller, "confirmEmail", ada.secret, token=there)
    old_link = await caller.world.reset(ada.id)
    await arrived(clean_database)
    words, before = ("account", "reset", "thief@tests.example", "--email"), await caller.world.fingerprint()
    for email, reason in (
        (other.email, "Another account, or an invitation that is still open, has the e-mail address"),
        ("thief@tests.example", "The account has the e-mail address thief@tests.example already."),
        ("nothing", "nothing is no e-mail address"),
    ):
        assert reason in error_output(await usher(*words, email, DATABASE_URL=clean_database.url))
    assert await caller.world.fingerprint() == before
    result = await usher(*words, "ada.byron@tests.example", DATABASE_URL=clean_database.url)
    assert result.exit_code == 0, result.output
    mails = {subject: (to, letter) for to, subject, letter in await arrived(clean_database)}
    to, letter = mails["Your e-mail address was changed"]
    assert (to, "#" in letter, "ada.byron" in letter) == ("Ada <thief@tests.example>", False, False)
    for subject in ("This is your new e-mail address", "Your password was locked"):
        assert "ada.byron@tests.example" in mails[subject][0]
    for mutation, link in (("undoEmailChange", undo), ("resetPassword", old_link)):
        given = {"token": link, "password": NEW}
        refused = (await caller.client(operation(mutation), input=given)).data[mutation]
        assert [error["code"] for error in refused["errors"]] == ["LINK_INVALID"]
    await send(caller, "requestPasswordReset", email="thief@tests.example")
    assert [subject for _, subject, _ in await arrived(clean_database)] == [
        "You have no account with this e-mail address"
    ]
    [row] = await fetch_rows(
        clean_database, "select after from audit_events where actor_id = 'command account reset' and after ? 'change'"
    )
    assert "change_" in str(row)
    await send(caller, "resetPassword", token=result.stdout.strip().partition("#")[2], password=NEW)
    await send(caller, "signIn", email="ada.byron@tests.example", password=NEW)


async def test_a_change_that_ended_sends_no_mail(caller: Caller, clean_database: Database) -> None:
    ada = await account(caller)
    await send(caller, "changeEmail", ada.secret, email="newer@tests.example")
    await send(caller, "requestPasswordReset", email=ada.email)
    await send(caller, "resetPassword", token=await caller.world.reset(ada.id), password=NEW)
    assert [subject for _, subject, _ in await arrived(clean_database)] == ["A new password was set"]


@pytest.mark.parametrize("name", [field.name for field in fields(AccountTexts) if field.name != "notices"])
def test_a_text_says_the_same_things_in_each_language(name: str) -> None:
    english, german = (str(getattr(ACCOUNT_TEXTS[language], name)) for language in (Language.EN, Language.DE))
    assert english != german
    assert places(english) == places(german)
    assert (english.count("\n\n"), english.endswith("\n")) == (german.count("\n\n"), german.endswith("\n"))


@pytest.mark.parametrize("language", Language)
def test_each_event_has_a_mail_in_each_language(language: Language) -> None:
    assert ACCOUNT_TEXTS[language].notices.keys() == set(AccountEvent)


@pytest.mark.parametrize("event", AccountEvent)
def test_a_notice_says_the_same_things_in_each_language(event: AccountEvent) -> None:
    english, german = (ACCOUNT_TEXTS[language].notices[event] for language in (Language.EN, Language.DE))
    assert all(one != other for one, other in zip(english, german, strict=True))
    assert [places(part) for part in english] == [places(part) for part in german]
    assert [part.endswith(".") for part in english] == [part.endswith(".") for part in german] == [False, False, True]


async def test_a_person_gets_mails_in_the_own_language(caller: Caller, clean_database: Database) -> None:
    ada = await account(caller)
    await fetch_rows(clean_database, "update users set language = 'de' where id = $1", ada.id)
    await send(caller, "requestPasswordReset", email=ada.email)
    await send(caller, "requestPasswordReset", email="niemand@tests.example", language="DE")
    await send(caller, "changeEmail", ada.secret, email="neu@tests.example")
    subjects = [subject for _, subject, _ in await arrived(clean_database)]
    assert sorted(subjects) == [
        "Bestätigen Sie Ihre neue E-Mail-Adresse",
        "Ihre E-Mail-Adresse soll geändert werden",
        "Setzen Sie ein neues Passwort",
        "Sie haben kein Konto mit dieser E-Mail-Adresse",
    ]


async def test_a_mail_about_a_token_names_it_and_says_when_its_secret_ends(
    caller: Caller, clean_database: Database
) -> None:
    team = await caller.world.team()
    ada = await caller.world.member(team, Role.SOFTWARE_COORDINATOR)
    token_id, _ = await caller.world.token(team, ada.id, Scope.SEATS_READ)
    await send(caller, "rotatePartnerToken", ada.secret, tokenId=token_id)
    [(name, ends)] = await fetch_rows(
        clean_database,
        "select t.name, to_char(p.expires_at at time zone 'utc', 'HH24:MI') from partner_tokens p "
        "join teams t on t.id = p.team_id where p.id = $1",
        token_id,
    )
    [(_, _, letter)] = await arrived(clean_database)
    text = " ".join(letter.split())
    assert f"the partner token Partner of the team {name}, which your account" in text
    assert f", {ends} UTC. `revokePartnerToken` ends both secrets." in text


@pytest.mark.parametrize("event", [*AccountEvent, "of a newer version"])
async def test_no_name_becomes_a_link_in_a_notice(
    caller: Caller, clean_database: Database, event: AccountEvent | str
) -> None:
    eve = await account(caller, "Eve evil.example", NAME_WITH_LINKS)
    value = event.value if isinstance(event, AccountEvent) else event
    team = await caller.world.team()
    await caller.world.member(team, account=eve)
    token_id, _ = await caller.world.token(team, eve.id, Scope.SEATS_READ)
    names = "with t as (update teams set name = $3 where id = $2) update partner_tokens set name = $3, {} where id = $1"
    rotated = names.format("previous_hash = sha256(token_hash), previous_secret_ends_at = now()")
    await fetch_rows(clean_database, rotated, token_id, team, NAME_WITH_LINKS)
    await queue_job(clean_database, ACCOUNT_NOTICE, AccountNoticeMail(eve.id, value, token_id=token_id))
    mails = await arrived(clean_database)
    assert len(mails) == isinstance(event, AccountEvent)
    for to, subject, letter in mails:
        own = letter.replace("http://127.0.0.1:8000/forgot", "").replace("http://127.0.0.1:8000", "").replace(":", "")
        for text in (to.replace(eve.email, ""), subject, own):
            assert LINK.search(text) is None
