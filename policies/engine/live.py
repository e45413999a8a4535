"""Hold the policy in force, and replace it if its file changes, without disturbing requests.

A new policy is loaded and passes the gates while the old one stays in force. Then one reference is swapped. A request
keeps the policy with which it began. If anything fails, the old policy stays in force, so an error never makes the
gateway more permissive.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from domain.actions import Action
from policies.engine.gates import check_policy, checked
from policies.engine.policy import Policy, read
from policies.engine.shadow import Shadow, ShadowedPolicy
from policies.refusal import PolicyRefused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reload:
    """The result of a reload: whether a new policy is in force now, and why a policy was refused, if it was."""

    swapped: bool
    refusal: PolicyRefused | None = None


class LivePolicy:
    """The policy of one process. `shadow` holds the disagreements of a candidate policy, or is None without one."""

    def __init__(
        self,
        path: Path,
        candidate: Path | None = None,
        on_disagreement: Callable[[Action], None] = lambda _: None,
    ) -> None:
        """Load both files and check them by the gates. Raises PolicyRefused.

        `on_disagreement` is called with the action each time the candidate decides differently.
        """
        self.shadow = Shadow(checked(read(candidate), candidate.name), on_disagreement) if candidate else None
        self._path = path
        self._policy = self._load(read(path))
        self._refused: tuple[str, PolicyRefused] | None = None

    def current(self) -> Policy:
        """Return the policy in force. Call this once for each request."""
        return self._policy

    def reload(self) -> Reload:
        """Put the file in force if it changed and passes every gate. It can take half a second: call it in a thread.

        A refusal is logged only once for each text.
        """
        try:
            text = read(self._path)
        except PolicyRefused as refusal:
            return self._keep_current("", refusal)
        if text == self._policy.source.text:
            self._refused = None
            return Reload(swapped=False)
        if self._refused is not None and self._refused[0] == text:
            return Reload(swapped=False, refusal=self._refused[1])
        try:
            fresh = self._load(text)
        except PolicyRefused as refusal:
            return self._keep_current(text, refusal)
        log.info("policy_swapped", file=fresh.file, old=self._policy.hash, new=fresh.hash)
        self._policy, self._refused = fresh, None
        return Reload(swapped=True)

    async def watch(self, seconds: float) -> None:
        """Call `reload` every `seconds` seconds, until the task is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.reload)

    def _load(self, text: str) -> Policy:
        name = self._path.name
        if self.shadow is None:
            return checked(text, name)
        shadowed = ShadowedPolicy(text, name, self.shadow)
        check_policy(shadowed)
        return shadowed

    def _keep_current(self, text: str, refusal: PolicyRefused) -> Reload:
        if self._refused is None or self._refused[0] != text:
            log.warning("policy_refused", file=refusal.file, reason=str(refusal), kept=self._policy.hash)
        self._refused = (text, refusal)
        return Reload(swapped=False, refusal=refusal)
