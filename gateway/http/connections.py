"""The connections of one worker process: how many there may be, and how long each may take for what it does.

A clock counts ticks. It stands still while the process is busy, so that no client is cut because Usher was slow.
"""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from uvicorn.middleware.proxy_headers import _TrustedHosts

from domain.places import place_of

MIN_RATE = 16_384
"""How many bytes of a body or an answer must pass in each second, once the time for it is over."""

MAX_REFUSED = 64
"""How many refused connections may stay open for a moment, so that their clients can read the answer."""

RESERVED_FILES = 192
"""File descriptors of a process that are not connections of clients: database, files, and refused connections."""

PROXY = "proxy"
"""The place of all trusted proxies."""

MAX_TICK = 1.0
TICKS_OF_A_LIMIT = 4
"""A limit is at least this many ticks, so that it is exact to a quarter."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients may use. `connections` counts for one process, `connections_per_address` for one address in it.

    The others are seconds: until a header is complete, until a body is complete, and until an answer is read.
    `proxies` are the trusted proxies, as in FORWARDED_ALLOW_IPS; the limit of one address is not for them.
    """

    connections: int
    connections_per_address: int
    header: float
    body: float
    answer: float
    proxies: str


class Watched(Protocol):
    """A connection that looks at its own time at each tick."""

    def check_time(self) -> None:
        """End the connection if its time is over."""


class Connections:
    """Counts the open connections of a process, and calls each of them at each tick."""

    def __init__(self, limits: Limits) -> None:
        """Start with no connection."""
        self.limits = limits
        self.now = 0
        self._tick = min(MAX_TICK, min(limits.header, limits.body, limits.answer) / TICKS_OF_A_LIMIT)
        self.header, self.body, self.answer = map(self.ticks, (limits.header, limits.body, limits.answer))
        self._trusted = _TrustedHosts(limits.proxies)
        self._admitted: set[Watched] = set()
        self._refused: set[Watched] = set()
        self._by_place: Counter[str] = Counter()
        self._is_ticking = False

    def __reduce__(self) -> tuple[type["Connections"], tuple[Limits]]:
        """Give a worker process the limits, and no connection."""
        return Connections, (self.limits,)

    def ticks(self, seconds: float) -> int:
        """Return in how many ticks this time is over for certain."""
        return math.ceil(seconds / self._tick) + 1

    def ticks_of(self, size: int) -> int:
        """Return how many ticks this number of bytes may take."""
        return int(size / (MIN_RATE * self._tick))

    def admit(self, connection: Watched, address: str) -> str | None:
        """Count a connection from this address, and return its place; None if there are too many.

        A trusted proxy has the place PROXY, which has no limit of its own.
        """
        if len(self._admitted) >= self.limits.connections:
            return None
        where = PROXY if address in self._trusted else place_of(address)
        if where != PROXY and self._by_place[where] >= self.limits.connections_per_address:
            return None
        self._watch(self._admitted, connection)
        self._by_place[where] += 1
        return where

    def linger(self, connection: Watched) -> bool:
        """Keep a refused connection for a moment. Return False if there are too many of them."""
        if len(self._refused) >= MAX_REFUSED:
            return False
        self._watch(self._refused, connection)
        return True

    def release(self, connection: Watched, where: str | None) -> None:
        """Forget a connection that has ended, or that is now refused. `where` is its place if it was admitted."""
        self._refused.discard(connection)
        if where is not None:
            self._admitted.discard(connection)
            self._by_place[where] -= 1
            if not self._by_place[where]:
                del self._by_place[where]

    def _watch(self, kind: set[Watched], connection: Watched) -> None:
        kind.add(connection)
        if not self._is_ticking:
            self._is_ticking = True
            asyncio.get_running_loop().call_later(self._tick, self._check)

    def _check(self) -> None:
        self.now += 1
        self._is_ticking = bool(self._admitted or self._refused)
        if self._is_ticking:
            asyncio.get_running_loop().call_later(self._tick, self._check)
        for connection in (*self._admitted, *self._refused):
            connection.check_time()
