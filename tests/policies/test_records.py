"""What an audit row keeps of a decision is enough to make it again."""

import json

import pytest

from domain.actions import Action
from domain.roles import Role
from domain.subjects import Person
from policies import facts
from policies.audit_facts import objection, restore, spell, spelled
from policies.engine import table
from policies.engine.policy import Policy


def test_every_fact_survives_json(policy: Policy) -> None:
    for cell in table.cells(policy):
        for fact in (cell.target, *facts.subjects_of(cell.subject, cell.action)):
            assert restore(json.loads(json.dumps(spell(fact)))) is fact


def test_every_decision_can_be_made_again(policy: Policy) -> None:
    for cell in table.cells(policy):
        for subject in facts.subjects_of(cell.subject, cell.action):
            records = [spell(subject), spell(cell.target)]
            allowed = policy.judge(subject, cell.action, cell.target).allowed
            assert (objection(policy, cell.action, records) is None) is allowed


def test_one_refused_target_refuses_all_and_is_told_why(policy: Policy) -> None:
    other, self_ = facts.Seat("contract_manager", False, True), facts.Seat("contract_manager", True, True)
    assert objection(policy, Action.SEATS_ASSIGN, [spell(facts.PERSON), spell(other)]) is None
    refused = objection(policy, Action.SEATS_ASSIGN, [spell(facts.PERSON), spell(other), spell(self_)])
    assert refused == "may be done only for somebody else"


@pytest.mark.parametrize(("own", "refusal"), [(False, None), (True, "may be done only for somebody else")])
def test_what_was_decided_along_with_it_is_decided_again_too(policy: Policy, own: bool, refusal: str | None) -> None:
    actor = Person("user_a", "session_a", {"team_a": Role.SOFTWARE_COORDINATOR}, frozenset({"team_a"}))
    along = {Action.SEATS_ASSIGN: [facts.Seat("software_coordinator", own, True)]}
    records = spelled(actor, Action.GROUPS_ASSIGN, [facts.team(actor, "team_a")], along)
    assert objection(policy, Action.GROUPS_ASSIGN, json.loads(json.dumps(records))) == refusal


def test_a_kind_the_policy_does_not_decide_the_action_on_is_refused(policy: Policy) -> None:
    refused = objection(policy, Action.TEAMS_READ, [spell(facts.PERSON), spell(facts.Token("user"))])
    assert refused == "decided on a Team, not on a Token"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"kind": "Sead", "role": "user"},
        {"kind": "Team", "role": "boss"},
        {"kind": "Team"},
        {"kind": "Member", "role": "user", "own": 1},
        {"kind": "Member", "role": "user", "own": True, "pending": False},
        {"kind": "Partner", "scopes": ["tokens:create"]},
    ],
)
def test_a_fact_nobody_knows_is_not_guessed(record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no such fact today"):
        restore(record)


def test_a_list_that_is_no_decision_is_refused(policy: Policy) -> None:
    person, team = spell(facts.PERSON), spell(facts.Team("user"))
    for records in ([], [person], [team], [team, person], [person, person, team]):
        with pytest.raises(ValueError, match="not a subject and its targets"):
            objection(policy, Action.TEAMS_READ, records)
