"""Whether a seat is held, and the sources of seats: why a person holds one."""

from typing import NamedTuple

from domain.described import DescribedText


class SeatState(DescribedText):
    """Whether somebody holds a seat. It tells apart the two cases in which a seat shows no holder."""

    AVAILABLE = "available", "Nobody holds the seat."
    ASSIGNED = "assigned", "Somebody holds the seat. If `holder` is null, you may not see this person."


class SourceKind(DescribedText):
    """Why a person holds a seat. The seat returns to its pool when its last source ends."""

    DIRECT = "direct", "Somebody assigned it to this person."
    GROUP = "group", "A group that this person is in gives it."
    DEFAULT = "default", "The team gives it to every member."


class Source(NamedTuple):
    """A reason to hold a seat or to be on the waiting list. `group_id` is set only if the kind is GROUP."""

    kind: SourceKind = SourceKind.DIRECT
    group_id: str | None = None


DIRECT = Source()
DEFAULT = Source(SourceKind.DEFAULT)
