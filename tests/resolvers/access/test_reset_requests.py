"""Anybody can ask for a link to set a new password. The answer and the work are the same for every address."""

import re
from collections.abc import Awaitable, Callable
from time import perf_counter

import pytest
from argon2 import PasswordHasher

from db.access.sign_in_failures import Budget
from db.core import ids
from resolvers.access import admission, mail_pauses
from tests.conftest import Answer, Client, PlacedTransport
from tests.resolvers.access.test_sessions import PASSWORD, codes, mutate, send, trail
from tests.resolvers.access.test_sign_ups import address, execute, sign_up, squatter
from tests.support.queued_mails import queued
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
Ask = Callable[[str], Awaitable[Answer]]


async def ask(client: Client, email: str, **more: object) -> dict[str, object]:
    """Ask for a link. Returns the payload."""
    return await mutate(client, "requestPasswordReset", email=email, **more)


@pytest.mark.parametrize("dry_run", [True, False])
async def test_the_work_does_not_depend_on_the_address(
    client: Client, world: World, statements: list[str], dry_run: bool
) -> None:
    known, invited = await world.person(), await world.invited_member(await world.team())
    await execute(world, "update users set email_verified_at = null where id = :id", id=invited.id)
    squatted = address()
    await squatter(world, squatted)
    await ask(client, address())  # the first change of a process also stores the policy
    seen = []
    for email in (address(), known.email, invited.email, squatted):
        statements.clear()
        assert await ask(client, email, dryRun=dry_run) == {"email": email, "errors": []}
        seen.append(list(statements))
    assert all(one == seen[0] for one in seen)
    # The answer can depend only on what these statements read.
    assert not any(re.search(r"\b(users|memberships|invitations)\b", statement) for statement in seen[0])


async def test_every_address_gets_one_job_without_a_secret(client: Client, world: World) -> None:
    for email in (address(), (await world.person()).email):
        await ask(client, email)
        async with world.engine.connect() as connection:
            query = "select id, token_hash, user_id from password_resets where email = $1"
            [row] = (await connection.exec_driver_sql(query, (email,))).all()
        assert (row.token_hash, row.user_id) == (None, None)
        assert await queued(world, row.id) == [{"reset_id": row.id}]


async def test_a_request_is_recorded_without_the_address(client: Client, world: World) -> None:
    ada = await world.person()
    assert codes(await mutate(client, "requestPasswordReset", ada.secret, email=ada.email)) == []
    assert await trail(world, ada.id) == [("person", "accounts:reset", "reset")]
    async with world.engine.connect() as connection:
        rows = (
            await connection.exec_driver_sql("select t::text from audit_events t order by id desc limit 5")
        ).scalars()
        assert not any(ada.email in row for row in rows)


async def test_a_bad_address_is_refused(client: Client, world: World) -> None:
    before = await world.fingerprint()
    assert await ask(client, "ada") == {
        "email": None,
        "errors": (await mutate(client, "requestPasswordReset", email="ada"))["errors"],
    }
    assert codes(await mutate(client, "requestPasswordReset", email="ada")) == ["EMAIL_INVALID"]
    assert await world.fingerprint() == before


async def test_an_address_gets_one_mail_a_minute_and_not_too_many(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_pauses, "OF_ALL", Budget(4, 120.0))
    for email in (address(), (await world.person()).email):
        found = []
        for _ in range(4):
            found.append(codes(await mutate(client, "requestPasswordReset", email=email.upper())))
            await execute(world, "update mail_pauses set until = now()")
        assert found == [[], [], [], ["MAIL_PAUSED"]]
        before = await world.fingerprint()
        # A stranger does not keep the owner out, who is at another place; but nobody can flood an address.
        PlacedTransport.address += 1
        assert codes(await mutate(client, "requestPasswordReset", email=email)) == []
        PlacedTransport.address += 1
        assert codes(await mutate(client, "requestPasswordReset", email=email)) == ["MAIL_PAUSED"]
        assert await world.fingerprint() != before
        PlacedTransport.address += 1


async def test_requests_for_many_addresses_spend_the_budget_of_their_place(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "PLACE", Budget(2, 60.0))
    found = [codes(await mutate(client, "requestPasswordReset", email=address())) for _ in range(3)]
    assert found == [[], [], ["TOO_MANY_ATTEMPTS"]]
    ada = await world.person()
    PlacedTransport.address += 1
    assert codes(await mutate(client, "requestPasswordReset", email=ada.email)) == []


async def test_a_request_does_not_stop_the_owner_from_signing_in(client: Client, world: World) -> None:
    ada = await world.person()
    await world.set_password(ada.id, PASSWORD)
    await ask(client, ada.email)
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == []


def share_of_slower(first: list[float], second: list[float]) -> float:
    """The share of all pairs in which the first is slower: a half if nobody can tell the two apart by their time."""
    return sum(one > other for one in first for other in second) / (len(first) * len(second))


def noted_work(done: list[str], method: str) -> Callable[..., object]:
    """The method of the hasher, which also notes its name."""
    original: Callable[..., object] = getattr(PasswordHasher, method)

    def work(*args: object) -> object:
        done.append(method)
        return original(*args)

    return work


@pytest.mark.parametrize("name", ["requestPasswordReset", "signUp", "signIn", "changeEmail"])
async def test_known_and_unknown_addresses_differ_neither_in_hashes_nor_in_time(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    hashes = list[str]()
    for method in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, method, noted_work(hashes, method))

    async def send_about(email: str) -> Answer:
        PlacedTransport.address += 1  # or else the limits of one place would end the test
        if name == "signUp":
            return await sign_up(client, email)
        if name == "signIn":
            return await send(client, name, email=email, password=PASSWORD)
        secret = (await world.person()).secret if name == "changeEmail" else None
        return await send(client, name, secret, email=email)

    for email in (address(), (await world.person()).email):  # what is only done once in a process
        await send_about(email)
    known, unknown = list[float](), list[float]()
    work, answers = list[list[str]](), list[str]()
    for _ in range(20):
        person = await world.person()
        await world.set_password(person.id, "another password")
        for email, times in ((person.email, known), (f"{ids.new('user')}@tests.example", unknown)):
            hashes.clear()
            start = perf_counter()
            answer = await send_about(email)
            times.append(perf_counter() - start)
            work.append(list(hashes))
            answers.append(str(answer.data).replace(email, ""))
    assert (len(set(answers)), [one == work[0] for one in work]) == (1, [True] * 40)
    # For equal distributions the share is a half, with a standard deviation of 0.09. An attacker needs a clear
    # difference, such as that of a hash, which makes the share 0 or 1.
    assert 0.04 < share_of_slower(known, unknown) < 0.96
