"""Facts as an audit row keeps them, so that a past decision can be made again: with the policy of that day or another.

A fact is an object with its kind and its fields, `{"kind": "Token", "role": "user"}`. The facts of a
decision are a list: the subject, then every target it was about.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from domain.actions import Action
from policies import facts
from policies.explain import Judge, explain


def spell(fact: facts.Subject | facts.Target) -> dict[str, Any]:
    """A fact as plain values, fit for JSON."""
    return {"kind": type(fact).__name__, **asdict(fact)}


def restore(record: Mapping[str, Any]) -> facts.Subject | facts.Target:
    """The fact that was spelled. Raises ValueError for one that the vocabulary of today does not know."""
    fact = _KNOWN.get(_key(record))
    if fact is None:
        raise ValueError(f"no such fact today: {record}")
    return fact


def objection(policy: Judge, action: Action, records: Sequence[Mapping[str, Any]]) -> str | None:
    """Why this policy would not allow what was done, the action on every target; None if it would.

    Raises ValueError for facts that today's vocabulary does not know, and for a list that is not a subject and targets.
    """
    restored = [restore(record) for record in records]
    subjects = [fact for fact in restored if isinstance(fact, facts.Subject)]
    targets = [fact for fact in restored if isinstance(fact, facts.Target)]
    if restored != [*subjects, *targets] or len(subjects) != 1 or not targets:
        raise ValueError(f"not a subject and its targets: {list(records)}")
    return next(filter(None, (_against(policy, subjects[0], action, target) for target in targets)), None)


def _against(policy: Judge, subject: facts.Subject, action: Action, target: facts.Target) -> str | None:
    kind = policy.kinds.get(action)
    if type(target) is not kind:
        return f"decided on a {kind.__name__}, not on a {type(target).__name__}" if kind else "an action it lacks"
    return None if policy.judge(subject, action, target).allowed else explain(policy, subject, action, target).text


def _key(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True)


def _every() -> Iterator[facts.Subject | facts.Target]:
    for kind in facts.SUBJECTS:
        yield from (fact for action in Action for fact in facts.subjects_of(kind, action))
    for target in facts.TARGETS:
        yield from facts.all_of(target)


# Facts are a finite domain: looking one up is stricter than building it, which would take 1 for true.
_KNOWN = {_key(spell(fact)): fact for fact in _every()}
