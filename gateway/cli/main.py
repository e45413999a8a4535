"""The command line: `usher run`, `worker`, `mail …`, `db …`, `seed`, `schema`, `policy …`, `audit …`, `account …`,
`calendar …`, `company …`, `subscription …`, `product …`, `vendor …`, `import`, `export`, `shell`,
`explain-plan`.
"""

import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from db.core import ids, migrate
from db.core.text_renewal import Renewal, renew
from db.demo import seed as seeding
from db.embedded.watch import TRIES
from domain.actions import Action
from gateway import serving, worker
from gateway.cli import (
    account,
    audit,
    banner,
    business,
    calendar,
    explain_plan,
    export_members,
    import_members,
    mail,
    policy,
    shell,
    vendor,
)
from gateway.cli.failures import GIVEN_UP_EXIT_CODE, CommandFailed, command
from gateway.cli.progress import ProgressBars
from gateway.cli.schema_changes import broken_promises
from gateway.runtime import logs, settings, subjects
from gateway.runtime.addresses import LOOPBACK
from policies import facts
from policies.engine.live import LivePolicy
from policies.engine.policy import Policy
from resolvers.core.system import Workspace
from schema.build import build

WATCHED = (
    "If the embedded PostgreSQL ends, Usher starts it again. "
    f"After {TRIES} failed tries in a row it exits with code {GIVEN_UP_EXIT_CODE}."
)

app = typer.Typer(no_args_is_help=True, add_completion=False)
db = typer.Typer(no_args_is_help=True, help="The database's schema and its demo data.")
app.add_typer(db, name="db")
app.add_typer(mail.app, name="mail")
app.add_typer(policy.app, name="policy")
app.add_typer(audit.app, name="audit")
app.add_typer(account.app, name="account")
app.add_typer(calendar.app, name="calendar")
app.add_typer(business.company, name="company")
app.add_typer(business.subscription, name="subscription")
app.add_typer(business.product, name="product")
app.add_typer(business.orders, name="orders")
app.add_typer(vendor.app, name="vendor")
app.command("import")(import_members.run)
app.command("export")(export_members.run)
app.command("shell")(shell.run)
app.command("explain-plan")(explain_plan.run)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"usher {metadata.version('usher')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A GraphQL gateway for software seats."""


@app.command(epilog=WATCHED)
@command
def run() -> None:
    """Start and migrate the database, load the demo company into an empty one, and serve."""
    logs.configure()
    serving.stop_on_signals()
    chosen = settings.load()
    with serving.listen(chosen) as listener:
        live = serving.check(chosen)
        with serving.database(chosen) as url:
            demo_there = serving.prepare(url, live.current, demo_allowed=chosen.host in LOOPBACK)
            banner.show(chosen, demo=demo_there)
            serving.serve(chosen, url, listener, demo=demo_there)


@app.command("worker", epilog=WATCHED)
@command
def work() -> None:
    """Send queued mails until it is stopped. It can run beside `usher run` or on another machine."""
    logs.configure()
    serving.stop_on_signals()
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with serving.opened_database(chosen) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise serving.StartupError("The database does not have this version's tables. Run `usher db upgrade`.")
        runner.run(worker.until_signalled(database, live, chosen))


@db.command()
@command
def upgrade(revision: str = migrate.HEAD) -> None:
    """Upgrade the tables to a revision. At the newest one, also renew the sort keys and search texts of names."""
    with serving.opened_database(settings.load()) as (runner, database):
        _show(runner.run(migrate.upgrade(database, revision)))


@db.command()
@command
def renew_text() -> None:
    """Make the sort keys and search texts of names again where they are old. It can be stopped and repeated."""
    with serving.opened_database(settings.load()) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise serving.StartupError("The database does not have this version's tables. Run `usher db upgrade`.")
        _show(runner.run(renew(database)))


def _show(renewal: Renewal) -> None:
    """Print what was renewed, and which groups and teams should get another name."""
    typer.echo(f"{renewal.rows} rows got new sort keys and search texts.")
    for one in renewal.same_names:
        typer.echo(
            f"{one.id}: an older one has a name that counts as equal to “{one.name}”. Rename one of them.", err=True
        )


@db.command()
@command
def downgrade(revision: Annotated[str, typer.Argument(help="`base` removes all tables with their rows.")]) -> None:
    """Downgrade the tables to a revision."""
    with serving.opened_database(settings.load()) as (runner, database):
        runner.run(migrate.downgrade(database, revision))


@db.command()
@command
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove all tables with their rows, and create the tables again."""
    if not yes:
        typer.confirm("This deletes all data in the database. Continue?", abort=True)
    with serving.opened_database(settings.load()) as (runner, database):
        runner.run(migrate.downgrade(database))
        runner.run(migrate.upgrade(database))


@db.command("seed")
@command
def seed_demo() -> None:
    """Load the demo company into an empty database."""
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with serving.opened_database(chosen) as (runner, database):
        runner.run(migrate.upgrade(database))
        loaded = runner.run(serving.load_demo(Workspace(database, live.current), "db seed"))
        typer.echo("The demo company is loaded." if loaded else "Nothing was loaded: the database already has users.")


@app.command()
@command
def seed(
    *,
    teams: Annotated[int, typer.Option(help="Teams.")] = 200,
    users: Annotated[int, typer.Option(help="Users, spread over the teams.")] = 20_000,
    seats: Annotated[int, typer.Option(help="Seats. Most of them have a holder.")] = 100_000,
    usage_days: Annotated[int, typer.Option(help="Days of usage up to today.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed on the same day creates the same rows.")] = 1,
) -> None:
    """Load generated teams into an empty database, to try Usher at a larger size."""
    sizes = seeding.Sizes(teams=teams, users=users, seats=seats, usage_days=usage_days)

    async def load(workspace: Workspace, bars: ProgressBars) -> None:
        async with workspace.change(subjects.command("seed"), Action.DEMO_LOAD, ids.new("run")) as change:
            await change.decide(facts.GATEWAY)
            await seeding.seed(change.connection, sizes, seed, bars)
            await change.record(None, None, {}, {"loaded": sizes._asdict()})

    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with serving.opened_database(chosen) as (runner, database), ProgressBars() as bars:
        runner.run(migrate.upgrade(database))
        runner.run(load(Workspace(database, live.current), bars))


@app.command()
@command
def schema(
    *,
    check: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Compare with this file instead of printing.")
    ] = None,
    compatible_with: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Compare with the schema of a release instead.")
    ] = None,
) -> None:
    """Print the published schema, or fail if a file differs from it, or if it takes away what a release promised."""
    built = build(Policy.load(settings.ROOT / "policy.polar"))
    text = built.as_str() + "\n"
    if check is not None and check.read_text(encoding="utf-8") != text:
        raise CommandFailed(f"{check} is out of date. Write it again: usher schema > {check}")
    if compatible_with is not None:
        broken = broken_promises(compatible_with.read_text(encoding="utf-8"), built.graphql)
        if broken:
            raise CommandFailed(
                f"{' '.join(broken)} What {compatible_with} has goes only after a release in which it was deprecated."
            )
    if check is None and compatible_with is None:
        sys.stdout.write(text)


def main() -> None:
    """Run the command line."""
    app()
