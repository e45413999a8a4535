"""Enums whose members carry the text that `schema.graphql` publishes about them."""

from enum import Enum, StrEnum
from typing import Self

INFORMATION = True
"""The third part of a `Notice` that only informs."""


class Described(Enum):
    """Each member is declared as its value and its description. Raises TypeError for a member without one."""

    description: str

    # Optional for type checkers only: `Kind(value)` looks up a member, and passes no description.
    def __new__(cls, value: str, description: str = "") -> Self:
        """Make a member; its value is only the first part of what is declared."""
        member = object.__new__(cls)
        member._value_ = value
        member.description = checked(cls, value, description)
        return member


class DescribedText(StrEnum):
    """The same for members that are strings."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Self:
        """Make a member; its value is only the first part of what is declared."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = checked(cls, value, description)
        return member


class Notice(Enum):
    """The same for what a client is told about a request; a third part, INFORMATION, marks what stops nothing."""

    description: str
    is_information: bool

    def __new__(cls, value: str, description: str = "", is_information: bool = False) -> Self:
        """Make a member; its value is only the first part of what is declared."""
        member = object.__new__(cls)
        member._value_ = value
        member.description = checked(cls, value, description)
        member.is_information = is_information
        return member


def checked(kind: type, value: str, description: str) -> str:
    """The description of a member. Raises TypeError if it is empty."""
    if not description:
        raise TypeError(f"{kind.__name__} {value!r} has no description")
    return description
