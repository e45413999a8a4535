"""The words of mutations on many people."""

from enum import Enum


class BulkMode(Enum):
    """What becomes of a list of people when not all of them can be served."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"
    WAITLIST = "waitlist"
