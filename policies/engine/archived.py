"""A policy that was in force in the past, to repeat the decisions of that time."""

from collections.abc import Mapping

from domain.actions import Action
from policies import facts
from policies.engine.oso_engine import OsoEngine
from policies.engine.parser import Source
from policies.explain import Decision


class ArchivedPolicy:
    """A stored policy text that decides on facts.

    The text passed the gates of its time. It does not need to pass the gates of today: it lacks the actions that were
    added later, and `policies.engine.policy.Policy` would refuse it for that.
    """

    def __init__(self, text: str, name: str) -> None:
        """Load a text. Findings show it as `name`. Raises PolicyRefused if Oso cannot read the text any more."""
        self._engine = OsoEngine(text, name)
        self._decisions: dict[tuple[Action, facts.Subject, facts.Target], Decision] = {}
        self.kinds: Mapping[Action, type[facts.Target]] = {
            Action(token.text): facts.KINDS[block.type]
            for block in Source(text).blocks
            for token in block.declared("permissions")
            if token.text in set(Action) and block.type in facts.KINDS
        }

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Decide on facts, and cache the decision. Raises PolicyRefused and UnknownFact as `OsoEngine.allows` does."""
        key = (action, subject, target)
        if key not in self._decisions:
            self._decisions[key] = Decision(self._engine.allows(subject, action.value, target))
        return self._decisions[key]
