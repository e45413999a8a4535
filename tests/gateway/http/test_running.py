"""An actor has only so many requests in work. The others of this actor wait, and delay nobody else."""

import asyncio
from contextlib import suppress

import pytest
from starlette.types import Message

from domain.credentials import CredentialKind, issue
from domain.problems import BadInput, Unavailable
from gateway.http import running
from gateway.http.documents import Documents
from gateway.http.running import MAX_RUNNING, RunningRequests
from tests.conftest import Client
from tests.support.world import World

MANY = 3 * MAX_RUNNING
VIEWER = "{ viewer { id } }"


class Requests:
    """The requests of some actors. `started` has the names of those that were put in work, in their order."""

    def __init__(self) -> None:
        self.running, self.started, self.closed = RunningRequests(), list[str](), asyncio.Event()

    async def _receive(self) -> Message:
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def wait(self, actor: str, name: str) -> "asyncio.Task[None]":
        """Let a request wait for its turn. Returns the task."""

        async def request() -> None:
            await self.running.wait(actor, self._receive)
            self.started.append(name)

        task = asyncio.create_task(request())
        await asyncio.sleep(0)
        return task

    async def end(self, actor: str) -> None:
        """End a request of this actor that is in work."""
        self.running.end(actor)
        await asyncio.sleep(0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered of any actor."""
        return not self.running._running and not self.running._waiting


@pytest.fixture
def full() -> Requests:
    """An actor `a` with as many requests in work as are allowed."""
    requests = Requests()
    assert [requests.running.start("a") for _ in range(MAX_RUNNING)] == [True] * MAX_RUNNING
    return requests


async def test_an_actor_with_many_requests_delays_no_other(full: Requests) -> None:
    assert not full.running.start("a")
    assert full.running.start("b")


async def test_the_requests_of_an_actor_start_in_their_order_and_leave_nothing_behind(full: Requests) -> None:
    tasks = [await full.wait("a", name) for name in ("first", "second", "third")]
    assert full.started == []
    await full.end("a")
    assert full.started == ["first"]
    assert not full.running.start("a")
    for _ in range(MAX_RUNNING + 2):
        await full.end("a")
    assert full.started == ["first", "second", "third"]
    assert full.is_empty
    await asyncio.gather(*tasks)


async def test_a_request_whose_client_has_gone_waits_no_more(full: Requests) -> None:
    gone = [await full.wait("a", "gone") for _ in range(3)]
    full.closed.set()
    for task in gone:
        with pytest.raises(BadInput):
            await task
    assert not full.running._waiting
    full.closed.clear()
    await full.wait("a", "next")
    await full.end("a")
    assert full.started == ["next"]


async def test_a_request_waits_only_so_long(full: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WAIT_SECONDS", 0.0)
    late = await full.wait("a", "late")
    with pytest.raises(Unavailable):
        await late
    for _ in range(MAX_RUNNING):
        await full.end("a")
    assert full.is_empty


async def test_a_turn_that_comes_when_its_request_gives_up_goes_to_the_next(full: Requests) -> None:
    first = await full.wait("a", "first")
    await full.wait("a", "second")
    full.running.end("a")
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    await asyncio.sleep(0)
    assert full.started == ["second"]


async def test_only_so_many_documents_of_a_loud_person_are_looked_up_before_anothers(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await world.team()
    loud, quiet = await world.member(team), await world.member(team)
    for secret in (loud.secret, quiet.secret):
        assert (await client(VIEWER, secret)).status == 200
    texts, find = list[str | None](), Documents.find

    def note(self: Documents, text: str | None, *others: object) -> object:
        texts.append(text)
        return find(self, text, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Documents, "find", note)
    sent = [client("query Loud { viewer { id } }", loud.secret) for _ in range(MANY)]
    answers = await asyncio.gather(*sent, client("query Quiet { viewer { id } }", quiet.secret))
    assert [answer.status for answer in answers] == [200] * (MANY + 1)
    assert len(texts) == MANY + 1
    assert texts.index("query Quiet { viewer { id } }") == MAX_RUNNING


async def test_a_request_that_fails_gives_its_turn_back(client: Client, world: World) -> None:
    quiet = await world.member(await world.team())
    for secret in (quiet.secret, issue(CredentialKind.SESSION)[0]):
        for query in ("{ nothing }", "{", VIEWER):
            answers = await asyncio.gather(*(client(query, secret) for _ in range(MANY)))
            assert len({answer.status for answer in answers}) == 1
