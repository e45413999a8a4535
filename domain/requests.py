"""The words of requests for seats."""

from enum import StrEnum

MAX_TEXT = 1_000
"""The most characters of what is said with a request or an answer."""


class RequestState(StrEnum):
    """What became of a request for a seat."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
