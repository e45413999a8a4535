"""Slots that callers wait for. When none is free, the waiting actors get the next ones in turn.

An actor with many requests then delays their own requests, and those of others hardly.
"""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Hashable
from contextvars import ContextVar

ACTOR: ContextVar[Hashable] = ContextVar("actor", default=None)
"""The actor of the running request. It decides only about the order, so it may be a guess."""


class Slots:
    """A number of slots. The waiting actors are served in rounds: in a round, each of them gets one slot.

    An actor that begins to wait still takes part in the running round, unless the round has already served this actor.
    The requests of one actor are served in their order.
    """

    def __init__(self, number: int) -> None:
        """Start with this number of free slots."""
        self.free = number
        self._waiting: dict[Hashable, deque[Future[None]]] = {}
        # The waiting actors that this round will still serve, those of the next round, and those that it has served.
        self._round: deque[Hashable] = deque()
        self._next_round: deque[Hashable] = deque()
        self._served: set[Hashable] = set()

    def take_free(self) -> bool:
        """Take a slot if one is free. Return whether it was."""
        if not self.free:
            return False
        self.free -= 1
        return True

    async def wait(self) -> None:
        """Wait for a slot and take it, after `take_free` found none. The context's ACTOR is the one who waits."""
        actor = ACTOR.get()
        waiter: Future[None] = get_running_loop().create_future()
        waiting = self._waiting.get(actor)
        if waiting is None:
            waiting = self._waiting[actor] = deque()
            (self._next_round if actor in self._served else self._round).append(actor)
        waiting.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():  # the slot came at the same moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """Give a slot to the next waiting request, if there is one."""
        while actors := self._next_actors():
            actor = actors.popleft()
            waiting = self._waiting[actor]
            waiter = _first(waiting)
            if waiting:
                self._next_round.append(actor)
            else:
                del self._waiting[actor]
            if waiter is not None:
                self._served.add(actor)
                waiter.set_result(None)
                return
        self.free += 1

    def _next_actors(self) -> deque[Hashable]:
        if not self._round:
            self._round, self._next_round = self._next_round, self._round
            self._served.clear()
        return self._round


def _first(waiting: deque[Future[None]]) -> Future[None] | None:
    """Take out and return the first request that was not cancelled."""
    while waiting:
        waiter = waiting.popleft()
        if not waiter.done():
            return waiter
    return None
