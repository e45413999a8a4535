"""`usher seed`: generated teams, to try Usher at a larger size."""

from typing import Annotated

import typer

from db.core import ids, migrate
from db.demo import seed as seeding
from domain.actions import Action
from gateway import databases
from gateway.cli.failures import command
from gateway.cli.progress import ProgressBars
from gateway.runtime import settings, subjects
from policies import facts
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace

app = typer.Typer(add_completion=False)


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
    with databases.opened_database(chosen) as (runner, database), ProgressBars() as bars:
        runner.run(migrate.upgrade(database))
        runner.run(load(Workspace(database, live.current), bars))
