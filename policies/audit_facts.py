"""Facts as an audit row stores them. With them, any policy can repeat a past decision.

A fact is a JSON object with its kind and its fields, such as `{"kind": "Token", "role": "user"}`. The facts of a
decision are a list: first the subject, then each target of the decision. If other actions were decided at the same
time, an entry `{"action": "seats:assign", "facts": [...]}` follows for each of them, with a list of the same form.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from domain import subjects
from domain.actions import Action
from policies import facts
from policies.explain import Judge, explain


def to_record(fact: facts.Subject | facts.Target) -> dict[str, Any]:
    """Return a fact as plain values that JSON can hold."""
    return {"kind": type(fact).__name__, **asdict(fact)}


def decision_records(
    actor: subjects.Actor,
    action: Action,
    targets: Iterable[facts.Target],
    along: Mapping[Action, Iterable[facts.Target]],
) -> list[dict[str, Any]]:
    """Return the records of a decision, and of the decisions `along` made at the same time on other actions."""
    own = [to_record(facts.subject(actor, action)), *map(to_record, targets)]
    others = ((other, sorted(about, key=repr)) for other, about in sorted(along.items()))
    return own + [
        {"action": other.value, "facts": decision_records(actor, other, about, {})} for other, about in others
    ]


def from_record(record: Mapping[str, Any]) -> facts.Subject | facts.Target:
    """Return the fact of a record that `to_record` made. Raises ValueError if no such fact exists today."""
    fact = _KNOWN.get(_key(record))
    if fact is None:
        raise ValueError(f"no such fact today: {record}")
    return fact


def denial_reason(policy: Judge, action: Action, records: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why this policy would deny a past change, or None if it allows each action on each of its targets.

    Raises ValueError for facts and actions that do not exist today, and for a list that is not a subject with targets.
    """
    along = [record for record in records if "action" in record]
    decisions = [
        (action, [record for record in records if record not in along]),
        *((Action(record["action"]), record["facts"]) for record in along),
    ]
    return next(filter(None, (_decision_denial(policy, *decision) for decision in decisions)), None)


def _decision_denial(policy: Judge, action: Action, records: Sequence[Mapping[str, Any]]) -> str | None:
    restored = [from_record(record) for record in records]
    subjects_found = [fact for fact in restored if isinstance(fact, facts.Subject)]
    targets = [fact for fact in restored if isinstance(fact, facts.Target)]
    if restored != [*subjects_found, *targets] or len(subjects_found) != 1 or not targets:
        raise ValueError(f"not a subject and its targets: {list(records)}")
    return next(filter(None, (_target_denial(policy, subjects_found[0], action, target) for target in targets)), None)


def _target_denial(policy: Judge, subject: facts.Subject, action: Action, target: facts.Target) -> str | None:
    kind = policy.kinds.get(action)
    if type(target) is not kind:
        if kind is None:
            return "the policy does not have this action"
        return f"decided on a {kind.__name__}, not on a {type(target).__name__}"
    return None if policy.judge(subject, action, target).allowed else explain(policy, subject, action, target).text


def _key(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True)


def _all_facts() -> Iterator[facts.Subject | facts.Target]:
    for kind in facts.SUBJECTS:
        yield from (fact for action in Action for fact in facts.subjects_of(kind, action))
    for target in facts.TARGETS:
        yield from facts.targets_of_kind(target)


# There are finitely many facts. Looking one up is stricter than building it, because building would accept 1 for true.
_KNOWN = {_key(to_record(fact)): fact for fact in _all_facts()}
