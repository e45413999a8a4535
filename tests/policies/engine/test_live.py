"""A changed file takes the old one's place only when it passes, and no request notices."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain import subjects
from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.engine.live import Live
from policies.refusal import PolicyRefused

GROUPS = '"groups:read" if "software_coordinator"'
USER = subjects.Person("user_ada", "session_1", {"team_a": Role.USER})
TEAM = facts.Team(Role.USER)


@pytest.fixture
def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "policy.polar"
    path.write_text(text)
    return path


def may(live: Live) -> bool:
    return live.current().decide(USER, Action.GROUPS_READ, TEAM).allowed


def test_a_changed_file_is_swapped_in(file: Path, text: str) -> None:
    live = Live(file)
    before = live.current()
    assert not may(live)
    file.write_text(text.replace(GROUPS, '"groups:read" if "user"'))
    with capture_logs() as logs:
        assert live.reload().swapped
    assert may(live)
    assert not before.decide(USER, Action.GROUPS_READ, TEAM).allowed
    assert [(entry["event"], entry["old"], entry["new"]) for entry in logs] == [
        ("policy_swapped", before.hash, live.current().hash)
    ]


def test_an_unchanged_file_keeps_the_very_policy(file: Path) -> None:
    live = Live(file)
    before = live.current()
    assert not live.reload().swapped
    assert live.current() is before


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("", "The file is empty"),
        ("allow(_, _, _);", "is not declared"),
        ("allow(", "hit the end of the file"),
        ("allow(_, _, x) if not x.gone;", "It uses not"),
    ],
)
def test_a_bad_file_is_refused_and_the_old_policy_stays(file: Path, text: str, broken: str, reason: str) -> None:
    live = Live(file)
    before = live.current()
    file.write_text(broken)
    with capture_logs() as logs:
        first, second = live.reload(), live.reload()
    assert not first.swapped
    assert first.refusal is second.refusal
    assert reason in str(first.refusal)
    assert live.current() is before
    assert not may(live)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("policy_refused", "warning")]
    assert reason in logs[0]["reason"]
    file.write_text(text)
    assert live.reload().refusal is None


def test_a_file_that_only_the_table_gives_away_is_refused_too(file: Path, text: str) -> None:
    live = Live(file)
    file.write_text(text + 'has_permission(_: Person, "groups:read", team: Team) if team.secret = true;')
    assert "Team has no fact 'secret'" in str(live.reload().refusal)


def test_a_vanished_file_keeps_the_old_policy_until_it_comes_back(file: Path, text: str) -> None:
    live = Live(file)
    before = live.current()
    file.unlink()
    with capture_logs() as logs:
        live.reload()
        assert "cannot be read" in str(live.reload().refusal)
    assert live.current() is before
    assert len(logs) == 1
    file.write_text(text)
    assert live.reload().refusal is None
    assert live.current() is before


def test_a_bad_file_does_not_start(file: Path) -> None:
    file.write_text("allow(")
    with pytest.raises(PolicyRefused, match=r"policy\.polar:1"):
        Live(file)


def test_decisions_go_on_while_another_thread_reloads(file: Path, text: str) -> None:
    """Two policies that differ in one decision take turns; every answer is one of the policy it was asked of."""
    live = Live(file)
    texts = [text.replace(GROUPS, '"groups:read" if "user"'), text]
    first = live.current().hash
    done = threading.Event()

    def swap() -> None:
        for index in range(4):
            file.write_text(texts[index % 2])
            live.reload()
        done.set()

    thread = threading.Thread(target=swap)
    thread.start()
    answers = set()
    while not done.is_set():
        policy = live.current()
        seat = policy.decide(USER, Action.SEATS_READ, facts.Seat(Role.USER, True, True))
        answers.add((policy.hash == first, policy.decide(USER, Action.GROUPS_READ, TEAM).allowed, seat.allowed))
        time.sleep(0.001)
    thread.join()
    assert answers == {(True, False, True), (False, True, True)}


async def test_watching_takes_a_change_in_by_itself(file: Path, text: str) -> None:
    live = Live(file)
    file.write_text(text.replace(GROUPS, '"groups:read" if "user"'))  # noqa: ASYNC240 - nobody else waits
    watching = asyncio.create_task(live.watch(0.01))
    for _ in range(600):
        if may(live):
            break
        await asyncio.sleep(0.05)
    watching.cancel()
    assert may(live)
    with pytest.raises(asyncio.CancelledError):
        await watching
