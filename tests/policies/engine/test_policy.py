"""Decisions and reaches of the shipped policy, and the loading of policy files."""

import dataclasses
import hashlib
import itertools
from pathlib import Path

import pytest

from domain import subjects
from domain.actions import Action, Scope
from domain.reach import NOWHERE, Reach
from domain.roles import Role, Standing, standing
from policies import facts
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

EVERY_SCOPE = frozenset(Scope)
ROLES = (None, *Role)


def person(role: Role | None, user_id: str = "user_ada") -> subjects.Person:
    return subjects.Person(user_id, "session_1", {"team_a": role} if role else {})


def partner(role: Role | None, scopes: frozenset[Scope] = EVERY_SCOPE) -> subjects.Partner:
    return subjects.Partner("token_1", "team_a", scopes, "user_ada", role)


def test_the_hash_is_the_sha_256_of_the_file(policy: Policy, policy_text: str) -> None:
    assert policy.hash == hashlib.sha256(policy_text.encode()).hexdigest()


def test_every_action_is_decided_on_one_kind_of_target(policy: Policy) -> None:
    assert set(policy.kinds) == set(Action)
    assert policy.kinds[Action.TOKENS_CREATE] is facts.Team
    assert policy.kinds[Action.TOKENS_REVOKE] is facts.Token


def test_a_target_of_another_kind_raises_an_error_instead_of_a_denial(policy: Policy) -> None:
    with pytest.raises(TypeError, match="decided on a Seat, not on a Team"):
        policy.decide(person(Role.USER), Action.SEATS_READ, facts.Team(Role.USER))
    with pytest.raises(TypeError, match="no rows"):
        policy.reach(person(Role.USER), Action.PRODUCTS_READ)


def test_an_allowed_decision_names_its_rule(policy: Policy, policy_text: str) -> None:
    lines = policy_text.splitlines()

    def rule(role: Role) -> str:
        decision = policy.decide(person(role), Action.SEATS_READ, facts.Seat(role, True, True))
        assert decision.allowed
        assert decision.rule is not None
        file, line = decision.rule.split(":")
        assert file == "policy.polar"
        return lines[int(line) - 1]

    assert 'has_permission(subject: Actor, "seats:read", seat: Seat)' in rule(Role.USER)
    assert '"seats:read" if "software_coordinator"' in rule(Role.CONTRACT_MANAGER)
    assert policy.decide(person(None), Action.TEAMS_READ, facts.Team(None)).rule is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("separated", [False, True])
@pytest.mark.parametrize("action", [Action.SEATS_ASSIGN, Action.SEATS_REASSIGN])
def test_nobody_gives_a_seat_to_themselves_if_duties_are_separated(
    policy: Policy, action: Action, role: Role | None, separated: bool
) -> None:
    leads = role in {Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER}
    for member in (person(role), partner(role)):
        actor = dataclasses.replace(member, separated=frozenset({"team_a"} if separated else ()))
        to_self = facts.seat(actor, "team_a", "user_ada")
        to_other = facts.seat(actor, "team_a", "user_bob")
        assert policy.decide(actor, action, to_self).allowed is (leads and not separated)
        assert policy.decide(actor, action, to_other).allowed is leads


@pytest.mark.parametrize("scope", Scope)
def test_a_token_needs_the_scope_and_its_grantors_right(policy: Policy, scope: Scope) -> None:
    kind = policy.kinds[scope.action]
    for role in ROLES:
        for target in facts.targets_of_role(kind, role):
            granted = policy.decide(person(role), scope.action, target).allowed
            assert policy.decide(partner(role), scope.action, target).allowed is granted
            assert policy.decide(partner(role, frozenset({scope})), scope.action, target).allowed is granted
            assert not policy.decide(partner(role, EVERY_SCOPE - {scope}), scope.action, target).allowed


@pytest.mark.parametrize("role", ROLES)
def test_a_token_can_neither_manage_tokens_nor_sign_in(policy: Policy, role: Role | None) -> None:
    actor = partner(role)
    assert not policy.decide(actor, Action.TOKENS_CREATE, facts.Team(role)).allowed
    assert not policy.decide(actor, Action.TOKENS_READ, facts.Token(role)).allowed
    assert not policy.decide(actor, Action.TOKENS_REVOKE, facts.Token(role)).allowed
    assert not policy.decide(actor, Action.SESSIONS_CREATE, facts.GATEWAY).allowed
    assert not policy.decide(actor, Action.VIEWER_READ, facts.GATEWAY).allowed


def test_a_reach_contains_teams_by_the_role_there(policy: Policy) -> None:
    roles = {"team_c": Role.USER, "team_b": Role.SOFTWARE_COORDINATOR, "team_a": Role.CONTRACT_MANAGER}
    ada = subjects.Person("user_ada", "session_1", roles)
    assert policy.reach(ada, Action.SEATS_READ) == Reach(("team_a", "team_b"), ("team_c",), "user_ada")
    assert policy.reach(ada, Action.POOLS_READ) == Reach(("team_a", "team_b"), (), "user_ada")
    assert policy.reach(ada, Action.TEAMS_READ) == Reach(("team_a", "team_b", "team_c"), (), "user_ada")


