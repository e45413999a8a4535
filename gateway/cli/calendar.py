"""`usher calendar run`: do at once what the job `calendar` does every hour, or show what it would do."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from db.notices.rehearsed_notices import RehearsedNotice
from gateway.cli.failures import CommandFailed, command, day
from gateway.cli.workspace import opened_workspace
from gateway.runtime import subjects
from resolvers.contracts.calendar import CalendarReport, Step, preview, run_calendar

MAX_DAYS = 366
"""How many days ahead a dry run looks at most."""
WORDS = {
    "renewed": "renewed",
    "changed": "with another number of seats",
    "moved": "people moved to another seat",
    "waiting": "lost their seat and wait",
    "promoted": "got a seat from a waiting list",
}

app = typer.Typer(no_args_is_help=True, help="What happens on the days on which subscriptions begin and end.")


@app.callback()
def group() -> None:
    """What happens on the days on which subscriptions begin and end."""


@app.command()
@command
def run(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would be done.")] = False,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="With --dry-run: to this day (UTC), as 2026-01-31.")
    ] = None,
) -> None:
    """Renew subscriptions, change their seats, take back seats that have ended, serve waiting lists. Repeatable."""
    last = _last_day(until, dry_run=dry_run)
    subject = subjects.command("calendar run")
    with opened_workspace() as (runner, workspace):
        if last is None:
            typer.echo(_counts(runner.run(run_calendar(workspace, subject)), always=True) + ".")
            return
        runner.run(preview(workspace, subject, last, _show))
        typer.echo("Nothing was changed.")


def _last_day(until: str | None, *, dry_run: bool) -> date | None:
    """The last day of a dry run; None if it is none. Raises CommandFailed."""
    if not dry_run:
        if until is not None:
            raise CommandFailed("--until needs --dry-run: the calendar never acts for a day that has not come.")
        return None
    today = datetime.now(UTC).date()
    last = today if until is None else day("--until", until)
    if not today <= last <= today + timedelta(MAX_DAYS):
        raise CommandFailed(f"--until {last} is not within {MAX_DAYS} days from today.")
    return last


def _show(day: date, step: Step | RehearsedNotice) -> None:
    if isinstance(step, RehearsedNotice):
        typer.echo(f"{day} notice {step.event_key} of {step.team_id}: people who are told: {step.people}")
        return
    typer.echo(f"{day} {step.action} {step.target.id} of {step.target.team_id}: {_counts(step.report, always=False)}")


def _counts(report: CalendarReport, *, always: bool) -> str:
    """The counts in words, `always` or only those that are not 0."""
    counts = report._asdict()
    return ", ".join(f"{counts[name]} {words}" for name, words in WORDS.items() if always or counts[name])
