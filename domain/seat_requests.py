"""The words of requests for seats."""

from domain.described import DescribedText

MAX_TEXT = 1_000
"""The most characters of what is said with a request or an answer."""


class RequestState(DescribedText):
    """The state of a request for a seat."""

    OPEN = "open", "Nobody has answered it yet."
    GRANTED = "granted", "It was granted, or the person who asked already holds a seat of the product."
    DENIED = "denied", "It was denied."
    WITHDRAWN = "withdrawn", "The person who asked withdrew it."
