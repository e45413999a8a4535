"""The load generator: autocannon in one process for the whole bench, so that it is warm for every contender alike."""

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
    """What one run measured: requests (or whole turns) a second, and the latencies of the first of a turn in ms."""

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Generator:
    """Sends to a contender what it is told, over so many connections, each of which always waits for its answer."""

    process: subprocess.Popen[bytes]

    def drive(
        self, service: Service, token: str, turns: Sequence[Sequence[bytes]], connections: int, seconds: float
    ) -> Load:
        """Keep the connections busy for so long; connection n repeats the requests of `turns[n % len(turns)]`."""
        answer = self._ask(service, token, turns, connections, {"seconds": seconds})
        first, answered = answer["places"][0], sum(place["count"] for place in answer["places"])
        return Load(answered / len(answer["places"]) / answer["seconds"], first["p50"], first["p99"])

    def send(self, service: Service, token: str, turn: Sequence[bytes], connections: int, requests: int) -> None:
        """Send so many requests in all."""
        self._ask(service, token, [turn], connections, {"requests": requests})

    def _ask(
        self, service: Service, token: str, turns: Sequence[Sequence[bytes]], connections: int, until: dict[str, float]
    ) -> Any:
        given = {"url": service.url, "headers": headers(token), "connections": connections, **until}
        given["bodies"] = [[body.decode() for body in turn] for turn in turns]
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("the generator was started with pipes")
        self.process.stdin.write(orjson.dumps(given) + b"\n")
        self.process.stdin.flush()
        answer = orjson.loads(self.process.stdout.readline() or b'{"error": "the load generator ended"}')
        if answer.get("error") or answer["failures"]:
            told = answer.get("error") or f"{answer['failures']} answers were no data"
            raise Unexpected(f"{service.name}: {told}")
        return answer


@contextmanager
def started(node_: Node) -> Iterator[Generator]:
    """The generator, ended afterwards."""
    process = subprocess.Popen(  # noqa: S603 - our own words, no shell
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
