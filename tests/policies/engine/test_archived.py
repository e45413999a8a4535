"""A policy of the past decides as it did then, even if it does not pass the gates of today."""

import pytest

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.audit_facts import denial_reason, to_record
from policies.engine import table
from policies.engine.archived import ArchivedPolicy
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

AUDIT = ('"history:read", "audit:read", "policy:explain"', '    "audit:read" if "software_coordinator";\n')


@pytest.fixture
def earlier(policy_text: str) -> str:
    """A policy from before the action audit:read existed, with an action that does not exist any more."""
    declared, rule = AUDIT
    assert declared in policy_text
    assert rule in policy_text
    declared_then = declared.replace('"audit:read"', '"teams:rename"')
    return policy_text.replace(declared, declared_then).replace(rule, '    "teams:rename" if "software_coordinator";\n')


def test_it_decides_as_a_policy_with_the_same_text(policy: Policy, policy_text: str) -> None:
    archived = ArchivedPolicy(policy_text, "then")
    for cell in table.cells(policy):
        for subject in facts.subjects_of(cell.subject, cell.action):
            expected = policy.judge(subject, cell.action, cell.target).allowed
            assert archived.judge(subject, cell.action, cell.target).allowed is expected


def test_a_policy_that_todays_gates_refuse_still_decides(earlier: str) -> None:
    with pytest.raises(PolicyRefused, match="audit:read"):
        Policy(earlier)
    records = [to_record(facts.PERSON), to_record(facts.Team(Role.USER))]
    assert denial_reason(ArchivedPolicy(earlier, "then"), Action.TEAMS_READ, records) is None


def test_an_action_that_it_does_not_have_is_denied(earlier: str) -> None:
    records = [to_record(facts.PERSON), to_record(facts.Team(Role.CONTRACT_MANAGER))]
    reason = denial_reason(ArchivedPolicy(earlier, "then"), Action.AUDIT_READ, records)
    assert reason == "the policy does not have this action"


def test_a_text_that_oso_cannot_read_is_refused(policy_text: str) -> None:
    with pytest.raises(PolicyRefused, match=r"^then:"):
        ArchivedPolicy(policy_text.replace("Team {", "Squad {", 1), "then")
