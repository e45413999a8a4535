"""The cost of the policy: `python -m bench.policy` measures it and writes bench/POLICY.md.

Decisions are timed in tight loops. Two schemas answer the nested view in turn: one with the policy, and one that allows
everything. Both run in one process with one database, so drift affects both equally.
"""

import asyncio
import gc
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from graphql import parse
from rich.console import Console
from sqlalchemy import text

from bench.dataset import open_session
from db.core import migrate
from db.core.database import Database
from db.core.statements import Statement
from db.demo import seed as seeding
from db.embedded import server as embedded
from db.seats.seats import SeatRow
from domain import credentials, subjects
from domain.actions import Action, Scope
from domain.credentials import Credential
from domain.reach import Reach
from domain.roles import Role
from gateway.cli.progress import ProgressBars
from gateway.runtime.settings import ROOT
from policies import facts
from policies.engine.policy import Policy
from policies.explain import Decision
from resolvers.abilities import abilities
from resolvers.core.context import Context
from schema.build import Schema, build


class Coordinator(NamedTuple):
    """A person who coordinates a team."""

    user_id: str
    team_id: str


TEAM = "team_bench"
PERSON = subjects.Person("user_me", "session_me", {TEAM: Role.SOFTWARE_COORDINATOR})
PARTNER = subjects.Partner("token_me", TEAM, frozenset(Scope), "user_me", Role.SOFTWARE_COORDINATOR)
SEATS = [SeatRow(f"seat_{n}", TEAM, "product_x", f"user_{n}" if n % 3 else None, None) for n in range(100)]
ROUNDS = 60
VIEW = parse("""
query($team: ID!) {
  team(id: $team) {
    name
    members(first: 50) {
      nodes { role user { id name email seats(first: 20) { nodes { id product { name } usage { hours sessions } } } } }
    }
  }
}
""")
COORDINATOR = Statement(
    "coordinator",
    Coordinator,
    text("""
select m.user_id, m.team_id from memberships m
where m.role = 'software_coordinator'
  and (select count(*) from memberships o where o.team_id = m.team_id) >= 50
order by m.id limit 1
"""),
)


class AllowAll(Policy):
    """A policy that allows everything, to measure a view without decisions."""

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Allow the action."""
        return Decision(True, "everything")

    def reach(self, actor: subjects.Actor, action: Action) -> Reach:
        """Return a reach of all rows of the actor's teams."""
        return Reach(tuple(sorted(facts.roles(actor))), (), facts.acts_for(actor))


def main() -> None:
    """Measure, print the report, and write it into bench/POLICY.md."""
    policy = Policy.load(ROOT / "policy.polar")
    lines = [*_decisions(policy), _memory(policy)]
    with embedded.throwaway() as server:
        lines.append(asyncio.run(_view(server.url, policy)))
    head = f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}; `python -m bench.policy`.\n"
    report = (
        "# The cost of the policy\n\n"
        + head
        + "\n| measurement | result | bound |\n|---|---|---|\n"
        + "\n".join(lines)
        + "\n"
    )
    (Path(__file__).parent / "POLICY.md").write_text(report, encoding="utf-8")
    Console().print(report)


def _decisions(policy: Policy) -> list[str]:
    own = facts.seat(PERSON, TEAM, "user_me")
    person = _seconds_a_call(lambda: policy.decide(PERSON, Action.SEATS_ASSIGN, own), 200_000)
    partner = _seconds_a_call(lambda: policy.decide(PARTNER, Action.SEATS_ASSIGN, own), 200_000)
    nodes = _seconds_a_call(lambda: [abilities(policy, PERSON, seat) for seat in SEATS], 500)
    return [
        f"| a cached decision for a person | {person * 1e6:.2f} µs | 1 µs |",
        f"| a cached decision for a partner token | {partner * 1e6:.2f} µs | 1 µs |",
        f"| `viewerCan` of 100 seats | {nodes * 1e3:.2f} ms | 0.5 ms |",
    ]


def _seconds_a_call(work: Callable[[], object], times: int) -> float:
    """Return the seconds that one call takes, as the median of five loops."""
    loops = []
    work()
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(times):
            work()
        loops.append((time.perf_counter() - started) / times)
    return statistics.median(loops)


def _memory(policy: Policy) -> str:
    """Return the row that says how much memory a million decisions for different actors leave behind."""

    def decide(first: int, number: int) -> None:
        for n in range(first, first + number):
            actor = replace(PERSON, user_id=f"user_{n}")
            policy.decide(actor, Action.SEATS_ASSIGN, facts.seat(actor, TEAM, f"user_{n % 7}"))

    decide(0, 10_000)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    decide(10_000, 1_000_000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return f"| memory after a million decisions | {grown / 1024:+.1f} KiB | flat |"


async def _view(url: str, policy: Policy) -> str:
    database = Database(url)
    await migrate.upgrade(database)
    sizes = seeding.Sizes(teams=10, users=1_000, seats=5_000, usage_days=30)
    async with database.transaction() as connection:
        with ProgressBars() as bars:
            await seeding.seed(connection, sizes, 1, bars)
        await connection.commit()
    credential, team = await _coordinator(database)
    allow_all = AllowAll.load(ROOT / "policy.polar")
    contenders = [(policy, build(policy)), (allow_all, build(allow_all))]
    took: list[list[float]] = [[], []]
    answers = [await _answer(database, rules, schema, credential, team) for rules, schema in contenders]
    if answers[0] != answers[1]:
        sys.exit("The two schemas do not give the same answer.")
    for round_ in range(ROUNDS):
        for place in (0, 1) if round_ % 2 else (1, 0):
            rules, schema = contenders[place]
            started = time.perf_counter()
            await _answer(database, rules, schema, credential, team)
            took[place].append(time.perf_counter() - started)
    await database.close()
    with_policy, without = (statistics.median(times) * 1e3 for times in took)
    over = (with_policy / without - 1) * 100
    result = f"{with_policy:.2f} ms, {over:+.1f} % against a policy that allows everything ({without:.2f} ms)"
    return f"| nested view of 50 members | {result} | +5 % |"


async def _coordinator(database: Database) -> tuple[Credential | None, str]:
    """Return a session of a person who coordinates a team of at least 50 members, and the id of that team."""
    async with database.transaction() as connection:
        [(user_id, team_id)] = await COORDINATOR.rows(connection)
        secret = await open_session(connection, user_id)
        await connection.commit()
    return credentials.parse(secret), team_id


async def _answer(
    database: Database, policy: Policy, schema: Schema, credential: Credential | None, team: str
) -> dict[str, Any]:
    """Run the view as the gateway runs it: the actor is read together with the rows."""
    context = Context(database, policy, credential, "bench", "", preflighted=False, stored_policy_hashes=set())
    try:
        result = await schema.run(VIEW, {"team": team}, context, None)
    finally:
        await context.end()
    if result.errors or result.data is None:
        sys.exit(str(result.errors))
    return result.data


if __name__ == "__main__":
    main()
