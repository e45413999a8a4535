"""`usher audit …`: make the decisions of the audit log again."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.audit import audit_log
from db.audit import policy_texts as kept
from db.audit.audit_log import Decided, Period
from db.core import migrate
from db.people import teams
from domain.actions import Action
from domain.reach import Reach
from gateway import serving
from gateway.cli.failures import Unusable, command
from gateway.cli.progress import Bars
from gateway.runtime import settings
from policies.audit_facts import objection
from policies.engine.archived import Past
from policies.engine.gates import checked
from policies.engine.policy import Policy
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
    policy: Annotated[Path | None, typer.Option(help="Decide by this file, not by the policies of the time.")] = None,
) -> None:
    """Decide everything that was done anew, from the facts of its moment; list what is not allowed, and exit with 1."""
    period = _period(since, until, team)
    candidate = None if policy is None else Policy.load(policy)
    if candidate is not None:
        checked(candidate)
    with serving.engine(settings.load()) as (runner, engine):
        lines, disagreements = runner.run(_replay(engine, period, candidate))
    judge = "the policies of their time" if candidate is None else candidate.file
    typer.echo(f"{lines} decisions made again by {judge}: {disagreements or 'none'} not allowed.")
    if disagreements:
        raise typer.Exit(1)


def _period(since: str | None, until: str | None, team: str | None) -> Period:
    first, last = _day("--since", since), _day("--until", until)
    if first is not None and last is not None and first > last:
        raise Unusable(f"--since {first} is after --until {last}; swap them.")
    if last == date.max:
        raise Unusable(f"--until {last} is the end of the calendar; leave it out.")
    return Period(_midnight(first), _midnight(last + timedelta(days=1) if last else None), team)


def _day(name: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Unusable(f"{name} '{text}' is no day; write it as 2026-01-31.") from None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


async def _replay(engine: AsyncEngine, period: Period, candidate: Policy | None) -> tuple[int, int]:
    """How many lines there were, and on how many the policy disagrees; those are printed as they are found."""
    if not await migrate.is_current(engine):
        raise Unusable("The database has not this version's tables; run `usher db upgrade`.")
    async with engine.connect() as connection:
        count, last = await audit_log.extent(connection, period)
        if count == 0 and period.team_id is not None and not await _team_exists(connection, period.team_id):
            raise Unusable(f"There is no team {period.team_id}, and nothing in the log of one.")
    disagreements = 0
    judges: dict[str, Judge | str] = {}
    with Bars() as bars:
        bars.start("decisions", count)
        async for page in _pages(engine, period, last):
            for line in page:
                judge = candidate or await _of_that_day(engine, line.policy_hash, judges)
                against = judge if isinstance(judge, str) else _against(judge, line)
                if against is not None:
                    disagreements += 1
                    typer.echo(_told(line, against))
            bars.advance("decisions", len(page))
    return count, disagreements


async def _team_exists(connection: AsyncConnection, id_: str) -> bool:
    return bool(await teams.by_ids(connection, Reach((id_,)), [id_]))


async def _pages(engine: AsyncEngine, period: Period, last: int) -> AsyncIterator[list[Decided]]:
    """A page at a time, each read by itself: a long replay holds neither the log in memory nor a snapshot open."""
    after = 0
    while after < last:
        async with engine.connect() as connection:
            page = await audit_log.decided(connection, period, after, last, PAGE)
        yield page
        after = page[-1].id


async def _of_that_day(engine: AsyncEngine, hash_: str, judges: dict[str, Judge | str]) -> Judge | str:
    """The policy of a hash, or why nothing can be decided by it."""
    if hash_ not in judges:
        async with engine.connect() as connection:
            text = await kept.text_of(connection, hash_)
        try:
            judges[hash_] = Past(text, hash_[:12])
        except PolicyRefused as refusal:
            judges[hash_] = f"its policy cannot be read any more: {refusal}"
    return judges[hash_]


def _against(judge: Judge, line: Decided) -> str | None:
    """Why it would not be allowed; None if it would. What cannot be decided is not allowed."""
    try:
        against = objection(judge, Action(line.action), line.facts)
    except ValueError as unknown:
        return f"undecided: {unknown}"
    return None if against is None else f"denied: {against}"


def _told(line: Decided, against: str) -> str:
    who = line.token_id or line.actor_id or "nobody"
    at = line.at.isoformat(timespec="seconds")
    done = f"{line.action} by {line.actor_kind} {who} on {line.target_id}"
    return f"{line.id} {at} {done}, policy {line.policy_hash[:12]}: {against}"
