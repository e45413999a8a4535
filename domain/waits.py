"""What a process remembers of the waits that it announced, so that it can refuse again without a look-up."""

import time
from collections import OrderedDict
from collections.abc import Callable

MAX_SUBJECTS = 10_000
# Another process may have ended a wait. So a wait is looked up again after this time.
MAX_SECONDS = 5.0


class Waits:
    """The waits of the subjects that were refused last, at most MAX_SUBJECTS. The oldest is forgotten first."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._now = now
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def note(self, subject: str, seconds: int) -> None:
        """Remember that a subject has to wait for these seconds from now."""
        now = self._now()
        self._known[subject] = (now + min(seconds, MAX_SECONDS), now + seconds)
        self._known.move_to_end(subject)
        if len(self._known) > MAX_SUBJECTS:
            self._known.popitem(last=False)

    def seconds(self, subject: str) -> int:
        """The seconds that a subject still has to wait, at least 1; 0 if no wait is remembered."""
        valid_until, ends_at = self._known.get(subject, (0.0, 0.0))
        now = self._now()
        if valid_until <= now:
            self._known.pop(subject, None)
            return 0
        return max(1, round(ends_at - now))
