"""The queue of passwords to hash: two at a time, in threads, the people first who most likely know their password.

Hashing in the event loop would block it. Too many threads would take all memory and processor time.
"""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from functools import cache
from typing import NamedTuple, TypeVar

import anyio

from domain.problems import Unavailable

T = TypeVar("T")

THREADS = 2
MAX_WAITING = 50
# Those of one place, for new accounts: it must not fill the queue for all others.
MAX_OF_PLACE = 5
# Every fourth free thread goes to the one who waits longest, so that nobody waits for ever behind others.
TURNS = 4


class Priority(IntEnum):
    """Which hashes come first."""

    KNOWN = 0
    """A sign-in on a device, or from a place, from which somebody signed in to the account before."""
    FRESH = 1
    """A sign-in from a place without failures."""
    QUIET = 2
    """A sign-in from a place with few failures."""
    NEW = 3
    """The password of a new account."""
    NOISY = 4
    """A sign-in from a place with many failures."""


# The work of these is done by one thread at most. The other one stays free for the rest.
LOW = frozenset({Priority.NEW, Priority.NOISY})
# An attempt from a place with many failures is better refused than late.
MAX_NOISY = 20


class Full(Unavailable):
    """Too many hashes of this priority are waiting. One of them is done long before SECONDS have passed."""

    SECONDS = 1

    def __init__(self) -> None:
        super().__init__("Too many people are signing in. Try again in a moment.", {"retryAfter": self.SECONDS})


class Waiting(NamedTuple):
    """Work that waits for its turn. In a round, each place gets one turn."""

    arrival: int
    turn: Future[None]
    place: str | None
    round: int


class HashQueue:
    """Runs work in at most THREADS threads, by priority. Within a priority, places get their turns in rounds.

    Work without a place is done in the order of arrival.
    """

    def __init__(self) -> None:
        """Start with an empty queue."""
        self._waiting: dict[Priority, deque[Waiting]] = {one: deque() for one in Priority}
        self._running = dict.fromkeys(Priority, 0)
        self._rounds = dict.fromkeys(Priority, 0)
        self._arrivals = self._turns = 0
        self._threads = cache(lambda: anyio.CapacityLimiter(THREADS))

    def require_room(self, priority: Priority, place: str | None = None) -> None:
        """Raise Full if too many wait with this priority, or of this place. Call it before the attempt is counted."""
        most = min(MAX_WAITING, MAX_NOISY) if priority is Priority.NOISY else MAX_WAITING
        waiting = self._waiting[priority]
        if len(waiting) >= most or (place is not None and sum(one.place == place for one in waiting) >= MAX_OF_PLACE):
            raise Full

    async def run(self, priority: Priority, work: Callable[[], T], place: str | None = None) -> T:
        """Return what the work returns, after a wait for a thread. Raises Full if too many wait for the place."""
        if place is not None:
            # Attempts in parallel may all have found room before the first of them came here.
            self.require_room(priority, place)
        await self._turn(priority, place)
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads())
        finally:
            self._running[priority] -= 1
            self._start_next()

    async def _turn(self, priority: Priority, place: str | None) -> None:
        turn: Future[None] = get_running_loop().create_future()
        before = [one.round + 1 for one in self._waiting[priority] if place is not None and one.place == place]
        entry = Waiting(self._arrivals, turn, place, max([self._rounds[priority], *before]))
        self._arrivals += 1
        self._waiting[priority].append(entry)
        self._start_next()
        try:
            await turn
        except BaseException:
            if turn.cancelled():
                with suppress(ValueError):
                    self._waiting[priority].remove(entry)
            else:  # the task was cancelled after its turn had come
                self._running[priority] -= 1
                self._start_next()
            raise

    def _start_next(self) -> None:
        while sum(self._running.values()) < THREADS:
            low_is_running = any(self._running[one] for one in LOW)
            ready = [one for one in Priority if self._waiting[one] and not (one in LOW and low_is_running)]
            if not ready:
                return
            self._turns += 1
            chosen = min(ready, key=self._oldest) if self._turns % TURNS == 0 else ready[0]
            entry = min(self._waiting[chosen], key=lambda one: (one.round, one.arrival))
            self._waiting[chosen].remove(entry)
            self._rounds[chosen] = entry.round
            if not entry.turn.cancelled():
                self._running[chosen] += 1
                entry.turn.set_result(None)

    def _oldest(self, priority: Priority) -> int:
        return self._waiting[priority][0].arrival


QUEUE = HashQueue()
