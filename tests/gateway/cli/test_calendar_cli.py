"""`usher calendar run`: what it says, and what a dry run shows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.roles import Role
from tests.support.calendar import days_of_terms, forget, hold, subscription
from tests.support.command_line import error_output, usher
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
async def nothing_due(own_world: World) -> None:
    """Other tests may have left subscriptions for which something is due."""
    await forget(own_world)


async def run(world: World, *words: str) -> Any:
    """Run the command on the module's own database."""
    return await usher("calendar", "run", *words, DATABASE_URL=world.database.url)


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(offset)


async def test_it_says_how_much_was_done(own_world: World) -> None:
    made = await subscription(own_world, str(day(-40)), str(day(0)), months=1)
    ended = await subscription(own_world, str(day(-40)), str(day(-1)), auto_renew=False)
    await hold(own_world, ended, 2)
    result = await run(own_world)
    assert result.exit_code == 0, result.output
    assert result.output == (
        "1 renewed, 0 with another number of seats, 0 people moved to another seat, 2 lost their seat and wait, "
        "0 got a seat from a waiting list.\n"
    )
    assert len(await days_of_terms(own_world, made)) == 2


async def test_a_dry_run_shows_each_day_and_changes_nothing(own_world: World) -> None:
    made = await subscription(own_world, str(day(-40)), str(day(3)), months=2)
    ending = await subscription(own_world, str(day(-40)), str(day(1)), auto_renew=False)
    await hold(own_world, ending, 2)
    await own_world.member(ending.team, Role.CONTRACT_MANAGER)
    before = await own_world.fingerprint()
    result = await run(own_world, "--dry-run", "--until", str(day(20)))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"{day(0)} notice expiry:{ending.id}:1:7 of {ending.team}: people who are told: 1",
        f"{day(2)} subscriptions:end {ending.product} of {ending.team}: 2 lost their seat and wait",
        f"{day(2)} notice expiry:{ending.id}:1:ended of {ending.team}: people who are told: 1",
        f"{day(3)} subscriptions:renew {made.id} of {made.team}: 1 renewed",
        "Nothing was changed.",
    ]
    today = (await run(own_world, "--dry-run")).output.splitlines()
    assert today == [result.output.splitlines()[0], "Nothing was changed."], "without --until it is of today"
    assert await own_world.fingerprint() == before


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--until", "2031-01-31"), "--until needs --dry-run: the calendar never acts for a day that has not come."),
        (("--dry-run", "--until", "2020-01-31"), "--until 2020-01-31 is not within 366 days from today."),
        (("--dry-run", "--until", "9999-12-31"), "--until 9999-12-31 is not within 366 days from today."),
        (("--dry-run", "--until", "31.1.2031"), "--until '31.1.2031' is not a day. Write it as 2026-01-31."),
    ],
)
async def test_other_days_are_refused(own_world: World, words: tuple[str, ...], error: str) -> None:
    result = await run(own_world, *words)
    assert (result.exit_code, error_output(result)) == (1, f"usher: {error}")
