"""What a change of policy means to the holders of a grant."""

from collections.abc import Callable

import pytest

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.engine.policy import Policy
from policies.engine.table import Cell, Outcome, table
from policies.review.diff import Shift, compare
from policies.review.effects import Grant, in_team, on_gateway

GROUPS = '"groups:read" if "software_coordinator"'
DUTIES = "seat.separation_of_duties = false and\n    has_role"
OWN_SEATS = 'has_permission(subject: Actor, "seats:read", seat: Seat) if\n    seat.own = true and'
REMOVE = 'has_permission(subject: Actor, "members:remove", member: Member) if\n    member.contract_manager = '

Change = Callable[[str, str], list[Shift]]


@pytest.fixture
def change(policy: Policy, text: str) -> Change:
    """What changes when a piece of the policy is replaced."""

    def changed(old: str, new: str) -> list[Shift]:
        assert old in text
        return compare(table(policy), table(Policy(text.replace(old, new))))

    return changed


def person(role: Role, *, separated: bool = False) -> Grant:
    return Grant(facts.Person, role, separated)


def token(role: Role | None, *scopes: str) -> Grant:
    return Grant(facts.Partner, role, separated=False, scopes=frozenset(scopes))


def told(shifts: list[Shift], grant: Grant) -> list[str]:
    return [f"{'+' if effect.gained else '-'} {effect}" for effect in in_team(shifts, grant)]


def test_only_the_roles_that_change_are_concerned(change: Change) -> None:
    shifts = change(GROUPS, '"groups:read" if "user"')
    assert told(shifts, person(Role.USER)) == ["+ groups:read"]
    assert told(shifts, person(Role.SOFTWARE_COORDINATOR)) == []


def test_what_is_taken_away_is_lost(change: Change) -> None:
    shifts = change(OWN_SEATS, OWN_SEATS.replace("own = true", "own = false"))
    assert told(shifts, person(Role.USER)) == ["+ seats:read for others", "- seats:read for themselves"]


def test_what_depends_on_the_team_concerns_those_teams_only(change: Change) -> None:
    shifts = change(DUTIES, "seat.own = true and\n    has_role")
    where = "for themselves, in teams that separate duties"
    coordinator = Role.SOFTWARE_COORDINATOR
    expected = [f"+ seats:assign {where}", f"+ seats:reassign {where}"]
    assert told(shifts, person(coordinator, separated=True)) == expected
    assert told(shifts, person(coordinator, separated=False)) == []


def test_everything_in_the_teams_of_one_sort_is_told_as_that(change: Change) -> None:
    rule = (
        'has_permission(subject: Actor, "seats:unassign", seat: Seat) if '
        'seat.separation_of_duties = true and has_role(subject, "user", seat);'
    )
    shifts = change("# Coordinators give seats to others", f"{rule}\n#")
    assert told(shifts, person(Role.USER, separated=True)) == ["+ seats:unassign in teams that separate duties"]
    assert told(shifts, person(Role.USER, separated=False)) == []


def test_nobody_is_a_user_and_a_contract_manager_at_once(change: Change) -> None:
    """Of oneself the two facts about the role agree: what only cells say where they do not, concerns nobody."""
    shifts = change(f"{REMOVE}false and", f"{REMOVE}true and member.own = true and")
    cells = [shift.cell.target for shift in shifts if shift.gained and shift.cell.subject is facts.Person]
    assert cells == [facts.Member(Role.SOFTWARE_COORDINATOR, True, True)]
    assert told(shifts, person(Role.SOFTWARE_COORDINATOR)) == ["- members:remove on all but contract managers"]


@pytest.mark.parametrize(
    ("before", "after", "with_scope", "without"),
    [
        (Outcome.DENY, Outcome.SCOPE, ["+ groups:read"], []),
        (Outcome.DENY, Outcome.ALLOW, ["+ groups:read"], ["+ groups:read"]),
        (Outcome.SCOPE, Outcome.ALLOW, [], ["+ groups:read"]),
        (Outcome.ALLOW, Outcome.SCOPE, [], ["- groups:read"]),
        (Outcome.SCOPE, Outcome.DENY, ["- groups:read"], []),
    ],
)
def test_a_scope_decides_which_tokens_are_concerned(
    before: Outcome, after: Outcome, with_scope: list[str], without: list[str]
) -> None:
    cell = Cell(Action.GROUPS_READ, facts.Partner, facts.Team(Role.USER))
    shifts = [Shift(cell, before, after)]
    assert told(shifts, token(Role.USER, "groups:read", "seats:read")) == with_scope
    assert told(shifts, token(Role.USER, "seats:read")) == without
    assert told(shifts, token(None, "groups:read", "seats:read")) == []


def test_what_concerns_no_team_concerns_a_kind_of_subject(change: Change) -> None:
    shifts = change('has_permission(_: Partner, "products:read", _: Gateway);', "")
    assert [str(effect) for effect in on_gateway(shifts, facts.Partner)] == ["products:read"]
    assert on_gateway(shifts, facts.Person) == on_gateway(shifts, facts.Anonymous) == ()
    assert told(shifts, token(Role.USER)) == []


def test_a_fact_without_words_of_its_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.review.effects._WORDS", {})
    cell = Cell(Action.SEATS_READ, facts.Person, facts.Seat(Role.USER, True, False))
    shifts = [Shift(cell, Outcome.DENY, Outcome.ALLOW)]
    expected = ["+ seats:read where own = true, in teams that do not separate duties"]
    assert told(shifts, person(Role.USER)) == expected
