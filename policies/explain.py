"""Why a decision came out as it did: the rule that allowed it, or the smallest change that would allow it.

The change is found, not written by hand: among all cells of the same action that are allowed, the one that differs
in the fewest facts. So an explanation can never disagree with the policy.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Protocol

from domain.actions import Action
from domain.roles import Role
from policies import facts


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and when so by which rule (`policy.polar:42`)."""

    allowed: bool
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that would have to be otherwise: `scope`, `subject`, `role` or a boolean of the target, and its value."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with its reason: the rule, or the changes that together would allow it (none: nothing would)."""

    allowed: bool
    rule: str | None
    changes: tuple[Change, ...]
    text: str


class Judge(Protocol):
    """What an explanation is read from: `policies.engine.policy.Policy`."""

    @property
    def kinds(self) -> Mapping[Action, type[facts.Target]]:
        """Which kind of target each action is decided on."""

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Decide on facts."""


def explain(policy: Judge, subject: facts.Subject, action: Action, target: facts.Target) -> Explanation:
    """Explain one decision. Raises TypeError for a kind of target the action is not decided on."""
    decision = policy.judge(subject, action, target)
    if decision.allowed:
        return Explanation(True, decision.rule, (), f"allowed by {decision.rule}")
    found = [
        changes
        for other, neighbour in _neighbours(policy.kinds[action], action)
        if policy.judge(other, action, neighbour).allowed
        for changes in [tuple(_changes(subject, target, other, neighbour, action))]
    ]
    if not found:
        return Explanation(False, None, (), "nothing would allow it")
    changes = min(found, key=lambda found: (len(found), [_ease(change) for change in found]))
    return Explanation(False, None, changes, "; ".join(_words(change, subject, action) for change in changes))


def _neighbours(kind: type[facts.Target], action: Action) -> Iterator[tuple[facts.Subject, facts.Target]]:
    subjects = dict.fromkeys(each for kind in facts.SUBJECTS for each in facts.subjects_of(kind, action))
    return itertools.product(subjects, facts.all_of(kind))


def _changes(
    subject: facts.Subject, target: facts.Target, other: facts.Subject, neighbour: facts.Target, action: Action
) -> Iterator[Change]:
    if type(other) is not type(subject):
        yield Change("subject", type(other).__name__.lower())
    if isinstance(other, facts.Partner) and other.scopes and subject is not other:
        yield Change("scope", action.value)
    for field in fields(target):
        value = getattr(neighbour, field.name)
        if value != getattr(target, field.name):
            yield Change(field.name, str(value) if field.name == "role" else str(value).lower())


def _ease(change: Change) -> tuple[int, int]:
    """What to propose first among changes of the same number: what the asker's own side can grant."""
    order = ("scope", "subject", "role", "own")
    rank = order.index(change.fact) if change.fact in order else len(order)
    detail = {"person": 0, "partner": 1, **{role.value: place for place, role in enumerate(Role)}}
    return rank, detail.get(change.value, len(detail))


def _words(change: Change, subject: facts.Subject, action: Action) -> str:
    if change.fact == "scope":
        return f"the token lacks {action}"
    if change.fact == "subject":
        return _subject_words(change.value, subject)
    if change.fact == "role":
        who = "the token's grantor needs" if isinstance(subject, facts.Partner) else "needs"
        return f"{who} the role {change.value} in this team"
    if change.fact == "own":
        return f"may be done only for {'oneself' if change.value == 'true' else 'somebody else'}"
    if change.fact == "contract_manager":
        return "may not be done to a contract manager"
    return f"the team's {change.fact} would have to be {change.value}"


def _subject_words(value: str, subject: facts.Subject) -> str:
    if isinstance(subject, facts.Anonymous):
        return "needs to be signed in"
    if value == "person":
        return "is for a signed-in person, not for a token"
    return f"is for {'an' if value == 'anonymous' else 'a'} {value}"
