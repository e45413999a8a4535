from policies.engine.policy import Policy
from policies.engine.table import Outcome, table
from policies.review.diff import compare

COORDINATORS = '"groups:read" if "software_coordinator"'


def test_the_same_policy_changes_nothing(policy: Policy) -> None:
    assert compare(table(policy), table(policy)) == []


def test_who_gains_and_who_loses_is_told_cell_by_cell(policy: Policy, text: str) -> None:
    wider = Policy(text.replace(COORDINATORS, '"groups:read" if "user"'))
    gained = compare(table(policy), table(wider))
    assert [" ".join(str(shift).split()) for shift in gained] == [
        "+ groups:read person user deny -> allow",
        "+ groups:read partner user deny -> scope",
    ]
    lost = compare(table(wider), table(policy))
    assert [shift.gained for shift in lost] == [False, False]
    assert [shift.cell for shift in lost] == [shift.cell for shift in gained]


def test_an_action_decided_on_another_kind_shows_on_both(policy: Policy, text: str) -> None:
    block = 'permissions = ["tokens:read", "tokens:revoke"];'
    moved = (
        text.replace(block, 'permissions = ["tokens:read", "tokens:revoke", "groups:read"];')
        .replace('"groups:read", ', "", 1)
        .replace(f"    {COORDINATORS};\n", "")
        .replace('    "tokens:read" if', f'    {COORDINATORS};\n    "tokens:read" if')
    )
    shifts = compare(table(policy), table(Policy(moved)))
    assert {type(shift.cell.target).__name__: shift.after for shift in shifts if shift.gained}.keys() == {"Token"}
    assert {shift.after for shift in shifts if not shift.gained} == {Outcome.DENY}
