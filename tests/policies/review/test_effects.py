"""What a change of policy means for people with a role and for partner tokens."""

from collections.abc import Callable

import pytest

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.engine.policy import Policy
from policies.engine.table import Cell, Outcome, table
from policies.review.diff import CellChange, compare
from policies.review.effects import Grant, gateway_effects, team_effects

pytestmark = pytest.mark.slow

GROUPS = '"groups:read" if "software_coordinator"'
DUTIES = "seat.separation_of_duties = false and\n    has_role"
OWN_SEATS = 'has_permission(subject: Actor, "seats:read", seat: Seat) if\n    seat.own = true and'
REMOVE = 'has_permission(subject: Actor, "members:remove", member: Member) if\n    member.contract_manager = '

Change = Callable[[str, str], list[CellChange]]


@pytest.fixture
def change(policy: Policy, policy_text: str) -> Change:
    """Return a function that replaces a piece of the policy and lists the changed cells."""

    def changed(old: str, new: str) -> list[CellChange]:
        assert old in policy_text
        return compare(table(policy), table(Policy(policy_text.replace(old, new))))

    return changed


def person(role: Role, *, separated: bool = False) -> Grant:
    return Grant(facts.Person, role, separated)


def token(role: Role | None, *scopes: str) -> Grant:
    return Grant(facts.Partner, role, separated=False, scopes=frozenset(scopes))


def effect_lines(cell_changes: list[CellChange], grant: Grant) -> list[str]:
    return [f"{'+' if effect.gained else '-'} {effect}" for effect in team_effects(cell_changes, grant)]


def test_only_roles_whose_permissions_change_are_listed(change: Change) -> None:
    cell_changes = change(GROUPS, '"groups:read" if "user"')
    assert effect_lines(cell_changes, person(Role.USER)) == ["+ groups:read"]
    assert effect_lines(cell_changes, person(Role.SOFTWARE_COORDINATOR)) == []


def test_a_removed_permission_is_lost(change: Change) -> None:
    cell_changes = change(OWN_SEATS, OWN_SEATS.replace("own = true", "own = false"))
    expected = ["+ seats:read for others", "- seats:read for themselves"]
    assert effect_lines(cell_changes, person(Role.USER)) == expected


def test_an_effect_that_depends_on_the_teams_setting_names_the_teams(change: Change) -> None:
    cell_changes = change(DUTIES, "seat.own = true and\n    has_role")
    where = "for themselves, in teams that separate duties"
    coordinator = Role.SOFTWARE_COORDINATOR
    expected = [f"+ seats:assign {where}", f"+ seats:reassign {where}"]
    assert effect_lines(cell_changes, person(coordinator, separated=True)) == expected
    assert effect_lines(cell_changes, person(coordinator, separated=False)) == []


def test_an_effect_on_every_seat_of_some_teams_names_only_the_teams(change: Change) -> None:
    rule = (
        'has_permission(subject: Actor, "seats:unassign", seat: Seat) if '
        'seat.separation_of_duties = true and has_role(subject, "user", seat);'
    )
    cell_changes = change("# Coordinators give seats to others", f"{rule}\n#")
    assert effect_lines(cell_changes, person(Role.USER, separated=True)) == [
        "+ seats:unassign in teams that separate duties"
    ]
    assert effect_lines(cell_changes, person(Role.USER, separated=False)) == []


def test_targets_that_contradict_the_actors_own_role_are_ignored(change: Change) -> None:
    """If the member is the subject, both facts about the role agree. A cell in which they differ affects nobody."""
    cell_changes = change(f"{REMOVE}false and", f"{REMOVE}true and member.own = true and")
    gained = [cell_change.cell for cell_change in cell_changes if cell_change.gained]
    targets = [cell.target for cell in gained if cell.subject is facts.Person]
    assert targets == [facts.Member(Role.SOFTWARE_COORDINATOR, True, True)]
    expected = ["- members:remove on all but contract managers"]
    assert effect_lines(cell_changes, person(Role.SOFTWARE_COORDINATOR)) == expected


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
def test_the_scope_decides_which_tokens_are_affected(
    before: Outcome, after: Outcome, with_scope: list[str], without: list[str]
) -> None:
    cell = Cell(Action.GROUPS_READ, facts.Partner, facts.Team(Role.USER))
    cell_changes = [CellChange(cell, before, after)]
    assert effect_lines(cell_changes, token(Role.USER, "groups:read", "seats:read")) == with_scope
    assert effect_lines(cell_changes, token(Role.USER, "seats:read")) == without
    assert effect_lines(cell_changes, token(None, "groups:read", "seats:read")) == []


def test_a_change_on_the_gateway_affects_a_kind_of_subject_and_no_team(change: Change) -> None:
    cell_changes = change('has_permission(_: Partner, "products:read", _: Gateway);', "")
    assert [str(effect) for effect in gateway_effects(cell_changes, facts.Partner)] == ["products:read"]
    assert gateway_effects(cell_changes, facts.Person) == gateway_effects(cell_changes, facts.Anonymous) == ()
    assert effect_lines(cell_changes, token(Role.USER)) == []


def test_a_fact_without_a_phrase_is_shown_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.review.effects._WORDS", {})
    cell = Cell(Action.SEATS_READ, facts.Person, facts.Seat(Role.USER, True, False))
    cell_changes = [CellChange(cell, Outcome.DENY, Outcome.ALLOW)]
    expected = ["+ seats:read where own = true, in teams that do not separate duties"]
    assert effect_lines(cell_changes, person(Role.USER)) == expected