def test_a_reach_never_contains_a_row_that_the_check_denies(policy: Policy) -> None:
    """Giving a seat to oneself depends on the team's setting, which a reach cannot express. So no team is in it."""
    assert policy.reach(person(Role.CONTRACT_MANAGER), Action.SEATS_ASSIGN) == NOWHERE


def test_the_reach_of_a_token_is_its_team_while_its_grantor_is_a_member(policy: Policy) -> None:
    assert policy.reach(partner(Role.USER), Action.SEATS_READ) == Reach((), ("team_a",), "user_ada")
    assert policy.reach(partner(Role.CONTRACT_MANAGER), Action.SEATS_READ).teams == ("team_a",)
    assert policy.reach(partner(None), Action.SEATS_READ) == NOWHERE
    assert policy.reach(partner(Role.CONTRACT_MANAGER, frozenset()), Action.SEATS_READ) == NOWHERE
    assert policy.reach(subjects.Anonymous(), Action.SEATS_READ) == NOWHERE


def test_reach_and_check_agree_on_every_row(policy: Policy) -> None:
    actions = [a for a in Action if policy.kinds[a] in {facts.Member, facts.Seat}]
    for action, role, unproven in itertools.product(actions, Role, (False, True)):
        without_factor = dataclasses.replace(person(role), unproven=frozenset({"team_a"} if unproven else ()))
        both = (partner(role), partner(role, frozenset()))
        tokens = (dataclasses.replace(token, unproven=unproven) for token in both)
        actors: list[subjects.Actor] = [without_factor, *tokens]
        for actor in actors:
            reach = policy.reach(actor, action)
            for target in facts.targets_of_role(policy.kinds[action], standing(role, unproven=unproven)):
                assert isinstance(target, facts.Member | facts.Seat)
                reached = bool(reach.teams) or (bool(reach.own_teams) and target.own)
                allowed = policy.decide(actor, action, target).allowed
                assert reached is allowed if action.value.endswith(":read") else allowed or not reached


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match=r"gone\.polar: The file cannot be read"):
        Policy.load(tmp_path / "gone.polar")
    garbled = tmp_path / "garbled.polar"
    garbled.write_bytes(b"# \xff\n")
    with pytest.raises(PolicyRefused, match="Byte 2 is not UTF-8"):
        Policy.load(garbled)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path, policy_text: str) -> None:
    file = tmp_path / "policy.polar"
    file.write_bytes(b"\xef\xbb\xbf" + policy_text.replace("\n", "\r\n").encode())
    loaded = Policy.load(file)
    decision = loaded.decide(person(Role.USER), Action.TEAMS_READ, facts.Team(Role.USER))
    assert decision == Policy(policy_text).decide(person(Role.USER), Action.TEAMS_READ, facts.Team(Role.USER))


@pytest.mark.parametrize("separated", [False, True])
@pytest.mark.parametrize("kind_of_subject", facts.SUBJECTS)
def test_the_roles_over_others_are_those_in_which_only_an_own_row_may_be_denied(
    policy: Policy, separated: bool, kind_of_subject: type[facts.Subject]
) -> None:
    for action, kind in policy.kinds.items():
        _, subject = facts.subjects_of(kind_of_subject, action)
        for role in Standing:
            allowed = [
                policy.judge(subject, action, target).allowed
                for target in facts.targets_of_role(kind, role)
                if ("own", True) not in dataclasses.asdict(target).items()
                and ("separation_of_duties", not separated) not in dataclasses.asdict(target).items()
            ]
            assert (role in policy.roles_over_others(subject, action, separated)) is all(allowed), (action, role)
    assert policy.roles_over_others(facts.PERSON, Action.SEATS_ASSIGN, separated) == [
        Standing.SOFTWARE_COORDINATOR,
        Standing.CONTRACT_MANAGER,
    ]
    assert policy.reach(person(Role.CONTRACT_MANAGER), Action.SEATS_ASSIGN) == NOWHERE


@pytest.mark.parametrize("role", Role)
def test_without_the_required_second_factor_a_manager_has_exactly_the_rights_of_a_user(
    policy: Policy, role: Role
) -> None:
    compared = 0
    for action, kind in policy.kinds.items():
        if not issubclass(kind, facts.InTeam):
            continue
        for target in facts.targets_of_role(kind, standing(role, unproven=True)):
            as_user = type(target)(**{**dataclasses.asdict(target), "role": Role.USER})
            for subject in {one for each in facts.SUBJECTS for one in facts.subjects_of(each, action)}:
                expected = policy.judge(subject, action, as_user).allowed
                assert policy.judge(subject, action, target).allowed is expected, (action, target)
                compared += 1
    assert compared > 400


def test_a_policy_that_does_not_know_the_second_factor_gives_a_manager_without_it_nothing(policy_text: str) -> None:
    rules = ('    "user" if "unproven_coordinator";\n', '    "user" if "unproven_manager";\n')
    older = policy_text
    for rule in rules:
        assert rule in older
        older = older.replace(rule, "")
    actor = dataclasses.replace(person(Role.CONTRACT_MANAGER), unproven=frozenset({"team_a"}))
    assert Policy(older).reach(actor, Action.TEAMS_READ) == NOWHERE
    assert Policy(policy_text).reach(actor, Action.TEAMS_READ).teams == ("team_a",)
