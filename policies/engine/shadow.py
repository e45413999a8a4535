"""A candidate policy beside the one in force: it decides nothing, but every disagreement is counted and logged."""

from collections import Counter
from collections.abc import Callable

import structlog

from domain import subjects
from domain.actions import Action
from domain.reach import Reach
from policies import facts
from policies.audit_facts import spell
from policies.engine.policy import Policy
from policies.explain import Decision, Explanation

log = structlog.get_logger(__name__)

Question = tuple[Action, facts.Subject, facts.Target | None]


class Shadow:
    """A candidate and where it disagreed.

    `disagreements` counts requests by action, subject facts and target facts; no target: the rows a list reaches.
    """

    def __init__(self, candidate: Policy, heard: Callable[[Action], None]) -> None:
        """`heard` is told of each disagreement, for whoever counts across processes."""
        self.candidate = candidate
        self._heard = heard
        self.disagreements: Counter[Question] = Counter()

    def decided(self, policy: Policy, actor: subjects.Actor, action: Action, target: facts.Target, ours: bool) -> None:
        """Compare a decision of the policy in force. What the candidate decides on another kind it denies here."""
        subject = facts.subject(actor, action)
        same_kind = self.candidate.kinds[action] is policy.kinds[action]
        theirs = same_kind and self.candidate.judge(subject, action, target).allowed
        if theirs is not ours:
            self.disagreements[action, subject, target] += 1
            self._log(action, subject, target=spell(target), live=ours, candidate=theirs)

    def reached(self, actor: subjects.Actor, action: Action, ours: Reach) -> None:
        """Compare a reach of the policy in force."""
        theirs = None if self.candidate.kinds[action] is facts.Gateway else self.candidate.reach(actor, action)
        if theirs != ours:
            subject = facts.subject(actor, action)
            self.disagreements[action, subject, None] += 1
            self._log(action, subject, live=_extent(ours), candidate=_extent(theirs or Reach()))

    def _log(self, action: Action, subject: facts.Subject, **compared: object) -> None:
        self._heard(action)
        log.warning(
            "shadow_policy_disagrees",
            action=action.value,
            subject=spell(subject),
            candidate_hash=self.candidate.hash,
            **compared,
        )


class ShadowedPolicy(Policy):
    """The policy in force, deciding as ever, that shows each answer given to a request to a shadow.

    `judge`, which gates and tables ask, stays as it is: nobody acts on those answers.
    """

    def __init__(self, text: str, file: str, shadow: Shadow) -> None:
        super().__init__(text, file)
        self._shadow = shadow

    def decide(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Decision:
        """See Policy."""
        decision = super().decide(actor, action, target)
        self._shadow.decided(self, actor, action, target, decision.allowed)
        return decision

    def explain(self, actor: subjects.Actor, action: Action, target: facts.Target) -> Explanation:
        """See Policy."""
        explanation = super().explain(actor, action, target)
        self._shadow.decided(self, actor, action, target, explanation.allowed)
        return explanation

    def reach(self, actor: subjects.Actor, action: Action) -> Reach:
        """See Policy."""
        reach = super().reach(actor, action)
        self._shadow.reached(actor, action, reach)
        return reach


def _extent(reach: Reach) -> dict[str, object]:
    return {"teams": reach.teams, "own_teams": reach.own_teams}
