"""The policy in force, and how a changed file takes its place without a request noticing.

A fresh policy is loaded and gated beside the one in force, then one reference is swapped. A request keeps the policy
it began with. Whatever goes wrong, the policy in force stays: never does an error make the gateway more permissive.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from domain.actions import Action
from policies.engine.gates import checked
from policies.engine.policy import Policy, read
from policies.engine.shadow import Shadow, ShadowedPolicy
from policies.refusal import PolicyRefused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reload:
    """What became of a reload: whether another policy is in force now, and if one was refused, why."""

    swapped: bool
    refusal: PolicyRefused | None = None


class Live:
    """The policy of one process; `shadow` holds what a candidate would have decided otherwise, when one was named."""

    def __init__(
        self, path: Path, candidate: Path | None = None, heard: Callable[[Action], None] = lambda _: None
    ) -> None:
        """Load and gate both files; `heard` is told of each disagreement. Raises PolicyRefused."""
        self.shadow = Shadow(_gated(Policy(read(candidate), candidate.name)), heard) if candidate else None
        self._path = path
        self._policy = self._fresh(read(path))
        self._refused: tuple[str, PolicyRefused] | None = None

    def current(self) -> Policy:
        """The policy in force. Take it once per request."""
        return self._policy

    def reload(self) -> Reload:
        """Put the file in force if it changed and passes every gate. Takes half a second then: call it in a thread.

        A refusal is logged once for each text, however often it is met.
        """
        try:
            text = read(self._path)
        except PolicyRefused as refusal:
            return self._kept("", refusal)
        if text == self._policy.source.text:
            self._refused = None
            return Reload(swapped=False)
        if self._refused is not None and self._refused[0] == text:
            return Reload(swapped=False, refusal=self._refused[1])
        try:
            fresh = self._fresh(text)
        except PolicyRefused as refusal:
            return self._kept(text, refusal)
        log.info("policy_swapped", file=fresh.file, old=self._policy.hash, new=fresh.hash)
        self._policy, self._refused = fresh, None
        return Reload(swapped=True)

    async def watch(self, seconds: float) -> None:
        """Reload for as long as the process lives, every so many seconds."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.reload)

    def _fresh(self, text: str) -> Policy:
        name = self._path.name
        return _gated(Policy(text, name) if self.shadow is None else ShadowedPolicy(text, name, self.shadow))

    def _kept(self, text: str, refusal: PolicyRefused) -> Reload:
        if self._refused is None or self._refused[0] != text:
            log.warning("policy_refused", file=refusal.file, reason=str(refusal), kept=self._policy.hash)
        self._refused = (text, refusal)
        return Reload(swapped=False, refusal=refusal)


def _gated(policy: Policy) -> Policy:
    checked(policy)
    return policy
