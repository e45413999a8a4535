"""Gates that need the table. They refuse rules without effect, and permissions for people without a role.

`text_gates` has the gates that need only the text.
"""

from collections.abc import Iterator
from functools import lru_cache

from domain.actions import Action
from domain.roles import VENDOR
from policies import facts
from policies.engine.oso_engine import OsoEngine
from policies.engine.parser import Statement
from policies.engine.policy import Policy
from policies.engine.table import Outcome, Table, table
from policies.refusal import Finding, PolicyRefused

Question = tuple[facts.Subject, Action, facts.Target]


def check_policy(policy: Policy) -> Table:
    """Return the table of the policy if it passes every gate. Otherwise raises PolicyRefused with the findings."""
    try:
        decisions = table(policy)
    except facts.UnknownFact as unknown:
        remedy = "Correct the spelling, or load it as a fact in policies/facts.py"
        raise PolicyRefused(policy.file, [Finding(_line_of(policy, unknown.name), str(unknown), remedy)]) from unknown
    # A policy that allows what it must not is refused for that alone. The second gate asks about everything that is
    # allowed once more for each rule. A rule that allows everything would make that a minute of work, and every other
    # rule would be reported as one without effect.
    findings = list(_allowed_without_role(policy, decisions)) or list(_rules_without_effect(policy, decisions))
    if findings:
        raise PolicyRefused(policy.file, findings)
    return decisions


@lru_cache(maxsize=1)
def checked(text: str, file: str) -> Policy:
    """Return the policy of a text that passed the gates. Raises PolicyRefused.

    A process often needs the same one twice: `usher run` checks all before it serves. The checks take a second. A
    policy depends on nothing but its text, so it can be shared.
    """
    policy = Policy(text, file)
    check_policy(policy)
    return policy


def _line_of(policy: Policy, name: str) -> int:
    return next((policy.source.line(token.start) for token in policy.source.tokens if token.text == name), 0)


def _allowed_without_role(policy: Policy, decisions: Table) -> Iterator[Finding]:
    """Find what is allowed without a role: in a team, because a reach needs a role, and in the vendor's business.

    The system is left out: it never has a role, and it does not read by a reach.
    """
    for cell, outcome in decisions.items():
        if cell.subject is facts.System:
            continue
        in_team = isinstance(cell.target, facts.InTeam) and cell.target.role is None
        in_business = isinstance(cell.target, facts.Business) and not cell.target.staff
        if (in_team or in_business) and outcome is not Outcome.DENY:
            _, carrying = facts.subjects_of(cell.subject, cell.action)
            rule = policy.judge(carrying, cell.action, cell.target).rule or policy.file
            place = "in a team may do" if in_team else "may do"
            problem = f"Somebody without a role {place} {cell.action} there: {' '.join(str(cell).split())}"
            remedy = f'Ask for a role: has_role(subject, "{"user" if in_team else VENDOR}", target)'
            line = rule.rpartition(":")[2]
            yield Finding(int(line) if line.isdigit() else 0, problem, remedy)


def _rules_without_effect(policy: Policy, decisions: Table) -> Iterator[Finding]:
    """Find rules that can be removed without changing a decision."""
    questions = list(_allowed(decisions))
    for rule in policy.source.rules:
        if not _matters(policy, rule, questions):
            problem = f"Without this rule every decision stays the same: '{_rule_text(policy, rule)}'"
            remedy = "It can never apply, or another rule gives the same: correct its conditions or remove it"
            yield Finding(rule.line, problem, remedy)


def _allowed(decisions: Table) -> Iterator[Question]:
    """Yield everything that is allowed. A token has the scope of the action only if it needs the scope.

    This is enough: without negation, removing a rule can only turn an allowed decision into a denied one.
    """
    for cell, outcome in decisions.items():
        without, carrying = facts.subjects_of(cell.subject, cell.action)
        if outcome is not Outcome.DENY:
            yield without if outcome is Outcome.ALLOW else carrying, cell.action, cell.target


def _matters(policy: Policy, rule: Statement, questions: list[Question]) -> bool:
    try:
        rest = OsoEngine(policy.source.without([rule]), policy.file)
    except PolicyRefused:
        return True
    # Ask first about what the rule gives and names, because then one of the first answers nearly always decides.
    words = {token.text for token in rule.tokens}
    questions = sorted(questions, key=lambda question: -_closeness(rule, words, question))
    return any(not rest.allows(subject, action.value, target) for subject, action, target in questions)


def _closeness(rule: Statement, words: set[str], question: Question) -> int:
    subject, action, _ = question
    return 2 * rule.gives(action) + (action.value in words) + (type(subject).__name__ in words)


def _rule_text(policy: Policy, rule: Statement) -> str:
    return " ".join(policy.source.text[rule.start : rule.end].split())
