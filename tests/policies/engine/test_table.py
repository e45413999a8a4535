"""The committed table is the policy's, and every rule of the policy shows in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import facts
from policies.engine import table
from policies.engine.oso_engine import Oracle
from policies.engine.parser import Source, Statement
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "policy.polar").read_text()
SOURCE = Source(SHIPPED)


def name(rule: Statement) -> str:
    return f"line {rule.line}"


def weaker() -> Iterator[tuple[str, str]]:
    """Each rule with one condition less, a wider subject, a wider target or a lesser role."""
    for rule in SOURCE.rules:
        for variant in _short(rule) if rule.kind == "short" else _long(rule):
            yield f"line {rule.line}: {variant}", f"{SOURCE.without([rule])}\n{variant}\n"


def _short(rule: Statement) -> Iterator[str]:
    """A block refuses words it does not declare, so the weaker rule is written in full."""
    if rule.block != "InTeam":
        lesser = 'has_role(s, "user", t)' if rule.tokens[2].text == "software_coordinator" else "t.role = t.role"
        yield f'has_permission(s: Actor, "{rule.name}", t: {rule.block}) if s = s and {lesser};'


def _long(rule: Statement) -> Iterator[str]:
    text = " ".join(SHIPPED[rule.start : rule.end - 1].split())
    head, _, body = text.partition(" if ")
    conditions = body.split(" and ") if body else []
    # Oso refuses a variable that is used once.
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
    assert table.stale(lock, table.table(policy)) == ""


def test_a_stale_lock_shows_what_changed(policy: Policy) -> None:
    decisions = table.table(policy)
    cell = next(cell for cell, outcome in decisions.items() if outcome is table.Outcome.SCOPE)
    older = {**decisions, cell: table.Outcome.DENY}
    lines = table.stale(table.render(older), decisions).splitlines()
    assert [line[0] for line in lines[2:]] == ["@", "-", "+"]
    assert lines[3].endswith("deny")
    assert lines[4].endswith("scope")


def test_every_cell_is_there_once_in_order(policy: Policy) -> None:
    cells = list(table.cells(policy))
    assert len(set(cells)) == len(cells)
    expected = sum(len(list(facts.all_of(kind))) * len(facts.SUBJECTS) for kind in policy.kinds.values())
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
        oracle = Oracle(rest, "policy.polar")
    except PolicyRefused:
        return
    assert differs(policy, oracle)


@pytest.mark.parametrize("change", WEAKER)
def test_weakening_a_rule_changes_the_table(policy: Policy, change: str) -> None:
    assert differs(policy, Oracle(WEAKER[change], "policy.polar"))


def test_enough_rules_were_weakened() -> None:
    assert len(WEAKER) >= len(SOURCE.rules)


def differs(policy: Policy, oracle: Oracle) -> bool:
    return any(
        answer(oracle, subject, cell) is not policy.judge(subject, cell.action, cell.target).allowed
        for cell in table.cells(policy)
        for subject in set(facts.subjects_of(cell.subject, cell.action))
    )


def answer(oracle: Oracle, subject: facts.Subject, cell: table.Cell) -> bool | None:
    """None: the policy asks for a fact that this subject lacks, and is refused for it."""
    try:
        return oracle.allows(subject, cell.action.value, cell.target)
    except facts.UnknownFact:
        return None
