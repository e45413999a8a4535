"""`usher db …`: the tables and the demo company."""

from typing import Annotated

import typer

from db.core import migrate
from db.core.text_renewal import Renewal, renew
from gateway import databases
from gateway.cli.failures import command
from gateway.demo import load_demo
from gateway.runtime import settings
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace

app = typer.Typer(no_args_is_help=True, help="The database's schema and its demo data.")


@app.command()
@command
def upgrade(revision: str = migrate.HEAD) -> None:
    """Upgrade the tables to a revision. At the newest one, also renew the sort keys and search texts of names."""
    with databases.opened_database(settings.load()) as (runner, database):
        _show(runner.run(migrate.upgrade(database, revision)))


@app.command()
@command
def renew_text() -> None:
    """Make the sort keys and search texts of names again where they are old. It can be stopped and repeated."""
    with databases.opened_database(settings.load()) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise databases.StartupError("The database does not have this version's tables. Run `usher db upgrade`.")
        _show(runner.run(renew(database)))


def _show(renewal: Renewal) -> None:
    """Print what was renewed, and which groups and teams should get another name."""
    typer.echo(f"{renewal.rows} rows got new sort keys and search texts.")
    for one in renewal.same_names:
        typer.echo(
            f"{one.id}: an older one has a name that counts as equal to “{one.name}”. Rename one of them.", err=True
        )


@app.command()
@command
def downgrade(revision: Annotated[str, typer.Argument(help="`base` removes all tables with their rows.")]) -> None:
    """Downgrade the tables to a revision."""
    with databases.opened_database(settings.load()) as (runner, database):
        runner.run(migrate.downgrade(database, revision))


@app.command()
@command
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove all tables with their rows, and create the tables again."""
    if not yes:
        typer.confirm("This deletes all data in the database. Continue?", abort=True)
    with databases.opened_database(settings.load()) as (runner, database):
        runner.run(migrate.downgrade(database))
        runner.run(migrate.upgrade(database))


@app.command("seed")
@command
def seed_demo() -> None:
    """Load the demo company into an empty database."""
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with databases.opened_database(chosen) as (runner, database):
        runner.run(migrate.upgrade(database))
        loaded = runner.run(load_demo(Workspace(database, live.current), "db seed"))
        typer.echo("The demo company is loaded." if loaded else "Nothing was loaded: the database already has users.")
