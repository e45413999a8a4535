"""Explain a decision: name the rule that allows it, or the smallest change that would allow it.

The change is not written by hand. It is computed: of all allowed cells of the same action, take the one that differs in
the fewest facts. So an explanation can never disagree with the policy.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Protocol

from domain.actions import Action
from domain.described import DescribedText
from domain.roles import VENDOR, Standing, proven
from policies import facts


class PolicyFact(DescribedText):
    """A fact that decides whether an action is allowed."""

    SCOPE = "scope", "A scope that the token lacks, such as `seats:assign`."
    SUBJECT = "subject", "Who may do it: a `person`, a `partner` token, `anonymous`, or the `system`, which is Usher."
    SECOND_FACTOR = "second_factor", "The second factor that the team requires. The value is the role that it gives."
    ROLE = "role", "The role in the team, such as `software_coordinator`, or `none`; for a token, that of its grantor."
    OWN = "own", "Only for oneself, `true`, or only for somebody else, `false`."
    CONTRACT_MANAGER = "contract_manager", "Only to a contract manager, `true`, or never to one, `false`."
    SEPARATION_OF_DUTIES = "separation_of_duties", "Whether the team separates duties: `true` or `false`."
    STAFF = "staff", "Whether one has the role `vendor`, which only the operator of Usher gives: `true` or `false`."


_TEXTS = {
    (PolicyFact.OWN, "true"): "may be done only for oneself",
    (PolicyFact.OWN, "false"): "may be done only for somebody else",
    (PolicyFact.CONTRACT_MANAGER, "false"): "may not be done to a contract manager",
    (PolicyFact.CONTRACT_MANAGER, "true"): "may be done only to a contract manager",
    (PolicyFact.STAFF, "true"): f"needs the role {VENDOR}, which only the operator of Usher gives",
}


# Where `own` says something other than that the actor does it to themselves.
_OWN_TEXTS = {Action.TOKENS_ROTATE: "only the person who granted a token may rotate it; create another one"}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the policy allows the action, and if so, by which rule (`policy.polar:42`)."""

    allowed: bool
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that would have to change, and its new value."""

    fact: PolicyFact
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with its reason: the rule, or the changes that together would allow it (none if nothing would)."""

    allowed: bool
    rule: str | None
    changes: tuple[Change, ...]
    text: str


class Judge(Protocol):
    """What `explain` needs of a policy, such as `policies.engine.policy.Policy`."""

    @property
    def kinds(self) -> Mapping[Action, type[facts.Target]]:
        """The kind of target that each action is decided on."""

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Decide on the facts of a subject and a target."""


def explain(policy: Judge, subject: facts.Subject, action: Action, target: facts.Target) -> Explanation:
    """Explain one decision. Raises TypeError if the action is not decided on this kind of target."""
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
    changes = min(found, key=lambda found: (len(found), [_rank(change) for change in found]))
    return Explanation(False, None, changes, "; ".join(_change_text(change, subject, action) for change in changes))


def _neighbours(kind: type[facts.Target], action: Action) -> Iterator[tuple[facts.Subject, facts.Target]]:
    subjects = dict.fromkeys(each for kind in facts.SUBJECTS for each in facts.subjects_of(kind, action))
    return itertools.product(subjects, facts.targets_of_kind(kind))


def _changes(
    subject: facts.Subject, target: facts.Target, other: facts.Subject, neighbour: facts.Target, action: Action
) -> Iterator[Change]:
    if type(other) is not type(subject):
        yield Change(PolicyFact.SUBJECT, type(other).__name__.lower())
    if isinstance(other, facts.Partner) and other.scopes and subject is not other:
        yield Change(PolicyFact.SCOPE, action.value)
    for field in fields(target):
        value, present = getattr(neighbour, field.name), getattr(target, field.name)
        if field.name == "role" and value is not None and value == proven(present):
            yield Change(PolicyFact.SECOND_FACTOR, str(value))
        elif value != present:
            yield Change(PolicyFact(field.name), str(value).lower())


def _rank(change: Change) -> tuple[int, int]:
    """Return a sort key for equally many changes. Changes that the actor's own team can make come first.

    Nobody can become a command or a job, so that comes last.
    """
    order = (PolicyFact.SCOPE, PolicyFact.SUBJECT, PolicyFact.SECOND_FACTOR, PolicyFact.ROLE, PolicyFact.OWN)
    if change == Change(PolicyFact.SUBJECT, "system"):
        return len(order) + 1, 0
    place = order.index(change.fact) if change.fact in order else len(order)
    detail = {"person": 0, "partner": 1, **{one.value: number for number, one in enumerate(Standing)}}
    return place, detail.get(change.value, len(detail))


def _change_text(change: Change, subject: facts.Subject, action: Action) -> str:
    if change.fact is PolicyFact.SCOPE:
        return f"the token lacks {action}"
    if change.fact is PolicyFact.SUBJECT:
        return _subject_text(change.value, subject)
    if change == Change(PolicyFact.ROLE, "none"):
        return "is done without a role in this team"
    needs = "the token's grantor needs" if isinstance(subject, facts.Partner) else "needs"
    if change.fact is PolicyFact.SECOND_FACTOR:
        where = "" if isinstance(subject, facts.Partner) else "to sign in with "
        return f"{needs} {where}a second factor, which this team requires of those who manage it"
    if change.fact is PolicyFact.ROLE:
        return f"{needs} the role {change.value.replace('_', ' ')} in this team"
    known = _OWN_TEXTS.get(action) if change == Change(PolicyFact.OWN, "true") else None
    known = known or _TEXTS.get((change.fact, change.value))
    return known or f"the team's {change.fact} would have to be {change.value}"


def _subject_text(value: str, subject: facts.Subject) -> str:
    if value == "system":
        return "is done by Usher itself, never by a client"
    if isinstance(subject, facts.System):
        return "is not done by a command or a job"
    if isinstance(subject, facts.Anonymous):
        return "needs to be signed in"
    if value == "person":
        return "is for a signed-in person, not for a token"
    return f"is for {'an' if value == 'anonymous' else 'a'} {value}"
