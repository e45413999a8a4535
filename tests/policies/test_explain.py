"""Explanations name the rule or the smallest change, and never disagree with the policy."""

import dataclasses
from typing import Any

import pytest

from domain import subjects
from domain.actions import Action, Scope
from domain.roles import Role
from policies import facts
from policies.engine.policy import Policy
from policies.explain import Change, PolicyFact

EVERY_SCOPE = frozenset(Scope)
SEPARATING = frozenset({"team_a"})
USER = subjects.Person("user_ada", "session_1", {"team_a": Role.USER}, SEPARATING)
COORDINATOR = subjects.Person("user_ada", "session_1", {"team_a": Role.SOFTWARE_COORDINATOR}, SEPARATING)
TOKEN = subjects.Partner("token_1", "team_a", EVERY_SCOPE, "user_ada", Role.SOFTWARE_COORDINATOR)
BARE = subjects.Partner("token_1", "team_a", frozenset(), "user_ada", Role.USER)
UNPROVEN = subjects.Person("user_ada", "session_1", {"team_a": Role.CONTRACT_MANAGER}, unproven=SEPARATING)
UNPROVEN_COORDINATOR = dataclasses.replace(UNPROVEN, roles={"team_a": Role.SOFTWARE_COORDINATOR})
UNPROVEN_TOKEN = dataclasses.replace(TOKEN, unproven=True)
NOBODY = subjects.Anonymous()


@pytest.mark.parametrize(
    ("actor", "action", "holder", "text"),
    [
        (USER, Action.SEATS_ASSIGN, "user_bob", "needs the role software coordinator in this team"),
        (
            USER,
            Action.SEATS_ASSIGN,
            "user_ada",
            "needs the role software coordinator in this team; may be done only for somebody else",
        ),
        (COORDINATOR, Action.SEATS_ASSIGN, "user_ada", "may be done only for somebody else"),
        (USER, Action.SEATS_READ, "user_bob", "needs the role software coordinator in this team"),
        (
            NOBODY,
            Action.SEATS_READ,
            "user_ada",
            "needs to be signed in; needs the role software coordinator in this team",
        ),
        (BARE, Action.SEATS_READ, "user_ada", "the token lacks seats:read"),
        (
            BARE,
            Action.SEATS_ASSIGN,
            "user_bob",
            "the token lacks seats:assign; the token's grantor needs the role software coordinator in this team",
        ),
    ],
)
def test_a_denial_names_the_smallest_change(
    policy: Policy, actor: subjects.Actor, action: Action, holder: str, text: str
) -> None:
    explanation = policy.explain(actor, action, facts.seat(actor, "team_a", holder))
    assert not explanation.allowed
    assert explanation.rule is None
    assert explanation.text == text


@pytest.mark.parametrize(
    ("actor", "action", "text", "changed"),
    [
        (
            UNPROVEN,
            Action.GROUPS_CREATE,
            "needs to sign in with a second factor, which this team requires of those who manage it",
            Change(PolicyFact.SECOND_FACTOR, "contract_manager"),
        ),
        (
            UNPROVEN_COORDINATOR,
            Action.GROUPS_CREATE,
            "needs to sign in with a second factor, which this team requires of those who manage it",
            Change(PolicyFact.SECOND_FACTOR, "software_coordinator"),
        ),
        (
            UNPROVEN_COORDINATOR,
            Action.TEAMS_SECURE,
            "needs the role contract manager in this team",
            Change(PolicyFact.ROLE, "contract_manager"),
        ),
        (
            UNPROVEN_TOKEN,
            Action.GROUPS_CREATE,
            "the token's grantor needs a second factor, which this team requires of those who manage it",
            Change(PolicyFact.SECOND_FACTOR, "software_coordinator"),
        ),
    ],
)
def test_a_missing_second_factor_is_named(
    policy: Policy, actor: subjects.Actor, action: Action, text: str, changed: Change
) -> None:
    explanation = policy.explain(actor, action, facts.team(actor, "team_a"))
    assert explanation.text == text
    assert explanation.changes == (changed,)


