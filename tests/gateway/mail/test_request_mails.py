"""Who asked for a seat is told by mail what came of it: once, with what was said, and nobody else is."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queue import jobs, runner
from gateway import worker
from gateway.app import application
from gateway.runtime.settings import Settings
from tests.conftest import Client
from tests.support.mail_server import Post, said
from tests.support.mutations import Desk, desk_of
from tests.support.world import World

INJECTED = "Fine\r\nBcc: all@tests.example\r\n.\r\nQUIT\u2028Subject: Free"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course of things, with pauses of tests' length."""
    monkeypatch.setattr(runner, "LOOK", runner.LOOK / 100)


@pytest.fixture
async def desk(idle: AsyncEngine, database: str) -> AsyncIterator[Desk]:
    """A coordinator's desk over the module's own database, whose queue is empty, with one free seat."""
    app = application(Settings(database_url=database))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://usher.test") as http,
    ):
        yield await desk_of(Client(http), World(idle), seats=1)


async def asked(desk: Desk) -> tuple[str, str]:
    """A request of somebody's, and their address."""
    ada = await desk.world.member(desk.team, someone=await desk.world.person("Ada", "Lovelace"))
    return await desk.world.request(desk.team, desk.product, ada.id), ada.email


async def arrived(engine: AsyncEngine) -> list[tuple[str, str, str]]:
    """All that is queued, sent: to whom, the subject and the text."""
    post = Post()
    with post.open():
        async with worker.beside(engine, Settings(smtp_url=post.url)), asyncio.timeout(30):
            while await jobs.waiting(engine):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    return [(str(mail["To"]), str(mail["Subject"]), said(mail)) for mail in post.mails]


@pytest.mark.parametrize("message", [None, "Until May.\nThen ask again."])
async def test_who_gets_a_seat_is_told(desk: Desk, idle: AsyncEngine, message: str | None) -> None:
    request, address = await asked(desk)
    await desk.answer(request, grant=True, message=message)
    [(to, subject, text)] = await arrived(idle)
    assert (to, address in to, "was granted" in subject) == (f"Ada Lovelace <{address}>", True, True)
    assert "It was granted: you have a seat." in text
    assert ("> Until May.\n> Then ask again.\n" in text) == (message is not None)


async def test_who_gets_none_is_told(desk: Desk, idle: AsyncEngine) -> None:
    request, address = await asked(desk)
    await desk.answer(request, grant=False, message="Use Kiln.")
    [(to, subject, text)] = await arrived(idle)
    assert (address in to, "was denied" in subject) == (True, True)
    assert "It was denied." in text
    assert "> Use Kiln.\n" in text


async def test_who_waits_for_one_is_told(desk: Desk, idle: AsyncEngine) -> None:
    await desk.hold((await desk.members(1))[0])
    request, _ = await asked(desk)
    await desk.answer(request, grant=True, mode="WAITLIST")
    [(_, _, text)] = await arrived(idle)
    assert "you wait for one, and get it in your turn" in text


@pytest.mark.parametrize("how", ["dry", "short", "late", "withdrawn", "refused"])
async def test_what_is_not_answered_is_told_to_nobody(desk: Desk, idle: AsyncEngine, how: str) -> None:
    request, _ = await asked(desk)
    if how == "dry":
        await desk.answer(request, grant=True, dryRun=True)
    elif how == "short":
        await desk.hold((await desk.members(1))[0])
        await desk.answer(request, grant=True)
    elif how == "late":
        await desk.answer(request, grant=False)
        assert len(await arrived(idle)) == 1
        await desk.answer(request, grant=True)
    elif how == "withdrawn":
        own = (await desk.ask()).content["request"]["id"]
        await desk.tell("withdrawRequest", requestId=own)
    else:
        eve = await desk.world.member(desk.team)
        there = Desk(desk.client, desk.world, desk.team, desk.product, eve.secret, eve)
        assert (await there.send("answerRequest", requestId=request, grant=True)).codes == ["NOT_FOUND"]
    assert await arrived(idle) == []


async def test_who_has_left_the_team_meanwhile_is_told_nothing(desk: Desk, idle: AsyncEngine) -> None:
    ada = await desk.world.member(desk.team)
    await desk.answer(await desk.world.request(desk.team, desk.product, ada.id), grant=False)
    await desk.remove([ada.id])
    assert await arrived(idle) == []


async def test_an_answer_is_text_and_no_header_or_command(desk: Desk, idle: AsyncEngine) -> None:
    request, address = await asked(desk)
    await desk.answer(request, grant=False, message=INJECTED)
    [(to, subject, text)] = await arrived(idle)
    assert (to, "denied" in subject) == (f"Ada Lovelace <{address}>", True)
    assert "> Fine\n> Bcc: all@tests.example\n> .\n> QUIT\n> Subject: Free\n" in text
