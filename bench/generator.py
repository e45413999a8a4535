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
ALL = "all requests"


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
        kinds = [str(place) for place in range(len(turns[0]))]
        answer = self._run(service, token, turns, kinds, connections, {"seconds": seconds})
        first = answer["kinds"][kinds[0]]
        return Load(answer["all"]["count"] / len(kinds) / answer["seconds"], first["p50"], first["p99"])

    def drive_mix(
        self,
        service: Service,
        token: str,
        turns: Sequence[Sequence[bytes]],
        kinds: Sequence[str],
        connections: int,
        seconds: float,
    ) -> dict[str, Load]:
        """Do the same, and return a load for each kind of request and for ALL. Their rates are requests a second.

        `kinds` has the kind of each request of a turn. A kind of which no request was answered is not in the result.
        """
        answer = self._run(service, token, turns, kinds, connections, {"seconds": seconds})
        found = {ALL: answer["all"]} | answer["kinds"]
        return {
            kind: Load(one["count"] / answer["seconds"], one["p50"], one["p99"])
            for kind, one in found.items()
            if one["count"]
        }

    def send(self, service: Service, token: str, turn: Sequence[bytes], connections: int, requests: int) -> None:
        """Send this number of requests in total."""
        self._run(service, token, [turn], [ALL] * len(turn), connections, {"requests": requests})

    def _run(
        self,
        service: Service,
        token: str,
        turns: Sequence[Sequence[bytes]],
        kinds: Sequence[str],
        connections: int,
        until: dict[str, float],
    ) -> Any:
        options = {"url": service.url, "headers": headers(token), "connections": connections, "kinds": kinds, **until}
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
