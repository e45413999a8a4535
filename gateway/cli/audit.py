"""`usher audit …`: repeat the decisions of the audit log."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from db.audit import audit_log, policy_texts
from db.audit.audit_log import Period, RecordedDecision
from db.core import migrate
from db.core.connection import Connection
from db.core.database import Database
from db.people import teams
from domain.actions import Action
from domain.reach import Reach
from gateway import databases
from gateway.cli.failures import CommandFailed, command, day
from gateway.cli.progress import ProgressBars
from gateway.runtime import settings
from policies.audit_facts import denial_reason
from policies.engine.archived import ArchivedPolicy
from policies.engine.gates import checked
from policies.engine.policy import Policy, read
from policies.explain import Judge
from policies.refusal import PolicyRefused

PAGE = 1000

app = typer.Typer(no_args_is_help=True, help="The audit log.")


@app.callback()
def group() -> None:
    """The audit log."""


@app.command()
@command
def replay(
    *,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day (UTC), as 2026-01-31.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="To this day (UTC), the day included.")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID", help="Only what was done in this team.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Use this policy file, not the policies of the time.")] = None,
) -> None:
    """Repeat all decisions from the facts stored with them. List those that are denied now, and exit with 1."""
    period = _period(since, until, team)
    candidate = None if policy is None else checked(read(policy), policy.name)
    with databases.opened_database(settings.load()) as (runner, database):
        lines, disagreements = runner.run(_replay(database, period, candidate))
    judge = "the policies of their time" if candidate is None else candidate.file
    typer.echo(f"{lines} decisions repeated with {judge}: {disagreements or 'none'} not allowed.")
    if disagreements:
        raise typer.Exit(1)


def _period(since: str | None, until: str | None, team: str | None) -> Period:
    first = None if since is None else day("--since", since)
    last = None if until is None else day("--until", until)
    if first is not None and last is not None and first > last:
        raise CommandFailed(f"--since {first} is after --until {last}. Swap them.")
    if last == date.max:
        raise CommandFailed(f"--until {last} is the last day of the calendar. Leave it out.")
    return Period(_midnight(first), _midnight(last + timedelta(days=1) if last else None), team)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


async def _replay(database: Database, period: Period, candidate: Policy | None) -> tuple[int, int]:
    """Print each decision that is denied now. Return the number of decisions, and how many were printed."""
    if not await migrate.is_current(database):
        raise CommandFailed("The database does not have this version's tables. Run `usher db upgrade`.")
    async with database.connection() as connection:
        count, last = await audit_log.extent(connection, period)
        if count == 0 and period.team_id is not None and not await _team_exists(connection, period.team_id):
            raise CommandFailed(f"There is no team {period.team_id}, and the audit log has no rows of such a team.")
    disagreements = 0
    judges: dict[str, Judge | str] = {}
    with ProgressBars() as bars:
        bars.start("decisions", count)
        async for page in _pages(database, period, last):
            for line in page:
                judge = candidate or await _judge_of(database, line.policy_hash, judges)
                reason = judge if isinstance(judge, str) else _denial_reason(judge, line)
                if reason is not None:
                    disagreements += 1
                    typer.echo(_line(line, reason))
            bars.advance("decisions", len(page))
    return count, disagreements


async def _team_exists(connection: Connection, id_: str) -> bool:
    return bool(await teams.by_ids(connection, Reach((id_,)), [id_]))


async def _pages(database: Database, period: Period, last: int) -> AsyncIterator[list[RecordedDecision]]:
    """Yield the log page by page, each in its own transaction: a long replay holds no snapshot and little memory."""
    after = 0
    while after < last:
        async with database.connection() as connection:
            page = await audit_log.recorded_decisions(connection, period, after, last, PAGE)
        yield page
        after = page[-1].id


async def _judge_of(database: Database, hash_: str, judges: dict[str, Judge | str]) -> Judge | str:
    """Return the policy with this hash, or the reason why it cannot decide."""
    if hash_ not in judges:
        async with database.connection() as connection:
            text = await policy_texts.text_of(connection, hash_)
        try:
            judges[hash_] = ArchivedPolicy(text, hash_[:12])
        except PolicyRefused as refusal:
            judges[hash_] = f"its policy cannot be read any more: {refusal}"
    return judges[hash_]


def _denial_reason(judge: Judge, line: RecordedDecision) -> str | None:
    """Return why the decision is denied or cannot be repeated, or None if it is allowed."""
    try:
        reason = denial_reason(judge, Action(line.action), line.facts)
    except ValueError as unknown:
        return f"undecided: {unknown}"
    return None if reason is None else f"denied: {reason}"


def _line(line: RecordedDecision, reason: str) -> str:
    who = line.token_id or line.actor_id or "nobody"
    who += f" ({line.operator})" if line.operator else ""
    at = line.at.isoformat(timespec="seconds")
    done = f"{line.action} by {line.actor_kind} {who} on {line.target_id}"
    return f"{line.id} {at} {done}, policy {line.policy_hash[:12]}: {reason}"
