"""Passwords are hashed in an order that lets people in who know theirs, and nobody waits for ever."""

import asyncio
import threading
from typing import Any

import pytest

from resolvers.access import hash_queue
from resolvers.access.hash_queue import Full, HashQueue, Priority


class Blocked:
    """A queue whose two threads are busy until `release` is called. `done` notes the work in its order."""

    def __init__(self) -> None:
        self.queue, self.done, self._gate = HashQueue(), list[str](), threading.Event()
        self._tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self.queue.run(Priority.KNOWN, self._gate.wait)) for _ in range(2)
        ]

    def add(self, priority: Priority, name: str, place: str | None = None) -> "asyncio.Task[None]":
        """Let this work wait for a thread."""
        task = asyncio.create_task(self.queue.run(priority, lambda: self.done.append(name), place))
        self._tasks.append(task)
        return task

    async def release(self) -> None:
        """Free the threads, and wait until all work is done."""
        await asyncio.sleep(0)
        self._gate.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the order visible: with one thread, work is done in the order in which it starts."""
    monkeypatch.setattr(hash_queue, "THREADS", 1)


@pytest.mark.usefixtures("one_thread")
async def test_higher_priorities_come_first_and_every_fourth_turn_is_for_the_oldest() -> None:
    blocked = Blocked()
    blocked._tasks.pop().cancel()
    for number in range(2):
        for priority in sorted(Priority, reverse=True):
            blocked.add(priority, f"{priority.name} {number}")
    await blocked.release()
    # The work that kept the thread busy had the first turn.
    assert blocked.done[:4] == ["KNOWN 0", "KNOWN 1", "NOISY 0", "FRESH 0"]
    assert sorted(blocked.done[4:]) == ["FRESH 1", "NEW 0", "NEW 1", "NOISY 1", "QUIET 0", "QUIET 1"]


async def test_low_priorities_leave_one_thread_free() -> None:
    queue, gate = HashQueue(), threading.Event()
    low = [asyncio.create_task(queue.run(one, gate.wait)) for one in (Priority.NOISY, Priority.NEW, Priority.NOISY)]
    await asyncio.sleep(0)
    assert await queue.run(Priority.QUIET, lambda: "done") == "done"
    gate.set()
    assert await asyncio.gather(*low) == [True] * 3


async def test_a_priority_is_full_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_queue, "MAX_WAITING", 1)
    blocked = Blocked()
    await asyncio.sleep(0)
    blocked.add(Priority.NEW, "new")
    await asyncio.sleep(0)
    with pytest.raises(Full) as refused:
        blocked.queue.require_room(Priority.NEW)
    assert refused.value.extensions == {"code": "UNAVAILABLE", "retryAfter": 1}
    blocked.queue.require_room(Priority.KNOWN)
    await blocked.release()


@pytest.mark.parametrize("turn_has_come", [False, True])
async def test_work_that_is_cancelled_leaves_its_thread_to_others(*, turn_has_come: bool) -> None:
    blocked = Blocked()
    await asyncio.sleep(0)
    cancelled = blocked.add(Priority.QUIET, "cancelled")
    await asyncio.sleep(0)
    if turn_has_come:
        blocked.queue._waiting[Priority.QUIET].popleft()[1].set_result(None)
        blocked.queue._running[Priority.QUIET] += 1
    cancelled.cancel()
    blocked.add(Priority.QUIET, "next")
    await blocked.release()
    assert blocked.done == ["next"]
    assert sum(blocked.queue._running.values()) == 0


@pytest.mark.usefixtures("one_thread")
async def test_a_place_with_much_work_does_not_delay_another_place() -> None:
    blocked = Blocked()
    blocked._tasks.pop().cancel()
    for number in range(3):
        blocked.add(Priority.NEW, f"busy {number}", "busy")
    blocked.add(Priority.NEW, "other", "other")
    await blocked.release()
    assert blocked.done == ["busy 0", "other", "busy 1", "busy 2"]


async def test_a_place_cannot_fill_the_queue() -> None:
    blocked = Blocked()
    await asyncio.sleep(0)
    tasks = [blocked.add(Priority.NEW, "busy", "busy") for _ in range(hash_queue.MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Full):
        blocked.queue.require_room(Priority.NEW, "busy")
    blocked.queue.require_room(Priority.NEW)
    blocked.queue.require_room(Priority.NEW, "other")
    await blocked.release()
    assert len(blocked.done) == hash_queue.MAX_OF_PLACE
    refused = [task for task in tasks if isinstance(task.exception(), Full)]
    assert len(refused) == len(tasks) - hash_queue.MAX_OF_PLACE
