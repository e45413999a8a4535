"""A changed policy file comes into force only if it passes every gate, without disturbing requests."""

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
from policies.engine.live import LivePolicy
from policies.refusal import PolicyRefused

pytestmark = pytest.mark.slow

GROUPS = '"groups:read" if "software_coordinator"'
USER = subjects.Person("user_ada", "session_1", {"team_a": Role.USER})
TEAM = facts.Team(Role.USER)


@pytest.fixture
def file(tmp_path: Path, policy_text: str) -> Path:
    path = tmp_path / "policy.polar"
    path.write_text(policy_text)
    return path


def may(live: LivePolicy) -> bool:
    return live.current().decide(USER, Action.GROUPS_READ, TEAM).allowed


def test_a_changed_file_comes_into_force(file: Path, policy_text: str) -> None:
    live = LivePolicy(file)
    before = live.current()
    assert not may(live)
    file.write_text(policy_text.replace(GROUPS, '"groups:read" if "user"'))
    with capture_logs() as logs:
        assert live.reload().swapped
    assert may(live)
    assert not before.decide(USER, Action.GROUPS_READ, TEAM).allowed
    assert [(entry["event"], entry["old"], entry["new"]) for entry in logs] == [
        ("policy_swapped", before.hash, live.current().hash)
    ]


def test_a_process_checks_the_same_text_once(file: Path, policy_text: str) -> None:
    first = LivePolicy(file).current()
    assert LivePolicy(file).current() is first
    file.write_text(policy_text + "\n# Another text.\n", encoding="utf-8")
    assert LivePolicy(file).current() is not first


def test_an_unchanged_file_keeps_the_same_policy_object(file: Path) -> None:
    live = LivePolicy(file)
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
def test_a_bad_file_is_refused_and_the_old_policy_stays(file: Path, policy_text: str, broken: str, reason: str) -> None:
    live = LivePolicy(file)
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
    file.write_text(policy_text)
    assert live.reload().refusal is None


def test_a_mistake_that_only_the_table_shows_is_refused_too(file: Path, policy_text: str) -> None:
    live = LivePolicy(file)
    file.write_text(policy_text + 'has_permission(_: Person, "groups:read", team: Team) if team.secret = true;')
    assert "Team has no fact 'secret'" in str(live.reload().refusal)


def test_the_old_policy_stays_while_the_file_is_missing(file: Path, policy_text: str) -> None:
    live = LivePolicy(file)
    before = live.current()
    file.unlink()
    with capture_logs() as logs:
        live.reload()
        assert "cannot be read" in str(live.reload().refusal)
    assert live.current() is before
    assert len(logs) == 1
    file.write_text(policy_text)
    assert live.reload().refusal is None
    assert live.current() is before


def test_a_bad_file_is_refused_at_the_start(file: Path) -> None:
    file.write_text("allow(")
    with pytest.raises(PolicyRefused, match=r"policy\.polar:1"):
        LivePolicy(file)


def test_decisions_stay_correct_while_another_thread_reloads(file: Path, policy_text: str) -> None:
    """Two policies that differ in one decision alternate. Every answer comes from the policy that was asked."""
    live = LivePolicy(file)
    texts = [policy_text.replace(GROUPS, '"groups:read" if "user"'), policy_text]
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


async def test_watching_puts_a_changed_file_in_force(file: Path, policy_text: str) -> None:
    live = LivePolicy(file)
    file.write_text(policy_text.replace(GROUPS, '"groups:read" if "user"'))  # noqa: ASYNC240 - no other task runs
    watching = asyncio.create_task(live.watch(0.01))
    for _ in range(600):
        if may(live):
            break
        await asyncio.sleep(0.05)
    watching.cancel()
    assert may(live)
    with pytest.raises(asyncio.CancelledError):
        await watching
