from policies.engine.policy import Policy
from policies.engine.table import Outcome, table
from policies.review.diff import compare

COORDINATORS = '"groups:read" if "software_coordinator"'


def test_equal_policies_have_no_changes(policy: Policy) -> None:
    assert compare(table(policy), table(policy)) == []


def test_gained_and_lost_permissions_are_listed_cell_by_cell(policy: Policy, policy_text: str) -> None:
    wider = Policy(policy_text.replace(COORDINATORS, '"groups:read" if "user"'))
    gained = compare(table(policy), table(wider))
    assert [" ".join(str(cell_change).split()) for cell_change in gained] == [
        f"+ groups:read {subject} {role} deny -> {outcome}"
        for subject, outcome in (("person", "allow"), ("partner", "scope"))
        for role in ("user", "unproven_coordinator", "unproven_manager")
    ]
    lost = compare(table(wider), table(policy))
    assert [cell_change.gained for cell_change in lost] == [False] * 6
    assert [cell_change.cell for cell_change in lost] == [cell_change.cell for cell_change in gained]


def test_an_action_moved_to_another_kind_is_gained_there_and_lost_here(policy: Policy, policy_text: str) -> None:
    block = 'permissions = ["tokens:read", "tokens:revoke"];'
    moved = (
        policy_text.replace(block, 'permissions = ["tokens:read", "tokens:revoke", "groups:read"];')
        .replace('"groups:read", ', "", 1)
        .replace(f"    {COORDINATORS};\n", "")
        .replace('    "tokens:read" if', f'    {COORDINATORS};\n    "tokens:read" if')
    )
    cell_changes = compare(table(policy), table(Policy(moved)))
    gained = [cell_change for cell_change in cell_changes if cell_change.gained]
    assert {type(cell_change.cell.target).__name__ for cell_change in gained} == {"Token"}
    assert {cell_change.after for cell_change in cell_changes if not cell_change.gained} == {Outcome.DENY}
