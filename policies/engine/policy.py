"""A policy file as a pure function from subject facts, action and target facts to a decision.

The role is one of the facts, so a cached decision always stays correct. Only the facts must be loaded for each request.
"""

import hashlib
from dataclasses import asdict
from enum import Enum
from pathlib import Path

from domain import subjects
from domain.actions import Action
from domain.reach import NOWHERE, Reach
from domain.roles import Standing
from policies import facts
from policies.engine import text_gates
from policies.engine.oso_engine import OsoEngine
from policies.engine.parser import Source
from policies.explain import Decision, Explanation, explain
from policies.refusal import Finding, PolicyRefused

DENIED = Decision(allowed=False)


class _Breadth(Enum):
    ALL = "every row"
    OWN = "own rows"
    NOTHING = "no row"


class Policy:
    """A policy that has passed the gates that need only its text. `hash` is the SHA-256 of the text in hex."""

    def __init__(self, text: str, file: str = "policy.polar") -> None:
        """Check and load a text. Findings and rules show it as `file`. Raises PolicyRefused."""
        self.file = file
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        text_gates.before_loading(text, file)
        self._engine = OsoEngine(text, file)
        self.source = Source(text)
        self.kinds = text_gates.kinds(self.source, file)
        self._actions = {
            kind: tuple(action for action in Action if self.kinds[action] is kind) for kind in facts.TARGETS
        }
        self._single_rule_engines: dict[tuple[Action, int], OsoEngine] = {}  # of the action that was asked last
        self._decisions: dict[tuple[Action, facts.Subject, facts.Target], Decision] = {}
        self._explanations: dict[tuple[Action, facts.Subject, facts.Target], Explanation] = {}
        self._breadths: dict[tuple[Action, facts.Subject, Standing], _Breadth] = {}

    @classmethod
    def load(cls, path: Path) -> "Policy":
        """Read and load a file. Raises PolicyRefused if the file cannot be read or has mistakes."""
        return cls(read(path), path.name)

    def decide(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Decision:
        """Decide whether the actor may do the action on the target.

        Raises TypeError if the action is not decided on this kind of target. A new question takes about 300 µs; a
        cached decision costs one dictionary look-up.
        """
        return self.judge(facts.subject(actor, action), action, target)

    def judge(self, subject: facts.Subject, action: Action, target: facts.Target) -> Decision:
        """Decide as `decide` does, on the facts of a subject instead of an actor."""
        key = (action, subject, target)
        decision = self._decisions.get(key)
        if decision is None:
            # There are finitely many facts, so the cache cannot grow beyond the size of the table.
            decision = self._decisions[key] = self._ask(subject, action, target)
        return decision

    def explain(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Explanation:
        """Return the decision with its reason. Explanations are cached too."""
        subject = facts.subject(actor, action)
        key = (action, subject, target)
        explanation = self._explanations.get(key)
        if explanation is None:
            explanation = self._explanations[key] = explain(self, subject, action, target)
        return explanation

    def abilities(self, actor: subjects.Actor, target: facts.Target) -> dict[Action, Explanation]:
        """Explain every action on this kind of target for this actor. The field `viewerCan` shows the result."""
        return {action: self.explain(actor, action, target) for action in self._actions[type(target)]}

    def reach(self, actor: subjects.Actor, action: Action) -> Reach:
        """Return the rows on which the actor may do the action. It is computed from the same decisions.

        A team is in `teams` if every row of it is allowed, and in `own_teams` if every own row is allowed. If the
        decision also depends on another fact, such as `separation_of_duties`, the team is in neither. Raises TypeError
        for an action that is decided outside of teams, where no row belongs to a team.
        """
        if not issubclass(self.kinds[action], facts.InTeam):
            raise TypeError(f"{action} is decided on the {self.kinds[action].__name__}, which has no rows to reach")
        subject = facts.subject(actor, action)
        whole: list[str] = []
        own: list[str] = []
        for team_id, standing in facts.standings(actor).items():
            breadth = self._breadth(action, subject, standing)
            if breadth is _Breadth.ALL:
                whole.append(team_id)
            elif breadth is _Breadth.OWN:
                own.append(team_id)
        if not whole and not own:
            return NOWHERE
        return Reach(tuple(sorted(whole)), tuple(sorted(own)), facts.acts_for(actor))

    def roles_with_reach(self, subject: facts.Subject, action: Action) -> tuple[list[Standing], list[Standing]]:
        """Return the standings in which a subject reaches every row of a team, and those in which only own rows."""
        breadths = {one: self._breadth(action, subject, one) for one in Standing}
        whole = [one for one, breadth in breadths.items() if breadth is _Breadth.ALL]
        return whole, [one for one, breadth in breadths.items() if breadth is _Breadth.OWN]

    def roles_over_others(self, subject: facts.Subject, action: Action, separated: bool) -> list[Standing]:
        """Return the standings in which a subject may do the action on all rows of a team that are not its own.

        `separated` says whether the team separates duties.
        """
        known = {"own": False, "separation_of_duties": separated}
        return [
            one
            for one in Standing
            if all(
                self.judge(subject, action, target).allowed
                for target in facts.targets_of_role(self.kinds[action], one)
                if all(known.get(name, value) == value for name, value in asdict(target).items())
            )
        ]

    def _breadth(self, action: Action, subject: facts.Subject, standing: Standing) -> _Breadth:
        key = (action, subject, standing)
        breadth = self._breadths.get(key)
        if breadth is None:
            breadth = self._breadths[key] = self._measure(action, subject, standing)
        return breadth

    def _measure(self, action: Action, subject: facts.Subject, standing: Standing) -> _Breadth:
        targets = list(facts.targets_of_role(self.kinds[action], standing))
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
        if not self._engine.allows(subject, action.value, target):
            return DENIED
        return Decision(True, self._rule(subject, action, target))

    def _rule(self, subject: facts.Subject, action: Action, target: facts.Target) -> str | None:
        """Return the first rule that gives the permission and alone allows it, without the other rules that give it."""
        giving = [rule for rule in self.source.rules if rule.gives(action)]
        for rule in giving:
            if len(giving) == 1 or self._engine_with_only(action, rule.start).allows(subject, action.value, target):
                return f"{self.file}:{rule.line}"
        return None

    def _engine_with_only(self, action: Action, start: int) -> OsoEngine:
        """Return the policy with only one of the rules that give the action: the one that starts at `start`.

        An engine takes 0.4 MiB and is made in 2 ms. The gates ask about one action after the other, so only the engines
        of one action are kept. The rules that they found are cached with the decisions.
        """
        engine = self._single_rule_engines.get((action, start))
        if engine is None:
            if any(other is not action for other, _ in self._single_rule_engines):
                self._single_rule_engines = {}
            others = [rule for rule in self.source.rules if rule.gives(action) and rule.start != start]
            engine = self._single_rule_engines[action, start] = OsoEngine(self.source.without(others), self.file)
        return engine


def read(path: Path) -> str:
    """Return the text of a policy file without a byte order mark. Raises PolicyRefused."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        missing = Finding(0, f"The file cannot be read ({error.strerror})", "Restore it or name another")
        raise PolicyRefused(path.name, [missing]) from error
    except UnicodeDecodeError as error:
        garbled = Finding(0, f"Byte {error.start} is not UTF-8", "Save the file as UTF-8")
        raise PolicyRefused(path.name, [garbled]) from error
