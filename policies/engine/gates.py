"""Gates that need the table: a policy that reads well may still say nothing, or say it twice.

`text_gates` holds those that the text alone decides.
"""

from collections.abc import Iterator

from domain.actions import Action
from policies import facts
from policies.engine.oso_engine import Oracle
from policies.engine.parser import Statement
from policies.engine.policy import Policy
from policies.engine.table import Outcome, Table, table
from policies.refusal import Finding, PolicyRefused

Question = tuple[facts.Subject, Action, facts.Target]


def checked(policy: Policy) -> Table:
    """The table of a policy that passes every gate. Raises PolicyRefused with all findings otherwise."""
    try:
        decisions = table(policy)
    except facts.UnknownFact as unknown:
        mend = "Correct the spelling, or load it as a fact in policies/facts.py"
        raise PolicyRefused(policy.file, [Finding(_line_of(policy, unknown.name), str(unknown), mend)]) from unknown
    findings = [*_open(policy, decisions), *_idle(policy, decisions)]
    if findings:
        raise PolicyRefused(policy.file, findings)
    return decisions


def _line_of(policy: Policy, name: str) -> int:
    return next((policy.source.line(token.start) for token in policy.source.tokens if token.text == name), 0)


def _open(policy: Policy, decisions: Table) -> Iterator[Finding]:
    """Somebody without a role in a team who may do something in it: a reach knows no team without a role."""
    for cell, outcome in decisions.items():
        if isinstance(cell.target, facts.InTeam) and cell.target.role is None and outcome is not Outcome.DENY:
            _, carrying = facts.subjects_of(cell.subject, cell.action)
            rule = policy.judge(carrying, cell.action, cell.target).rule or policy.file
            what = f"Who has no role in a team may do {cell.action} there: {' '.join(str(cell).split())}"
            line = rule.rpartition(":")[2]
            yield Finding(int(line) if line.isdigit() else 0, what, 'Ask for a role: has_role(subject, "user", target)')


def _idle(policy: Policy, decisions: Table) -> Iterator[Finding]:
    """Rules whose removal changes no decision."""
    questions = list(_allowed(decisions))
    for rule in policy.source.rules:
        if not _matters(policy, rule, questions):
            what = f"Without this rule every decision stays the same: '{_shown(policy, rule)}'"
            mend = "It can never fire, or another rule gives the same: mend its conditions or take it out"
            yield Finding(rule.line, what, mend)


def _allowed(decisions: Table) -> Iterator[Question]:
    """What is allowed, each asked with no more than it takes.

    A policy without negation only loses by losing a rule, so nothing else can change.
    """
    for cell, outcome in decisions.items():
        without, carrying = facts.subjects_of(cell.subject, cell.action)
        if outcome is not Outcome.DENY:
            yield without if outcome is Outcome.ALLOW else carrying, cell.action, cell.target


def _matters(policy: Policy, rule: Statement, questions: list[Question]) -> bool:
    try:
        rest = Oracle(policy.source.without([rule]), policy.file)
    except PolicyRefused:
        return True
    # What the rule gives comes first: nearly always the first question settles it.
    questions = sorted(questions, key=lambda question: not rule.gives(question[1]))
    return any(not rest.allows(subject, action.value, target) for subject, action, target in questions)


def _shown(policy: Policy, rule: Statement) -> str:
    return " ".join(policy.source.text[rule.start : rule.end].split())
