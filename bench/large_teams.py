"""Large teams (h): the time a member of view (b) in a database of many large teams, and in one of a single small team.

Both databases are filled in the same way, so each member has as many seats, and each seat as much usage.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import text

from bench import dataset, services, views
from bench.dataset import DAYS, SEED, Size, WalkedTeam
from bench.measure import Bench
from bench.services import USHER, Service
from bench.walks import walk
from db.core.connection import Connection
from db.core.database import Database
from db.core.statements import Statement
from db.demo import names, rows
from db.demo.contracts import Contracts, Deal
from db.demo.plan import role
from db.demo.rows import Holder, Rows
from db.embedded import server as embedded
from gateway.cli.progress import ProgressBars

SMALL = (1, views.WALKED)
"""The teams and their members in the small database: one page."""
SEATS = 2
"""How many seats each member holds."""
DAY = timedelta(days=1)
SINCE = 365 * DAY
"""How long all people have been members, and have held their seats."""


class Coordinator(NamedTuple):
    """A team, and the user id of one of its coordinators."""

    team_id: str
    user_id: str


COORDINATORS = Statement(
    "coordinators",
    Coordinator,
    text("""
select team_id, min(user_id) as user_id from memberships
where role = 'software_coordinator' group by team_id order by team_id
"""),
)


def measure(bench: Bench, folder: Path) -> None:
    """Walk through one team of each database in turn: in each repetition through another one of the large teams."""
    bench.show_progress("large teams")
    large = bench.plan.large_teams
    with ExitStack() as stack:
        urls = {
            SMALL: stack.enter_context(embedded.throwaway()).url,
            large: stack.enter_context(dataset.database(bench.plan, "bench-teams")),
        }
        databases = {sizes: stack.enter_context(_usher(url, sizes, folder)) for sizes, url in urls.items()}
        for service, teams in databases.values():
            walk(service, teams[-1], views.MEMBERS, views.WALKED)
        for n in range(bench.plan.repetitions):
            for sizes, (service, teams) in databases.items():
                # Each repetition reads as many members of the small team, in as many pages.
                for _ in range(large[1] // sizes[1]):
                    took, _ = walk(service, teams[n % len(teams)], views.MEMBERS, sizes[1])
                    bench.results.teams[sizes].append(took * 1_000 / sizes[1])


@contextmanager
def _usher(url: str, sizes: tuple[int, int], folder: Path) -> Iterator[tuple[Service, list[WalkedTeam]]]:
    """Load teams of these sizes, start Usher, and yield it with the teams."""
    teams = asyncio.run(prepare(url, *sizes))
    command = {USHER: services.commands()[USHER]}
    with services.running(command, url, teams[0].coordinator, folder) as started:
        yield started[USHER], teams


async def prepare(url: str, teams: int, members: int) -> list[WalkedTeam]:
    """Load the teams if they are not there yet, and create a session for a coordinator of each."""

    async def load(database: Database, bars: ProgressBars) -> None:
        generated = generate(teams, members)
        async with database.transaction() as connection:
            if await rows.lock_and_check_empty(connection):
                await rows.write(connection, generated, bars)
                await connection.commit()

    return await dataset.load_once(url, Size(teams, teams * members), load, _walked_teams)


async def _walked_teams(connection: Connection) -> list[WalkedTeam]:
    since, until = await dataset.days(connection)
    return [
        WalkedTeam(team_id, await dataset.open_session(connection, user_id), since, until)
        for team_id, user_id in await COORDINATORS.rows(connection)
    ]


def generate(teams: int, members: int) -> Rows:
    """Return the rows of teams with this number of members each, who hold SEATS seats and use them for DAYS days."""
    random = Random(SEED)  # noqa: S311 - the rows must be repeatable
    generated = Rows(random)
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    contracts = Contracts(generated, today.date())
    since, first_usage = today - SINCE, today - DAYS * DAY
    products = [
        generated.product(name, description, {"1": since.date()}) for name, description in names.CATALOGUE[:SEATS]
    ]
    for _ in range(teams):
        team_id = generated.team(names.team(random), since)
        contract = contracts.contract(team_id, "Large", since)
        deal = (since.date(), Deal(0), "command seed")
        pools = [contracts.subscription(contract, team_id, product, *deal) for product in products]
        for index in range(members):
            first, last, local = names.person(random)
            email = f"{local}.{generated.count('users')}@example.com"
            user_id = generated.user((first, last), email, since)
            generated.member(team_id, user_id, role(index), since)
            for pool in pools:
                seat_id = generated.seat(pool, Holder(user_id, since, user_id))
                generated.use(pool, seat_id, user_id, first_usage.date(), today.date())
    contracts.bill()
    return generated
