"""How many requests of one actor are in work at the same time. The others of this actor wait for their turn."""

from asyncio import Future, create_task, get_running_loop, timeout
from collections import OrderedDict
from collections.abc import Hashable

from starlette.types import Receive

from domain.problems import BadInput, Unavailable

MAX_RUNNING = 8
"""More than a browser sends at once. With 32, a quiet person beside a loud one waited three times as long."""

WAIT_SECONDS = 30.0
"""How long a request waits for its turn before it is refused."""


TOO_MANY = "Too many requests of yours are in work. Nothing was changed. Send fewer at the same time."


class RunningRequests:
    """Counts the requests in work, by actor. An actor with more than MAX_RUNNING waits, and delays no other actor.

    Without it, 200 requests that arrive together would all be looked up, planned and started before the next actor's
    request is read. The requests of one actor are started in their order. An actor without requests takes no memory.
    """

    def __init__(self) -> None:
        """Start without any request."""
        self._running: dict[Hashable, int] = {}
        self._waiting: dict[Hashable, OrderedDict[Future[None], None]] = {}

    def start(self, actor: Hashable) -> bool:
        """Count a request as in work, unless the actor has too many. Return whether it was counted."""
        running = self._running.get(actor, 0)
        if running >= MAX_RUNNING:
            return False
        self._running[actor] = running + 1
        return True

    async def wait(self, actor: Hashable, receive: Receive) -> None:
        """Wait until the request is counted as in work, after `start` refused. Its body must be read.

        Raises Unavailable after WAIT_SECONDS, and BadInput when the client has closed the connection. The request does
        not wait any more then.
        """
        turn: Future[None] = get_running_loop().create_future()
        waiting = self._waiting.setdefault(actor, OrderedDict())
        waiting[turn] = None
        watch = create_task(_give_up_if_closed(receive, turn))
        try:
            async with timeout(WAIT_SECONDS):
                await turn
        except BaseException as error:
            if turn in waiting:
                self._leave(actor, turn)
            else:  # the turn came at the same moment
                self.end(actor)
            if isinstance(error, TimeoutError):
                raise Unavailable(TOO_MANY) from None
            raise
        finally:
            watch.cancel()

    def end(self, actor: Hashable) -> None:
        """Give the turn of a request that is done to the next one of its actor."""
        waiting = self._waiting.get(actor)
        if waiting:
            turn = next(iter(waiting))
            self._leave(actor, turn)
            if not turn.done():
                turn.set_result(None)
            return
        self._running[actor] -= 1
        if not self._running[actor]:
            del self._running[actor]

    def _leave(self, actor: Hashable, turn: "Future[None]") -> None:
        waiting = self._waiting[actor]
        del waiting[turn]
        if not waiting:
            del self._waiting[actor]


async def _give_up_if_closed(receive: Receive, turn: "Future[None]") -> None:
    """End the wait for a turn when the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if not turn.done():
        turn.set_exception(BadInput("The connection was closed before the request could be run."))
