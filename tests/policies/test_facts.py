import dataclasses

import pytest

from domain import subjects
from domain.actions import Action, Scope
from domain.roles import Role
from policies import facts

ADA = subjects.Person("user_ada", "session_1", {"team_a": Role.USER, "team_b": Role.CONTRACT_MANAGER})
TOKEN = subjects.Partner("token_1", "team_b", frozenset({Scope.SEATS_READ}), "user_ada", Role.SOFTWARE_COORDINATOR)


def test_an_unknown_fact_raises_an_error_that_is_not_an_attribute_error() -> None:
    for fact in (facts.PERSON, facts.GATEWAY, facts.Seat(Role.USER, True, False), facts.UNSCOPED):
        with pytest.raises(facts.UnknownFact, match=f"{type(fact).__name__} has no fact 'colour'"):
            fact.colour  # noqa: B018
    assert not issubclass(facts.UnknownFact, AttributeError)


def test_equal_facts_are_the_same_object_and_roles_are_plain_text() -> None:
    seat = facts.Seat(Role.USER, True, False)
    assert seat is facts.Seat("user", True, False)
    assert seat is not facts.Seat("user", False, False)
    assert type(seat.role) is str
    assert len({facts.Team(Role.USER), facts.Token(Role.USER)}) == 2
    assert facts.Member(Role.USER, True, False) is not facts.Member(Role.USER, 1, False)  # type: ignore[arg-type]


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="owner"):
        facts.Team("owner")


def test_a_fact_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        facts.Team(Role.USER).role = "contract_manager"  # type: ignore[misc]


def test_the_role_of_a_person_is_their_role_in_the_targets_team() -> None:
    assert facts.team(ADA, "team_a") is facts.Team(Role.USER)
    assert facts.token(ADA, "team_b") is facts.Token(Role.CONTRACT_MANAGER)
    assert facts.team(ADA, "team_c") is facts.Team(None)
    assert facts.member(ADA, "team_a", "user_ada") is facts.Member(Role.USER, True, True)
    assert facts.member(ADA, "team_a", "user_bob") is facts.Member(Role.USER, False, True)


def test_a_token_has_its_grantors_role_only_in_its_own_team() -> None:
    assert facts.team(TOKEN, "team_b") is facts.Team(Role.SOFTWARE_COORDINATOR)
    assert facts.team(TOKEN, "team_a") is facts.Team(None)
    assert facts.member(TOKEN, "team_b", "user_ada").own
    assert not facts.member(TOKEN, "team_b", "token_1").own
    assert facts.subject(TOKEN, Action.SEATS_READ) is facts.Partner(("seats:read",))
    assert facts.subject(TOKEN, Action.USAGE_READ) is facts.UNSCOPED
    assert facts.subject(TOKEN, Action.TOKENS_READ) is facts.UNSCOPED


def test_a_seat_without_a_holder_is_nobodys_own() -> None:
    anonymous = subjects.Anonymous()
    assert facts.seat(anonymous, "team_a", None) is facts.Seat(None, False, False)
    assert facts.seat(ADA, "team_a", None) is facts.Seat(Role.USER, False, False)
    separating = dataclasses.replace(ADA, separated=frozenset({"team_a"}))
    assert facts.seat(separating, "team_a", "user_ada") is facts.Seat(Role.USER, True, True)
    assert facts.seat(separating, "team_b", "user_ada") is facts.Seat(Role.CONTRACT_MANAGER, True, False)


def test_every_target_of_a_role_is_listed() -> None:
    assert list(facts.targets_of_role(facts.Gateway, None)) == [facts.GATEWAY]
    assert list(facts.targets_of_role(facts.Team, Role.USER)) == [facts.Team(Role.USER)]
    assert len(set(facts.targets_of_role(facts.Seat, Role.USER))) == 4


def test_a_missing_second_factor_shows_in_the_role_of_those_who_manage_the_team() -> None:
    unproven = dataclasses.replace(ADA, unproven=frozenset({"team_a", "team_b"}))
    assert facts.team(unproven, "team_a") is facts.Team("user")
    assert facts.team(unproven, "team_b") is facts.Team("unproven_manager")
    assert facts.team(unproven, "team_c") is facts.Team(None)
    token = dataclasses.replace(TOKEN, unproven=True)
    assert facts.team(token, "team_b") is facts.Team("unproven_coordinator")
    assert facts.standings(token) == {"team_b": "unproven_coordinator"}
    assert facts.roles(token) == {"team_b": Role.SOFTWARE_COORDINATOR}