def test_an_action_that_no_token_may_do_is_explained_as_such(policy: Policy) -> None:
    explanation = policy.explain(TOKEN, Action.TOKENS_REVOKE, facts.token(TOKEN, "team_a"))
    assert explanation.text == "is for a signed-in person, not for a token"
    assert explanation.changes == (Change(PolicyFact.SUBJECT, "person"),)


def test_an_allowed_decision_names_its_rule(policy: Policy) -> None:
    target = facts.seat(COORDINATOR, "team_a", "user_bob")
    explanation = policy.explain(COORDINATOR, Action.SEATS_UNASSIGN, target)
    assert explanation.allowed
    assert explanation.rule == policy.decide(COORDINATOR, Action.SEATS_UNASSIGN, target).rule
    assert explanation.text == f"allowed by {explanation.rule}"


def test_an_action_that_nobody_may_do_has_no_remedy(policy_text: str) -> None:
    """The added rule never applies. It only gives the permission a rule; the gates would refuse it."""
    rule = '    "tokens:revoke" if "software_coordinator";\n'
    never = 'has_permission(_: Person, "tokens:revoke", token: Token) if token.role = "user" and token.role = nil;'
    policy = Policy(policy_text.replace(rule, "") + never)
    assert policy.explain(USER, Action.TOKENS_REVOKE, facts.Token(Role.USER)).text == "nothing would allow it"


def test_making_all_named_changes_allows_the_action(policy: Policy) -> None:
    """For every combination of facts: all named changes together allow the action, and fewer changes do not."""
    for action, kind in policy.kinds.items():
        for subject in {each for kind in facts.SUBJECTS for each in facts.subjects_of(kind, action)}:
            for target in facts.targets_of_kind(kind):
                actor = _actor(subject, action)
                explanation = policy.explain(actor, action, target)
                assert facts.subject(actor, action) is subject
                assert explanation.allowed is (not explanation.changes)
                changed_subject, changed_target = subject, target
                for change in explanation.changes:
                    assert not policy.judge(changed_subject, action, changed_target).allowed
                    changed_subject, changed_target = _apply(change, changed_subject, changed_target, action)
                assert policy.judge(changed_subject, action, changed_target).allowed


def _actor(subject: facts.Subject, action: Action) -> subjects.Actor:
    if isinstance(subject, facts.Person):
        return USER
    if isinstance(subject, facts.Anonymous):
        return NOBODY
    if isinstance(subject, facts.System):
        return subjects.System("command tests")
    return TOKEN if subject.scopes == (action.value,) else BARE


def _apply(
    change: Change, subject: facts.Subject, target: facts.Target, action: Action
) -> tuple[facts.Subject, facts.Target]:
    if change.fact == "subject":
        kind = {kind.__name__.lower(): kind for kind in facts.SUBJECTS}[change.value]
        return facts.subjects_of(kind, action)[0], target
    if change.fact == "scope":
        return facts.subjects_of(facts.Partner, action)[1], target
    values: dict[str, Any] = {name: getattr(target, name) for name in type(target).__match_args__}
    role = None if change.value == "none" else change.value  # a command or a job has none
    fact = "role" if change.fact == "second_factor" else change.fact
    values[fact] = role if fact == "role" else change.value == "true"
    return subject, type(target)(**values)


def test_abilities_include_every_action_on_the_kind_of_target(policy: Policy) -> None:
    abilities = policy.abilities(USER, facts.seat(USER, "team_a", "user_ada"))
    assert {action for action, explanation in abilities.items() if explanation.allowed} == {
        Action.SEATS_READ,
        Action.USAGE_READ,
    }
    assert set(abilities) == {action for action, kind in policy.kinds.items() if kind is facts.Seat}
