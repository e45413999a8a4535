"""A policy file as a pure function: (subject facts, action, target facts) to a decision.

The role is among the facts, so a remembered decision never goes stale; only facts must be loaded fresh.
"""

import hashlib
from enum import Enum
from pathlib import Path

from domain import subjects
from domain.actions import Action
from domain.reach import NOWHERE, Reach
from domain.roles import Role
from policies import facts
from policies.engine import text_gates
from policies.engine.oso_engine import Oracle
from policies.engine.parser import Source
from policies.explain import Decision, Explanation, explain
from policies.refusal import Finding, PolicyRefused

DENIED = Decision(allowed=False)


class _Breadth(Enum):
    ALL = "every row"
    OWN = "own rows"
    NOTHING = "no row"


class Policy:
    """A policy that passed the gates its text alone decides; `hash` is the SHA-256 of the text in hex."""

    def __init__(self, text: str, file: str = "policy.polar") -> None:
        """Check and load a text; `file` is the name that findings and rules show. Raises PolicyRefused."""
        self.file = file
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        text_gates.before_loading(text, file)
        self._oracle = Oracle(text, file)
        self.source = Source(text)
        self.kinds = text_gates.kinds(self.source, file)
        self._actions = {
            kind: tuple(action for action in Action if self.kinds[action] is kind) for kind in facts.TARGETS
        }
        self._isolated: dict[tuple[Action, int], Oracle] = {}
        self._decisions: dict[tuple[Action, facts.Subject, facts.Target], Decision] = {}
        self._explanations: dict[tuple[Action, facts.Subject, facts.Target], Explanation] = {}
        self._breadths: dict[tuple[Action, facts.Subject, Role], _Breadth] = {}

    @classmethod
    def load(cls, path: Path) -> "Policy":
        """Read a file once and load what was read. Raises PolicyRefused, also when it cannot be read."""
        return cls(read(path), path.name)

    def decide(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Decision:
        """May the actor do this to that target? Raises TypeError for a kind the action is not decided on.

        Remembered, it costs a dictionary look-up; asked for the first time, some 300 µs.
        """
        return self.judge(facts.subject(actor, action), action, target)

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """The same, asked with the subject's facts."""
        key = (action, subject, target)
        decision = self._decisions.get(key)
        if decision is None:
            # All facts are finite domains, so this grows to the size of the table and no further.
            decision = self._decisions[key] = self._ask(subject, action, target)
        return decision

    def explain(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Explanation:
        """The same decision with its reason; remembered as well."""
        subject = facts.subject(actor, action)
        key = (action, subject, target)
        explanation = self._explanations.get(key)
        if explanation is None:
            explanation = self._explanations[key] = explain(self, subject, action, target)
        return explanation

    def abilities(self, actor: subjects.Actor, target: facts.Target) -> dict[Action, Explanation]:
        """Every action there is on such a target, each explained for this actor: what `viewerCan` shows."""
        return {action: self.explain(actor, action, target) for action in self._actions[type(target)]}

    def reach(self, actor: subjects.Actor, action: Action) -> Reach:
        """Which rows of the action's kind the actor may do it to, from the same decisions.

        A team is in `teams` when every row of it is allowed, in `own_teams` when every own row is; what else
        the policy looks at (such as `separation_of_duties`) must not matter, else the team is in neither.
        Raises TypeError for an action on the gateway, which has no rows.
        """
        if self.kinds[action] is facts.Gateway:
            raise TypeError(f"{action} is decided on the gateway, which has no rows to reach")
        subject = facts.subject(actor, action)
        whole: list[str] = []
        own: list[str] = []
        for team_id, role in facts.roles(actor).items():
            breadth = self._breadth(action, subject, role)
            if breadth is _Breadth.ALL:
                whole.append(team_id)
            elif breadth is _Breadth.OWN:
                own.append(team_id)
        if not whole and not own:
            return NOWHERE
        return Reach(tuple(sorted(whole)), tuple(sorted(own)), facts.acts_for(actor))

    def _breadth(self, action: Action, subject: facts.Subject, role: Role) -> _Breadth:
        key = (action, subject, role)
        breadth = self._breadths.get(key)
        if breadth is None:
            breadth = self._breadths[key] = self._measure(action, subject, role)
        return breadth

    def _measure(self, action: Action, subject: facts.Subject, role: Role) -> _Breadth:
        targets = list(facts.every(self.kinds[action], role))
        refused = [target for target in targets if not self.judge(subject, action, target).allowed]
        if not refused:
            return _Breadth.ALL
        owned = [target for target in targets if isinstance(target, facts.Member | facts.Seat) and target.own]
        if owned and not any(target in refused for target in owned):
            return _Breadth.OWN
        return _Breadth.NOTHING

    def _ask(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        kind = self.kinds[action]
        if type(target) is not kind:
            raise TypeError(f"{action} is decided on a {kind.__name__}, not on a {type(target).__name__}")
        if not self._oracle.allows(subject, action.value, target):
            return DENIED
        return Decision(True, self._rule(subject, action, target))

    def _rule(self, subject: facts.Subject, action: Action, target: facts.Target) -> str | None:
        """The first rule giving the permission that allows it with the others giving it taken away."""
        giving = [rule for rule in self.source.rules if rule.gives(action)]
        for rule in giving:
            if len(giving) == 1 or self._alone(action, rule.start).allows(subject, action.value, target):
                return f"{self.file}:{rule.line}"
        return None

    def _alone(self, action: Action, start: int) -> Oracle:
        oracle = self._isolated.get((action, start))
        if oracle is None:
            others = [rule for rule in self.source.rules if rule.gives(action) and rule.start != start]
            oracle = self._isolated[action, start] = Oracle(self.source.without(others), self.file)
        return oracle


def read(path: Path) -> str:
    """The text of a policy file, without a byte order mark. Raises PolicyRefused."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        missing = Finding(0, f"The file cannot be read ({error.strerror})", "Restore it or name another")
        raise PolicyRefused(path.name, [missing]) from error
    except UnicodeDecodeError as error:
        garbled = Finding(0, f"Byte {error.start} is not UTF-8", "Save the file as UTF-8")
        raise PolicyRefused(path.name, [garbled]) from error
