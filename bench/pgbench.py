"""Runs the statements of an assignment with pgbench, to measure the database alone, without a gateway."""

import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import graphql
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.views import Operation
from db.core.engine import connect
from db.embedded import cluster
from domain.credentials import parse
from gateway.runtime.settings import ROOT
from policies.engine.policy import Policy
from resolvers.core.context import Context
from schema.build import build

PLACEHOLDER = re.compile(r"\$(\d+)")
RATE = re.compile(r"tps = ([\d.]+)")


async def record(url: str, token: str, operations: Sequence[tuple[Operation, dict[str, Any]]]) -> list[str]:
    """Run these operations, and return the statements that Usher sends, in order, with the values in them."""
    engine = connect(url)
    rules = Policy.load(ROOT / "policy.polar")
    schema = build(rules)
    try:
        sent = _recording(engine)
        for operation, variables in operations:
            context = Context(
                engine, rules, parse(token), "pgbench", "", preflighted=True, stored_policy_hashes={rules.hash}
            )
            await context.identify(writes=True)
            result = await schema.run(graphql.parse(operation.document), variables, context, operation.name)
            await context.end()
            if result.errors:
                raise AssertionError(result.errors)
    finally:
        await engine.dispose()
    return sent


def _recording(engine: AsyncEngine) -> list[str]:
    """Return a list to which each statement of the engine is added.

    The engine reports no statement that begins a transaction, so `begin` is added before the first one.
    """
    sent: list[str] = []

    def statement(_conn: Any, _cursor: Any, text: str, values: Sequence[Any], *_: Any) -> None:
        if not sent or sent[-1] in {"commit", "rollback"}:
            sent.append("begin")
        sent.append(PLACEHOLDER.sub(lambda found: literal(values[int(found[1]) - 1]), text))

    def ended(word: str) -> Callable[[Any], None]:
        def note(_conn: Any) -> None:
            if sent and sent[-1] not in {"commit", "rollback"}:
                sent.append(word)

        return note

    event.listen(engine.sync_engine, "before_cursor_execute", statement)
    event.listen(engine.sync_engine, "savepoint", lambda _conn, name: sent.append(f"savepoint {name}"))
    for word in ("commit", "rollback"):
        event.listen(engine.sync_engine, word, ended(word))
    return sent


def literal(value: Any) -> str:
    """Return a value as SQL, without colons, because pgbench would read them as variables."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list | tuple):
        return f"array[{', '.join(map(literal, value))}]"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\072").replace("\n", "\\n") + "'"


def script(statements: Sequence[str], person: str, people: Sequence[str]) -> str:
    """Return a pgbench script in which each client runs the statements recorded for `person` for another person."""
    blocks = []
    for client, other in enumerate(people):
        own = "\n".join(f"{one.strip().replace(person, other)};" for one in statements)
        blocks.append(f"\\{'elif' if client else 'if'} :client_id = {client}\n{own}")
    return "\n".join([*blocks, "\\endif", ""])


def run(url: str, file: Path, clients: int, seconds: float) -> float:
    """Run the script, and return the transactions a second. Raises AssertionError if one failed."""
    parts = make_url(url)
    command = [cluster.binary("pgbench"), "--no-vacuum", "-M", "prepared", "-f", str(file)]
    # pgbench takes whole seconds. One is added because it has no warm-up, and clients prepare their statements first.
    command += ["-c", str(clients), "-T", str(round(seconds) + 1)]
    command += ["-h", str(parts.query["host"]), "-U", parts.username or "", parts.database or ""]
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        command, env=cluster.environment(), capture_output=True, text=True, check=True
    )
    found = RATE.search(done.stdout)
    if found is None or "failed transactions: 0 " not in done.stdout:
        raise AssertionError(done.stdout + done.stderr)
    return float(found[1])
