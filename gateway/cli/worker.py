"""`usher worker`: send queued mails and do the jobs of the clock, without a server."""

import typer

from db.core import migrate
from gateway import databases, worker
from gateway.cli.failures import command
from gateway.cli.watched import WATCHED
from gateway.runtime import logs, settings
from gateway.runtime.stopping import stop_on_signals
from policies.engine.live import LivePolicy

app = typer.Typer(add_completion=False)


@app.command(epilog=WATCHED)
@command
def work() -> None:
    """Send queued mails until it is stopped. It can run beside `usher run` or on another machine."""
    logs.configure()
    stop_on_signals()
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with databases.opened_database(chosen) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise databases.StartupError("The database does not have this version's tables. Run `usher db upgrade`.")
        runner.run(worker.until_signalled(database, live, chosen))
