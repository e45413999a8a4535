"""How a command stops at a signal while it awaits something, and a worker together with its parent."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_on_signals() -> None:
    """Let SIGTERM and Ctrl-C raise SystemExit, so that every `finally` block runs before the process ends."""
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: sys.exit(0))


async def stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and cancel it at a stop signal: raises CancelledError.

    The handlers from before are back at the end. They raise an exception wherever the program is at that moment. Inside
    the driver of the database it would be lost, or become another one. Other threads than the main one get no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return await work
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def end_with_parent() -> None:
    """End this worker if its parent process is killed. Otherwise it would keep the port from the next start."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
