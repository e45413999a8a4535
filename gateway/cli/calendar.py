"""`usher calendar run`: do at once what the job `calendar` does every hour."""

import typer

from db.core import migrate
from gateway import serving
from gateway.cli.failures import command
from gateway.runtime import settings, subjects
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace
from resolvers.seats import terms

app = typer.Typer(no_args_is_help=True, help="What happens on the days on which subscriptions begin and end.")


@app.callback()
def group() -> None:
    """What happens on the days on which subscriptions begin and end."""


@app.command()
@command
def run() -> None:
    """Take back the seats of subscriptions that have ended, and serve waiting lists. It can be repeated."""
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with serving.opened_database(chosen) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise serving.StartupError("The database does not have this version's tables. Run `usher db upgrade`.")
        report = runner.run(terms.run_calendar(Workspace(database, live.current), subjects.command("calendar run")))
    typer.echo(
        f"{report.moved} people moved to a seat of another subscription, {report.waiting} lost their seat and wait, "
        f"{report.promoted} got a seat from a waiting list."
    )
