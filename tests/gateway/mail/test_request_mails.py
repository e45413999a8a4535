"""The person who asked for a seat gets one mail with the answer and its message. Nobody else gets a mail."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from db.core.database import Database
from db.queue import jobs, runner
from gateway import worker
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.database import fetch
from tests.support.mail_server import MailCatcher, mail_text
from tests.support.mutations import Caller, new_caller
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

LINK = re.compile(r"\w[.:/@]+\w")
NAME_WITH_LINKS = "Your prize: https://evil.example/?a=b or evil\uff0eexample, eve@evil.example"
INJECTED = "Fine\r\nBcc: all@tests.example\r\n.\r\nQUIT\u2028Subject: Free"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses of the worker for tests."""
    monkeypatch.setattr(runner, "POLL_INTERVAL", runner.POLL_INTERVAL / 100)


@pytest.fixture
async def caller(clean_database: Database, own_world: World) -> AsyncIterator[Caller]:
    """A caller for a coordinator in a database whose queue is empty, with one free seat."""
    app = application(Settings(database_url=clean_database.url))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        yield await new_caller(Client(http), own_world, seats=1)


async def create_request(caller: Caller) -> tuple[str, str]:
    """Create a request for a seat. Return its id and the address of the person."""
    ada = await caller.world.member(caller.team, account=await caller.world.person("Ada", "Lovelace"))
    return await caller.world.request(caller.team, caller.product, ada.id), ada.email


async def arrived(database: Database) -> list[tuple[str, str, str]]:
    """Send all queued mails. Return the recipient, the subject and the text of each."""
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with worker.in_background(workspace(database), Settings(smtp_url=mail_catcher.url)), asyncio.timeout(30):
            while await jobs.waiting(database):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    return [(str(mail["To"]), str(mail["Subject"]), mail_text(mail)) for mail in mail_catcher.mails]


@pytest.mark.parametrize("message", [None, "Until May.\nThen ask again."])
async def test_a_person_who_gets_a_seat_gets_a_mail(
    caller: Caller, clean_database: Database, message: str | None
) -> None:
    request, address = await create_request(caller)
    await caller.answer_request(request, grant=True, message=message)
    [(to, subject, text)] = await arrived(clean_database)
    assert (to, address in to, "was granted" in subject) == (f"Ada Lovelace <{address}>", True, True)
    assert "Your request was granted. You have a seat." in text
    assert ("> Until May.\n> Then ask again.\n" in text) == (message is not None)


async def test_a_person_whose_request_is_denied_gets_a_mail(caller: Caller, clean_database: Database) -> None:
    request, address = await create_request(caller)
    await caller.answer_request(request, grant=False, message="Use Kiln.")
    [(to, subject, text)] = await arrived(clean_database)
    assert (address in to, "was denied" in subject) == (True, True)
    assert "Your request was denied." in text
    assert "> Use Kiln.\n" in text


async def test_a_person_on_the_waiting_list_gets_a_mail(caller: Caller, clean_database: Database) -> None:
    await caller.give_seat((await caller.members(1))[0])
    request, _ = await create_request(caller)
    await caller.answer_request(request, grant=True, mode="WAITLIST")
    [(_, _, text)] = await arrived(clean_database)
    assert "No seat is free now, so you are on the waiting list." in text


@pytest.mark.parametrize("how", ["dry", "short", "late", "withdrawn", "refused"])
async def test_without_an_answer_nobody_gets_a_mail(caller: Caller, clean_database: Database, how: str) -> None:
    request, _ = await create_request(caller)
    if how == "dry":
        await caller.answer_request(request, grant=True, dryRun=True)
    elif how == "short":
        await caller.give_seat((await caller.members(1))[0])
        await caller.answer_request(request, grant=True)
    elif how == "late":
        await caller.answer_request(request, grant=False)
        assert len(await arrived(clean_database)) == 1
        await caller.answer_request(request, grant=True)
    elif how == "withdrawn":
        own = (await caller.request_seat()).content["request"]["id"]
        await caller.mutate("withdrawRequest", requestId=own)
    else:
        eve = await caller.world.member(caller.team)
        there = Caller(caller.client, caller.world, caller.team, caller.product, eve.secret, eve)
        assert (await there.send("answerRequest", requestId=request, grant=True)).codes == ["NOT_FOUND"]
    assert await arrived(clean_database) == []


async def test_a_person_who_has_left_the_team_gets_no_mail(caller: Caller, clean_database: Database) -> None:
    ada = await caller.world.member(caller.team)
    await caller.answer_request(await caller.world.request(caller.team, caller.product, ada.id), grant=False)
    await caller.remove([ada.id])
    assert await arrived(clean_database) == []


async def test_an_answer_never_becomes_a_header_or_a_command(caller: Caller, clean_database: Database) -> None:
    request, address = await create_request(caller)
    await caller.answer_request(request, grant=False, message=INJECTED)
    [(to, subject, text)] = await arrived(clean_database)
    assert (to, "denied" in subject) == (f"Ada Lovelace <{address}>", True)
    assert "> Fine\n> Bcc: all@ tests. example\n> .\n> QUIT\n> Subject: Free\n" in text


async def test_an_answer_to_a_request_never_contains_a_link(caller: Caller, clean_database: Database) -> None:
    eve = await caller.world.member(caller.team, account=await caller.world.person("Eve evil.example", NAME_WITH_LINKS))
    async with clean_database.transaction() as connection:
        await fetch(connection, "update teams set name = $1 where id = $2", NAME_WITH_LINKS, caller.team)
        await fetch(connection, "update products set name = $1 where id = $2", "evil.example", caller.product)
        await connection.commit()
    request = await caller.world.request(caller.team, caller.product, eve.id)
    await caller.answer_request(request, grant=False, message=f"No.\n{NAME_WITH_LINKS}")
    [(to, subject, letter)] = await arrived(clean_database)
    assert eve.email in to
    for text in (to.replace(eve.email, ""), subject, letter):
        assert LINK.search(text) is None
    assert subject == "Your request for evil. example was denied"
    assert "> No.\n> Your prize: https: / / evil. example/ ?a=b or" in letter
