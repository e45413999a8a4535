"""`usher run`: serve."""

import typer

from gateway import databases, serving
from gateway.cli import banner
from gateway.cli.failures import command
from gateway.cli.watched import WATCHED
from gateway.runtime import logs, settings
from gateway.runtime.addresses import LOOPBACK
from gateway.runtime.stopping import stop_on_signals

app = typer.Typer(add_completion=False)


@app.command(epilog=WATCHED)
@command
def run() -> None:
    """Start and migrate the database, load the demo company into an empty one, and serve."""
    logs.configure()
    stop_on_signals()
    chosen = settings.load()
    with serving.listen(chosen) as listener:
        live = serving.check(chosen)
        with databases.database(chosen) as url:
            demo_there = serving.prepare(url, live.current, demo_allowed=chosen.host in LOOPBACK)
            banner.show(chosen, demo=demo_there)
            serving.serve(chosen, url, listener, demo=demo_there)
