"""Each text of a mail exists in each language, and people get their mails in their own."""

from dataclasses import fields
from datetime import UTC, datetime
from string import Formatter

import pytest

from domain.languages import Language
from gateway.mail.texts import DE, EN, TEXTS, Texts
from tests.gateway.mail.test_request_mails import arrived, caller, create_request, short_pauses
from tests.gateway.mail.test_sign_up_mails import PASSWORD, TOKEN
from tests.support.mutations import Caller, operation

__all__ = ["caller", "short_pauses"]

NAMES = [field.name for field in fields(Texts) if field.type == "str" or field.type is str]


def places(text: str) -> set[str]:
    """The names in braces in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_texts_in_each_language() -> None:
    assert TEXTS.keys() == set(Language)
    assert all(len(set(texts.months)) == 12 for texts in TEXTS.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_text_says_the_same_things_in_each_language(name: str) -> None:
    english, german = getattr(EN, name), getattr(DE, name)
    assert english != german
    assert all(text.strip() for text in (english, german))
    assert places(english) == places(german)
    assert english.count("\n\n") == german.count("\n\n")
    assert english.endswith("\n") == german.endswith("\n")


def test_dates_are_written_as_people_write_them() -> None:
    moment = datetime(2026, 3, 5, tzinfo=UTC)
    assert (EN.date(moment), DE.date(moment)) == ("05 March 2026", "5. März 2026")


async def speak_german(caller: Caller, email: str) -> None:
    """Set the language of an account."""
    async with caller.world.engine.begin() as connection:
        await connection.exec_driver_sql("update users set language = 'de' where email = $1", (email,))


@pytest.mark.slow
async def test_the_answer_to_a_request_is_in_the_language_of_the_asker(caller: Caller) -> None:
    request, address = await create_request(caller)
    await speak_german(caller, address)
    await caller.answer_request(request, grant=False, message="Nein.")
    [(_, subject, letter)] = await arrived(caller.world.database)
    assert (subject.endswith("wurde abgelehnt"), "Guten Tag Ada Lovelace," in letter) == (True, True)
    assert "Nachricht mit der Antwort:\n\n> Nein.\n" in letter


@pytest.mark.slow
async def test_a_person_who_signs_up_in_german_keeps_this_language(caller: Caller) -> None:
    person = {"email": "neu@tests.example", "password": PASSWORD, "firstName": "Ada", "language": "DE"}
    assert (await caller.client(operation("signUp"), input=person)).data["signUp"]["errors"] == []
    [(_, subject, letter)] = await arrived(caller.world.database)
    assert (subject, "Guten Tag Ada," in letter) == ("Bestätigen Sie Ihre E-Mail-Adresse", True)
    [token] = TOKEN.findall(letter)
    given = {"token": token, "password": PASSWORD}
    assert (await caller.client(operation("verifyEmail"), input=given)).data["verifyEmail"]["errors"] == []
    async with caller.world.engine.begin() as connection:
        await connection.exec_driver_sql("delete from mail_pauses")
    await caller.client(operation("signUp"), input={**person, "language": "EN"})
    [(_, subject, letter)] = await arrived(caller.world.database)
    assert (subject, "bereits ein Konto" in letter) == ("Sie haben bereits ein Konto", True)


@pytest.mark.slow
async def test_an_invitation_is_in_the_language_of_the_person(caller: Caller) -> None:
    grace = await caller.world.person()
    await speak_german(caller, grace.email)
    people = [{"firstName": "Grace", "email": grace.email}]
    await caller.mutate("inviteMembers", teamId=caller.team, people=people)
    [(_, subject, letter)] = await arrived(caller.world.database)
    assert (subject.startswith("Einladung in das Team"), "Guten Tag Grace," in letter) == (True, True)
