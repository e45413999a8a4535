"""The words of seats."""

from enum import StrEnum
from typing import NamedTuple


class SourceKind(StrEnum):
    """Why a seat is held; it goes back to its pool when its last source ends."""

    DIRECT = "direct"
    GROUP = "group"
    DEFAULT = "default"


class Source(NamedTuple):
    """A reason to hold a seat, or to wait for one; only a group's names its group."""

    kind: SourceKind = SourceKind.DIRECT
    group_id: str | None = None


DIRECT = Source()
DEFAULT = Source(SourceKind.DEFAULT)
