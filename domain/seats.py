"""The words of seats."""

from enum import StrEnum


class SourceKind(StrEnum):
    """Why a seat is held; it goes back to its pool when its last source ends."""

    DIRECT = "direct"
    GROUP = "group"
    DEFAULT = "default"
