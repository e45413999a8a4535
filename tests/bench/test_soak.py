"""The stories of the soak, each told once and small: Usher survives them, and the data is right after each.

No test asserts a time: the machine may be busy.
"""

import asyncio
import tempfile
from pathlib import Path

import pytest

from bench.soak import report, soak
from bench.soak.report import Told
from bench.soak.stories import SHORT, STORIES

pytestmark = pytest.mark.slow
NAMES = [story.name for story in STORIES]


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """What happened, by the name of the story. The path of the folder is short, because it has a socket."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        found = report.new()
        asyncio.run(soak.tell(found, Path(folder), SHORT, 0.0, lambda _: None))
    return {one.story.name: one for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_the_data_is_right_and_the_service_is_healthy_after_the_story(told: dict[str, Told], name: str) -> None:
    one = told[name]
    assert one.broken == []
    assert len(one.counts) == len(one.healthy) == 1


@pytest.mark.parametrize("name", NAMES)
def test_people_can_work_during_the_story_or_after_it(told: dict[str, Told], name: str) -> None:
    [counts] = told[name].counts
    assert counts.succeeded > 0
    assert set(counts.refused) <= {"UNAVAILABLE"}


@pytest.mark.parametrize("name", NAMES)
def test_a_request_without_an_answer_lost_its_connection(told: dict[str, Told], name: str) -> None:
    """An answer always has a code. Only a web worker that was killed leaves requests without an answer."""
    [counts] = told[name].counts
    assert not counts.failed or name == "web worker killed"
    assert all(reason.startswith("no answer") for reason in counts.failed)


def test_the_report_has_each_story_and_no_path_of_the_machine(told: dict[str, Told]) -> None:
    text = report.text(list(told.values()), 1.0, 3)
    for name in NAMES:
        assert f"\n| {name} | 1 | " in text
    assert text.count("| held |") == len(NAMES)
    assert tempfile.gettempdir() not in text


def test_a_broken_rule_is_in_the_report(told: dict[str, Told]) -> None:
    broken = Told(STORIES[0], told[NAMES[0]].counts, [1.0], broken=["no seat is lost or added (1 violations)"])
    assert report.any_broken([broken])
    assert "- web worker killed: no seat is lost or added (1 violations)" in report.text([broken], 1.0, 3)
    assert not report.any_broken(list(told.values()))
