"""The report of the bench of the console says which goals were met."""

from dataclasses import replace

import pytest

from bench.web import report
from bench.web.loads import Load
from bench.web.ratings import CATEGORIES, Rating
from bench.web.report import Measured
from bench.web.sizes import Sizes
from bench.web.starts import Starts
from domain.roles import Role

GOOD = Measured(
    sizes=Sizes(240.6, 20.1),
    loads=[Load("products", role, paints=[300.0, 320.0, 410.0], requests=[1, 1, 1]) for role in Role],
    interactions={"sort": [40.0, 48.0, 64.0]},
    ratings=[Rating("products", dict.fromkeys(CATEGORIES, 100), [])],
    starts=Starts(41.0, 3.2),
    browser="156.0",
)
SLOW = [Load("products", role, paints=[900.0], requests=[1]) for role in Role]
TWICE = [Load("products", role, paints=[300.0], requests=[2]) for role in Role]
FOREIGN = [Load("products", role, paints=[300.0], requests=[1], foreign_hosts={"fonts.example"}) for role in Role]
POOR = [Rating("products", {"performance": 94, "accessibility": 99, "best-practices": 99}, [])]


def test_a_run_that_met_all_goals_says_so() -> None:
    written = report.text(GOOD)
    assert "**no**" not in written
    assert "| LCP of the slowest screen, 75th percentile | at most 800 ms | 365 ms | yes |" in written
    assert "| products | 365 | 365 | 365 |" in written


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        (replace(GOOD, sizes=Sizes(250.1, 25.1)), 2),
        (replace(GOOD, loads=SLOW), 1),
        (replace(GOOD, loads=TWICE), 1),
        (replace(GOOD, loads=FOREIGN), 1),
        (replace(GOOD, interactions={"sort": [160.0]}), 1),
        (replace(GOOD, ratings=POOR), 3),
        (replace(GOOD, starts=Starts(61.0, 5.1)), 2),
    ],
    ids=["sizes", "paint", "requests", "hosts", "interactions", "ratings", "starts"],
)
def test_a_goal_that_was_missed_is_marked(measured: Measured, missed: int) -> None:
    assert report.text(measured).count("**no**") == missed
