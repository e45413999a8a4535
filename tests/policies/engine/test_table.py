"""The committed table belongs to the policy, and every rule of the policy affects it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import facts
from policies.engine import table
from policies.engine.oso_engine import OsoEngine
from policies.engine.parser import Source, Statement
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "policy.polar").read_text()
SOURCE = Source(SHIPPED)


def name(rule: Statement) -> str:
    return f"line {rule.line}"


def weaker() -> Iterator[tuple[str, tuple[Statement, str]]]:
    """Yield a name, a rule, and a policy with this rule weaker: without a condition, or with a wider subject, target or
    role.
    """
    for rule in SOURCE.rules:
        for variant in _short(rule) if rule.kind == "short" else _long(rule):
            yield f"line {rule.line}: {variant}", (rule, f"{SOURCE.without([rule])}\n{variant}\n")


def _short(rule: Statement) -> Iterator[str]:
    """Weaken a short form. A block refuses undeclared words, so the weaker rule is written outside the block."""
    if rule.block != "InTeam":
        lesser = 'has_role(s, "user", t)' if rule.tokens[2].text == "software_coordinator" else "t.role = t.role"
        yield f'has_permission(s: Actor, "{rule.name}", t: {rule.block}) if s = s and {lesser};'


def _long(rule: Statement) -> Iterator[str]:
    text = " ".join(SHIPPED[rule.start : rule.end - 1].split())
    head, _, body = text.partition(" if ")
    conditions = body.split(" and ") if body else []
    # Oso refuses a variable that is used only once, so use each one again.
    names = [parameter[0] for parameter in rule.parameters]
    used = [f"{name.text} = {name.text}" for name in names if name.kind == "name" and name.text != "_"]
    for index in range(len(conditions)):
        yield f"{head} if {' and '.join([*conditions[:index], *conditions[index + 1 :], *used])};"
    for narrow, wide in ((r": (Person|Partner|Anonymous)\b", ": Actor"), (": Gateway", "")):
        if conditions and re.search(narrow, head):
            yield f"{re.sub(narrow, wide, head)} if {body};"
        elif "Person" in narrow and re.search(narrow, head):
            yield f"{re.sub(narrow, wide, head)};"


WEAKER = dict(weaker())


def test_the_lock_is_the_table_of_the_policy(policy: Policy) -> None:
    lock = (ROOT / "permissions.lock").read_text()
    assert table.lock_difference(lock, table.table(policy)) == ""


def test_a_stale_lock_shows_what_changed(policy: Policy) -> None:
    decisions = table.table(policy)
    cell = next(cell for cell, outcome in decisions.items() if outcome is table.Outcome.SCOPE)
    older = {**decisions, cell: table.Outcome.DENY}
    lines = table.lock_difference(table.render(older), decisions).splitlines()
    assert [line[0] for line in lines[2:]] == ["@", "-", "+"]
    assert lines[3].endswith("deny")
    assert lines[4].endswith("scope")


def test_every_cell_is_in_the_table_once_and_in_order(policy: Policy) -> None:
    cells = list(table.cells(policy))
    assert len(set(cells)) == len(cells)
    expected = sum(len(list(facts.targets_of_kind(kind))) * len(facts.SUBJECTS) for kind in policy.kinds.values())
    assert len(cells) == expected
    lines = table.render(table.table(policy)).splitlines()
    assert len(lines) == expected + 2
    actions = [line.split()[0] for line in lines[2:]]
    assert actions == sorted(actions)


@pytest.mark.parametrize("rule", SOURCE.rules, ids=name)
def test_deleting_a_rule_changes_the_table(policy: Policy, rule: Statement) -> None:
    rest = SOURCE.without([rule])
    assert rest.count("\n") == SHIPPED.count("\n")
    try:
        engine = OsoEngine(rest, "policy.polar")
    except PolicyRefused:
        return
    assert differs(policy, engine, rule)


@pytest.mark.parametrize("change", WEAKER)
def test_weakening_a_rule_changes_the_table(policy: Policy, change: str) -> None:
    rule, text = WEAKER[change]
    assert differs(policy, OsoEngine(text, "policy.polar"), rule)


def test_there_are_at_least_as_many_weaker_policies_as_rules() -> None:
    assert len(WEAKER) >= len(SOURCE.rules)


def differs(policy: Policy, engine: OsoEngine, rule: Statement) -> bool:
    # What the rule gives comes first, because it nearly always shows the difference.
    cells = sorted(table.cells(policy), key=lambda cell: not rule.gives(cell.action))
    return any(
        answer(engine, subject, cell) is not policy.judge(subject, cell.action, cell.target).allowed
        for cell in cells
        for subject in set(facts.subjects_of(cell.subject, cell.action))
    )


def answer(engine: OsoEngine, subject: facts.Subject, cell: table.Cell) -> bool | None:
    """Return the decision, or None if the policy reads a fact that does not exist on this subject, and fails."""
    try:
        return engine.allows(subject, cell.action.value, cell.target)
    except facts.UnknownFact:
        return None
