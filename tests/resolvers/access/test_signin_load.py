"""Sign-ups and sign-ins do not take resources that other requests need."""

import asyncio

import pytest
from email_validator import ValidatedEmail, validate_email

from resolvers.access import passwords
from resolvers.core import emails
from tests.conftest import Client
from tests.resolvers.access.test_sessions import codes, mutate, newcomer

pytestmark = pytest.mark.slow


async def test_a_request_that_waits_for_a_hash_holds_no_connection(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def hashed(password: str, _: str) -> str:
        hashing.release()
        await go_on.wait()
        return passwords.HASHER.hash(password)

    monkeypatch.setattr(passwords, "hash_password", hashed)
    people = [newcomer() for _ in range(18)]  # more than there are connections
    signing_up = asyncio.gather(*(mutate(client, "signUp", **person) for person in people))
    try:
        async with asyncio.timeout(10):
            for _ in people:
                await hashing.acquire()
    finally:
        go_on.set()
        answers = await signing_up
    assert [codes(payload) for payload in answers] == [[]] * 18


@pytest.mark.parametrize(("mutation", "code"), [("signUp", "EMAIL_INVALID"), ("signIn", "INVALID_CREDENTIALS")])
async def test_a_very_long_address_is_refused_without_parsing(
    client: Client, monkeypatch: pytest.MonkeyPatch, mutation: str, code: str
) -> None:
    parsed: list[str] = []

    def note(email: str, *, check_deliverability: bool) -> ValidatedEmail:
        parsed.append(email)
        return validate_email(email, check_deliverability=check_deliverability)

    monkeypatch.setattr(emails, "validate_email", note)
    person = newcomer(email=f"{'a' * 60_000}@tests.example")
    input_ = {name: person[name] for name in ("email", "password")} if mutation == "signIn" else person
    assert codes(await mutate(client, mutation, **input_)) == [code]
    assert parsed == []
