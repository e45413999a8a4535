"""Facts as an audit row keeps them, so that a past decision can be made again: with the policy of that day or another.

A fact is an object with its kind and its fields, `{"kind": "Token", "role": "user"}`. The facts of a
decision are a list: the subject, then every target it was about. What else was decided along with it follows as
`{"action": "seats:assign", "facts": [...]}`, with a list of the same form.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from domain import subjects
from domain.actions import Action
from policies import facts
from policies.explain import Judge, explain


def spell(fact: facts.Subject | facts.Target) -> dict[str, Any]:
    """A fact as plain values, fit for JSON."""
    return {"kind": type(fact).__name__, **asdict(fact)}


def spelled(
    actor: subjects.Actor,
    action: Action,
    targets: Iterable[facts.Target],
    along: Mapping[Action, Iterable[facts.Target]],
) -> list[dict[str, Any]]:
    """The facts of a decision, and of those made along with it by their actions."""
    own = [spell(facts.subject(actor, action)), *map(spell, targets)]
    others = ((other, sorted(about, key=repr)) for other, about in sorted(along.items()))
    return own + [{"action": other.value, "facts": spelled(actor, other, about, {})} for other, about in others]


def restore(record: Mapping[str, Any]) -> facts.Subject | facts.Target:
    """The fact that was spelled. Raises ValueError for one that the vocabulary of today does not know."""
    fact = _KNOWN.get(_key(record))
    if fact is None:
        raise ValueError(f"no such fact today: {record}")
    return fact


def objection(policy: Judge, action: Action, records: Sequence[Mapping[str, Any]]) -> str | None:
    """Why this policy would not allow what was done, each action on every target of it; None if it would.

    Raises ValueError for what today's vocabulary does not know, and for a list that is not a subject and targets.
    """
    along = [record for record in records if "action" in record]
    decisions = [
        (action, [record for record in records if record not in along]),
        *((Action(record["action"]), record["facts"]) for record in along),
    ]
    return next(filter(None, (_objection(policy, *decision) for decision in decisions)), None)


def _objection(policy: Judge, action: Action, records: Sequence[Mapping[str, Any]]) -> str | None:
    restored = [restore(record) for record in records]
    who = [fact for fact in restored if isinstance(fact, facts.Subject)]
    targets = [fact for fact in restored if isinstance(fact, facts.Target)]
    if restored != [*who, *targets] or len(who) != 1 or not targets:
        raise ValueError(f"not a subject and its targets: {list(records)}")
    return next(filter(None, (_against(policy, who[0], action, target) for target in targets)), None)


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
