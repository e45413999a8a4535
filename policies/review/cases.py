"""Test cases of a policy, as data. They are written by hand, independently of the policy.

    seats:read:
      - {subject: person, role: user, own: true, expect: allow}
      - {subject: person, role: [user, none], own: false, expect: deny}

A fact has one value or a list of values. A fact that is left out stands for all its values. `expect` is allow, deny or
scope (allowed to a token that has the scope of the action's name).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import yaml

from domain.actions import Action
from domain.roles import Standing
from policies import facts
from policies.engine.policy import Policy
from policies.engine.table import Cell, Outcome, outcome
from policies.refusal import CasesRefused, Finding

_NO_ROLE = "none"
_ROLES = {_NO_ROLE, *(one.value for one in Standing)}
_BOOLEANS = {"true", "false"}
_DOMAINS = {
    "subject": {kind.__name__.lower() for kind in facts.SUBJECTS},
    "expect": {outcome.value for outcome in Outcome},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the file: its cells, and the outcome that it expects for each of them."""

    line: int
    cells: tuple[Cell, ...]
    expected: Outcome


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell on which the policy decides differently than a case expects."""

    line: int
    cell: Cell
    expected: Outcome
    actual: Outcome

    def __str__(self) -> str:
        return f"line {self.line}: {' '.join(str(self.cell).split())}: expected {self.expected}, is {self.actual}"


def read(policy: Policy, text: str, file: str) -> list[Case]:
    """Return the cases of a file. Raises CasesRefused with every mistake and its line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
        reason = f"Not YAML: {problem.splitlines()[0]}"
        raise CasesRefused(file, [Finding(mark.line + 1 if mark else 0, reason, "Correct the text there")]) from error
    reader = _Reader(policy)
    cases = list(reader.cases(root))
    if reader.findings:
        raise CasesRefused(file, reader.findings)
    return cases


def failures(policy: Policy, cases: list[Case]) -> list[Failure]:
    """Return a failure for every cell on which the policy decides differently than its case expects."""
    return [
        Failure(case.line, cell, case.expected, actual)
        for case in cases
        for cell in case.cells
        if (actual := outcome(policy, cell)) is not case.expected
    ]


class _Reader:
    """Reads the YAML nodes instead of the plain values, because only nodes know their line."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.findings: list[Finding] = []

    def cases(self, root: yaml.Node | None) -> Iterator[Case]:
        if not isinstance(root, yaml.MappingNode) or not root.value:
            self._report(root, "There is no case", "Write an action, and below it a list of cases")
            return
        for key, rows in root.value:
            action = _word(key)
            if action not in set(Action):
                self._report(key, f"Unknown action '{action}'", f"Use one of {', '.join(Action)}")
            elif not isinstance(rows, yaml.SequenceNode) or not rows.value:
                self._report(key, f"'{action}' has no case", "Write a list of cases below it")
            else:
                yield from (case for row in rows.value for case in self._case(Action(action), row))

    def _case(self, action: Action, row: yaml.Node) -> Iterator[Case]:
        if not isinstance(row, yaml.MappingNode):
            self._report(row, "This is not a case", "Write {subject: person, role: user, expect: allow}")
            return
        given = {_word(key): value for key, value in row.value}
        kind = self._policy.kinds[action]
        domains = _DOMAINS | {field.name: _ROLES if field.name == "role" else _BOOLEANS for field in fields(kind)}
        before = len(self.findings)
        if len(given) < len(row.value):
            self._report(row, "The case names a fact twice", "Write a list of its values: role: [user, none]")
        for name in given.keys() - domains.keys():
            self._report(given[name], f"Unknown fact '{name}'", f"{action} has {', '.join(sorted(domains))}")
        chosen = {name: self._chosen(given.get(name), domain) for name, domain in domains.items()}
        if "expect" not in given or len(chosen["expect"]) != 1:
            self._report(row, "The case expects nothing", "Say expect: allow, deny or scope")
        if len(self.findings) == before:
            cells = tuple(cell for cell in _cells(action, kind) if _fits(cell, chosen))
            yield Case(row.start_mark.line + 1, cells, Outcome(chosen["expect"].pop()))

    def _chosen(self, node: yaml.Node | None, domain: set[str]) -> set[str]:
        if node is None:
            return set(domain)
        scalars = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not scalars:
            self._report(node, "The list is empty, so the case has no cells", "Write a value, or leave the fact out")
        for scalar in scalars:
            if _word(scalar) not in domain:
                self._report(scalar, f"Unknown value '{_word(scalar)}'", f"Use one of {', '.join(sorted(domain))}")
        return {_word(scalar) for scalar in scalars}

    def _report(self, node: yaml.Node | None, problem: str, remedy: str) -> None:
        self.findings.append(Finding(node.start_mark.line + 1 if node else 0, problem, remedy))


def _word(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def _cells(action: Action, kind: type[facts.Target]) -> Iterator[Cell]:
    for subject in facts.SUBJECTS:
        for target in facts.targets_of_kind(kind):
            yield Cell(action, subject, target)


def _fits(cell: Cell, chosen: dict[str, set[str]]) -> bool:
    if cell.subject.__name__.lower() not in chosen["subject"]:
        return False
    values = ((name, getattr(cell.target, name)) for name in type(cell.target).__match_args__)
    return all((_NO_ROLE if value is None else str(value).lower()) in chosen[name] for name, value in values)
