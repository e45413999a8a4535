"""The table of all decisions of a policy.

Each cell is an action, a kind of subject and the facts of a target. `permissions.lock` is the text of the table, so a
review of a changed policy shows exactly which permissions are gained and lost.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from domain.actions import Action
from policies import facts
from policies.engine.policy import Policy

_HEADER = """\
# Every decision of policy.polar, one a line: action, subject, its role in the team, facts of the target, decision.
# `scope` is allowed to a token that carries the scope of that name. Generated and checked: never edit it.
"""


class Outcome(StrEnum):
    """The decision on a cell. SCOPE means: allowed to a token that has the scope of the action's name."""

    DENY = "deny"
    SCOPE = "scope"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Cell:
    """One question: may this kind of subject do `action` to `target`?"""

    action: Action
    subject: type[facts.Subject]
    target: facts.Target

    def __str__(self) -> str:
        role = (self.target.role or "no-role") if isinstance(self.target, facts.InTeam) else "-"
        names = [field.name for field in fields(self.target) if field.name != "role"]
        booleans = " ".join(f"{name}={str(getattr(self.target, name)).lower()}" for name in names)
        return f"{self.action.value:<16} {self.subject.__name__.lower():<10} {role:<21} {booleans}".rstrip()


Table = dict[Cell, Outcome]


def table(policy: Policy) -> Table:
    """Return every cell and its outcome, in the order of `permissions.lock`. This asks Oso about 400 questions.

    Raises UnknownFact if the policy reads a fact that does not exist.
    """
    return {cell: outcome(policy, cell) for cell in cells(policy)}


def cells(policy: Policy) -> Iterator[Cell]:
    """Yield all cells, also impossible ones (nobody is signed in, but has a role), because these must be denied too."""
    for action in sorted(policy.kinds):
        kind = policy.kinds[action]
        for subject in facts.SUBJECTS:
            for target in facts.targets_of_kind(kind):
                yield Cell(action, subject, target)


def outcome(policy: Policy, cell: Cell) -> Outcome:
    """Return the decision of the policy on a cell."""
    without, carrying = facts.subjects_of(cell.subject, cell.action)
    if policy.judge(without, cell.action, cell.target).allowed:
        return Outcome.ALLOW
    if policy.judge(carrying, cell.action, cell.target).allowed:
        return Outcome.SCOPE
    return Outcome.DENY


def render(cells_and_outcomes: Table) -> str:
    """Return the text of `permissions.lock`."""
    lines = [f"{cell!s:<90} {outcome}\n" for cell, outcome in cells_and_outcomes.items()]
    return _HEADER + "".join(lines)


def lock_difference(lock: str, cells_and_outcomes: Table) -> str:
    """Return the difference between a committed lock and the table as a unified diff; empty if there is none."""
    now = render(cells_and_outcomes)
    lines = difflib.unified_diff(
        lock.splitlines(), now.splitlines(), "permissions.lock", "policy.polar", n=0, lineterm=""
    )
    return "\n".join(lines)
