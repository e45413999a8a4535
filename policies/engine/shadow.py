"""Compare a candidate policy with the policy in force. It decides nothing; disagreements are counted and logged."""

from collections import Counter
from collections.abc import Callable

import structlog

from domain import subjects
from domain.actions import Action
from domain.reach import Reach
from policies import facts
from policies.audit_facts import to_record
from policies.engine.policy import Policy
from policies.explain import Decision, Explanation

log = structlog.get_logger(__name__)

Question = tuple[Action, facts.Subject, facts.Target | None]


class Shadow:
    """A candidate policy and its disagreements with the policy in force.

    `disagreements` counts them by action, subject facts and target facts. The target is None if two reaches differ.
    """

    def __init__(self, candidate: Policy, on_disagreement: Callable[[Action], None]) -> None:
        """`on_disagreement` is called with the action of each disagreement, to count them across processes."""
        self.candidate = candidate
        self._on_disagreement = on_disagreement
        self.disagreements: Counter[Question] = Counter()

    def decided(self, policy: Policy, actor: subjects.Actor, action: Action, target: facts.Target, ours: bool) -> None:
        """Compare a decision of the policy in force with the candidate's.

        If the candidate decides the action on another kind of target, that counts as a denial.
        """
        subject = facts.subject(actor, action)
        same_kind = self.candidate.kinds[action] is policy.kinds[action]
        theirs = same_kind and self.candidate.judge(subject, action, target).allowed
        if theirs is not ours:
            self.disagreements[action, subject, target] += 1
            self._log(action, subject, target=to_record(target), live=ours, candidate=theirs)

    def reached(self, actor: subjects.Actor, action: Action, ours: Reach) -> None:
        """Compare a reach of the policy in force with the candidate's."""
        in_team = issubclass(self.candidate.kinds[action], facts.InTeam)
        theirs = self.candidate.reach(actor, action) if in_team else None
        if theirs != ours:
            subject = facts.subject(actor, action)
            self.disagreements[action, subject, None] += 1
            self._log(action, subject, live=_extent(ours), candidate=_extent(theirs or Reach()))

    def _log(self, action: Action, subject: facts.Subject, **compared: object) -> None:
        self._on_disagreement(action)
        log.warning(
            "shadow_policy_disagrees",
            action=action.value,
            subject=to_record(subject),
            candidate_hash=self.candidate.hash,
            **compared,
        )


class ShadowedPolicy(Policy):
    """The policy in force. It decides as `Policy` does, and compares each answer to a request with a shadow.

    `judge` is not compared: gates and tables call it, and no request acts on those answers.
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
