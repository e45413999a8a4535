"""A candidate policy is compared at every answer, and never decides."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain import subjects
from domain.actions import Action
from domain.reach import NOWHERE
from domain.roles import Role
from policies import facts
from policies.engine.live import LivePolicy
from policies.engine.shadow import Shadow
from policies.refusal import PolicyRefused

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
USER = subjects.Person("user_ada", "session_1", {"team_a": Role.USER})
COORDINATOR = subjects.Person("user_bob", "session_2", {"team_a": Role.SOFTWARE_COORDINATOR})
GROUPS = '"groups:read" if "software_coordinator"'
DECLARED = ('roles = ["user", "software_coordinator"]', 'roles = ["user", "software_coordinator", "contract_manager"]')
TEAM = facts.Team(Role.USER)


def live(tmp_path: Path, text: str) -> tuple[LivePolicy, Shadow]:
    candidate = tmp_path / "candidate.polar"
    candidate.write_text(text)
    found = LivePolicy(ROOT / "policy.polar", candidate)
    assert found.shadow is not None
    return found, found.shadow


def test_a_disagreement_is_counted_and_logged_and_the_policy_in_force_decides(tmp_path: Path, policy_text: str) -> None:
    wider = policy_text.replace('"groups:read" if "software_coordinator"', '"groups:read" if "user"')
    found, shadow = live(tmp_path, wider)
    policy = found.current()
    assert not shadow.disagreements
    with capture_logs() as logs:
        for _ in range(3):
            assert not policy.decide(USER, Action.GROUPS_READ, TEAM).allowed
        assert policy.reach(USER, Action.GROUPS_READ) == NOWHERE
        assert policy.decide(USER, Action.TEAMS_READ, TEAM).allowed
    assert shadow.disagreements == {
        (Action.GROUPS_READ, facts.PERSON, TEAM): 3,
        (Action.GROUPS_READ, facts.PERSON, None): 1,
    }
    assert [entry["event"] for entry in logs] == ["shadow_policy_disagrees"] * 4
    assert logs[0]["target"] == {"kind": "Team", "role": "user"}
    assert (logs[0]["live"], logs[0]["candidate"]) == (False, True)
    assert (logs[3]["live"]["teams"], logs[3]["candidate"]["teams"]) == ((), ("team_a",))


def test_abilities_are_compared_too(tmp_path: Path, policy_text: str) -> None:
    found, shadow = live(
        tmp_path, policy_text.replace(GROUPS, '"groups:read" if "contract_manager"').replace(*DECLARED)
    )
    target = facts.team(COORDINATOR, "team_a")
    assert found.current().abilities(COORDINATOR, target)[Action.GROUPS_READ].allowed
    assert shadow.disagreements == {(Action.GROUPS_READ, facts.PERSON, target): 1}


def test_an_action_on_another_kind_of_target_counts_as_denied_by_the_candidate(
    tmp_path: Path, policy_text: str
) -> None:
    block = 'permissions = ["tokens:read", "tokens:revoke"];'
    moved = (
        policy_text.replace(block, block.replace("]", ', "groups:read"]'))
        .replace('"groups:read", ', "", 1)
        .replace(f"    {GROUPS};\n", "")
        .replace('    "tokens:read" if', f'    {GROUPS};\n    "tokens:read" if')
    )
    found, shadow = live(tmp_path, moved)
    target = facts.team(COORDINATOR, "team_a")
    assert found.current().decide(COORDINATOR, Action.GROUPS_READ, target).allowed
    assert shadow.disagreements == {(Action.GROUPS_READ, facts.PERSON, target): 1}


def test_a_bad_candidate_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match=r"candidate\.polar"):
        live(tmp_path, "allow(")


def test_the_same_policy_never_disagrees(tmp_path: Path, policy_text: str) -> None:
    found, shadow = live(tmp_path, policy_text)
    for action, kind in found.current().kinds.items():
        for target in facts.targets_of_kind(kind):
            found.current().explain(USER, action, target)
    assert not shadow.disagreements
