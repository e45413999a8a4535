"""Holds the checks of one password, so that a test can change the account meanwhile."""

import asyncio
import threading

OLD = "the password before"


class Gate:
    """Holds each check of the old password after it found the password right, until `open` is called."""

    def __init__(self) -> None:
        self.reached, self._open = threading.Semaphore(0), threading.Event()

    def hold(self) -> None:
        """Wait in the thread of the check."""
        self.reached.release()
        assert self._open.wait(30)

    async def wait(self) -> None:
        """Wait until a check is held."""
        assert await asyncio.to_thread(self.reached.acquire, timeout=30)

    def open(self) -> None:
        """Let the checks go on."""
        self._open.set()

    def close(self) -> None:
        """Hold the checks from now on."""
        self._open.clear()
