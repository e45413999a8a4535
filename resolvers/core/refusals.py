"""The error for an action that the policy denies."""

from domain.actions import Action
from domain.problems import Forbidden, MissingScope, SecondFactorMissing
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from policies.explain import PolicyFact


def refusal(policy: Policy, actor: Actor, action: Action, target: facts.Target) -> Forbidden:
    """The error for an action that the policy denies; its `needs` is the smallest change that would allow it.

    If a second factor is missing, `reason` says so, so that a client can lead the person to it.
    """
    explanation = policy.explain(actor, action, target)
    changed, needs = {change.fact for change in explanation.changes}, explanation.text
    message, extensions = f"{action}: {needs}.", {"policy": {"action": action, "hash": policy.hash, "needs": needs}}
    if PolicyFact.SCOPE in changed:
        return MissingScope(message, extensions)
    if PolicyFact.SECOND_FACTOR in changed:
        return SecondFactorMissing(message, {"reason": SecondFactorMissing.REASON, **extensions})
    return Forbidden(message, extensions)
