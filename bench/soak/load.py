"""People who use Usher during a soak: coordinators who change seats and invite, and a person who has no right to."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from bench.soak.company import Company
from bench.soak.invariants import Sent

CLIENTS_PER_TEAM = 2
PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 60.0
REPEATS = 20
"""How often a client repeats a change that was not answered, with the same idempotency key."""

ERRORS = "errors { code }"
ASSIGN = f"mutation($i: AssignSeatsInput!) {{ change: assignSeats(input: $i) {{ seats {{ id holder {{ id }} }} {ERRORS} }} }}"  # noqa: E501
UNASSIGN = f"mutation($i: UnassignSeatsInput!) {{ change: unassignSeats(input: $i) {{ seats {{ id }} {ERRORS} }} }}"
REASSIGN = f"mutation($i: ReassignSeatInput!) {{ change: reassignSeat(input: $i) {{ seat {{ id }} {ERRORS} }} }}"
INVITE = f"mutation($i: InviteMembersInput!) {{ change: inviteMembers(input: $i) {{ invitations {{ id }} {ERRORS} }} }}"
READ = """query($team: ID!) { team(id: $team) { pools { total available }
  members(first: 20) { nodes { user { seats { nodes { id product { name } } } } } } } }"""
CHANGED_FIELDS = ("seats", "seat", "invitations")


@dataclass
class Counts:
    """The requests of a story: those that succeeded, those that were refused by code, those that failed by reason."""

    succeeded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def note(self, outcome: str) -> None:
        """Count one request. A refusal is a typed error; everything else that is no success is a failure."""
        if outcome == "OK":
            self.succeeded += 1
        elif outcome.isupper() and outcome != "INTERNAL":
            self.refused[outcome] += 1
        else:
            self.failed[outcome] += 1


@dataclass
class Load:
    """The people of these teams. `sent` has each change by its idempotency key; `usurped` counts wrongful successes."""

    address: str
    companies: list[Company]
    random: Random
    counts: Counts = field(default_factory=Counts)
    sent: dict[str, Sent] = field(default_factory=dict)
    usurped: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Counts]:
        """Let all people work during the block. Yields the counts of this time, which are complete after it."""
        self.counts, self._stopping = Counts(), asyncio.Event()
        people = [self._coordinate(company) for company in self.companies for _ in range(CLIENTS_PER_TEAM)]
        people += [self._usurp(company) for company in self.companies]
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(person)
            try:
                yield self.counts
            finally:
                self._stopping.set()

    async def _coordinate(self, company: Company) -> None:
        async with httpx.AsyncClient(base_url=self.address, timeout=ANSWER_SECONDS) as http:
            while not self._stopping.is_set():
                if self.random.random() < 0.2:  # noqa: PLR2004 - a fifth are reads
                    await self._send(http, company.coordinator_token, READ, {"team": company.pool.team})
                else:
                    await self._change(http, company)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _usurp(self, company: Company) -> None:
        """Try again and again, without the right, to get a seat."""
        pool = company.pool
        wanted = {"teamId": pool.team, "productId": pool.product, "userIds": [company.usurper]}
        async with httpx.AsyncClient(base_url=self.address, timeout=ANSWER_SECONDS) as http:
            while not self._stopping.is_set():
                outcome, _ = await _post(http, company.usurper_token, ASSIGN, {"i": wanted}, self._request_id())
                self.usurped += outcome == "OK"
                await asyncio.sleep(10 * PAUSE_SECONDS)

    async def _change(self, http: httpx.AsyncClient, company: Company) -> None:
        """Send a random change, and repeat it with its key until it is answered."""
        query, wanted = await self._wanted(http, company)
        key = f"soak-{next(self._numbers)}"
        sent = self.sent[key] = Sent([])
        variables = {"i": {**wanted, "idempotencyKey": key}}
        for _ in range(REPEATS):
            outcome, data = await self._send(http, company.coordinator_token, query, variables, sent)
            if outcome == "OK":
                sent.changed = any(data["change"].get(name) for name in CHANGED_FIELDS)
                return
            if self._stopping.is_set():
                return
            await asyncio.sleep(4 * PAUSE_SECONDS)

    async def _wanted(self, http: httpx.AsyncClient, company: Company) -> tuple[str, dict[str, Any]]:
        pool, pick = company.pool, self.random.random()
        people = self.random.sample(company.members, self.random.randint(1, 3))
        place = {"teamId": pool.team, "productId": pool.product, "userIds": people}
        if pick < 0.4:  # noqa: PLR2004 - the shares of the kinds of changes
            return ASSIGN, {**place, "mode": self.random.choice(["BEST_EFFORT", "WAITLIST", "ALL_OR_NOTHING"])}
        if pick < 0.75:  # noqa: PLR2004
            return UNASSIGN, {**place, "mode": "BEST_EFFORT"}
        if pick < 0.9 and (held := await self._held(http, company)):  # noqa: PLR2004
            seat, holder = self.random.choice(held)
            return REASSIGN, {"seatId": seat, "fromUserId": holder, "toUserId": people[0]}
        person = {"firstName": "Grace", "lastName": "Hopper", "email": f"invited{next(self._numbers)}@soak.example"}
        return INVITE, {"teamId": pool.team, "people": [person]}

    async def _held(self, http: httpx.AsyncClient, company: Company) -> list[tuple[str, str]]:
        """Return some seats with their holders."""
        query = "query($team: ID!) { team(id: $team) { members(first: 30) { nodes { user { id seats { nodes { id } } } } } } }"  # noqa: E501
        outcome, data = await self._send(http, company.coordinator_token, query, {"team": company.pool.team})
        if outcome != "OK":
            return []
        people = [member["user"] for member in data["team"]["members"]["nodes"]]
        return [(seat["id"], person["id"]) for person in people for seat in person["seats"]["nodes"]]

    async def _send(
        self, http: httpx.AsyncClient, token: str, query: str, variables: dict[str, Any], sent: Sent | None = None
    ) -> tuple[str, Any]:
        request_id = self._request_id()
        if sent is not None:
            sent.requests.append(request_id)
        outcome, data = await _post(http, token, query, variables, request_id)
        self.counts.note(outcome)
        return outcome, data

    def _request_id(self) -> str:
        return f"soak-request-{next(self._numbers):012d}"


async def _post(
    http: httpx.AsyncClient, token: str, query: str, variables: dict[str, Any], request_id: str
) -> tuple[str, Any]:
    """Send a request. Returns "OK" and the data, or the code of the first error, or why there is no such answer."""
    headers = {"authorization": f"Bearer {token}", "x-request-id": request_id}
    try:
        response = await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    except httpx.TransportError as error:
        return f"no answer: {type(error).__name__}", None
    if not response.headers.get("content-type", "").startswith("application/json"):
        return f"{response.status_code} without a code", None
    content = response.json()
    errors = content.get("errors")
    return (str(errors[0]["extensions"]["code"]), None) if errors else ("OK", content["data"])
