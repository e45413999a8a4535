"""Calls each operation of a running server with random documents, as several roles, and judges the answers."""

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import requests
import schemathesis
import yaml
from graphql import GraphQLSchema, build_client_schema, get_introspection_query
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from gateway.runtime.settings import ROOT
from tests.conftest import Client
from tests.fuzz import documents
from tests.fuzz.company import ROLES, Actor, Company
from tests.support.world import world_of

LEAST_SUCCESS = 0.3
# Of three calls, two are meant to succeed. The third has ids of running data, and any other value.
ROUND = 3
MATRIX: Any = yaml.safe_load((ROOT / "tests/resolvers/core/matrix.yaml").read_text(encoding="utf-8"))
COLUMNS = {"user": "user", "coordinator": "coordinator", "manager": "manager", "partner": "manager's"}
# The queries that a role may not use. All others are for all roles.
CLOSED_QUERIES = {
    ("viewer", "partner"),
    ("passkeyOptions", "partner"),
    ("signInProviders", "partner"),
    ("explain", "user"),
    ("explain", "partner"),
    *(("viewerToken", role) for role in ROLES if role != "partner"),
    *((name, role) for name in ("companies", "company") for role in ROLES),
}
SERVER_ERROR = 500
FAULTS = {"INTERNAL", "UNAVAILABLE"}
GENERATED = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
# Any JSON, and some that looks like the answer of a passkey.
WORDS = st.text(max_size=9) | st.sampled_from(["public-key", "e30", "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"])
NAMES = ("id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle", "other")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=9,
).map(documents.json_node)


@dataclass
class Result:
    """How the calls of one operation by one role ended. `faults` are the documents that made the server fail."""

    operation: str
    role: str
    may: bool
    calls: int = 0
    succeeded: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """What is wrong; None if nothing is."""
        if self.faults:
            return f"{len(self.faults)} faults, the first by: {self.faults[0]}"
        if self.may and self.succeeded < LEAST_SUCCESS * self.calls:
            return f"only {self.succeeded} of {self.calls} calls succeed; the others: {dict(self.codes)}"
        if not self.may and self.succeeded:
            return f"{self.succeeded} calls succeed, but the role may not use it"
        return None


def may_use(operation: str, role: str) -> bool:
    """Whether a role may use an operation in some way."""
    if operation not in MATRIX["mutations"]:
        return (operation, role) not in CLOSED_QUERIES
    column = MATRIX["columns"].index(COLUMNS[role])
    return any(row[column] == "ok" for name, row in MATRIX["mutations"][operation].items() if name != "needs")


class Fuzzer:
    """Random calls to one server."""

    def __init__(self, address: str, company: Company, runner: asyncio.Runner) -> None:
        """`address` is that of the server; `company` makes rows in its database, with coroutines for `runner`."""
        self._company, self._runner = company, runner
        self._http = requests.Session()
        self._schema = schemathesis.graphql.from_url(f"{address}/graphql")
        self._types: GraphQLSchema = build_client_schema(
            self._http.post(f"{address}/graphql", json={"query": get_introspection_query()}, timeout=60).json()["data"]
        )
        # Fields that a role was forbidden to read: documents that are meant to succeed leave them out.
        self._hidden: dict[str, set[str]] = {role: set() for role in ROLES}
        self._places = itertools.count(1)

    @property
    def operations(self) -> list[tuple[str, str]]:
        """The type and the name of each operation, queries first."""
        roots = (self._types.query_type, self._types.mutation_type)
        return [(root.name, name) for root in roots if root for name in root.fields]

    def run(self, type_: str, name: str, role: str, examples: int) -> Result:
        """Call an operation as a role, with this number of random documents."""
        result = Result(name, role, may_use(name, role))
        make_actor = self._company.newcomer if name in MATRIX["mutations"] else self._company.actor
        actor = self._runner.run(make_actor(role))
        ids = self._runner.run(self._company.ids(actor))

        def call(case: Any) -> None:
            random = Random(result.calls)  # noqa: S311 - it chooses values for tests
            sender, case.body = self._prepared(case.body, result, actor, ids, random)
            self._judge(case, sender, result)

        given(self._schema[type_][name].as_strategy())(settings(GENERATED, max_examples=examples)(call))()
        return result

    def _prepared(
        self, text: str, result: Result, actor: Actor, ids: documents.Ids, random: Random
    ) -> tuple[Actor, str]:
        name, hidden = result.operation, self._hidden[result.role]
        is_mutation = name in MATRIX["mutations"]
        # The id of the query `team` is that of a team.
        ids = {**ids, "id": ids.get(f"{name}Id", ids["id"])}
        if result.calls % ROUND == ROUND - 1:
            text = documents.with_running_ids(text, self._types, ids, random)
        else:
            arguments: dict[str, Any] = {}
            if is_mutation:
                actor, arguments = self._runner.run(self._company.mutation(name, result.role))
            elif name == "explain":
                arguments = {"action": "GROUPS_CREATE", "target": actor.team, "subject": random.choice(ids["userId"])}
            elif name == "passkeyOptions":
                arguments = {"challenge": None}
            elif name == "team":
                arguments = {"id": actor.team}
            text = documents.meant_to_succeed(text, self._types, arguments, ids, hidden, random)
        return actor, documents.reporting_errors(text) if is_mutation else text

    def _judge(self, case: Any, actor: Actor, result: Result) -> None:
        # Each call comes from another place, because Usher limits the failed sign-ins and sign-ups of a place.
        place = next(self._places)
        headers = {"authorization": f"Bearer {actor.secret}", "x-forwarded-for": f"10.{place >> 8}.{place & 255}.1"}
        response = case.call(session=self._http, headers=headers)
        result.calls += 1
        content: Any = response.json() if response.status_code < SERVER_ERROR else {}
        codes = [error["extensions"]["code"] for error in content.get("errors", [])]
        if response.status_code >= SERVER_ERROR or FAULTS.intersection(codes):
            result.faults.append(f"{case.body}\n{response.status_code} {response.text}")
        for error in content.get("errors", []):
            path = [step for step in error.get("path", []) if isinstance(step, str)]
            if error["extensions"]["code"] == "FORBIDDEN" and len(path) > 1:
                self._hidden[result.role].add(path[-1])
        payload = (content.get("data") or {}).get(result.operation)
        outcome = payload.get("outcome", []) if isinstance(payload, dict) else []
        codes += [error["code"] for error in outcome if not error["isInformation"]]
        result.codes.update(set(codes))
        result.succeeded += response.status_code < SERVER_ERROR and not codes


def run(address: str, database_url: str, examples: int, report: Callable[[Result, int], None]) -> list[Result]:
    """Fuzz each operation of a server as each role. Reports each result at once, with the number of all results."""
    schemathesis.graphql.scalar("JSON", JSON)
    schemathesis.graphql.scalar("Upload", st.just(nodes.Null))
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    results = []
    with asyncio.Runner() as runner:
        opened = _opened(address, database_url)
        try:
            fuzzer = Fuzzer(address, runner.run(anext(opened)), runner)
            for type_, name in fuzzer.operations:
                for role in ROLES:
                    results.append(fuzzer.run(type_, name, role, examples))
                    report(results[-1], len(fuzzer.operations) * len(ROLES))
        finally:
            runner.run(opened.aclose())
    return results


async def _opened(address: str, database_url: str) -> AsyncGenerator[Company, None]:
    async with world_of(database_url) as world, httpx.AsyncClient(base_url=address, timeout=60) as http:
        yield await Company.find(world, Client(http))
