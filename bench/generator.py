"""The load generator: autocannon in one process for the whole bench, so that it is equally warm for every contender."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from bench import node
from bench.client import Unexpected, headers
from bench.node import Node
from bench.services import Service

STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Load:
    """The figures of one run: turns a second, and latencies of the first request of a turn, in ms.

    A turn is a list of requests that is repeated. If it has one request, the rate is requests a second.
    """

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Generator:
    """Sends requests to a contender over a number of connections. Each connection waits for its answer each time."""

    process: subprocess.Popen[bytes]

    def drive(
        self, service: Service, token: str, turns: Sequence[Sequence[bytes]], connections: int, seconds: float
    ) -> Load:
        """Keep the connections busy for this time. Connection n repeats the requests of `turns[n % len(turns)]`."""
        answer = self._run(service, token, turns, connections, {"seconds": seconds})
        first, answered = answer["places"][0], sum(place["count"] for place in answer["places"])
        return Load(answered / len(answer["places"]) / answer["seconds"], first["p50"], first["p99"])

    def send(self, service: Service, token: str, turn: Sequence[bytes], connections: int, requests: int) -> None:
        """Send this number of requests in total."""
        self._run(service, token, [turn], connections, {"requests": requests})

    def _run(
        self, service: Service, token: str, turns: Sequence[Sequence[bytes]], connections: int, until: dict[str, float]
    ) -> Any:
        options = {"url": service.url, "headers": headers(token), "connections": connections, **until}
        options["bodies"] = [[body.decode() for body in turn] for turn in turns]
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("the generator was started with pipes")
        self.process.stdin.write(orjson.dumps(options) + b"\n")
        self.process.stdin.flush()
        answer = orjson.loads(self.process.stdout.readline() or b'{"error": "the load generator ended"}')
        if answer.get("error") or answer["failures"]:
            problem = answer.get("error") or f"{answer['failures']} answers had no data"
            raise Unexpected(f"{service.name}: {problem}")
        return answer


@contextmanager
def started(node_: Node) -> Iterator[Generator]:
    """Start the generator, and stop it afterwards."""
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        [node_.program, str(node.LOAD / "load.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Generator(process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
