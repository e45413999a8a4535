"""The command line: `usher run`, `usher db …`, `usher seed`, `usher schema`, `usher policy …`, `usher audit …`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from db import demo, migrate
from db import seed as seeding
from gateway import audit_cli, banner, logs, policy_cli, serving, settings
from gateway.commands import command
from gateway.progress import Bars
from policies.policy import Policy
from resolvers import passwords
from schema.build import build

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A GraphQL gateway for software seats.")
db = typer.Typer(no_args_is_help=True, help="The database's schema and its demo data.")
app.add_typer(db, name="db")
app.add_typer(policy_cli.app, name="policy")
app.add_typer(audit_cli.app, name="audit")


@app.command()
@command
def run() -> None:
    """Start the database, migrate it, load the demo company into an empty one, and serve."""
    logs.configure()
    serving.stop_on_signals()
    chosen = settings.load()
    with serving.listen(chosen) as listener:
        serving.check(chosen)
        with serving.database(chosen) as url:
            demo_there = serving.prepare(url, demo_allowed=chosen.host in settings.LOOPBACK)
            banner.show(chosen.address, demo=demo_there)
            serving.serve(chosen, url, listener)


@db.command()
@command
def upgrade(revision: str = "head") -> None:
    """Bring the schema up to a revision."""
    with serving.engine(settings.load()) as (runner, engine):
        runner.run(migrate.upgrade(engine, revision))


@db.command()
@command
def downgrade(revision: Annotated[str, typer.Argument(help="`base` removes every table, and every row.")]) -> None:
    """Take the schema down to a revision."""
    with serving.engine(settings.load()) as (runner, engine):
        runner.run(migrate.downgrade(engine, revision))


@db.command()
@command
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove every table and every row, and make the tables anew."""
    if not yes:
        typer.confirm("This deletes all data of the database. Go on?", abort=True)
    with serving.engine(settings.load()) as (runner, engine):
        runner.run(migrate.downgrade(engine))
        runner.run(migrate.upgrade(engine))


@db.command("seed")
@command
def seed_demo() -> None:
    """Load the demo company into an empty database."""
    with serving.engine(settings.load()) as (runner, engine):
        runner.run(migrate.upgrade(engine))
        loaded = runner.run(demo.load(engine, passwords.hashed))
        typer.echo("The demo company is loaded." if loaded else "Nothing done: the database has users already.")


@app.command()
@command
def seed(
    *,
    teams: Annotated[int, typer.Option(help="Teams.")] = 200,
    users: Annotated[int, typer.Option(help="Users, spread over the teams.")] = 20_000,
    seats: Annotated[int, typer.Option(help="Seats, most of them held.")] = 100_000,
    usage_days: Annotated[int, typer.Option(help="Days of usage up to today.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed on the same day gives the same rows.")] = 1,
) -> None:
    """Load made-up teams into an empty database, for trying sizes."""
    sizes = seeding.Sizes(teams=teams, users=users, seats=seats, usage_days=usage_days)
    with serving.engine(settings.load()) as (runner, engine), Bars() as bars:
        runner.run(migrate.upgrade(engine))
        runner.run(seeding.seed(engine, sizes, seed, bars))


@app.command()
@command
def schema(
    *,
    check: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Compare with this file instead of printing.")
    ] = None,
) -> None:
    """Print the published schema, or fail when a file differs from it."""
    text = build(Policy.load(settings.ROOT / "policy.polar")).as_str() + "\n"
    if check is None:
        sys.stdout.write(text)
    elif check.read_text(encoding="utf-8") != text:
        raise serving.Unstartable(f"{check} is stale; write it anew: usher schema > {check}")


def main() -> None:
    """Run the command line."""
    app()
