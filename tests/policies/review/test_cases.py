"""The policy meets the hand-written cases, the cases cover every cell, and a file with mistakes is refused."""

from pathlib import Path

import pytest

from policies.engine import table
from policies.engine.policy import Policy
from policies.refusal import CasesRefused
from policies.review import cases

pytestmark = pytest.mark.slow

FILE = Path(__file__).parent / "cases.yaml"


def test_the_policy_meets_every_case(policy: Policy) -> None:
    assert [str(failure) for failure in cases.failures(policy, read(policy, FILE.read_text()))] == []


def test_the_cases_cover_every_cell(policy: Policy) -> None:
    covered = {cell for case in read(policy, FILE.read_text()) for cell in case.cells}
    assert [str(cell) for cell in table.cells(policy) if cell not in covered] == []


def test_a_wrong_expectation_is_reported_with_its_line(policy: Policy) -> None:
    text = "\nseats:read:\n  - {subject: person, role: user, own: [true], expect: deny}\n"
    assert [str(failure) for failure in cases.failures(policy, read(policy, text))] == [
        "line 3: seats:read person user own=true separation_of_duties=false: expected deny, is allow",
        "line 3: seats:read person user own=true separation_of_duties=true: expected deny, is allow",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "cases.yaml: There is no case"),
        ("- seats:read\n", "cases.yaml:1: There is no case"),
        ("seats:read: [", "cases.yaml:1: Not YAML"),
        ("seats:read: \x00", "cases.yaml: Not YAML"),
        ("[" * 5000, "cases.yaml: Not YAML: maximum recursion depth"),
        ("? [teams:read]\n: []", "cases.yaml:1: Unknown action 'a list'"),
        ("teams:read:\n  - {? [role] : user, expect: deny}\n", "cases.yaml:2: Unknown fact 'a list'"),
        ("teams:read:\n  - {role: {is: user}, expect: deny}\n", "cases.yaml:2: Unknown value 'a mapping'"),
        ("teams:read:\n  - {role: [], expect: deny}\n", "cases.yaml:2: The list is empty"),
        ("teams:read:\n  - {role: user, role: none, expect: deny}\n", "cases.yaml:2: The case names a fact twice"),
        ("\nseats:raed:\n  - {expect: deny}\n", "cases.yaml:2: Unknown action 'seats:raed'"),
        ("seats:read:\n", "cases.yaml:1: 'seats:read' has no case"),
        ("seats:read:\n  - deny\n", "cases.yaml:2: This is not a case"),
        ("seats:read:\n  - {role: user}\n", "cases.yaml:2: The case expects nothing"),
        ("seats:read:\n  - {expect: [deny, allow]}\n", "cases.yaml:2: The case expects nothing"),
        ("seats:read:\n  - {role: boss, expect: deny}\n", "cases.yaml:2: Unknown value 'boss'"),
        ("teams:read:\n  - {expect: deny}\n  - {own: true, expect: deny}\n", "cases.yaml:3: Unknown fact 'own'"),
    ],
)
def test_a_mistake_in_a_case_is_refused_with_its_line(policy: Policy, text: str, expected: str) -> None:
    with pytest.raises(CasesRefused) as caught:
        read(policy, text)
    assert str(caught.value).startswith(expected)


def read(policy: Policy, text: str) -> list[cases.Case]:
    return cases.read(policy, text, "cases.yaml")
