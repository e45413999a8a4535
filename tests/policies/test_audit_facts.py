"""The facts in an audit row are enough to repeat its decision."""

import json

import pytest

from domain.actions import Action
from domain.roles import Role
from domain.subjects import Person
from policies import facts
from policies.audit_facts import decision_records, denial_reason, from_record, to_record
from policies.engine import table
from policies.engine.policy import Policy


def test_every_fact_can_be_stored_as_json_and_restored(policy: Policy) -> None:
    for cell in table.cells(policy):
        for fact in (cell.target, *facts.subjects_of(cell.subject, cell.action)):
            assert from_record(json.loads(json.dumps(to_record(fact)))) is fact


def test_every_decision_can_be_repeated(policy: Policy) -> None:
    for cell in table.cells(policy):
        for subject in facts.subjects_of(cell.subject, cell.action):
            records = [to_record(subject), to_record(cell.target)]
            allowed = policy.judge(subject, cell.action, cell.target).allowed
            assert (denial_reason(policy, cell.action, records) is None) is allowed


def test_one_denied_target_denies_all_and_gives_the_reason(policy: Policy) -> None:
    other, self_ = facts.Seat("contract_manager", False, True), facts.Seat("contract_manager", True, True)
    assert denial_reason(policy, Action.SEATS_ASSIGN, [to_record(facts.PERSON), to_record(other)]) is None
    refused = denial_reason(policy, Action.SEATS_ASSIGN, [to_record(facts.PERSON), to_record(other), to_record(self_)])
    assert refused == "may be done only for somebody else"


@pytest.mark.parametrize(("own", "refusal"), [(False, None), (True, "may be done only for somebody else")])
def test_decisions_made_at_the_same_time_are_repeated_too(policy: Policy, own: bool, refusal: str | None) -> None:
    actor = Person("user_a", "session_a", {"team_a": Role.SOFTWARE_COORDINATOR}, frozenset({"team_a"}))
    along = {Action.SEATS_ASSIGN: [facts.Seat("software_coordinator", own, True)]}
    records = decision_records(actor, Action.GROUPS_ASSIGN, [facts.team(actor, "team_a")], along)
    assert denial_reason(policy, Action.GROUPS_ASSIGN, json.loads(json.dumps(records))) == refusal


def test_another_kind_of_target_than_the_policys_is_denied(policy: Policy) -> None:
    refused = denial_reason(policy, Action.TEAMS_READ, [to_record(facts.PERSON), to_record(facts.Token("user"))])
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
def test_an_unknown_fact_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no such fact today"):
        from_record(record)


def test_a_list_that_is_not_a_decision_is_refused(policy: Policy) -> None:
    person, team = to_record(facts.PERSON), to_record(facts.Team("user"))
    for records in ([], [person], [team], [team, person], [person, person, team]):
        with pytest.raises(ValueError, match="not a subject and its targets"):
            denial_reason(policy, Action.TEAMS_READ, records)
