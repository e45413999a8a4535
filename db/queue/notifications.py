"""Notifications of the queue. An idle lane gets only one of the many that arrive in a short time.

PostgreSQL notifies every lane when any job changes, and does not name the kind of the job. After each notification,
pgqueuer looks at the queue with a statement. Without this module, the idle lanes would send more statements than the
busy one.
"""

import asyncio
from collections.abc import Callable

import asyncpg
from pgqueuer.db import AsyncpgDriver

# An idle lane looks at the queue once for all changes within this number of seconds.
PAUSE_SECONDS = 0.05
# A lane is idle if it had no job for this number of seconds. A busy lane is notified of each change, because the change
# may be its next job.
AWAKE_SECONDS = 1.0
CHANGED = '"table_changed_event"'

Callback = Callable[[str | bytes | bytearray], None]


class LaneDriver(AsyncpgDriver):
    """pgqueuer's driver for asyncpg. While its lane is idle, it passes on one notification instead of many."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        """Create the driver of a lane that is idle."""
        super().__init__(connection)
        self._idle_from = 0.0

    def stay_awake(self) -> None:
        """Treat the lane as busy for the next `AWAKE_SECONDS`."""
        self._idle_from = asyncio.get_running_loop().time() + AWAKE_SECONDS

    async def add_listener(self, channel: str, callback: Callback) -> None:
        """Listen on a channel. A notification that is not about a change of the queue is passed on at once."""
        pending: asyncio.TimerHandle | None = None

        def pass_on(payload: str | bytes | bytearray) -> None:
            nonlocal pending
            pending = None
            callback(payload)

        def notified(payload: str | bytes | bytearray) -> None:
            nonlocal pending
            loop = asyncio.get_running_loop()
            if loop.time() < self._idle_from or CHANGED not in str(payload):
                callback(payload)
            elif pending is None:
                pending = loop.call_later(PAUSE_SECONDS, pass_on, payload)

        await super().add_listener(channel, notified)
