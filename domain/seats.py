"""The words of seats."""

from typing import NamedTuple

from domain.described import DescribedText


class SourceKind(DescribedText):
    """Why a seat is held; it goes back to its pool when its last source ends."""

    DIRECT = "direct", "Somebody assigned it to this person."
    GROUP = "group", "A group that this person is in gives it."
    DEFAULT = "default", "The team gives it to every member."


class Source(NamedTuple):
    """A reason to hold a seat, or to wait for one; only a group's names its group."""

    kind: SourceKind = SourceKind.DIRECT
    group_id: str | None = None


DIRECT = Source()
DEFAULT = Source(SourceKind.DEFAULT)
