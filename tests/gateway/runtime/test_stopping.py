"""A stop signal cancels what a command awaits, and the handlers from before are back afterwards."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.runtime.stopping import STOP_SIGNALS, stoppable


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_stop_signal_cancels_the_work(number: signal.Signals) -> None:
    cancelled = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    before = [signal.getsignal(one) for one in STOP_SIGNALS]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stoppable(work()))
    assert cancelled == [number]
    assert [signal.getsignal(one) for one in STOP_SIGNALS] == before


def test_without_a_signal_the_result_is_returned() -> None:
    async def work() -> int:
        return 7

    assert asyncio.run(stoppable(work())) == 7
    with ThreadPoolExecutor(1) as other:
        assert other.submit(asyncio.run, stoppable(work())).result() == 7
