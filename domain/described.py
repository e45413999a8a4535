"""Enums whose members carry the text that `schema.graphql` publishes about them."""

from enum import Enum, StrEnum
from typing import Self

INFORMATION = True
"""Marks a `Notice` that is only information. It is the third part of the member's declaration."""


class Described(Enum):
    """An enum whose members have a value and a description. Raises TypeError if the description is missing."""

    description: str

    # `description` has a default only for type checkers: `Kind(value)` looks up a member without a description.
    def __new__(cls, value: str, description: str = "") -> Self:
        """Make a member. Its value is the first part of the declaration only."""
        member = object.__new__(cls)
        member._value_ = value
        member.description = require_description(cls, value, description)
        return member


class DescribedText(StrEnum):
    """Like `Described`, for members that are strings."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Self:
        """Make a member. Its value is the first part of the declaration only."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = require_description(cls, value, description)
        return member


class Notice(Enum):
    """Like `Described`, for what Usher tells a client about a request.

    A third part, INFORMATION, marks a member that is only information and stops nothing.
    """

    description: str
    is_information: bool

    def __new__(cls, value: str, description: str = "", is_information: bool = False) -> Self:
        """Make a member. Its value is the first part of the declaration only."""
        member = object.__new__(cls)
        member._value_ = value
        member.description = require_description(cls, value, description)
        member.is_information = is_information
        return member


def require_description(kind: type, value: str, description: str) -> str:
    """Return the description of a member. Raises TypeError if it is empty."""
    if not description:
        raise TypeError(f"{kind.__name__} {value!r} has no description")
    return description
