"""Test data of any size. `seed` generates it from one number and loads it."""

from datetime import UTC, date, datetime

from db.core.connection import Connection
from db.demo.names import CATALOGUE
from db.demo.plan import Sizes, generate
from db.demo.rows import Progress, lock_and_check_empty, write
from db.demo.told import tell
from domain.failures import Failure

__all__ = ["Progress", "SeedRefused", "Sizes", "seed"]


class SeedRefused(Failure):
    """Nothing was loaded. The message says why, and what to do."""


async def seed(connection: Connection, sizes: Sizes, seed: int, progress: Progress, today: date | None = None) -> None:
    """Load generated teams, users, seats and usage into an empty database. The caller commits.

    The same sizes, seed and `today` (UTC; the current day if None) give the same rows with the same ids. Usage ends on
    the day before `today`. Nobody can sign in to a generated account, because it has no password. Raises SeedRefused.
    """
    _check(sizes)
    if not await lock_and_check_empty(connection):
        raise SeedRefused("The database is not empty. Empty it with `usher db reset`, then seed it.")
    today = today or datetime.now(UTC).date()
    await write(connection, generate(sizes, seed, today), progress)
    await tell(connection, today)


def _check(sizes: Sizes) -> None:
    for name, size in sizes._asdict().items():
        if size < 0:
            raise SeedRefused(f"--{name.replace('_', '-')} cannot be negative; it is {size}.")
    if sizes.teams < 1:
        raise SeedRefused("--teams must be 1 or more.")
    if sizes.users < sizes.teams:
        raise SeedRefused(f"--users must be {sizes.teams} or more, one for each team; it is {sizes.users}.")
    most = sizes.users * len(CATALOGUE)
    if sizes.seats > most:
        raise SeedRefused(
            f"{sizes.users} users can hold at most {most} seats, one of each of the {len(CATALOGUE)} products; "
            f"--seats is {sizes.seats}."
        )
