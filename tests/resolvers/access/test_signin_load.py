"""What signing up and in may cost others, whoever asks and whatever is asked."""

import asyncio

import pytest
from email_validator import ValidatedEmail, validate_email

from resolvers.access import passwords
from resolvers.core import emails
from tests.conftest import Client
from tests.resolvers.access.test_sessions import codes, newcomer, tell
from tests.support.world import World


async def test_whoever_waits_for_a_hash_keeps_no_connection(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, hashing, go_on = (await world.person()).secret, asyncio.Semaphore(0), asyncio.Event()

    async def hashed(password: str) -> str:
        hashing.release()
        await go_on.wait()
        return passwords.HASHER.hash(password)

    monkeypatch.setattr(passwords, "hashed", hashed)
    people = [newcomer() for _ in range(18)]  # more than there are connections
    signing_up = asyncio.gather(*(tell(client, "signUp", secret, **person) for person in people))
    try:
        async with asyncio.timeout(10):
            for _ in people:
                await hashing.acquire()
    finally:
        go_on.set()
        answers = await signing_up
    assert [codes(told) for told in answers] == [[]] * 18


@pytest.mark.parametrize(("mutation", "code"), [("signUp", "EMAIL_INVALID"), ("signIn", "INVALID_CREDENTIALS")])
async def test_an_endless_address_is_not_looked_into(
    client: Client, monkeypatch: pytest.MonkeyPatch, mutation: str, code: str
) -> None:
    looked_into: list[str] = []

    def note(email: str, *, check_deliverability: bool) -> ValidatedEmail:
        looked_into.append(email)
        return validate_email(email, check_deliverability=check_deliverability)

    monkeypatch.setattr(emails, "validate_email", note)
    person = newcomer(email=f"{'a' * 900_000}@tests.example")
    asked = {name: person[name] for name in ("email", "password")} if mutation == "signIn" else person
    assert codes(await tell(client, mutation, **asked)) == [code]
    assert looked_into == []
