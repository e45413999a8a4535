"""Waiting actors get slots in turn, whatever number of requests each of them has."""

import asyncio
from contextlib import suppress

import pytest

from db.core.slots import ACTOR, Slots


class Queue:
    """Slots that are all taken, and the order in which the waiting requests get one."""

    def __init__(self, number: int = 1) -> None:
        self.slots, self.served = Slots(number), list[str]()
        while self.slots.take_free():
            pass

    async def wait(self, actor: str) -> asyncio.Task[None]:
        """Let an actor wait for a slot. Returns the task, which waits."""

        async def request() -> None:
            ACTOR.set(actor)
            await self.slots.wait()
            self.served.append(actor)

        task = asyncio.create_task(request())
        await asyncio.sleep(0)
        return task

    async def give_back(self, times: int) -> str:
        """Give slots back one by one. Returns the actors that got them, as one text."""
        before = len(self.served)
        for _ in range(times):
            self.slots.give_back()
            await asyncio.sleep(0)
        return "".join(self.served[before:])


async def waiting(actors: str) -> Queue:
    """Let these actors wait for a slot, in this order."""
    queue = Queue()
    for actor in actors:
        await queue.wait(actor)
    return queue


@pytest.mark.parametrize(
    ("actors", "expected"),
    [
        ("aaaa", "aaaa"),
        ("aaaaq", "aqaaa"),
        ("aaaabbq", "abqabaa"),
        ("qaaaa", "qaaaa"),
        ("abcabcabc", "abcabcabc"),
    ],
)
async def test_in_a_round_each_actor_gets_one_slot(actors: str, expected: str) -> None:
    queue = await waiting(actors)
    assert await queue.give_back(len(actors)) == expected
    assert queue.slots.free == 0
    queue.slots.give_back()
    assert queue.slots.free == 1
    assert queue.slots._waiting == {}


async def test_a_quiet_actor_is_next_after_a_loud_one_was_served() -> None:
    queue = await waiting("a" * 200)
    assert await queue.give_back(50) == "a" * 50
    await queue.wait("q")
    assert await queue.give_back(2) == "qa"


async def test_an_actor_that_was_served_in_the_round_does_not_come_again_in_it() -> None:
    queue = await waiting("aabcd")
    assert await queue.give_back(2) == "ab"
    await queue.wait("b")
    await queue.wait("e")
    assert await queue.give_back(5) == "cdeab"


async def test_every_actor_is_served_while_others_come_again_and_again() -> None:
    """An actor with one request at a time takes no more than every second slot from another one."""
    queue = await waiting("aaaaq")
    served = ""
    for _ in range(4):
        served += await queue.give_back(2)
        await queue.wait("q")
    assert served == "aqaqaqaq"


async def test_a_request_that_gave_up_gets_no_slot_and_costs_its_actor_no_turn() -> None:
    queue = Queue()
    first = await queue.wait("a")
    await queue.wait("a")
    only = await queue.wait("q")
    await queue.wait("b")
    for task in (first, only):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert await queue.give_back(2) == "ab"
    queue.slots.give_back()
    assert queue.slots.free == 1


async def test_a_slot_that_comes_when_its_request_gives_up_goes_to_the_next() -> None:
    queue = Queue()
    first = await queue.wait("a")
    await queue.wait("q")
    queue.slots.give_back()
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    await asyncio.sleep(0)
    assert queue.served == ["q"]


async def test_a_free_slot_is_taken_without_waiting() -> None:
    slots = Slots(2)
    assert [slots.take_free() for _ in range(3)] == [True, True, False]
    slots.give_back()
    assert slots.take_free()
