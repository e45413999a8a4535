"""Fallbacks from the breadth-first executor to graphql-core's: each is counted, and logged once per document."""

from dataclasses import dataclass, field

import structlog

from execution.reasons import Reason
from gateway.runtime.metrics import FALLBACKS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """Records the fallbacks of one document. `hash` is the document's SHA-256 in hex; its text is never logged."""

    hash: str
    logged: set[Reason] = field(default_factory=set)

    def note(self, reason: Reason, error: Exception | None) -> None:
        """Count a fallback. Log the first fallback of each reason, with the exception if there is one."""
        FALLBACKS.labels(reason.value).inc()
        if reason in self.logged:
            return
        self.logged.add(reason)
        if error is None:
            log.info("fallback", reason=reason.value, document=self.hash)
        else:
            log.error("fallback", reason=reason.value, document=self.hash, exc_info=error)
