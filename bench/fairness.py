"""The mix (i): a quiet person with one connection, alone and beside a loud one with many. Usher has one worker."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench import views
from bench.client import Client
from bench.generator import Generator
from bench.measure import Bench
from bench.services import USHER, Service

CONNECTIONS = 200
ALONE, BESIDE = "alone", "beside the loud one"
HEAD_START = 1.0
"""How many seconds the loud person sends requests before the quiet one begins."""


def measure(bench: Bench, generator: Generator) -> None:
    """Measure the quiet person's latencies in the view (a), while the loud person reads view (b) all the time."""
    bench.show_progress(f"a quiet person beside one with {CONNECTIONS} connections")
    service, data, seconds = bench.services[USHER], bench.data, bench.plan.mix
    turn = [views.MEMBERS.body(team=data.large, first=views.PAGE, since=data.since, until=data.until)]
    with ThreadPoolExecutor(1) as loud:
        for _ in range(bench.plan.repetitions):
            bench.results.quiet[ALONE] += _latencies(service, data.viewer, seconds / 4)
            driven = loud.submit(
                generator.drive, service, data.large_coordinator, [turn], CONNECTIONS, HEAD_START + seconds
            )
            time.sleep(HEAD_START)
            bench.results.quiet[BESIDE] += _latencies(service, data.viewer, seconds)
            bench.results.loud.append(driven.result())


def _latencies(service: Service, token: str, seconds: float) -> list[float]:
    """Send one request after the other for this time, and at least one. Return how many ms each took."""
    until, took = time.monotonic() + seconds, list[float]()
    with Client(service.port, token) as client:
        while not took or time.monotonic() < until:
            took.append(client.timed(views.VIEWER.body())[0] * 1_000)
    return took


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that is not below this share of all values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
