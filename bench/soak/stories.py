"""The stories of a soak: what is killed, or who attacks, while people work."""

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.soak import loud_person, service
from bench.soak.company import Company
from bench.soak.service import Service
from tests.support import hostile_clients, sign_in_flood
from tests.support.hostile_clients import Outcome
from tests.support.sign_in_flood import Person

ATTACKERS = [f"127.0.0.{number}" for number in range(2, 12)]
"""Addresses of this machine from which attackers connect. The people who work have 127.0.0.1."""

FLOOD_SHARE, FLOOD_LIMIT = 0.95, 2.0
"""The share of right sign-ins that must succeed within this number of seconds during the flood."""

FLOOD_SECONDS = 60.0
"""How long the answers to all sign-ins of a flood may take."""


@dataclass(frozen=True)
class Sizes:
    """How much a story does, and how long. `seconds` is the length of an attack, and how long people work after a kill.

    `silent` and `slow` are numbers of connections, `header` is in bytes, and `guesses` are wrong passwords a second.
    """

    seconds: float
    silent: int
    slow: int
    header: int
    guesses: float
    loud: int


FULL = Sizes(seconds=8.0, silent=1_100, slow=100, header=50 * 2**20, guesses=500.0, loud=200)
SHORT = Sizes(seconds=1.5, silent=60, slow=10, header=2**20, guesses=20.0, loud=20)


@dataclass(frozen=True)
class Scene:
    """What a story acts on."""

    service: Service
    companies: Sequence[Company]
    people: Sequence[Person]
    sizes: Sizes


@dataclass(frozen=True)
class Act:
    """What a story did: the process that it killed, what it measured, and whether that met the target, if it has one.

    `at` is the moment of the kill, or of the end of the attack.
    """

    killed: int | None = None
    measured: str = ""
    met: bool | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Story:
    """A story: its name, what it does in words, and the function that does it."""

    name: str
    what: str
    act: Callable[[Scene], Awaitable[Act]]


async def kill_web_worker(scene: Scene) -> Act:
    """Kill one of the web workers. `usher run` replaces it."""
    return Act(service.kill(scene.service.run.workers[0]))


async def kill_job_worker(scene: Scene) -> Act:
    """Kill `usher worker`, and start it again, as a supervisor would."""
    act = Act(service.kill(scene.service.jobs.process.pid))
    await asyncio.to_thread(scene.service.jobs.process.wait)
    await asyncio.to_thread(scene.service.start_jobs)
    return act


async def kill_backend(scene: Scene) -> Act:
    """Kill a process of PostgreSQL that serves a connection. PostgreSQL then ends all others, and recovers."""
    return Act(service.kill(scene.service.backends[0]))


async def kill_postmaster(scene: Scene) -> Act:
    """Kill the first process of PostgreSQL. Usher starts it again."""
    killed = scene.service.run.postgres
    assert killed is not None  # noqa: S101 - the service is healthy when a story begins
    return Act(service.kill(killed))


async def silent_connections(scene: Scene) -> Act:
    """Open connections that send nothing."""
    sizes = scene.sizes
    outcomes = await hostile_clients.silent_connections(
        scene.service.address, sizes.silent, sources=ATTACKERS, patience=sizes.seconds
    )
    return Act(measured=_ends(outcomes))


async def slow_requests(scene: Scene) -> Act:
    """Send headers and bodies byte by byte."""
    address, sizes = scene.service.address, scene.sizes
    slow = [hostile_clients.slow_header, hostile_clients.slow_body]
    clients = (slow[number % 2](address, patience=sizes.seconds) for number in range(sizes.slow))
    return Act(measured=_ends(await asyncio.gather(*clients)))


async def endless_headers(scene: Scene) -> Act:
    """Send a header, a name, a target and a trailer that hardly end, one after the other."""
    address, size = scene.service.address, scene.sizes.header
    outcomes = [
        await send(address, size)
        for send in (
            hostile_clients.endless_header,
            hostile_clients.endless_name,
            hostile_clients.endless_target,
            hostile_clients.endless_trailer,
        )
    ]
    return Act(measured=f"{_ends(outcomes)}; the server took {sum(one.sent for one in outcomes) / 2**20:.0f} MiB")


async def sign_in_failures(scene: Scene) -> Act:
    """Send wrong passwords from 50 addresses for 200 accounts, while others sign in with the right ones."""
    sizes = scene.sizes
    try:
        async with asyncio.timeout(FLOOD_SECONDS):
            report = await sign_in_flood.flood(
                scene.service.address, scene.people, seconds=sizes.seconds, rate=sizes.guesses
            )
    except TimeoutError:
        return Act(measured=f"not all were answered within {FLOOD_SECONDS:g} s", met=False)
    share = report.share_within(FLOOD_LIMIT)
    tried = sum(counted.total() for counted in report.right.values())
    measured = f"{report.rate:.0f} failures/s; {share:.0%} of {tried} right sign-ins within {FLOOD_LIMIT:g} s"
    return Act(measured=measured, met=share >= FLOOD_SHARE)


async def loud(scene: Scene) -> Act:
    """Let one person send nested queries on many connections, from another process, and measure a quiet person."""
    sizes, noisy, quiet = scene.sizes, scene.companies[0], scene.companies[1]
    words = ["-m", loud_person.__name__, scene.service.address, noisy.pool.team, str(sizes.loud), str(sizes.seconds)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    measuring = asyncio.create_task(loud_person.latencies(scene.service.address, quiet.usurper_token, sizes.seconds))
    output, _ = await process.communicate(f"{noisy.coordinator_token}\n".encode())
    waits, answers = sorted(await measuring), json.loads(output)
    if len(waits) < 2:  # noqa: PLR2004 - percentiles need two
        return Act(measured="the quiet person got no answer")
    p99 = statistics.quantiles(waits, n=100, method="inclusive")[98]
    quiet_times = f"p50 {statistics.median(waits) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    return Act(measured=f"quiet person: {quiet_times}; loud person: {_counted(answers)}")


def _ends(outcomes: Sequence[Outcome]) -> str:
    """Say how the server ended these connections."""
    statuses = Counter(f"{status}" for one in outcomes for status in one.statuses)
    ended = sum(one.ended for one in outcomes)
    return f"{ended} of {len(outcomes)} connections ended by the server" + (
        f", with {_counted(statuses)}" if statuses else ""
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} × {what}" for what, number in sorted(counts.items()))


STORIES = (
    Story("web worker killed", "kill -9 of one of two web workers", kill_web_worker),
    Story("job worker killed", "kill -9 of `usher worker`, which is started again as by a supervisor", kill_job_worker),
    Story("backend killed", "kill -9 of a PostgreSQL process that serves a connection", kill_backend),
    Story("postmaster killed", "kill -9 of the first process of the embedded PostgreSQL", kill_postmaster),
    Story("silent connections", "connections from 10 addresses that send nothing", silent_connections),
    Story("slow requests", "headers and bodies that come byte by byte", slow_requests),
    Story("endless headers", "a header, a name, a target and a trailer that hardly end", endless_headers),
    Story("failed sign-ins", "wrong passwords from 50 addresses for 200 accounts", sign_in_failures),
    Story("one loud person", "nested queries of one person on many connections, beside a quiet person", loud),
)
