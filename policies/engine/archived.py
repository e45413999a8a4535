"""A policy that was in force once, to make the decisions of its time again."""

from collections.abc import Mapping

from domain.actions import Action
from policies import facts
from policies.engine.oso_engine import Oracle
from policies.engine.parser import Source
from policies.explain import Decision


class Past:
    """A kept text as a pure function of facts.

    It passed the gates of its day, and need not pass those of today: it lacks the actions that came later, which
    `policies.engine.policy.Policy` would refuse.
    """

    def __init__(self, text: str, name: str) -> None:
        """Load a text; `name` is what findings show. Raises PolicyRefused when Oso does not read it any more."""
        self._oracle = Oracle(text, name)
        self._decisions: dict[tuple[Action, facts.Subject, facts.Target], Decision] = {}
        self.kinds: Mapping[Action, type[facts.Target]] = {
            Action(token.text): facts.KINDS[block.type]
            for block in Source(text).blocks
            for token in block.declared("permissions")
            if token.text in set(Action) and block.type in facts.KINDS
        }

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Decide on facts; remembered. Raises PolicyRefused, UnknownFact as `Oracle.allows` does."""
        key = (action, subject, target)
        if key not in self._decisions:
            self._decisions[key] = Decision(self._oracle.allows(subject, action.value, target))
        return self._decisions[key]
