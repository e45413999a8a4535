"""A flood of wrong passwords from many network addresses, and people who sign in rightly meanwhile, over real HTTP.

The server must trust `X-Forwarded-For` from this machine: start it with `FORWARDED_ALLOW_IPS=127.0.0.1`.

The requests are written by hand on sockets that stay open: the generator shares the machine with the server, and an
HTTP library would take more of the processor than the server that is measured.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any, Self
from urllib.parse import urlsplit

import orjson

SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"
DEVICE, PLACE, NEW = "known device", "known place", "new place"
SOCKETS = 200
ATTACKERS, HOMES, NEW_PLACES = IPv4Address("198.18.0.1"), IPv4Address("198.19.0.1"), IPv4Address("10.0.0.1")


@dataclass(frozen=True)
class Person:
    """An account that exists, with its right password."""

    email: str
    password: str


@dataclass
class FloodReport:
    """What the generator saw.

    `wrong` counts the answers to wrong passwords, and `right` those to right passwords by where the person was (DEVICE,
    PLACE, NEW). An answer is "OK", the code of its first error, or "HTTP …". `latencies` are the seconds that each
    right sign-in took, by the same places; `seconds` is the length of the flood.
    """

    seconds: float = 0.0
    wrong: Counter[str] = field(default_factory=Counter)
    right: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in (DEVICE, PLACE, NEW)})
    latencies: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in (DEVICE, PLACE, NEW)})

    @property
    def rate(self) -> float:
        """The wrong passwords in a second that were answered."""
        return self.wrong.total() / self.seconds

    def share_within(self, seconds: float, kind: str | None = None) -> float:
        """The share of right sign-ins, of all or of one kind, that succeeded within this time."""
        kinds = [kind] if kind else list(self.right)
        tried = sum(self.right[one].total() for one in kinds)
        return sum(took <= seconds for one in kinds for took in self.latencies[one]) / tried


async def flood(
    url: str,
    people: Sequence[Person],
    *,
    seconds: float,
    rate: float = 500.0,
    addresses: int = 50,
    accounts: int = 200,
    right_rate: float = 6.0,
) -> FloodReport:
    """Send `rate` wrong passwords in a second, and `right_rate` right ones, for this time.

    The wrong passwords come from this number of addresses and are for this number of accounts. The first half of the
    people are among these accounts: they sign in once before the flood from a home address each, and during the flood
    in turns on that device elsewhere, and at home without it. The others are not attacked, and sign in from new
    addresses. There must be at least two people.
    """
    attacked, others = people[: len(people) // 2], people[len(people) // 2 :]
    target, report = _Target.of(url), FloodReport()
    cookies = [await _first_sign_in(target, person, HOMES + number) for number, person in enumerate(attacked)]
    emails = [person.email for person in attacked]
    emails += [f"flooded{number}@flood.example" for number in range(accounts - len(emails))]
    started = time.monotonic()
    numbers = itertools.count()

    async def guess() -> None:
        async with _Socket(target) as sender:
            while (number := next(numbers)) < rate * seconds:
                await asyncio.sleep(started + number / rate - time.monotonic())
                email, place = emails[number // addresses % accounts], ATTACKERS + number % addresses
                report.wrong[await sender.outcome(target.request(email, "a wrong password", place))] += 1

    async def sign_in(number: int) -> None:
        await asyncio.sleep(started + number / right_rate - time.monotonic())
        kind, index = (DEVICE, PLACE, NEW)[number % 3], number // 3
        place = HOMES + index % len(attacked) if kind == PLACE else NEW_PLACES + number
        group = others if kind == NEW else attacked
        person = group[index % len(group)]
        cookie = cookies[index % len(attacked)] if kind == DEVICE else ""
        asked = time.monotonic()
        async with _Socket(target) as sender:
            outcome = await sender.outcome(target.request(person.email, person.password, place, cookie))
        report.right[kind][outcome] += 1
        if outcome == "OK":
            report.latencies[kind].append(time.monotonic() - asked)

    await asyncio.gather(
        *(guess() for _ in range(SOCKETS)), *(sign_in(one) for one in range(int(right_rate * seconds)))
    )
    report.seconds = time.monotonic() - started
    return report


async def _first_sign_in(target: "_Target", person: Person, place: IPv4Address) -> str:
    """Sign in before the flood. Returns the cookies that the server set."""
    async with _Socket(target) as sender:
        headers, _ = await sender.answer(target.request(person.email, person.password, place))
    lines = [line.partition(":") for line in headers.split("\r\n")]
    return "; ".join(value.strip().split(";")[0] for name, _, value in lines if name.lower() == "set-cookie")


@dataclass(frozen=True)
class _Target:
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "_Target":
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or 80)

    def request(self, email: str, password: str, place: IPv4Address, cookie: str = "") -> bytes:
        """The bytes of a request to sign in from this network address."""
        body = orjson.dumps({"query": SIGN_IN, "variables": {"input": {"email": email, "password": password}}})
        headers = {
            "Host": f"{self.host}:{self.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Forwarded-For": str(place),
            **({"Cookie": cookie, "Usher-Require-Preflight": "1"} if cookie else {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /graphql HTTP/1.1\r\n{lines}\r\n".encode() + body


class _Socket:
    """A connection that is opened again if the server has closed it."""

    def __init__(self, target: _Target) -> None:
        self._target = target
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def answer(self, request: bytes) -> tuple[str, bytes]:
        """Send a request. Returns the head and the body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._target.host, self._target.port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        _, _, length = head.lower().partition("content-length:")
        body = await reader.readexactly(int(length.split("\r\n", 1)[0]))
        if "connection: close" in head.lower():
            self._close()
        return head, body

    async def outcome(self, request: bytes) -> str:
        """Send a request. Returns "OK", the code of the first error, or "HTTP …"."""
        try:
            head, body = await self.answer(request)
        except (OSError, EOFError) as error:
            self._close()
            return f"HTTP {type(error).__name__}"
        return _outcome(orjson.loads(body)) if "application/json" in head else f"HTTP {head.split()[1]}"


def _outcome(content: dict[str, Any]) -> str:
    for error in content.get("errors", []):
        return str(error["extensions"]["code"])
    for error in content["data"]["signIn"]["errors"]:
        return str(error["code"])
    return "OK"
