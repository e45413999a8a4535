"""A policy of an earlier day decides as it did then, whatever gates came since."""

import pytest

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.audit_facts import objection, spell
from policies.engine import table
from policies.engine.archived import Past
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

AUDIT = ('"history:read", "audit:read", "policy:explain"', '    "audit:read" if "software_coordinator";\n')


@pytest.fixture
def earlier(text: str) -> str:
    """The policy from before there was an action audit:read, with one that there is no more."""
    declared, rule = AUDIT
    assert declared in text
    assert rule in text
    declared_then = declared.replace('"audit:read"', '"teams:rename"')
    return text.replace(declared, declared_then).replace(rule, '    "teams:rename" if "software_coordinator";\n')


def test_it_decides_as_the_policy_of_the_same_text(policy: Policy, text: str) -> None:
    past = Past(text, "then")
    for cell in table.cells(policy):
        for subject in facts.subjects_of(cell.subject, cell.action):
            expected = policy.judge(subject, cell.action, cell.target).allowed
            assert past.judge(subject, cell.action, cell.target).allowed is expected


def test_what_the_gates_of_today_refuse_still_decides(earlier: str) -> None:
    with pytest.raises(PolicyRefused, match="audit:read"):
        Policy(earlier)
    records = [spell(facts.PERSON), spell(facts.Team(Role.USER))]
    assert objection(Past(earlier, "then"), Action.TEAMS_READ, records) is None


def test_an_action_it_did_not_know_is_not_allowed(earlier: str) -> None:
    records = [spell(facts.PERSON), spell(facts.Team(Role.CONTRACT_MANAGER))]
    assert objection(Past(earlier, "then"), Action.AUDIT_READ, records) == "an action it lacks"


def test_a_text_that_oso_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(PolicyRefused, match=r"^then:"):
        Past(text.replace("Team {", "Squad {", 1), "then")
